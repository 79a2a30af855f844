package journey

import (
	"slices"

	"beichen/internal/stat"
)

// Numbers are the six numbers of a stage or a step. Of what nothing is bound to
// all are null.
type Numbers struct {
	ID            string    `json:"id"`
	Reached       *int      `json:"reached"`
	Pending       *int      `json:"pending"`
	OfPrevious    *Rate     `json:"ofPrevious"`
	OfStart       *Rate     `json:"ofStart"`
	Eventual      *Eventual `json:"eventual"`
	Time          *Times    `json:"time"`
	TimeFromEntry *Times    `json:"timeFromEntry"`
	Left          *Left     `json:"left"`
	Sentiment     Sentiment `json:"sentiment"`
	Cost          []Money   `json:"cost" nullable:"true"`
	Value         []Money   `json:"value" nullable:"true"`
}

// StageAnswer is a stage's numbers and those of its steps.
type StageAnswer struct {
	Numbers
	Steps []StepAnswer `json:"steps"`
}

// StepAnswer is a step's numbers, how many events count for it, and its lift.
type StepAnswer struct {
	Numbers
	Events *int     `json:"events"`
	Lift   *float64 `json:"lift"`
}

// Rate is a share with its 95 % interval (Wilson); null over nothing.
type Rate struct {
	Rate *float64 `json:"rate"`
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	N    int      `json:"n"`
}

// Eventual is the share that will have passed when nobody is pending any more.
type Eventual struct {
	Rate float64 `json:"rate"`
}

// Times tells how long it took, in seconds.
type Times struct {
	N             int          `json:"n"`
	MedianSeconds *float64     `json:"medianSeconds"`
	MeanSeconds   *float64     `json:"meanSeconds"`
	P90Seconds    *float64     `json:"p90Seconds"`
	Histogram     [][2]float64 `json:"histogram,omitzero"` // [lower bound, customers]
}

// Left tells who left here, and the time from their last stage to their last
// event inside the window.
type Left struct {
	N                  int      `json:"n"`
	MedianDwellSeconds *float64 `json:"medianDwellSeconds"`
}

// Sentiment holds the three tracks of feeling, each −2 … +2; null: unknown.
type Sentiment struct {
	Said    *Feeling `json:"said"`
	Heard   *Feeling `json:"heard"`
	Behaved *Feeling `json:"behaved"`
}

// Feeling is a mean of n feelings.
type Feeling struct {
	Mean float64 `json:"mean"`
	N    int     `json:"n"`
}

// Money is an amount in one currency; per customer null where there are none.
type Money struct {
	Currency    string   `json:"currency"`
	Total       float64  `json:"total"`
	PerCustomer *float64 `json:"perCustomer"`
}

// TimeBetween tells how long it took from one stage to another.
type TimeBetween struct {
	From          string       `json:"from"`
	To            string       `json:"to"`
	N             int          `json:"n"`
	MeanSeconds   *float64     `json:"meanSeconds"`
	MedianSeconds *float64     `json:"medianSeconds"`
	Histogram     [][2]float64 `json:"histogram"`
}

// stages gives the numbers of all stages of the definition for some customers.
func (d *measured) stages(g group) []StageAnswer {
	answers := make([]StageAnswer, len(d.Journey.Stages))
	for i := range answers {
		s := &d.Journey.Stages[i]
		answers[i] = StageAnswer{Numbers: Numbers{ID: d.plan.answerID(i)}, Steps: make([]StepAnswer, len(s.Steps))}
		for k := range s.Steps {
			answers[i].Steps[k].ID = s.Steps[k].ID
		}
	}
	values, costs := d.values(g), d.costs(g)
	for k := range d.plan.stages {
		s := &d.plan.stages[k]
		a := &answers[s.definition]
		a.fill(d, g, d.ofStage(k))
		a.Value, a.Cost = values.stages[k].perCustomer(*a.Reached), costs.stages[k].perCustomer(*a.Reached)
		for n := s.first; n < s.end; n++ {
			step := &a.Steps[d.plan.steps[n].definition]
			step.fill(d, g, d.ofStep(n))
			step.Value, step.Cost = values.steps[n].perCustomer(*step.Reached), costs.steps[n].perCustomer(*step.Reached)
			step.Events = new(costs.touches[n])
			step.Lift = d.lift(g, n)
		}
	}
	return answers
}

// mark is what the numbers of a stage or a step are counted from.
type mark struct {
	at       func(*Result) int64 // when it was reached; notReached
	previous func(*Result) int64 // when the stage before was; nil: there is none
	// waiting reports whether who has not reached it might or might have: they
	// did not get on past its stage.
	waiting func(*Result) bool
}

func (d *measured) ofStage(k int) mark {
	m := mark{
		at:      func(r *Result) int64 { return r.At[k] },
		waiting: func(r *Result) bool { return !r.passed(k) && !d.past(r, k) },
	}
	previous := d.plan.stages[k].previous
	if d.plan.order == AnyOrder {
		previous = k - 1
	}
	if previous >= 0 {
		m.previous = func(r *Result) int64 { return r.At[previous] }
	}
	return m
}

func (d *measured) ofStep(n int) mark {
	stage := d.plan.steps[n].stage
	m := d.ofStage(stage)
	if d.plan.order == AnyOrder {
		m.previous = nil
		m.waiting = func(*Result) bool { return false }
	}
	m.at = func(r *Result) int64 { return r.StepAt[n] }
	return m
}

