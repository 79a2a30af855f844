package metric

import (
	"context"
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
	of, from, to, err := m.stagesOf(ctx, d)
	if err != nil {
		return nil, err
	}
	hash, err := of.Journey.Hash()
	if err != nil {
		return nil, err
	}
	next := d.nextEnd(of.Journey.ChainWindow().Micros())
	return m.Kept.once(ctx, m.Source, d, hash, next, func() (*outcome, error) { return m.passed(ctx, d, of, from, to) })
}

// passed takes the chains of a journey in.
func (m *Measurer) passed(ctx context.Context, d *measured, of journey.Request, from, to int) (*outcome, error) {
	q := 0.5
	if t := d.Metric.Time; t != nil && t.Q != nil {
		q = *t.Q
	}
	var takers []*chains
	info, err := m.Journeys.Chains(ctx, of, func() func(*journey.Chain) {
		t := &chains{measured: d, from: from, to: to, rows: newRows(len(d.keys))}
		takers = append(takers, t)
		return t.take
	})
	if err != nil {
		return nil, err
	}
	all := &chains{measured: d, rows: newRows(len(d.keys))}
	for _, t := range takers {
		all.join(t)
	}
	if len(d.keys) == 0 {
		all.at(0, 0)
	}
	o := &outcome{facts: info.Facts, unattributed: info.Unattributed}
	ripens := info.Window.Micros()
	for i := range all.cells {
		r := row{value: rowValue(all.rows.codes[i], info.Value), points: make([]Point, d.periods())}
		for p := range r.points {
			r.points[p] = all.cells[i][p].tell(d.Metric.Time != nil, q)
			r.points[p].From = d.text(p)
			r.points[p].Partial = ripens == 0 || d.bounds[p+1]-1+ripens > d.asOf
		}
		o.rows = append(o.rows, r)
	}
	return o, nil
}

// stagesOf is the question about the journey that a metric is read from, and the
// places of its two stages.
func (m *Measurer) stagesOf(ctx context.Context, d *measured) (r journey.Request, from, to int, err error) {
	if err := d.Metric.Check(ctx, m.Book); err != nil {
		return r, 0, 0, err
	}
	of := d.Metric.Conversion
	if d.Metric.Time != nil {
		of = &d.Metric.Time.Conversion
	}
	j, version, err := m.Book.Journey(ctx, of.Journey)
	if err != nil {
		return r, 0, 0, err
	}
	from, to = of.places(j)
	return journey.Request{
		Journey: j, Version: &version, Timezone: d.Timezone, AsOf: instantText(d.asOf),
		Breakdown: d.Breakdown[:len(d.keys)], Segment: append(slices.Clone(d.Metric.Segment), d.Segment...),
	}, from, to, nil
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

// chains are the chains of a journey by row and by the period they began in.
type chains struct {
	*measured
	from, to int // places of the stages in the journey
	rows     *rows
	cells    [][]passage
}

// passage is who passed the one stage, and of them the other.
type passage struct {
	passed, passedOn int
	took             []float64 // seconds
}

func (c *chains) at(row, period int) *passage {
	for len(c.cells) <= row {
		c.cells = append(c.cells, make([]passage, c.periods()))
	}
	return &c.cells[row][period]
}

func (c *chains) take(chain *journey.Chain) {
	period := c.periodOf(chain.Entry)
	if period < 0 || chain.At[c.from] == journey.NotPassed {
		return
	}
	row := 0
	if len(c.keys) > 0 {
		row = c.rows.of(chain.Row)
	}
	p := c.at(row, period)
	p.passed++
	if on := chain.At[c.to]; on != journey.NotPassed {
		p.passedOn++
		if c.Metric.Time != nil {
			p.took = append(p.took, float64(on-chain.At[c.from])/1e6)
		}
	}
}

func (c *chains) join(o *chains) {
	for row := range o.cells {
		to := 0
		if len(c.keys) > 0 {
			to = c.rows.of(o.rows.codes[row])
		}
		for i := range o.cells[row] {
			p, from := c.at(to, i), &o.cells[row][i]
			p.passed += from.passed
			p.passedOn += from.passedOn
			p.took = append(p.took, from.took...)
		}
	}
}

func (p *passage) tell(time bool, q float64) (out Point) {
	if !time {
		out.rate(p.passedOn, p.passed)
		return out
	}
	if out.N, out.Customers = len(p.took), len(p.took); out.N > 0 {
		slices.Sort(p.took)
		out.Value = new(stat.Quantile(p.took, q))
		out.Low, out.High = stat.QuantileInterval(p.took, q)
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
	cells := make([]passage, d.periods())
	o := &outcome{}
	o.facts, o.unattributed, err = m.eachCohort(ctx, d, table, version, func(_ retention.Request, _ int, cohort *retention.Row, at int64) error {
		if p := d.periodOf(at); p >= 0 && cohort.Expired {
			r.points[p].Expired = true
		} else if p >= 0 {
			cells[p].passed += cohort.Counts[0]
			cells[p].passedOn += cohort.Counts[interval]
			r.points[p].Partial = r.points[p].Partial || cohort.Complete <= interval
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for p := range r.points {
		r.points[p].rate(cells[p].passedOn, cells[p].passed) // which stays unknown where a cohort of it has expired
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
// and the row of the answer that it stands in. A table ends with its last interval,
// and its last cohorts have not all intervals, so that many periods take several.
func (m *Measurer) eachCohort(ctx context.Context, d *measured, table *retention.Definition, version int,
	yield func(of retention.Request, row int, cohort *retention.Row, at int64) error,
) (facts journey.Facts, unattributed int, err error) {
	interval := d.Metric.Retention.Interval
	for from := d.bounds[0]; from < d.bounds[d.periods()] && from <= d.asOf; {
		of := retention.Request{
			Retention: table, Version: &version, From: instantText(from), Timezone: d.Timezone, AsOf: instantText(d.asOf),
			Segment: append(slices.Clone(d.Metric.Segment), d.Segment...),
		}
		a, err := m.Retention.Measure(ctx, of)
		if err != nil {
			return facts, 0, err
		}
		facts.Events, unattributed = facts.Events+a.Facts.Events, a.Unattributed
		if facts.KeptFrom.IsZero() { // later tables may begin after it
			facts.KeptFrom = a.Facts.KeptFrom
		}
		facts.Customers, facts.Through = max(facts.Customers, a.Facts.Customers), a.Facts.Through
		next := from
		for i := range a.Rows {
			at, err := instantOf(a.Rows[i].From)
			if err != nil {
				return facts, 0, err
			}
			if i+interval >= len(a.Rows) { // the next table has this cohort whole
				next = at
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
		from = next
	}
	return facts, unattributed, nil
}
