package journey

import (
	"math/bits"
	"slices"
)

// tally counts customers: those of the whole answer, or of a row. Tallies of
// different customers add up, so that each worker counts for itself.
type tally struct {
	counted, excluded int
	stages            []stageTally
	steps             []stepTally
	by                []passage // by step
	values, costs     money
	// What those brought who passed a stage by a step: by step; and, while customers
	// are still added, by step and the streams' number of the currency.
	byValues   []purse
	takings    []taken
	currencies []string // of takings
	seat       int      // its place among the tallies of a crowd, from 1; 0: it has none
}

// stageTally is what the numbers of a stage are made of.
type stageTally struct {
	mark
	eligible         int // who reached the stage before
	passed, passedOn int // who passed it, and of them the next stage too
}

// stepTally is what the numbers of a step are made of.
type stepTally struct {
	mark
	events int // that count for it, but for those of by
	// Of those who did it: who passed the next stage; who passed its own; who both.
	didOn, passed, passedOn int
}

// passage is who passed a stage of a plain journey by one of its steps. Their
// times are those of the stage and of the step, so they are kept once, for both.
type passage struct {
	took   sample // as of mark
	on     int    // of them, who passed the next stage too
	events int    // that count for the step
}

func (p *passage) join(o *passage) {
	p.took.join(&o.took)
	p.on += o.on
	p.events += o.events
}

// mark is a stage or a step as customers reach it.
type mark struct {
	reached int
	// took is how long it took them: from the entry in the column fromEntry, and in
	// the column fromBefore from the stage before, where that is another and there
	// is one.
	took sample
	// waits are since when those wait who reached the stage before and not the mark,
	// where that is not longer ago than any way to it can take.
	waits instants
	// left and open of them stand here. A step of a stage that any of its steps
	// passes has none of its own: who did not pass the stage did none of them.
	left   int
	dwells sample
	open   []open
}

// Columns of mark.took.
const (
	fromEntry = iota
	fromBefore
)

// open is somebody who stands at a mark and whose window had not closed when it
// was counted: what they are hangs on the instant that is asked for.
type open struct{ end, dwell int64 }

// reach counts who reached the mark of a stage, or of one of its steps, at an
// instant; before is when they reached the stage before, or notReached.
func (m *mark) reach(stage *planStage, at, before, entry int64) {
	m.reached++
	if stage.fromEntry || before == notReached {
		m.took.add(at - entry)
	} else {
		m.took.addPair(at-entry, at-before)
	}
}

// stand counts who may still reach the mark, or left.
func (m *mark) stand(end, asOf, dwell int64) {
	if asOf > end {
		m.left++
		m.dwells.add(dwell)
	} else {
		m.open = append(m.open, open{end, dwell})
	}
}

func (m *mark) join(o *mark) {
	m.reached += o.reached
	m.left += o.left
	m.dwells.join(&o.dwells)
	m.took.join(&o.took)
	m.waits.join(&o.waits)
	m.open = append(m.open, o.open...)
}

// close puts aside what was still being added to.
func (t *tally) close() {
	t.bank()
	for k := range t.stages {
		t.stages[k].close()
	}
	for n := range t.steps {
		t.steps[n].close()
	}
	for n := range t.by {
		t.by[n].took.seal()
	}
}

func (m *mark) close() {
	m.took.seal()
	m.dwells.seal()
}

// join adds the customers of another tally, which is closed and may end at an earlier
// stage.
func (t *tally) join(o *tally) {
	t.counted += o.counted
	t.excluded += o.excluded
	for k := range o.stages {
		s, from := &t.stages[k], &o.stages[k]
		s.mark.join(&from.mark)
		s.eligible += from.eligible
		s.passed += from.passed
		s.passedOn += from.passedOn
	}
	for n := range o.steps {
		s, from := &t.steps[n], &o.steps[n]
		s.mark.join(&from.mark)
		s.events += from.events
		s.didOn += from.didOn
		s.passed += from.passed
		s.passedOn += from.passedOn
	}
	for n := range o.by {
		t.by[n].join(&o.by[n])
	}
	t.values.join(&o.values)
	t.costs.join(&o.costs)
	t.byValues = joinPurses(t.byValues, o.byValues)
}

func newTally(p *plan) *tally { return newTallyTo(p, len(p.stages), nil) }

// newTallyTo makes a tally of customers who passed some stages of a plain journey
// and no more: they stand at the next one at most. What it takes of times lies in m.
func newTallyTo(p *plan, passed int, m *memory) *tally {
	stages := min(passed+1, len(p.stages))
	steps := 0
	if stages > 0 {
		steps = p.stages[stages-1].end
	}
	t := &tally{stages: make([]stageTally, stages), steps: make([]stepTally, steps)}
	if p.plain {
		t.by = make([]passage, steps)
		for n := range t.by {
			t.by[n].took.memory = m
		}
	}
	return t
}

