package demo

import (
	"errors"
	"math"
	"slices"
	"time"
)

// kind is what a task tells.
type kind uint8

const (
	adClick  kind = iota // who is a visitor
	pageView             // extra is the page
	leadCaptured
	tasting // extra is 1 + the tablet that is signed in at, 0 none
	demoHeld
	tabletView // who is a tablet, extra the page
	merge      // alias of a duplicate

	surveyed // who is an account
	quoted
	ordered
	cancelled
	delivered
	firstBrew
	brew // extra is the member
	buyersCup
	machineRefilled
	faultReported
	descaled
	ticketOpened // extra is the topic
	ticketResolved
	supplies // extra is 1 for iced tea
	subscribed
	review

	join         // who is a member
	screenView   // extra is the screen
	memberReview // extra is the rating

	installed // who is a visitor, or a member where extra is 1
	registered
	verified
)

// errSmall says that a plan has no room for what it promises.
var errSmall = errors.New("demo: there is no account that could order iced tea in a month that needs some")

const microsecondsADay = int64(24 * time.Hour / time.Microsecond)

// planVisitor lays a visitor's way out from the day of the first visit on.
func (c *Company) planVisitor(i int32) {
	v := &c.visitors[i]
	w := way{lead: -1, taste: -1}
	switch lead := int(i); {
	case v.account >= 0:
		w = c.accounts[v.account].way
	case lead < c.quotas.tasted:
		w = c.wayToTaste()
	case lead < c.quotas.leads:
		w = c.wayToLead()
	default:
		w.end = c.dice.IntN(30)
	}
	day := v.day
	first := c.clock(day, 8, 22)
	v.first = first
	if c.params.Channels[v.channel].Click > 0 {
		c.plan(adClick, first-int64(2*time.Second/time.Microsecond), i, 0)
	}
	c.plan(pageView, first, i, 0)
	c.browse(i, day, first, w)
	if w.lead < 0 {
		return
	}
	at := first + int64(4*time.Minute/time.Microsecond) + c.dice.Int64N(int64(15*time.Minute/time.Microsecond))
	if w.lead > 0 {
		at = c.clock(day+w.lead, 8, 22)
	}
	c.plan(leadCaptured, at, i, 0)
	v.renamed = math.MaxInt64
	if w.taste >= 0 {
		c.planTasting(i, day+w.taste)
	}
	if v.account >= 0 {
		c.accounts[v.account].way = w.from(day)
		v.renamed = c.planQuote(v.account)
	}
	if v.duplicate {
		c.planMerge(i, day, w)
	}
}

// planMerge lets the two ids of a visitor become one, some evening after the second
// was used, on the last day at the latest; where it never is, after their way.
func (c *Company) planMerge(i int32, day int, w way) {
	late := day + w.end + 3 + c.dice.IntN(37)
	if w.quote >= 0 {
		late = day + w.quote + 1 + c.dice.IntN(30)
		if c.over(day + w.quote) {
			late = min(late, c.days-1)
		}
	}
	c.plan(merge, c.clock(late, 18, 20), i, 0)
}

// browse adds visits of the site between the first one and the end of the way
// to the lead, and some after it.
func (c *Company) browse(i int32, day int, first int64, w way) {
	views := c.dice.IntN(4)
	if w.lead >= 0 {
		views = 3 + c.dice.IntN(8)
	}
	for n := range views {
		page := int32(1 + c.dice.IntN(len(pages)-1))
		if n == 0 || w.end == 0 || c.dice.Float64() < 0.5 { // goes on at once
			c.plan(pageView, first+int64(20+n*45+c.dice.IntN(40))*1_000_000, i, page)
			continue
		}
		c.plan(pageView, c.clock(day+1+c.dice.IntN(min(w.end, 60)), 8, 22), i, page)
	}
}

// planTasting puts a visitor into the showroom, some of them on a tablet there,
// or a machine in front of them.
func (c *Company) planTasting(i int32, day int) {
	if !c.showroom[i] {
		c.plan(demoHeld, c.clock(day, 10, 17), i, 0)
		return
	}
	at, tablet := c.clock(day, 10, 17), int32(0)
	if c.params.Tablets > 0 && c.dice.Float64() < c.params.OnTablet {
		tablet = 1 + int32(c.dice.IntN(c.params.Tablets))
		for n := range 1 + c.dice.IntN(3) {
			c.plan(tabletView, at+int64(60+90*n)*1_000_000, tablet-1, int32(1+c.dice.IntN(len(pages)-1)))
		}
	}
	c.plan(tasting, at, i, tablet)
}

// from makes the days of a way count from the start of the simulation.
func (w way) from(day int) way {
	for _, d := range []*int{&w.lead, &w.taste, &w.survey, &w.quote, &w.order, &w.cancel, &w.deliver, &w.brew, &w.weekly, &w.refill, &w.care, &w.subscribe, &w.stop, &w.review, &w.end} {
		if *d >= 0 {
			*d += day
		}
	}
	return w
}

// planQuote plans an account up to its order, and gives the instant of the quote.
func (c *Company) planQuote(i int32) int64 {
	a := &c.accounts[i]
	if a.way.survey >= 0 {
		c.plan(surveyed, c.clock(a.way.survey, 10, 17), i, 0)
	}
	at := c.clock(a.way.quote, 10, 17)
	c.plan(quoted, at, i, 0)
	if a.way.order >= 0 {
		jitter := int64(bookkeeping / time.Microsecond)
		c.plan(ordered, at+int64(a.way.order-a.way.quote)*microsecondsADay+c.dice.Int64N(2*jitter)-jitter, i, 0)
	}
	return at
}

