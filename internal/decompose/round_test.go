package decompose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

func TestPartsAreRoundedToTheirTotal(t *testing.T) {
	for _, c := range []struct {
		what     string
		parts    []float64
		total    float64
		decimals int
		want     []int64
		sum      int64
	}{
		{"thirds of 1", []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}, 1, 2, []int64{34, 33, 33}, 100},
		{"the largest remainder", []float64{0.004, 0.006, 0.005}, 0.015, 2, []int64{0, 1, 1}, 2},
		{"of equal remainders the larger part", []float64{1.5, 2.5}, 4, 0, []int64{1, 3}, 4},
		{"signs", []float64{-1.0 / 3, 2.0 / 3, -1.0 / 3}, 0, 2, []int64{-33, 67, -34}, 0},
		{"half away from 0", []float64{-2.5}, -2.5, 0, []int64{-3}, -3},
		{"a total of rounded values", []float64{0.4, 0.4}, 2, 0, []int64{1, 1}, 2},
		{"the same downwards, 0 stays 0", []float64{0.4, 0, 0.3}, -1, 0, []int64{0, 0, -1}, -1},
		{"nothing", nil, 0.4, 0, []int64{}, 0},
		{"only zeros", []float64{0, 0}, 1, 0, []int64{1, 0}, 1},
	} {
		got, err := Round(c.parts, c.total, c.decimals)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
		} else if diff := cmp.Diff(&Rounded{c.want, c.sum, c.decimals}, got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

func TestRoundedPartsAddUpAndStayNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 12).Draw(t, "parts")
		decimals := rapid.IntRange(0, 6).Draw(t, "decimals")
		total := 0.0
		for _, p := range parts {
			total += p
		}
		got, err := Round(parts, total, decimals)
		if err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for i, units := range got.Parts {
			sum += units
			if math.Abs(float64(units)-parts[i]*math.Pow10(decimals)) > 1 {
				t.Fatalf("%v became %d", parts[i], units)
			}
		}
		if sum != got.Total || got.Total != int64(math.Round(total*math.Pow10(decimals))) {
			t.Fatalf("%d of %d, which is %v", sum, got.Total, total)
		}
	})
}

func TestUnitsOfTheLastDecimalAreANumber(t *testing.T) {
	if got := (Rounded{Decimals: 2}).Value(11656869); got != 116568.69 {
		t.Error(got)
	}
}

func TestWhatCannotBeRoundedIsRefused(t *testing.T) {
	for _, c := range []struct {
		key      string
		parts    []float64
		total    float64
		decimals int
	}{
		{"decompose.bad-decimals", []float64{1}, 1, -1},
		{"decompose.bad-decimals", []float64{1}, 1, 13},
		{"decompose.not-roundable", []float64{math.NaN()}, 1, 2},
		{"decompose.not-roundable", []float64{1}, math.Inf(1), 2},
		{"decompose.not-roundable", []float64{1e15, -1e15}, 0, 2},
		{"decompose.parts-differ", []float64{1, 2}, 4, 2},
		{"decompose.parts-differ", nil, 1, 0},
	} {
		_, err := Round(c.parts, c.total, c.decimals)
		if f, ok := err.(*fault.Error); !ok || f.Key != c.key || f.Kind != fault.Invalid {
			t.Errorf("%v of %v: %v", c.parts, c.total, err)
		}
	}
}
