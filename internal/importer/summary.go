package importer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Summary says what an import did, or with a Dry sink would have.
type Summary struct {
	Mapping  string          `json:"mapping"`
	Sources  []SourceSummary `json:"sources"`
	Messages int             `json:"messages"` // made, over all of events
	Counts
	Events  []EventCount  `json:"events"`
	Reasons []ReasonCount `json:"reasons"`

	events  map[eventName]*EventCount
	reasons map[string]*ReasonCount
}

// SourceSummary says what was read of a source.
type SourceSummary struct {
	As      string `json:"as"`
	Files   int    `json:"files"`
	Rows    int64  `json:"rows"`
	Refused int64  `json:"refused"` // rows that could not be read
}

// EventCount is how many messages of a type and event were made, with the
// first of them.
type EventCount struct {
	Type   event.Type      `json:"type"`
	Event  string          `json:"event,omitempty"`
	Count  int             `json:"count"`
	Sample json.RawMessage `json:"sample"`
}

// ReasonCount is how many rows were refused for a reason, with the first three.
type ReasonCount struct {
	Reason  string    `json:"reason"`
	Count   int       `json:"count"`
	Samples []Refusal `json:"samples,omitempty"`
}

type eventName struct {
	kind event.Type
	name string
}

// Most events that are counted by name; what comes after is counted by type.
const maxEventNames = 1000

// bySink is the reason of messages that the sink refused on grounds of its own.
const bySink = "import.refused-by-sink"

func newSummary(m *Mapping) *Summary {
	return &Summary{Mapping: m.ID, events: map[eventName]*EventCount{}, reasons: map[string]*ReasonCount{}}
}

func (s *Summary) source(t *table) {
	s.Sources = append(s.Sources, SourceSummary{As: t.source.As, Files: len(t.files), Rows: t.rows, Refused: t.refused})
}

// pass gives a batch to the sink and counts it. The plan is nil for rows that
// could not be read.
func (s *Summary) pass(ctx context.Context, sink Sink, p *plan, b Batch) error {
	counts, err := sink.Accept(ctx, b)
	if err != nil {
		return err
	}
	s.Counts.add(counts)
	s.Quarantined += len(b.Refused)
	s.Messages += len(b.Messages)
	for i, message := range b.Messages {
		s.countEvent(p.message.Type, b.names[i], message)
	}
	for _, r := range b.Refused {
		s.reason(r.Reason, 1, r)
	}
	if counts.Quarantined > 0 {
		s.reason(bySink, counts.Quarantined)
	}
	return nil
}

func (s *Summary) countEvent(kind event.Type, name string, message json.RawMessage) {
	key := eventName{kind, name}
	c := s.events[key]
	if c == nil && len(s.events) >= maxEventNames {
		key.name = ""
		c = s.events[key]
	}
	if c == nil {
		c = &EventCount{Type: kind, Event: key.name, Sample: slices.Clone(message)}
		s.events[key] = c
	}
	c.Count++
}

func (s *Summary) reason(key string, n int, samples ...Refusal) {
	c := s.reasons[key]
	if c == nil {
		c = &ReasonCount{Reason: key}
		s.reasons[key] = c
	}
	c.Count += n
	if len(c.Samples) < 3 {
		c.Samples = append(c.Samples, samples...)
	}
}

// sort fills the lists: the most frequent first.
func (s *Summary) sort() {
	s.Events, s.Reasons = []EventCount{}, []ReasonCount{}
	for _, c := range s.events {
		s.Events = append(s.Events, *c)
	}
	for _, c := range s.reasons {
		s.Reasons = append(s.Reasons, *c)
	}
	slices.SortFunc(s.Events, func(a, b EventCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Event, b.Event))
	})
	slices.SortFunc(s.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
}

// Write prints the summary for people; with details, each event and samples of
// the refused rows too.
func (s *Summary) Write(out io.Writer, l fault.Language, details bool) error {
	w := lineWriter{out: out, language: l}
	for _, c := range s.Sources {
		w.say("import.said-source", "source", c.As, "files", c.Files, "rows", c.Rows, "refused", c.Refused)
	}
	if details {
		for _, c := range s.Events {
			w.say("import.said-event", "count", c.Count, "type", c.Type, "event", c.Event)
			w.print("      %s\n", c.Sample)
		}
	}
	for _, c := range s.Reasons {
		w.say("import.said-reason", "count", c.Count, "reason", fault.New(fault.Invalid, "import.reason."+c.Reason[len("import."):]).Message(l))
		for _, r := range c.Samples {
			w.print("      %v:%v: %s\n", r.Args["file"], r.Args["line"], r.Text(l))
			if details && r.Raw != nil {
				w.print("        %s\n", shortened(string(r.Raw)))
			}
		}
	}
	w.say("import.said-total", "messages", s.Messages, "stored", s.Stored, "duplicate", s.Duplicate, "quarantined", s.Quarantined)
	if s.Expired > 0 {
		w.say("import.said-expired", "count", s.Expired)
	}
	return w.err
}

type lineWriter struct {
	out      io.Writer
	language fault.Language
	err      error
}

func (w *lineWriter) say(key string, args ...any) {
	w.print("%s\n", fault.New(fault.Invalid, key, args...).Message(w.language))
}

func (w *lineWriter) print(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format, args...)
	}
}
