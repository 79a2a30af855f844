package demo

import (
	"math"
	"slices"
	"time"

	"beichen/internal/event"
)

// useMachines lets every machine be used for a day.
func (t *teller) useMachines(day int) {
	date := t.date(day)
	iced := 0.3 + 0.4*t.params.SummerSwing*math.Cos(2*math.Pi*float64(date.YearDay()-196)/365)
	for i := range t.accounts[:t.quotas.delivered] {
		a := &t.accounts[i]
		if a.way.brew < 0 || day <= a.way.brew || day >= a.way.stop {
			continue
		}
		from, until := 9, 18
		if t.isShop(a) {
			from, until = 11, 21
		}
		if cups := t.cupsOn(a, day); cups > 0 {
			t.makeCups(int32(i), a, day, cups, from, until, iced)
		}
	}
}

func (c *Company) isShop(a *account) bool {
	return c.params.Industries[a.industry].Name == "retail"
}

// cupsOn is how many cups a machine makes on a day after that of its first: shops'
// machines every day, offices' on working days, none in the one week of about fifty
// in which everybody is away; one that never came to weekly use makes a few on
// Tuesdays.
func (c *Company) cupsOn(a *account, day int) int {
	const settling = 14 // days
	if day > a.way.brew+settling && scatter(a.number, uint64(2_000+day/7))%50 == 0 {
		return 0
	}
	switch {
	case a.way.weekly < 0:
		if c.date(day).Weekday() == time.Tuesday {
			return pick([]int{1, 2, 3}, a.number, uint64(100+day))
		}
	case c.isShop(a):
		return c.size(a).Cups
	case c.isWorking(day):
		return c.size(a).Cups + pick([]int{0, 1}, a.number, uint64(100+day))
	}
	return 0
}

// holidays are the days of the year on which offices in Taiwan are closed and which
// are the same every year: January 1 is 101.
var holidays = []int{101, 228, 404, 405, 501, 928, 1010, 1025, 1225}

func (c *Company) isWorking(day int) bool {
	date := c.date(day)
	weekday := date.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !slices.Contains(holidays, 100*int(date.Month())+date.Day())
}

// date is the midnight that a day begins with.
func (c *Company) date(day int) time.Time {
	return time.UnixMicro(c.start + int64(day)*microsecondsADay).In(Zone)
}

func (t *teller) makeCups(i int32, a *account, day, cups, from, until int, iced float64) {
	midnight := t.start + int64(day)*microsecondsADay
	morning := midnight + int64(from)*int64(time.Hour/time.Microsecond)
	for a.members+t.joined[i] < a.memberEnd && t.members[a.members+t.joined[i]].joined < morning {
		t.joined[i]++
	}
	span := int64(until-from) * int64(time.Hour/time.Microsecond)
	some := func() int32 { return a.members + t.dice.Int32N(t.joined[i]) }
	for range cups {
		k := task{at: morning + t.dice.Int64N(span), who: i, extra: some() << 1, kind: brew}
		if t.dice.Float64() < iced {
			k.extra |= 1
		}
		k.arrives = k.at + 1_500_000
		if t.dice.IntN(250) == 0 && day+1 < t.days { // was offline until the next morning
			k.arrives = midnight + microsecondsADay + int64(6*time.Hour/time.Microsecond) + t.dice.Int64N(3_600_000_000)
			t.late = append(t.late, k)
			continue
		}
		t.today = append(t.today, k)
	}
	at := morning + t.dice.Int64N(span)
	if t.cups[i] += cups; t.cups[i] >= 60 {
		t.cups[i] = 0
		t.today = append(t.today, task{at: at, arrives: at, who: i, extra: some(), kind: machineRefilled})
	}
	for range t.dice.IntN(3) {
		t.today = append(t.today, task{at: at, arrives: at, who: some(), extra: t.dice.Int32N(int32(len(screens))), kind: screenView})
	}
	switch t.dice.IntN(1_000) {
	case 0, 1, 2, 3, 4:
		t.today = append(t.today, task{at: at, arrives: at, who: i, extra: some(), kind: faultReported})
	case 5, 6, 7, 8, 9:
		t.today = append(t.today, task{at: at, arrives: at, who: some(), extra: 3 + max(t.dice.Int32N(3), t.dice.Int32N(3)), kind: memberReview})
	}
}

