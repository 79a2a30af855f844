package journey

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
)

// Request is a question about a journey. Days and instants are texts, as people
// write them: "2026-11-23" in Timezone, or RFC 3339.
type Request struct {
	Journey *Journey `json:"journey,omitempty"`
	Version *int     `json:"version,omitempty"` // of the stored definition; nil for a draft
	Window  string   `json:"window,omitempty"`  // instead of the definition's, which stays what was agreed

	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`       // a day is included to its end
	Timezone string `json:"timezone,omitempty"` // IANA; UTC if empty
	AsOf     string `json:"asOf,omitempty"`

	Breakdown   []string     `json:"breakdown,omitempty"`   // where keys
	Attribution string       `json:"attribution,omitempty"` // first (default), last, all, step:<stage id>
	TimeBetween []string     `json:"timeBetween,omitempty"` // two stages
	Bins        int          `json:"bins,omitempty"`        // of TimeBetween; 0: chosen from the sample
	Customers   bool         `json:"customers,omitempty"`
	Segment     event.Filter `json:"segment,omitempty"` // only events for which it holds
	Only        string       `json:"only,omitempty"`    // OnlyCounts; empty: everything
}

// OnlyCounts asks for how many customers reached what, wait there and left, and for the
// rates and lifts of these. Times, money, how many events count and the eventual rate are
// then not told, nor worked out, which is half of the work of an answer.
const OnlyCounts = "counts"

// question is a request that was understood.
type question struct {
	Request
	plan        *plan
	location    *time.Location
	from, to    time.Time // zero: no bound; both included
	asOf        time.Time // zero: the Measurer decides
	keys        []event.Key
	attribution string
	stage       int         // with attribution step: place in plan.stages, −1 if it is not bound
	between     [2]int      // places in the answer, with TimeBetween
	nameless    bool        // the answer names no customer
	rest        stream.Rest // what it hangs on of events that match nothing
	unpriced    bool        // no amounts are looked at
	bare        bool        // nothing but counts is told
}

// understand checks a request. The error is an Invalid fault with the path of
// everything that is wrong with it.
func (r Request) understand() (*question, error) {
	if r.Journey == nil {
		return nil, fault.New(fault.Invalid, "journey.no-journey")
	}
	window, isSpan := ParseWindow(r.Window, true)
	if r.Window != "" && isSpan {
		other := *r.Journey
		other.Window = window
		r.Journey = &other
	}
	q := &question{Request: r, plan: compile(r.Journey), attribution: cmp.Or(r.Attribution, "first"), location: time.UTC}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	if r.Window != "" && !isSpan {
		wrong("window", "journey.bad-duration", "value", r.Window)
	}
	q.location, q.from, q.to, q.asOf = ReadDates(r.From, r.To, r.Timezone, r.AsOf, wrong)
	for _, text := range r.Breakdown {
		key, err := event.ParseKey(text)
		if err != nil {
			wrong("breakdown", "event.bad-key", "key", text)
		}
		q.keys = append(q.keys, key)
	}
	q.understandAttribution(wrong)
	if len(r.TimeBetween) > 0 && !q.understandBetween() {
		wrong("timeBetween", "journey.bad-time-between")
	}
	if r.Only != "" && r.Only != OnlyCounts {
		wrong("only", "journey.bad-only", "value", r.Only)
	}
	if r.Bins < 0 || r.Bins > 90 {
		wrong("bins", "journey.bad-bins", "value", r.Bins)
	}
	return q, fault.Many("journey.invalid-question", faults)
}

// ReadDates reads the bounds of a question: days and instants as people write
// them, in a time zone (IANA; UTC if empty); empty bounds are zero times. wrong is
// told of every fault, with its path.
func ReadDates(from, to, timezone, asOf string, wrong func(path, key string, args ...any)) (location *time.Location, first, last, as time.Time) {
	location, err := time.LoadLocation(timezone)
	if err != nil || timezone == "Local" {
		wrong("timezone", "journey.bad-timezone", "value", timezone)
		location = time.UTC
	}
	read := func(path, text string, end bool) time.Time {
		at, ok := ParseWhen(text, location, end)
		if text != "" && !ok {
			wrong(path, "journey.bad-date", "value", text)
		}
		return at
	}
	first, last, as = read("from", from, false), read("to", to, true), read("asOf", asOf, true)
	if !first.IsZero() && !last.IsZero() && first.After(last) {
		wrong("from", "journey.dates-reversed")
	}
	return location, first, last, as
}

func (q *question) understandAttribution(wrong func(path, key string, args ...any)) {
	if q.Attribution != "" && len(q.Breakdown) == 0 {
		wrong("attribution", "journey.attribution-alone")
	}
	id, isStep := strings.CutPrefix(q.attribution, "step:")
	if !isStep {
		if !slices.Contains([]string{"first", "last", "all"}, q.attribution) {
			wrong("attribution", "journey.bad-attribution", "value", q.Attribution)
		}
		return
	}
	place := slices.IndexFunc(q.Journey.Stages, func(s Stage) bool { return s.ID == id })
	if place < 0 {
		wrong("attribution", "journey.unknown-stage", "id", id)
		return
	}
	q.attribution = "step"
	q.stage = q.plan.placeOf(place)
}

// understandBetween finds the two stages of TimeBetween, by their id or, with
// order any, by their place.
func (q *question) understandBetween() bool {
	if len(q.TimeBetween) != 2 {
		return false
	}
	for side, id := range q.TimeBetween {
		place, known := q.plan.stageInAnswer(id)
		if !known {
			return false
		}
		q.between[side] = place
	}
	return q.between[0] < q.between[1]
}

// placeOf is a stage's place among the bound ones, −1 if it is not bound.
func (p *plan) placeOf(definition int) int {
	return slices.IndexFunc(p.stages, func(s planStage) bool { return s.definition == definition })
}

// stageInAnswer finds a stage of the answer by the id that it has there, or that
// it has in the definition: its place in Journey.Stages.
func (p *plan) stageInAnswer(id string) (definition int, known bool) {
	definition = slices.IndexFunc(p.journey.Stages, func(s Stage) bool { return s.ID == id })
	if definition < 0 && p.order == AnyOrder {
		for i := range p.journey.Stages {
			if p.answerID(i) == id {
				return i, true
			}
		}
	}
	return definition, definition >= 0
}

// ParseWhen reads a day or an instant; of a day its first or its last
// microsecond.
func ParseWhen(text string, location *time.Location, end bool) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		y, m, d := day.Date()
		if !end {
			return calendar.DayStart(y, m, d, location), true
		}
		y, m, d = day.AddDate(0, 0, 1).Date()
		return calendar.DayStart(y, m, d, location).Add(-time.Microsecond), true
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC().Truncate(time.Microsecond), true
	}
	if at, err := time.ParseInLocation("2006-01-02T15:04:05", text, location); err == nil {
		return at.UTC(), true
	}
	return time.Time{}, false
}

// ask is what a source is asked.
func (q *question) ask(until time.Time) stream.Question {
	rest := q.rest
	if q.readsAll() {
		rest = stream.WholeRest
	}
	return stream.Question{
		Subject: SubjectOf(q.Journey.Subject), From: q.from, Until: until, AllHistory: q.plan.historic,
		Segment: q.Segment, Patterns: q.plan.patterns, Keys: q.keys, Nameless: q.nameless,
		Rest: rest, Unpriced: q.unpriced,
	}
}

// readsAll reports whether events that match nothing decide what others do.
func (q *question) readsAll() bool { return q.plan.order == Strict || q.plan.historic || q.byValue() }

// byValue reports whether the journey is run once for each value of a breakdown.
func (q *question) byValue() bool { return len(q.keys) > 0 && q.attribution == "all" }
