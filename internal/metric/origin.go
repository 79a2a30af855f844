package metric

import (
	"context"

	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
)

// origin is what a metric is read from, one part of the customers after the other:
// events themselves, the chains of a journey, or the cohorts of a table of returns.
type origin interface {
	// ask is what a source is asked.
	ask() stream.Question
	// settle says in a settled question what is read.
	settle(*settledQuestion) error
	// list adds the customers of a part to a list.
	list(ctx context.Context, b *behind, part *stream.Streams) error
}

// countable is an origin whose customers are counted into a table. Cohorts are counted by
// the table of returns itself.
type countable interface {
	origin
	// count adds the customers of a part to a table.
	count(ctx context.Context, t *table, part *stream.Streams) error
}

// fromEvents reads the events of a plan.
type fromEvents struct {
	*measured
	each bool // by itself, though its rule does not tell it apart
}

func (o fromEvents) ask() stream.Question {
	if o.each {
		return o.plan.Question()
	}
	return o.plan.Counting()
}

func (o fromEvents) settle(*settledQuestion) error { return nil }

func (o fromEvents) count(ctx context.Context, t *table, part *stream.Streams) error {
	return t.take(ctx, o.about(part))
}

// list lists whom hits are of. Who stands in several rows is listed once.
func (o fromEvents) list(ctx context.Context, b *behind, part *stream.Streams) error {
	d := o.about(part)
	folds, err := walk(ctx, d, func(r *rows) *lister { return &lister{behind: b, measured: d, rows: r} })
	for _, f := range folds {
		b.add(f.items)
	}
	return err
}

// fromChains reads the chains of a journey between two of its stages.
type fromChains struct {
	*journey.Chains
	stages [2]int // places in the journey
}

func (o fromChains) ask() stream.Question { return o.Ask() }

func (o fromChains) settle(s *settledQuestion) (err error) {
	s.Stages = o.stages
	s.Chains, err = o.Settled()
	return err
}

func (o fromChains) count(ctx context.Context, t *table, part *stream.Streams) error {
	var takers []*table
	err := o.Of(ctx, part, func() func(*journey.Chain) {
		of := newTable(t.measured, newRows(len(t.keys)))
		takers = append(takers, of)
		return func(c *journey.Chain) { of.takeChain(c, o.stages) }
	})
	for _, of := range takers {
		t.join(of)
	}
	return err
}

// list lists those whose chains began in the period and passed the first stage.
func (o fromChains) list(ctx context.Context, b *behind, part *stream.Streams) error {
	of := b.about(part)
	var lists []*[]Behind
	err := o.Of(ctx, part, func() func(*journey.Chain) {
		list := &[]Behind{}
		lists = append(lists, list)
		return func(c *journey.Chain) {
			from, to := c.At[o.stages[0]], c.At[o.stages[1]]
			on := to != journey.NotPassed
			if b.periodOf(c.Entry) != b.asked.Period || from == journey.NotPassed || b.Metric.Time != nil && !on || !b.stands(rowValue(c.Row, of.valueOf)) {
				return
			}
			item := Behind{ID: c.ID(), At: timeOf(from), Events: 1}
			if b.Metric.Time != nil {
				item.Amount = new(float64(to-from) / 1e6)
			} else {
				item.Did = &on
			}
			*list = append(*list, item)
		}
	})
	for _, list := range lists {
		b.add(*list)
	}
	return err
}

// fromCohorts reads some cohorts of a table of returns.
type fromCohorts struct {
	*retention.Starts
	rows []int // of the table
}

func (o fromCohorts) ask() stream.Question { return o.Ask() }

func (o fromCohorts) settle(s *settledQuestion) (err error) {
	s.Rows = o.rows
	s.Cohorts, err = o.Settled()
	return err
}

// list lists those who started, and whether they came back. Who stands in several cohorts
// is listed for each.
func (o fromCohorts) list(ctx context.Context, b *behind, part *stream.Streams) error {
	in := map[int]bool{}
	for _, row := range o.rows {
		in[row] = true
	}
	var lists []*[]Behind
	err := o.Of(ctx, part, func() func(*retention.Start) {
		list := &[]Behind{}
		lists = append(lists, list)
		return func(s *retention.Start) {
			if in[s.Row] {
				*list = append(*list, Behind{ID: s.ID(), At: timeOf(s.At), Events: 1, Did: new(s.CameBack(b.Metric.Retention.Interval))})
			}
		}
	})
	for _, list := range lists {
		b.add(*list)
	}
	return err
}
