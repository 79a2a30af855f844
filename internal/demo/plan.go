package demo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// bookkeeping is how far from the hour of its quote an order may be booked.
const bookkeeping = 90 * time.Minute

// Company is a planned sample company: everybody in it, and what each will do on
// which day. Messages tells it.
type Company struct {
	params Params
	quotas quotas
	dice   *rand.Rand
	start  int64 // microseconds
	end    int64
	days   int

	visitors []visitor
	accounts []account // the first ones order, of these the first are delivered
	members  []member  // those of an account side by side
	showroom []bool    // by visitor, of those who taste
	planned  []task    // what happens before the end, by the time it arrives
}

// visitor is a person who is met on the site.
type visitor struct {
	number    int32 // of their ids; no order is to be read from it
	channel   int8
	account   int32 // −1 without a quote
	duplicate bool  // known as web-… until the quote, as c-… from then on
	day       int   // of the first visit
	first     int64 // its instant
	renamed   int64 // the instant from which a duplicate is c-…
}

// account is a company that is sent a quote, with the days of its way.
type account struct {
	number   int32
	buyer    int32 // into visitors
	sales    int8
	cell     int8 // region and size
	industry int8
	way      way
	brewAt   int64
	reviewed bool

	members, memberEnd int32 // into Company.members
}

// member is a person who uses an account's machine.
type member struct {
	account int32
	joined  int64
}

// way are the days from the first visit, later those from the start, to each step of
// a buyer and a machine; −1 is never. Those after the last day are not told.
type way struct {
	lead, taste, survey, quote, order          int
	cancel, deliver, brew, weekly              int
	refill, care, subscribe, stop, review, end int
}

// New plans a sample company. It fails when the parameters contradict each other.
func New(p Params) (*Company, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	c := &Company{
		params: p, quotas: p.quotas(), dice: rand.New(rand.NewPCG(p.Seed, 1)),
		start: p.Start().UnixMicro(), end: p.End.UnixMicro(),
		days: int(p.End.Sub(p.Start()) / (24 * time.Hour)),
	}
	c.meetVisitors()
	c.openAccounts()
	for i := range c.visitors {
		c.planVisitor(int32(i))
	}
	c.hireMembers()
	for i := range c.accounts {
		c.planAccount(int32(i))
	}
	if err := c.planIced(); err != nil {
		return nil, err
	}
	for i := range c.members {
		c.plan(join, c.members[i].joined, int32(i), 0)
	}
	if err := c.planApp(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.planned, byArrival)
	return c, nil
}

// meetVisitors deals visitors to months and channels. Leads come first, and of these
// the buyers of accounts, in the order of the accounts.
func (c *Company) meetVisitors() {
	q := c.quotas
	var leads, others []visitor
	for month, m := range c.params.months() {
		evenly, budgeted := c.daysOf(m, false), c.daysOf(m, true)
		for channel, n := range q.visits[month] {
			days := evenly
			if c.params.Channels[channel].Click > 0 {
				days = budgeted
			}
			for i := range n {
				v := visitor{channel: int8(channel), account: -1, day: days[c.dice.IntN(len(days))]}
				if i < q.addresses[month][channel] {
					leads = append(leads, v)
				} else {
					others = append(others, v)
				}
			}
		}
	}
	c.dice.Shuffle(len(leads), func(i, j int) { leads[i], leads[j] = leads[j], leads[i] })
	for i, twice := range c.choose(q.leads, q.duplicates) {
		leads[i].duplicate = twice
	}
	for i := range q.quoted {
		leads[i].account = int32(i)
	}
	c.visitors = append(leads, others...)
	c.showroom = c.choose(q.tasted, q.showroom)
	for i, n := range c.dice.Perm(len(c.visitors)) {
		c.visitors[i].number = int32(n + 1)
	}
}

