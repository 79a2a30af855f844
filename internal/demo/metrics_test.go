package demo_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/demo"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/metric"
	"beichen/internal/tree"
)

// The star, and what a dashboard of yesterday shows.
const star = "weekly_machines"

var vain = []string{"registered_users", "verified_users", "app_downloads", "page_views", "unique_visitors"}

// gauge measures the metrics of a company held in memory. It is their book: the
// last revision of each definition stands.
type gauge struct {
	t        *testing.T
	params   demo.Params
	measurer *metric.Measurer
	ids      []string // of the metrics, in the order they were written
	metrics  map[string]*metric.Definition
	journeys map[string]*journey.Journey
	tables   map[string]*retention.Definition
	trees    map[string]*tree.Definition
}

func gaugeOf(t *testing.T, p demo.Params, source stream.Source) *gauge {
	t.Helper()
	now := func() time.Time { return p.End }
	g := &gauge{
		t: t, params: p, metrics: map[string]*metric.Definition{}, journeys: map[string]*journey.Journey{}, tables: map[string]*retention.Definition{},
		trees: map[string]*tree.Definition{},
	}
	g.measurer = &metric.Measurer{
		Source: source, Book: g, Now: now,
		Journeys: &journey.Measurer{Source: source, Now: now}, Retention: &retention.Measurer{Source: source, Now: now},
	}
	for _, r := range demo.Revisions(p) {
		switch r.Kind {
		case metric.Kind:
			if g.metrics[r.ID] == nil {
				g.ids = append(g.ids, r.ID)
			}
			define(t, g.metrics, r, metric.Parse)
			// What a metric speaks of was there when it was written.
			if err := g.metrics[r.ID].Check(t.Context(), g); err != nil || g.metrics[r.ID].ID != r.ID {
				t.Errorf("%s: %v", r.ID, err)
			}
		case tree.Kind:
			define(t, g.trees, r, tree.Parse)
			if err := g.trees[r.ID].Check(t.Context(), g); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		case retention.Kind:
			define(t, g.tables, r, retention.Parse)
		case "Journey":
			define(t, g.journeys, r, journey.Parse)
		}
	}
	return g
}

func define[T any](t *testing.T, to map[string]*T, r demo.Revision, parse func([]byte) (*T, error)) {
	t.Helper()
	d, err := parse(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", r.ID, err)
	}
	to[r.ID] = d
}

func find[T any](of map[string]*T, kind, id string) (*T, int, error) {
	if d := of[id]; d != nil {
		return d, 1, nil
	}
	return nil, 0, fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}

func (g *gauge) Metric(_ context.Context, id string) (*metric.Definition, int, error) {
	return find(g.metrics, metric.Kind, id)
}

func (g *gauge) Journey(_ context.Context, id string) (*journey.Journey, int, error) {
	return find(g.journeys, "Journey", id)
}

func (g *gauge) Retention(_ context.Context, id string) (*retention.Definition, int, error) {
	return find(g.tables, retention.Kind, id)
}

// ask measures a metric from the company's first day on.
func (g *gauge) ask(d *metric.Definition, grain calendar.Grain, breakdown ...string) *metric.Answer {
	g.t.Helper()
	a, err := g.measurer.Measure(g.t.Context(), metric.Request{
		Metric: d, From: g.params.Start().Format(time.DateOnly), Timezone: demo.Zone.String(), Grain: grain, Breakdown: breakdown,
	})
	if err != nil {
		g.t.Fatalf("%s: %v", d.ID, err)
	}
	return a
}

func (g *gauge) row(a *metric.Answer, value string) metric.Series {
	g.t.Helper()
	for _, r := range a.Breakdown {
		if r.Value == value {
			return r.Series
		}
	}
	g.t.Fatalf("%s has no row %s", a.Definition.ID, value)
	return metric.Series{}
}

func (g *gauge) passed(what string, p metric.Point, want demo.Passed) {
	g.t.Helper()
	if p.Numerator == nil || p.N != want.From || *p.Numerator != want.To {
		g.t.Errorf("%s: %+v, want %d of %d", what, p, want.To, want.From)
	}
}

func (g *gauge) valued(what string, p metric.Point, want float64) {
	g.t.Helper()
	if p.Value == nil || math.Abs(*p.Value-want) > 1e-9*max(1, math.Abs(want)) {
		g.t.Errorf("%s: %+v, want %v", what, p, want)
	}
}

// resident is the source that a server has of what a company tells. It ends with the test.
func resident(t *testing.T, all []*event.Message) *stream.Live {
	t.Helper()
	live := streamtest.Resident(all)
	t.Cleanup(func() { live.Close() })
	return live
}

