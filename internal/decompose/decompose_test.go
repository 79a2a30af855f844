package decompose

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
	"beichen/internal/formula"
)

type tester interface {
	Helper()
	Fatalf(string, ...any)
}

func near(t *testing.T, what string, want, got, within float64) {
	t.Helper()
	if !(math.Abs(want-got) <= within) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

// parsed is a formula that has no faults.
func parsed(t tester, text string) *formula.Formula {
	t.Helper()
	f, faults := formula.Parse(text)
	if len(faults) > 0 {
		t.Fatalf("%s: %s", text, faults[0].In(fault.English))
	}
	return f
}

// values gives metrics their values; those without one are unknown.
type values map[string]float64

func (v values) of(id string) *float64 {
	if x, ok := v[id]; ok {
		return &x
	}
	return nil
}

func explain(t tester, text string, before, after values) Explanation {
	t.Helper()
	return Formula(parsed(t, text), before.of, after.of)
}

// changes are the parts by metric.
func changes(e Explanation) map[string]float64 {
	out := map[string]float64{}
	for _, p := range e.Parts {
		out[p.Metric] = p.Change
	}
	return out
}

// methods are those of the steps, outer ones first.
func methods(e Explanation) []Method {
	var out []Method
	for _, s := range e.Steps {
		out = append(out, s.Method)
	}
	return out
}

func within(want, got map[string]float64, tolerance float64) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= tolerance }))
}

// V = 100,000 · 0.030 · 200 = 600,000 and 120,000 · 0.027 · 210 = 680,400:
// L(V1,V0) = 80,400 / ln 1.134 = 639,354.3…, times ln 1.2, ln 0.9 and ln 1.05.
func TestAProductIsDividedByTheLogarithmicMean(t *testing.T) {
	before := values{"users": 100000, "conversion": 0.030, "average_order": 200}
	after := values{"users": 120000, "conversion": 0.027, "average_order": 210}
	e := explain(t, "users * conversion * average_order", before, after)
	want := map[string]float64{"users": 116568.69, "conversion": -67363.06, "average_order": 31194.37}
	if diff := within(want, changes(e), 0.005); diff != "" {
		t.Error(diff)
	}
	if len(e.Steps) != 1 || e.Steps[0].Method != ByLogMean || e.Steps[0].Text != "users * conversion * average_order" ||
		e.Steps[0].Before != *e.Before || *e.After != e.Steps[0].After {
		t.Errorf("%+v", e.Steps)
	}
	rounded, err := Round([]float64{e.Parts[0].Change, e.Parts[1].Change, e.Parts[2].Change}, *e.After-*e.Before, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Rounded{[]int64{11656869, -6736306, 3119437}, 8040000, 2}, rounded); diff != "" {
		t.Error(diff)
	}
}

// Ang, Zhang and Choi (1998), table 2, as LMDIR tests it: x is the factor, y the
// rest of V = x · y.
func TestZerosTakeTheirLimits(t *testing.T) {
	for _, c := range []struct {
		what           string
		x0, y0, x1, y1 float64
		x, y           float64
	}{
		{"the factor appears", 0, 2, 3, 5, 15, 0},
		{"the factor vanishes", 3, 5, 0, 2, -15, 0},
		{"V appears by the other", 2, 0, 3, 5, 0, 15},
		{"V vanishes by the other", 3, 5, 2, 0, 0, -15},
		{"V is 0 at both times", 0, 2, 0, 5, 0, 0},
		{"V is 0 for one reason and then for the other", 0, 2, 3, 0, 0, 0},
		{"both appear", 0, 0, 3, 5, 7.5, 7.5},
		{"both vanish", 3, 5, 0, 0, -7.5, -7.5},
		{"nothing is ever there", 0, 0, 0, 0, 0, 0},
	} {
		e := explain(t, "x * y", values{"x": c.x0, "y": c.y0}, values{"x": c.x1, "y": c.y1})
		if diff := within(map[string]float64{"x": c.x, "y": c.y}, changes(e), 1e-14); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
		if diff := cmp.Diff([]Method{ByLogMeanLimit}, methods(e)); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
		// With d small, what is left of the limit shrinks as 1/ln d does.
		d := func(x float64) float64 { return max(x, 1e-300) }
		small := changes(explain(t, "x * y", values{"x": d(c.x0), "y": d(c.y0)}, values{"x": d(c.x1), "y": d(c.y1)}))
		near(t, c.what+", nearly", c.x, small["x"], 0.1)
		near(t, c.what+", nearly", c.y, small["y"], 0.1)
	}
}

