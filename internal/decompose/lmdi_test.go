package decompose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

// The two segments with three factors that LMDIR tests itself with (M. K. Heun,
// LMDIR, create_simple_LMDI and tests/testthat/test_lmdi.R), 1971 to 1974.
func years() [][][]float64 {
	return [][][]float64{
		{{1, 10, 2}, {4, 5, 3}},
		{{4, 5, 3}, {5, 6, 4}},
		{{8, 2, 4}, {5, 7, 5}},
		{{10, 1, 5}, {6, 8, 6}},
	}
}

func TestThePublishedEffectsAreMet(t *testing.T) {
	type form func(before, after [][]float64, weights Weights) (*Effects, error)
	for _, c := range []struct {
		what    string
		form    form
		weights Weights
		want    [][]float64 // by year and factor
	}{
		{"additive LMDI-I", Products, LMDI1, [][]float64{
			{69.79006598, -9.455125793, 39.66505981}, {42.96021467, -34.31902656, 50.3588119}, {54.01064234, -9.021284671, 54.01064234}}},
		{"additive LMDI-II", Products, LMDI2, [][]float64{
			{69.18298477, -8.87773383, 39.69474906}, {43.25676087, -34.72232042, 50.46555955}, {54.45209029, -9.90418057, 54.45209029}}},
		{"multiplicative LMDI-I", ProductRatios, LMDI1, [][]float64{
			{1.761117821, 0.926191306, 1.379410116}, {1.229284572, 0.847970248, 1.273773912}, {1.208140223, 0.968911503, 1.208140223}}},
		{"multiplicative LMDI-II", ProductRatios, LMDI2, [][]float64{
			{1.752469135, 0.93053813, 1.379742261}, {1.231037506, 0.846328552, 1.274427454}, {1.210008769, 0.965921347, 1.210008769}}},
	} {
		for year, want := range c.want {
			got, err := c.form(years()[year], years()[year+1], c.weights)
			if err != nil {
				t.Fatal(err)
			}
			for factor := range want {
				near(t, c.what, want[factor], got.Total[factor], 1e-7)
			}
		}
	}
}

func TestThePublishedEffectsOfSegmentsAreMet(t *testing.T) {
	for weights, want := range map[Weights][][]float64{
		LMDI1: {{50.47438029, -25.23719014, 14.76280986}, {19.31568569, 15.78206435, 24.90224996}},
		LMDI2: {{49.65937274, -24.82968637, 14.52443543}, {19.52361203, 15.95195254, 25.17031363}},
	} {
		got, err := Products(years()[0], years()[1], weights)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Of, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-7 })); diff != "" {
			t.Errorf("weights %d: %s", weights, diff)
		}
	}
}

// The energy use E of four sectors with output Q that PyLMDI has for an example
// (example_data_ang_2014.csv): activity ΣQ, structure Qᵢ/ΣQ, intensity Eᵢ/Qᵢ. The
// effects were computed apart from this program.
func TestEnergyUseIsDividedIntoActivityStructureAndIntensity(t *testing.T) {
	factors := func(energy, output []float64) [][]float64 {
		sum := 0.0
		for _, q := range output {
			sum += q
		}
		var out [][]float64
		for i, q := range output {
			out = append(out, []float64{sum, q / sum, energy[i] / q})
		}
		return out
	}
	before := factors([]float64{20, 10, 8, 12}, []float64{5, 5, 10, 30})
	after := factors([]float64{30, 10, 15, 9}, []float64{12, 8, 30, 30})
	additive, err := Products(before, after, LMDI1)
	if err != nil {
		t.Fatal(err)
	}
	ratios, err := ProductRatios(before, after, LMDI1)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{26.42685513247289, 12.098718263114769, -24.525573395587664} {
		near(t, "additive", want, additive.Total[i], 1e-12)
	}
	for i, want := range []float64{1.5935768938340504, 1.2377992916939395, 0.6489133602107853} {
		near(t, "multiplicative", want, ratios.Total[i], 1e-13)
	}
}

func TestShapleysValueOfTheSameYears(t *testing.T) {
	for year, want := range [][]float64{{223.0 / 3, -50.0 / 3, 127.0 / 3}, {48, -41.5, 52.5}, {164.0 / 3, -31.0 / 3, 164.0 / 3}} {
		got := make([]float64, 3)
		for segment, before := range years()[year] {
			after := years()[year+1][segment]
			for factor, m := range shapley(before, after) {
				got[factor] += m * (after[factor] - before[factor])
			}
		}
		for factor := range want {
			near(t, "factor", want[factor], got[factor], 1e-12)
		}
	}
}

// anyTable draws factors of three segments; never negative unless signs are asked for.
func anyTable(t *rapid.T, signs bool) [][]float64 {
	out := make([][]float64, 3)
	for i := range out {
		for range 3 {
			x := float64(rapid.IntRange(0, 20).Draw(t, "factor")) / 4
			if signs && rapid.IntRange(0, 4).Draw(t, "sign") == 0 {
				x = -x
			}
			out[i] = append(out[i], x)
		}
	}
	return out
}

