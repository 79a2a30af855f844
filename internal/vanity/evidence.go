package vanity

import (
	"math"
	"strconv"
	"time"

	"beichen/internal/fault"
)

// Evidence is what is known of a metric; all of it may be missing. The series of
// everything in it stand on the same periods.
type Evidence struct {
	Metric string `json:"metric"` // its id
	Kind   Kind   `json:"kind,omitempty"`
	// RunningTotal says that the metric is defined as a total since the beginning.
	RunningTotal bool `json:"runningTotal,omitempty"`
	// PairedRate is the id of a rate that is shown beside it wherever it stands.
	PairedRate string    `json:"pairedRate,omitempty"`
	Good       Direction `json:"good,omitempty"` // up where it is not given
	// Periods are the starts of the periods, ascending and complete: the running
	// one is left out, since it is not over.
	Periods []time.Time `json:"periods,omitempty"`
	Values  []*float64  `json:"values,omitempty"` // one a period; null where unknown

	Spend     []Series   `json:"spend,omitempty"`     // what was spent, or impressions bought
	ValueRate []*float64 `json:"valueRate,omitempty"` // share of subjects with the value event, by period
	Reached   *Share     `json:"reached,omitempty"`   // the value event, within the window

	// Outcomes are what foresight is of: retention, revenue. Numbers that share a
	// season seem to foretell each other, so where there is one, these and Values
	// are of whole seasons or adjusted for it.
	Outcomes []Series `json:"outcomes,omitempty"`
	// Tried is how many metrics are looked at for foresight together with this one,
	// it included; 0 is 1.
	Tried int `json:"tried,omitempty"`

	Handle *Handle `json:"handle,omitempty"`

	Star       *Series  `json:"star,omitempty"`
	Siblings   []Series `json:"siblings,omitempty"` // the other inputs of the constellation
	Guardrails []Series `json:"guardrails,omitempty"`

	OpensToList *bool      `json:"opensToList,omitempty"`
	SoWhat      *Sentences `json:"soWhat,omitempty"`
}

// Kind is what sort of number a metric is.
type Kind string

// The kinds. The first two grow with the crowd, the others do not.
const (
	Count Kind = "count" // of events or customers
	Sum   Kind = "sum"   // of money or quantities
	Rate  Kind = "rate"  // a share or ratio: has its own denominator
	Level Kind = "level" // an average, a quantile, a duration
)

// Direction is where a number goes when things get better.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Series is another number by period.
type Series struct {
	ID     string     `json:"id"`
	Good   Direction  `json:"good,omitempty"` // up where it is not given
	Values []*float64 `json:"values"`         // one a period; null where unknown
}

// Share is how many of the subjects that the metric counts reached the value
// event within the window, of those whose window has closed.
type Share struct {
	Reached int `json:"reached"`
	Counted int `json:"counted"`
}

// Handle is the record of what was tried on the metric; an empty one says that
// nothing was.
type Handle struct {
	Attempts []Attempt `json:"attempts"`
}

// Attempt is one thing that somebody did to move the metric. Effect and MDE, the
// smallest effect that the attempt could detect, are in the metric's unit; null
// where nobody measured them.
type Attempt struct {
	Kind   AttemptKind `json:"kind"`
	ID     string      `json:"id"`
	By     string      `json:"by,omitempty"` // the owner
	At     time.Time   `json:"at"`           // when its effect was seen
	Effect *float64    `json:"effect"`
	Low    *float64    `json:"low"` // of the effect's interval
	High   *float64    `json:"high"`
	MDE    *float64    `json:"mde"`
}

// AttemptKind is what sort of thing was tried.
type AttemptKind string

// The kinds of attempts.
const (
	Experiment AttemptKind = "experiment"
	Action     AttemptKind = "action"
)

// Sentences is what is written down about acting on the metric, and whether
// anybody did.
type Sentences struct {
	IfUp      string `json:"ifUp,omitempty"`   // "if it goes up, we will …"
	IfDown    string `json:"ifDown,omitempty"` // "if it goes down, we will …"
	Alerts    int    `json:"alerts"`           // that it raised
	Decisions int    `json:"decisions"`        // that came of them
}

// named is a series with the field it stands in.
type named struct {
	field string
	Series
}

func (e Evidence) series() []named {
	all := []named{{"values", Series{Good: e.Good, Values: e.Values}}, {"valueRate", Series{Values: e.ValueRate}}}
	if e.Star != nil {
		all = append(all, named{"star", *e.Star})
	}
	for _, group := range []struct {
		field  string
		series []Series
	}{{"spend", e.Spend}, {"outcomes", e.Outcomes}, {"siblings", e.Siblings}, {"guardrails", e.Guardrails}} {
		for i, s := range group.series {
			all = append(all, named{group.field + "[" + strconv.Itoa(i) + "]", s})
		}
	}
	return all
}

func (e Evidence) validate() error {
	var faults []fault.Detail
	at := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	switch e.Kind {
	case "", Count, Sum, Rate, Level:
	default:
		at("kind", "vanity.no-kind", "value", e.Kind)
	}
	for i := 1; i < len(e.Periods); i++ {
		if !e.Periods[i].After(e.Periods[i-1]) {
			at("periods["+strconv.Itoa(i)+"]", "vanity.unordered")
		}
	}
	for _, s := range e.series() {
		if s.Good != "" && s.Good != Up && s.Good != Down {
			at(s.field+".good", "vanity.no-direction", "value", s.Good)
		}
		if s.Values != nil && len(s.Values) != len(e.Periods) {
			at(s.field, "vanity.length", "values", len(s.Values), "periods", len(e.Periods))
		}
		for i, v := range s.Values {
			if v != nil && !finite(*v) {
				at(s.field+"["+strconv.Itoa(i)+"]", "vanity.not-finite")
			}
		}
	}
	if s := e.Reached; s != nil && (s.Reached < 0 || s.Reached > s.Counted) {
		at("reached", "vanity.no-share", "reached", s.Reached, "counted", s.Counted)
	}
	if e.Tried < 0 {
		at("tried", "vanity.negative")
	}
	if e.Handle != nil {
		for i, a := range e.Handle.Attempts {
			for _, v := range []*float64{a.Effect, a.Low, a.High, a.MDE} {
				if v != nil && !finite(*v) {
					at("handle.attempts["+strconv.Itoa(i)+"]", "vanity.not-finite")
				}
			}
		}
	}
	if s := e.SoWhat; s != nil && (s.Alerts < 0 || s.Decisions < 0) {
		at("soWhat", "vanity.negative")
	}
	return fault.Many("vanity.bad-evidence", faults, "metric", e.Metric, "count", len(faults))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// run is the latest unbroken stretch of periods in which all of some series are
// known: one slice for each, all of one length, which is 0 where there is none.
func run(series ...[]*float64) [][]float64 {
	out := make([][]float64, len(series))
	end := len(series[0])
	known := func(i int) bool {
		for _, s := range series {
			if i >= len(s) || s[i] == nil {
				return false
			}
		}
		return true
	}
	for end > 0 && !known(end-1) {
		end--
	}
	start := end
	for start > 0 && known(start-1) {
		start--
	}
	for k, s := range series {
		for _, v := range s[min(start, len(s)):min(end, len(s))] {
			out[k] = append(out[k], *v)
		}
	}
	return out
}