// daysOf are the days of a month, each as often as visitors come on it: evenly, or by
// the budget of its week for ads, which is decided week by week.
func (c *Company) daysOf(m month, budgeted bool) (out []int) {
	for day := c.dayOf(m.from); day < c.dayOf(m.until); day++ {
		often := 1
		if budgeted {
			often = pick([]int{1, 2, 3, 4}, int32(day/7), 26)
		}
		out = append(out, slices.Repeat([]int{day}, often)...)
	}
	return out
}

// openAccounts deals accounts to segments and to how far they come, each by quota.
func (c *Company) openAccounts() {
	q, p := c.quotas, c.params
	lost := q.quoted - q.ordered
	industry := shares(p.Industries, func(i Industry) float64 { return i.Share })
	sales := append(c.deal(q.orderedBy), c.deal(q.lostBy)...)
	cells := append(c.deal(q.orderedCells), c.deal(apportion(lost, p.cells()))...)
	industries := append(c.deal(q.deliveredBy), c.deal(apportion(q.quoted-q.delivered, industry))...)
	surveyed := c.choose(q.quoted, q.surveyed)
	reviewed := c.choose(q.delivered, q.reviewed)
	deciding := c.decidingDays()

	c.accounts = make([]account, q.quoted)
	for i, number := range c.dice.Perm(q.quoted) {
		a := &c.accounts[i]
		*a = account{number: int32(number + 1), buyer: int32(i), sales: int8(sales[i]), cell: int8(cells[i]), industry: int8(industries[i])}
		a.way = c.wayToQuote(surveyed[i])
		if i < q.ordered {
			s := sales[i]
			a.way.order = a.way.quote + deciding[s][0]
			deciding[s] = deciding[s][1:]
			a.way.end = a.way.order
		}
		switch {
		case i < q.delivered:
			a.way.deliver = a.way.order + 4 + c.dice.IntN(32)
			a.way.end = a.way.deliver + 1
			if a.reviewed = reviewed[i]; a.reviewed {
				a.way.review = a.way.deliver + 20 + c.dice.IntN(26)
				a.way.end = a.way.review
			}
		case i < q.delivered+q.cancelled:
			a.way.cancel = a.way.order + 1 + c.dice.IntN(5)
			a.way.end = a.way.cancel
		}
	}
	c.startMachines()
}

// decidingDays are whole days from quote to order by sales channel: the
// quantiles (i + ½)/n of the plan's distribution, shuffled.
func (c *Company) decidingDays() [][]int {
	out := make([][]int, len(c.params.Sales))
	for s, n := range c.quotas.orderedBy {
		for i := range n {
			days := logNormalQuantile((float64(i)+0.5)/float64(n), c.params.Sales[s].Days, c.params.QuoteSpread)
			out[s] = append(out[s], min(max(int(math.Round(days)), 1), 120))
		}
		c.dice.Shuffle(n, func(i, j int) { out[s][i], out[s][j] = out[s][j], out[s][i] })
	}
	return out
}

// startMachines decides by quota which delivered machines are used, and how far
// their use goes.
func (c *Company) startMachines() {
	q := c.quotas
	used := make([]int, 0, q.brewed) // accounts
	left := slices.Clone(q.brewedBy)
	for _, i := range c.dice.Perm(q.delivered) {
		if n := &left[c.accounts[i].industry]; *n > 0 {
			*n--
			used = append(used, i)
		}
	}
	c.dice.Shuffle(len(used), func(i, j int) { used[i], used[j] = used[j], used[i] })
	care, subscribe := c.choose(q.refilled, q.descaled), c.choose(q.refilled, q.subscribed)
	for rank, i := range used {
		w := &c.accounts[i].way
		w.brew = w.deliver + min(c.dice.IntN(14), c.dice.IntN(14))
		w.end = max(w.end, w.brew+1)
		if rank >= q.weekly {
			continue
		}
		w.weekly = w.brew + 1
		w.end = max(w.end, w.brew+14)
		if rank >= q.refilled {
			continue
		}
		w.refill = w.brew + 21 + c.dice.IntN(40)
		w.end = max(w.end, w.refill)
		if care[rank] {
			w.care = w.refill + 8 + c.dice.IntN(13)
			w.end = max(w.end, w.care)
		}
		if subscribe[rank] {
			w.subscribe = w.refill + 30 + c.dice.IntN(54)
			w.end = max(w.end, w.subscribe)
		}
	}
}

