package metric

import (
	"cmp"
	"context"
	"strings"

	"beichen/internal/fault"
	"beichen/internal/formula"
	"beichen/internal/journey/document"
)

// Reference is a definition that a metric speaks of.
type Reference struct{ Kind, ID string }

// References lists what the metric speaks of: the metrics of its formula, the
// journey of a conversion or a time, the table of returns.
func (d *Definition) References() []Reference {
	switch {
	case d.Conversion != nil:
		return []Reference{{"Journey", d.Conversion.Journey}}
	case d.Time != nil:
		return []Reference{{"Journey", d.Time.Journey}}
	case d.Retention != nil:
		return []Reference{{"Retention", d.Retention.Table}}
	}
	f, _ := formula.Parse(d.Formula)
	if f == nil {
		return nil
	}
	var out []Reference
	for _, id := range f.References() {
		out = append(out, Reference{Kind, id})
	}
	return out
}

// Check holds a metric to the definitions that it speaks of: that they exist, that a
// formula adds nothing up that has different units and is not made of itself, that
// stages and intervals are there. The error is an Invalid fault metric.invalid with
// every fault, or an error of the book's.
func (d *Definition) Check(ctx context.Context, book Book) error {
	c := checker{ctx: ctx, book: book, of: d}
	switch {
	case d.Formula != "":
		c.formula()
	case d.Conversion != nil:
		c.stages(d.Conversion, "conversion")
	case d.Time != nil:
		c.stages(&d.Time.Conversion, "time")
	case d.Retention != nil:
		c.table()
	}
	if c.err != nil {
		return c.err
	}
	return fault.Many("metric.invalid", c.faults, "count", len(c.faults))
}

// checker collects what is wrong with a metric. An error of the book's ends it.
type checker struct {
	ctx    context.Context
	book   Book
	of     *Definition
	faults []fault.Detail
	err    error
}

func (c *checker) wrong(path, key string, args ...any) {
	c.faults = append(c.faults, fault.At(path, c.of.lines[path], key, args...))
}

// found reports whether a definition is there, of which key says that it is not;
// another error ends the check.
func (c *checker) found(err error, path, key, id string) bool {
	if fault.Is(err, fault.NotFound) {
		c.wrong(path, key, "id", id)
	} else if err != nil {
		c.err = cmp.Or(c.err, err)
	}
	return err == nil
}

func (c *checker) formula() {
	f, faults := formula.Parse(c.of.Formula)
	if len(faults) > 0 {
		c.faults = append(c.faults, formula.Within(faults, "formula", c.of.lines["formula"])...)
		return
	}
	if path := c.cycle(c.of, []string{c.of.ID}); path != nil {
		at := f.Place(path[1])
		cycle := fault.At("", at.Line, "metric.cycle", "path", strings.Join(path, " → "))
		cycle.Column = at.Column
		// There are no units on the way round; what is not there is told beside it.
		_, missing := f.Check(func(id string) (formula.Unit, bool) {
			_, _, err := c.book.Metric(c.ctx, id)
			return formula.Unit{}, !fault.Is(err, fault.NotFound) || id == c.of.ID
		})
		c.faults = append(c.faults, formula.Within(append(missing, cycle), "formula", c.of.lines["formula"])...)
		return
	}
	unit, faults := f.Check(func(id string) (formula.Unit, bool) {
		of, _, err := c.book.Metric(c.ctx, id)
		if fault.Is(err, fault.NotFound) {
			return formula.Unit{}, false
		}
		if err != nil {
			c.err = cmp.Or(c.err, err)
			return formula.Unit{}, true
		}
		return c.unit(of), true
	})
	c.faults = append(c.faults, formula.Within(faults, "formula", c.of.lines["formula"])...)
	if said := c.said(c.of); len(faults) == 0 && c.of.Unit != "" && !said.Equal(unit) {
		c.wrong("unit", "metric.unit-differs", "said", said, "computed", unit)
	}
}

