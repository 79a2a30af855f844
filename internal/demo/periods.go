package demo

import "time"

// Month is what happens in one calendar month in Zone, cut at the start and at the
// end of the company.
type Month struct {
	From   time.Time // the first instant of the calendar month
	Pushed bool      // whether channels are pushed in it
	// Leads are the visitors who first come in the month, and those of them who leave
	// an address, by channel.
	Leads       map[string]Passed
	Orders      int     // of machines
	OrdersInTWD int     // those paid in TWD …
	Revenue     float64 // … and what they are worth
	Iced        int     // orders of supplies for iced tea: the summer swings
}

// months counts what visitors and accounts did, by the instants of leads and orders.
func (c *Company) months(leads, orders []int64) []Month {
	var out []Month
	for i, m := range c.params.months() {
		month := Month{
			From: time.Date(m.from.Year(), m.from.Month(), 1, 0, 0, 0, 0, Zone), Pushed: m.pushed,
			Leads: map[string]Passed{}, Iced: m.iced,
		}
		for channel, n := range c.quotas.visits[i] {
			month.Leads[c.params.Channels[channel].Name] = Passed{From: n}
		}
		for v, at := range leads {
			if day := c.visitors[v].day; at != never && day >= c.dayOf(m.from) && day < c.dayOf(m.until) {
				name := c.params.Channels[c.visitors[v].channel].Name
				of := month.Leads[name]
				of.To++
				month.Leads[name] = of
			}
		}
		for a, at := range orders {
			if at < m.from.UnixMicro() || at >= m.until.UnixMicro() {
				continue
			}
			month.Orders++
			if amount, currency := c.params.price(int(c.accounts[a].cell)); currency == "TWD" {
				month.OrdersInTWD++
				month.Revenue += amount
			}
		}
		out = append(out, month)
	}
	return out
}

// Week is a week of the machines, from a Monday to a Sunday. What its customers do
// later counts until the end of the company.
type Week struct {
	From    time.Time
	InUse   int // machines that make ten cups or more in it
	Brewing int // machines that make a cup in it
	Cups    int
	Started Passed // machines delivered in it, and those of them that are ever used …
	Kept    int    // … and that make ten cups or more in the twelfth week after it
	Renewed Passed // accounts that first order supplies in it, and those of them that subscribe to them
	Quoted  Passed // quotes sent in it, and those of them that become orders within fourteen days
}

// keptAfter is how many weeks after its delivery a machine is looked at again.
const keptAfter = 12

// Weeks are all whole weeks before the end.
func (c *Company) Weeks() []Week {
	did := c.deeds(len(c.accounts), quoted, ordered, delivered, firstBrew, supplies, subscribed)
	first := 0 // day
	for c.date(first).Weekday() != time.Monday {
		first++
	}
	weeks := make([]Week, (c.days-first)/7)
	for i := range weeks {
		weeks[i].From = c.date(first + 7*i)
	}
	// in is the week of a day, −1 for those before the first and after the last.
	in := func(day int) int {
		if day < first || day >= first+7*len(weeks) {
			return -1
		}
		return (day - first) / 7
	}
	pass := func(of func(w *Week) *Passed, at int64, passed bool) {
		if at == never {
			return
		}
		if w := in(int((at - c.start) / microsecondsADay)); w >= 0 {
			p := of(&weeks[w])
			p.From++
			if passed {
				p.To++
			}
		}
	}
	for i := range c.accounts {
		quote, order, delivery, cup, refill, subscription := did[0][i], did[1][i], did[2][i], did[3][i], did[4][i], did[5][i]
		pass(func(w *Week) *Passed { return &w.Quoted }, quote, order != never && order-quote <= 14*microsecondsADay)
		pass(func(w *Week) *Passed { return &w.Started }, delivery, cup != never)
		pass(func(w *Week) *Passed { return &w.Renewed }, refill, subscription != never)
		if cup == never {
			continue
		}
		made := c.cupsBy(&c.accounts[i], len(weeks), in)
		for w, n := range made {
			weeks[w].Cups += n
			if n > 0 {
				weeks[w].Brewing++
			}
			if n >= 10 {
				weeks[w].InUse++
			}
		}
		if w := in(c.accounts[i].way.deliver); w >= 0 && w+keptAfter < len(weeks) && made[w+keptAfter] >= 10 {
			weeks[w].Kept++
		}
	}
	return weeks
}

// cupsBy is how many cups a machine in use makes in each week.
func (c *Company) cupsBy(a *account, weeks int, in func(day int) int) []int {
	made := make([]int, weeks)
	for day := a.way.brew; day < min(a.way.stop, c.days); day++ {
		w := in(day)
		switch {
		case w < 0:
		case day == a.way.brew:
			made[w] += 2 // the first, and the buyer's
		default:
			made[w] += c.cupsOn(a, day)
		}
	}
	return made
}
