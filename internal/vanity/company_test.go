package vanity

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// company is a seeded maker of tea machines by the week, of which it is known what
// moves what: people who brewed twice a week stay, and what they brew this week is
// sold to them next week; advertising brings visitors, downloads and accounts, of
// whom few ever brew.
type company struct {
	periods                                  []time.Time
	spend, views, visitors, downloads        []float64
	registered, verified                     []float64 // totals since the beginning
	brewers                                  []float64
	valueRate, retention, revenue, complaint []float64
}

func newCompany(seed uint64, weeks int) company {
	random := rand.New(rand.NewPCG(seed, 20))
	c := company{periods: weekly(weeks)}
	noise := func(deviation float64) float64 { return deviation * random.NormFloat64() }
	campaign, habit, registered, verified := 0.0, 0.0, 4000.0, 2500.0
	before := 0.0
	for week := range weeks {
		campaign = 0.6*campaign + noise(1)
		spend := 1000 + 150*campaign + 5*float64(week)
		downloads := 2*spend + noise(60)
		joined := math.Max(50, 0.4*downloads+noise(30))
		registered += joined
		verified += 0.6 * joined
		habit = 0.6*habit + noise(1)
		brewers := 900 + 60*habit + 2*float64(week)

		c.spend = append(c.spend, spend)
		c.views = append(c.views, 9*downloads+noise(500))
		c.visitors = append(c.visitors, 3*downloads+noise(150))
		c.downloads = append(c.downloads, downloads)
		c.registered = append(c.registered, math.Round(registered))
		c.verified = append(c.verified, math.Round(verified))
		c.brewers = append(c.brewers, brewers)
		c.valueRate = append(c.valueRate, 0.03+noise(0.002))
		c.retention = append(c.retention, 0.4+0.02*before+noise(0.012))
		c.revenue = append(c.revenue, 5000+400*before+20*float64(week)+noise(250))
		c.complaint = append(c.complaint, 100+noise(8))
		before = habit
	}
	return c
}

func weekly(weeks int) []time.Time {
	periods := make([]time.Time, weeks)
	for i := range periods {
		periods[i] = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 7*i)
	}
	return periods
}

func known(values []float64) []*float64 {
	out := make([]*float64, len(values))
	for i, v := range values {
		out[i] = new(v)
	}
	return out
}

// evidence is what is gathered of one of the company's metrics. Six metrics are
// looked at together.
func (c company) evidence(id string, values []float64, reached Share) Evidence {
	e := Evidence{
		Metric: id, Kind: Count, Periods: c.periods, Values: known(values),
		Spend:     []Series{{ID: "advertising", Values: known(c.spend)}},
		ValueRate: known(c.valueRate), Reached: &reached,
		Outcomes:    []Series{{ID: "retention", Values: known(c.retention)}, {ID: "revenue", Values: known(c.revenue)}},
		Tried:       6,
		Star:        &Series{ID: "cups", Values: known(c.revenue)},
		Guardrails:  []Series{{ID: "complaints", Good: Down, Values: known(c.complaint)}},
		OpensToList: new(true),
	}
	return e
}

func (c company) vanities() map[string]Evidence {
	registered := c.evidence("registered", c.registered, Share{310, 9000})
	registered.RunningTotal = true
	return map[string]Evidence{
		"registered":              registered,
		"registered, not told so": c.evidence("registered", c.registered, Share{310, 9000}),
		"verified":                c.evidence("verified", c.verified, Share{300, 5400}),
		"downloads":               c.evidence("downloads", c.downloads, Share{620, 21000}),
		"page views":              c.evidence("views", c.views, Share{640, 60000}),
		"visitors":                c.evidence("visitors", c.visitors, Share{640, 60000}),
	}
}

func TestTheVanitiesOfACompanyAreCaughtAndItsInputIsNot(t *testing.T) {
	const companies = 30
	sound := 0
	for seed := range uint64(companies) {
		c := newCompany(seed, 104)
		for name, e := range c.vanities() {
			v, err := Judge(e, Defaults())
			if err != nil {
				t.Fatal(err)
			}
			if v.Judgement != Vain {
				t.Errorf("company %d: %s is %s by %v", seed, name, v.Judgement, v.Reasons)
			}
			for _, r := range v.Tests {
				if r.Test == FarFromValue && r.Outcome != Fail || r.Test == NoDenominator && r.Outcome != Fail {
					t.Errorf("company %d: %s: %s says %s", seed, name, r.Test, r.Outcome)
				}
			}
		}
		v, err := Judge(c.evidence("brewers", c.brewers, Share{2900, 3300}), Defaults())
		if err != nil {
			t.Fatal(err)
		}
		switch v.Judgement {
		case Vain:
			t.Errorf("company %d: brewers are vain by %v", seed, v.Reasons)
		case Sound:
			sound++
		}
	}
	if sound < companies*9/10 {
		t.Errorf("the input is sound in %d of %d companies", sound, companies)
	}
}

// A young company has little history: what is vain by what it counts is caught
// all the same, and its input is not blamed for its youth.
func TestAYoungCompanyIsJudgedByWhatIsThere(t *testing.T) {
	c := newCompany(1, 8)
	for name, e := range c.vanities() {
		v, err := Judge(e, Defaults())
		if err != nil {
			t.Fatal(err)
		}
		if v.Judgement != Vain {
			t.Errorf("%s is %s", name, v.Judgement)
		}
	}
	v, err := Judge(c.evidence("brewers", c.brewers, Share{290, 330}), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if v.Judgement != Sound {
		t.Errorf("brewers are %s by %v", v.Judgement, v.Reasons)
	}
	for _, r := range v.Tests {
		periods := map[Test]int{Ratchet: 12, Bought: 12, NoForesight: 24, Divergence: 12}[r.Test]
		if periods == 0 {
			continue
		}
		if r.Outcome != Unknown || len(r.Missing) == 0 || r.Missing[0].What != LackPeriods || r.Missing[0].Needed != periods || r.Missing[0].There != 8 {
			t.Errorf("%s: %s, missing %+v", r.Test, r.Outcome, r.Missing)
		}
	}
}
