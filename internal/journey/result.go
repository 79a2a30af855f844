package journey

import (
	"slices"
	"sort"
)

// Result is what the machine found of one customer. Every number, list, trace
// and flow is read from results, so that a count and the people behind it
// cannot disagree. Instants are microseconds since 1970 UTC.
type Result struct {
	Customer int  // in the streams
	Excluded bool // taken out by an exclusion: in no stage, counted as excluded
	// Level is the place of the furthest stage passed, from 1, among those that
	// are bound; with order any how many stages were passed.
	Level    int
	Complete bool  // all required stages
	Entry    int64 // of the chain
	End      int64 // of its window, included; math.MaxInt64 without a limit
	Last     int64 // the customer's last event inside the window
	Next     int32 // what they did first after the last stage inside the window: an event's index in the streams, −1 nothing
	// At is when each stage was passed, notReached where it was not; Event is the
	// event that met it. With order any they are those of the levels.
	At    []int64
	Event []int32
	// StepAt is when each bound step was done (rule 11).
	StepAt []int64
	// Fills are the chain's matched events, Touches every event that counts for a
	// step, both by time.
	Fills, Touches []Touch

	// Which of the customer's events were asked about: the row of a breakdown that
	// runs the journey once for each value; nil: all of them.
	row []uint32
}

// Touch is an event that counts for a bound step.
type Touch struct {
	Event int32 // index in the streams
	Step  int16
}

// passed reports whether the stage was passed.
func (r *Result) passed(stage int) bool { return r.At[stage] != notReached }

// result makes a Result of the customer's chain. kept is the instant from which
// an exclusion keeps it from counting.
func (c *chainWalk) result(x *chain, kept int64, a *arena) Result {
	p := c.plan
	r := Result{
		Level: x.level, Complete: x.complete, Entry: x.entry, End: x.end, Next: -1,
		At: a.times.make(len(p.stages)), Event: a.indexes.make(len(p.stages)), StepAt: a.times.make(len(p.steps)),
	}
	x.fills = slices.DeleteFunc(x.fills, func(f fill) bool { return x.at[p.steps[f.step].stage] == notReached })
	for k := range p.stages {
		r.At[k], r.Event[k] = x.at[k], -1
		if x.event[k] >= 0 {
			r.Event[k] = c.events[x.event[k]]
		}
	}
	lastEvent := int32(-1)
	for k := range p.stages {
		if x.at[k] != notReached && x.at[k] == x.lastAt {
			lastEvent = max(lastEvent, x.event[k])
		}
	}
	if p.order == AnyOrder {
		r.byLevel()
	}
	r.Fills = a.touches.make(len(x.fills))
	for i, f := range x.fills {
		r.Fills[i] = Touch{Event: c.events[f.event], Step: f.step}
	}
	c.touch(x, min(x.end, kept-1), &r, a)
	inside := sort.Search(len(c.events), func(e int) bool { return c.time(int32(e)) > x.end })
	r.Last = c.time(int32(inside - 1))
	for e := lastEvent + 1; int(e) < inside; e++ {
		if !slices.ContainsFunc(x.fills, func(f fill) bool { return f.event == e }) {
			r.Next = c.events[e]
			break
		}
	}
	return r
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
func (c *chainWalk) touch(x *chain, until int64, r *Result, a *arena) {
	p := c.plan
	touches := a.scratch[:0]
	for n := range p.steps {
		s := &p.steps[n]
		stage := &p.stages[s.stage]
		r.StepAt[n] = notReached
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
		if r.StepAt[n] = filled; filled == notReached {
			r.StepAt[n] = c.doneBy(s, touches[first:])
		}
		if r.StepAt[n] == notReached {
			touches = touches[:first]
		}
	}
	a.scratch = touches
	r.Touches = a.touches.make(len(touches))
	for i, t := range touches {
		r.Touches[i] = Touch{Event: c.events[t.Event], Step: t.Step}
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

// arena hands out the slices of results from large chunks: one allocation for
// thousands of customers.
type arena struct {
	times   chunk[int64]
	indexes chunk[int32]
	touches chunk[Touch]
	scratch []Touch
}

type chunk[T any] struct{ free []T }

func (c *chunk[T]) make(n int) []T {
	if n > len(c.free) {
		c.free = make([]T, max(n, 1<<13))
	}
	out := c.free[:n:n]
	c.free = c.free[n:]
	return out
}
