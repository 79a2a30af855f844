// Package nodes divides a question among the nodes that have the same facts: the one
// that was asked, and those that it can reach. Customers are divided into shares, more
// than there are nodes, so that a quick one takes more of them; each share is counted by
// one node, at one moment of the facts, and what was counted is joined where it was
// asked. Whatever becomes of the others, the answer is that of one node: what they do not
// deliver the asker counts itself.
package nodes

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Question is what is divided.
type Question struct {
	Kind string          // who can count it: a key of Circle.Counters
	Body json.RawMessage // what is asked, complete: nothing in it hangs on who reads it
}

// Counting is a question at one moment of the facts, on one node.
type Counting interface {
	// At is the moment.
	At() warehouse.Moment
	// Refs is how many refs there are then.
	Refs() identity.Number
	// Count counts the customers of a share and writes down what was counted.
	Count(ctx context.Context, share warehouse.Range) ([]byte, error)
}

// Counter begins to count a question: now, or as soon as a moment is known.
type Counter func(ctx context.Context, body json.RawMessage, at warehouse.Moment) (Counting, error)

// Node is another node.
type Node struct {
	ID      string
	Address string // http://HOST:PORT
}

// State is what a node knows of itself and of the others.
type State struct {
	// Version of the program. Nodes of other ones count nothing for this one: they may
	// count otherwise, or write it down otherwise.
	Version string
	// Secret is what nodes prove themselves by; empty: nobody is believed.
	Secret string
	Others []Node
}

// Circle is the nodes that count together, seen by one of them. It is safe for
// concurrent use.
type Circle struct {
	// Counters count questions here, by kind. They are set before the first question.
	Counters map[string]Counter
	Log      *slog.Logger
	// Divide divides the refs from 1 to the last among so many nodes; nil: Evenly.
	Divide func(last identity.Number, nodes int) []warehouse.Range
	// Patience is how long a question waits for the others to be ready to count it, and
	// for what they know and this node does not; 0: a second. Who is not ready is left out
	// of this one: it may be gone, or still read who is who.
	Patience time.Duration

	state               atomic.Pointer[State]
	asked, taken, fails atomic.Uint64
}

// Know makes the circle that of a state from now on.
func (c *Circle) Know(s State) { c.state.Store(&s) }

// known is what is known now.
func (c *Circle) known() State {
	if s := c.state.Load(); s != nil {
		return *s
	}
	return State{}
}

// Others is how many nodes there are to divide a question with. A nil circle has none.
func (c *Circle) Others() int {
	if c == nil {
		return 0
	}
	return len(c.known().Others)
}

// Shares tells how many shares others were asked to count, how many were counted here for
// others, and how many of those asked for did not come.
func (c *Circle) Shares() (asked, taken, failed uint64) {
	return c.asked.Load(), c.taken.Load(), c.fails.Load()
}

// sharesANode is how many shares there are for each node: the slowest one keeps the
// others waiting for no more than one of its shares.
const sharesANode = 4

// Evenly divides refs into shares of equal numbers of them. The last share has no end.
func Evenly(last identity.Number, nodes int) []warehouse.Range {
	n := uint64(nodes * sharesANode)
	var shares []warehouse.Range
	after := identity.Number(0)
	for i := range n {
		through := identity.Number(uint64(last) * (i + 1) / n)
		if i == n-1 {
			through = math.MaxUint32
		}
		if through > after {
			shares = append(shares, warehouse.Range{After: after, Through: through})
			after = through
		}
	}
	return shares
}