func TestEveryNodeIsDividedByTheMethodThatItAllows(t *testing.T) {
	for _, c := range []struct {
		text          string
		before, after values
		methods       []Method
		want          map[string]float64
	}{
		{"a + b - c", values{"a": 1, "b": 2, "c": 3}, values{"a": 5, "b": 0, "c": 4}, []Method{BySum}, map[string]float64{"a": 4, "b": -2, "c": -1}},
		{"-(a - b)", values{"a": 1, "b": 2}, values{"a": 5, "b": 3}, []Method{BySum}, map[string]float64{"a": -4, "b": 1}},
		{"a", values{"a": 1}, values{"a": 5}, nil, map[string]float64{"a": 4}},
		{"7", values{}, values{}, nil, map[string]float64{}},
		{"100 * a", values{"a": 1}, values{"a": 5}, []Method{ByLogMean}, map[string]float64{"a": 400}},
		{"a * a", values{"a": 2}, values{"a": 3}, []Method{ByLogMean}, map[string]float64{"a": 5}},
		// L(2,1) = 1/ln 2, times ln 4 for the numerator and −ln 2 for the denominator.
		{"a / b", values{"a": 2, "b": 2}, values{"a": 8, "b": 4}, []Method{ByLogMean}, map[string]float64{"a": 2, "b": -1}},
		{"a / b", values{"a": 0, "b": 2}, values{"a": 8, "b": 4}, []Method{ByLogMeanLimit}, map[string]float64{"a": 2, "b": 0}},
		// Midpoint: −1·(2+3)/2 … of the factors −1→1 and 2→3.
		{"a * b", values{"a": -1, "b": 2}, values{"a": 1, "b": 3}, []Method{ByShapley}, map[string]float64{"a": 5, "b": 0}},
		{"a / b", values{"a": -1, "b": 2}, values{"a": 3, "b": 4}, []Method{ByShapley}, map[string]float64{"a": 4 * 0.375, "b": 1 * -0.25}},
		{"a * b", values{"a": 0, "b": 2}, values{"a": -3, "b": 0}, []Method{ByShapley}, map[string]float64{"a": -3, "b": 3}},
		// A sign of the formula is not one of its values.
		{"-a * -b * -c", values{"a": 2, "b": 1, "c": 1}, values{"a": 6, "b": 1, "c": 1}, []Method{ByLogMean}, map[string]float64{"a": -4, "b": 0, "c": 0}},
		// a − b stays 10 while both double their distance from it: it hands down L/L = c.
		{"(a - b) * c", values{"a": 20, "b": 10, "c": 3}, values{"a": 50, "b": 40, "c": 3}, []Method{ByLogMean, BySum}, map[string]float64{"a": 90, "b": -90, "c": 0}},
		// The same at 0, where it is the limit.
		{"(a - b) * c", values{"a": 20, "b": 20, "c": 3}, values{"a": 50, "b": 50, "c": 3}, []Method{ByLogMeanLimit, BySum}, map[string]float64{"a": 90, "b": -90, "c": 0}},
		// b is in both: 1 − b/a from 1 − 1/2 to 1 − 1/4.
		{"(a - b) / a", values{"a": 2, "b": 1}, values{"a": 4, "b": 1}, []Method{ByLogMean, BySum}, map[string]float64{"a": 0.25, "b": 0}},
		{"(paid + trial) / visits - 0.1", values{"paid": 1, "trial": 3, "visits": 8}, values{"paid": 5, "trial": 3, "visits": 8},
			[]Method{BySum, ByLogMean, BySum}, map[string]float64{"paid": 0.5, "trial": 0, "visits": 0}},
	} {
		e := explain(t, c.text, c.before, c.after)
		if diff := within(c.want, changes(e), 1e-12); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
		if diff := cmp.Diff(c.methods, methods(e)); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

func TestWhatIsUnknownIsNamedAndNothingIsMadeUp(t *testing.T) {
	known := values{"a": 1, "b": 2, "zero": 0, "huge": 1e308}
	for _, c := range []struct {
		text          string
		before, after values
		want          []Unknown
	}{
		{"a * lost - b", values{"a": 1, "b": 2, "lost": 3}, known, []Unknown{{"lost", formula.Position{Line: 1, Column: 5}, false, true, NotMeasured}}},
		{"lost + gone + lost", known, known, []Unknown{
			{"lost", formula.Position{Line: 1, Column: 1}, true, true, NotMeasured}, {"gone", formula.Position{Line: 1, Column: 8}, true, true, NotMeasured}}},
		{"a + b / zero", known, values{"a": 1, "b": 2, "zero": 1}, []Unknown{{"b / zero", formula.Position{Line: 1, Column: 5}, true, false, DividedByZero}}},
		{"(huge + huge) / zero", known, known, []Unknown{{"huge + huge", formula.Position{Line: 1, Column: 2}, true, true, OutOfRange}}},
		{"a + a", values{"a": math.NaN()}, known, []Unknown{{"a", formula.Position{Line: 1, Column: 1}, true, false, NotMeasured}}},
		// Both values are known and the part of a is beyond a float: −1e308 to 1e308.
		{"a", values{"a": -1e308}, values{"a": 1e308}, []Unknown{{"a", formula.Position{Line: 1, Column: 1}, true, true, OutOfRange}}},
	} {
		e := explain(t, c.text, c.before, c.after)
		if diff := cmp.Diff(c.want, e.Unknown); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
		if e.Parts != nil || e.Steps != nil {
			t.Errorf("%s: %+v, %+v", c.text, e.Parts, e.Steps)
		}
	}
	if e := explain(t, "lost", known, values{"lost": 4}); e.Before != nil || e.After == nil || *e.After != 4 {
		t.Errorf("%v, %v", e.Before, e.After)
	}
}

// A metric that is a formula itself: what its own metrics did to the formula
// above is their multiplier times its multiplier, as if it were written out.
func TestMultipliersChainDownTheTree(t *testing.T) {
	before := values{"visits": 1000, "rate": 0.1, "items": 3, "price": 20}
	after := values{"visits": 1500, "rate": 0.08, "items": 2, "price": 35}
	out := explain(t, "visits * rate * (items * price)", before, after)
	before["average_order"], after["average_order"] = 60, 70
	above := explain(t, "visits * rate * average_order", before, after)
	below := explain(t, "items * price", before, after)
	for _, p := range below.Parts {
		near(t, p.Metric, changes(out)[p.Metric], above.Parts[2].Multiplier*p.Change, 1e-9)
	}
}

// anyValue draws values with zeros, both signs, and sizes from 1e-9 to 1e9.
func anyValue() *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		digits := rapid.OneOf(rapid.SampledFrom([]int{0, 0, 1, -1}), rapid.IntRange(0, 1e6), rapid.IntRange(-1000, 1000)).Draw(t, "digits")
		return float64(digits) * rapid.SampledFrom([]float64{1, 1, 0.01, 1000, 1e-9}).Draw(t, "size")
	})
}

