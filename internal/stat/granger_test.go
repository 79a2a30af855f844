package stat

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// Of the second row, statsmodels publishes 0.243097 and 0.7844328 from R's
// lmtest::grangertest (test_stattools.py, TestGrangerCausality); the others are
// R's lmtest 0.9-40 on the same data, growth rates of the macro series.
func TestGrangerGivesWhatLmtestGivesForTheMacroSeries(t *testing.T) {
	for _, c := range []struct {
		effect, cause string
		lags          int
		f, p          float64
		denominator   int
	}{
		{"realcons", "realgdp", 1, 2.8807907648, 0.091213223029, 198},
		{"realcons", "realgdp", 2, 0.24309697796, 0.78443275804, 195},
		{"realgdp", "realcons", 1, 28.9969708642, 2.0418103098e-07, 198},
		{"realgdp", "realcons", 2, 19.0353175694, 2.8076149148e-08, 195},
		{"realinv", "realgdp", 2, 11.2363890095, 2.4065597045e-05, 195},
		{"realcons", "realgdp", 3, 1.0555992866, 0.36920088914, 192},
		{"realinv", "realgdp", 3, 7.6933307444, 7.0060311077e-05, 192},
		{"realgdp", "realcons", 4, 11.0070211993, 4.7971106837e-08, 189},
		{"realinv", "realgdp", 4, 7.1994258444, 2.0406899112e-05, 189},
	} {
		got, err := Granger(growth(column(t, "macro.csv", c.effect)), growth(column(t, "macro.csv", c.cause)), c.lags)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.effect+" after "+c.cause+": F", c.f, got.F, 1e-9*c.f)
		near(t, c.effect+" after "+c.cause+": p", c.p, got.P, 1e-8*c.p)
		if got.Numerator != c.lags || got.Denominator != c.denominator {
			t.Errorf("degrees of freedom: %+v", got)
		}
	}
}

// Which came first: Thurman and Fisher (1988), by R's lmtest on its ChickEgg.
func TestTheEggCameFirst(t *testing.T) {
	chicken, egg := column(t, "chickegg.csv", "chicken"), column(t, "chickegg.csv", "egg")
	for i, c := range []struct{ eggF, eggP, chickenF, chickenP float64 }{
		{1.2071001073, 0.27716961823, 0.047031856499, 0.82919346261},
		{8.8174728033, 0.00056016510504, 0.87998444712, 0.42151137004},
		{5.4049843723, 0.0029663974456, 0.59161532945, 0.62378620039},
		{4.2567657967, 0.0056714369043, 0.39286329776, 0.81253778407},
	} {
		lags := i + 1
		for _, way := range []struct {
			what          string
			effect, cause []float64
			f, p          float64
		}{{"egg before chicken", chicken, egg, c.eggF, c.eggP}, {"chicken before egg", egg, chicken, c.chickenF, c.chickenP}} {
			got, err := Granger(way.effect, way.cause, lags)
			if err != nil {
				t.Fatal(err)
			}
			near(t, way.what+": F", way.f, got.F, 1e-9*way.f)
			near(t, way.what+": p", way.p, got.P, 1e-9)
			if got.Denominator != 53-3*lags {
				t.Errorf("%s: %+v", way.what, got)
			}
		}
	}
}

func TestGrangerFindsNothingBetweenStrangersAsOftenAsItSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	const trials = 2000
	found := 0
	for range trials {
		got, err := Granger(autoregressive(random, 60, 0.5), autoregressive(random, 60, 0.5), 2)
		if err != nil {
			t.Fatal(err)
		}
		if got.P <= 0.05 {
			found++
		}
	}
	holdsItsLevel(t, "strangers", found, trials, 0.05, true)
}

func TestGrangerRefusesWhatItCannotTell(t *testing.T) {
	x := autoregressive(rand.New(rand.NewPCG(2, 2)), 20, 0.3)
	if _, err := Granger(x, x, 2); !errors.Is(err, ErrDegenerate) {
		t.Errorf("a series and itself: %v", err)
	}
	if _, err := Granger(x, make([]float64, 20), 2); !errors.Is(err, ErrDegenerate) {
		t.Errorf("a constant cause: %v", err)
	}
	if _, err := Granger(x[:7], x[:7], 2); !errors.Is(err, ErrShort) {
		t.Errorf("seven values: %v", err)
	}
	if _, err := Granger(x, x[1:], 2); !errors.Is(err, ErrShort) {
		t.Errorf("unequal lengths: %v", err)
	}
}
