package stat

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// Errors and p-values as published in the tests of HypothesisTests.jl
// (test/clark_west.jl).
func TestClarkWestGivesThePublishedValues(t *testing.T) {
	smaller := []float64{9.78432, 12.73500, 8.67224, 2.62740, 5.60947, 7.57809, 4.53774, 2.51084, 0.49290, 3.48394,
		9.46152, 9.41220, 2.36289, 0.34495, 3.33599, 5.31357, 4.28219, -3.74471, -5.73575, -3.71781}
	larger := []float64{2.82053, 4.39754, -1.78647, -4.30662, 3.69526, 3.37259, -1.09002, -0.50984, -0.78973, 3.89077,
		7.52849, 2.82373, -3.95838, -0.13606, 4.54444, 4.18216, 1.67993, -5.38077, -0.85686, 2.70479}
	for horizon, want := range map[int]float64{1: 0.0001, 3: 0.0079} {
		got, err := ClarkWest(smaller, larger, horizon)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "p", want, got.P, 0.0001)
	}
}

// Clark and West (2007) find the test a little undersized; a noise regressor must
// not look useful more often than it says.
func TestClarkWestFindsNoUseInNoiseMoreOftenThanItSays(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 12))
	const trials, n = 1000, 80
	found := 0
	for range trials {
		without, with, err := RollingErrors(autoregressive(random, n, 0.4), autoregressive(random, n, 0.4), 1, 1, n/2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ClarkWest(without, with, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got.P <= 0.05 {
			found++
		}
	}
	holdsItsLevel(t, "noise", found, trials, 0.05, false)
}

func TestForecastsThatNeverDifferCannotBeCompared(t *testing.T) {
	e := []float64{1, -2, 3, -4}
	if _, err := ClarkWest(e, e, 1); !errors.Is(err, ErrDegenerate) {
		t.Errorf("%v", err)
	}
	if _, err := ClarkWest(e, e[1:], 1); !errors.Is(err, ErrShort) {
		t.Errorf("%v", err)
	}
}
