package journey

import "slices"

// instant moves the ways of the chain in hand over one instant. Its events may
// be taken in any order (rule 4), each by one step: every order is followed
// that leads somewhere else.
func (c *chainWalk) instant(in instant) {
	if c.plan.simple && len(c.ways) == 1 && in.to-in.from == 1 {
		c.single(c.relevant[in.from])
		return
	}
	c.choose(in)
	c.queue = c.queue[:0]
	for i := range c.ways {
		c.ways[i].used = 0
		c.queue = append(c.queue, c.ways[i])
	}
	for i := 0; i < len(c.queue) && len(c.queue) < maxWays; i++ {
		c.follow(c.queue[i])
	}
	c.ways, c.queue = c.queue, c.ways
	if len(c.ways) > 1 {
		c.ways = c.prune(c.ways)
	}
	if c.plan.order == Strict && in.at > c.entry {
		c.judge(in)
	}
}

// single is instant for one event and one way of a simple journey: the event
// passes the furthest stage it can.
func (c *chainWalk) single(event int32) {
	w := &c.ways[0]
	furthest := c.firstRequired
	if w.required >= 0 {
		furthest = c.plan.stages[w.required].following
	}
	for k := min(furthest, len(c.plan.stages)-1); k > int(w.place); k-- {
		if may := c.steps[event].and(c.plan.stages[k].steps); !may.empty() {
			if next, ok := c.take(w, event, 0, may.next(0)); ok {
				*w = next
			}
			return
		}
	}
}

// choose lists the events of an instant that can fill a step. Events that match
// the same steps are twins: no chain can use more of them than its steps ask for.
func (c *chainWalk) choose(in instant) {
	c.choices = c.choices[:0]
	for _, e := range c.relevant[in.from:in.to] {
		if c.steps[e].empty() {
			continue
		}
		twins := 0
		for _, other := range c.choices {
			if c.steps[other] == c.steps[e] {
				twins++
			}
		}
		if twins < c.demand {
			c.choices = append(c.choices, e)
		}
		if len(c.choices) == 64 { // a way remembers in 64 bits which it took
			return
		}
	}
}

// follow queues what becomes of a way by taking one more event of the instant.
func (c *chainWalk) follow(w way) {
	open := c.open(&w)
	for k, e := range c.choices {
		may := open.and(c.steps[e])
		if w.used>>k&1 == 1 || may.empty() || c.hasTwinBefore(&w, k) {
			continue
		}
		for step := may.next(0); step >= 0; step = may.next(step + 1) {
			child, ok := c.take(&w, e, k, step)
			if !ok {
				continue
			}
			// One that got further may still have skipped an optional stage that this one
			// passes in the same instant, so only equals replace each other here.
			known := slices.ContainsFunc(c.queue, func(q way) bool {
				return q.used&^child.used == 0 && (q.place == child.place || !c.plan.optional) && c.reaches(&q, &child)
			})
			if !known {
				c.queue = append(c.queue, child)
			}
		}
	}
}

// hasTwinBefore reports whether an event before choice k would do the same and
// is still free.
func (c *chainWalk) hasTwinBefore(w *way, k int) bool {
	for j := range k {
		if w.used>>j&1 == 0 && c.steps[c.choices[j]] == c.steps[c.choices[k]] {
			return true
		}
	}
	return false
}

// judge ends the ways of a strict journey in an instant that holds something
// else than repeats: events of the stage last passed, or of one that is open. An
// instant with an event of an open stage is not judged, as rule 4 says of
// matched events.
func (c *chainWalk) judge(in instant) {
	c.ways = slices.DeleteFunc(c.ways, func(w way) bool {
		if w.used != 0 {
			return false
		}
		var underWay, current stepSet
		if w.place >= 0 {
			current = c.plan.stages[w.place].steps
		}
		open := c.open(&w)
		for k := range c.plan.stages {
			if s := &c.plan.stages[k]; s.steps.meets(open) {
				underWay = underWay.or(s.steps)
			}
		}
		if c.stepsIn(in).meets(underWay) {
			return false
		}
		for _, e := range c.relevant[in.from:in.to] {
			if !c.plain[e].meets(current.or(underWay)) {
				c.ended = append(c.ended, w)
				return true
			}
		}
		return false
	})
}
