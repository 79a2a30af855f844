package formula

import (
	"testing"

	"pgregory.net/rapid"

	"beichen/internal/fault"
)

// unit reads a unit that has no fault.
func unit(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) Unit {
	t.Helper()
	u, problem := ParseUnit(text)
	if problem != nil {
		t.Fatalf("%q: %s", text, problem.In(fault.English))
	}
	return u
}

func TestUnitsAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"": "1", " ": "1", "1": "1", "1/1": "1", "CNY": "CNY", "CNY/order": "CNY/order", " CNY / order ": "CNY/order", "元/單": "元/單",
		"customer": "customer", "1/s": "1/s", "m*m": "m^2", "m·m^2": "m^3", "s/s": "1", "b*a/d/c": "a*b/c/d", "m^2/m^3": "1/m",
		"CNY/order*order": "CNY", "kWh_2": "kWh_2",
	} {
		if got := unit(t, text).String(); got != want {
			t.Errorf("%q is written %q, not %q", text, got, want)
		}
	}
}

func TestWhatIsNoUnitIsRefused(t *testing.T) {
	for _, text := range []string{"%", "/", "CNY/", "*s", "CNY per order", "2", "m^0", "m^-1", "m^10", "m^", "(a*b)", "a//b", "NT$"} {
		u, problem := ParseUnit(text)
		if problem == nil {
			t.Errorf("%q is read as %s", text, u)
		} else if problem.Key != "formula.bad-unit" || problem.Line != 1 {
			t.Errorf("%q: %+v", text, problem)
		}
	}
}

func anyUnit() *rapid.Generator[Unit] {
	return rapid.Custom(func(t *rapid.T) Unit {
		var u Unit
		for range rapid.IntRange(0, 4).Draw(t, "factors") {
			by, _ := ParseUnit(rapid.SampledFrom([]string{"CNY", "order", "s", "客"}).Draw(t, "base"))
			if rapid.Bool().Draw(t, "above") {
				u = u.Multiply(by)
			} else {
				u = u.Divide(by)
			}
		}
		return u
	})
}

func TestUnitsAreAGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyUnit().Draw(t, "a"), anyUnit().Draw(t, "b"), anyUnit().Draw(t, "c")
		if !a.Multiply(b).Equal(b.Multiply(a)) || !a.Multiply(b).Multiply(c).Equal(a.Multiply(b.Multiply(c))) {
			t.Fatal("the order of factors matters")
		}
		if !a.Divide(a).IsRatio() || !a.Multiply(b).Divide(b).Equal(a) || !a.Multiply(Unit{}).Equal(a) {
			t.Fatal("dividing does not undo multiplying")
		}
		if a.Equal(b) != (a.String() == b.String()) {
			t.Fatalf("%s and %s: equal is %v", a, b, a.Equal(b))
		}
		if !unit(t, a.String()).Equal(a) {
			t.Fatalf("%s is read as %s", a, unit(t, a.String()))
		}
	})
}