// add counts one customer.
func (t *tally) add(w *worker, r *Result) {
	if r.Excluded {
		t.excluded++
		return
	}
	t.counted++
	if w.plan.order == AnyOrder {
		t.addLevels(w, r)
	} else {
		t.addStages(w, r)
	}
	t.addMoney(w, r)
}

// addNext counts the next customer of a crowd but for what they passed, which the
// crowd counts for all.
func (t *tally) addNext(w *worker) {
	t.counted++
	p, next := w.plan, w.crowd.next()
	level := len(next)
	entry := next[0].at
	if w.bare {
		if level < len(p.stages) {
			t.stages[level].stand(p.window.after(entry), w.asOf, 0)
		}
		return
	}
	last := next[level-1].at
	if w.asOf-last <= p.window.length() {
		t.waitOfNext(w)
	}
	if level < len(p.stages) {
		t.stages[level].stand(p.window.after(entry), w.asOf, w.crowd.last-last)
	}
	if len(w.cursor.Block.Values.Event) > 0 {
		t.addValuesOfNext(w)
	}
}

// waitOfNext counts the marks that the next customer of a crowd may still reach.
func (t *tally) waitOfNext(w *worker) {
	next, did := w.crowd.next(), w.crowd.stepsOfNext()
	for k := 1; k < len(w.plan.stages) && k <= len(next); k++ {
		before := next[k-1].at
		if w.asOf-before > w.plan.window.length() {
			continue
		}
		if k == len(next) {
			t.stages[k].waits.add(before)
		}
		t.waitForSteps(&did, &w.plan.stages[k], before)
	}
}

// settle counts those who passed for the stages and steps of a plain journey; how
// long it took them stays where it is.
func (t *tally) settle(p *plan) {
	for n := range t.by {
		by, s, k := &t.by[n], &t.steps[n], p.steps[n].stage
		stage, passed := &t.stages[k], by.took.len()
		stage.reached += passed
		stage.passed += passed
		stage.passedOn += by.on
		if k+1 < len(t.stages) {
			t.stages[k+1].eligible += passed
		}
		s.events += by.events
		if n < len(t.byValues) && len(t.byValues[n]) > 0 {
			t.values.stage(p, k).join(t.byValues[n])
			t.values.step(p, n).join(t.byValues[n])
		}
		if p.stages[k].alone {
			continue
		}
		s.reached += passed
		s.passed += passed
		s.didOn += by.on
		s.passedOn += by.on
	}
}

// addStages counts stages in their order, and their steps.
func (t *tally) addStages(w *worker, r *Result) {
	p, window := w.plan, w.plan.window.length()
	dwell := int64(notReached) // worked out for who stands somewhere
	for k := range p.stages {
		stage := &p.stages[k]
		before := int64(notReached)
		if stage.previous >= 0 {
			if before = r.At[stage.previous]; before == notReached {
				break // nobody gets past a required stage
			}
			t.stages[k].eligible++
		}
		s := &t.stages[k]
		recent := before != notReached && w.asOf-before <= window
		if at := r.At[k]; at != notReached {
			s.reach(stage, at, before, r.Entry)
			s.passed++
			if on := stage.next; on < len(r.At) && r.passed(on) {
				s.passedOn++
			}
			if recent {
				t.waitForSteps(&r.Steps, stage, before)
			}
			continue
		}
		if before == notReached {
			continue
		}
		if recent {
			s.waits.add(before)
			t.waitForSteps(&r.Steps, stage, before)
		}
		if stage.optional && w.past(r, k) {
			continue
		}
		if dwell == notReached {
			dwell = w.dwell(r)
		}
		s.stand(r.End, w.asOf, dwell)
		for n := stage.first; n < stage.end && stage.pass != PassAny; n++ {
			if !r.Steps.has(n) {
				t.steps[n].stand(r.End, w.asOf, dwell)
			}
		}
	}
	t.addSteps(w, r, r.Steps)
}

// waitForSteps counts the steps of a stage that were not done and may still be.
func (t *tally) waitForSteps(did *stepSet, stage *planStage, before int64) {
	for n := stage.first; n < stage.end && !stage.alone; n++ {
		if !did.has(n) {
			t.steps[n].waits.add(before)
		}
	}
}

// addSteps counts steps that were done. Of a step that is alone in its stage the
// stage tells all but how often it was done.
func (t *tally) addSteps(w *worker, r *Result, done stepSet) {
	for word, rest := range done {
		for ; rest != 0; rest &= rest - 1 {
			n := word<<6 + bits.TrailingZeros64(rest)
			s := &t.steps[n]
			k := w.plan.steps[n].stage
			stage := &w.plan.stages[k]
			s.events += int(r.Times[n])
			if stage.alone {
				continue
			}
			before := int64(notReached)
			if stage.previous >= 0 && w.plan.order != AnyOrder {
				before = r.At[stage.previous]
			}
			s.reach(stage, r.StepAt[n], before, r.Entry)
			on := stage.next < len(r.At) && r.passed(stage.next)
			if on {
				s.didOn++
			}
			if r.passed(k) {
				s.passed++
				if on {
					s.passedOn++
				}
			}
		}
	}
}

