package demo

import (
	"iter"
	"math/rand/v2"
	"slices"

	"beichen/internal/event"
)

// Messages tells everything that happened, in the order in which it arrived, in
// batches that belong to the caller. All are Imported, with ids that are the
// same whenever the company is made of the same Params; Seq is not given. The
// sequence may be told more than once.
func (c *Company) Messages() iter.Seq[[]event.Message] {
	return func(yield func([]event.Message) bool) {
		t := teller{Company: c, writer: writer{yield: yield}, dice: rand.New(rand.NewPCG(c.params.Seed, 2))}
		t.cups = make([]int, len(c.accounts))
		t.joined = make([]int32, len(c.accounts))
		t.orders = make([]int, len(c.accounts))
		planned := c.planned
		for day := range c.days {
			midnight := c.start + int64(day+1)*microsecondsADay
			t.today = t.today[:0]
			t.late = slices.DeleteFunc(t.late, func(k task) bool {
				due := k.arrives < midnight
				if due {
					t.today = append(t.today, k)
				}
				return due
			})
			t.useMachines(day)
			for len(planned) > 0 && planned[0].arrives < midnight {
				t.today = append(t.today, planned[0])
				planned = planned[1:]
			}
			slices.SortStableFunc(t.today, byArrival)
			for _, happened := range t.today {
				t.tell(happened)
				if t.ended {
					return
				}
			}
		}
		t.flush()
	}
}

// teller turns tasks into messages.
type teller struct {
	*Company
	writer
	dice   *rand.Rand
	today  []task
	late   []task  // arrive on a later day
	cups   []int   // by account, since the last refill
	joined []int32 // by account: members who joined so far
	orders []int   // by account: of supplies, so far
}

func (t *teller) tell(k task) {
	switch k.kind {
	case adClick, pageView, leadCaptured, tasting, demoHeld, merge:
		t.tellVisitor(k, &t.visitors[k.who])
	case tabletView:
		m := t.page(k, int(k.extra))
		m.AnonymousID = id("tablet-", k.who+1)
	case installed, registered, verified:
		t.tellApp(k)
	case join, screenView, memberReview:
		t.tellMember(k, k.who)
	case firstBrew, brew, buyersCup, machineRefilled, faultReported, descaled:
		t.tellMachine(k, &t.accounts[k.who])
	default:
		t.tellAccount(k, &t.accounts[k.who])
	}
}

func (t *teller) track(k task, name, source, channel string) *event.Message {
	m := t.message(event.Track, k.at, k.arrives, source)
	m.Name, m.Channel = name, channel
	return m
}

// page is a view of a page of the site; whoever comes for the first time comes to
// the first one.
func (t *teller) page(k task, number int) *event.Message {
	p := pages[number]
	m := t.message(event.Page, k.at, k.arrives, "site")
	m.Name = "Page Viewed"
	m.Properties = t.object().str("name", p.name).str("path", p.path).str("title", p.title).bool("first_visit", number == 0).end()
	return m
}

// regionOf a visitor is that of the account, or likely one.
func (t *teller) regionOf(v *visitor) string {
	if v.account >= 0 {
		return t.region(&t.accounts[v.account]).Name
	}
	return pick([]string{"north", "north", "central", "south", "north", "japan", "us"}, v.number, 8)
}

// userID is the id under which a visitor was known at an instant.
func (v *visitor) userID(at int64) string {
	if v.duplicate && at < v.renamed {
		return id("web-", v.number)
	}
	return id("c-", v.number)
}

func (t *teller) tellVisitor(k task, v *visitor) {
	channel := t.params.Channels[v.channel]
	switch k.kind {
	case adClick:
		m := t.track(k, "Ad Clicked", "ads", channel.Name)
		m.AnonymousID, m.Cost, m.Currency = id("visitor-", v.number), t.float(channel.Click), "TWD"
		m.Properties = t.object().str("campaign", pick([]string{"辦公室好茶", "夏日冷泡", "開店第一台茶機"}, v.number, 9)).num("cost", int(channel.Click)).str("currency", "TWD").end()
	case pageView:
		m := t.page(k, int(k.extra))
		m.AnonymousID, m.Channel = id("visitor-", v.number), channel.Name
		m.Context = t.object().str("locale", locale(t.regionOf(v))).str("channel", channel.Name).
			open("device").str("type", pick([]string{"desktop", "mobile", "mobile"}, v.number, 10)).close().end()
	case leadCaptured:
		t.identify(k, v, id("visitor-", v.number), "site")
		m := t.track(k, "Lead Captured", "site", channel.Name)
		m.UserID = v.userID(k.at)
		m.Properties = t.object().str("form", pick(forms, v.number, 11)).str("machine", pick([]string{"QS-1", "QS-2", "QS-4"}, v.number, 12)).end()
	case tasting:
		if k.extra > 0 {
			t.identify(k, v, id("tablet-", k.extra), "showroom")
		}
		m := t.track(k, "Tasting Attended", "crm", "showroom")
		m.UserID = v.userID(k.at)
		m.Properties = t.object().str("place", pick([]string{"臺北大稻埕門市", "臺中審計新村快閃", "高雄駁二展間", "東京谷中"}, v.number, 13)).str("favourite", pick(hotTeas, v.number, 14)).end()
	case demoHeld:
		m := t.track(k, "Demo Held", "crm", "direct")
		m.UserID = v.userID(k.at)
		m.Properties = t.object().str("place", "客戶現場").num("cups_tasted", 3+int(v.number%6)).end()
	case merge:
		m := t.message(event.Alias, k.at, k.arrives, "crm")
		m.UserID, m.PreviousID = id("c-", v.number), id("web-", v.number)
	}
}