// anyFormula draws a formula whose metrics m0, m1 … stand in it once each.
func anyFormula(t *rapid.T) (f *formula.Formula, metrics int) {
	var part func(depth int) formula.Node
	part = func(depth int) formula.Node {
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		switch {
		case kind == 0:
			return &formula.Number{Value: float64(rapid.IntRange(0, 9).Draw(t, "number"))}
		case kind == 1 && depth > 0:
			return &formula.Negation{Of: part(depth - 1)}
		case kind < 4 || depth == 0:
			metrics++
			return &formula.Metric{ID: fmt.Sprint("m", metrics-1)}
		}
		operator := rapid.SampledFrom([]formula.Operator{formula.Plus, formula.Minus, formula.Times, formula.Divide}).Draw(t, "operator")
		return &formula.Binary{Operator: operator, Left: part(depth - 1), Right: part(depth - 1)}
	}
	f = &formula.Formula{Root: part(4)}
	return f, metrics
}

// rounding bounds, in units of the last place of 1, what computing a formula's
// value in floats makes it lose: 7 − (1 + x + 6) has few digits of a small x.
func rounding(n formula.Node, at values) float64 {
	value := func(n formula.Node) float64 { return math.Abs(*(&formula.Formula{Root: n}).Evaluate(at.of)) }
	switch n := n.(type) {
	case *formula.Negation:
		return rounding(n.Of, at)
	case *formula.Binary:
		left, right := rounding(n.Left, at), rounding(n.Right, at)
		switch n.Operator {
		case formula.Times:
			left, right = left*value(n.Right), right*value(n.Left)
		case formula.Divide:
			left, right = left/value(n.Right), right*value(n)/value(n.Right)
		}
		return left + right + value(n)
	}
	return value(n)
}

