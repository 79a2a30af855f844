package formula

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

// told lists faults as key@place.
func told(faults []fault.Detail) []string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%s@%v", strings.TrimPrefix(f.Key, "formula."), f.Args["at"]))
	}
	return out
}

func TestEveryFaultOfAFormulaIsToldWithItsPlace(t *testing.T) {
	for text, want := range map[string][]string{
		"a % b":                    {"percent@3"},
		"a ^ 2 ** b":               {"power@3", "power@7"},
		"a == b && c":              {"foreign@3", "foreign@8"},
		"a ? b : c":                {"foreign@3", "foreign@7"},
		"a ?? b":                   {"foreign@3"},
		"a | b":                    {"foreign@3"},
		"x[0].y":                   {"foreign@2", "foreign@4", "foreign@5"},
		"user.name":                {"foreign@5"},
		"1..3":                     {"foreign@2"},
		"{a: 1}":                   {"foreign@1", "foreign@3", "foreign@6"},
		`"text" + a`:               {"foreign@1", "foreign@6"},
		"'text'":                   {"foreign@1", "foreign@6"},
		"`text`":                   {"foreign@1", "foreign@6"},
		"a; b":                     {"foreign@2"},
		"let a = 1; a":             {"reserved@1", "foreign@7", "foreign@10"},
		"if a {b} else {}":         {"reserved@1", "foreign@6", "foreign@8", "reserved@10", "foreign@15"},
		"a and not b":              {"reserved@3", "reserved@7"},
		"a in b or true":           {"reserved@3", "reserved@8", "reserved@11"},
		"nil + false":              {"reserved@1", "reserved@7"},
		"$env + #":                 {"foreign@1", "foreign@8"},
		"a // b":                   {"foreign@3"},
		"a /* b */ + c":            {"foreign@3"},
		"sum(a) / len(b)":          {"call@1", "call@10"},
		"count(a, b)":              {"call@1", "foreign@8"},
		"a (b)":                    {"call@1"},
		"0x10 + 1_000":             {"bad-number@1", "bad-number@8"},
		"1e400 - 2":                {"bad-number@1"},
		"12345678901234567890 + 1": {"bad-number@1"},
		"a + 2x":                   {"bad-number@5"},
		"1.5.2":                    {"no-operator@4"},
		"Orders + _a + é":          {"bad-id@1", "bad-id@10", "bad-id@15"},
		"訂單 × 客單價":                 {"bad-id@1", "lookalike@4", "bad-id@6"},
		"（a ＋ b）÷ c":               {"lookalike@1", "lookalike@4", "lookalike@7"},
		"a －\n b −":                {"lookalike@3", "lookalike@2:4"},
		"+a":                       {"plus-sign@1"},
		"a + + b":                  {"plus-sign@5"},
		"* a":                      {"nothing-before@1"},
		"a * / b":                  {"nothing-before@5"},
		"a +":                      {"nothing-after@3"},
		"-":                        {"nothing-after@1"},
		"()":                       {"nothing-after@1"},
		"(a + ) * b":               {"nothing-after@4"},
		"a b 2":                    {"no-operator@3", "no-operator@5"},
		"(a) (b)":                  {"no-operator@5"},
		"a)":                       {"unopened@2"},
		")":                        {"unopened@1"},
		"((a) * (b":                {"unclosed@1", "unclosed@8"},
		"(":                        {"nothing-after@1", "unclosed@1"},
		"a\n + b c\n* / d":         {"no-operator@2:6", "nothing-before@3:3"},
		"a \xff b":                 {"foreign@3"},
		"a\u200b + b":              {"foreign@2"},
	} {
		f, faults := Parse(text)
		if f != nil {
			t.Errorf("%q is read as %s", text, f)
		}
		if diff := cmp.Diff(want, told(faults)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestAFormulaHasSomethingAndNotTooMuch(t *testing.T) {
	for _, text := range []string{"", " \n"} {
		if f, faults := Parse(text); f != nil || len(faults) != 1 || faults[0].Key != "formula.empty" {
			t.Errorf("%q: %v, %v", text, f, faults)
		}
	}
	longest := strings.Repeat("a+", MaxLength/2-1) + "aa"
	must(t, longest)
	if _, faults := Parse(longest + "a"); len(faults) != 1 || faults[0].Key != "formula.too-long" {
		t.Error(faults)
	}
	must(t, strings.Repeat("(", MaxLength/2-1)+"a"+strings.Repeat(")", MaxLength/2-1))
}

func TestAFaultSaysWhatToDo(t *testing.T) {
	_, faults := Parse("revenue ÷ buyers")
	for language, want := range map[fault.Language]string{
		fault.English:            "1: “÷” (column 9) is not read here; write /",
		fault.TraditionalChinese: "1: 「÷」（第 9 字）在這裡讀不懂；請寫 /",
		fault.SimplifiedChinese:  "1: “÷”（第 9 字）在此处无法识别；请写 /",
	} {
		if got := faults[0].In(language); got != want {
			t.Errorf("%s", got)
		}
	}
}

func TestAFaultHasItsColumnBesideItsLine(t *testing.T) {
	_, faults := Parse("a +\nb c")
	if faults[0].Line != 2 || faults[0].Column != 3 {
		t.Errorf("%+v", faults[0])
	}
	f := must(t, "2 * (b -\n a / b)")
	for id, want := range map[string]Position{"b": {1, 6}, "a": {2, 2}, "c": {1, 1}} {
		if got := f.Place(id); got != want {
			t.Errorf("%s is at %v", id, got)
		}
	}
	_, faults = f.Check(func(id string) (Unit, bool) { return unit(t, id), id == "a" })
	if len(faults) != 2 || faults[0].Column != 6 || faults[1].Line != 2 || faults[1].Column != 6 {
		t.Errorf("%+v", faults)
	}
}

func TestFaultsAreMovedIntoTheDocument(t *testing.T) {
	_, faults := Parse("a +\nb c")
	for line, want := range map[int]int{12: 13, 1: 2, 0: 0} {
		moved := Within(faults, "metrics[2].formula", line)
		if moved[0].Line != want || moved[0].Path != "metrics[2].formula" {
			t.Errorf("from line %d: %+v", line, moved[0])
		}
	}
	if faults[0].Line != 2 || faults[0].Path != "" {
		t.Errorf("the fault itself was moved: %+v", faults[0])
	}
}

func TestIdsAreThoseThatFormulasCanRead(t *testing.T) {
	for text, want := range map[string]bool{
		"orders": true, "average_order": true, "d7": true, "count": true, "sum": true, "e2": true,
		"": false, "_a": false, "7d": false, "Orders": false, "average-order": false, "訂單": false, "a.b": false, " a ": false,
		"in": false, "or": false, "and": false, "not": false, "let": false, "if": false, "else": false, "true": false, "false": false,
		"nil": false, "matches": false, "contains": false,
	} {
		if got := IsID(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
		read := false
		if f, _ := Parse(text); f != nil {
			m, metric := f.Root.(*Metric)
			read = metric && m.ID == text
		}
		if read != want {
			t.Errorf("%q as a formula: %v", text, read)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"orders * average_order", "(paid + trial) / visits - 0.1", "-refunds + revenue", "a // b", "a /* b", "1..2", ".5.e3", "a b(",
		"（訂單 × 2）", "not in", "0x1p-2", "1e+", "'", "a\xff", "\r\na\u2028+ b", "a?.b", "::a", "#", "((((", "b'x'", "1__2", "9e999", "__",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		formula, faults := Parse(text)
		if (formula == nil) != (len(faults) > 0) {
			t.Fatalf("%q: %v and %d faults", text, formula, len(faults))
		}
		lines := strings.Count(text, "\n") + 1
		for _, d := range faults {
			if d.Line < 1 || d.Line > lines {
				t.Fatalf("%q has %d lines, the fault is on %d", text, lines, d.Line)
			}
			if at, ok := d.Args["at"].(Position); ok && (at.Line != d.Line || at.Column < 1 || at.Column > len([]rune(text))) {
				t.Fatalf("%q: %+v", text, at)
			}
		}
		if formula == nil {
			return
		}
		for _, id := range formula.References() {
			if !IsID(id) {
				t.Fatalf("%q refers to %q", text, id)
			}
		}
		again, faults := Parse(formula.String())
		if len(formula.String()) > MaxLength {
			return // the digits of a number may be more than were written
		}
		if len(faults) > 0 {
			t.Fatalf("%q is written %q: %s", text, formula, faults[0].In(fault.English))
		}
		if diff := cmp.Diff(formula, again, wherever()); diff != "" {
			t.Fatalf("%q is written %q: %s", text, formula, diff)
		}
	})
}
