package formula

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

// wherever compares formulas without their positions.
func wherever() cmp.Option { return cmpopts.IgnoreTypes(Position{}) }

// must reads a formula that has no faults.
func must(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) *Formula {
	t.Helper()
	f, faults := Parse(text)
	if len(faults) > 0 {
		t.Fatalf("%q: %s", text, faults[0].In(fault.English))
	}
	return f
}

// anyNode draws parts of formulas over the metrics a, b, c and d.
func anyNode() *rapid.Generator[Node] {
	return nodeOf(rapid.OneOf(rapid.Float64Range(0, 1e300), rapid.SampledFrom([]float64{0, 1, 0.1, 2, 1e15, 1e-7, 5e-324})))
}

// nodeOf is any formula in a, b, c, d and such numbers.
func nodeOf(numbers *rapid.Generator[float64]) *rapid.Generator[Node] {
	leaf := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) Node { return &Number{Value: numbers.Draw(t, "number")} }),
		rapid.Custom(func(t *rapid.T) Node {
			return &Metric{ID: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "metric")}
		}),
	)
	var part func(depth int) *rapid.Generator[Node]
	part = func(depth int) *rapid.Generator[Node] {
		if depth == 0 {
			return leaf
		}
		return rapid.OneOf(leaf,
			rapid.Custom(func(t *rapid.T) Node { return &Negation{Of: part(depth-1).Draw(t, "of")} }),
			rapid.Custom(func(t *rapid.T) Node {
				return &Binary{
					Operator: rapid.SampledFrom([]Operator{Plus, Minus, Times, Divide}).Draw(t, "operator"),
					Left:     part(depth-1).Draw(t, "left"), Right: part(depth-1).Draw(t, "right"),
				}
			}))
	}
	return part(5)
}

func TestAFormulaIsReadBackFromItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &Formula{Root: anyNode().Draw(t, "formula")}
		got := must(t, want.String())
		if diff := cmp.Diff(want, got, wherever()); diff != "" {
			t.Fatalf("%s: %s", want, diff)
		}
		if got.String() != want.String() {
			t.Fatalf("%s is written again as %s", want, got)
		}
	})
}

func TestFormulasAreWrittenWithTheBracketsTheyNeed(t *testing.T) {
	for text, want := range map[string]string{
		"orders*average_order":          "orders * average_order",
		"((revenue)/(buyers))":          "revenue / buyers",
		"(paid + trial) / visits - 0.1": "(paid + trial) / visits - 0.1",
		"-refunds + revenue":            "-refunds + revenue",
		"-(a*b)":                        "-(a * b)",
		"-a*b":                          "-a * b",
		"- -a":                          "--a",
		"a-(b-c)":                       "a - (b - c)",
		"(a-b)-c":                       "a - b - c",
		"a/(b*c)":                       "a / (b * c)",
		"a/b*c":                         "a / b * c",
		"a + -b":                        "a + -b",
		"1e6 * 1500.50 * .5 * 1e-9":     "1000000 * 1500.5 * 0.5 * 1e-09",
		" a\n\t+\u3000b ":               "a + b",
	} {
		if got := must(t, text).String(); got != want {
			t.Errorf("%q is written %q, not %q", text, got, want)
		}
	}
}

func TestReferencesAreListedOnceInTheOrderTheyAppear(t *testing.T) {
	got := must(t, "(zeta - alpha) / (zeta + 2 * mid) - -alpha").References()
	if diff := cmp.Diff([]string{"zeta", "alpha", "mid"}, got); diff != "" {
		t.Error(diff)
	}
	if got := must(t, "1 + 2").References(); got != nil {
		t.Errorf("numbers refer to %v", got)
	}
}

func TestEveryPartKnowsItsPlace(t *testing.T) {
	f := must(t, "paid\n  + (trial - 2) * -a")
	sum := f.Root.(*Binary)
	product := sum.Right.(*Binary)
	difference := product.Left.(*Binary)
	negation := product.Right.(*Negation)
	for _, c := range []struct {
		what string
		got  Position
		want Position
	}{
		{"paid", sum.Left.Start(), Position{1, 1}},
		{"+", sum.At, Position{2, 3}},
		{"trial", difference.Left.Start(), Position{2, 6}},
		{"trial - 2", difference.Start(), Position{2, 6}},
		{"-", difference.At, Position{2, 12}},
		{"2", difference.Right.Start(), Position{2, 14}},
		{"*", product.At, Position{2, 17}},
		{"-a", negation.Start(), Position{2, 19}},
		{"a", negation.Of.Start(), Position{2, 20}},
		{"the whole", sum.Start(), Position{1, 1}},
	} {
		if c.got != c.want {
			t.Errorf("%s is at %+v, not %+v", c.what, c.got, c.want)
		}
	}
}

func TestAPositionIsAColumnOnTheFirstLine(t *testing.T) {
	if got := (Position{1, 8}).String(); got != "8" {
		t.Error(got)
	}
	if got := (Position{3, 8}).String(); got != "3:8" {
		t.Error(got)
	}
}