// identify links an anonymous id to a visitor and says who they are.
func (t *teller) identify(k task, v *visitor, anonymous, source string) {
	region := t.regionOf(v)
	m := t.message(event.Identify, k.at, k.arrives, source)
	m.UserID, m.AnonymousID = v.userID(k.at), anonymous
	m.Traits = t.object().str("name", personName(region, v.number)).str("email", id("c", v.number)+"@qinshan.example").
		str("title", pick(titles, v.number, 15)).str("region", region).str("locale", locale(region)).end()
}

func (t *teller) tellAccount(k task, a *account) {
	v := &t.visitors[a.buyer]
	sales := t.params.Sales[a.sales].Name
	size, region := t.size(a), t.region(a)
	price, currency := t.params.price(int(a.cell))
	of := func(m *event.Message) *event.Message {
		m.UserID, m.GroupID = v.userID(k.at), id("a-", a.number)
		return m
	}
	switch k.kind {
	case surveyed:
		m := of(t.track(k, "Site Surveyed", "crm", sales))
		m.Properties = t.object().str("space", pick([]string{"茶水間", "吧檯", "會議室外", "大廳"}, a.number, 16)).bool("water_line", t.hasWater(a)).end()
	case quoted:
		t.group(k, a, of)
		m := of(t.track(k, "Quote Sent", "crm", sales))
		m.Properties = t.object().str("machine", size.Machine).num("amount", int(price)).str("currency", currency).num("valid_days", 30).end()
	case ordered:
		m := of(t.track(k, "Order Placed", "erp", sales))
		m.Value, m.Currency = t.float(price), currency
		m.Properties = t.object().id("order_id", "O-", a.number).str("order_type", "machine").str("machine", size.Machine).
			num("value", int(price)).str("currency", currency).end()
	case cancelled:
		m := of(t.track(k, "Order Cancelled", "erp", sales))
		m.Properties = t.object().id("order_id", "O-", a.number).str("reason", pick([]string{"預算凍結", "辦公室搬遷", "選了別家", "重複下單"}, a.number, 17)).end()
	case delivered:
		m := of(t.track(k, "Machine Delivered", "erp", sales))
		m.Properties = t.object().id("serial", size.Machine+"-", a.number).bool("water_line", t.hasWater(a)).
			str("installer", pick([]string{"自有技師", "合作水電", "經銷商"}, a.number, 18)).end()
	case ticketOpened:
		about := topics[k.extra]
		m := of(t.track(k, "Ticket Opened", "desk", pick([]string{"phone", "line", "email"}, int32(k.at%9973), 19)))
		m.Properties = t.object().str("topic", about.name).str("text", about.text).id("serial", size.Machine+"-", a.number).end()
	case ticketResolved:
		m := of(t.track(k, "Ticket Resolved", "desk", ""))
		m.Properties = t.object().str("topic", topics[k.extra].name).str("by", pick([]string{"吳雅婷", "許冠廷", "機器人小沁"}, int32(k.at%9973), 20)).end()
	case supplies:
		t.tellSupplies(k, a, of, region)
	case subscribed:
		m := of(t.track(k, "Subscription Started", "erp", "online"))
		m.Value, m.Currency = t.float(region.amount(900*float64(size.Cups))), currency
		m.Properties = t.object().str("plan", pick([]string{"每月補茶", "每季補茶"}, a.number, 21)).num("value", int(*m.Value)).str("currency", currency).end()
	case review:
		m := of(t.track(k, "Review Posted", "reviews", "online"))
		m.Properties = t.reviewOf(t.rating(a), size)
	}
}

func (t *teller) tellSupplies(k task, a *account, of func(*event.Message) *event.Message, region Region) {
	temperature, tea := "hot", hotTeas[t.dice.IntN(len(hotTeas))]
	if k.extra == 1 {
		temperature, tea = "iced", icedTeas[t.dice.IntN(len(icedTeas))]
	}
	boxes := 1 + t.dice.IntN(2*t.size(a).Cups)
	t.orders[k.who]++
	m := of(t.track(k, "Supplies Ordered", "erp", "online"))
	m.Value, m.Currency = t.float(region.amount(480*float64(boxes))), region.Currency
	m.Properties = t.object().str("tea", tea).str("temperature", temperature).num("boxes", boxes).num("nth", t.orders[k.who]).
		num("value", int(*m.Value)).str("currency", region.Currency).end()
}

// group says which account a buyer belongs to and what is known of it.
func (t *teller) group(k task, a *account, of func(*event.Message) *event.Message) {
	size, region, industry := t.size(a), t.region(a), t.params.Industries[a.industry].Name
	m := of(t.message(event.Group, k.at, k.arrives, "crm"))
	m.Traits = t.object().str("name", accountName(region.Name, industry, a.number)).str("industry", industry).str("size", size.Name).
		num("employees", size.Employees[0]+int(a.number)*7919%(size.Employees[1]-size.Employees[0]+1)).
		str("region", region.Name).str("city", pick(cities[region.Name], a.number, 22)).
		str("sales_channel", t.params.Sales[a.sales].Name).end()
}

// hasWater tells of delivered machines why they are used or not: those without a
// water line stand still.
func (t *teller) hasWater(a *account) bool {
	return a.way.deliver < 0 || a.way.brew >= 0 || t.params.Industries[a.industry].Name != "retail"
}

// rating is low where no cup was ever made.
func (t *teller) rating(a *account) int {
	if a.way.brew < 0 {
		return 1 + t.dice.IntN(2)
	}
	return 3 + max(t.dice.IntN(3), t.dice.IntN(3))
}

func (t *teller) reviewOf(rating int, size Size) []byte {
	text := reviews[rating][t.dice.IntN(len(reviews[rating]))]
	return t.object().num("rating", rating).str("text", text).str("machine", size.Machine).end()
}
