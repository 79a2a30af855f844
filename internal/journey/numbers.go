package journey

import (
	"context"
	"runtime"
	"slices"
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

// numbers is a tally that becomes the numbers of all stages.
type numbers struct {
	*tally
	stages []StageAnswer
}

// work turns tallies into numbers, shared out over the processors by stages: most
// of the work is in the samples of times. shared: the first tally is the sum of
// the others, so that what is read for one of them is read for it.
func (d *measured) work(ctx context.Context, of []numbers, shared bool) error {
	// Each tally takes memory while its stage is worked out.
	const together = 64
	groups := [][]numbers{of}
	if !shared || len(of) > together {
		groups = slices.Collect(slices.Chunk(of, 1))
	}
	parts := len(d.plan.stages)
	for i := range of {
		of[i].stages = d.unbound()
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)*parts) {
		workers.Go(func() {
			var z summarizer
			for i := int(next.Add(1)) - 1; i < len(groups)*parts && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				d.tellStage(groups[i/parts], i%parts, &z)
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

// tellStage fills in the numbers of a bound stage and its steps, of one tally or of
// several of which the first is the sum of the others.
func (d *measured) tellStage(group []numbers, k int, z *summarizer) {
	s := &d.plan.stages[k]
	for i := range group {
		t, a := group[i].tally, &group[i].stages[s.definition]
		a.count(&t.stages[k].mark, t.counted)
		for n := s.first; n < s.end && !s.alone; n++ {
			a.Steps[d.plan.steps[n].definition].count(&t.steps[n].mark, t.counted)
		}
	}
	column := d.plan.timeColumn(k)
	if column != noColumn && !d.bare {
		d.tellTimes(group, k, column, z)
	}
	if column != fromEntry && !d.bare {
		d.tellTimes(group, k, fromEntry, z)
	}
	for i := range group {
		if d.bare {
			d.tellRates(&group[i], k)
		}
		d.tellOthers(&group[i], k, z)
	}
}

// tellRates fills in the rates that are told with the times, where there are none.
func (d *measured) tellRates(j *numbers, k int) {
	s, column := &d.plan.stages[k], d.plan.timeColumn(k)
	from, a := &j.tally.stages[k], &j.stages[s.definition]
	rate := func(a *Numbers, m *mark, known bool) {
		a.Time, a.TimeFromEntry = nil, nil
		if known {
			a.OfPrevious = RateOf(m.reached, from.eligible)
		}
	}
	rate(&a.Numbers, &from.mark, column != noColumn)
	for n := s.first; n < s.end && !s.alone; n++ {
		known := column != noColumn && d.plan.timedByStep(column)
		rate(&a.Steps[d.plan.steps[n].definition].Numbers, &j.tally.steps[n].mark, known)
	}
}

// tellOthers fills in what is neither counts nor times of who passed.
func (d *measured) tellOthers(j *numbers, k int, z *summarizer) {
	t, s := j.tally, &d.plan.stages[k]
	from, a := &t.stages[k], &j.stages[s.definition]
	d.stand(&a.Numbers, &from.mark, z)
	if !d.bare {
		a.Value, a.Cost = ofPlace(t.values.stages, k, from.reached), ofPlace(t.costs.stages, k, from.reached)
	}
	for n := s.first; n < s.end; n++ {
		of, step := &t.steps[n], &a.Steps[d.plan.steps[n].definition]
		if !d.bare {
			step.Events = new(of.events)
			step.Value, step.Cost = ofPlace(t.values.steps, n, of.reached), ofPlace(t.costs.steps, n, of.reached)
		}
		if s.alone {
			id := step.ID
			step.Numbers = a.Numbers
			step.ID = id
			continue
		}
		if s.pass == PassAny && d.plan.order != AnyOrder {
			step.Pending, step.Left = a.Pending, a.Left
		} else {
			d.stand(&step.Numbers, &of.mark, z)
		}
		step.Lift = d.lift(t, n)
	}
}

// tellTimes fills in how long it took to reach a stage and its steps: the times of
// a column.
func (d *measured) tellTimes(group []numbers, k, column int, z *summarizer) {
	s := &d.plan.stages[k]
	places := 1 // the stage, and those of its steps that have times of their own
	if !s.alone && d.plan.timedByStep(column) {
		places += s.end - s.first
	}
	wholes := z.wholes(places * len(group))
	var parts []part
	for i := range group {
		own := wholes[i*places : (i+1)*places]
		of := func(places ...int) []*whole {
			var of []*whole
			for _, p := range places {
				of = append(of, own[p])
				if i > 0 {
					of = append(of, wholes[p])
				}
			}
			return of
		}
		t := group[i].tally
		from := &t.stages[k]
		d.ask(own[0], &from.mark, k, column, from.eligible, z)
		for p := 1; p < places; p++ {
			d.ask(own[p], &t.steps[s.first+p-1].mark, k, column, from.eligible, z)
		}
		if i == 0 && len(group) > 1 {
			continue // made of the others' parts
		}
		parts = append(parts, part{&from.took, of(0)})
		for n := s.first; n < s.end; n++ {
			both := of(0)
			if places > 1 {
				place := 1 + n - s.first
				both = of(0, place)
				parts = append(parts, part{&t.steps[n].took, of(place)})
			}
			if t.by != nil {
				parts = append(parts, part{&t.by[n].took, both})
			}
		}
	}
	z.tell(wholes, parts, column)
	for i := range group {
		a := &group[i].stages[s.definition]
		d.times(&a.Numbers, wholes[i*places], k, column)
		for p := 1; p < places; p++ {
			d.times(&a.Steps[d.plan.steps[s.first+p-1].definition].Numbers, wholes[i*places+p], k, column)
		}
	}
}

// ask sets what is wanted of the times to a mark.
func (d *measured) ask(w *whole, m *mark, k, column, eligible int, z *summarizer) {
	if column == d.plan.timeColumn(k) {
		w.shaped, w.eligible = true, eligible
		w.waits = z.waiting(&m.waits, d.asOf, d.plan.window.length())
	}
}

// times fills in what is told of the times to a mark.
func (d *measured) times(a *Numbers, w *whole, k, column int) {
	if column == fromEntry {
		a.TimeFromEntry = timesOf(w.summary)
	}
	if column == d.plan.timeColumn(k) {
		a.Time = timesOf(w.summary)
		a.Time.Histogram = histogramOf(w.histogram)
		a.OfPrevious = RateOf(w.n, w.eligible)
		if w.eligible > 0 {
			a.Eventual = &Eventual{Rate: 1 - w.surviving}
		}
	}
}

// timeColumn is where the time from the stage before is in the samples of a stage
// and, unless the order is any, of its steps, noColumn where no stage is before.
func (p *plan) timeColumn(k int) int {
	switch {
	case p.order == AnyOrder && k == 0, p.order != AnyOrder && p.stages[k].previous < 0:
		return noColumn
	case p.stages[k].fromEntry:
		return fromEntry
	}
	return fromBefore
}

const noColumn = -1

// timedByStep reports whether steps that share a stage have times of their own in a column.
func (p *plan) timedByStep(column int) bool { return p.order != AnyOrder || column == fromEntry }

// count sets what is counted of who reached a mark, of so many customers.
func (a *Numbers) count(m *mark, of int) {
	a.Reached, a.OfStart, a.OfPrevious = new(m.reached), RateOf(m.reached, of), RateOf(0, 0)
	a.Time, a.TimeFromEntry = &Times{Histogram: [][2]float64{}}, &Times{}
}

// stand sets what is counted of who stands at a mark.
func (d *measured) stand(a *Numbers, m *mark, z *summarizer) {
	dwells, pending := &sample{}, 0
	dwells.join(&m.dwells)
	for _, o := range m.open {
		if d.asOf > o.end {
			dwells.add(o.dwell)
		} else {
			pending++
		}
	}
	a.Pending, a.Left = &pending, &Left{N: m.left + len(m.open) - pending}
	if a.Left.N > 0 && !d.bare {
		all := z.wholes(1)
		z.tell(all, []part{{dwells, all}}, 0)
		a.Left.MedianDwellSeconds = new(all[0].median)
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

// histogramOf is bins as they are told; of nobody there are none.
func histogramOf(bins [][2]float64) [][2]float64 {
	if bins == nil {
		return [][2]float64{}
	}
	return bins
}

// lift is the rate of passing the next stage among those who did a step, over
// the rate among those who reached its stage otherwise (rule 11).
func (d *measured) lift(t *tally, n int) *float64 {
	stage := d.plan.steps[n].stage
	if d.plan.order == AnyOrder || d.plan.stages[stage].next >= len(d.plan.stages) {
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