func total(table [][]float64) float64 {
	sum := 0.0
	for _, row := range table {
		sum += without(row, -1)
	}
	return sum
}

func TestEffectsOfFactorsLeaveNothing(t *testing.T) {
	counted := 0
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyTable(t, false), anyTable(t, false)
		v0, v1 := total(before), total(after)
		for _, weights := range []Weights{LMDI1, LMDI2} {
			if e, err := Products(before, after, weights); err == nil {
				counted++
				sum, size := 0.0, v0+v1
				for j, effect := range e.Total {
					sum += effect
					segments := 0.0
					for i := range e.Of {
						segments += e.Of[i][j]
						size += math.Abs(e.Of[i][j])
					}
					if segments != effect {
						t.Fatalf("weights %d: segments make %v, all of them %v", weights, segments, effect)
					}
				}
				if math.Abs(v1-v0-sum) > 1e-13*size {
					t.Fatalf("weights %d: %v is left of %v", weights, v1-v0-sum, v1-v0)
				}
			} else if weights == LMDI1 {
				t.Fatal(err)
			}
			if e, err := ProductRatios(before, after, weights); err == nil {
				counted++
				back, err := ProductRatios(after, before, weights)
				if err != nil {
					t.Fatal(err)
				}
				ratio := 1.0
				for j, effect := range e.Total {
					ratio *= effect
					if math.Abs(effect*back.Total[j]-1) > 1e-12 {
						t.Fatalf("weights %d: %v, and backwards %v", weights, effect, back.Total[j])
					}
				}
				if math.Abs(ratio-v1/v0) > 1e-12*(1+v1/v0) {
					t.Fatalf("weights %d: %v, not %v", weights, ratio, v1/v0)
				}
			} else if v0 != 0 && v1 != 0 && weights == LMDI1 {
				t.Fatal(err)
			}
		}
	})
	if counted == 0 {
		t.Error("nothing was divided")
	}
}

func TestNegativeFactorsAreDividedWithoutLogarithms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyTable(t, true), anyTable(t, true)
		e, err := Products(before, after, LMDI1)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, effect := range e.Total {
			sum += effect
		}
		if want := total(after) - total(before); math.Abs(want-sum) > 1e-10 {
			t.Fatalf("%v, not %v", sum, want)
		}
	})
	e, err := Products([][]float64{{-1, 2}, {1, 2}}, [][]float64{{1, 3}, {2, 2}}, LMDI1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Method{ByShapley, ByLogMean}, e.Methods); diff != "" {
		t.Error(diff)
	}
}

func TestASegmentThatAppearsIsAtItsLimit(t *testing.T) {
	// V goes from 4 to 10; the second segment appears with 2 · 3.
	before, after := [][]float64{{2, 2}, {0, 3}}, [][]float64{{2, 2}, {2, 3}}
	e, err := Products(before, after, LMDI2)
	if err != nil {
		t.Fatal(err)
	}
	// The first keeps its value and loses share: L(6/10, 0) = 0 is the weight of the
	// second, whose limit is 0.6 of L(V1,V0) over the sum of weights L(0.4, 1).
	near(t, "the factor that appears", 6, e.Total[0], 1e-12)
	near(t, "the other", 0, e.Total[1], 1e-12)
}

func TestWhatHasNoEffectsIsRefused(t *testing.T) {
	one := [][]float64{{1, 2}}
	for _, c := range []struct {
		what, key     string
		before, after [][]float64
		weights       Weights
		ratios        bool
	}{
		{"no segments", "decompose.segments-differ", nil, nil, LMDI1, false},
		{"other segments", "decompose.segments-differ", one, [][]float64{{1, 2}, {3, 4}}, LMDI1, false},
		{"no factors", "decompose.factors-differ", [][]float64{{}}, [][]float64{{}}, LMDI1, false},
		{"other factors", "decompose.factors-differ", one, [][]float64{{1, 2, 3}}, LMDI1, true},
		{"uneven factors", "decompose.factors-differ", [][]float64{{1, 2}, {3}}, [][]float64{{1, 2}, {3}}, LMDI1, false},
		{"no number", "decompose.not-finite", one, [][]float64{{1, math.NaN()}}, LMDI1, false},
		{"too large", "decompose.not-finite", one, [][]float64{{1e200, 1e200}}, LMDI1, false},
		{"a negative factor, as ratios", "decompose.negative", one, [][]float64{{1, -2}}, LMDI1, true},
		{"a negative factor, by shares", "decompose.negative", one, [][]float64{{1, -2}}, LMDI2, false},
		{"from nothing, as ratios", "decompose.zero-total", [][]float64{{0, 2}}, one, LMDI1, true},
		{"to nothing, by shares", "decompose.zero-total", one, [][]float64{{0, 2}}, LMDI2, false},
		{"one goes as another comes", "decompose.no-common-segment", [][]float64{{1, 2}, {0, 1}}, [][]float64{{0, 2}, {1, 1}}, LMDI2, true},
	} {
		form := Products
		if c.ratios {
			form = ProductRatios
		}
		_, err := form(c.before, c.after, c.weights)
		f, ok := err.(*fault.Error)
		if !ok || f.Key != c.key || f.Kind != fault.Invalid {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
