// Package demo is the sample company: 沁山茶機 Qinshan Tea Machines, which makes
// tea machines and sells them to offices and shops in Taiwan and beyond. A
// seeded simulation tells two years of what its customers did: visitors of the
// site and of the showroom, sales, orders, the machines in use, service and
// reviews.
//
// What is to be found in it is planted: every rate, delay and swing is a
// parameter, and people are dealt out by exact quotas instead of by dice. The
// company goes on: whoever is under way on the last day has a way that leads
// further, and what would happen later is not told. Truths says what a correct
// measurement must therefore give, counted from the plan.
package demo

import (
	"fmt"
	"time"
)

// Name is what the company calls itself, by locale.
func Name() map[string]string {
	return map[string]string{"zh-Hant": "沁山茶機", "zh-Hans": "沁山茶机", "en": "Qinshan Tea Machines"}
}

// Zone is the company's time zone. Taiwan keeps one offset all year.
var Zone = time.FixedZone("Asia/Taipei", 8*60*60)

// Params are the plan of a sample company. The same Params give the same
// messages, byte for byte.
type Params struct {
	Seed   uint64
	End    time.Time // midnight in Zone; nothing happens at it or later
	Months int       // from End back

	People   int     // visitors and the people who use the machines
	Accounts int     // companies that are sent a quote, a few of them after End
	Visitors float64 // share of People who are met on the site; the others work where a machine stands

	// The way of a visitor. Each rate is of the step before.
	Channels    []Channel
	PushMonths  int     // calendar months, that of End among them, in which some channels are pushed …
	Form        float64 // … and a shorter form adds this to every channel's rate of leads
	Tasting     float64 // leads that come to a tasting or are shown a machine
	Showroom    float64 // of these, those who come to a tasting
	Survey      float64 // quotes that come after a survey of the rooms
	Sales       []SalesChannel
	Order       float64 // quotes that become orders
	QuoteSpread float64 // σ of the logarithm of the time from quote to order
	Cancel      float64 // orders that are cancelled
	Waiting     float64 // orders that are never delivered, and not cancelled
	Review      float64 // deliveries that are reviewed

	// The way of a machine. Each rate is of the step before.
	Industries []Industry
	Regions    []Region
	Sizes      []Size
	Weekly     float64 // machines in use that come to ten cups in a week
	Refill     float64 // of these, those that order supplies
	Descale    float64 // of these, those that are descaled
	Subscribe  float64 // of those that order supplies, those that subscribe to them

	// The way of the app, for which the ads promise a present: few of those who
	// install it work where a machine stands. Visitors do at their channel's rate.
	AppMonths   int     // calendar months, that of the start among them, before there are an app and ads
	UserInstall float64 // people who use a machine that install it
	SignUp      float64 // installs that register
	Verify      float64 // of these, those that verify a phone number

	// Orders of supplies for iced tea in calendar month m of a full year are
	// IcedPerMonth · (1 + SummerSwing · cos(2π (m − 7) / 12)), after a start of
	// seven months without any and six of growth.
	IcedPerMonth float64
	SummerSwing  float64

	Duplicates float64 // share of leads who have two user ids, merged by an alias
	Tablets    int     // shared devices in the showroom …
	OnTablet   float64 // … and the share of tastings at which one signs in there

	Broken int // messages that cannot be taken
}

// Channel is a way by which visitors come to the site.
type Channel struct {
	Name    string
	Share   float64 // of visitors before the push
	Pushed  float64 // times as many visitors in the push
	Lead    float64 // rate of those who leave their address, before the push
	Click   float64 // cost of the one ad click that brings a visitor, in TWD; 0 where none does
	Install float64 // rate of those who install the app
}

// SalesChannel is a way by which quotes are made.
type SalesChannel struct {
	Name  string
	Share float64 // of quotes, and of orders
	Days  float64 // median from quote to order
}

// Industry is a segment of accounts.
type Industry struct {
	Name      string
	Share     float64 // of accounts
	FirstBrew float64 // rate of delivered machines that ever make a cup, all within 14 days
}

// Region is where an account is, and in what it pays.
type Region struct {
	Name, Currency string
	Share          float64
	Rate           float64 // price of one TWD's worth
	Round          float64 // prices are multiples of this
}

// Size is a size of accounts, and the machine they buy.
type Size struct {
	Name, Machine string
	Share         float64
	Price         float64 // in TWD
	Employees     [2]int
	Cups          int // a working day, at least
}

