package journey

import (
	"math/bits"
	"slices"

	"beichen/internal/journey/stream"
)

// customer is one customer's events as the machine walks them. Its slices are
// reused; event numbers index all of them.
type customer struct {
	cursor  *stream.Cursor
	streams *stream.Streams
	meaning []meaning
	at      []int64   // instants, ascending; microseconds since 1970 UTC
	events  []uint32  // their places in the cursor's block
	steps   []stepSet // the steps each event can do
	plain   []stepSet // the same before firstEver narrows it
	// exclusions holds a bit for each exclusion the event is; excluding lists the
	// events that have any.
	exclusions []uint64
	excluding  []int32
	relevant   []int32 // events that can do a step; of a strict journey all
	instants   []instant
}

// meaning is what events of a class are to a journey.
type meaning struct {
	steps      stepSet
	exclusions uint64
}

// meanings gives the meaning of every class of an answer.
func (p *plan) meanings(classes [][]uint64) []meaning {
	of := make([]meaning, len(classes))
	for class, words := range classes {
		for word, rest := range words {
			for ; rest != 0; rest &= rest - 1 {
				pattern := word<<6 + bits.TrailingZeros64(rest)
				of[class].steps = of[class].steps.or(p.stepsOf[pattern])
				of[class].exclusions |= p.exclusionsOf[pattern]
			}
		}
	}
	return of
}

func (c *customer) time(event int32) int64 { return c.at[event] }

// stepsIn is the union of what the events of an instant can do.
func (c *customer) stepsIn(in instant) stepSet {
	var all stepSet
	for _, e := range c.relevant[in.from:in.to] {
		all = all.or(c.steps[e])
	}
	return all
}

// load takes the customer that the cursor has in hand, from an instant on.
func (c *chainWalk) load(from int64) {
	c.at, c.events = c.cursor.At, c.cursor.Event
	c.steps, c.exclusions = c.steps[:0], c.exclusions[:0]
	for _, class := range c.cursor.Class {
		c.steps = append(c.steps, c.meaning[class].steps)
		c.exclusions = append(c.exclusions, c.meaning[class].exclusions)
	}
	c.plain = c.steps
	if c.plan.historic {
		c.plain = slices.Clone(c.steps)
		c.narrow()
		c.keep(func(event int32) bool { return c.at[event] >= from })
		return
	}
	c.index()
}

// keep leaves only some of the events.
func (c *chainWalk) keep(holds func(event int32) bool) {
	n := 0
	plain := c.plain[:0]
	for e := range c.events {
		if holds(int32(e)) {
			p := c.plain[e]
			c.at[n], c.events[n], c.steps[n], c.exclusions[n] = c.at[e], c.events[e], c.steps[e], c.exclusions[e]
			plain = append(plain, p)
			n++
		}
	}
	c.at, c.events, c.steps, c.exclusions, c.plain = c.at[:n], c.events[:n], c.steps[:n], c.exclusions[:n], plain
	c.index()
}

// narrow leaves a firstEver step only the customer's first event, or those that
// share its instant.
func (c *chainWalk) narrow() {
	for n := range c.plan.steps {
		step := &c.plan.steps[n]
		if step.firstEver == NotFirst {
			continue
		}
		var allowed []int32
		if step.firstEver == FirstMatch {
			// Each event of the first instant may have been the first (rule 4).
			first := slices.IndexFunc(c.steps, func(set stepSet) bool { return set.has(n) })
			for e := max(first, 0); first >= 0 && e < len(c.steps) && c.time(int32(e)) == c.time(int32(first)); e++ {
				allowed = append(allowed, int32(e))
			}
		} else {
			for _, p := range step.patterns {
				if e := c.firstOfName(p); e >= 0 {
					allowed = append(allowed, e)
				}
			}
		}
		for e := range c.steps {
			if !slices.Contains(allowed, int32(e)) {
				c.steps[e].remove(n)
			}
		}
	}
}

// firstOfName is the event of the pattern's name in the customer's history that
// came first, if it matches the pattern; of several in that instant one that
// does. −1: there is none.
func (c *chainWalk) firstOfName(p int) int32 {
	pattern := &c.plan.patterns[p]
	first := int64(never)
	for e, event := range c.events {
		if !pattern.AnyName && c.streams.Names[c.streams.Name(c.cursor.Block.Event[event])] != pattern.Name {
			continue
		}
		if c.at[e] > first {
			return -1
		}
		first = c.at[e]
		if c.streams.Classes[c.cursor.Class[e]][p>>6]>>(p&63)&1 == 1 {
			return int32(e)
		}
	}
	return -1
}

// index finds the instants of relevant events, and the excluding events.
func (c *chainWalk) index() {
	c.relevant, c.instants, c.excluding = c.relevant[:0], c.instants[:0], c.excluding[:0]
	for e := range c.events {
		if c.exclusions[e] != 0 {
			c.excluding = append(c.excluding, int32(e))
		}
		if c.steps[e].empty() && c.plan.order != Strict {
			continue
		}
		at := c.time(int32(e))
		if n := len(c.instants); n > 0 && c.instants[n-1].at == at {
			c.instants[n-1].to++
		} else {
			c.instants = append(c.instants, instant{at: at, from: int32(len(c.relevant)), to: int32(len(c.relevant)) + 1})
		}
		c.relevant = append(c.relevant, int32(e))
	}
}