func (t *teller) tellMachine(k task, a *account) {
	serial := t.size(a).Machine + "-"
	name, who := "Brew Made", k.extra
	switch k.kind {
	case brew:
		who = k.extra >> 1
	case machineRefilled:
		name = "Machine Refilled"
	case faultReported:
		name = "Fault Reported"
	case descaled:
		name, who = "Descale Done", a.members
	}
	m := t.track(k, name, "machines", "")
	m.UserID, m.GroupID = id("m-", who+1), id("a-", a.number)
	switch k.kind {
	case buyersCup: // whoever bought the machine tries it the same day
		m.UserID = t.visitors[a.buyer].userID(k.at)
		m.Properties = t.object().id("serial", serial, a.number).str("tea", pick(hotTeas, a.number, 25)).str("temperature", "hot").num("ml", 240).end()
	case brew, firstBrew:
		temperature, tea := "hot", hotTeas[t.dice.IntN(len(hotTeas))]
		if k.kind == brew && k.extra&1 == 1 {
			temperature, tea = "iced", icedTeas[t.dice.IntN(len(icedTeas))]
		}
		m.Properties = t.object().id("serial", serial, a.number).str("tea", tea).str("temperature", temperature).num("ml", 180+60*t.dice.IntN(4)).end()
	case machineRefilled:
		m.Properties = t.object().id("serial", serial, a.number).num("grams", 200+50*t.dice.IntN(5)).end()
	case faultReported:
		m.Properties = t.object().id("serial", serial, a.number).str("code", faultCodes[t.dice.IntN(len(faultCodes))]).end()
		t.complain(k, a)
	case descaled:
		m.Properties = t.object().id("serial", serial, a.number).num("minutes", 12+t.dice.IntN(9)).end()
	}
}

// complain opens a ticket about two faults of three, at once, and resolves it
// on a later day.
func (t *teller) complain(k task, a *account) {
	if t.dice.IntN(3) == 0 {
		return
	}
	topic := 1 + t.dice.Int32N(int32(len(topics)-1))
	t.tellAccount(task{at: k.at, arrives: k.arrives, who: k.who, extra: topic, kind: ticketOpened}, a)
	at := k.at + int64(24+t.dice.IntN(48))*int64(time.Hour/time.Microsecond)
	if at < t.end {
		t.late = append(t.late, task{at: at, arrives: max(at, k.arrives), who: k.who, extra: topic, kind: ticketResolved})
	}
}

func (t *teller) tellMember(k task, who int32) {
	m := t.members[who]
	a := &t.accounts[m.account]
	region := t.region(a).Name
	account := id("a-", a.number)
	switch k.kind {
	case join:
		first := t.message(event.Screen, k.at, k.arrives, "app")
		first.Name, first.AnonymousID = "Screen Viewed", id("phone-", who+1)
		first.Properties = t.object().str("name", "Welcome").end()
		known := t.message(event.Identify, k.at, k.arrives, "app")
		known.UserID, known.AnonymousID = id("m-", who+1), id("phone-", who+1)
		known.Traits = t.object().str("name", personName(region, who+50_000)).str("region", region).str("locale", locale(region)).str("role", "user").end()
		works := t.message(event.Group, k.at, k.arrives, "app")
		works.UserID, works.GroupID = id("m-", who+1), account
	case screenView:
		seen := t.message(event.Screen, k.at, k.arrives, "app")
		seen.Name, seen.UserID, seen.GroupID = "Screen Viewed", id("m-", who+1), account
		seen.Properties = t.object().str("name", screens[k.extra]).end()
	case memberReview:
		said := t.track(k, "Review Posted", "reviews", "app")
		said.UserID, said.GroupID = id("m-", who+1), account
		said.Properties = t.reviewOf(int(k.extra), t.size(a))
	}
}
