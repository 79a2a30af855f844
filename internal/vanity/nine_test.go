package vanity

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// number finds a figure of a result, of a series where one is named.
func number(t *testing.T, r Result, name, of string) Number {
	t.Helper()
	for _, n := range r.Numbers {
		if n.Name == name && n.Of == of {
			return n
		}
	}
	t.Fatalf("%s has no number %s of %q: %+v", r.Test, name, of, r.Numbers)
	return Number{}
}

func outcome(t *testing.T, what string, want Outcome, r Result) {
	t.Helper()
	if r.Outcome != want {
		t.Errorf("%s: %s says %s, numbers %+v, missing %+v", what, r.Test, r.Outcome, r.Numbers, r.Missing)
	}
}

func lacks(t *testing.T, r Result, want Missing) {
	t.Helper()
	if r.Outcome != Unknown || !slices.Contains(r.Missing, want) {
		t.Errorf("%s says %s and misses %+v, want %+v", r.Test, r.Outcome, r.Missing, want)
	}
}

func counting(n int, at func(int) float64) []*float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = at(i)
	}
	return known(values)
}

func TestRatchet(t *testing.T) {
	rising := func(i int) float64 { return float64(10 * i) }
	r := ratchet(Evidence{Values: counting(12, rising)}, Defaults())
	outcome(t, "eleven steps up", Fail, r)
	if n := number(t, r, "share", ""); n.Value != 1 || n.N != 11 || *n.Fails != (Bound{AtLeast, 0.98}) {
		t.Errorf("%+v", n)
	}
	lacks(t, ratchet(Evidence{Values: counting(11, rising)}, Defaults()), Missing{What: LackPeriods, Needed: 12, There: 11})
	outcome(t, "a total by definition, without history", Fail, ratchet(Evidence{RunningTotal: true}, Defaults()))
	// Of 60 steps one falls, 0.983; of 40 one falls, 0.975.
	dip := func(i int) float64 {
		if i == 20 {
			return 0
		}
		return float64(i)
	}
	outcome(t, "one of sixty falls", Fail, ratchet(Evidence{Values: counting(61, dip)}, Defaults()))
	outcome(t, "one of forty falls", Pass, ratchet(Evidence{Values: counting(41, dip)}, Defaults()))
	lacks(t, ratchet(Evidence{Values: counting(30, func(int) float64 { return 7 })}, Defaults()), Missing{What: LackVariation, Needed: 1})
}

func TestOnlyTheLatestUnbrokenPeriodsCount(t *testing.T) {
	values := counting(30, func(i int) float64 { return float64(i % 3) })
	values[29], values[10] = nil, nil // the newest is not known yet, an old one never will be
	r := ratchet(Evidence{Values: values}, Defaults())
	if n := number(t, r, "share", ""); n.N != 17 { // periods 11 … 28
		t.Errorf("%+v", n)
	}
	// A series without values has no stretch in common with any.
	if got := run(values, nil); len(got[0]) != 0 || len(got[1]) != 0 {
		t.Errorf("%v", got)
	}
}

func TestNoDenominator(t *testing.T) {
	outcome(t, "a count", Fail, noDenominator(Evidence{Kind: Count}, Defaults()))
	outcome(t, "a sum", Fail, noDenominator(Evidence{Kind: Sum}, Defaults()))
	outcome(t, "a count with its rate", Pass, noDenominator(Evidence{Kind: Count, PairedRate: "active-share"}, Defaults()))
	outcome(t, "a rate", Pass, noDenominator(Evidence{Kind: Rate}, Defaults()))
	outcome(t, "an average", Pass, noDenominator(Evidence{Kind: Level}, Defaults()))
	lacks(t, noDenominator(Evidence{}, Defaults()), Missing{What: LackKind, Needed: 1})
}

func TestBought(t *testing.T) {
	random := rand.New(rand.NewPCG(40, 40))
	spent := autoregressive(random, 60, 0.6)
	downloads, own := make([]float64, 60), autoregressive(random, 60, 0.6)
	for i := range downloads { // half at once, half a period later
		downloads[i] = 3*spent[i] + 3*spent[max(0, i-1)] + random.NormFloat64()
	}
	ads := []Series{{ID: "ads", Values: known(spent)}}
	flat := counting(60, func(i int) float64 { return 0.01 + 0.001*float64(i%2) })
	rising := counting(60, func(i int) float64 { return 0.01 * (1 + float64(i)/60) })

	r := bought(Evidence{Values: known(downloads), Spend: ads, ValueRate: flat}, Defaults())
	outcome(t, "downloads follow spending", Fail, r)
	if n := number(t, r, "rSquared", "ads"); n.Value < 0.9 || n.N != 58 {
		t.Errorf("%+v", n)
	}
	outcome(t, "downloads follow spending, and value rises", Pass, bought(Evidence{Values: known(downloads), Spend: ads, ValueRate: rising}, Defaults()))
	lacks(t, bought(Evidence{Values: known(downloads), Spend: ads}, Defaults()), Missing{What: LackValueRate, Needed: 12})
	outcome(t, "a metric of its own", Pass, bought(Evidence{Values: known(own), Spend: ads}, Defaults()))
	lacks(t, bought(Evidence{Values: known(downloads)}, Defaults()), Missing{What: LackSpend, Needed: 1})
	lacks(t, bought(Evidence{Values: known(downloads[:11]), Spend: []Series{{ID: "ads", Values: known(spent[:11])}}}, Defaults()),
		Missing{What: LackPeriods, Of: "ads", Needed: 12, There: 11})
	lacks(t, bought(Evidence{Values: known(downloads), Spend: []Series{{ID: "ads", Values: counting(60, func(int) float64 { return 5 })}}}, Defaults()),
		Missing{What: LackVariation, Of: "ads", Needed: 1})

	// Of a total since the beginning, what was added in a period is what was bought.
	total, sum := make([]float64, 60), 0.0
	for i, d := range downloads {
		sum += d
		total[i] = sum
	}
	outcome(t, "a total", Fail, bought(Evidence{Values: known(total), RunningTotal: true, Spend: ads, ValueRate: flat}, Defaults()))
}

