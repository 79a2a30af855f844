// Package retention says who comes back: of the customers who did one thing in an
// interval, how many did another in the intervals after it. The format and the
// answer are a contract; docs/analyst/retention.md tells the rules.
//
// The way of a question: Parse reads a Definition; a stream.Source is asked about
// its two patterns; a worker walks each customer's events once and finds the
// intervals in which they started and came back; every count and every list of
// customers is read from those.
package retention

import (
	"cmp"
	"encoding/json"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
)

// Kind is the kind of these definitions, as the files name it.
const Kind = "Retention"

// Definition is a table that people agreed on: what starts a customer, what is a
// return, and the intervals both are counted in.
type Definition struct {
	Kind           string             `json:"kind"` // Retention
	ID             string             `json:"id"`
	Name           journey.Text       `json:"name,omitzero"`
	Description    journey.Text       `json:"description,omitzero"`
	Owner          []string           `json:"owner,omitempty"`
	Subject        string             `json:"subject,omitempty"` // person (default), account or a where key
	Start          journey.Pattern    `json:"start"`
	Return         journey.Pattern    `json:"return"`
	Period         Period             `json:"period"`
	WeekStart      calendar.WeekStart `json:"weekStart,omitempty"` // default monday
	Mode           Mode               `json:"mode,omitempty"`      // default calendar
	Intervals      int                `json:"intervals"`           // the first included
	Cumulative     bool               `json:"cumulative,omitempty"`
	MinOccurrences int                `json:"minOccurrences,omitempty"` // default 1

	// document is the definition as it was written, as JSON: what is hashed.
	document json.RawMessage
}

// Period is the length of an interval: hour, day, week or month, of the calendar and
// the clock in the zone of the question.
type Period = calendar.Grain

// Mode says where the intervals of a customer begin.
type Mode string

// The modes: with the calendar's, or with each customer's own first start event
// of a day, in windows of 24 hours from there.
const (
	Calendar   Mode = "calendar"
	Rolling24h Mode = "rolling24h"
)

const (
	// MaxIntervals bounds a table: eight days of hours, half a year of days.
	MaxIntervals   = 192
	maxOccurrences = 100
)

// WithIntervals is the table with n intervals, or with MaxIntervals if n is more.
func (d *Definition) WithIntervals(n int) *Definition {
	out := *d
	out.Intervals, out.document = min(n, MaxIntervals), nil // it is not what was written
	return &out
}

// Parse reads a definition from YAML or JSON and checks it. Every fault is
// collected: the error is an Invalid fault retention.invalid with the path and the
// line of each.
func Parse(data []byte) (*Definition, error) {
	d, written, err := document.Parse(data, "retention.invalid", func(root document.Node) (Definition, error) {
		r := &document.Reader{}
		d := read(r, root)
		return d, r.Err("retention.invalid")
	})
	if err != nil {
		return nil, err
	}
	d.document = written
	return &d, nil
}

func read(r *document.Reader, root document.Node) Definition {
	var d Definition
	modeLine := 0
	r.Object(root, "", document.Fields{
		"kind":        document.OneOf(r, &d.Kind, Kind),
		"id":          r.Name(&d.ID),
		"name":        journey.ReadText(r, &d.Name),
		"description": journey.ReadText(r, &d.Description),
		"owner":       r.Texts(&d.Owner),
		"subject":     journey.ReadSubject(r, &d.Subject),
		"start":       journey.ReadPattern(r, &d.Start),
		"return":      journey.ReadPattern(r, &d.Return),
		"period":      document.OneOf(r, &d.Period, calendar.Hour, calendar.Day, calendar.Week, calendar.Month),
		"weekStart":   document.OneOf(r, &d.WeekStart, calendar.Monday, calendar.Sunday),
		"mode": func(n document.Node, path string) {
			modeLine = n.Line
			document.OneOf(r, &d.Mode, Calendar, Rolling24h)(n, path)
		},
		"intervals":      r.Count(&d.Intervals, MaxIntervals, "retention.bad-intervals"),
		"cumulative":     r.Boolean(&d.Cumulative),
		"minOccurrences": r.Count(&d.MinOccurrences, maxOccurrences, "retention.bad-occurrences"),
	}, "kind", "id", "start", "return", "period", "intervals")
	if d.Mode == Rolling24h && d.Period != calendar.Day && d.Period != "" {
		r.Fault("mode", modeLine, "retention.rolling-days", "period", d.Period)
	}
	return d
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
	text, err := d.asWritten()
	if err != nil {
		return "", err
	}
	return event.Hash(text)
}

// asWritten is the definition as it was written, as JSON.
func (d *Definition) asWritten() (json.RawMessage, error) {
	if d.document != nil {
		return d.document, nil
	}
	return json.Marshal(d)
}

func (d *Definition) subject() string { return cmp.Or(d.Subject, "person") }
func (d *Definition) weekStart() calendar.WeekStart {
	return cmp.Or(d.WeekStart, calendar.Monday)
}
func (d *Definition) mode() Mode          { return cmp.Or(d.Mode, Calendar) }
func (d *Definition) minOccurrences() int { return cmp.Or(d.MinOccurrences, 1) }
