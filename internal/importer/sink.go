package importer

import (
	"context"
	"encoding/json"
	"strings"

	"beichen/internal/fault"
)

// Sink is where an import goes: a workspace, a server, a file.
type Sink interface {
	// Accept takes a batch; when it returns, what it counts as stored stays
	// stored. It keeps neither the batch nor its slices.
	Accept(ctx context.Context, b Batch) (Counts, error)
}

// Batch is up to ten thousand results of an import, in the order of the rows.
type Batch struct {
	// Source is the mapping's id: the source of messages that name none.
	Source string
	// Messages are messages of the capture protocol, one JSON object each. They
	// tell history: their timestamp stands as it is, and channel, source, value,
	// currency and cost stand at the top level.
	Messages []json.RawMessage
	// Refused are the rows that could not become messages.
	Refused []Refusal

	names []string // of the messages' events, for the summary
}

// Refusal is a row that could not become a message, on its way into the
// quarantine.
type Refusal struct {
	// ID is made of the row's place like a message id: the same row refused again
	// has the same.
	ID string `json:"messageId"`
	// Reason is a key of the message catalogue (import.no-time, …), for which Args
	// holds the values, among them file, line (1-based) and field.
	Reason string         `json:"reason"`
	Args   map[string]any `json:"args"`
	// Raw is the row: an object of its cells, or the text of a broken line.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// Text is the reason in a language.
func (r *Refusal) Text(l fault.Language) string {
	return fault.New(fault.Invalid, r.Reason, flat(r.Args)...).Message(l)
}

// Detail is the place and value at fault, the same in every language.
func (r *Refusal) Detail() string {
	var parts []string
	for _, name := range []string{"file", "line", "field", "column", "value", "reason", "sql", "have", "want"} {
		if v, ok := r.Args[name]; ok && v != "" {
			text, _ := json.Marshal(v) // text and numbers always marshal
			parts = append(parts, name+": "+string(text))
		}
	}
	return strings.Join(parts, ", ")
}

func flat(args map[string]any) []any {
	out := make([]any, 0, 2*len(args))
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}

// Counts says what became of the messages of a batch.
type Counts struct {
	Stored    int `json:"stored"`
	Duplicate int `json:"duplicate"`
	// Quarantined counts messages that the sink itself refused; the batch's own
	// refusals are not among them.
	Quarantined int `json:"quarantined"`
	// Expired counts those that happened before what the workspace keeps: it has not
	// kept them.
	Expired int `json:"expired"`
}

func (c *Counts) add(other Counts) {
	c.Stored += other.Stored
	c.Duplicate += other.Duplicate
	c.Quarantined += other.Quarantined
	c.Expired += other.Expired
}
