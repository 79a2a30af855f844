package tree

import (
	"context"
	"math"

	"beichen/internal/formula"
	"beichen/internal/metric"
)

// composition is the metrics that others are made of, by id: what a formula comes to
// hangs on what it names. A metric that is not there is missing.
type composition map[string]*metric.Definition

// gather adds a metric and what its formulas name. Errors are the book's, but for
// what is not there.
func (c composition) gather(ctx context.Context, book metric.Book, d *metric.Definition) error {
	if c[d.ID] != nil {
		return nil
	}
	c[d.ID] = d
	for _, r := range d.References() {
		if r.Kind != metric.Kind {
			continue
		}
		of, _, err := book.Metric(ctx, r.ID)
		if err == nil {
			err = c.gather(ctx, book, of)
		}
		if err != nil && !isAboutIt(err) {
			return err
		}
	}
	return nil
}

// sums reports whether a metric only adds up such as hold, each times a number that
// does.
func (c composition) sums(d *metric.Definition, by func(float64) bool, holds func(*metric.Definition) bool) bool {
	f := parsed(d)
	if f == nil {
		return holds(d)
	}
	terms, ok := linear(f.Root)
	for id, times := range terms {
		of := c[id]
		ok = ok && by(times) && of != nil && c.sums(of, by, holds)
	}
	return ok
}

func anyNumber(float64) bool { return true }

// overTime reports whether what a metric has in two periods together is the sum of
// what it has in each.
func (c composition) overTime(d *metric.Definition) bool {
	return c.sums(d, anyNumber, func(d *metric.Definition) bool { return (d.Count != nil || d.Sum != nil) && !d.Cumulative })
}

// overValues reports whether what a metric has over all values of a dimension is the
// sum of what it has of each: every event has one value.
func (c composition) overValues(d *metric.Definition) bool {
	return c.sums(d, anyNumber, func(d *metric.Definition) bool { return d.Count != nil || d.Sum != nil })
}

// runningTotal reports whether a metric adds up from the beginning.
func (c composition) runningTotal(d *metric.Definition) bool {
	return c.sums(d, func(by float64) bool { return by > 0 }, func(d *metric.Definition) bool { return d.Cumulative })
}

// isWhole reports whether a metric gives whole numbers only.
func (c composition) isWhole(d *metric.Definition) bool {
	return c.sums(d, func(by float64) bool { return by == math.Trunc(by) },
		func(d *metric.Definition) bool { return d.Count != nil || d.Customers != nil || d.Active != nil })
}

// degree is with which power of the crowd a metric grows: 1 for counts and sums, 0
// for shares and means; a formula adds the powers of what it multiplies.
func (c composition) degree(d *metric.Definition) int {
	f := parsed(d)
	if f == nil {
		if d.Count != nil || d.Customers != nil || d.Active != nil || d.Sum != nil {
			return 1
		}
		return 0
	}
	var of func(n formula.Node) int
	of = func(n formula.Node) int {
		switch n := n.(type) {
		case *formula.Metric:
			if part := c[n.ID]; part != nil {
				return c.degree(part)
			}
		case *formula.Negation:
			return of(n.Of)
		case *formula.Binary:
			switch n.Operator {
			case formula.Times:
				return of(n.Left) + of(n.Right)
			case formula.Divide:
				return of(n.Left) - of(n.Right)
			}
			return max(of(n.Left), of(n.Right))
		}
		return 0
	}
	return of(f.Root)
}

// quotient is what a formula that divides one sum by another has above and below,
// each metric with what it is multiplied by; nil of others.
func (c composition) quotient(d *metric.Definition) (above, below map[string]float64) {
	f := parsed(d)
	if f == nil {
		return nil, nil
	}
	root, ok := f.Root.(*formula.Binary)
	if !ok || root.Operator != formula.Divide {
		return nil, nil
	}
	above, ok = linear(root.Left)
	below, alsoOK := linear(root.Right)
	for _, side := range []map[string]float64{above, below} {
		for id := range side {
			ok = ok && c[id] != nil && c.overValues(c[id])
		}
	}
	if !ok || !alsoOK {
		return nil, nil
	}
	return above, below
}
