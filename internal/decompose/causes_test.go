package decompose

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

func counted(name string, before, after float64) Segment {
	return Segment{Name: name, Before: Amount{Value: before}, After: Amount{Value: after}}
}

// revenue falls from 100 to 50: an example after that of Bhagwan et al. (2014),
// computed with their formulas.
func revenue() Question {
	return Question{Dimensions: []Dimension{
		{"data_center", []Segment{counted("X", 94, 47), counted("Y", 6, 3)}},
		{"advertiser", []Segment{counted("A1", 50, 24), counted("A2", 20, 21), counted("A3", 20, 4), counted("A4", 10, 1)}},
		{"device_type", []Segment{counted("PC", 50, 49), counted("Mobile", 25, 1), counted("Tablet", 25, 0)}},
	}}
}

func ask(t *testing.T, q Question) *Answer {
	t.Helper()
	a, err := Causes(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheMostSurprisingDimensionIsTold(t *testing.T) {
	got := ask(t, revenue())
	want := []Cause{
		{"device_type", []Explained{{"Tablet", -25, 0.5, new(0.08664339756999316)}, {"Mobile", -24, 0.48, new(0.05792784237913272)}},
			-49, 0.98, new(0.14457123994912588)},
		{"advertiser", []Explained{{"A4", -9, 0.18, new(0.014555158301618434)}, {"A3", -16, 0.32, new(0.01328286287645633)},
			{"A1", -26, 0.52, new(0.00010204790072329897)}}, -51, 1.02, new(0.027940069078798063)},
		{"data_center", []Explained{{"X", -47, 0.94, new(0.0)}}, -47, 0.94, new(0.0)},
	}
	if diff := cmp.Diff(want, got.Causes, close15()); diff != "" {
		t.Error(diff)
	}
	if got.Verdict != NoiseUnknown || *got.Before != 100 || *got.After != 50 || got.Bound != nil {
		t.Errorf("%+v", got)
	}
}

func TestEveryValueHasItsPublishedFigures(t *testing.T) {
	q := revenue()
	all := whole(q.Dimensions[0].Segments)
	for i, want := range []struct{ surprise, power float64 }{{0, 1}, {0.04788788288330917, 1}, {0.184202886883657, 1}} {
		surprise, power := 0.0, 0.0
		for _, e := range q.Dimensions[i].counts(all) {
			surprise += *e.Surprise
			power += e.Power
		}
		near(t, "surprise", want.surprise, surprise, 1e-15)
		near(t, "power", want.power, power, 1e-15)
	}
}

func TestOnlyAMoveOutsideItsNoiseHasCauses(t *testing.T) {
	q := revenue()
	for noise, want := range map[float64]Verdict{0: OutsideNoise, 25: OutsideNoise, 26: InsideNoise, 1000: InsideNoise} {
		q.Noise = new(noise)
		got := ask(t, q)
		if got.Verdict != want || (len(got.Causes) == 0) != (want == InsideNoise) {
			t.Errorf("noise %v: %s, %d causes", noise, got.Verdict, len(got.Causes))
		}
		near(t, "bound", 1.959963984540054*noise, *got.Bound, 1e-12)
		near(t, "before", 100, *got.Before, 0)
		near(t, "after", 50, *got.After, 0)
	}
	q = Question{Noise: new(0.0), Dimensions: []Dimension{{"a", []Segment{counted("x", 0.1, 0.3), counted("y", 0.2, 0)}}}}
	if got := ask(t, q); got.Verdict != Unmoved || got.Causes != nil {
		t.Errorf("0.1 + 0.2 to 0.3: %+v", got)
	}
	q = Question{Rate: true, Dimensions: []Dimension{{"a", []Segment{rated("x", 1, 2, 0, 0)}}}}
	if got := ask(t, q); got.Verdict != UnknownMove || got.Causes != nil || got.Before == nil || got.After != nil {
		t.Errorf("a rate of nothing: %+v", got)
	}
}

// A cause is told by few values or not at all: where ten move alike, none of
// them explains more than a tenth.
func TestManySmallMovesAreNoCause(t *testing.T) {
	var segments []Segment
	for i := range 10 {
		segments = append(segments, counted(fmt.Sprint(i), 10, 9))
	}
	if got := ask(t, Question{Dimensions: []Dimension{{"region", segments}}}); len(got.Causes) != 0 || got.Verdict != NoiseUnknown {
		t.Errorf("%+v", got)
	}
}

// Conversion falls from 10 % to 8 %: in paid search alone, where it was halved.
// Device types all lost a fifth.
func TestARatesCauseIsFoundAmongItsSegments(t *testing.T) {
	got := ask(t, Question{Rate: true, Noise: new(0.005), Dimensions: []Dimension{
		{"device", []Segment{rated("phone", 60, 600, 48, 600), rated("desktop", 40, 400, 32, 400)}},
		{"channel", []Segment{rated("organic", 60, 600, 60, 600), rated("paid", 40, 400, 20, 400)}},
	}})
	if len(got.Causes) != 2 || got.Causes[0].Dimension != "channel" {
		t.Fatalf("%+v", got.Causes)
	}
	c := got.Causes[0]
	if len(c.Values) != 1 || c.Values[0].Segment != "paid" {
		t.Errorf("%+v", c)
	}
	near(t, "change", -0.02, c.Change, 1e-15)
	near(t, "power", 1, c.Power, 1e-12)
	// The numerators' term: p = 0.4, q = 0.25; the denominators' shares stand still.
	near(t, "surprise", (0.4*math.Log(0.8/0.65)+0.25*math.Log(0.5/0.65))/2, *c.Surprise, 1e-15)
}

// The explanatory power of a rate is what it would be if a segment alone had
// moved, told as shares of 1.
func TestARatesPowerIsThatOfASegmentMovingAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Dimension{Segments: anySegments().Draw(t, "segments")}
		for i := range d.Segments {
			s := &d.Segments[i]
			s.Before.Of, s.After.Of = s.Before.Of+1, s.After.Of+1
		}
		all := whole(d.Segments)
		if change := *all.After.rate() - *all.Before.rate(); math.Abs(change) < 1e-6 {
			return
		}
		alone, sum := make([]float64, len(d.Segments)), 0.0
		for i, s := range d.Segments {
			moved := Amount{all.Before.Value - s.Before.Value + s.After.Value, all.Before.Of - s.Before.Of + s.After.Of}
			alone[i] = *moved.rate() - *all.Before.rate()
			sum += alone[i]
		}
		power, change := 0.0, 0.0
		for i, e := range d.rates(all) {
			power += e.Power
			change += e.Change
			if (*all.After.rate()-*all.Before.rate())*sum > 1e-9 && math.Abs(e.Power-alone[i]/sum) > 1e-6 {
				t.Fatalf("%s: %v, alone %v of %v", e.Segment, e.Power, alone[i], sum)
			}
		}
		if math.Abs(power-1) > 1e-6 || math.Abs(change-*all.After.rate()+*all.Before.rate()) > 1e-12 {
			t.Fatalf("together %v and %v", power, change)
		}
	})
}

