package demo

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// quotas are the exact counts of a plan.
type quotas struct {
	visitors, members   int
	visits, addresses   [][]int // visitors and leads by Params.months, then Params.Channels
	visitorsBy, leadsBy []int   // the same by Params.Channels
	leads, duplicates   int
	tasted, showroom    int
	quoted, surveyed    int
	ordered             int
	orderedBy           []int // by Params.Sales
	lostBy              []int // quotes without an order, by Params.Sales
	orderedCells        []int // by region, then size
	cancelled, waiting  int
	delivered, reviewed int
	deliveredBy         []int // by Params.Industries
	brewedBy            []int
	brewed, weekly      int
	refilled, descaled  int
	subscribed          int

	installedBy          []int // by Params.Channels
	usersInstalled       int   // people who use a machine
	installed            int   // both
	registered, verified int
}

func (p Params) quotas() quotas {
	var q quotas
	q.visitors = part(p.People, p.Visitors)
	q.members = p.People - q.visitors
	p.dealVisitors(&q)
	q.leads = sum(q.leadsBy)
	q.duplicates = part(q.leads, p.Duplicates)
	q.tasted = part(q.leads, p.Tasting)
	q.showroom = part(q.tasted, p.Showroom)
	q.quoted = p.Accounts
	q.surveyed = part(q.quoted, p.Survey)
	q.ordered = part(q.quoted, p.Order)
	sales := shares(p.Sales, func(s SalesChannel) float64 { return s.Share })
	q.orderedBy = apportion(q.ordered, sales)
	q.lostBy = apportion(q.quoted-q.ordered, sales)
	q.orderedCells = apportion(q.ordered, p.cells())
	q.cancelled = part(q.ordered, p.Cancel)
	q.waiting = part(q.ordered, p.Waiting)
	q.delivered = q.ordered - q.cancelled - q.waiting
	q.reviewed = part(q.delivered, p.Review)
	q.deliveredBy = apportion(q.delivered, shares(p.Industries, func(i Industry) float64 { return i.Share }))
	for i, industry := range p.Industries {
		q.brewedBy = append(q.brewedBy, part(q.deliveredBy[i], industry.FirstBrew))
	}
	q.brewed = sum(q.brewedBy)
	q.weekly = part(q.brewed, p.Weekly)
	q.refilled = part(q.weekly, p.Refill)
	q.descaled = part(q.refilled, p.Descale)
	q.subscribed = part(q.refilled, p.Subscribe)
	for i, c := range p.Channels {
		since := 0
		for _, visits := range q.visits[p.AppMonths:] {
			since += visits[i]
		}
		q.installedBy = append(q.installedBy, part(since, c.Install))
	}
	q.usersInstalled = part(q.members, p.UserInstall)
	q.installed = sum(q.installedBy) + q.usersInstalled
	q.registered = part(q.installed, p.SignUp)
	q.verified = part(q.registered, p.Verify)
	return q
}

// slowing is the power of time with which visitors come, but for ads and the push:
// all but evenly, a few more at first.
const slowing = 0.9

// dealVisitors deals visitors to months and channels: those of ads not before there
// is an app, more of those that are pushed. Of each channel's visitors a month has
// those who leave an address that the months so far still owe to the rate, so that
// neither a month nor all of them together is further than one from it.
func (p Params) dealVisitors(q *quotas) {
	months := p.months()
	reached := func(t time.Time) float64 { // share of all
		return math.Pow(float64(t.Sub(p.Start()))/float64(p.End.Sub(p.Start())), slowing)
	}
	var weights []float64
	for i, m := range months {
		for _, c := range p.Channels {
			weight := (reached(m.until) - reached(m.from)) * c.Share
			switch {
			case m.pushed:
				weight *= c.Pushed
			case c.Click > 0 && i < p.AppMonths:
				weight = 0
			}
			weights = append(weights, weight)
		}
	}
	dealt := apportion(q.visitors, weights)
	q.visitorsBy, q.leadsBy = make([]int, len(p.Channels)), make([]int, len(p.Channels))
	owed := make([]float64, len(p.Channels))
	for i, m := range months {
		visits := dealt[i*len(p.Channels):][:len(p.Channels)]
		addresses := make([]int, len(p.Channels))
		for channel, n := range visits {
			rate := p.Channels[channel].Lead
			if m.pushed {
				rate += p.Form
			}
			owed[channel] += float64(n) * rate
			addresses[channel] = min(max(int(math.Round(owed[channel]))-q.leadsBy[channel], 0), n)
			q.visitorsBy[channel] += n
			q.leadsBy[channel] += addresses[channel]
		}
		q.visits, q.addresses = append(q.visits, visits), append(q.addresses, addresses)
	}
}

// cells are the shares of regions and sizes together, by region, then size.
func (p Params) cells() []float64 {
	var out []float64
	for _, region := range p.Regions {
		for _, size := range p.Sizes {
			out = append(out, region.Share*size.Share)
		}
	}
	return out
}

// price of the machine that an account of a cell buys.
func (p Params) price(cell int) (amount float64, currency string) {
	region, size := p.Regions[cell/len(p.Sizes)], p.Sizes[cell%len(p.Sizes)]
	return region.amount(size.Price), region.Currency
}

// amount is a price in TWD as it is asked for in the region.
func (r Region) amount(twd float64) float64 {
	return max(r.Round, math.Round(twd*r.Rate/r.Round)*r.Round)
}

// month is one calendar month of the plan.
type month struct {
	from, until time.Time
	iced        int  // orders of supplies for iced tea
	pushed      bool // whether channels are pushed in it
}

// months are the calendar months from Start to End, the first and the last cut
// there, with their quota of iced tea.
func (p Params) months() []month {
	var out []month
	start := p.Start()
	for first := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, Zone); first.Before(p.End); first = first.AddDate(0, 1, 0) {
		next := first.AddDate(0, 1, 0)
		m := month{from: latest(first, start), until: earliest(next, p.End)}
		growth := min(max(float64(len(out)-7)/6, 0), 1)
		season := 1 + p.SummerSwing*math.Cos(2*math.Pi*float64(first.Month()-time.July)/12)
		whole := float64(m.until.Sub(m.from)) / float64(next.Sub(first))
		m.iced = int(math.Round(p.IcedPerMonth * growth * season * whole))
		out = append(out, m)
	}
	for i := range out {
		out[i].pushed = i >= len(out)-p.PushMonths
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// part is a rate of n, to the nearest whole.
func part(n int, rate float64) int { return int(math.Round(float64(n) * rate)) }

// apportion deals n out by shares (which need not sum to 1) with the method of
// largest remainders (Hamilton 1792): the parts sum to n and none is further
// than one from its share.
func apportion(n int, shares []float64) []int {
	total := 0.0
	for _, s := range shares {
		total += s
	}
	out := make([]int, len(shares))
	order := make([]int, len(shares))
	remainder := make([]float64, len(shares))
	left := n
	for i, s := range shares {
		exact := float64(n) * s / total
		out[i] = int(exact)
		remainder[i] = exact - float64(out[i])
		order[i] = i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder[b], remainder[a]) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// logNormalQuantile is the quantile of a log-normal distribution.
func logNormalQuantile(p, median, sigma float64) float64 {
	return distuv.LogNormal{Mu: math.Log(median), Sigma: sigma}.Quantile(p)
}

func shares[T any](of []T, share func(T) float64) []float64 {
	var out []float64
	for _, v := range of {
		out = append(out, share(v))
	}
	return out
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
