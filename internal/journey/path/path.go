// Package path tells what customers do around something: which event follows
// which, what comes after, before and between events of a kind, and who went
// that way. docs/analyst/paths.md tells how it counts.
//
// The way of a question: a customer's events become a trail; transitions are the
// pairs of neighbours in it, ways what stands around an anchor. Both are counted
// as links, in cells of a tally, with medians that are exact.
package path

import (
	"encoding/json"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
)

// Kind is what is asked.
type Kind string

// The kinds of questions.
const (
	Transitions Kind = "transitions" // which event follows which, everywhere
	After       Kind = "after"       // what follows an anchor
	Before      Kind = "before"      // what leads up to one
	Between     Kind = "between"     // what happens from an anchor to the next event of another kind
)

// Occurrence says which of a customer's anchors count.
type Occurrence string

// The occurrences.
const (
	First Occurrence = "first"
	Last  Occurrence = "last"
	Every Occurrence = "every"
)

// Request is a question about paths. Days, instants and spans are texts, as
// people write them; what is empty has the default of docs/analyst/paths.md.
type Request struct {
	Kind    Kind             `json:"kind"`
	Journey *journey.Journey `json:"journey,omitempty"` // of anchors that are stages; gives subject and within where nothing else does
	Subject string           `json:"subject,omitempty"` // person, account or a where key

	From     string       `json:"from,omitempty"`
	To       string       `json:"to,omitempty"`
	Timezone string       `json:"timezone,omitempty"`
	AsOf     string       `json:"asOf,omitempty"`
	Segment  event.Filter `json:"segment,omitempty"` // only events for which it holds

	// Anchor and Until are JSON: {"when": [patterns]}, or {"stage": "id"} for what
	// the bound steps of a stage of Journey ask for.
	Anchor     json.RawMessage `json:"anchor,omitempty"`
	Until      json.RawMessage `json:"until,omitempty"`
	Within     string          `json:"within,omitempty"`     // from an anchor to Until
	Steps      int             `json:"steps,omitempty"`      // how many events around an anchor, 1 … 10
	Occurrence Occurrence      `json:"occurrence,omitempty"` // which anchors count

	Fold   bool     `json:"fold,omitempty"`   // repeats of one name in a row are one
	Gap    string   `json:"gap,omitempty"`    // a pause longer than this ends a path
	Only   []string `json:"only,omitempty"`   // names of events that are looked at
	Except []string `json:"except,omitempty"` // … and that are not
	Top    int      `json:"top,omitempty"`    // pairs of transitions, or names in a column, that are told apart
}

// Answer is what the facts say about a question. Nodes and links are those of a
// Sankey diagram; what is not known is null.
type Answer struct {
	Kind         Kind          `json:"kind"`
	AsOf         time.Time     `json:"asOf"`
	Timezone     string        `json:"timezone"`
	From         *string       `json:"from"`
	To           *string       `json:"to"`
	Rule         Terms         `json:"rule"`
	Facts        journey.Facts `json:"facts"`
	Unattributed int           `json:"unattributed"`
	Anchored     *int          `json:"anchored"`  // customers who did the anchor; null for transitions
	Customers    int           `json:"customers"` // those of them with a path
	Paths        int           `json:"paths"`     // of transitions: how many there are
	Pairs        *int          `json:"pairs"`     // of transitions: how many different ones; else null
	Nodes        []Node        `json:"nodes"`
	Links        []Edge        `json:"links"`
}

// Terms say how it was counted, defaults filled in. What a kind does not ask is
// null.
type Terms struct {
	Subject    string      `json:"subject"`
	Steps      *int        `json:"steps"`
	Occurrence *Occurrence `json:"occurrence"`
	Within     *string     `json:"within"`
	Fold       bool        `json:"fold"`
	Gap        string      `json:"gap"`
	Only       []string    `json:"only"`
	Except     []string    `json:"except"`
	Top        int         `json:"top"`
}

// Node is an event at a position of the paths, or one of their ends.
type Node struct {
	ID        string   `json:"id"`
	Position  int      `json:"position"` // 0 is the anchor; of transitions 0 is before and 1 after
	Kind      NodeKind `json:"kind"`
	Event     *string  `json:"event"`     // the name; null unless kind is event
	Paths     int      `json:"paths"`     // that go through it
	Customers *int     `json:"customers"` // whose paths these are; null for transitions, where it is not counted
}

// NodeKind is what a node stands for.
type NodeKind string

// The kinds of nodes.
const (
	EventNode  NodeKind = "event"
	OtherNode  NodeKind = "other"  // all events of the column that are not named
	AnchorNode NodeKind = "anchor" // where paths are held
	UntilNode  NodeKind = "until"  // where those between lead
	EndedNode  NodeKind = "ended"  // nothing came after
	BeganNode  NodeKind = "began"  // nothing came before
	MoreNode   NodeKind = "more"   // events between that are more than were asked for
)

// Edge is how many went from one node straight to another.
type Edge struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	Paths         int      `json:"paths"`
	Customers     int      `json:"customers"`
	MedianSeconds *float64 `json:"medianSeconds"` // null to and from what is no event
}

// Finder answers questions about paths. It is safe for concurrent use.
type Finder struct {
	Source stream.Source
	// Now is the as-of instant where none is asked for; without it the last event
	// is.
	Now func() time.Time
	// Nodes count with this one where the store has to be asked; nil: there are none.
	Nodes *nodes.Circle

	stride int // every how many blocks the first round is over; 0: as firstStride says
	limit  int // how many times are kept of parts before brackets are laid closer; 0: maxKept, of a share maxSent
}
