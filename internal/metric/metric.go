// Package metric measures what a company steers by: counts of events and of
// customers, sums, averages and quantiles, rates, how many get from one stage of a
// journey to another and how long it takes them, who comes back, and formulas of
// all these, period by period. The format is told in docs/analyst/metrics.md.
//
// The way of a question: Parse reads a Definition; a plan says which events it
// needs and what a customer's events give; a stream.Source is asked for them; each
// customer is walked once, and what they give is added to the cells of a table of
// periods and values of a breakdown. Numbers and lists of customers are read from
// the same walk. The plan knows no engine: a Source may be the resident index, a
// scan of the store, or a file.
package metric

import (
	"cmp"
	"encoding/json"
	"fmt"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/journey"
)

// Kind is the kind of these definitions, as the files name it.
const Kind = "Metric"

// Definition is a metric that people agreed on. Exactly one of the fields from
// Count to Formula is there: what is measured.
type Definition struct {
	Kind    string       `json:"kind"` // Metric
	ID      string       `json:"id"`   // snake_case: formulas name metrics by it
	Name    journey.Text `json:"name,omitzero"`
	Meaning journey.Text `json:"meaning,omitzero"` // in words
	// Unit is what the number is in: order, CNY/customer, s; nothing for a share.
	Unit  string         `json:"unit,omitempty"`
	Good  Good           `json:"good,omitempty"` // default up
	Owner []string       `json:"owner,omitempty"`
	Level int            `json:"level,omitempty"` // 1 company, 2 department, 3 front line
	Grain calendar.Grain `json:"grain,omitempty"` // periods it is looked at in; default week
	// WeekStart is the first day of its weeks.
	WeekStart calendar.WeekStart `json:"weekStart,omitempty"` // default monday
	Subject   string             `json:"subject,omitempty"`   // person (default), account or a where key
	Segment   event.Filter       `json:"segment,omitempty"`   // only these events count
	// Cumulative adds up from the beginning: registered users, not those who registered.
	Cumulative bool `json:"cumulative,omitempty"`

	Count      *Events     `json:"count,omitempty"`
	Customers  *Customers  `json:"customers,omitempty"`
	Active     *Active     `json:"active,omitempty"`
	Sum        *Amounts    `json:"sum,omitempty"`
	Average    *Amounts    `json:"average,omitempty"`
	Quantile   *Quantile   `json:"quantile,omitempty"`
	Rate       *Rate       `json:"rate,omitempty"`
	Conversion *Conversion `json:"conversion,omitempty"`
	Time       *Time       `json:"time,omitempty"`
	Retention  *Retention  `json:"retention,omitempty"`
	Formula    string      `json:"formula,omitempty"` // of other metrics

	SoWhat *SoWhat `json:"soWhat,omitempty"`

	document json.RawMessage // as it was written, as JSON: what is hashed
	lines    map[string]int  // of the fields that Check speaks of
}

// Good is the direction that is good.
type Good string

// The directions.
const (
	Up      Good = "up"
	Down    Good = "down"
	Neither Good = "neither"
)

// Events are some events; of When one alternative is enough.
type Events struct {
	When []journey.Pattern `json:"when"`
}

// Customers are the different customers who did it, so many times in a period.
type Customers struct {
	Events
	AtLeast int `json:"atLeast,omitempty"` // default 1
}

// Active are the different customers who did it, so many times in the window that
// ends with a period.
type Active struct {
	Customers
	Window journey.Window `json:"window"`
}

// Amounts are what events say: money, or a number among their properties.
type Amounts struct {
	Events
	Of       event.Key `json:"of"`                 // value, cost, or a where key of the event
	Currency string    `json:"currency,omitempty"` // of value and cost: amounts in others are left out
	Per      Per       `json:"per,omitempty"`      // what an average or a quantile is over
}

// Per says of what each has one amount.
type Per string

// An amount each event, or the sum over each customer's in a period.
const (
	PerEvent    Per = "event"
	PerCustomer Per = "customer"
)

// Quantile is a quantile of amounts.
type Quantile struct {
	Amounts
	Q float64 `json:"q"` // 0 … 1; default the median
}

// Rate is the share of the customers who did From in a period that did Of: in the
// same period, or within a time after their first From in it.
type Rate struct {
	Of     Events         `json:"of"`
	From   Events         `json:"from"`
	Within journey.Window `json:"within,omitzero"`
}

// Conversion is the share of the customers who entered a journey in a period and
// passed one stage that passed another too.
type Conversion struct {
	Journey string `json:"journey"`
	From    string `json:"from,omitempty"` // stage; default the first
	To      string `json:"to"`
}

// Time is how long it took the customers who entered a journey in a period to get
// from one stage to another.
type Time struct {
	Conversion
	Q *float64 `json:"q,omitempty"` // the quantile; default the median
}

// Retention is the share of a cohort that came back, as a stored retention table
// counts it, so many intervals after they started.
type Retention struct {
	Table    string `json:"table"`
	Interval int    `json:"interval"`
}

// SoWhat says what one does when the metric moves: without it nobody needs it.
type SoWhat struct {
	Up   journey.Text `json:"up,omitzero"`
	Down journey.Text `json:"down,omitzero"`
}

// UnmarshalJSON reads and checks a definition as Parse does.
func (d *Definition) UnmarshalJSON(raw []byte) error {
	parsed, err := Parse(raw)
	if err != nil {
		return err
	}
	*d = *parsed
	return nil
}

// Hash is "sha256:" and the hash of the definition's canonical JSON, as it was
// written: the hash under which the ledger keeps it.
func (d *Definition) Hash() (string, error) {
	if d.document == nil {
		return "", fmt.Errorf("metric %s was not read by Parse", d.ID)
	}
	return event.Hash(d.document)
}

func (d *Definition) subject() string       { return cmp.Or(d.Subject, "person") }
func (d *Definition) good() Good            { return cmp.Or(d.Good, Up) }
func (d *Definition) grain() calendar.Grain { return cmp.Or(d.Grain, calendar.Week) }

// patterns are the events' as a source is asked about them.
func (e *Events) patterns() []event.Pattern {
	out := make([]event.Pattern, len(e.When))
	for i, p := range e.When {
		out[i] = p.Matcher()
	}
	return out
}
