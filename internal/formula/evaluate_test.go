package formula

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive computes a formula's text with Go's own parser, whose precedence is the
// same; unknown is NaN.
func naive(t *rapid.T, text string, values map[string]float64) float64 {
	root, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	var value func(ast.Expr) float64
	value = func(e ast.Expr) float64 {
		result := math.NaN()
		switch e := e.(type) {
		case *ast.BasicLit:
			result, _ = strconv.ParseFloat(e.Value, 64)
		case *ast.Ident:
			result = values[e.Name]
		case *ast.ParenExpr:
			return value(e.X)
		case *ast.UnaryExpr:
			result = -value(e.X)
		case *ast.BinaryExpr:
			switch x, y := value(e.X), value(e.Y); e.Op {
			case token.ADD:
				result = x + y
			case token.SUB:
				result = x - y
			case token.MUL:
				result = x * y
			case token.QUO:
				result = x / y
			}
		}
		if math.IsInf(result, 0) {
			return math.NaN()
		}
		return result
	}
	return value(root)
}

func TestEvaluateAgreesWithGosOwnParserAndArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &Formula{Root: anyNode().Draw(t, "formula")}
		values := map[string]float64{}
		for _, id := range []string{"a", "b", "c", "d"} {
			values[id] = rapid.OneOf(rapid.SampledFrom([]float64{0, 0, 1, -1, math.NaN(), 1e308}), rapid.Float64()).Draw(t, id)
		}
		got := f.Evaluate(func(id string) *float64 {
			if math.IsNaN(values[id]) {
				return nil
			}
			return new(values[id])
		})
		text := f.String()
		for strings.Contains(text, "--") { // which is one sign in Go
			text = strings.ReplaceAll(text, "--", "- -")
		}
		want := naive(t, text, values)
		switch {
		case got == nil && !math.IsNaN(want):
			t.Fatalf("%s: unknown, not %v", f, want)
		case got != nil && *got != want:
			t.Fatalf("%s: %v, not %v", f, *got, want)
		}
	})
}

func TestWhatCannotBeComputedIsUnknown(t *testing.T) {
	values := map[string]*float64{"one": new(1.0), "zero": new(0.0), "huge": new(1e308), "nan": new(math.NaN()), "inf": new(math.Inf(1))}
	of := func(id string) *float64 { return values[id] }
	for _, text := range []string{
		"gone", "gone * zero", "zero * gone", "one - gone", "-gone", "one / zero", "zero / zero", "one / (one - one)", "zero * (one / zero)",
		"huge * huge", "huge + huge", "nan", "nan * zero", "inf - inf", "one / inf",
	} {
		if got := must(t, text).Evaluate(of); got != nil {
			t.Errorf("%s is %v", text, *got)
		}
	}
	for text, want := range map[string]float64{"zero / one": 0, "huge / huge": 1, "-one": -1, "3 - 1 - 1": 1, "12 / 2 / 3": 2} {
		if got := must(t, text).Evaluate(of); got == nil || *got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestACircleIsToldByItsWay(t *testing.T) {
	for _, c := range []struct {
		of   map[string]string
		want []string
	}{
		{map[string]string{"a": "b + c", "b": "c * 2", "c": "measured"}, nil},
		{map[string]string{}, nil},
		{map[string]string{"a": "a"}, []string{"a", "a"}},
		{map[string]string{"a": "b", "b": "c", "c": "a"}, []string{"a", "b", "c", "a"}},
		{map[string]string{"c": "a", "a": "b", "b": "c / a"}, []string{"a", "b", "c", "a"}},
		{map[string]string{"a": "x + z", "x": "y", "y": "2", "z": "w", "w": "z"}, []string{"z", "w", "z"}},
		{map[string]string{"a": "d", "d": "1", "b": "c - d", "c": "b", "e": "e"}, []string{"b", "c", "b"}},
	} {
		formulas := map[string]*Formula{}
		for id, text := range c.of {
			formulas[id] = must(t, text)
		}
		if diff := cmp.Diff(c.want, Cycle(formulas)); diff != "" {
			t.Errorf("%v: %s", c.of, diff)
		}
	}
}

// A circle is there exactly if what depends on nothing can not be taken away
// until nothing is left.
func TestACircleIsFoundWhereThereIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := []string{"a", "b", "c", "d", "e", "f"}
		of := map[string]*Formula{}
		for _, id := range ids {
			var root Node = &Number{Value: 1}
			for range rapid.IntRange(0, 2).Draw(t, "references") {
				root = &Binary{Operator: Plus, Left: root, Right: &Metric{ID: rapid.SampledFrom(ids).Draw(t, "to")}}
			}
			of[id] = &Formula{Root: root}
		}
		left := map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true}
		for range ids {
			for _, id := range ids {
				free := true
				for _, to := range of[id].References() {
					free = free && !left[to]
				}
				if free {
					delete(left, id)
				}
			}
		}
		way := Cycle(of)
		if (len(left) > 0) != (len(way) > 0) {
			t.Fatalf("%v, and %d hang on each other", way, len(left))
		}
		for i := 1; i < len(way); i++ {
			refers := false
			for _, to := range of[way[i-1]].References() {
				refers = refers || to == way[i]
			}
			if !refers {
				t.Fatalf("%v: %s does not refer to %s", way, way[i-1], way[i])
			}
		}
		if len(way) > 0 && way[0] != way[len(way)-1] {
			t.Fatalf("%v does not close", way)
		}
	})
}
