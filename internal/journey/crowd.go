package journey

import (
	"math"

	"beichen/internal/journey/stream"
)

// crowd is customers of a plain journey side by side. Who is found is written into the
// next place and may be taken there. When the crowd is full its customers are counted
// together, tally by tally and stage by stage: so all that a count needs is at hand
// while it is made, and the processor has no customer's way to guess.
type crowd struct {
	stageOf  [256]uint8 // by step; noStep is of a stage that nobody comes before
	stride   int        // stages of a customer, and two more for events that are of none
	passings []passing  // by customer and stage, of the stages passed
	level    [crowdSize]uint8
	tally    [crowdSize]uint16 // a place in tallies
	tallies  []*tally
	taken    int  // customers; the next one stands behind them
	bare     bool // nothing but counts is wanted
	// others are the steps that customers did besides those that their stages were
	// passed by, customer by customer.
	others []otherStep

	// Of the next customer alone: between which events, places in the block, all lies
	// that they brought, from the very entry where the words of events told it; their
	// last event inside the window, in microseconds since 1970 UTC; and where their
	// others begin.
	from, to   uint32
	last       int64
	nextOthers int
}

// crowdSize is enough for those who are counted in the same tally to be many, and few
// enough for a crowd to stay in the near memory.
const crowdSize = 1 << 10

// noStep is that of events which can do none; there are fewer steps.
const noStep = math.MaxUint8 - 1

// passing is how a customer passed a stage.
type passing struct {
	at    int64  // microseconds since 1970 UTC
	times uint32 // how many events count for the step
	step  uint8
}

// otherStep is a step that a customer did, though another one passed its stage.
type otherStep struct {
	who   uint16 // their place in the crowd
	step  uint8
	times uint32
	at    int64 // when they first did it
}

func newCrowd(p *plan, bare bool) *crowd {
	stride := len(p.stages) + 2
	c := &crowd{bare: bare, stride: stride, passings: make([]passing, crowdSize*stride)}
	for n := range p.steps {
		c.stageOf[n] = uint8(p.steps[n].stage)
	}
	c.stageOf[noStep] = uint8(stride - 1)
	return c
}

// of is how customer i passed each stage.
func (c *crowd) of(i int) []passing { return c.passings[i*c.stride:][:c.stride] }

// next is how the next customer passed the stages that they did.
func (c *crowd) next() []passing { return c.of(c.taken)[:c.level[c.taken]] }

// touch counts an event for a step of a stage that the next customer has passed.
func (c *crowd) touch(stage, step int, at int64) {
	if p := &c.of(c.taken)[stage]; int(p.step) == step {
		p.times++
		return
	}
	for n := c.nextOthers; n < len(c.others); n++ {
		if int(c.others[n].step) == step {
			c.others[n].times++
			return
		}
	}
	c.others = append(c.others, otherStep{who: uint16(c.taken), step: uint8(step), times: 1, at: at})
}

// take keeps the next customer, counted in a tally.
func (c *crowd) take(t *tally) {
	if t.seat == 0 {
		c.tallies = append(c.tallies, t)
		t.seat = len(c.tallies)
	}
	c.tally[c.taken] = uint16(t.seat - 1)
	c.taken++
	c.nextOthers = len(c.others)
}

// drop leaves the next customer's place to another one.
func (c *crowd) drop() { c.others = c.others[:c.nextOthers] }

// put writes a customer into the next place.
func (c *crowd) put(w *worker, r *Result) {
	others := r.Steps
	c.level[c.taken] = uint8(r.Level)
	for _, f := range r.Fills {
		n, k := int(f.Step), w.stages[f.Step]
		c.of(c.taken)[k] = passing{r.At[k], uint32(r.Times[n]), uint8(n)}
		others.remove(n)
	}
	for n := others.next(0); n >= 0; n = others.next(n + 1) {
		c.others = append(c.others, otherStep{who: uint16(c.taken), step: uint8(n), times: uint32(r.Times[n]), at: r.StepAt[n]})
	}
	c.from, c.to = w.cursor.First(), w.cursor.UpTo(r.End)
	if r.Level > 0 && r.Level < len(r.At) {
		c.last = r.At[r.Level-1] + w.dwell(r)
	}
}

// show writes the next customer into a result.
func (c *crowd) show(p *plan, cursor *stream.Cursor, r *Result) {
	next := c.next()
	r.Level, r.Excluded, r.Last = len(next), false, c.last
	r.Entry, r.End = next[0].at, p.window.after(next[0].at)
	r.Complete = r.Level == len(r.At)
	r.Steps, r.Fills, r.Touches = stepSet{}, r.Fills[:0], r.Touches[:0]
	for k, x := range next {
		r.At[k], r.Event[k] = x.at, int32(cursor.EventAt(x.at))
		r.Fills = append(r.Fills, Touch{Event: r.Event[k], Step: int16(x.step)})
		r.Steps.add(int(x.step))
		r.StepAt[x.step], r.Times[x.step] = x.at, int32(x.times)
	}
	for _, o := range c.others[c.nextOthers:] {
		r.Steps.add(int(o.step))
		r.StepAt[o.step], r.Times[o.step] = o.at, int32(o.times)
	}
	r.tellUpTo(r.Level)
}

