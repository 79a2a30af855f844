package stat

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// The criterion is consistent: as a series grows, the order found is the true one
// (BIC), or not below it (AIC); Schwarz (1978), R. Shibata (1976), Biometrika 63,
// 117–126.
func TestTheOrderOfAnAutoregressionIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	const trials = 100
	byBIC, byAIC := 0, 0
	for range trials {
		y := make([]float64, 400)
		for i := 2; i < len(y); i++ {
			y[i] = 0.5*y[i-1] - 0.4*y[i-2] + random.NormFloat64()
		}
		order, err := AutoregressiveOrder(y, 6, BIC)
		if err != nil {
			t.Fatal(err)
		}
		if order == 2 {
			byBIC++
		}
		if order, err = AutoregressiveOrder(y, 6, AIC); err != nil {
			t.Fatal(err)
		}
		if order >= 2 {
			byAIC++
		}
	}
	if byBIC < 90 || byAIC < trials {
		t.Errorf("right by BIC %d, not too small by AIC %d of %d", byBIC, byAIC, trials)
	}
	if order, err := AutoregressiveOrder(autoregressive(random, 400, 0), 6, BIC); err != nil || order != 0 {
		t.Errorf("of noise: %d, %v", order, err)
	}
}

// Worked by hand: with order 0 the forecast is the mean of what is known.
func TestRollingForecastsKnowOnlyThePast(t *testing.T) {
	y := []float64{1, 3, 2, 6, 4, 5}
	x := []float64{5, 5, 5, 5, 5, 5}
	without, with, err := RollingErrors(y, x, 0, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	// After four values y[1] … y[3] have been forecast, mean 11/3, and 4 came; after
	// five y[1] … y[4], mean 15/4, and 5 came.
	for i, want := range []float64{1.0 / 3, 1.25} {
		near(t, "without", want, without[i], 1e-12)
		near(t, "with a regressor that never varied", want, with[i], 1e-12)
	}
	if len(without) != 2 || len(with) != 2 {
		t.Errorf("%d and %d origins", len(without), len(with))
	}

	random := rand.New(rand.NewPCG(9, 9))
	long, other := autoregressive(random, 60, 0.6), autoregressive(random, 60, 0.6)
	before, beforeWith, err := RollingErrors(long, other, 2, 3, 30)
	if err != nil {
		t.Fatal(err)
	}
	long[59], other[59] = 1e6, -1e6
	after, afterWith, err := RollingErrors(long, other, 2, 3, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(before) - 1 { // all but the one whose observation was changed
		if before[i] != after[i] || beforeWith[i] != afterWith[i] {
			t.Fatalf("origin %d knew the future", i)
		}
	}
}

func TestARegressorThatLeadsLowersTheErrors(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 10))
	const n, horizon = 120, 2
	x, y := autoregressive(random, n, 0.3), autoregressive(random, n, 0.3)
	for i := n - 1; i >= horizon; i-- {
		y[i] += x[i-horizon]
	}
	without, with, err := RollingErrors(y, x, 1, horizon, n/2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ClarkWest(without, with, horizon)
	if err != nil || got.Ratio > 0.8 || got.P > 0.01 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRollingForecastsNeedAPast(t *testing.T) {
	y := autoregressive(rand.New(rand.NewPCG(11, 11)), 20, 0.5)
	for _, c := range []struct{ order, horizon, first int }{{2, 1, 4}, {0, 1, 20}, {0, 0, 10}, {-1, 1, 10}, {0, 1, 0}} {
		if _, _, err := RollingErrors(y, y, c.order, c.horizon, c.first); !errors.Is(err, ErrShort) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, _, err := RollingErrors(make([]float64, 20), y, 0, 1, 10); !errors.Is(err, ErrDegenerate) {
		t.Errorf("a constant series: %v", err)
	}
}
