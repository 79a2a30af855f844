package decompose

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestTheLogarithmicMeanHasItsKnownValues(t *testing.T) {
	near(t, "L(e,1)", math.E-1, logMean(math.E, 1), 1e-15)
	near(t, "L(180,80)", 123.3151731, logMean(180, 80), 1e-7) // 100 / ln 2.25
	near(t, "of equals", 7, logMean(7, 7), 0)
	near(t, "of 0", 0, logMean(7, 0), 0)
	near(t, "of almost equals", 7, logMean(7, math.Nextafter(7, 8)), 1e-15)
	near(t, "of far apart", 1e300/(600*math.Ln10), logMean(1e300, 1e-300), 1e284)
}

func TestTheLogarithmicMeanLiesBetweenTheGeometricAndTheArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(1e-9, 1e9).Draw(t, "a"), rapid.Float64Range(1e-9, 1e9).Draw(t, "b")
		l := logMean(a, b)
		if l != logMean(b, a) || l < math.Sqrt(a)*math.Sqrt(b)*(1-1e-14) || l > (a+b)/2*(1+1e-14) {
			t.Fatalf("L(%v,%v) = %v", a, b, l)
		}
	})
}

// orders is Shapley's value by its definition: the mean change that a factor
// makes, over every order in which the factors change.
func orders(before, after []float64) []float64 {
	n := len(before)
	out, count := make([]float64, n), 0.0
	now := append([]float64(nil), before...)
	var step func(changed int, made []float64)
	step = func(changed int, made []float64) {
		if changed == n {
			count++
			for i, m := range made {
				out[i] += m
			}
			return
		}
		for i := range n {
			if !math.IsNaN(made[i]) {
				continue
			}
			was := without(now, -1)
			now[i] = after[i]
			made[i] = without(now, -1) - was
			step(changed+1, made)
			made[i], now[i] = math.NaN(), before[i]
		}
	}
	made := make([]float64, n)
	for i := range made {
		made[i] = math.NaN()
	}
	step(0, made)
	for i := range out {
		out[i] /= count
	}
	return out
}

func TestShapleysValueIsTheMeanOverAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-10, 10)
		n := rapid.IntRange(1, 6).Draw(t, "factors")
		before, after := rapid.SliceOfN(value, n, n).Draw(t, "before"), rapid.SliceOfN(value, n, n).Draw(t, "after")
		want, got := orders(before, after), shapley(before, after)
		for i := range want {
			if math.Abs(want[i]-got[i]*(after[i]-before[i])) > 1e-9 {
				t.Fatalf("factor %d: %v, not %v", i, got[i]*(after[i]-before[i]), want[i])
			}
		}
	})
}

func TestAProductTooSmallForAFloatIsStillDivided(t *testing.T) {
	before, after := []float64{1e-200, 1e-200}, []float64{1, 4}
	m, method := product(before, after, 0, 4)
	if method != ByShapley {
		t.Errorf("by %s", method)
	}
	near(t, "both", 4, m[0]*1+m[1]*4, 1e-15)
}
