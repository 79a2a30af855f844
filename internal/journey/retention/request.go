package retention

import (
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// Request is a question about a table. Days and instants are texts, as people
// write them: "2026-11-23" in Timezone, or RFC 3339.
type Request struct {
	Retention *Definition `json:"retention,omitempty"`
	Version   *int        `json:"version,omitempty"` // of the stored definition; nil for a draft

	// From is a day or an instant inside the first interval. Without it the last
	// interval is the one that as-of lies in.
	From     string       `json:"from,omitempty"`
	To       string       `json:"to,omitempty"`       // nothing after it counts; a day is included to its end
	Timezone string       `json:"timezone,omitempty"` // IANA; UTC if empty
	AsOf     string       `json:"asOf,omitempty"`
	Segment  event.Filter `json:"segment,omitempty"` // only events for which it holds
}

// question is a request that was understood.
type question struct {
	Request
	location *time.Location
	from     time.Time // zero: the intervals end with the one of as-of
	to       time.Time // zero: no bound; included
	asOf     time.Time // zero: the Measurer decides
	nameless bool      // the answer names no customer
}

// understand checks a request. The error is an Invalid fault with the path of
// everything that is wrong with it.
func (r Request) understand() (*question, error) {
	if r.Retention == nil {
		return nil, fault.New(fault.Invalid, "retention.no-retention")
	}
	q := &question{Request: r, location: time.UTC}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	q.location, q.from, q.to, q.asOf = journey.ReadDates(r.From, r.To, r.Timezone, r.AsOf, wrong)
	return q, fault.Many("journey.invalid-question", faults)
}

// The patterns that a source is asked about, by their place.
const (
	startPattern = iota
	returnPattern
)

// ask is what a source is asked: about the events from the first interval on
// until an instant; zero times are no bounds.
func (q *question) ask(from, until time.Time) stream.Question {
	d := q.Retention
	return stream.Question{
		Subject: journey.SubjectOf(d.Subject), From: from, Until: until, Segment: q.Segment, Nameless: q.nameless,
		Rest: stream.CountOfRest, Unpriced: true,
		Patterns: []event.Pattern{startPattern: d.Start.Matcher(), returnPattern: d.Return.Matcher()},
	}
}
