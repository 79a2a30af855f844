package importer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// readAll reads separated text into rows of fields by column name, as
// "line name=text", and broken records as "line reason".
func readAll(t *rapid.T, s separated, text string) []string {
	columns := newColumnSet()
	var out []string
	err := s.read(strings.NewReader(text), columns, func(r *record) error {
		if r.broken != nil {
			out = append(out, fmt.Sprintf("%d %s", r.line, r.broken.Key))
			return nil
		}
		for i, c := range r.cells {
			out = append(out, fmt.Sprintf("%d %s=%s", r.line, columns.list[i].name, c.text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnyFieldsComeBackFromAnyBlanksBetweenThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringMatching(`[a-z0-9 "北\t,]{0,6}`), width, width), 1, 5).Draw(t, "rows")
		gap, edge := rapid.StringMatching(`[ \t]{1,3}`), rapid.StringMatching(`[ \t]{0,3}`)
		var text strings.Builder
		var want []string
		for line, row := range rows {
			text.WriteString(edge.Draw(t, "before"))
			for i, field := range row {
				if i > 0 {
					text.WriteString(gap.Draw(t, "between"))
				}
				written := field
				if field == "" || strings.ContainsAny(field, " \t") || field[0] == '"' {
					written = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
				}
				text.WriteString(written)
				want = append(want, fmt.Sprintf("%d column%d=%s", line+1, i+1, field))
			}
			text.WriteString(edge.Draw(t, "after") + "\r\n")
		}
		got := readAll(t, separated{separator: blanks, headless: true}, text.String())
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q (-want +got):\n%s", text.String(), d)
		}
	})
}

func FuzzSeparatedTextGivesEachLineOnceAndInOrder(f *testing.F) {
	f.Add("a,b\n1,\"x\ny\"\n", byte(0), false)
	f.Add(" 00004 0001 19970101  2   29.33\r\n \"", byte(blanks), true)
	f.Add("\"open\n\"x\"y|\n\xff|", byte('|'), true)
	f.Fuzz(func(t *testing.T, text string, separator byte, headless bool) {
		if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || strings.IndexByte("\"\r\n", separator) >= 0 {
			t.Skip("UTF-16 and such separators are refused before")
		}
		columns, last := newColumnSet(), int64(0)
		lines := int64(strings.Count(text, "\n") + 1)
		err := separated{separator: separator, headless: headless}.read(strings.NewReader(text), columns, func(r *record) error {
			if r.line <= last || r.line > lines {
				t.Errorf("line %d after %d, of %d", r.line, last, lines)
			}
			last = r.line
			if r.broken == nil && len(r.cells) != len(columns.list) {
				t.Errorf("line %d: %d cells, want %d", r.line, len(r.cells), len(columns.list))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
