package stream

import (
	"context"
	"runtime"
	"sync"
)

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

// count fills Events and Customers. Without a segment they are looked up in what is known,
// and kept there; nil: nothing is.
func (s *Streams) count(ctx context.Context, p *plan, known *counts) error {
	in := s.inside()
	if !p.From.IsZero() { // also of who asks for all of the history
		in.from = max(in.from, s.floor(p.From.UnixMicro()))
	}
	if len(s.segment) > 0 {
		known = nil
	}
	if known != nil {
		if of, ok := known.find(in); ok {
			s.Events, s.Customers = of.events, of.customers
			return nil
		}
	}
	all, err := s.countAll(ctx, in)
	if err == nil && known != nil {
		known.remember(in, all)
	}
	s.Events, s.Customers = all.events, all.customers
	return err
}

func (s *Streams) countAll(ctx context.Context, in bounds) (all counted, err error) {
	workers := make([]counted, min(runtime.GOMAXPROCS(0), len(s.Blocks)))
	turns := s.Turns()
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() {
			c := counter{in: in, cursor: s.Cursor(true)}
			for some := turns.Next(); len(some) > 0 && ctx.Err() == nil; some = turns.Next() {
				for _, b := range some {
					if b != nil {
						workers[i].add(c.block(b))
					}
				}
			}
		})
	}
	group.Wait()
	for _, of := range workers {
		all.add(of)
	}
	return all, ctx.Err()
}

// counter counts what lies inside bounds, block by block.
type counter struct {
	in     bounds
	cursor *Cursor
	spans  []Span
}

func (c *counter) block(b *Block) (n counted) {
	if len(c.cursor.s.segment) > 0 {
		c.spans = c.in.spans(b, c.spans)
		for _, s := range c.spans {
			if events := c.cursor.count(b, s); events > 0 {
				n.add(counted{events, 1})
			}
		}
		return n
	}
	if of, ok := b.memo.counts.find(c.in); ok {
		return of
	}
	c.spans = c.in.spans(b, c.spans)
	for _, s := range c.spans {
		n.add(counted{int(s.High - s.Low), 1})
	}
	b.memo.counts.remember(c.in, n)
	return n
}
