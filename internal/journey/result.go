package journey

import (
	"slices"
	"sort"
)

// Result is what the machine found of one customer. Every number, list, trace
// and flow is read from results, so that a count and the people behind it
// cannot disagree. Instants are microseconds since 1970 UTC. A Result holds
// until its worker turns to the next customer.
type Result struct {
	Excluded bool // taken out by an exclusion: in no stage, counted as excluded
	// Level is the place of the furthest stage passed, from 1, among those that
	// are bound; with order any how many stages were passed.
	Level    int
	Complete bool  // all required stages
	Last     int64 // the last event of the customer inside the window; notReached: to be looked for
	Entry    int64 // of the chain
	End      int64 // of its window, included; math.MaxInt64 without a limit
	// At is when each stage was passed, notReached where it was not; Event is the
	// event that met it, a place in the block. With order any they are those of
	// the levels.
	At    []int64
	Event []int32
	// Steps are the bound steps that were done (rule 11); StepAt tells of those
	// when, Times how many events count for them.
	Steps  stepSet
	StepAt []int64
	Times  []int32
	// Fills are the chain's matched events, Touches every event that counts for a
	// step, both by time. Touches are there where the worker was told to collect them.
	Fills, Touches []Touch

	// Which of the customer's events were asked about: the row of a breakdown that
	// runs the journey once for each value; nil: all of them.
	row []uint32
	// told is up to which stage At and Event may say that something was reached.
	told int
}

// Touch is an event that counts for a bound step.
type Touch struct {
	Event int32 // its place in the block
	Step  int16
}

// passed reports whether the stage was passed.
func (r *Result) passed(stage int) bool { return r.At[stage] != notReached }

// did is when a step was done, notReached where it was not.
func (r *Result) did(step int) int64 {
	if !r.Steps.has(step) {
		return notReached
	}
	return r.StepAt[step]
}

// tellUpTo leaves no stage from one on that At and Event say was reached.
func (r *Result) tellUpTo(stage int) {
	for k := stage; k < r.told; k++ {
		r.At[k], r.Event[k] = notReached, -1
	}
	r.told = stage
}

// newResult makes room for the results of a plan.
func newResult(p *plan) Result {
	return Result{
		At: make([]int64, len(p.stages)), Event: make([]int32, len(p.stages)),
		StepAt: make([]int64, len(p.steps)), Times: make([]int32, len(p.steps)),
		told: len(p.stages),
	}
}

// result makes r of the customer's chain. kept is the instant from which an
// exclusion keeps it from counting.
func (c *chainWalk) result(x *chain, kept int64, r *Result) {
	p := c.plan
	r.Level, r.Complete, r.Entry, r.End, r.Steps = x.level, x.complete, x.entry, x.end, stepSet{}
	r.Last, r.told = notReached, len(r.At)
	x.fills = slices.DeleteFunc(x.fills, func(f fill) bool { return x.at[p.steps[f.step].stage] == notReached })
	for k := range p.stages {
		r.At[k], r.Event[k] = x.at[k], -1
		if x.event[k] >= 0 {
			r.Event[k] = int32(c.events[x.event[k]])
		}
	}
	if p.order == AnyOrder {
		r.byLevel()
	}
	r.Fills = r.Fills[:0]
	for _, f := range x.fills {
		r.Fills = append(r.Fills, Touch{Event: int32(c.events[f.event]), Step: f.step})
	}
	c.touch(x, min(x.end, kept-1), r)
}

// byLevel orders the stages' instants: the k-th carries level k (rule 5).
func (r *Result) byLevel() {
	for i := 1; i < len(r.At); i++ { // few: by insertion; those not reached go last
		for j := i; j > 0 && r.At[j] != notReached && (r.At[j-1] == notReached || r.At[j] < r.At[j-1]); j-- {
			r.At[j], r.At[j-1] = r.At[j-1], r.At[j]
			r.Event[j], r.Event[j-1] = r.Event[j-1], r.Event[j]
		}
	}
}

// touch finds what the customer did of every step (rule 11): after the chain had
// passed the stage before, up to an instant, with events that fill no other step
// of the chain, except that of a stage passed by any of its steps one event may
// do several.
func (c *chainWalk) touch(x *chain, until int64, r *Result) {
	p := c.plan
	touches := c.touches[:0]
	for n := range p.steps {
		s := &p.steps[n]
		stage := &p.stages[s.stage]
		since, may := c.stepsSince(x, s.stage)
		if !may || stage.pass == PassAny && x.at[s.stage] == notReached {
			continue
		}
		first := len(touches)
		filled := int64(notReached)
		for _, f := range x.fills {
			if int(f.step) == n {
				filled = max(filled, c.time(f.event))
				if c.time(f.event) < since {
					touches = append(touches, Touch{Event: f.event, Step: f.step})
				}
			}
		}
		from := sort.Search(len(c.relevant), func(i int) bool { return c.time(c.relevant[i]) >= since })
		for _, e := range c.relevant[from:] {
			if c.time(e) > until {
				break
			}
			if c.steps[e].has(n) && !c.fillsElsewhere(x, e, n) {
				touches = append(touches, Touch{Event: e, Step: int16(n)})
			}
		}
		at := filled
		if at == notReached {
			at = c.doneBy(s, touches[first:])
		}
		if at == notReached {
			touches = touches[:first]
			continue
		}
		r.Steps.add(n)
		r.StepAt[n], r.Times[n] = at, int32(len(touches)-first)
	}
	c.touches = touches
	r.Touches = r.Touches[:0]
	for _, t := range touches {
		r.Touches = append(r.Touches, Touch{Event: int32(c.events[t.Event]), Step: t.Step})
	}
	slices.SortStableFunc(r.Touches, func(x, y Touch) int { return int(x.Event) - int(y.Event) })
}

// stepsSince is from when the steps of a stage count, and whether they do.
func (c *chainWalk) stepsSince(x *chain, stage int) (int64, bool) {
	if c.plan.order == AnyOrder || c.plan.stages[stage].previous < 0 {
		return x.entry, true
	}
	since := x.at[c.plan.stages[stage].previous]
	return since, since != notReached
}

func (c *chainWalk) fillsElsewhere(x *chain, event int32, step int) bool {
	own := c.plan.steps[step].stage
	for _, f := range x.fills {
		if f.event != event || int(f.step) == step {
			continue
		}
		if stage := c.plan.steps[f.step].stage; stage != own || c.plan.stages[own].pass != PassAny {
			return true
		}
	}
	return false
}

// doneBy is when touches, by time, met a step's times within its span.
func (c *chainWalk) doneBy(s *planStep, touches []Touch) int64 {
	for i := s.times - 1; i < len(touches); i++ {
		at := c.time(touches[i].Event)
		if s.within == 0 || at-c.time(touches[i-s.times+1].Event) <= s.within {
			return at
		}
	}
	return notReached
}
