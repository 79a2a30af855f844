package vanity

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

// The rules of the package's page, one by one: which tests fail and pass (all
// others are unknown), and what that comes to.
func TestNineMakeOneByTheRulesOfThePage(t *testing.T) {
	for _, c := range []struct {
		what         string
		fail, pass   []Test
		runningTotal bool
		want         Judgement
		rules        []Rule
	}{
		{"nothing known", nil, nil, false, Undecided, []Rule{NotShown}},
		{"a total since the beginning", []Test{Ratchet}, []Test{FarFromValue, NoForesight}, true, Vain, []Rule{RunningTotal}},
		{"a ratchet by its numbers alone", []Test{Ratchet}, []Test{NoForesight}, false, Sound, []Rule{ValueShown}},
		{"a count near to value", []Test{NoDenominator}, []Test{FarFromValue}, false, Sound, []Rule{ValueShown}},
		{"a count that foretells", []Test{NoDenominator}, []Test{NoForesight}, false, Sound, []Rule{ValueShown}},
		{"a count far from value", []Test{NoDenominator, FarFromValue}, []Test{NoForesight}, false, Vain, []Rule{FormAndValue}},
		{"a bought count", []Test{NoDenominator, Bought}, nil, false, Vain, []Rule{FormAndValue}},
		{"a ratchet that rises while the star falls", []Test{Ratchet, Divergence}, nil, false, Vain, []Rule{FormAndValue}},
		{"a count that foretells nothing", []Test{NoDenominator, NoForesight}, nil, false, Undecided, []Rule{Contradicted}},
		{"a count near to value that foretells nothing", []Test{NoDenominator, NoForesight}, []Test{FarFromValue}, false, Undecided, []Rule{Contradicted}},
		{"a rising count that foretells nothing", []Test{Ratchet, NoDenominator, NoForesight}, nil, false, Vain, []Rule{RisesBlindly}},
		{"a rising count near to value that foretells nothing", []Test{Ratchet, NoDenominator, NoForesight}, []Test{FarFromValue}, false, Undecided, []Rule{Contradicted}},
		{"a rate far from value", []Test{FarFromValue}, nil, false, Undecided, []Rule{Contradicted}},
		{"a rate far from value that foretells nothing", []Test{FarFromValue, NoForesight}, nil, false, Vain, []Rule{TwoOfValue}},
		{"an input that was bought", []Test{NoDenominator, Bought}, []Test{FarFromValue, NoForesight}, false, Undecided, []Rule{Contradicted}},
		{"bought and diverging, but an input", []Test{Bought, Divergence}, []Test{FarFromValue, NoForesight}, false, Undecided, []Rule{Contradicted}},
		{"nobody's number", []Test{NoHandle, NotAuditable, SoWhat}, []Test{FarFromValue, NoForesight}, false, Vain, []Rule{OfNoUse}},
		{"a number nobody has used yet", []Test{NoHandle, SoWhat}, []Test{FarFromValue, NotAuditable}, false, Sound, []Rule{ValueShown}},
		{"everything", []Test{Ratchet, NoDenominator, Bought, FarFromValue, NoForesight, NoHandle, Divergence, NotAuditable, SoWhat}, nil, true,
			Vain, []Rule{RunningTotal, TwoOfValue, FormAndValue, RisesBlindly, OfNoUse}},
	} {
		var results []Result
		for _, test := range []Test{Ratchet, NoDenominator, Bought, FarFromValue, NoForesight, NoHandle, Divergence, NotAuditable, SoWhat} {
			r := Result{Test: test, Outcome: Unknown}
			switch {
			case slices.Contains(c.fail, test):
				r.Outcome = Fail
			case slices.Contains(c.pass, test):
				r.Outcome = Pass
			}
			results = append(results, r)
		}
		got, reasons := weigh(results, c.runningTotal)
		var rules []Rule
		for _, r := range reasons {
			rules = append(rules, r.Rule)
			if len(r.Tests) == 0 {
				t.Errorf("%s: %s by no test", c.what, r.Rule)
			}
		}
		if got != c.want || !slices.Equal(rules, c.rules) {
			t.Errorf("%s: %s by %v", c.what, got, reasons)
		}
	}
}