func TestMetricsFindThePlantedTruths(t *testing.T) {
	p := reduced()
	truth := company(t, p).Truths()
	g := gaugeOf(t, p, resident(t, messages(t, p)))

	for id, want := range truth.Totals {
		a := g.ask(g.metrics[id], metric.Whole)
		if len(a.Periods) != 1 || a.Periods[0].N != want.N || a.LeftOut != want.LeftOut {
			t.Errorf("%s: %+v with %d left out, want n %d and %d", id, a.Periods, a.LeftOut, want.N, want.LeftOut)
		}
		g.valued(id, a.Periods[0], want.Value)
	}
	for id, want := range truth.Shares {
		g.passed(id, g.ask(g.metrics[id], metric.Whole).Periods[0], want)
	}
	for events, want := range map[string]demo.Passed{
		"of: {event: Screen Viewed}, from: {event: App Installed}": truth.AppUsers,
		"of: {event: Brew Made}, from: {event: Lead Captured}":     truth.LeadsToCups,
	} {
		d, err := metric.Parse([]byte("{kind: Metric, id: draft, rate: {" + events + "}}"))
		if err != nil {
			t.Fatal(err)
		}
		g.passed(events, g.ask(d, metric.Whole).Periods[0], want)
	}

	rates := g.ask(g.metrics["lead_rate"], metric.Whole, "channel")
	visitors := g.ask(g.metrics["unique_visitors"], metric.Whole, "channel")
	leads := g.ask(g.metrics["leads"], metric.Whole, "channel")
	for channel, want := range truth.Leads {
		g.passed("lead rate by "+channel, g.row(rates, channel).Periods[0], want)
		g.valued("visitors by "+channel, g.row(visitors, channel).Periods[0], float64(want.From))
		g.valued("leads by "+channel, g.row(leads, channel).Periods[0], float64(want.To))
	}
	industries := g.ask(g.metrics["first_brew_rate"], metric.Whole, "account.industry")
	for industry, want := range truth.FirstBrews {
		g.passed("first cups in "+industry, g.row(industries, industry).Periods[0], want)
	}
	sales := g.ask(g.metrics["quote_to_order"], metric.Whole, "account.sales_channel")
	for channel, want := range truth.Deciding {
		took := g.row(sales, channel).Periods[0]
		if took.N != want.N {
			t.Errorf("%d decided by %s, want %d", took.N, channel, want.N)
		}
		if off := *took.Value - want.Median.Seconds(); math.Abs(off) > want.Tolerance.Seconds() {
			t.Errorf("%s decide in %.1f days, want %.1f ± %.1f", channel, *took.Value/86400, want.Median.Hours()/24, want.Tolerance.Hours()/24)
		}
	}
	iced := g.ask(g.metrics["iced_orders"], calendar.Month)
	if len(iced.Periods) != len(truth.Months) {
		t.Fatalf("%d months, want %d", len(iced.Periods), len(truth.Months))
	}
	for i, month := range truth.Months {
		g.valued("iced tea in "+month.From.Format("2006-01"), iced.Periods[i], float64(month.Iced))
	}
}

// Of the months and weeks that are over, enough are known to look at and to judge.
func TestEveryMetricIsMeasured(t *testing.T) {
	p := reduced()
	g := gaugeOf(t, p, resident(t, messages(t, p)))
	if len(g.ids) < 20 || g.metrics[star] == nil {
		t.Errorf("the metrics are %v", g.ids)
	}
	enough := map[string]int{string(calendar.Week): 26, string(calendar.Month): 12}
	for _, id := range g.ids {
		d := g.metrics[id]
		a := g.ask(d, "")
		known := 0
		for _, period := range a.Periods[:len(a.Periods)-1] {
			if period.Value != nil {
				known++
			}
		}
		if least := enough[a.Grain]; least == 0 || known < least {
			t.Errorf("%s is known in %d of %d periods by the %s", id, known, len(a.Periods), a.Grain)
		}
		for _, locale := range []string{"zh-Hant", "zh-Hans", "en"} {
			if d.Name.Locales[locale] == "" || d.Meaning.Locales[locale] == "" {
				t.Errorf("%s says nothing in %s", id, locale)
			}
			if d.SoWhat != nil && (d.SoWhat.Up.Locales[locale] == "" || d.SoWhat.Down.Locales[locale] == "") {
				t.Errorf("%s does not say in %s what to do", id, locale)
			}
		}
		if len(d.Owner) == 0 || d.Level == 0 || d.Good == "" {
			t.Errorf("%s has no owner, level or direction", id)
		}
		if flatters := slices.Contains(vain, id); flatters != (d.SoWhat == nil) {
			t.Errorf("%s: what to do is written: %v", id, !flatters)
		}
	}
}

func TestWhatAddsUpFromTheBeginningEndsWithEverybody(t *testing.T) {
	p := reduced()
	truth := company(t, p).Truths()
	g := gaugeOf(t, p, resident(t, messages(t, p)))
	for _, id := range []string{"registered_users", "verified_users"} {
		before := 0.0
		weeks := g.ask(g.metrics[id], calendar.Week).Periods
		for _, week := range weeks {
			if *week.Value < before {
				t.Errorf("%s falls from %v to %v in %s", id, before, *week.Value, week.From)
			}
			before = *week.Value
		}
		g.valued(id, weeks[len(weeks)-1], truth.Totals[id].Value)
	}
}

// The chains that a journey's board counts are told in the weeks they began in.
func TestTheWeeksOfConversionsAddUpToTheBoard(t *testing.T) {
	p := reduced()
	source := resident(t, messages(t, p))
	g := gaugeOf(t, p, source)
	reached := func(journeyID, stage string) int {
		a, err := g.measurer.Journeys.Measure(t.Context(), journey.Request{Journey: g.journeys[journeyID], Timezone: demo.Zone.String()})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range a.Stages {
			if s.ID == stage {
				return *s.Reached
			}
		}
		t.Fatalf("%s has no stage %s", journeyID, stage)
		return 0
	}
	refilled, subscribed := 0, 0
	for _, week := range g.ask(g.metrics["subscription_rate"], calendar.Week).Periods {
		refilled += week.N
		subscribed += *week.Numerator
	}
	if refilled != reached("machine-life", "refill") || subscribed != reached("machine-life", "subscribed") || subscribed == 0 {
		t.Errorf("%d of %d subscribed", subscribed, refilled)
	}
	ordered := 0
	for _, week := range g.ask(g.metrics["quote_to_order"], calendar.Week).Periods {
		ordered += week.N
	}
	if ordered != reached("buyer-journey", "order") || ordered == 0 {
		t.Errorf("%d ordered", ordered)
	}
}