func TestFarFromValue(t *testing.T) {
	r := farFromValue(Evidence{Reached: &Share{10, 1000}}, Defaults())
	outcome(t, "one of a hundred", Fail, r)
	if n := number(t, r, "share", ""); n.Value != 0.01 || n.N != 1000 || n.High == nil || *n.Fails != (Bound{Below, 0.2}) {
		t.Errorf("%+v", n)
	}
	outcome(t, "four of five", Pass, farFromValue(Evidence{Reached: &Share{800, 1000}}, Defaults()))
	r = farFromValue(Evidence{Reached: &Share{3, 20}}, Defaults())
	if r.Outcome != Unknown || len(r.Missing) != 1 || r.Missing[0].There != 20 {
		t.Fatalf("three of twenty: %+v", r)
	}
	// As many as it says are missing settle it, were the share to stay.
	needed := r.Missing[0].Needed
	outcome(t, "as many as were missing", Fail, farFromValue(Evidence{Reached: &Share{int(0.15*float64(needed) + 0.5), needed}}, Defaults()))
	lacks(t, farFromValue(Evidence{Reached: &Share{}}, Defaults()), Missing{What: LackSubjects, Needed: 1})
	lacks(t, farFromValue(Evidence{}, Defaults()), Missing{What: LackSubjects, Needed: 1})
}

func TestNoForesight(t *testing.T) {
	random := rand.New(rand.NewPCG(41, 41))
	seen, corrected := 0, 0
	const trials = 40
	for range trials {
		cause, effect := walk(random, 60, 0.2), walk(random, 60, 0.2)
		for i := 59; i >= 2; i-- { // the cause's change shows two periods later, and stays
			effect[i] += 1.2 * cause[i-2]
		}
		e := Evidence{Values: known(cause), Outcomes: []Series{{ID: "revenue", Values: known(effect)}}}
		if r := noForesight(e, Defaults()); r.Outcome == Pass {
			seen++
			if n := number(t, r, "errorRatio", "revenue"); n.Value >= 1 {
				t.Errorf("passes with %+v", n)
			}
		}
		e.Tried = 20
		if noForesight(e, Defaults()).Outcome == Pass {
			corrected++
		}
		backwards := Evidence{Values: known(effect), Outcomes: []Series{{ID: "revenue", Values: known(cause)}}}
		if r := noForesight(backwards, Defaults()); r.Outcome == Pass && number(t, r, "grangerP", "revenue").Value < 1e-4 {
			t.Errorf("the effect foretells the cause: %+v", r.Numbers)
		}
	}
	if seen < trials*9/10 || corrected > seen || corrected < trials*7/10 {
		t.Errorf("foresight seen in %d, among twenty in %d of %d", seen, corrected, trials)
	}

	short := known(walk(random, 11, 0))
	lacks(t, noForesight(Evidence{Values: short, Outcomes: []Series{{ID: "revenue", Values: short}}}, Defaults()),
		Missing{What: LackPeriods, Of: "revenue", Needed: 24, There: 11})
	long := known(walk(random, 40, 0))
	lacks(t, noForesight(Evidence{Values: long, Outcomes: []Series{{ID: "revenue", Values: counting(40, func(int) float64 { return 3 })}}}, Defaults()),
		Missing{What: LackVariation, Of: "revenue", Needed: 1})
	lacks(t, noForesight(Evidence{Values: long, Outcomes: []Series{{ID: "revenue", Values: long}}}, Defaults()),
		Missing{What: LackVariation, Of: "revenue", Needed: 1})
	lacks(t, noForesight(Evidence{Values: long}, Defaults()), Missing{What: LackOutcomes, Needed: 1})
}