// addLevels counts the levels of a journey in any order; its steps have no stage
// before.
func (t *tally) addLevels(w *worker, r *Result) {
	window := w.plan.window.length()
	for k := range w.plan.stages {
		s := &t.stages[k]
		before := int64(notReached)
		if k > 0 {
			if before = r.At[k-1]; before == notReached {
				break
			}
			s.eligible++
		}
		switch {
		case r.passed(k):
			s.reach(&w.plan.stages[k], r.At[k], before, r.Entry)
			continue
		case before == notReached:
			continue
		}
		s.stand(r.End, w.asOf, w.dwell(r))
		if w.asOf-before <= window {
			s.waits.add(before)
		}
	}
	t.addSteps(w, r, r.Steps)
}

// addMoney counts what the customer brought from each stage and step on within
// the window, its own event included, and what the events of steps cost: what
// they say themselves, and what the definition says of a touch. An event that
// counts for two steps of a stage costs the stage once.
func (t *tally) addMoney(w *worker, r *Result) {
	if len(w.cursor.Block.Values.Event) > 0 && !w.bare {
		t.addValues(w, r)
	}
	if w.collects(w.cursor.Block) {
		t.addCosts(w, r)
	}
}

func (t *tally) addValues(w *worker, r *Result) {
	p := w.plan
	w.brought(r, r.Entry, r.End, func(at int64, amount float64, currency uint16) {
		for k, since := range r.At {
			if since != notReached && at >= since {
				t.values.stage(p, k).add(w.streams.Currencies[currency], amount)
			}
		}
		for word, rest := range r.Steps {
			for ; rest != 0; rest &= rest - 1 {
				if n := word<<6 + bits.TrailingZeros64(rest); at >= r.StepAt[n] {
					t.values.step(p, n).add(w.streams.Currencies[currency], amount)
				}
			}
		}
	})
}

// addValuesOfNext counts what the next customer of a crowd brought.
func (t *tally) addValuesOfNext(w *worker) {
	c, values := w.crowd, &w.cursor.Block.Values
	i := w.cursor.AmountsFrom(values, c.from)
	if i == len(values.Event) || values.Event[i] >= c.to {
		return
	}
	if t.takings == nil {
		t.currencies = w.streams.Currencies
		t.takings = make([]taken, len(t.by)*len(t.currencies))
	}
	for ; i < len(values.Event) && values.Event[i] < c.to; i++ {
		e := values.Event[i]
		if !w.cursor.Counts(e) {
			continue
		}
		at := w.streams.Time(w.cursor.Block.Event[e])
		brought, currency := taken{known: true}, int(values.Currency[i])
		brought.Add(values.Amount[i])
		for _, x := range c.next() {
			if at < x.at {
				break // as all that come after it
			}
			t.takings[int(x.step)*len(t.currencies)+currency].join(&brought)
		}
		for _, o := range c.others[c.nextOthers:] {
			if at >= o.at {
				t.values.step(w.plan, int(o.step)).of(t.currencies[currency]).Join(&brought.Sum)
			}
		}
	}
}

// bank puts the takings into purses.
func (t *tally) bank() {
	if t.takings == nil {
		return
	}
	for i := range t.takings {
		if s := &t.takings[i]; s.known {
			if t.byValues == nil {
				t.byValues = make([]purse, len(t.by))
			}
			t.byValues[i/len(t.currencies)].of(t.currencies[i%len(t.currencies)]).Join(&s.Sum)
		}
	}
	t.takings = nil
}

func (t *tally) addCosts(w *worker, r *Result) {
	p, costs := w.plan, &w.cursor.Block.Costs
	for i, touch := range r.Touches {
		n := int(touch.Step)
		stage := p.steps[n].stage
		if c := w.definitionOf(n).Cost; c != nil {
			t.costs.step(p, n).add(c.Currency, c.PerTouch)
			t.costs.stage(p, stage).add(c.Currency, c.PerTouch)
		}
		at := costs.From(uint32(touch.Event))
		if at == len(costs.Event) || costs.Event[at] != uint32(touch.Event) {
			continue
		}
		currency := w.streams.Currencies[costs.Currency[at]]
		t.costs.step(p, n).add(currency, costs.Amount[at])
		again := slices.ContainsFunc(r.Touches[:i], func(o Touch) bool {
			return o.Event == touch.Event && p.steps[o.Step].stage == stage
		})
		if !again {
			t.costs.stage(p, stage).add(currency, costs.Amount[at])
		}
	}
}
