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
	values, costs     money
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
	events int // that count for it
	// Of those who did it: who passed the next stage; who passed its own; who both.
	didOn, passed, passedOn int
}

// mark is a stage or a step as customers reach it.
type mark struct {
	reached int
	times   sample // from the stage before
	entries sample // from the entry
	// waits are how long those who reached the stage before and not the mark were
	// watched, where that is not longer than any way to it can take.
	waits sample
	// pending and left of them stand here. A step of a stage that any of its steps
	// passes has none of its own: who did not pass the stage did none of them.
	pending, left int
	dwells        sample
}

// reach counts who reached the mark of a stage, or of one of its steps, at an
// instant; before is when they reached the stage before, or notReached.
func (m *mark) reach(stage *planStage, at, before, entry int64) {
	m.reached++
	if !stage.fromEntry {
		m.entries.add(at - entry)
	}
	if before != notReached {
		m.times.add(at - before)
	}
}

func (m *mark) stand(here state, dwell int64) {
	switch here {
	case left:
		m.left++
		m.dwells.add(dwell)
	case pending:
		m.pending++
	}
}

func (m *mark) join(o *mark) {
	m.reached += o.reached
	m.pending += o.pending
	m.left += o.left
	m.dwells.join(&o.dwells)
	m.times.join(&o.times)
	m.entries.join(&o.entries)
	m.waits.join(&o.waits)
}

// join adds the customers of another tally.
func (t *tally) join(o *tally) {
	t.counted += o.counted
	t.excluded += o.excluded
	for k := range t.stages {
		s, from := &t.stages[k], &o.stages[k]
		s.mark.join(&from.mark)
		s.eligible += from.eligible
		s.passed += from.passed
		s.passedOn += from.passedOn
	}
	for n := range t.steps {
		s, from := &t.steps[n], &o.steps[n]
		s.mark.join(&from.mark)
		s.events += from.events
		s.didOn += from.didOn
		s.passed += from.passed
		s.passedOn += from.passedOn
	}
	t.values.join(&o.values)
	t.costs.join(&o.costs)
}

func newTally(p *plan) *tally {
	return &tally{stages: make([]stageTally, len(p.stages)), steps: make([]stepTally, len(p.steps))}
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

// addStages counts stages in their order, and their steps.
func (t *tally) addStages(w *worker, r *Result) {
	p, window := w.plan, w.plan.window.length()
	dwell := int64(notReached) // worked out for who left
	for k := range p.stages {
		s, stage := &t.stages[k], &p.stages[k]
		before := int64(notReached)
		if stage.previous >= 0 {
			if before = r.At[stage.previous]; before == notReached {
				break // nobody gets past a required stage
			}
			s.eligible++
		}
		if at := r.At[k]; at != notReached {
			s.reach(stage, at, before, r.Entry)
			s.passed++
			if on := stage.next; on < len(r.At) && r.passed(on) {
				s.passedOn++
			}
			if before != notReached && w.asOf-before <= window {
				t.waitForSteps(w, r, stage, before, absent, 0)
			}
			continue
		}
		if before == notReached {
			continue
		}
		here := state(absent)
		if !stage.optional || !w.past(r, k) {
			if here = pending; w.asOf > r.End {
				here = left
				if dwell == notReached {
					dwell = w.dwell(r)
				}
			}
			s.stand(here, dwell)
		}
		recent := w.asOf-before <= window
		if recent {
			s.waits.add(w.asOf - before)
		}
		if recent || stage.pass != PassAny {
			t.waitForSteps(w, r, stage, before, here, dwell)
		}
	}
	t.addSteps(w, r)
}

// waitForSteps counts the steps of a stage that were not done.
func (t *tally) waitForSteps(w *worker, r *Result, stage *planStage, before int64, here state, dwell int64) {
	if stage.alone {
		return
	}
	for n := stage.first; n < stage.end; n++ {
		if r.Steps.has(n) {
			continue
		}
		s := &t.steps[n]
		if waited := w.asOf - before; waited <= w.plan.window.length() {
			s.waits.add(waited)
		}
		if stage.pass != PassAny {
			s.stand(here, dwell)
		}
	}
}

// addSteps counts the steps that were done. Of a step that is alone in its stage
// the stage tells all but how often it was done.
func (t *tally) addSteps(w *worker, r *Result) {
	for word, rest := range r.Steps {
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
		case w.asOf > r.End:
			s.stand(left, w.dwell(r))
		default:
			s.stand(pending, 0)
		}
		if w.asOf-before <= window {
			s.waits.add(w.asOf - before)
		}
	}
	t.addSteps(w, r)
}

// addMoney counts what the customer brought from each stage and step on within
// the window, its own event included, and what the events of steps cost: what
// they say themselves, and what the definition says of a touch. An event that
// counts for two steps of a stage costs the stage once.
func (t *tally) addMoney(w *worker, r *Result) {
	if len(w.cursor.Block.Values.Event) > 0 {
		t.addValues(w, r)
	}
	if w.costly || w.cursor.Block.Costs.Event != nil {
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
