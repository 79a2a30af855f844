package stat

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func near(t *testing.T, what string, want, got, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(want-got) > within {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

// Published vectors: R. G. Newcombe (1998), "Two-sided confidence intervals for
// the single proportion", Statistics in Medicine 17, 857–872, table I, method 3.
func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {3, 20, 0.052, 0.360}, {0, 10, 0, 0.278}} {
		got := Wilson(c.k, c.n)
		near(t, "rate", float64(c.k)/float64(c.n), got.Rate, 1e-12)
		near(t, "low", c.low, got.Low, 0.0005)
		near(t, "high", c.high, got.High, 0.0005)
	}
}

func TestAnIntervalHoldsItsRateAndStaysWithinOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 100000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		w := Wilson(k, n)
		if !(0 <= w.Low && w.Low <= w.Rate && w.Rate <= w.High && w.High <= 1) {
			t.Fatalf("%d of %d: %+v", k, n, w)
		}
	})
}

func TestQuantilesInterpolateLinearly(t *testing.T) {
	// R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1)), type 7.
	for q, want := range map[float64]float64{0: 1, 0.25: 1.75, 0.5: 3, 0.9: 6.8, 1: 8} {
		near(t, "quantile", want, Quantile([]float64{1, 2, 4, 8}, q), 1e-12)
	}
	near(t, "of one", 5, Quantile([]float64{5}, 0.9), 0)
}

func TestAHistogramListsItsBinsAndOneMore(t *testing.T) {
	// Three conversions of 37 min, 1 h and 23 h: n = ⌈∛3⌉ = 2, w = ⌈80580/2⌉.
	want := []Bin{{2220, 2}, {42510, 0}, {82800, 1}}
	if diff := cmp.Diff(want, Histogram([]float64{3600, 2220, 82800}, 0)); diff != "" {
		t.Error(diff)
	}
	// All equal: the width would be 0 and is 60.
	if diff := cmp.Diff([]Bin{{7, 2}, {67, 0}, {127, 0}}, Histogram([]float64{7, 7}, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Bin{{0, 1}, {1, 1}, {2, 0}, {3, 1}}, Histogram([]float64{0.5, 1.5, 3}, 3)); diff != "" {
		t.Error(diff)
	}
	if got := Histogram(nil, 0); got != nil {
		t.Errorf("bins of nothing: %v", got)
	}
}

func TestTheCubeRootOfAWholeCubeIsExact(t *testing.T) {
	for _, c := range []struct{ count, bins int }{{8, 2}, {9, 3}, {27, 3}, {28, 4}, {1000, 10}, {1001, 11}, {1_000_000, 60}} {
		values := make([]float64, c.count)
		if got := len(Histogram(values, 0)); got != c.bins+1 {
			t.Errorf("%d values: want %d bins, got %d", c.count, c.bins+1, got)
		}
	}
}

func TestAHistogramLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1e7), 1, 200).Draw(t, "values")
		total := 0
		for i, b := range Histogram(values, rapid.IntRange(0, 90).Draw(t, "bins")) {
			total += b.Count
			if i == 0 && b.Low > values[0] {
				t.Fatalf("starts at %v", b.Low)
			}
		}
		if total != len(values) {
			t.Fatalf("%d of %d", total, len(values))
		}
	})
}

// The worked example of E. J. Freireich et al. (1963), Blood 21, 699–716, as in
// D. G. Kleinbaum and M. Klein, Survival Analysis (table 2.3): weeks of remission
// under 6-mercaptopurine, + censored.
func TestKaplanMeierGivesTheRemissionCurve(t *testing.T) {
	var observations []Observation
	for _, week := range []float64{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		observations = append(observations, Observation{week, true})
	}
	for _, week := range []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		observations = append(observations, Observation{week, false})
	}
	want := []Survivor{{6, 0.8571}, {7, 0.8067}, {10, 0.7529}, {13, 0.6902}, {16, 0.6275}, {22, 0.5378}, {23, 0.4482}}
	got := KaplanMeier(observations)
	if len(got) != len(want) {
		t.Fatalf("%d steps: %v", len(got), got)
	}
	for i := range want {
		near(t, "time", want[i].Time, got[i].Time, 0)
		near(t, "surviving", want[i].Surviving, got[i].Surviving, 0.00005)
	}
}

func TestWithoutCensoringSurvivalIsThePlainShare(t *testing.T) {
	curve := KaplanMeier([]Observation{{3, true}, {1, true}, {2, true}, {9, false}})
	near(t, "surviving", 0.25, curve[len(curve)-1].Surviving, 1e-12)
}