// stepsOfNext are the steps that the next customer did.
func (c *crowd) stepsOfNext() (did stepSet) {
	for _, x := range c.next() {
		did.add(int(x.step))
	}
	for _, o := range c.others[c.nextOthers:] {
		did.add(int(o.step))
	}
	return did
}

// count counts what the customers passed in their tallies, and lets go of them.
func (c *crowd) count(p *plan) {
	order := c.order()
	for from, to := 0, 0; from < c.taken; from = to {
		seat := c.tally[order[from]]
		for to < c.taken && c.tally[order[to]] == seat {
			to++
		}
		passed := order[from:to]
		for k := range p.stages {
			for len(passed) > 0 && int(c.level[passed[len(passed)-1]]) <= k {
				passed = passed[:len(passed)-1]
			}
			if len(passed) == 0 {
				break
			}
			c.countStage(c.tallies[seat], &p.stages[k], k, passed)
		}
	}
	for i := range c.others {
		c.countOther(p, &c.others[i])
	}
	for _, t := range c.tallies {
		t.seat = 0
	}
	c.taken, c.tallies, c.others, c.nextOthers = 0, c.tallies[:0], c.others[:0], 0
}

// order is the customers tally by tally, those of each who passed most stages first.
func (c *crowd) order() (order [crowdSize]uint16) {
	var byLevel [crowdSize]uint16
	var levels [places]int
	for _, level := range c.level[:c.taken] {
		levels[level]++
	}
	places := 0
	for k := len(levels) - 1; k >= 0; k-- {
		levels[k], places = places, places+levels[k]
	}
	for i, level := range c.level[:c.taken] {
		byLevel[levels[level]] = uint16(i)
		levels[level]++
	}
	var seats [crowdSize]int
	for _, seat := range c.tally[:c.taken] {
		seats[seat]++
	}
	places = 0
	for seat := range c.tallies {
		seats[seat], places = places, places+seats[seat]
	}
	for _, i := range byLevel[:c.taken] {
		order[seats[c.tally[i]]] = i
		seats[c.tally[i]]++
	}
	return order
}

// countStage counts those of a tally who passed a stage, k of the journey.
func (c *crowd) countStage(t *tally, s *planStage, k int, passed []uint16) {
	if c.bare {
		c.countHeads(t, s, k, passed)
		return
	}
	if s.alone {
		c.countAlone(&t.by[s.first], k, passed)
		return
	}
	for _, i := range passed {
		of := c.passings[int(i)*c.stride:]
		x := &of[k]
		by := &t.by[x.step]
		by.events += int(x.times)
		by.on += c.on(i, k)
		switch k {
		case 0:
			by.took.zeros++
		case 1: // the time from the stage before is the time from the entry
			by.took.add(x.at - of[0].at)
		default:
			by.took.addPair(x.at-of[0].at, x.at-of[k-1].at)
		}
	}
}

// countHeads is countStage where nothing else is wanted than who passed; how long that
// took them is told as nothing.
func (c *crowd) countHeads(t *tally, s *planStage, k int, passed []uint16) {
	if s.alone {
		t.by[s.first].took.zeros += len(passed)
		return
	}
	for _, i := range passed {
		by := &t.by[c.passings[int(i)*c.stride+k].step]
		by.took.zeros++
		by.on += c.on(i, k)
	}
}

// countAlone is countStage where all passed it by the same step.
func (c *crowd) countAlone(by *passage, k int, passed []uint16) {
	for _, i := range passed {
		by.events += int(c.passings[int(i)*c.stride+k].times)
		by.on += c.on(i, k)
	}
	switch k {
	case 0:
		by.took.zeros += len(passed)
		return
	case 1:
		for _, i := range passed {
			of := c.passings[int(i)*c.stride:]
			by.took.add(of[1].at - of[0].at)
		}
		return
	}
	for len(passed) > 0 {
		fromEntry, fromBefore := by.took.room(len(passed))
		for n := range fromEntry {
			of := c.passings[int(passed[n])*c.stride:]
			fromEntry[n], fromBefore[n] = of[k].at-of[0].at, of[k].at-of[k-1].at
		}
		passed = passed[len(fromEntry):]
	}
}

// on is 1 if a customer passed the stage after one too, 0 if not.
func (c *crowd) on(i uint16, stage int) (passed int) {
	if int(c.level[i]) > stage+1 {
		passed = 1
	}
	return passed
}

// countOther counts a step for who did it besides the one that passed its stage.
func (c *crowd) countOther(p *plan, o *otherStep) {
	k := p.steps[o.step].stage
	of, before := c.of(int(o.who)), int64(notReached)
	if k > 0 {
		before = of[k-1].at
	}
	s := &c.tallies[c.tally[o.who]].steps[o.step]
	s.events += int(o.times)
	s.passed++
	s.reach(&p.stages[k], o.at, before, of[0].at)
	s.didOn += c.on(o.who, k)
	s.passedOn += c.on(o.who, k)
}