func TestNoHandle(t *testing.T) {
	periods := weekly(30)
	attempt := func(period int, effect, low, high float64) Attempt {
		return Attempt{Kind: Experiment, ID: "steps", By: "lin", At: periods[period], Effect: &effect, Low: &low, High: &high, MDE: new(2.0)}
	}
	of := func(attempts ...Attempt) Evidence {
		return Evidence{Periods: periods, Handle: &Handle{attempts}}
	}
	r := noHandle(of(attempt(20, 5, 3, 7), attempt(25, 0.5, -1, 2)), Defaults())
	outcome(t, "one that moved it", Pass, r)
	if n := number(t, r, "moved", ""); n.Value != 1 || n.N != 2 {
		t.Errorf("%+v", n)
	}
	outcome(t, "one that moved it down", Pass, noHandle(of(attempt(20, -5, -7, -3)), Defaults()))
	outcome(t, "below what could be detected", Fail, noHandle(of(attempt(20, 1.5, 1, 2)), Defaults()))
	outcome(t, "in doubt", Fail, noHandle(of(attempt(20, 3, -1, 7)), Defaults()))
	outcome(t, "too long ago", Fail, noHandle(of(attempt(17, 5, 3, 7)), Defaults()))
	outcome(t, "none recorded", Fail, noHandle(of(), Defaults()))
	lacks(t, noHandle(of(Attempt{Kind: Action, ID: "letter", At: periods[29]}), Defaults()), Missing{What: LackMeasured, Needed: 1})
	lacks(t, noHandle(Evidence{Periods: periods}, Defaults()), Missing{What: LackAttempts, Needed: 1})
	lacks(t, noHandle(Evidence{Periods: periods[:5], Handle: &Handle{}}, Defaults()), Missing{What: LackPeriods, Needed: 12, There: 5})
}

func TestDivergence(t *testing.T) {
	up := counting(24, func(i int) float64 { return float64(i) })
	down := counting(24, func(i int) float64 { return float64(-i) })
	wave := counting(24, func(i int) float64 { return math.Sin(float64(i)) })
	series := func(id string, good Direction, values []*float64) Series { return Series{id, good, values} }

	r := divergence(Evidence{Metric: "views", Values: up, Star: new(series("cups", "", down))}, Defaults())
	outcome(t, "rises while the star falls", Fail, r)
	if n := number(t, r, "worsensMeanwhile", "cups"); n.Value != 1 || n.N != 23 {
		t.Errorf("%+v", n)
	}
	for _, c := range []struct {
		what string
		want Outcome
		e    Evidence
	}{
		{"rises with the star", Pass, Evidence{Values: up, Star: new(series("cups", "", up))}},
		{"falls while the star rises", Pass, Evidence{Values: down, Star: new(series("cups", "", up))}},
		{"gets better downwards while the star falls", Fail, Evidence{Values: down, Good: Down, Star: new(series("cups", "", down))}},
		{"rises while complaints do", Fail, Evidence{Values: up, Guardrails: []Series{series("complaints", Down, up)}}},
		{"rises while complaints fall", Pass, Evidence{Values: up, Guardrails: []Series{series("complaints", Down, down)}}},
		{"rises while one sibling falls", Pass, Evidence{Values: up, Siblings: []Series{series("a", "", down), series("b", "", wave)}}},
		{"rises while two siblings fall", Fail, Evidence{Values: up, Siblings: []Series{series("a", "", down), series("b", "", down)}}},
	} {
		outcome(t, c.what, c.want, divergence(c.e, Defaults()))
	}
	lacks(t, divergence(Evidence{Metric: "cups", Values: up, Star: new(series("cups", "", up))}, Defaults()), Missing{What: LackOthers, Needed: 1})
	lacks(t, divergence(Evidence{Values: up[:11], Star: new(series("cups", "", up[:11]))}, Defaults()),
		Missing{What: LackPeriods, Of: "cups", Needed: 12, There: 11})
}

func TestNotAuditable(t *testing.T) {
	outcome(t, "a list", Pass, notAuditable(Evidence{OpensToList: new(true)}, Defaults()))
	outcome(t, "no list", Fail, notAuditable(Evidence{OpensToList: new(false)}, Defaults()))
	lacks(t, notAuditable(Evidence{}, Defaults()), Missing{What: LackList, Needed: 1})
}

func TestSoWhat(t *testing.T) {
	of := func(s Sentences) Evidence { return Evidence{SoWhat: &s} }
	outcome(t, "nothing written", Fail, soWhat(of(Sentences{IfUp: "  "}), Defaults()))
	outcome(t, "a sentence", Pass, soWhat(of(Sentences{IfDown: "we call the dealers"}), Defaults()))
	outcome(t, "alerts that nobody heeds", Fail, soWhat(of(Sentences{IfDown: "we call the dealers", Alerts: 3}), Defaults()))
	outcome(t, "an alert that was heeded", Pass, soWhat(of(Sentences{IfDown: "we call the dealers", Alerts: 9, Decisions: 1}), Defaults()))
	outcome(t, "too few alerts to judge by", Pass, soWhat(of(Sentences{IfDown: "we call the dealers", Alerts: 2}), Defaults()))
	lacks(t, soWhat(Evidence{}, Defaults()), Missing{What: LackSentences, Needed: 1})
}
