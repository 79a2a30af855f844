package formula

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

// units gives metrics their units: a CNY, and so on.
func units(t *testing.T, of map[string]string) func(string) (Unit, bool) {
	t.Helper()
	all := map[string]Unit{}
	for id, text := range of {
		all[id] = unit(t, text)
	}
	return func(id string) (Unit, bool) { u, ok := all[id]; return u, ok }
}

var shop = map[string]string{
	"orders": "order", "average_order": "CNY/order", "revenue": "CNY", "refunds": "CNY", "buyers": "customer", "visits": "visit",
	"conversion": "", "time": "s",
}

func TestUnitsFollowTheArithmetic(t *testing.T) {
	for text, want := range map[string]string{
		"orders * average_order":       "CNY",
		"revenue / buyers":             "CNY/customer",
		"-refunds + revenue":           "CNY",
		"orders / visits":              "order/visit",
		"conversion - 0.1":             "1",
		"revenue / refunds - 1":        "1",
		"2 * revenue - refunds / 2":    "CNY",
		"1 / time":                     "1/s",
		"time * time":                  "s^2",
		"1 + 2":                        "1",
		"orders * average_order / 100": "CNY",
	} {
		got, faults := must(t, text).Check(units(t, shop))
		if len(faults) > 0 {
			t.Errorf("%s: %s", text, faults[0].In(fault.English))
		} else if got.String() != want {
			t.Errorf("%s is in %s, not %s", text, got, want)
		}
	}
}

func TestEveryFaultOfUnitsIsToldOnce(t *testing.T) {
	for text, want := range map[string][]string{
		"orders + revenue":                    {"units-differ@8"},
		"(orders + revenue) + buyers":         {"units-differ@9"},
		"revenue - 0.1":                       {"ratio-and-unit@9"},
		"1 - buyers + conversion":             {"ratio-and-unit@3"},
		"gone":                                {"unknown-metric@1"},
		"gone + orders * lost - gone":         {"unknown-metric@1", "unknown-metric@17", "unknown-metric@24"},
		"(orders - buyers) / (time + gone)":   {"units-differ@9", "unknown-metric@29"},
		"orders * average_order + orders":     {"units-differ@24"},
		"(orders + time) * (buyers - visits)": {"units-differ@9", "units-differ@27"},
	} {
		got, faults := must(t, text).Check(units(t, shop))
		if diff := cmp.Diff(want, told(faults)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if !got.IsRatio() {
			t.Errorf("%s has faults and the unit %s", text, got)
		}
	}
}

func TestAFaultNamesBothSidesAndTheirUnits(t *testing.T) {
	_, faults := must(t, "visits / (orders - revenue / 2)").Check(units(t, shop))
	text := faults[0].In(fault.English)
	for _, part := range []string{"“orders” (column 11) is in order", "“revenue / 2” (column 20) in CNY", "the - at column 18"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %s", part, text)
		}
	}
	_, faults = must(t, "0.1 + revenue").Check(units(t, shop))
	text = faults[0].In(fault.English)
	for _, part := range []string{"“0.1” (column 1) is a number without a unit", "“revenue” (column 7) is in CNY"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in %s", part, text)
		}
	}
}

// What is counted in cents is a hundred times what is counted in yuan, and so is
// everything computed from it, as often as its unit says: a formula of right
// units does not hang on the size of a unit. Twofold units keep floats exact, as
// long as nothing on the way comes near the bounds of floats: hence everyday numbers.
func TestAFormulaOfRightUnitsDoesNotHangOnTheSizeOfAUnit(t *testing.T) {
	right := 0
	everyday := rapid.SampledFrom([]float64{0, 0.1, 1, 2, 7, 365})
	rapid.Check(t, func(t *rapid.T) {
		f := &Formula{Root: nodeOf(everyday).Draw(t, "formula")}
		of, values := map[string]Unit{}, map[string]float64{}
		for _, id := range []string{"a", "b", "c", "d"} {
			of[id] = unit(t, rapid.SampledFrom([]string{"m", "m", "1", "1/m"}).Draw(t, "unit"))
			values[id] = float64(rapid.IntRange(-9, 9).Draw(t, "value"))
		}
		result, faults := f.Check(func(id string) (Unit, bool) { return of[id], true })
		if len(faults) > 0 {
			return
		}
		plain := f.Evaluate(func(id string) *float64 { return new(values[id]) })
		scaled := f.Evaluate(func(id string) *float64 { return new(math.Ldexp(values[id], of[id].powers["m"])) })
		if (plain == nil) != (scaled == nil) {
			t.Fatalf("%s: %v, with units half as large %v", f, plain, scaled)
		}
		if plain == nil {
			return
		}
		right++
		if want := math.Ldexp(*plain, result.powers["m"]); *scaled != want {
			t.Fatalf("%s: %v, with units half as large %v and not %v", f, *plain, *scaled, want)
		}
	})
	if right == 0 {
		t.Error("no formula had right units")
	}
}