// wayToLead is the way of somebody who leaves an address, 0 … 20 days after the
// first visit.
func (c *Company) wayToLead() way {
	w := way{lead: -1, taste: -1, survey: -1, quote: -1, order: -1, cancel: -1, deliver: -1, brew: -1, weekly: -1, refill: -1, care: -1, subscribe: -1, stop: -1, review: -1}
	w.lead = 0
	if c.dice.Float64() < 0.6 {
		w.lead = 1 + c.dice.IntN(20)
	}
	w.end = w.lead
	return w
}

func (c *Company) wayToTaste() way {
	w := c.wayToLead()
	w.taste = w.lead + 2 + c.dice.IntN(24)
	w.end = w.taste
	return w
}

func (c *Company) wayToQuote(surveyed bool) way {
	w := c.wayToTaste()
	w.quote = w.taste + 2 + c.dice.IntN(9)
	if surveyed {
		w.survey = w.taste + 2 + c.dice.IntN(8)
		w.quote = w.survey + 1 + c.dice.IntN(7)
	}
	w.end = w.quote
	return w
}

// hireMembers gives every machine that was delivered people who use it: more to
// larger ones, and fewer to those that have not been there for long.
func (c *Company) hireMembers() {
	q := c.quotas
	var there []int // accounts
	var weights []float64
	for i := range c.accounts[:q.delivered] {
		if a := &c.accounts[i]; c.over(a.way.deliver) {
			there = append(there, i)
			weights = append(weights, (float64(c.size(a).Cups)+1)*c.joining(a).joined(c.days))
		}
	}
	c.members = make([]member, 0, q.members)
	for n, more := range apportion(q.members-len(there), weights) {
		i := there[n]
		a := &c.accounts[i]
		a.members = int32(len(c.members))
		a.memberEnd = a.members + int32(more) + 1
		for range more + 1 {
			c.members = append(c.members, member{account: int32(i)})
		}
	}
}

func (c *Company) size(a *account) Size {
	return c.params.Sizes[int(a.cell)%len(c.params.Sizes)]
}

func (c *Company) region(a *account) Region {
	return c.params.Regions[int(a.cell)/len(c.params.Sizes)]
}

// deal makes a shuffled list in which i stands counts[i] times.
func (c *Company) deal(counts []int) []int {
	var out []int
	for i, n := range counts {
		out = append(out, slices.Repeat([]int{i}, n)...)
	}
	c.dice.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// choose marks k of n.
func (c *Company) choose(n, k int) []bool {
	out := make([]bool, n)
	for _, i := range c.dice.Perm(n)[:k] {
		out[i] = true
	}
	return out
}

// clock is an instant of a day between two hours, in microseconds.
func (c *Company) clock(day, from, to int) int64 {
	hour := int64(time.Hour / time.Microsecond)
	return c.start + int64(day)*24*hour + int64(from)*hour + c.dice.Int64N(int64(to-from)*hour)
}

// task is one thing that will happen: to whom is what the kind says.
type task struct {
	arrives, at int64
	who, extra  int32
	kind        kind
}

func byArrival(a, b task) int {
	return cmp.Or(cmp.Compare(a.arrives, b.arrives), cmp.Compare(a.at, b.at))
}

// over reports whether a day has come by the end.
func (c *Company) over(day int) bool { return day >= 0 && day < c.days }

// plan adds a task; what would happen after the end is not told.
func (c *Company) plan(k kind, at int64, who, extra int32) {
	if at < c.end {
		c.planned = append(c.planned, task{arrives: at, at: at, who: who, extra: extra, kind: k})
	}
}
