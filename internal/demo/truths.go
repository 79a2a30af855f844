package demo

import (
	"math"
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
)

// Truth is what is to be found in a sample company, counted from its plan: who
// comes to which step before the end. Counts are exact; times carry the tolerance
// of how they are booked.
type Truth struct {
	Persons    int // after merging
	Accounts   int // that were surveyed or sent a quote
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

	Months      []Month
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

// never is when those do what they do not do before the end.
const never = int64(math.MaxInt64)

// deeds are the instants at which visitors or accounts first did things, in
// microseconds.
type deeds [][]int64

// deeds gathers who first did what: by the place of the kinds, then by the number
// of who.
func (c *Company) deeds(who int, kinds ...kind) deeds {
	out := make(deeds, len(kinds))
	for i := range kinds {
		out[i] = slices.Repeat([]int64{never}, who)
	}
	for _, k := range c.planned {
		if i := slices.Index(kinds, k.kind); i >= 0 {
			out[i][k.who] = min(out[i][k.who], k.at)
		}
	}
	return out
}

// count is how many did something, of those for whom it holds.
func count(did []int64, holds func(i int) bool) (n int) {
	for i, at := range did {
		if at != never && (holds == nil || holds(i)) {
			n++
		}
	}
	return n
}

// Truths counts the truth of a plan.
func (c *Company) Truths() Truth {
	p, q := c.params, c.quotas
	did := c.deeds(len(c.visitors), leadCaptured, tasting, demoHeld, merge)
	leads, tastings, demos, merged := did[0], did[1], did[2], did[3]
	did = c.deeds(len(c.accounts), surveyed, quoted, ordered, cancelled, delivered, firstBrew, supplies, descaled, subscribed, review)
	quotes, orders, cancels, deliveries, cups, refills, subscriptions := did[1], did[2], did[3], did[4], did[5], did[6], did[8]

	t := Truth{
		Persons: p.People, Duplicates: count(merged, nil), Tablets: p.Tablets, Excluded: count(cancels, nil),
		Buyers: []Reached{
			{Stage: "visit", Reached: len(c.visitors)},
			{Stage: "lead", Reached: count(leads, nil)},
			{Stage: "taste", Reached: count(tastings, nil) + count(demos, nil), Steps: map[string]int{"tasting": count(tastings, nil), "demo": count(demos, nil)}},
			{Stage: "survey", Reached: count(did[0], nil)},
			{Stage: "quote", Reached: count(quotes, nil)},
			{Stage: "order", Reached: count(orders, nil)},
			{Stage: "review", Reached: count(did[9], nil)},
		},
		Machines: []Reached{
			{Stage: "ordered", Reached: count(orders, nil) - count(cancels, nil)},
			{Stage: "delivered", Reached: count(deliveries, nil)},
			{Stage: "first-brew", Reached: count(cups, nil)},
			{Stage: "weekly", Reached: count(cups, func(i int) bool { return c.hasHabit(&c.accounts[i]) })},
			{Stage: "refill", Reached: count(refills, nil)},
			{Stage: "care", Reached: count(did[7], nil)},
			{Stage: "subscribed", Reached: count(subscriptions, nil)},
		},
		Leads: map[string]Passed{}, FirstBrews: map[string]Passed{}, Deciding: map[string]Duration{},
		AdSpend: event.Money{Currency: "TWD"}, Quarantined: p.Broken,
		AppUsers: Passed{q.installed, q.usersInstalled}, LeadsToCups: Passed{count(leads, nil), count(cups, nil)},
	}
	for i, channel := range p.Channels {
		t.Leads[channel.Name] = Passed{q.visitorsBy[i], count(leads, func(v int) bool { return int(c.visitors[v].channel) == i })}
		t.AdSpend.Amount += float64(q.visitorsBy[i]) * channel.Click
	}
	for i, industry := range p.Industries {
		in := func(a int) bool { return int(c.accounts[a].industry) == i }
		t.FirstBrews[industry.Name] = Passed{count(deliveries, in), count(cups, in)}
	}
	for i, s := range p.Sales {
		t.Deciding[s.Name] = c.deciding(orders, int8(i))
	}
	for i := range c.accounts {
		if min(did[0][i], quotes[i]) != never {
			t.Accounts++
		}
	}
	t.Months = c.months(leads, orders)
	t.OrderValue = c.orderValue(orders)
	t.Totals = c.totals(t)
	t.Shares = map[string]Passed{
		"lead_rate":         {len(c.visitors), count(leads, nil)},
		"first_brew_rate":   {count(deliveries, nil), count(cups, nil)},
		"subscription_rate": {count(refills, nil), count(subscriptions, nil)},
		"quick_orders": {count(quotes, nil), count(orders, func(i int) bool {
			return orders[i]-quotes[i] <= 14*microsecondsADay
		})},
	}
	return t
}

// hasHabit reports whether a machine made its ten cups within seven days, the first
// of them apart: two or more of a day's cups come to that within five days. A
// machine that never came to weekly use does not.
func (c *Company) hasHabit(a *account) bool {
	if a.way.weekly < 0 {
		return false
	}
	made := 1 // the buyer's
	for day := a.way.brew + 1; day < c.days && made < 10; day++ {
		made += c.cupsOn(a, day)
	}
	return made >= 10
}

// totals are those of the metrics that are no shares. Amounts in other currencies
// than TWD are left out of those in TWD.
func (c *Company) totals(t Truth) map[string]Total {
	counted := func(n int) Total { return Total{Value: float64(n), N: n} }
	all, inTWD, clicks := 0, Total{}, 0
	for _, m := range t.Months {
		all += m.Orders
		inTWD.N += m.OrdersInTWD
		inTWD.Value += m.Revenue
	}
	for i, channel := range c.params.Channels {
		if channel.Click > 0 {
			clicks += c.quotas.visitorsBy[i]
		}
	}
	average := Total{Value: inTWD.Value / float64(inTWD.N), N: inTWD.N, LeftOut: all - inTWD.N}
	leads, q := t.Buyers[1].Reached, c.quotas
	return map[string]Total{
		"orders": counted(all), "twd_orders": counted(inTWD.N), "average_order": average, "machine_revenue": inTWD,
		"unique_visitors": counted(q.visitors), "leads": counted(leads),
		"ad_cost": {Value: t.AdSpend.Amount, N: clicks}, "cost_per_lead": {Value: t.AdSpend.Amount / float64(leads), N: min(leads, clicks)},
		"app_downloads": counted(q.installed), "registered_users": counted(q.registered), "verified_users": counted(q.verified),
		"machines_delivered": counted(t.Machines[1].Reached), "machines_used": counted(t.Machines[2].Reached),
	}
}

// deciding is the median of whole days from quote to order, which is booked that
// many days after it, give or take the hours of bookkeeping.
func (c *Company) deciding(orders []int64, sales int8) Duration {
	var days []float64
	for i, at := range orders {
		if a := &c.accounts[i]; at != never && a.sales == sales {
			days = append(days, float64(a.way.order-a.way.quote))
		}
	}
	slices.Sort(days)
	middle := (days[(len(days)-1)/2] + days[len(days)/2]) / 2
	return Duration{N: len(days), Median: time.Duration(middle * float64(24*time.Hour)), Tolerance: bookkeeping}
}

func (c *Company) orderValue(orders []int64) []event.Money {
	sums := map[string]float64{}
	for i, at := range orders {
		if at != never {
			amount, currency := c.params.price(int(c.accounts[i].cell))
			sums[currency] += amount
		}
	}
	var out []event.Money
	for currency, amount := range sums {
		out = append(out, event.Money{Currency: currency, Amount: amount})
	}
	slices.SortFunc(out, func(a, b event.Money) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}