func TestASignedReasonStandsBesideTheVerdictAndHidesNothing(t *testing.T) {
	v, err := Judge(newCompany(2, 60).vanities()["downloads"], Defaults())
	if err != nil {
		t.Fatal(err)
	}
	when := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	signed, err := v.Sign(Override{Judgement: Sound, By: "chen", At: when, Why: "the app is the machine's only remote control"})
	if err != nil {
		t.Fatal(err)
	}
	if signed.Judgement != Vain || signed.Standing() != Sound || v.Standing() != Vain || signed.Override.Over != Vain {
		t.Errorf("computed %s, standing %s, over %s", signed.Judgement, signed.Standing(), signed.Override.Over)
	}
	if diff := cmp.Diff(v.Tests, signed.Tests); diff != "" {
		t.Error(diff)
	}

	_, err = v.Sign(Override{Judgement: Undecided, Why: " "})
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Faults) != 4 {
		t.Errorf("an empty signature: %v", err)
	}
}

func TestTheJSONFormIsTheVerdict(t *testing.T) {
	for _, e := range []Evidence{{}, newCompany(3, 60).vanities()["registered"]} {
		v, err := Judge(e, Defaults())
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back Verdict
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, back); diff != "" {
			t.Error(diff)
		}
		if len(v.Tests) != 9 {
			t.Errorf("%d tests", len(v.Tests))
		}
		for _, r := range v.Tests {
			if r.Numbers == nil || r.Missing == nil || r.Method.Parameters == nil || r.Method.Name == "" {
				t.Errorf("%s has no %+v", r.Test, r)
			}
			if (r.Outcome == Unknown) != (len(r.Missing) > 0) {
				t.Errorf("%s is %s and misses %v", r.Test, r.Outcome, r.Missing)
			}
		}
	}
}

func TestEveryThingWrongWithTheEvidenceIsTold(t *testing.T) {
	periods := weekly(2)
	_, err := Judge(Evidence{
		Metric: "views", Kind: "plenty", Good: "sideways", Periods: []time.Time{periods[1], periods[0]},
		Values: known([]float64{1, math.NaN()}), Reached: &Share{3, 2}, Tried: -1,
		Outcomes: []Series{{ID: "revenue", Values: known([]float64{1})}},
		Handle:   &Handle{[]Attempt{{Effect: new(math.Inf(1))}}},
		SoWhat:   &Sentences{Alerts: -1},
	}, Defaults())
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("%v", err)
	}
	var paths []string
	for _, d := range f.Faults {
		paths = append(paths, d.Path)
	}
	want := []string{"kind", "periods[1]", "values.good", "values[1]", "outcomes[0]", "reached", "tried", "handle.attempts[0]", "soWhat"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
}

func TestThresholdsThatDecideNothingAreRefused(t *testing.T) {
	if err := Defaults().validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	_, err := Judge(Evidence{}, Thresholds{})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("no thresholds: %v", err)
	}
	own := Defaults()
	own.ValueShare = 0.005
	if r := farFromValue(Evidence{Reached: &Share{10, 1000}}, own); r.Outcome != Unknown && r.Outcome != Pass {
		t.Errorf("a threshold of one's own: %+v", r)
	}
}

// With the least periods that thresholds may ask for, no test breaks: it decides,
// or says what is missing.
func TestTheLeastPeriodsAreEnough(t *testing.T) {
	for lead := 1; lead <= 6; lead++ {
		own := Defaults()
		own.Lead, own.Foresight = lead, max(16, 8*lead)
		own.SpendLags, own.MinPeriods = lead, max(10, 2*lead+5)
		if err := own.validate(); err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(50) {
			long, short := newCompany(seed, own.Foresight), newCompany(seed, own.MinPeriods)
			r := noForesight(long.evidence("brewers", long.brewers, Share{}), own)
			if r.Outcome == Unknown {
				t.Errorf("lead %d: %+v", lead, r.Missing)
			}
			if r := bought(short.evidence("downloads", short.downloads, Share{}), own); r.Outcome == Unknown {
				t.Errorf("%d lags: %+v", lead, r.Missing)
			}
		}
	}
}