// Default is the sample company as `beichen demo` shows it, ending with the
// last midnight in Taipei before now.
func Default(now time.Time) Params {
	y, m, d := now.In(Zone).Date()
	return Params{
		Seed: 20_000, End: time.Date(y, m, d, 0, 0, 0, 0, Zone), Months: 24,
		People: 20_000, Accounts: 1_570, Visitors: 0.6,
		Channels: []Channel{
			{Name: "organic", Share: 0.38, Pushed: 1, Lead: 0.36, Install: 0.06},
			{Name: "paid-search", Share: 0.26, Pushed: 1, Lead: 0.34, Click: 38, Install: 0.62},
			{Name: "social", Share: 0.19, Pushed: 3.4, Lead: 0.14, Click: 14, Install: 0.62},
			{Name: "referral", Share: 0.17, Pushed: 1, Lead: 0.45, Install: 0.05},
		},
		PushMonths: 6, Form: 0.01,
		Tasting: 0.62, Showroom: 0.64, Survey: 0.35,
		Sales: []SalesChannel{
			{Name: "direct", Share: 0.46, Days: 9},
			{Name: "online", Share: 0.24, Days: 6},
			{Name: "partner", Share: 0.30, Days: 23.4}, // 2.6 times as slow as direct
		},
		Order: 0.62, QuoteSpread: 0.45, Cancel: 0.03, Waiting: 0.025, Review: 0.42,
		Industries: []Industry{
			{Name: "tech", Share: 0.27, FirstBrew: 0.95},
			{Name: "finance", Share: 0.14, FirstBrew: 0.96},
			{Name: "manufacturing", Share: 0.17, FirstBrew: 0.92},
			{Name: "clinic", Share: 0.12, FirstBrew: 0.93},
			{Name: "retail", Share: 0.30, FirstBrew: 0.52}, // shops have no water line: the leak
		},
		Regions: []Region{
			{Name: "north", Currency: "TWD", Share: 0.44, Rate: 1, Round: 100},
			{Name: "central", Currency: "TWD", Share: 0.19, Rate: 1, Round: 100},
			{Name: "south", Currency: "TWD", Share: 0.17, Rate: 1, Round: 100},
			{Name: "japan", Currency: "JPY", Share: 0.12, Rate: 4.7, Round: 1000},
			{Name: "us", Currency: "USD", Share: 0.08, Rate: 0.032, Round: 10},
		},
		Sizes: []Size{
			{Name: "small", Machine: "QS-1", Share: 0.55, Price: 48_000, Employees: [2]int{8, 49}, Cups: 5},
			{Name: "medium", Machine: "QS-2", Share: 0.33, Price: 98_000, Employees: [2]int{50, 199}, Cups: 8},
			{Name: "large", Machine: "QS-4", Share: 0.12, Price: 198_000, Employees: [2]int{200, 1800}, Cups: 14},
		},
		Weekly: 0.87, Refill: 0.88, Descale: 0.58, Subscribe: 0.84,
		AppMonths: 5, UserInstall: 0.06, SignUp: 0.80, Verify: 0.70,
		IcedPerMonth: 180, SummerSwing: 0.7,
		Duplicates: 0.08, Tablets: 6, OnTablet: 0.3, Broken: 36,
	}
}

// Start is the first instant of the simulation.
func (p Params) Start() time.Time { return p.End.AddDate(0, -p.Months, 0) }

// check refuses plans whose numbers contradict each other.
func (p Params) check() error {
	switch {
	case p.Months < 18:
		return fmt.Errorf("demo: %d months are too few for the way of a machine; at least 18", p.Months)
	case p.AppMonths+p.PushMonths > p.Months:
		return fmt.Errorf("demo: %d months without an app and %d with a push are more than %d", p.AppMonths, p.PushMonths, p.Months)
	}
	q := p.quotas()
	switch {
	case q.tasted < q.quoted:
		return fmt.Errorf("demo: %d quotes need as many tastings, and there are %d", q.quoted, q.tasted)
	case q.members < q.delivered:
		return fmt.Errorf("demo: %d machines need at least as many people, and there are %d", q.delivered, q.members)
	case q.refilled == 0:
		return fmt.Errorf("demo: %d accounts are too few for anyone to order supplies", p.Accounts)
	}
	return nil
}
