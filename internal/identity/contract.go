package identity

import (
	"context"
	"time"

	"beichen/internal/event"
)

// Number is a dense number that stands for one event.Ref (or, apart from those,
// for one account id), given in the order of the log from 1; 0 is none. The
// warehouse stores numbers with its events, so that a merge never rewrites one.
type Number = uint32

// People gives the graph of who is who, once it is whole: a Graph is, and an intake
// has one that first has to read what is known already.
type People interface {
	// Whole waits for the graph, as long as the context lets it. It fails where the
	// graph cannot become whole.
	Whole(ctx context.Context) (*Graph, error)
}

// Link is what a message said about who is who.
type Link struct {
	MessageID string    `json:"messageId"`
	How       How       `json:"how"`
	From      event.Ref `json:"from"`              // identify: the anonymous id; alias: the previous id
	To        event.Ref `json:"to"`                // identify, alias: the user
	Account   string    `json:"account,omitempty"` // group
	At        time.Time `json:"at"`                // when it happened
	Source    string    `json:"source"`
	Undone    bool      `json:"undone"`
}

// How a link came about.
type How string

// The ways ids are linked.
const (
	ByIdentify How = "identify"
	ByAlias    How = "alias"
	ByGroup    How = "group"
)

// Row is one identity fact as the warehouse keeps it: of an identify, alias,
// group, unlink, forget or expire message only what Graph.Apply reads.
type Row struct {
	Seq         uint64
	MessageID   string
	Type        event.Type
	UserID      string
	AnonymousID string
	PreviousID  string
	GroupID     string
	Unlinks     string
	Forgets     []Number
	Source      string
	Time        time.Time
}
