package metric

import (
	"context"
	"math"
	"slices"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/stat"
)

// converted measures what is read from the chains of a journey: how many of those
// who entered in a period came from one stage to another, or how long it took them.
// Chains are the journey's own, so that the periods add up to what its board says.
func (m *Measurer) converted(ctx context.Context, d *measured) (*outcome, error) {
	of, stages, err := m.stagesOf(ctx, d)
	if err != nil {
		return nil, err
	}
	hash, err := of.Journey.Hash()
	if err != nil {
		return nil, err
	}
	next := d.nextEnd(of.Journey.ChainWindow().Micros())
	return m.Kept.once(ctx, m.Source, d, hash, next, func() (*outcome, error) { return m.passed(ctx, d, of, stages) })
}

// passed takes the chains of a journey in.
func (m *Measurer) passed(ctx context.Context, d *measured, of journey.Request, stages [2]int) (*outcome, error) {
	q := 0.5
	if t := d.Metric.Time; t != nil && t.Q != nil {
		q = *t.Q
	}
	chains, err := m.Journeys.Chains(of)
	if err != nil {
		return nil, err
	}
	read := fromChains{chains, stages}
	all, err := m.divided(ctx, d, read)
	if all == nil && err == nil {
		all, err = m.table(ctx, d, read)
	}
	if err != nil {
		return nil, err
	}
	if len(d.keys) == 0 {
		all.at(0, -1)
	}
	o := &outcome{facts: journey.FactsOf(all.streams, math.MinInt64), unattributed: all.streams.Unattributed}
	ripens := of.Journey.ChainWindow().Micros()
	for i := range all.cells {
		r := row{value: rowValue(all.rows.codes[i], all.valueOf), points: make([]Point, d.periods())}
		for p := range r.points {
			r.points[p] = all.cells[i][p+1].passage(d.Metric.Time != nil, q)
			r.points[p].From = d.text(p)
			r.points[p].Partial = ripens == 0 || d.bounds[p+1]-1+ripens > d.asOf
		}
		o.rows = append(o.rows, r)
	}
	return o, nil
}

// stagesOf is the question about the journey that a metric is read from, and the
// places of its two stages.
func (m *Measurer) stagesOf(ctx context.Context, d *measured) (r journey.Request, stages [2]int, err error) {
	if err := d.Metric.Check(ctx, m.Book); err != nil {
		return r, stages, err
	}
	of := d.Metric.Conversion
	if d.Metric.Time != nil {
		of = &d.Metric.Time.Conversion
	}
	j, version, err := m.Book.Journey(ctx, of.Journey)
	if err != nil {
		return r, stages, err
	}
	from, to := of.places(j)
	return journey.Request{
		Journey: j, Version: &version, Timezone: d.Timezone, AsOf: instantText(d.asOf),
		Breakdown: d.Breakdown[:len(d.keys)], Segment: append(slices.Clone(d.Metric.Segment), d.Segment...),
	}, [2]int{from, to}, nil
}

// places are those of the two stages in the journey.
func (c *Conversion) places(j *journey.Journey) (from, to int) {
	return max(c.place(j, c.From), 0), c.place(j, c.To)
}

func (c *Conversion) place(j *journey.Journey, id string) int {
	return slices.IndexFunc(j.Stages, func(s journey.Stage) bool { return s.ID == id })
}

// check says what the journey's stages have to say against it.
func (c *Conversion) check(j *journey.Journey) (faults []fault.Detail) {
	for path, id := range map[string]string{"from": c.From, "to": c.To} {
		if id != "" && c.place(j, id) < 0 {
			faults = append(faults, fault.At(path, 0, "metric.no-stage", "journey", c.Journey, "stage", id))
		}
	}
	if from, to := c.places(j); len(faults) == 0 && from >= to {
		faults = append(faults, fault.At("to", 0, "metric.stages-reversed", "from", j.Stages[from].ID, "to", c.To))
	}
	return faults
}

// takeChain counts a chain in the period that it began in.
func (t *table) takeChain(chain *journey.Chain, stages [2]int) {
	from, to := chain.At[stages[0]], chain.At[stages[1]]
	period := t.periodOf(chain.Entry)
	if period < 0 || from == journey.NotPassed {
		return
	}
	row := 0
	if len(t.keys) > 0 {
		row = t.rows.of(chain.Row)
	}
	c := t.at(row, period)
	c.customers++
	if to == journey.NotPassed {
		return
	}
	c.successes++
	if t.Metric.Time != nil {
		c.values = append(c.values, float64(to-from)/1e6) // seconds
	}
}

// passage is what a cell tells of who passed the one stage, and of them the other.
func (c *cell) passage(time bool, q float64) (out Point) {
	if !time {
		out.rate(c.successes, c.customers)
		return out
	}
	if out.N, out.Customers = len(c.values), len(c.values); out.N > 0 {
		slices.Sort(c.values)
		out.Value = new(stat.Quantile(c.values, q))
		out.Low, out.High = stat.QuantileInterval(c.values, q)
	}
	return out
}

// periodOf is the period that an instant lies in, −1 where it is in none.
func (d *measured) periodOf(at int64) int {
	i, exact := slices.BinarySearch(d.bounds, at)
	if !exact {
		i--
	}
	if i >= d.periods() {
		return -1
	}
	return i
}

