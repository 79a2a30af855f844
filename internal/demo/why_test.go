package demo_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/decompose"
	"beichen/internal/demo"
	"beichen/internal/tree"
)

func (c *canopy) why(metric string, grain calendar.Grain, before, after time.Time) *tree.Explanation {
	c.t.Helper()
	e, err := c.teller.Why(c.t.Context(), tree.WhyRequest{
		Metric: c.metrics[metric], Before: before.Format(time.DateOnly), After: after.Format(time.DateOnly),
		AsOf: c.asOf, Timezone: demo.Zone.String(), Grain: grain,
	})
	if err != nil {
		c.t.Fatalf("%s: %v", metric, err)
	}
	if e.Change == nil {
		c.t.Fatalf("%s did not move: %+v", metric, e)
	}
	return e
}

// units is a number as whole units of its last decimal.
func units(v float64, decimals int) int64 { return int64(math.Round(v * math.Pow10(decimals))) }

// moved compares what was told of a part with what the plan implies, to the last
// decimal but the one that rounding may take to the next.
func (c *canopy) moved(what string, got, want float64, decimals int) {
	c.t.Helper()
	if math.Abs(got-want) > math.Pow10(-decimals) {
		c.t.Errorf("%s moved it by %v, want %v", what, got, want)
	}
}

// The lead rate falls as the social ads are pushed, although every channel does
// better: of what it moved, mix takes more than the rates bring.
func TestTheLeadRateFellByWhoCame(t *testing.T) {
	c := canopyOf(t)
	months := c.company.Truths().Months
	pushed := slices.IndexFunc(months, func(m demo.Month) bool { return m.Pushed })
	before, after := months[pushed-1], months[pushed+3]
	e := c.why("lead_rate", calendar.Month, before.From, after.From)

	all := func(m demo.Month) (of demo.Passed) {
		for _, channel := range m.Leads {
			of.From, of.To = of.From+channel.From, of.To+channel.To
		}
		return of
	}
	c.passed("before", e.Before, all(before))
	c.passed("after", e.After, all(after))
	rate := func(p demo.Passed) float64 { return float64(p.To) / float64(p.From) }
	middle := (rate(all(before)) + rate(all(after))) / 2

	d := e.Dimensions[0]
	if d.Dimension != "channel" || len(d.Segments) != len(before.Leads) || d.Overlap != 0 {
		t.Fatalf("told by %+v", d)
	}
	sum := int64(0)
	for _, s := range d.Segments {
		channel := s.Value.(string)
		was, is := before.Leads[channel], after.Leads[channel]
		share := func(p, of demo.Passed) float64 { return float64(p.From) / float64(of.From) }
		w0, w1 := share(was, all(before)), share(is, all(after))
		c.moved("mix of "+channel, *s.Mix, (w1-w0)*((rate(was)+rate(is))/2-middle), e.Decimals)
		c.moved("rate of "+channel, *s.Rate, (w0+w1)/2*(rate(is)-rate(was)), e.Decimals)
		sum += units(*s.Mix, e.Decimals) + units(*s.Rate, e.Decimals)
	}
	if sum != units(*e.Change, e.Decimals) {
		t.Errorf("the parts come to %d, the change is %v", sum, *e.Change)
	}
	if *e.Change >= 0 || *d.Mix >= *e.Change || *d.Rate <= 0 {
		t.Errorf("it moved by %v, of which mix %v and rate %v", *e.Change, *d.Mix, *d.Rate)
	}
	if e.Noise.Verdict != decompose.OutsideNoise || len(e.Causes) == 0 || e.Causes[0].Values[0].Value != "social" {
		t.Errorf("outside of the noise: %+v; caused by %+v", e.Noise, e.Causes)
	}
}

// logMean is the logarithmic mean of LMDI.
func logMean(a, b float64) float64 {
	if a == b {
		return a
	}
	return (a - b) / math.Log(a/b)
}

// Revenue is machines and tea; machines are orders times the average order, by the
// logarithmic mean.
func TestRevenueIsDividedIntoOrdersAndTheirSize(t *testing.T) {
	c := canopyOf(t)
	months := c.company.Truths().Months
	before, after := months[len(months)-5], months[len(months)-2]
	e := c.why("revenue", calendar.Month, before.From, after.From)

	sum := int64(0)
	for _, p := range e.Parts {
		sum += units(p.Change, e.Decimals)
	}
	if len(e.Parts) != 2 || sum != units(*e.Change, e.Decimals) {
		t.Fatalf("%+v do not come to %v", e.Parts, *e.Change)
	}
	machines := e.Parts[0]
	c.moved("machines", machines.Change, after.Revenue-before.Revenue, e.Decimals)
	mean := logMean(after.Revenue, before.Revenue)
	orders := mean * math.Log(float64(after.OrdersInTWD)/float64(before.OrdersInTWD))
	if machines.Metric != "machine_revenue" || len(machines.Parts) != 2 || machines.Parts[0].Metric != "twd_orders" {
		t.Fatalf("machines are %+v", machines)
	}
	c.moved("orders", machines.Parts[0].Change, orders, e.Decimals)
	c.moved("their size", machines.Parts[1].Change, after.Revenue-before.Revenue-orders, e.Decimals)
	if units(machines.Parts[0].Change, e.Decimals)+units(machines.Parts[1].Change, e.Decimals) != units(machines.Change, e.Decimals) {
		t.Errorf("orders and their size leave something over: %+v", machines)
	}
}

// Cups a machine are a quotient: cups move it by the logarithmic mean, machines
// against it.
func TestCupsAMachineAreDividedIntoCupsAndMachines(t *testing.T) {
	c := canopyOf(t)
	weeks := c.company.Weeks()
	before, after := weeks[len(weeks)-27], weeks[len(weeks)-1]
	e := c.why("cups_per_machine", calendar.Week, before.From, after.From)
	each := func(w demo.Week) float64 { return float64(w.Cups) / float64(w.InUse) }
	mean := logMean(each(after), each(before))
	want := map[string]float64{
		"cups": mean * math.Log(float64(after.Cups)/float64(before.Cups)),
		star:   -mean * math.Log(float64(after.InUse)/float64(before.InUse)),
	}
	sum := int64(0)
	for _, p := range e.Parts {
		c.moved(p.Metric, p.Change, want[p.Metric], e.Decimals)
		sum += units(p.Change, e.Decimals)
	}
	if len(e.Parts) != 2 || sum != units(*e.Change, e.Decimals) {
		t.Errorf("%+v do not come to %v", e.Parts, *e.Change)
	}
}