// cycle is the path on which a formula comes back to the metric that is checked, nil
// where it does not. Other cycles cannot be: they would have been refused.
func (c *checker) cycle(of *Definition, path []string) []string {
	for _, r := range of.References() {
		if r.Kind != Kind {
			continue
		}
		on := append(path[:len(path):len(path)], r.ID)
		if r.ID == c.of.ID {
			return on
		}
		next, _, err := c.book.Metric(c.ctx, r.ID)
		if err != nil {
			continue // told by the units
		}
		if len(path) > maxDepth {
			return on
		}
		if found := c.cycle(next, on); found != nil {
			return found
		}
	}
	return nil
}

// maxDepth bounds how deep formulas are made of formulas.
const maxDepth = 32

// said is the unit that a metric says it has; what it measures tells one where it
// says none.
func (c *checker) said(of *Definition) formula.Unit {
	unit, problem := formula.ParseUnit(of.Unit)
	if problem != nil { // read by Parse, so it is one
		return formula.Unit{}
	}
	return unit
}

// unit is that of a metric's numbers.
func (c *checker) unit(of *Definition) formula.Unit {
	if of.Unit != "" {
		return c.said(of)
	}
	if of.Formula != "" {
		f, _ := formula.Parse(of.Formula)
		if f == nil {
			return formula.Unit{}
		}
		unit, _ := f.Check(func(id string) (formula.Unit, bool) {
			part, _, err := c.book.Metric(c.ctx, id)
			if err != nil {
				return formula.Unit{}, false
			}
			return c.unit(part), true
		})
		return unit
	}
	unit, _ := formula.ParseUnit(of.usualUnit())
	return unit
}

// usualUnit is what a metric that is no formula is in where it says nothing.
func (d *Definition) usualUnit() string {
	whom := d.subject()
	if whom == "person" {
		whom = "customer"
	} else if at := strings.LastIndex(whom, "."); at >= 0 {
		whom = whom[at+1:]
	}
	over := func(a *Amounts) string {
		each := "event"
		if a.Per == PerCustomer {
			each = whom
		}
		return cmp.Or(a.Currency, "1") + "/" + each
	}
	switch {
	case d.Count != nil:
		return "event"
	case d.Customers != nil, d.Active != nil:
		return whom
	case d.Sum != nil:
		return d.Sum.Currency
	case d.Average != nil:
		return over(d.Average)
	case d.Quantile != nil:
		return over(&d.Quantile.Amounts)
	case d.Time != nil:
		return "s"
	}
	return ""
}

func (c *checker) stages(of *Conversion, path string) {
	j, _, err := c.book.Journey(c.ctx, of.Journey)
	if !c.found(err, document.Join(path, "journey"), "metric.no-journey", of.Journey) {
		return
	}
	for _, f := range of.check(j) {
		c.wrong(document.Join(path, f.Path), f.Key, "journey", of.Journey, "stage", f.Args["stage"], "from", f.Args["from"], "to", f.Args["to"])
	}
}

func (c *checker) table() {
	of := c.of.Retention
	table, _, err := c.book.Retention(c.ctx, of.Table)
	if c.found(err, "retention.table", "metric.no-table", of.Table) && of.Interval >= table.Intervals {
		c.wrong("retention.interval", "metric.no-interval", "table", of.Table, "intervals", table.Intervals)
	}
}

// Unit is the unit of a metric's numbers as answers tell it: "" for a share, and
// where what the metric is made of is not there.
func (m *Measurer) Unit(ctx context.Context, d *Definition) (string, error) {
	unit, err := m.unitOf(ctx, d)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return unit, err
}

// unitOf is the unit of a metric's numbers as answers tell it: "" for a share.
func (m *Measurer) unitOf(ctx context.Context, d *Definition) (string, error) {
	c := checker{ctx: ctx, book: m.Book, of: d}
	unit := c.unit(d)
	if c.err != nil || unit.IsRatio() {
		return "", c.err
	}
	return unit.String(), nil
}
