package vanity

import (
	"math"
	"math/rand/v2"
	"testing"
)

// holdsItsLevel checks that a false finding came no more often than the level
// allows, within four standard deviations of the binomial distribution.
func holdsItsLevel(t *testing.T, what string, found, of int, level float64) {
	t.Helper()
	n := float64(of)
	if float64(found) > n*level+4*math.Sqrt(n*level*(1-level)) {
		t.Errorf("%s: %d of %d at %v", what, found, of, level)
	}
}

// walk is a series that goes on from where it is, with a drift; autoregressive
// one that comes back to its mean, phi of the way staying.
func walk(random *rand.Rand, n int, drift float64) []float64 {
	out, at := make([]float64, n), 100.0
	for i := range out {
		at += drift + random.NormFloat64()
		out[i] = at
	}
	return out
}

func autoregressive(random *rand.Rand, n int, phi float64) []float64 {
	out, last := make([]float64, n), 0.0
	for i := range out {
		last = phi*last + random.NormFloat64()
		out[i] = 100 + last
	}
	return out
}

func trending(random *rand.Rand, n int, slope float64) []float64 {
	out := autoregressive(random, n, 0.3)
	for i := range out {
		out[i] += slope * float64(i)
	}
	return out
}

// strangers are pairs of series that have nothing to do with each other.
func strangers() map[string]func(*rand.Rand, int) ([]float64, []float64) {
	return map[string]func(*rand.Rand, int) ([]float64, []float64){
		"stationary": func(r *rand.Rand, n int) ([]float64, []float64) {
			return autoregressive(r, n, 0.5), autoregressive(r, n, 0.5)
		},
		"walks":    func(r *rand.Rand, n int) ([]float64, []float64) { return walk(r, n, 0), walk(r, n, 0) },
		"drifting": func(r *rand.Rand, n int) ([]float64, []float64) { return walk(r, n, 1), walk(r, n, 1) },
		"trending": func(r *rand.Rand, n int) ([]float64, []float64) { return trending(r, n, 0.3), trending(r, n, 0.3) },
		"a drift and a mean": func(r *rand.Rand, n int) ([]float64, []float64) {
			return walk(r, n, 2), autoregressive(r, n, 0.5)
		},
	}
}

func TestForesightIsNotSeenInStrangers(t *testing.T) {
	const trials = 150
	for name, draw := range strangers() {
		for _, n := range []int{24, 60} {
			random := rand.New(rand.NewPCG(uint64(n), 30))
			found := 0
			for range trials {
				metric, outcome := draw(random, n)
				r := noForesight(Evidence{Values: known(metric), Outcomes: []Series{{ID: "revenue", Values: known(outcome)}}}, Defaults())
				switch r.Outcome {
				case Pass:
					found++
				case Unknown:
					t.Fatalf("%s, %d periods: missing %+v", name, n, r.Missing)
				}
			}
			holdsItsLevel(t, name, found, trials, DefaultLevel)
		}
	}
}

// Ten strangers looked at together: the chance that any of them seems to foretell
// the outcome stays that of one.
func TestForesightIsCorrectedForHowManyWereTried(t *testing.T) {
	const families, tried, n = 80, 10, 40
	random := rand.New(rand.NewPCG(31, 31))
	found := 0
	for range families {
		outcome := []Series{{ID: "retention", Values: known(autoregressive(random, n, 0.5))}}
		any := false
		for range tried {
			r := noForesight(Evidence{Values: known(autoregressive(random, n, 0.5)), Outcomes: outcome, Tried: tried}, Defaults())
			any = any || r.Outcome == Pass
		}
		if any {
			found++
		}
	}
	holdsItsLevel(t, "any of ten", found, families, DefaultLevel)
}

func TestSpendingDoesNotSeemToBuyWhatItDoesNot(t *testing.T) {
	const trials = 400
	for name, draw := range strangers() {
		for _, n := range []int{14, 60} {
			random := rand.New(rand.NewPCG(uint64(n), 32))
			found := 0
			for range trials {
				metric, spent := draw(random, n)
				flat := make([]float64, n)
				r := bought(Evidence{Values: known(metric), Spend: []Series{{ID: "ads", Values: known(spent)}}, ValueRate: known(flat)}, Defaults())
				if r.Outcome == Fail {
					found++
				}
			}
			holdsItsLevel(t, name, found, trials, DefaultLevel)
		}
	}
}

// Neither a metric that rises while the star wanders, nor one that wanders while
// the star falls, diverges more often than chance; nor does one of several pairs.
func TestDivergenceIsNotSeenInStrangers(t *testing.T) {
	const trials = 500
	for name, drift := range map[string][2]float64{"both wander": {0, 0}, "the metric rises": {2, 0}, "the star falls": {0, -2}} {
		random := rand.New(rand.NewPCG(33, 33))
		found := 0
		for range trials {
			r := divergence(Evidence{
				Values:     known(walk(random, 40, drift[0])),
				Star:       &Series{ID: "star", Values: known(walk(random, 40, drift[1]))},
				Guardrails: []Series{{ID: "complaints", Good: Down, Values: known(walk(random, 40, 0))}},
			}, Defaults())
			if r.Outcome == Fail {
				found++
			}
		}
		holdsItsLevel(t, name, found, trials, DefaultLevel)
	}
}

func TestAShareAtTheThresholdIsSeldomCalledFar(t *testing.T) {
	const trials, n = 4000, 500
	random := rand.New(rand.NewPCG(34, 34))
	found := 0
	for range trials {
		reached := 0
		for range n {
			if random.Float64() < DefaultValueShare {
				reached++
			}
		}
		if farFromValue(Evidence{Reached: &Share{reached, n}}, Defaults()).Outcome == Fail {
			found++
		}
	}
	holdsItsLevel(t, "a share of one fifth", found, trials, 0.025) // one side of a 95 % interval
}
