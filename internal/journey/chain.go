package journey

import (
	"math"
	"math/bits"
	"slices"
	"sort"
)

// instant is a run of relevant events with one timestamp.
type instant struct {
	at       int64
	from, to int32 // chainWalk.relevant[from:to]
}

// chainWalk walks one customer's events chain by chain. It belongs to one
// worker and keeps its memory from customer to customer.
type chainWalk struct {
	customer
	plan          *plan
	firstRequired int     // place of the first required stage; len(stages): none
	starts        stepSet // the steps a chain may begin with
	demand        int     // how many events a chain can use at most

	entry, end int64 // of the chain in hand
	ways       []way
	ended      []way // by an event that a strict journey does not allow
	fills      []fill
	queue      []way
	choices    []int32 // the events of the instant in hand, twins beyond use left out
	marks      []int8  // how far the last clean of the newer chains was after each instant
	trail      []stand // how far the chain in hand was
	current    chain
	touches    []Touch // by customer.events
}

// chain is what a run from one entry gave.
type chain struct {
	level      int
	complete   bool
	entry, end int64
	lastAt     int64
	first      int   // the first stage passed; 0 with order any
	tainted    int64 // when an exclusion tainted it; never: it did not
	at         [maxStages]int64
	event      [maxStages]int32
	fills      []fill // of passed stages, oldest first
}

// stand is how far a chain was after an instant.
type stand struct {
	instant int
	reached int8
}

const (
	never      = math.MaxInt64 // an instant that does not come
	notReached = math.MinInt64 // an instant that did not come
	// maxWays bounds the ways that are followed inside one instant; a journey
	// comes near it only if many steps ask for the same events of one timestamp.
	maxWays = 4096
)

func newChainWalk(p *plan) *chainWalk {
	c := &chainWalk{plan: p, firstRequired: len(p.stages)}
	for k := len(p.stages) - 1; k >= 0; k-- {
		if !p.stages[k].optional {
			c.firstRequired = k
		}
	}
	for k, s := range p.stages {
		if p.order == AnyOrder || k <= c.firstRequired {
			c.starts = c.starts.or(s.steps)
		}
	}
	for _, s := range p.steps {
		c.demand += s.times
	}
	return c
}

func (c *chainWalk) push(f fill) int32 {
	c.fills = append(c.fills, f)
	return int32(len(c.fills) - 1)
}

// best gives the chain of the customer that counts (rule 1) among those that
// begin and end within instants[low:high], in into; false if there is none.
func (c *chainWalk) best(low, high int, into *chain) bool {
	found := false
	consider := func() {
		if !found || c.current.beats(into) {
			found = true
			into.copy(&c.current)
		}
	}
	if c.plan.entry == First {
		openUntil := int64(notReached)
		for g := low; g < high; g++ {
			if c.instants[g].at <= openUntil || !c.run(g, low, high) {
				continue
			}
			openUntil = c.current.end
			if c.current.complete {
				openUntil = c.current.lastAt
			}
			consider()
		}
		return found
	}
	c.marks = append(c.marks[:0], make([]int8, high)...)
	for g := high - 1; g >= low; g-- {
		if !c.run(g, low, high) {
			continue
		}
		consider()
		if c.current.tainted == never {
			for _, s := range c.trail {
				c.marks[s.instant] = s.reached
			}
		}
	}
	return found
}

// beats reports whether a chain counts before another one whose entry is
// preferred: it got further, or as far untainted, or as far earlier, or begins
// at an earlier stage where the first ones are optional.
func (x *chain) beats(y *chain) bool {
	switch {
	case x.level != y.level:
		return x.level > y.level
	case (x.tainted == never) != (y.tainted == never):
		return x.tainted == never
	case x.lastAt != y.lastAt:
		return x.lastAt < y.lastAt
	}
	return x.first < y.first
}

func (x *chain) copy(y *chain) {
	fills := append(x.fills[:0], y.fills...)
	*x = *y
	x.fills = fills
}

// run walks the chain that enters at instants[g] into c.current; false if no
// stage is passed by it.
func (c *chainWalk) run(g, low, high int) bool {
	if !c.stepsIn(c.instants[g]).meets(c.starts) {
		return false
	}
	c.entry = c.instants[g].at
	c.end = c.plan.window.after(c.entry)
	c.fills = c.fills[:0]
	c.ended = c.ended[:0]
	c.trail = c.trail[:0]
	c.ways = append(c.ways[:0], way{place: -1, required: -1, fills: -1})
	for i := c.gatherFrom(g, low); i < high && c.instants[i].at <= c.end; i++ {
		c.instant(c.instants[i])
		if i == g {
			c.ways = slices.DeleteFunc(c.ways, func(w way) bool { return w.entry == 0 })
		}
		if len(c.ways) == 0 || c.finished() {
			break
		}
		if i >= g && c.overtaken(i) {
			break
		}
	}
	return c.conclude()
}

// finished reports whether nothing can be done any more.
func (c *chainWalk) finished() bool {
	for i := range c.ways {
		if !c.open(&c.ways[i]).empty() {
			return false
		}
	}
	return true
}

