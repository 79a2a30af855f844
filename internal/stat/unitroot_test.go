package stat

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// Stata's dfuller, as published in statsmodels' test_stattools.py (TestADF…): real
// gross domestic product has a unit root, inflation has none.
func TestDickeyFullerGivesWhatStataGives(t *testing.T) {
	for _, c := range []struct {
		series string
		lags   int
		grant  Deterministic
		want   float64
		cuts   [3]float64
	}{
		{"realgdp", 4, WithConstant, 0.97505319, [3]float64{-3.476, -2.883, -2.573}},
		{"realgdp", 4, WithTrend, -1.8566374, [3]float64{-4.007, -3.437, -3.137}},
		{"infl", 1, WithConstant, -4.3346988, [3]float64{-3.476, -2.883, -2.573}},
		{"infl", 1, WithTrend, -4.425093, [3]float64{-4.006, -3.437, -3.137}},
	} {
		got, err := DickeyFuller(column(t, "macro.csv", c.series), c.lags, c.grant)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.series, c.want, got.Statistic, 1e-5)
		// Stata's table is MacKinnon's of 1994, which that of 2010 refines.
		near(t, "1 %", c.cuts[0], got.Critical.One, 0.015)
		near(t, "5 %", c.cuts[1], got.Critical.Five, 0.015)
		near(t, "10 %", c.cuts[2], got.Critical.Ten, 0.015)
	}
}

func TestSeriesAreDifferencedAsOftenAsTheyWereSummed(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	for want := range 3 {
		const trials = 200
		right := 0
		for range trials {
			series := autoregressive(random, 200, 0.3)
			for range want {
				for i := 1; i < len(series); i++ {
					series[i] += series[i-1]
				}
			}
			changes, order, err := Stationary(series, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(changes) != len(series)-order {
				t.Fatalf("%d values of %d after %d differences", len(changes), len(series), order)
			}
			if order == want {
				right++
			}
		}
		// A unit root is taken for none in about one of twenty.
		if right < trials*85/100 {
			t.Errorf("summed %d times: found in %d of %d", want, right, trials)
		}
	}
}

func TestAWalkIsTakenForStationaryAsSeldomAsItSays(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	const trials = 2000
	found := 0
	for range trials {
		got, err := DickeyFuller(autoregressive(random, 30, 1), 1, WithConstant)
		if err != nil {
			t.Fatal(err)
		}
		if got.Statistic < got.Critical.Five {
			found++
		}
	}
	holdsItsLevel(t, "walks", found, trials, 0.05, true)
}

func TestAConstantSeriesHasNoUnitRootToTest(t *testing.T) {
	if _, _, err := Stationary(make([]float64, 30), 2); !errors.Is(err, ErrDegenerate) {
		t.Errorf("constant: %v", err)
	}
	if _, _, err := Stationary([]float64{1, 2, 4}, 2); !errors.Is(err, ErrShort) {
		t.Errorf("three values: %v", err)
	}
}
