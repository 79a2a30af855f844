package demo

import (
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
)

// Truth is what is to be found in a sample company. Counts are exact: the plan
// deals people out by quota. Times carry the tolerance of how they are dealt out.
type Truth struct {
	Persons    int // after merging
	Duplicates int // persons with two user ids
	Tablets    int // anonymous ids that several people share

	// Buyers are the stages of the journey buyer-journey, Machines those of
	// machine-life over all time; Excluded are the accounts that cancelled.
	Buyers   []Reached
	Machines []Reached
	Excluded int

	// Leads are the visitors and the leads by the channel they came by,
	// FirstBrews the machines delivered and used by the account's industry: the
	// leak is at retail.
	Leads      map[string]Passed
	FirstBrews map[string]Passed
	// Deciding is the time from quote to order by sales channel: partners are slow.
	Deciding map[string]Duration

	// Totals and Shares are what metrics give when all the time is one period, by
	// their id.
	Totals map[string]Total
	Shares map[string]Passed
	// AppUsers are those who install the app and those of them who work where a
	// machine stands; LeadsToCups the leads and those of them who ever make a cup.
	AppUsers, LeadsToCups Passed

	Iced        []Monthly     // orders of supplies for iced tea: the summer swings
	OrderValue  []event.Money // of all machines ordered, by currency
	AdSpend     event.Money   // of all ad clicks
	Quarantined int
}

// Reached is how many customers reach a stage, and by which of its steps.
type Reached struct {
	Stage   string
	Reached int
	Steps   map[string]int // nil for stages of one step
}

// Passed is how many of those at one stage pass the next.
type Passed struct{ From, To int }

// Total is a number over all time and how many events, customers or amounts it is
// made of.
type Total struct {
	Value      float64
	N, LeftOut int
}

// Duration is a median with the furthest that a correct measurement may be off.
type Duration struct {
	N                 int
	Median, Tolerance time.Duration
}

// Monthly is a count of one calendar month in Zone.
type Monthly struct {
	Month time.Time // its first instant
	Count int
}

// Truths computes the truth of a plan from its parameters alone.
func Truths(p Params) Truth {
	q := p.quotas()
	t := Truth{
		Persons: p.People, Duplicates: q.duplicates, Tablets: p.Tablets, Excluded: q.cancelled,
		Buyers: []Reached{
			{Stage: "visit", Reached: q.visitors},
			{Stage: "lead", Reached: q.leads},
			{Stage: "taste", Reached: q.tasted, Steps: map[string]int{"tasting": q.showroom, "demo": q.tasted - q.showroom}},
			{Stage: "survey", Reached: q.surveyed},
			{Stage: "quote", Reached: q.quoted},
			{Stage: "order", Reached: q.ordered},
			{Stage: "review", Reached: q.reviewed},
		},
		Machines: []Reached{
			{Stage: "ordered", Reached: q.ordered - q.cancelled},
			{Stage: "delivered", Reached: q.delivered},
			{Stage: "first-brew", Reached: q.brewed},
			{Stage: "weekly", Reached: q.weekly},
			{Stage: "refill", Reached: q.refilled},
			{Stage: "care", Reached: q.descaled},
			{Stage: "subscribed", Reached: q.subscribed},
		},
		Leads: map[string]Passed{}, FirstBrews: map[string]Passed{}, Deciding: map[string]Duration{},
		AdSpend: event.Money{Currency: "TWD"}, Quarantined: p.Broken,
	}
	for i, c := range p.Channels {
		t.Leads[c.Name] = Passed{q.visitorsBy[i], q.leadsBy[i]}
		t.AdSpend.Amount += float64(q.visitorsBy[i]) * c.Click
	}
	for i, industry := range p.Industries {
		t.FirstBrews[industry.Name] = Passed{q.deliveredBy[i], q.brewedBy[i]}
	}
	for i, s := range p.Sales {
		t.Deciding[s.Name] = p.deciding(s, q.orderedBy[i])
	}
	for _, m := range p.months() {
		t.Iced = append(t.Iced, Monthly{time.Date(m.from.Year(), m.from.Month(), 1, 0, 0, 0, 0, Zone), m.iced})
	}
	t.OrderValue = p.orderValue(q)
	t.AppUsers, t.LeadsToCups = Passed{q.installed, q.usersInstalled}, Passed{q.leads, q.brewed}
	t.Totals, t.Shares = p.totals(q, t.AdSpend.Amount), p.passed(q)
	return t
}

// totals are those of the metrics that are no shares. Amounts in other currencies
// than TWD are left out of those in TWD.
func (p Params) totals(q quotas, spent float64) map[string]Total {
	counted := func(n int) Total { return Total{Value: float64(n), N: n} }
	revenue, clicks := Total{}, 0
	for cell, n := range q.orderedCells {
		amount, currency := p.price(cell)
		if currency != "TWD" {
			revenue.LeftOut += n
			continue
		}
		revenue.Value += float64(n) * amount
		revenue.N += n
	}
	for i, c := range p.Channels {
		if c.Click > 0 {
			clicks += q.visitorsBy[i]
		}
	}
	average := revenue
	average.Value /= float64(revenue.N)
	return map[string]Total{
		"orders": counted(q.ordered), "machine_revenue": revenue, "average_order": average,
		"unique_visitors": counted(q.visitors), "leads": counted(q.leads),
		"ad_cost": {Value: spent, N: clicks}, "cost_per_lead": {Value: spent / float64(q.leads), N: min(q.leads, clicks)},
		"app_downloads": counted(q.installed), "registered_users": counted(q.registered), "verified_users": counted(q.verified),
	}
}

func (p Params) passed(q quotas) map[string]Passed {
	return map[string]Passed{
		"lead_rate":         {q.visitors, q.leads},
		"first_brew_rate":   {q.delivered, q.brewed},
		"subscription_rate": {q.refilled, q.subscribed},
	}
}

// deciding is the median of n orders. Their times are the quantiles (i + ½)/n of
// the plan's distribution, so the median of the sample lies within its
// quantiles ½ ± ½/n. An order is booked a whole number of days after its quote,
// give or take the hours of bookkeeping.
func (p Params) deciding(s SalesChannel, n int) Duration {
	day := float64(24 * time.Hour)
	above := logNormalQuantile(0.5+0.5/float64(n), s.Days, p.QuoteSpread) - s.Days
	return Duration{
		N: n, Median: time.Duration(s.Days * day),
		Tolerance: time.Duration((above+0.5)*day) + bookkeeping,
	}
}

func (p Params) orderValue(q quotas) []event.Money {
	sums := map[string]float64{}
	for cell, n := range q.orderedCells {
		amount, currency := p.price(cell)
		sums[currency] += float64(n) * amount
	}
	var out []event.Money
	for currency, amount := range sums {
		out = append(out, event.Money{Currency: currency, Amount: amount})
	}
	slices.SortFunc(out, func(a, b event.Money) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}
