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
	// eligible reached the stage before; left and pending of them stand here.
	eligible, pending, left int
	dwells                  sample
	// passed customers, and those of them who passed the next stage too.
	passed, passedOn int
}

// stepTally is what the numbers of a step are made of.
type stepTally struct {
	mark
	pending, left int
	dwells        sample
	events        int // that count for it
	// Of those who did it: who passed the next stage; who passed its own; who both.
	didOn, passed, passedOn int
}

// mark is a stage or a step as customers reach it.
type mark struct {
	reached int
	times   sample // from the stage before
	entries sample // from the entry
	// waits are how long those were watched who may still come, or may have come
	// later than somebody did who came; beyond is how many others did not come.
	waits  sample
	beyond int
}

// reach counts who reached the mark at an instant; before is when they reached
// the stage before, or notReached.
func (m *mark) reach(at, before, entry int64) {
	m.reached++
	m.entries.add(at - entry)
	if before != notReached {
		m.times.add(at - before)
	}
}

// wait counts who reached the stage before and not the mark.
func (m *mark) wait(before, asOf, window int64) {
	if waited := asOf - before; waited <= window {
		m.waits.add(waited)
	} else {
		m.beyond++
	}
}

func (m *mark) join(o *mark) {
	m.reached += o.reached
	m.beyond += o.beyond
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
		s.dwells.join(&from.dwells)
		s.eligible += from.eligible
		s.pending += from.pending
		s.left += from.left
		s.passed += from.passed
		s.passedOn += from.passedOn
	}
	for n := range t.steps {
		s, from := &t.steps[n], &o.steps[n]
		s.mark.join(&from.mark)
		s.dwells.join(&from.dwells)
		s.pending += from.pending
		s.left += from.left
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

// addStages counts stages in their order with their steps.
func (t *tally) addStages(w *worker, r *Result) {
	p, window := w.plan, w.plan.window.length()
	dwell := int64(notReached) // worked out for who left
	for k := range p.stages {
		s, stage := &t.stages[k], &p.stages[k]
		before := int64(notReached)
		if stage.previous >= 0 {
			if before = r.At[stage.previous]; before == notReached {
				continue // nobody gets past a required stage
			}
			s.eligible++
		}
		passed := r.passed(k)
		if passed {
			s.reach(r.At[k], before, r.Entry)
			s.passed++
			if on := p.next(k); on < len(p.stages) && r.passed(on) {
				s.passedOn++
			}
		} else if before != notReached {
			s.wait(before, w.asOf, window)
		}
		here := state(absent)
		if !passed && before != notReached && !w.past(r, k) {
			if here = pending; w.asOf > r.End {
				here = left
				if dwell == notReached {
					dwell = w.dwell(r)
				}
			}
			s.stand(here, dwell)
		}
		for n := stage.first; n < stage.end; n++ {
			t.addStep(w, r, n, before, here, dwell, window)
		}
	}
}

func (s *stageTally) stand(here state, dwell int64) {
	if here == left {
		s.left++
		s.dwells.add(dwell)
	} else {
		s.pending++
	}
}

func (t *tally) addStep(w *worker, r *Result, n int, before int64, here state, dwell, window int64) {
	s := &t.steps[n]
	at := r.did(n)
	if at == notReached {
		if before == notReached {
			return
		}
		s.wait(before, w.asOf, window)
		switch here {
		case left:
			s.left++
			s.dwells.add(dwell)
		case pending:
			s.pending++
		}
		return
	}
	s.reach(at, before, r.Entry)
	s.events += int(r.Times[n])
	stage := w.plan.steps[n].stage
	on := w.plan.next(stage)
	passedOn := on < len(w.plan.stages) && r.passed(on)
	if passedOn {
		s.didOn++
	}
	if r.passed(stage) {
		s.passed++
		if passedOn {
			s.passedOn++
		}
	}
}

// addLevels counts the levels of a journey in any order; its steps have no stage
// before.
func (t *tally) addLevels(w *worker, r *Result) {
	window := w.plan.window.length()
	dwell := int64(notReached)
	for k := range w.plan.stages {
		s := &t.stages[k]
		before := int64(notReached)
		if k > 0 {
			if before = r.At[k-1]; before == notReached {
				break
			}
			s.eligible++
		}
		if r.passed(k) {
			s.reach(r.At[k], before, r.Entry)
			continue
		}
		if before == notReached {
			continue
		}
		s.wait(before, w.asOf, window)
		here := state(pending)
		if w.asOf > r.End {
			here = left
			if dwell == notReached {
				dwell = w.dwell(r)
			}
		}
		s.stand(here, dwell)
	}
	for word, rest := range r.Steps {
		for ; rest != 0; rest &= rest - 1 {
			n := word<<6 + bits.TrailingZeros64(rest)
			t.steps[n].reach(r.StepAt[n], notReached, r.Entry)
			t.steps[n].events += int(r.Times[n])
		}
	}
}

// addMoney counts what the customer brought from each stage and step on within
// the window, its own event included, and what the events of steps cost: what
// they say themselves, and what the definition says of a touch. An event that
// counts for two steps of a stage costs the stage once.
func (t *tally) addMoney(w *worker, r *Result) {
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
	if w.costly || w.cursor.Block.Costs.Event != nil {
		t.addCosts(w, r)
	}
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
