package stream

import "sync"

// counted is how many events of how many customers.
type counted struct{ events, customers int }

func (c *counted) add(o counted) { c.events, c.customers = c.events+o.events, c.customers+o.customers }

// counts remembers what lies inside bounds, of a block or of all: of the bounds that were
// asked for last. It is safe for concurrent use.
type counts struct {
	mu     sync.Mutex
	last   [mostCounts]boundedCount // a ring
	oldest int
}

// mostCounts is as many as the bounds that a page asks for, mostly.
const mostCounts = 8

// boundedCount is what lies inside bounds.
type boundedCount struct {
	from, until uint64
	of          counted
}

// find gives what lies inside bounds, if that is known.
func (c *counts) find(in bounds) (of counted, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.last {
		if l := &c.last[i]; l.from == in.from && l.until == in.until {
			return l.of, true // of no bounds at all nothing: no word lies below the first
		}
	}
	return counted{}, false
}

// remember keeps what lies inside bounds.
func (c *counts) remember(in bounds, of counted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[c.oldest] = boundedCount{in.from, in.until, of}
	c.oldest = (c.oldest + 1) % mostCounts
}
