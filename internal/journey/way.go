package journey

import "slices"

// way is one way a chain can stand: which stages its events have passed and
// what they have done of the open ones. A chain usually stands in one way; it
// stands in several where an event could fill one of two steps and only the
// future tells which was better.
type way struct {
	passed   uint64  // stages, by place
	done     stepSet // steps
	place    int8    // the furthest stage passed; −1: none
	required int8    // the last required stage passed; −1: none
	entry    uint64  // stages of which a step was done at the chain's entry
	fills    int32   // the newest of its fills in chainWalk.fills; −1: none
	used     uint64  // events of the instant in hand that it took
	lastAt   int64   // when a stage was last passed
}

// fill says that an event counts for a step of a chain. The fills of a way are
// a list from the newest to the oldest; ways share their tails.
type fill struct {
	event int32 // index into customer.events
	step  int16
	older int32
}

// enters reports whether a stage begun at the entry was passed; until then this
// is no chain from there.
func (w *way) enters() bool { return w.entry&w.passed != 0 }

// open is the set of steps that may be done next.
func (c *chainWalk) open(w *way) stepSet {
	var open stepSet
	from, to := 0, len(c.plan.stages)-1
	if c.plan.order != AnyOrder {
		from = int(w.place) + 1
		if w.required >= 0 {
			to = c.plan.stages[w.required].following
		} else {
			to = c.firstRequired
		}
		to = min(to, len(c.plan.stages)-1)
	}
	for k := from; k <= to; k++ {
		if w.passed>>k&1 == 1 {
			continue
		}
		s := &c.plan.stages[k]
		if s.pass == PassSequence {
			open.add(s.steps.without(w.done).next(s.first))
			continue
		}
		open = open.or(s.steps.without(w.done))
	}
	return open
}

// take lets the way use an event for a step: what follows, and whether it may.
// Before the entry of the chain only occurrences of a step that must happen
// several times are gathered; at the entry a step must be done.
func (c *chainWalk) take(w *way, event int32, inInstant, step int) (way, bool) {
	s := &c.plan.steps[step]
	at := c.time(event)
	child := *w
	child.used |= 1 << inInstant
	done := c.occurrences(w, step, at)+1 >= s.times
	if at < c.entry {
		if s.times == 1 {
			return way{}, false
		}
		done = false
	}
	if done && at == c.entry {
		child.entry |= 1 << s.stage
	} else if done && child.entry == 0 {
		return way{}, false
	}
	child.fills = c.push(fill{event: event, step: int16(step), older: w.fills})
	if !done {
		return child, true
	}
	child.done.add(step)
	stage := &c.plan.stages[s.stage]
	if stage.pass != PassAny && !stage.steps.without(child.done).empty() {
		return child, true
	}
	child.passed |= 1 << s.stage
	child.lastAt = at
	child.place = max(child.place, int8(s.stage))
	if !stage.optional {
		child.required = max(child.required, int8(s.stage))
	}
	return child, true
}

// occurrences counts what the way has gathered of a step inside its span up to
// an instant.
func (c *chainWalk) occurrences(w *way, step int, at int64) int {
	s := &c.plan.steps[step]
	if s.times == 1 {
		return 0
	}
	n := 0
	for f := w.fills; f >= 0 && n < s.times-1; f = c.fills[f].older {
		if int(c.fills[f].step) != step {
			continue
		}
		if s.within > 0 && at-c.time(c.fills[f].event) > s.within {
			break
		}
		n++
	}
	return n
}

// reaches reports whether way x is as good as way y or better, whatever comes:
// it passed a later required stage, or the same with at least y's progress.
func (c *chainWalk) reaches(x, y *way) bool {
	if !c.plan.simple && !x.enters() && (y.enters() || x.place != y.place || y.entry&^x.entry != 0) {
		return false
	}
	var matters stepSet // the steps on which y's progress counts
	if c.plan.order == AnyOrder {
		if y.passed&^x.passed != 0 || x.passed == y.passed && x.lastAt > y.lastAt {
			return false
		}
		matters = c.open(x)
	} else {
		switch {
		case x.required != y.required:
			return x.required > y.required
		case x.place < y.place:
			return false
		case x.place == y.place && (x.lastAt > y.lastAt || x.passed < y.passed):
			return false
		}
		if c.plan.simple {
			return true
		}
		matters = c.open(x)
	}
	for k := range c.plan.stages { // a sequence is as far as its done steps
		if s := &c.plan.stages[k]; s.pass == PassSequence && matters.meets(s.steps) {
			matters = matters.or(s.steps)
		}
	}
	if !y.done.and(matters).without(x.done).empty() {
		return false
	}
	for step := matters.without(x.done).next(0); step >= 0; step = matters.without(x.done).next(step + 1) {
		if c.plan.steps[step].times > 1 && !c.gathered(x, y, step) {
			return false
		}
	}
	return true
}

// gathered reports whether x has gathered at least as many occurrences of a
// step as y, and as late ones where they must lie in a span.
func (c *chainWalk) gathered(x, y *way, step int) bool {
	s := &c.plan.steps[step]
	older := func(f int32) int32 {
		for f >= 0 && int(c.fills[f].step) != step {
			f = c.fills[f].older
		}
		return f
	}
	fx, fy := older(x.fills), older(y.fills)
	for range s.times - 1 {
		if fy < 0 {
			return true
		}
		if fx < 0 || s.within > 0 && c.time(c.fills[fx].event) < c.time(c.fills[fy].event) {
			return false
		}
		fx, fy = older(c.fills[fx].older), older(c.fills[fy].older)
	}
	return true
}

// prune drops every way that another one reaches; of equals the first stays.
func (c *chainWalk) prune(ways []way) []way {
	kept := ways[:0]
	for i := range ways {
		w := ways[i]
		if slices.ContainsFunc(kept, func(k way) bool { return c.reaches(&k, &w) }) {
			continue
		}
		kept = slices.DeleteFunc(kept, func(k way) bool { return c.reaches(&w, &k) })
		kept = append(kept, w)
	}
	return kept
}
