package metric

import (
	"context"
	"math"
	"slices"

	"beichen/internal/fault"
	"beichen/internal/formula"
	"beichen/internal/journey"
)

// computed measures a formula: the metrics that it names in the same periods and by
// the same values of a breakdown, and what it makes of them, period by period. What
// is unknown makes the whole unknown, and so does a division by zero.
func (m *Measurer) computed(ctx context.Context, d *measured) (*outcome, error) {
	if err := d.Metric.Check(ctx, m.Book); err != nil {
		return nil, err
	}
	f, faults := formula.Parse(d.Metric.Formula)
	if len(faults) > 0 {
		return nil, fault.Many("metric.invalid", faults, "count", len(faults))
	}
	o := &outcome{}
	inputs := map[string]*input{}
	var values []any // of all rows of all inputs, each once
	for i, id := range f.References() {
		in, err := m.input(ctx, d, id)
		if err != nil {
			return nil, err
		}
		inputs[id] = in
		o.inputs = append(o.inputs, in.Input)
		if i == 0 || in.facts.Through < o.facts.Through {
			o.facts.Through = in.facts.Through
		}
		if in.facts.KeptFrom.After(o.facts.KeptFrom) {
			o.facts.KeptFrom = in.facts.KeptFrom
		}
		o.facts.Events, o.facts.Customers = max(o.facts.Events, in.facts.Events), max(o.facts.Customers, in.facts.Customers)
		o.unattributed = max(o.unattributed, in.unattributed)
		for key, r := range in.byValue {
			if !slices.ContainsFunc(values, func(v any) bool { return string(jsonOf(v)) == key }) {
				values = append(values, r.value)
			}
		}
	}
	if len(values) == 0 && len(d.keys) == 0 {
		values = []any{nil} // a formula of numbers alone
	}
	for _, value := range values {
		r := row{value: value, points: make([]Point, d.periods())}
		key := string(jsonOf(value))
		for p := range r.points {
			point := Point{From: d.text(p), Partial: d.partial(p), N: -1, Customers: math.MaxInt}
			point.Value = f.Evaluate(func(id string) *float64 { return inputs[id].at(key, p, &point) })
			if point.N < 0 { // numbers alone
				point.N, point.Customers = 0, 0
			}
			r.points[p] = point
		}
		o.rows = append(o.rows, r)
	}
	return o, nil
}

// input is a metric that a formula names, as it was measured for it.
type input struct {
	Input
	byValue      map[string]*row // by the value's JSON
	counts       bool            // nothing counted is 0, not unknown
	facts        journey.Facts
	unattributed int
}

func (m *Measurer) input(ctx context.Context, d *measured, id string) (*input, error) {
	of, version, err := m.Book.Metric(ctx, id)
	if err != nil {
		return nil, err
	}
	part := *d
	part.question = new(*d.question)
	part.Metric, part.Version = of, nil
	if version > 0 { // a stored one
		part.Version = &version
	}
	// Only these events count: for the formula, and so for all that it is made of.
	part.Segment = append(slices.Clone(d.Metric.Segment), d.Segment...)
	a, o, err := m.told(ctx, &part)
	if err != nil {
		return nil, err
	}
	in := &input{
		Input:   Input{Definition: a.Definition, Unit: a.Unit, Series: a.Series, Breakdown: a.Breakdown},
		byValue: map[string]*row{}, facts: o.facts, unattributed: o.unattributed,
		counts: of.Count != nil || of.Customers != nil || of.Active != nil || of.Sum != nil,
	}
	for i := range o.rows {
		in.byValue[string(jsonOf(o.rows[i].value))] = &o.rows[i]
	}
	return in, nil
}

// at is the value of a row in a period. to takes the smallest n of all inputs, and
// is partial where one of them is.
func (in *input) at(key string, period int, to *Point) *float64 {
	r := in.byValue[key]
	if r == nil {
		if to.N, to.Customers = 0, 0; in.counts {
			return new(0.0)
		}
		return nil
	}
	p := r.points[period]
	if to.N < 0 || p.N < to.N {
		to.N = p.N
	}
	to.Customers = min(to.Customers, p.Customers)
	to.Partial = to.Partial || p.Partial
	to.Expired = to.Expired || p.Expired
	return p.Value
}
