package demo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/demo"
	"beichen/internal/metric"
	"beichen/internal/vanity"
)

// inputs move the star.
var inputs = []string{"first_brew_rate", "cups_per_machine", "refill_rate", "subscription_rate", "quote_to_order", "kept_machines"}

// countedBy are the events by which metrics count people, and companies.
var countedBy = map[string]map[string]string{
	"person": {
		"registered_users": "Signed Up", "verified_users": "Phone Verified", "app_downloads": "App Installed",
		"page_views": "Page Viewed", "unique_visitors": "Page Viewed", "quote_to_order": "Quote Sent",
	},
	"account": {
		"weekly_machines": "Brew Made", "cups_per_machine": "Brew Made", "refill_rate": "Brew Made",
		"first_brew_rate": "Machine Delivered", "kept_machines": "Machine Delivered",
		"subscription_rate": "Supplies Ordered",
	},
}

// outcomes are what foresight is of, guardrail what must not get worse.
var outcomes = []string{"machine_revenue", "refill_rate"}

const guardrail, spend = "tickets_per_machine", "ad_cost"

// court has the metrics of a company week by week.
type court struct {
	*gauge
	periods []time.Time
	weeks   map[string][]*float64
	reached map[string]vanity.Share // by subject and event
}

func courtOf(g *gauge) *court {
	c := &court{gauge: g, weeks: map[string][]*float64{}, reached: map[string]vanity.Share{}}
	for _, id := range slices.Concat([]string{star, guardrail, spend}, inputs, vain, outcomes) {
		if c.weeks[id] == nil {
			c.weeks[id] = c.weekly(id)
		}
	}
	return c
}

// weekly is a metric in the weeks that are over; a value that may still change is
// not known yet. The company did not open on a Monday, so its first week is none.
func (c *court) weekly(id string) []*float64 {
	points := c.ask(c.metrics[id], calendar.Week).Periods
	points = points[1 : len(points)-1]
	values := make([]*float64, len(points))
	c.periods = c.periods[:0]
	for i, p := range points {
		at, err := time.Parse(time.RFC3339, p.From)
		if err != nil {
			c.t.Fatal(err)
		}
		c.periods = append(c.periods, at)
		if !p.Partial {
			values[i] = p.Value
		}
	}
	return values
}

// value is how many of those a metric counts make a cup within 120 days, of those
// whose 120 days are over.
func (c *court) value(id string) *vanity.Share {
	c.t.Helper()
	for subject, events := range countedBy {
		name := events[id]
		if name == "" {
			continue
		}
		if known, ok := c.reached[subject+name]; ok {
			return &known
		}
		d, err := metric.Parse(fmt.Appendf(nil, "{kind: Metric, id: reached, subject: %s, rate: {of: {event: Brew Made}, from: {event: %s}, within: 120d}}", subject, name))
		if err != nil {
			c.t.Fatal(err)
		}
		a, err := c.measurer.Measure(c.t.Context(), metric.Request{
			Metric: d, From: c.params.Start().Format(time.DateOnly), To: c.params.End.AddDate(0, 0, -121).Format(time.DateOnly),
			Timezone: demo.Zone.String(), Grain: metric.Whole,
		})
		if err != nil {
			c.t.Fatal(err)
		}
		s := vanity.Share{Reached: *a.Periods[0].Numerator, Counted: a.Periods[0].N}
		c.reached[subject+name] = s
		return &s
	}
	c.t.Fatalf("nobody says whom %s counts", id)
	return nil
}

func kindOf(d *metric.Definition) vanity.Kind {
	switch {
	case d.Count != nil, d.Customers != nil, d.Active != nil:
		return vanity.Count
	case d.Sum != nil:
		return vanity.Sum
	case d.Average != nil, d.Quantile != nil, d.Time != nil:
		return vanity.Level
	}
	return vanity.Rate // of the formulas, all divide
}

func (c *court) series(ids ...string) []vanity.Series {
	var out []vanity.Series
	for _, id := range ids {
		good := vanity.Up
		if c.metrics[id].Good == metric.Down {
			good = vanity.Down
		}
		out = append(out, vanity.Series{ID: id, Good: good, Values: c.weeks[id]})
	}
	return out
}

// but leaves a metric out of a list.
func but(id string, ids ...string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}

func (c *court) evidence(id string) vanity.Evidence {
	d := c.metrics[id]
	e := vanity.Evidence{
		Metric: id, Kind: kindOf(d), RunningTotal: d.Cumulative, Good: c.series(id)[0].Good,
		Periods: c.periods, Values: c.weeks[id],
		Spend: c.series(spend), ValueRate: c.weeks["first_brew_rate"], Reached: c.value(id),
		Outcomes: c.series(but(id, outcomes...)...), Tried: len(c.ids),
		Star: &c.series(star)[0], Siblings: c.series(but(id, inputs...)...), Guardrails: c.series(guardrail),
		OpensToList: new(true), SoWhat: &vanity.Sentences{},
	}
	if d.SoWhat != nil {
		e.SoWhat.IfUp, e.SoWhat.IfDown = d.SoWhat.Up.In("zh-Hant"), d.SoWhat.Down.In("zh-Hant")
	}
	return e
}

// All visitors are judged by, and half of the accounts, whose machines make two
// cups a working day: a quarter of the events tells the same.
func TestWhatFlattersIsCaughtAndWhatSteersIsNot(t *testing.T) {
	p := demo.Default(now)
	p.Accounts, p.IcedPerMonth = p.Accounts/2, p.IcedPerMonth/2
	p.Sizes = slices.Clone(p.Sizes)
	for i := range p.Sizes {
		p.Sizes[i].Cups = 2
	}
	c := courtOf(gaugeOf(t, p, memory(t, p)))
	judge := func(id string) vanity.Verdict {
		v, err := vanity.Judge(c.evidence(id), vanity.Defaults())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	says := func(v vanity.Verdict, test vanity.Test) vanity.Outcome {
		return v.Tests[slices.IndexFunc(v.Tests, func(r vanity.Result) bool { return r.Test == test })].Outcome
	}
	for _, id := range vain {
		v := judge(id)
		if v.Judgement != vanity.Vain {
			t.Errorf("%s is %s by %v", id, v.Judgement, v.Reasons)
		}
		for _, test := range []vanity.Test{vanity.NoDenominator, vanity.FarFromValue, vanity.SoWhat} {
			if says(v, test) != vanity.Fail {
				t.Errorf("%s: %s says %s", id, test, says(v, test))
			}
		}
	}
	if v := judge("app_downloads"); says(v, vanity.Bought) != vanity.Fail {
		t.Errorf("downloads are not bought: %+v", v.Tests)
	}
	for _, id := range append([]string{star}, inputs...) {
		v := judge(id)
		if v.Judgement == vanity.Vain {
			t.Errorf("%s is vain by %v", id, v.Reasons)
		}
		if says(v, vanity.FarFromValue) != vanity.Pass {
			t.Errorf("%s: few of those it counts make a cup", id)
		}
	}
}