// planAccount plans what follows an order. What the machine does every day is
// told day by day.
func (c *Company) planAccount(i int32) {
	a := &c.accounts[i]
	w := &a.way
	if w.cancel >= 0 {
		c.plan(cancelled, c.clock(w.cancel, 10, 17), i, 0)
	}
	if !c.over(w.deliver) {
		return
	}
	at := c.clock(w.deliver, 9, 16)
	c.plan(delivered, at, i, 0)
	if w.review >= 0 {
		c.plan(review, c.clock(w.review, 9, 21), i, 0)
	}
	w.stop = c.days
	switch {
	case w.brew < 0:
		w.stop = w.deliver
		if c.dice.Float64() < 0.8 {
			c.planTicket(i, c.clock(w.deliver+1+c.dice.IntN(5), 9, 18), 0)
		}
	case w.brew == w.deliver:
		a.brewAt = at + int64(time.Hour/time.Microsecond) + c.dice.Int64N(int64(2*time.Hour/time.Microsecond))
	default:
		a.brewAt = c.clock(w.brew, 9, 17)
	}
	if w.brew >= 0 {
		c.plan(firstBrew, a.brewAt, i, a.members)
		c.plan(buyersCup, a.brewAt+int64(20+a.number%120)*int64(time.Minute/time.Microsecond), i, 0)
		if w.subscribe < 0 && c.dice.Float64() < 0.6 { // falls silent
			w.stop = max(w.end, w.brew+40) + c.dice.IntN(240)
		}
	}
	c.planMembers(a)
	c.planSupplies(i)
}

// joining is when those who use a machine join: more of them sooner, the earlier of
// two evenly drawn days.
type joining struct{ from, days int }

// joining begins with the day after the first cup; until then everybody looks at the
// app once.
func (c *Company) joining(a *account) joining {
	if c.over(a.way.brew) {
		return joining{a.way.brew + 1, 60}
	}
	return joining{a.way.deliver, 6}
}

// joined is the share of all who have joined before a day.
func (j joining) joined(day int) float64 {
	left := 1 - min(max(float64(day-j.from)/float64(j.days), 0), 1)
	return 1 - left*left
}

// day is by when that share of all has joined.
func (j joining) day(share float64) int {
	return j.from + int(float64(j.days)*(1-math.Sqrt(1-share)))
}

// planMembers lets the first member make the first cup and the others join in
// the weeks after.
func (c *Company) planMembers(a *account) {
	when := c.joining(a)
	for m := a.members; m < a.memberEnd; m++ {
		day := when.day(c.dice.Float64() * when.joined(c.days))
		c.members[m].joined = c.clock(min(day, c.days-1), 8, 9)
	}
	if c.over(a.way.brew) {
		c.members[a.members].joined = a.brewAt - int64(2*time.Minute/time.Microsecond)
	}
	slices.SortFunc(c.members[a.members:a.memberEnd], func(x, y member) int { return int((x.joined - y.joined) / 1_000_000) })
}

func (c *Company) planSupplies(i int32) {
	w := c.accounts[i].way
	if w.refill < 0 {
		return
	}
	for day := w.refill; day < w.stop; day += 26 + c.dice.IntN(18) {
		c.plan(supplies, c.clock(day, 10, 18), i, 0)
	}
	if w.care >= 0 {
		for day := w.care; day < w.stop; day += 40 + c.dice.IntN(20) {
			c.plan(descaled, c.clock(day, 18, 19), i, 0)
		}
	}
	if w.subscribe >= 0 {
		c.plan(subscribed, c.clock(w.subscribe, 10, 18), i, 0)
	}
}

func (c *Company) planTicket(i int32, at int64, topic int32) {
	c.plan(ticketOpened, at, i, topic)
	if c.dice.Float64() < 0.93 {
		hours := 2 + c.dice.IntN(46)
		if topic == 0 {
			hours *= 4
		}
		c.plan(ticketResolved, at+int64(hours)*int64(time.Hour/time.Microsecond), i, topic)
	}
}

// planIced deals each month's quota of iced tea to accounts that order supplies
// already.
func (c *Company) planIced() error {
	var since []int64 // of accounts, ascending, the day after their first order
	var who []int32
	for i, a := range c.accounts {
		if a.way.refill >= 0 {
			who = append(who, int32(i))
		}
	}
	slices.SortFunc(who, func(x, y int32) int { return c.accounts[x].way.refill - c.accounts[y].way.refill })
	for _, i := range who {
		since = append(since, c.start+int64(c.accounts[i].way.refill+1)*microsecondsADay)
	}
	for _, m := range c.params.months() {
		from, until := c.dayOf(m.from), c.dayOf(m.until)
		for range m.iced {
			at := c.clock(from+c.dice.IntN(until-from), 10, 18)
			able, _ := slices.BinarySearch(since, at)
			if able == 0 {
				return errSmall
			}
			i := who[c.dice.IntN(able)]
			for try := 0; try < able && c.clock(c.accounts[i].way.stop, 0, 1) < at; try++ { // not one that fell silent
				i = who[c.dice.IntN(able)]
			}
			c.plan(supplies, at, i, 1)
		}
	}
	return nil
}

func (c *Company) dayOf(t time.Time) int { return int((t.UnixMicro() - c.start) / microsecondsADay) }
