package metric

import (
	"cmp"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
)

// Request is a question about a metric. Days and instants are texts, as people
// write them: "2026-11-23" in Timezone, or RFC 3339.
type Request struct {
	Metric  *Definition `json:"metric,omitempty"`
	Version *int        `json:"version,omitempty"` // of the stored definition; nil for a draft

	// From and To choose the periods: from the one that From lies in to the one that
	// To lies in, or that of as-of if that is earlier. Without From there are as many
	// as people look at.
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	Timezone string `json:"timezone,omitempty"` // IANA; UTC if empty
	AsOf     string `json:"asOf,omitempty"`
	// Grain is instead of the definition's; Whole makes one period of all from From
	// to To, be they whole periods or not.
	Grain calendar.Grain `json:"grain,omitempty"`

	Breakdown []string     `json:"breakdown,omitempty"` // where keys
	Segment   event.Filter `json:"segment,omitempty"`   // only events for which it holds
}

// Whole is the grain of a question about one period, from From to To.
const Whole calendar.Grain = "whole"

const (
	maxPeriods = 2000
	maxKeys    = 3
)

// usual is how many periods are looked at where nobody says.
var usual = map[calendar.Grain]int{
	calendar.Hour: 48, calendar.Day: 30, calendar.Week: 26, calendar.Month: 18, calendar.Quarter: 8, calendar.Year: 5,
}

// Usual is how many periods of a grain are looked at where nobody says, the running
// one included; 0 of what is no grain.
func Usual(grain calendar.Grain) int { return usual[grain] }

// question is a request that was understood.
type question struct {
	Request
	location       *time.Location
	from, to, asOf time.Time // zero: not said
	grain          calendar.Grain
	keys           []event.Key
}

// understand checks a request. The error is an Invalid fault with the path of
// everything that is wrong with it.
func (r Request) understand() (*question, error) {
	if r.Metric == nil {
		return nil, fault.New(fault.Invalid, "metric.no-metric")
	}
	q := &question{Request: r, grain: cmp.Or(r.Grain, r.Metric.grain())}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	q.location, q.from, q.to, q.asOf = journey.ReadDates(r.From, r.To, r.Timezone, r.AsOf, wrong)
	if _, known := usual[q.grain]; !known && q.grain != Whole {
		wrong("grain", "metric.bad-grain", "value", q.grain)
	}
	if q.grain == Whole && q.from.IsZero() {
		wrong("from", "metric.whole-from")
	}
	if len(r.Breakdown) > maxKeys {
		wrong("breakdown", "metric.too-many-keys", "limit", maxKeys)
	}
	for _, text := range r.Breakdown {
		key, err := event.ParseKey(text)
		if err != nil {
			wrong("breakdown", "event.bad-key", "key", text)
		}
		q.keys = append(q.keys, key)
	}
	return q, fault.Many("journey.invalid-question", faults)
}

// calendar is that of the question's grain.
func (q *question) calendar() calendar.Calendar {
	return calendar.Calendar{Grain: q.grain, WeekStart: q.Metric.WeekStart, Location: q.location}
}

// periods are the bounds of the periods, as of an instant: period i is from
// bounds[i] on and before bounds[i+1]. The error says that they are too many.
func (q *question) periods(asOf time.Time) ([]time.Time, error) {
	last := asOf
	if !q.to.IsZero() && q.to.Before(asOf) {
		last = q.to
	}
	if q.grain == Whole {
		return []time.Time{q.from, last.Add(time.Microsecond)}, nil
	}
	c := q.calendar()
	end := c.Containing(last)
	first := end
	if q.from.IsZero() {
		first = c.Before(end, usual[q.grain]-1)
	} else if first = c.Containing(q.from); first.After(end) {
		return nil, fault.Many("journey.invalid-question", []fault.Detail{fault.At("from", 0, "metric.from-after-as-of", "from", q.From)})
	}
	bounds := []time.Time{first}
	for at := first; !at.After(end); {
		if len(bounds) > maxPeriods {
			return nil, fault.Many("journey.invalid-question", []fault.Detail{fault.At("from", 0, "metric.too-many-periods", "limit", maxPeriods)})
		}
		at = c.Next(at)
		bounds = append(bounds, at)
	}
	return bounds, nil
}
