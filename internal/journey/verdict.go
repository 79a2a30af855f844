package journey

// fate is what the rules make of a customer.
type fate uint8

const (
	noChain fate = iota // no chain passes a stage
	counted             // their chain counts
	removed             // taken out by an exclusion, counted under excluded
)

// decide gives the customer's chain that counts in into, and what becomes of
// them. Of a chain that is kept although an exclusion hit it, kept is the
// instant up to which it counts; never otherwise.
func (c *chainWalk) decide(into *chain) (what fate, kept int64) {
	if c.plan.order == AnyOrder && len(c.plan.exclusions) > 0 {
		return c.decideByStretch(into)
	}
	switch {
	case !c.best(0, len(c.instants), into):
		return noChain, never
	case into.tainted == never:
		return counted, never
	case c.plan.journey.excluded() == Remove:
		return removed, never
	}
	kept = into.tainted
	into.cut(kept)
	if into.level == 0 { // the exclusion came before any stage was passed
		return removed, never
	}
	return counted, kept
}

// cut leaves of a chain what it had passed before an instant.
func (x *chain) cut(at int64) {
	x.level, x.complete, x.lastAt = 0, false, notReached
	for k := range x.at {
		switch {
		case x.at[k] >= at:
			x.at[k], x.event[k] = notReached, -1
		case x.at[k] != notReached:
			x.level = k + 1
			x.lastAt = max(x.lastAt, x.at[k])
		}
	}
}

// decideByStretch judges exclusions where stages come in any order: each one
// that falls inside the window of a chain parts the customer's history. The
// first complete journey counts; else what came after the last exclusion; who
// has nothing left is excluded, or kept at the furthest stretch.
func (c *chainWalk) decideByStretch(into *chain) (what fate, kept int64) {
	var stretch chain
	before := false // some stretch before had a chain
	low, high := 0, 0
	for _, e := range c.excluding {
		at := c.time(e)
		for high < len(c.instants) && c.instants[high].at < at {
			high++
		}
		if high < len(c.instants) && c.instants[high].at == at || !c.openAt(low, high, at) {
			continue // in the instant of an event that matches, or after every window
		}
		if c.best(low, high, &stretch) {
			if stretch.complete {
				into.copy(&stretch)
				return counted, never
			}
			if !before || stretch.beats(into) {
				into.copy(&stretch)
			}
			before = true
		}
		low = high
	}
	switch {
	case c.best(low, len(c.instants), &stretch):
		into.copy(&stretch)
		return counted, never
	case !before:
		return noChain, never
	case c.plan.journey.excluded() == Keep:
		return counted, never
	}
	return removed, never
}

// openAt reports whether a chain of instants[low:high] has its window open at
// an instant after them.
func (c *chainWalk) openAt(low, high int, at int64) bool {
	for g := high - 1; g >= low && c.plan.window.after(c.instants[g].at) >= at; g-- {
		if c.run(g, low, high) {
			return true
		}
	}
	return false
}