// What may be left over is the rounding of floats: of the two values, and a few
// units of the last place of each part.
func TestNothingIsLeftOverAndTimeRunsBothWays(t *testing.T) {
	explained := map[Method]int{}
	rapid.Check(t, func(t *rapid.T) {
		f, metrics := anyFormula(t)
		before, after := values{}, values{}
		for i := range metrics {
			id := fmt.Sprint("m", i)
			before[id] = anyValue().Draw(t, "before")
			after[id] = rapid.OneOf(anyValue(), rapid.Just(before[id])).Draw(t, "after")
		}
		e, back := Formula(f, before.of, after.of), Formula(f, after.of, before.of)
		if len(e.Unknown) > 0 {
			if e.Before != nil && e.After != nil {
				t.Fatalf("%s has values and is not explained: %+v", f, e.Unknown)
			}
			return
		}
		for _, m := range methods(e) {
			explained[m]++
		}
		sum, size := 0.0, rounding(f.Root, before)+rounding(f.Root, after)
		parts := make([]float64, len(e.Parts))
		for i, p := range e.Parts {
			parts[i] = p.Change
			sum += p.Change
			size += math.Abs(p.Change)
		}
		if left := *e.After - *e.Before - sum; math.Abs(left) > 1e-14*size {
			t.Fatalf("%s: %v is left of %v", f, left, *e.After-*e.Before)
		}
		for i, p := range back.Parts {
			if math.Abs(p.Change+parts[i]) > 1e-14*size {
				t.Fatalf("%s: %s did %v, and backwards %v", f, p.Metric, parts[i], p.Change)
			}
		}
		if size < 1e12 {
			rounded, err := Round(parts, *e.After-*e.Before, 2)
			if len(parts) == 0 {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			total := int64(0)
			for _, units := range rounded.Parts {
				total += units
			}
			if total != rounded.Total || total != int64(math.Round((*e.After-*e.Before)*100)) {
				t.Fatalf("%v cents of %v", total, *e.After-*e.Before)
			}
		}
	})
	for _, m := range []Method{BySum, ByLogMean, ByLogMeanLimit, ByShapley} {
		if explained[m] == 0 {
			t.Errorf("no node was divided by %s", m)
		}
	}
}

func TestBracketsAmongEqualsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := values{}, values{}
		for _, id := range []string{"a", "b", "c", "d"} {
			before[id], after[id] = anyValue().Draw(t, "before"), anyValue().Draw(t, "after")
		}
		first := explain(t, "a * b * c / d", before, after)
		if len(first.Unknown) > 0 {
			return
		}
		size := 0.0
		for _, p := range first.Parts {
			size += math.Abs(p.Change)
		}
		for _, text := range []string{"a * (b * (c / d))", "a * b / (d / c)", "a * (b * -c) / -d"} {
			other := explain(t, text, before, after)
			if len(other.Unknown) > 0 {
				continue // d / c is unknown where c is 0
			}
			if diff := within(changes(first), changes(other), 1e-14*size); diff != "" {
				t.Fatalf("%s: %s", text, diff)
			}
		}
	})
}