// rowValue is what a row of a breakdown shows.
func rowValue(codes []uint32, valueOf func(k int, code uint32) any) any {
	values := make([]any, len(codes))
	for k, code := range codes {
		values[k] = valueOf(k, code)
	}
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	}
	return values
}

// returned measures who came back, as a stored table counts it: a cohort is told in
// the period in which its interval begins, those of one period together.
func (m *Measurer) returned(ctx context.Context, d *measured) (*outcome, error) {
	if len(d.keys) > 0 {
		return nil, fault.Many("journey.invalid-question", []fault.Detail{fault.At("breakdown", 0, "metric.no-breakdown-of-retention")})
	}
	table, version, err := m.tableOf(ctx, d)
	if err != nil {
		return nil, err
	}
	hash, err := table.Hash()
	if err != nil {
		return nil, err
	}
	next := d.nextEnd(0)
	if at := d.nextInterval(table); at.Before(next) {
		next = at
	}
	return m.Kept.once(ctx, m.Source, d, hash, next, func() (*outcome, error) { return m.cohorts(ctx, d, table, version) })
}

// cohorts takes the cohorts of a table in.
func (m *Measurer) cohorts(ctx context.Context, d *measured, table *retention.Definition, version int) (_ *outcome, err error) {
	interval := d.Metric.Retention.Interval
	r := row{points: make([]Point, d.periods())}
	cells := make([]cell, d.periods())
	o := &outcome{}
	o.facts, o.unattributed, err = m.eachCohort(ctx, d, table, version, func(_ retention.Request, _ int, cohort *retention.Row, at int64) error {
		if p := d.periodOf(at); p >= 0 && cohort.Expired {
			r.points[p].Expired = true
		} else if p >= 0 {
			cells[p].customers += cohort.Counts[0]
			cells[p].successes += cohort.Counts[interval]
			r.points[p].Partial = r.points[p].Partial || cohort.Complete <= interval
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for p := range r.points {
		r.points[p].rate(cells[p].successes, cells[p].customers) // which stays unknown where a cohort of it has expired
		r.points[p].From, r.points[p].Partial = d.text(p), r.points[p].Partial || d.partial(p)
	}
	o.rows = []row{r}
	return o, nil
}

func (m *Measurer) tableOf(ctx context.Context, d *measured) (*retention.Definition, int, error) {
	if err := d.Metric.Check(ctx, m.Book); err != nil {
		return nil, 0, err
	}
	return m.Book.Retention(ctx, d.Metric.Retention.Table)
}

// eachCohort yields the cohorts that begin in the periods, each with the question
// and the row of the answer that it stands in. All are read from one table of as many
// intervals as they take, and from several where one may not have so many. What two of
// these looked at is counted once in the facts, but for customers, of whom these tell
// the most that one looked at.
func (m *Measurer) eachCohort(ctx context.Context, d *measured, table *retention.Definition, version int,
	yield func(of retention.Request, row int, cohort *retention.Row, at int64) error,
) (facts journey.Facts, unattributed int, err error) {
	interval := d.Metric.Retention.Interval
	ask := func(from int64, intervals int) (retention.Request, *retention.Answer, error) {
		of := retention.Request{
			Retention: table.WithIntervals(intervals), Version: &version, From: instantText(from), Timezone: d.Timezone, AsOf: instantText(d.asOf),
			Segment: append(slices.Clone(d.Metric.Segment), d.Segment...),
		}
		a, err := m.Retention.Measure(ctx, of)
		return of, a, err
	}
	end := min(d.bounds[d.periods()], d.asOf+1)
	for from := d.bounds[0]; from < end; {
		of, a, err := ask(from, d.intervalsUntil(table, from, end)+interval)
		if err != nil {
			return facts, 0, err
		}
		facts.Events, unattributed = facts.Events+a.Facts.Events, unattributed+a.Unattributed
		if facts.KeptFrom.IsZero() { // later tables may begin after it
			facts.KeptFrom = a.Facts.KeptFrom
		}
		facts.Customers, facts.Through = max(facts.Customers, a.Facts.Customers), a.Facts.Through
		next, again := from, 0 // where the next table begins, and how many intervals it has again
		for i := range a.Rows {
			at, err := instantOf(a.Rows[i].From)
			if err != nil {
				return facts, 0, err
			}
			if i+interval >= len(a.Rows) { // the next table has this cohort whole
				next, again = at, len(a.Rows)-i
				break
			}
			if at >= d.bounds[0] {
				if err := yield(of, i, &a.Rows[i], at); err != nil {
					return facts, 0, err
				}
			}
		}
		if next == from {
			break
		}
		if next < end {
			_, both, err := ask(next, again)
			if err != nil {
				return facts, 0, err
			}
			facts.Events, unattributed = facts.Events-both.Facts.Events, unattributed-both.Unattributed
		}
		from = next
	}
	return facts, unattributed, nil
}

// intervalsUntil is how many intervals of a table there are from the one that an instant
// is in to that of the last before another; no more are counted than a table may have.
func (d *measured) intervalsUntil(table *retention.Definition, from, end int64) int {
	c, n := table.Calendar(d.location), 0
	for at := c.Containing(timeOf(from)); n < retention.MaxIntervals && at.Before(timeOf(end)); at = c.Next(at) {
		n++
	}
	return n
}
