package tree

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"beichen/internal/decompose"
	"beichen/internal/metric"
)

func (m *Measurer) why(t *testing.T, id string, r WhyRequest) *Explanation {
	t.Helper()
	d, _, err := m.Metrics.Book.Metric(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r.Metric, r.AsOf = d, asOf
	e, err := m.Why(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// units is a number as whole units of its last decimal.
func units(v float64, decimals int) int64 { return int64(math.Round(v * math.Pow10(decimals))) }

// closes checks that parts add up to what they are parts of, at every level.
func closes(t *testing.T, total float64, parts []PartMove, decimals int) {
	t.Helper()
	if len(parts) == 0 {
		return
	}
	sum := int64(0)
	for _, p := range parts {
		sum += units(p.Change, decimals)
		closes(t, p.Change, p.Parts, decimals)
	}
	same(t, units(total, decimals), sum)
}

// Income is visitors × paid_rate × ticket: 100 · 0.22 · 200 = 4400 became
// 150 · 0.18 · 200 = 5400. By the logarithmic mean L = 1000 / ln(5400/4400), visitors
// made L · ln 1.5 and the rate L · ln (0.18/0.22) of the 1000, the ticket nothing.
func TestAMoveIsDividedDownTheFormulasWithNothingLeft(t *testing.T) {
	e := company(t).why(t, "income", WhyRequest{})
	mean := 1000 / math.Log(5400.0/4400)
	same(t, "4400 5400 1000 2 better", fmt.Sprintf("%g %g %g %d %s", *e.Before.Value, *e.After.Value, *e.Change, e.Decimals, e.Is))
	same(t, []string{"paying", "ticket"}, []string{e.Parts[0].Metric, e.Parts[1].Metric})
	same(t, 1000.0, e.Parts[0].Change)
	same(t, 0.0, e.Parts[1].Change)
	inside := e.Parts[0].Parts
	same(t, fmt.Sprintf("visitors %.2f paid_rate %.2f", mean*math.Log(1.5), mean*math.Log(0.18/0.22)),
		fmt.Sprintf("%s %.2f %s %.2f", inside[0].Metric, inside[0].Change, inside[1].Metric, inside[1].Change))
	same(t, decompose.ByLogMean, e.Parts[0].Steps[0].Method)
	closes(t, *e.Change, e.Parts, e.Decimals)
	same(t, decompose.OutsideNoise, e.Noise.Verdict) // it never moved before
}

func TestEveryMoveOfEveryFormulaCloses(t *testing.T) {
	m := company(t)
	for week := range 8 {
		before, after := monday.AddDate(0, 0, 7*week).Format("2006-01-02"), monday.AddDate(0, 0, 7*(59-week)).Format("2006-01-02")
		for _, id := range []string{"income", "basket", "paying"} {
			e := m.why(t, id, WhyRequest{Before: before, After: after})
			if e.Change == nil || len(e.Parts) == 0 {
				t.Fatalf("%s, %s to %s: %+v", id, before, after, e)
			}
			closes(t, *e.Change, e.Parts, e.Decimals)
		}
	}
}

// Six of ten came by search and paid with 0.3, four by e-mail with 0.1; then four of
// ten by search and six by e-mail: all of it is mix. Midpoint rates .3 and .1 against
// .2: (.4−.6)(.3−.2) + (.6−.4)(.1−.2) = −.04.
func TestARateIsDividedIntoMixAndRate(t *testing.T) {
	m := company(t)
	for _, id := range []string{"paid_rate", "passing"} {
		r := WhyRequest{}
		if id == "passing" { // it is settled a week later
			r = WhyRequest{Before: "2026-10-12", After: "2026-10-19"}
		}
		e := m.why(t, id, r)
		d := e.Dimensions[0]
		if d.Failure != nil {
			t.Fatal(d.Failure)
		}
		same(t, "channel -0.04 -0.04 0 0 2 segments", fmt.Sprintf("%s %g %g %g %g %d segments", d.Dimension, *e.Change, *d.Mix, *d.Rate, d.Overlap, len(d.Segments)))
		same(t, decompose.Amount{Value: 9, Of: 90}, d.Segments[0].After)
		same(t, -0.02, d.Segments[0].Change)
		same(t, "email", d.Segments[0].Value)
	}
}

func TestCountsAndSumsAreDividedByAddition(t *testing.T) {
	m := company(t)
	for id, sign := range map[string]float64{"orders": 1, "revenue": 100} {
		e := m.why(t, id, WhyRequest{Before: "2025-09-08", After: "2026-06-01", Dimensions: []string{"channel", "properties.none"}})
		for _, d := range e.Dimensions {
			sum := d.Overlap
			for _, s := range d.Segments {
				sum += s.Change
				same(t, s.After.Value-s.Before.Value, s.Change)
			}
			same(t, *e.Change, sum)
		}
		if len(e.Dimensions[0].Segments) != 2 || e.Dimensions[1].Segments[0].Value != nil || math.Mod(*e.Change, sign) != 0 {
			t.Errorf("%+v", e.Dimensions)
		}
	}
	// All visitors that came more came by e-mail, and that is the cause.
	e := m.why(t, "visitors", WhyRequest{})
	c := e.Causes[0]
	same(t, "channel email 50 1", fmt.Sprintf("%s %v %g %g", c.Dimension, c.Values[0].Value, c.Change, c.Power))
	// A quotient of sums is a rate; 100 TWD an order never changes.
	e = m.why(t, "basket", WhyRequest{})
	same(t, "0 0 0 unmoved", fmt.Sprintf("%g %g %d %s", *e.Dimensions[0].Mix, *e.Dimensions[0].Rate, len(e.Causes), e.Noise.Verdict))
	// A formula that multiplies is divided by its metrics only.
	if e = m.why(t, "income", WhyRequest{}); e.Dimensions[0].Failure == nil {
		t.Errorf("%+v", e.Dimensions)
	}
}

func TestNoCauseIsToldOfAMoveInsideTheNoise(t *testing.T) {
	m := company(t)
	e := m.why(t, "orders", WhyRequest{})
	n := e.Noise
	if n.Deviation == nil || n.N != 25 || math.Abs(*n.Bound-1.959963984540054**n.Deviation) > 1e-12 {
		t.Fatalf("%+v", n)
	}
	same(t, math.Abs(*e.Change) > *n.Bound, n.Verdict == decompose.OutsideNoise)
	same(t, n.Verdict == decompose.OutsideNoise, len(e.Causes) > 0)
	// The deviation is that of the moves before, by the textbook.
	alone, err := m.Metrics.Measure(t.Context(), metric.Request{Metric: m.Metrics.Book.(*shelf).metrics["orders"], From: "2026-04-20", To: "2026-10-12", AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	var sum, squares float64
	moves := len(alone.Periods) - 1
	for i := range moves {
		move := *alone.Periods[i+1].Value - *alone.Periods[i].Value
		sum, squares = sum+move, squares+move*move
	}
	want := math.Sqrt((squares - sum*sum/float64(moves)) / float64(moves-1))
	if math.Abs(*n.Deviation-want) > 1e-9 {
		t.Errorf("%g, not %g of %d moves", *n.Deviation, want, moves)
	}
	// Early in the company's life nobody knows what is usual.
	e = m.why(t, "orders", WhyRequest{Before: "2025-09-15", After: "2025-09-22"})
	same(t, decompose.NoiseUnknown, e.Noise.Verdict)
	same(t, 0, len(e.Causes))
}

func TestFewCustomersAreToldTogether(t *testing.T) {
	m := company(t)
	for _, fewest := range []int{0, 5} {
		d := m.why(t, "orders", WhyRequest{Before: "2025-09-08", After: "2026-06-01", Dimensions: []string{"traits.nobody", "channel"}, Fewest: fewest}).Dimensions[1]
		same(t, 2, len(d.Segments))
	}
	big := func(n int) *segment { return &segment{customers: [2]int{n, n}} }
	tell := func(segments []*segment) string {
		out := ""
		for _, s := range segments {
			out += fmt.Sprintf("%d%t ", s.customers[0], s.Others)
		}
		return out
	}
	same(t, "9false 8false 6true ", tell(grouped([]*segment{big(3), big(9), big(3), big(8)}, 5)))
	same(t, "9false 11true ", tell(grouped([]*segment{big(3), big(9), big(8)}, 5))) // 3 alone would be known
	var many []*segment
	for range 40 {
		many = append(many, big(50))
	}
	if got := grouped(many, 0); len(got) != mostSegments+1 || got[mostSegments].customers[1] != 500 {
		t.Error(tell(got))
	}
}

func TestWhatIsWrongWithAQuestionWhyIsTold(t *testing.T) {
	m := company(t)
	d := m.Metrics.Book.(*shelf).metrics["orders"]
	for want, r := range map[string]WhyRequest{
		"before:0 journey.bad-date":       {Before: "soon", After: "2026-10-19"},
		"after:0 tree.same-period":        {Before: "2026-10-19", After: "2026-10-20"},
		"after:0 metric.from-after-as-of": {Before: "2026-10-19", After: "2027-10-20"},
		"dimensions[1]:0 event.bad-key":   {Dimensions: []string{"channel", "nonsense"}},
		"grain:0 metric.bad-grain":        {Grain: "whole"},
	} {
		r.Metric, r.AsOf = d, asOf
		_, err := m.Why(t.Context(), r)
		same(t, want, strings.Join(faults(t, err), " "))
	}
}
