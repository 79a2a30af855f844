package journey

import (
	"math/bits"
	"slices"

	"beichen/internal/event"
)

// stepSet is a set of bound steps, by their number in plan.steps.
type stepSet [maxSteps / 64]uint64

func (s *stepSet) add(i int)     { s[i>>6] |= 1 << (i & 63) }
func (s *stepSet) remove(i int)  { s[i>>6] &^= 1 << (i & 63) }
func (s stepSet) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }
func (s stepSet) empty() bool    { return s[0]|s[1] == 0 }
func (s stepSet) meets(o stepSet) bool {
	return s[0]&o[0]|s[1]&o[1] != 0
}
func (s stepSet) and(o stepSet) stepSet { return stepSet{s[0] & o[0], s[1] & o[1]} }
func (s stepSet) or(o stepSet) stepSet  { return stepSet{s[0] | o[0], s[1] | o[1]} }
func (s stepSet) without(o stepSet) stepSet {
	return stepSet{s[0] &^ o[0], s[1] &^ o[1]}
}

// next is the smallest member from i on, or −1.
func (s stepSet) next(i int) int {
	for word := i >> 6; word < len(s); word++ {
		rest := s[word]
		if word == i>>6 {
			rest &= ^uint64(0) << (i & 63)
		}
		if rest != 0 {
			return word<<6 + bits.TrailingZeros64(rest)
		}
	}
	return -1
}

// plan is a journey made ready to run: its bound stages and steps, numbered,
// and the patterns a source is asked about. Stages that nothing is bound to are
// left out as if they were not drawn.
type plan struct {
	journey    *Journey
	stages     []planStage
	steps      []planStep
	exclusions []planExclusion
	patterns   []event.Pattern
	// stepsOf[p] are the steps that pattern p is an alternative of;
	// exclusionsOf[p] the exclusions it makes, a bit each.
	stepsOf      []stepSet
	exclusionsOf []uint64

	order  Order
	entry  Entry
	window Window
	// single: every stage is passed by one event; forgetful: in its order besides, so
	// that only the furthest stage of a way matters for what comes; simple: besides
	// nothing but time ends it, so that a chain stands in one way only; plain: every
	// stage is passed in its order, by one event, and none may be skipped.
	single, forgetful, simple, plain bool
	optional                         bool // some stage is
	// historic: some step asks for the first event ever.
	historic bool
}

type planStage struct {
	definition int // place in Journey.Stages
	pass       Pass
	optional   bool
	steps      stepSet
	first, end int // steps[first:end]
	// previous is the last required stage before, −1 if there is none;
	// following the first required one after, len(stages) if there is none.
	previous, following int
	// next is the stage that the lift of this one's steps looks at: the following
	// one, where there is none the stage after this one; len(stages): none.
	next int
	// fromEntry: the stage before is the one that is entered by, so that the time
	// from there is the time from the entry.
	fromEntry bool
	// alone: the stage has one step, which is passed as the stage is.
	alone bool
}

type planStep struct {
	stage      int // place in plan.stages
	definition int // place in the stage's Steps
	times      int
	within     int64 // 0: no span
	firstEver  FirstEver
	patterns   []int
}

type planExclusion struct {
	// Places in plan.stages: the chain is watched once it is at or past from, until
	// it is at or past to. len(stages): it never gets there.
	from, to int
}

func compile(j *Journey) *plan {
	p := &plan{journey: j, order: j.order(), entry: j.entry(), window: j.ChainWindow()}
	c := compiler{plan: p, numbers: map[string]int{}}
	place := make([]int, len(j.Stages)) // how many bound stages lie before
	for i := range j.Stages {
		place[i] = len(p.stages)
		if j.Stages[i].Bound() {
			c.stage(i)
		}
	}
	for x, exclusion := range j.Exclude {
		from := slices.IndexFunc(j.Stages, func(s Stage) bool { return s.ID == exclusion.Between[0] })
		to := slices.IndexFunc(j.Stages, func(s Stage) bool { return s.ID == exclusion.Between[1] })
		p.exclusions = append(p.exclusions, planExclusion{from: place[from], to: place[to]})
		if !j.Stages[from].Bound() { // watched from the stage before it
			p.exclusions[x].from = max(place[from]-1, 0)
		}
		n := c.pattern(exclusion.Pattern)
		p.exclusionsOf[n] |= 1 << x
	}
	p.link()
	p.single = len(p.stages) > 0 && !slices.ContainsFunc(p.stages, func(s planStage) bool {
		return s.pass != PassAny || slices.ContainsFunc(p.steps[s.first:s.end], func(t planStep) bool { return t.times > 1 })
	})
	p.forgetful = p.order != AnyOrder && p.single
	p.simple = p.forgetful && p.order == Ordered
	p.plain = p.forgetful && !p.optional
	for k := range p.stages {
		s := &p.stages[k]
		s.fromEntry = p.forgetful && s.previous == 0
		s.alone = p.forgetful && s.end-s.first == 1
	}
	return p
}

// link tells every stage its required neighbours.
func (p *plan) link() {
	previous := -1
	for k := range p.stages {
		p.stages[k].previous = previous
		if !p.stages[k].optional {
			previous = k
		}
	}
	following := len(p.stages)
	for k := len(p.stages) - 1; k >= 0; k-- {
		p.stages[k].following = following
		if p.stages[k].next = following; following == len(p.stages) {
			p.stages[k].next = k + 1
		}
		if !p.stages[k].optional {
			following = k
		}
	}
}

type compiler struct {
	*plan
	numbers map[string]int // of patterns already asked about
}

func (c *compiler) stage(definition int) {
	from := &c.journey.Stages[definition]
	s := planStage{definition: definition, pass: orDefault(from.Pass, PassAny), optional: from.Optional, first: len(c.steps)}
	for i := range from.Steps {
		step := &from.Steps[i]
		if !step.Bound() {
			continue
		}
		n := len(c.steps)
		compiled := planStep{stage: len(c.stages), definition: i, times: max(step.Times, 1), within: step.Within.micros, firstEver: step.FirstEver}
		for _, alternative := range step.When {
			p := c.pattern(alternative)
			compiled.patterns = append(compiled.patterns, p)
			c.stepsOf[p].add(n)
		}
		c.historic = c.historic || step.FirstEver != NotFirst
		s.steps.add(n)
		c.steps = append(c.steps, compiled)
	}
	s.end = len(c.steps)
	if s.end-s.first == 1 {
		s.pass = PassAny // one step: the rules are the same
	}
	c.optional = c.optional || s.optional
	c.stages = append(c.stages, s)
}

// pattern numbers a pattern; equal ones are asked about once.
func (c *compiler) pattern(p Pattern) int {
	where, err := p.Where.MarshalJSON()
	if err != nil {
		panic(err) // a checked filter always encodes
	}
	key := "any"
	if p.Event != nil {
		key = "=" + *p.Event
	}
	key += "\x00" + string(where)
	n, exists := c.numbers[key]
	if !exists {
		n = len(c.patterns)
		c.numbers[key] = n
		c.patterns = append(c.patterns, p.Matcher())
		c.stepsOf = append(c.stepsOf, stepSet{})
		c.exclusionsOf = append(c.exclusionsOf, 0)
	}
	return n
}
