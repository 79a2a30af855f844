package decompose

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// rated is a segment with numerators and denominators before and after.
func rated(name string, c0, n0, c1, n1 float64) Segment {
	return Segment{Name: name, Before: Amount{c0, n0}, After: Amount{c1, n1}}
}

func close15() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-15 })
}

// 75 ‰ of 2,000 became 57.5 ‰: web grew from 1/2 to 3/4 of all with the mean rate
// 0.045, below R̄ = 0.06625, so its growth alone took 0.25 · 0.02125.
func TestARateIsDividedIntoMixAndRate(t *testing.T) {
	got := Rates([]Segment{rated("web", 50, 1000, 60, 1500), rated("app", 100, 1000, 55, 500)})
	want := RateMove{Before: new(0.075), After: new(0.0575), Mix: -0.015, Rate: -0.0025, Segments: []RateEffect{
		{"web", -0.0053125, -0.00625, -0.0115625}, {"app", -0.0096875, 0.00375, -0.0059375}}}
	if diff := cmp.Diff(want, got, close15()); diff != "" {
		t.Error(diff)
	}
}

// Simpson's paradox: both improve and the whole falls, for the worse one grew.
func TestBothSegmentsImproveAndTheWholeFalls(t *testing.T) {
	got := Rates([]Segment{rated("a", 40, 800, 26, 500), rated("b", 2, 200, 6, 500)})
	near(t, "before", 0.042, *got.Before, 1e-15)
	near(t, "after", 0.032, *got.After, 1e-15)
	near(t, "rate", 0.002, got.Rate, 1e-15) // 0.65 · 0.002 + 0.35 · 0.002
	near(t, "mix", -0.012, got.Mix, 1e-15)  // −0.3 · 0.051 + 0.3 · 0.011
}

func TestASegmentThatComesOrGoesIsMix(t *testing.T) {
	got := Rates([]Segment{rated("stays", 10, 100, 10, 100), rated("comes", 0, 0, 90, 100), rated("never", 0, 0, 0, 0)})
	// R from 0.1 to 0.5, R̄ = 0.3: the newcomer is half of all, 0.5 · (0.9 − 0.3);
	// the other became half of all, −0.5 · (0.1 − 0.3).
	want := []RateEffect{{"stays", 0.1, 0, 0.1}, {"comes", 0.3, 0, 0.3}, {"never", 0, 0, 0}}
	if diff := cmp.Diff(want, got.Segments, close15()); diff != "" {
		t.Error(diff)
	}
}

func TestARateOfNothingIsUnknown(t *testing.T) {
	for _, segments := range [][]Segment{nil, {rated("a", 0, 0, 1, 2)}, {rated("a", 1, 2, 0, 0)}, {rated("a", 1, 2, 1, 2), rated("b", 1, 2, 1, -2)}} {
		got := Rates(segments)
		if got.Before != nil && got.After != nil || got.Segments != nil || got.Mix != 0 || got.Rate != 0 {
			t.Errorf("%v: %+v", segments, got)
		}
	}
}

func anySegments() *rapid.Generator[[]Segment] {
	amount := rapid.Custom(func(t *rapid.T) Amount {
		a := Amount{Value: float64(rapid.IntRange(-50, 1000).Draw(t, "value")), Of: float64(rapid.IntRange(0, 1000).Draw(t, "of"))}
		if rapid.IntRange(0, 5).Draw(t, "empty") == 0 {
			a.Of = 0
		}
		return a
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Segment {
		return Segment{Name: rapid.StringMatching("[a-e]").Draw(t, "name"), Before: amount.Draw(t, "before"), After: amount.Draw(t, "after")}
	}), 1, 6)
}

func TestMixAndRateLeaveNothingAndRunBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := anySegments().Draw(t, "segments")
		backwards := make([]Segment, len(segments))
		for i, s := range segments {
			backwards[i] = Segment{Name: s.Name, Before: s.After, After: s.Before}
		}
		got, back := Rates(segments), Rates(backwards)
		if got.Before == nil || got.After == nil {
			return
		}
		sum, size := 0.0, math.Abs(*got.Before)+math.Abs(*got.After)
		for i, e := range got.Segments {
			sum += e.Total
			size += math.Abs(e.Mix) + math.Abs(e.Rate)
			b := back.Segments[i]
			if e.Mix != -b.Mix && math.Abs(e.Mix+b.Mix) > 1e-12 || math.Abs(e.Rate+b.Rate) > 1e-12 {
				t.Fatalf("%+v, and backwards %+v", e, b)
			}
		}
		change := *got.After - *got.Before
		if math.Abs(change-sum) > 1e-13*size || math.Abs(change-got.Mix-got.Rate) > 1e-13*size {
			t.Fatalf("%v is left of %v", change-sum, change)
		}
	})
}