// past reports whether the chain went on past an optional stage.
func (d *measured) past(r *Result, k int) bool {
	if d.plan.order == AnyOrder || !d.plan.stages[k].optional {
		return false
	}
	for later := k + 1; later < len(r.At); later++ {
		if r.passed(later) {
			return true
		}
	}
	return false
}

// state is where a customer stands as to a mark.
type state string

const (
	reached state = "reached"
	pending state = "pending"
	left    state = "left"
	absent  state = ""
)

func (d *measured) stateOf(r *Result, m mark) state {
	switch {
	case m.at(r) != notReached:
		return reached
	case m.previous == nil || m.previous(r) == notReached || !m.waiting(r):
		return absent
	case d.asOf > r.End:
		return left
	}
	return pending
}

// fill counts customers into the numbers, all but money.
func (a *Numbers) fill(d *measured, g group, m mark) {
	var reachedHere, pendingHere, leftHere int
	var times, fromEntry, dwells []float64
	var watched []stat.Observation
	eligible, converted := 0, 0
	for _, r := range g.counted {
		where, at := d.stateOf(r, m), m.at(r)
		switch where {
		case reached:
			reachedHere++
			fromEntry = append(fromEntry, secondsOf(at-r.Entry))
		case pending:
			pendingHere++
		case left:
			leftHere++
			dwells = append(dwells, secondsOf(r.dwell()))
		}
		if m.previous == nil || m.previous(r) == notReached {
			continue
		}
		eligible++
		before := m.previous(r)
		if where == reached {
			converted++
			times = append(times, secondsOf(at-before))
			watched = append(watched, stat.Observation{Duration: secondsOf(at - before), Happened: true})
		} else {
			watched = append(watched, stat.Observation{Duration: secondsOf(d.asOf - before)})
		}
	}
	a.Reached, a.Pending = &reachedHere, &pendingHere
	a.OfPrevious, a.OfStart = rateOf(converted, eligible), rateOf(reachedHere, len(g.counted))
	if len(watched) > 0 {
		a.Eventual = &Eventual{Rate: 1 - stat.Surviving(watched)}
	}
	a.Time, a.TimeFromEntry = timesOf(times), timesOf(fromEntry)
	a.Time.Histogram = histogramOf(times, 0)
	a.Left = &Left{N: leftHere}
	if len(dwells) > 0 {
		slices.Sort(dwells)
		a.Left.MedianDwellSeconds = new(stat.Quantile(dwells, 0.5))
	}
}

// dwell is how long who left was still seen after their last stage.
func (r *Result) dwell() int64 { return r.Last - r.lastAt() }

func (r *Result) lastAt() int64 { return slices.Max(r.At) }

func rateOf(k, n int) *Rate {
	if n == 0 {
		return &Rate{}
	}
	w := stat.Wilson(k, n)
	return &Rate{Rate: &w.Rate, Low: &w.Low, High: &w.High, N: n}
}

func timesOf(seconds []float64) *Times {
	t := &Times{N: len(seconds)}
	if len(seconds) == 0 {
		return t
	}
	slices.Sort(seconds)
	t.MedianSeconds, t.MeanSeconds = new(stat.Quantile(seconds, 0.5)), new(stat.Mean(seconds))
	t.P90Seconds = new(stat.Quantile(seconds, 0.9))
	return t
}

func histogramOf(seconds []float64, bins int) [][2]float64 {
	out := [][2]float64{}
	for _, b := range stat.Histogram(seconds, bins) {
		out = append(out, [2]float64{b.Low, float64(b.Count)})
	}
	return out
}

// lift is the rate of passing the next stage among those who did a step, over
// the rate among those who reached its stage otherwise (rule 11).
func (d *measured) lift(g group, n int) *float64 {
	stage := d.plan.steps[n].stage
	next := d.plan.stages[stage].following
	if next == len(d.plan.stages) {
		next = stage + 1
	}
	if d.plan.order == AnyOrder || next >= len(d.plan.stages) {
		return nil
	}
	var did, didPassed, others, othersPassed float64
	for _, r := range g.counted {
		passed := 0.0
		if r.passed(next) {
			passed = 1
		}
		switch {
		case r.StepAt[n] != notReached:
			did++
			didPassed += passed
		case r.passed(stage):
			others++
			othersPassed += passed
		}
	}
	if did == 0 || others == 0 || othersPassed == 0 {
		return nil
	}
	return new(didPassed / did / (othersPassed / others))
}

func (d *measured) timeBetween(g group) *TimeBetween {
	t := &TimeBetween{From: d.TimeBetween[0], To: d.TimeBetween[1], Histogram: [][2]float64{}}
	from, to := d.plan.placeOf(d.between[0]), d.plan.placeOf(d.between[1])
	if from < 0 || to < 0 {
		return t
	}
	var seconds []float64
	for _, r := range g.counted {
		if r.passed(from) && r.passed(to) {
			seconds = append(seconds, secondsOf(r.At[to]-r.At[from]))
		}
	}
	times := timesOf(seconds)
	t.N, t.MeanSeconds, t.MedianSeconds = times.N, times.MeanSeconds, times.MedianSeconds
	t.Histogram = histogramOf(seconds, d.Bins)
	return t
}