// overtaken reports whether a newer chain stood as far or further after the
// same instant. What this one can still reach that one reaches too, as soon,
// and with the newer entry; so it need not be walked on. That holds where a
// chain's future hangs on its furthest stage alone. Where an event may end or
// taint one of them and not the other, the newer chain must have stood exactly as
// far, and stayed clean to its end.
func (c *chainWalk) overtaken(i int) bool {
	if !c.plan.forgetful || c.plan.entry == First || len(c.ways) != 1 || c.firstRequired != 0 {
		return false
	}
	reached := c.ways[0].place + 1
	if c.marks[i] == reached || c.marks[i] > reached && c.plan.simple && len(c.plan.exclusions) == 0 {
		return true
	}
	c.trail = append(c.trail, stand{i, reached})
	return false
}

// gatherFrom is the instant from which occurrences count towards a step that
// must happen several times and may be done at the entry: nothing lies before it.
func (c *chainWalk) gatherFrom(g, low int) int {
	need := 0
	for s := c.starts.next(0); s >= 0; s = c.starts.next(s + 1) {
		need += c.plan.steps[s].times - 1
	}
	if need == 0 {
		return g
	}
	from := g
	for s := c.starts.next(0); s >= 0; s = c.starts.next(s + 1) {
		step := &c.plan.steps[s]
		if step.times == 1 {
			continue
		}
		// Only the newest `need` occurrences can matter, whatever else they fill.
		seen, i := 0, g-1
		for ; i >= low && seen < need; i-- {
			for _, e := range c.relevant[c.instants[i].from:c.instants[i].to] {
				if c.steps[e].has(s) {
					seen++
				}
			}
		}
		from = min(from, i+1)
	}
	return from
}

// conclude makes c.current of the way that counts.
func (c *chainWalk) conclude() bool {
	var chosen *way
	for _, ways := range [][]way{c.ways, c.ended} {
		for i := range ways {
			w := &ways[i]
			if w.enters() && (chosen == nil || c.counts(w, chosen)) {
				chosen = w
			}
		}
	}
	if chosen == nil {
		return false
	}
	c.extract(chosen)
	c.current.tainted = c.taint()
	return true
}

// counts reports whether x is the better way to have gone.
func (c *chainWalk) counts(x, y *way) bool {
	if c.plan.order == AnyOrder {
		if n, m := bits.OnesCount64(x.passed), bits.OnesCount64(y.passed); n != m {
			return n > m
		}
		return x.lastAt < y.lastAt
	}
	switch {
	case x.required != y.required:
		return x.required > y.required
	case x.place != y.place:
		return x.place > y.place
	case x.lastAt != y.lastAt:
		return x.lastAt < y.lastAt
	}
	return x.passed > y.passed // of optional stages the later ones
}

// extract reads a way's instants and fills into c.current.
func (c *chainWalk) extract(w *way) {
	x := &c.current
	x.entry, x.end, x.lastAt = c.entry, c.end, w.lastAt
	x.level, x.first = int(w.place)+1, bits.TrailingZeros64(w.passed)
	if c.plan.order == AnyOrder {
		x.level, x.first = bits.OnesCount64(w.passed), 0
	}
	x.complete = true
	for k := range x.at {
		x.at[k], x.event[k] = notReached, -1
		if k < len(c.plan.stages) && !c.plan.stages[k].optional && w.passed>>k&1 == 0 {
			x.complete = false
		}
	}
	x.fills = x.fills[:0]
	var taken [maxSteps]uint8
	for f := w.fills; f >= 0; f = c.fills[f].older {
		step := int(c.fills[f].step)
		s := &c.plan.steps[step]
		if w.passed>>s.stage&1 == 0 || !w.done.has(step) || int(taken[step]) == s.times {
			continue
		}
		taken[step]++
		x.fills = append(x.fills, c.fills[f])
		if at := c.time(c.fills[f].event); x.event[s.stage] < 0 || at > x.at[s.stage] {
			x.at[s.stage], x.event[s.stage] = at, c.fills[f].event
		}
	}
	sort.SliceStable(x.fills, func(i, j int) bool { return x.fills[i].event < x.fills[j].event })
}

// taint is when the first exclusion hit c.current (rule 6): after the chain was
// at or past the from stage, before it was at or past the to stage, inside the
// window, and not in the instant of an event the chain took.
func (c *chainWalk) taint() int64 {
	if c.plan.order == AnyOrder {
		return never // judged for the customer, not for the chain
	}
	x := &c.current
	for _, e := range c.excluding {
		at := c.time(e)
		if at > x.end {
			break
		}
		if at <= x.entry || slices.ContainsFunc(x.fills, func(f fill) bool { return c.time(f.event) == at }) {
			continue
		}
		for kinds := c.exclusions[e]; kinds != 0; kinds &= kinds - 1 {
			watched := c.plan.exclusions[bits.TrailingZeros64(kinds)]
			if at > x.since(watched.from) && at < x.since(watched.to) {
				return at
			}
		}
	}
	return never
}

// since is when the chain was first at or past a place.
func (x *chain) since(place int) int64 {
	since := int64(never)
	for k := place; k < maxStages; k++ {
		if x.at[k] != notReached {
			since = min(since, x.at[k])
		}
	}
	return since
}