// One segment had all denominators and lost them: alone it would leave 0 below
// the line, so power is the share of the exact change.
func TestWhereSegmentsAloneTellNothingTheExactChangeIsTold(t *testing.T) {
	d := Dimension{"channel", []Segment{rated("old", 10, 100, 0, 0), rated("new", 0, 0, 30, 100)}}
	got := d.rates(whole(d.Segments))
	near(t, "old", 0.5, got[0].Power, 1e-12) // −1 · (0.1 − 0.2) of 0.2
	near(t, "new", 0.5, got[1].Power, 1e-12)
}

func TestSharesOfNothingAndOfNegativeAmountsHaveNoSurprise(t *testing.T) {
	for _, segments := range [][]Segment{
		{counted("a", 10, 0), counted("b", 5, 0)},
		{counted("a", 0, 10), counted("b", 0, 5)},
		{counted("a", -1, 10), counted("b", 6, 5)},
	} {
		got := ask(t, Question{Dimensions: []Dimension{{"d", segments}}})
		if len(got.Causes) != 1 || got.Causes[0].Surprise != nil || got.Causes[0].Values[0].Segment != "a" {
			t.Errorf("%v: %+v", segments, got.Causes)
		}
	}
	// What has no surprise ranks below what has.
	got := ask(t, Question{Dimensions: []Dimension{
		{"net", []Segment{counted("a", -1, 10), counted("b", 6, 5)}}, {"plain", []Segment{counted("a", 3, 13), counted("b", 2, 2)}}}})
	if len(got.Causes) != 2 || got.Causes[0].Dimension != "plain" {
		t.Errorf("%+v", got.Causes)
	}
}

func TestEveryFaultOfAQuestionIsTold(t *testing.T) {
	for _, c := range []struct {
		q    Question
		want []string
	}{
		{Question{Noise: new(-1.0)}, []string{"dimensions: decompose.no-dimension", "noise: decompose.bad-noise"}},
		{Question{Dimensions: []Dimension{{"d", []Segment{counted("a", math.NaN(), math.Inf(1))}}}}, []string{"d: decompose.bad-amount", "d: decompose.bad-amount"}},
		{Question{Dimensions: []Dimension{{"d", []Segment{counted("a", 5, 7)}}, {"e", []Segment{counted("x", 3, 7), counted("y", 3, 0)}},
			{"f", []Segment{counted("x", 5, 7), counted("y", 0, 1e-3)}}, {"g", []Segment{counted("x", 5, 7+1e-12)}}}},
			[]string{"e: decompose.totals-differ", "f: decompose.totals-differ"}},
		{Question{Rate: true, Dimensions: []Dimension{{"d", []Segment{rated("a", 1, 2, 3, 4)}}, {"e", []Segment{rated("a", 1, 3, 3, 4)}}}}, []string{"e: decompose.totals-differ"}},
	} {
		_, err := Causes(c.q)
		f, ok := err.(*fault.Error)
		if !ok || f.Key != "decompose.invalid" {
			t.Fatalf("%v", err)
		}
		var got []string
		for _, d := range f.Faults {
			got = append(got, d.Path+": "+d.Key)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}
