package journey

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

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

// numbers is a job: a tally becomes the numbers of all stages.
type numbers struct {
	tally  *tally
	stages []StageAnswer
}

// work turns tallies into numbers, shared out over the processors: most of the
// work is in the samples of times.
func (d *measured) work(ctx context.Context, jobs []numbers) error {
	parts := len(d.plan.stages)
	for i := range jobs {
		jobs[i].stages = d.unbound()
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)*parts) {
		workers.Go(func() {
			var z summarizer
			for i := int(next.Add(1)) - 1; i < len(jobs)*parts && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				d.tellStage(&jobs[i/parts], i%parts, &z)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// unbound is the answer of a journey of which nothing is measured.
func (d *measured) unbound() []StageAnswer {
	answers := make([]StageAnswer, len(d.Journey.Stages))
	for i := range answers {
		s := &d.Journey.Stages[i]
		answers[i] = StageAnswer{Numbers: Numbers{ID: d.plan.answerID(i)}, Steps: make([]StepAnswer, len(s.Steps))}
		for k := range s.Steps {
			answers[i].Steps[k].ID = s.Steps[k].ID
		}
	}
	return answers
}

// tellStage fills in the numbers of a bound stage and its steps.
func (d *measured) tellStage(j *numbers, k int, z *summarizer) {
	t, s := j.tally, &d.plan.stages[k]
	from, a := &t.stages[k], &j.stages[s.definition]
	a.fill(t, &from.mark, from.eligible, z)
	a.stand(from.pending, from.left, &from.dwells, z)
	a.Value, a.Cost = ofPlace(t.values.stages, k, from.reached), ofPlace(t.costs.stages, k, from.reached)
	for n := s.first; n < s.end; n++ {
		from, eligible, step := &t.steps[n], from.eligible, &a.Steps[d.plan.steps[n].definition]
		if d.plan.order == AnyOrder {
			eligible = 0
		}
		step.fill(t, &from.mark, eligible, z)
		step.stand(from.pending, from.left, &from.dwells, z)
		step.Value, step.Cost = ofPlace(t.values.steps, n, from.reached), ofPlace(t.costs.steps, n, from.reached)
		step.Events, step.Lift = new(from.events), d.lift(t, n)
	}
}

// fill sets what is counted of who reached a mark; eligible reached the stage
// before, if there is one.
func (a *Numbers) fill(t *tally, m *mark, eligible int, z *summarizer) {
	a.Reached = new(m.reached)
	a.OfStart = RateOf(m.reached, t.counted)
	times := z.summarize(&m.times, 0, &m.waits, m.beyond)
	a.OfPrevious = RateOf(times.n, eligible)
	if eligible > 0 {
		a.Eventual = &Eventual{Rate: 1 - times.surviving}
	}
	a.Time = timesOf(times)
	a.Time.Histogram = histogramOf(times.histogram)
	a.TimeFromEntry = timesOf(z.summarize(&m.entries, 0, &sample{}, 0))
}

// stand sets what is counted of who has not reached a mark.
func (a *Numbers) stand(pending, left int, dwells *sample, z *summarizer) {
	a.Pending, a.Left = &pending, &Left{N: left}
	if left > 0 {
		a.Left.MedianDwellSeconds = new(z.summarize(dwells, 0, &sample{}, 0).median)
	}
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

// RateOf is the share k of n with its interval (Wilson, 95 %); of nobody all but n
// is null.
func RateOf(k, n int) *Rate {
	if n == 0 {
		return &Rate{}
	}
	w := stat.Wilson(k, n)
	return &Rate{Rate: &w.Rate, Low: &w.Low, High: &w.High, N: n}
}

func timesOf(s summary) *Times {
	t := &Times{N: s.n}
	if s.n > 0 {
		t.MedianSeconds, t.MeanSeconds, t.P90Seconds = &s.median, &s.mean, &s.p90
	}
	return t
}

func histogramOf(bins []stat.Bin) [][2]float64 {
	out := make([][2]float64, len(bins))
	for i, b := range bins {
		out[i] = [2]float64{b.Low, float64(b.Count)}
	}
	return out
}

// next is the stage that the lift of a stage's steps looks at; len(stages) where
// there is none.
func (p *plan) next(stage int) int {
	if next := p.stages[stage].following; next < len(p.stages) {
		return next
	}
	return min(stage+1, len(p.stages))
}

// lift is the rate of passing the next stage among those who did a step, over
// the rate among those who reached its stage otherwise (rule 11).
func (d *measured) lift(t *tally, n int) *float64 {
	stage := d.plan.steps[n].stage
	if d.plan.order == AnyOrder || d.plan.next(stage) >= len(d.plan.stages) {
		return nil
	}
	s, of := &t.steps[n], &t.stages[stage]
	did, didPassed := float64(s.reached), float64(s.didOn)
	others, othersPassed := float64(of.passed-s.passed), float64(of.passedOn-s.passedOn)
	if did == 0 || others == 0 || othersPassed == 0 {
		return nil
	}
	return new(didPassed / did / (othersPassed / others))
}
