package importer

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func xesRows(t *testing.T, text string) (rows []map[string]string, broken []int64) {
	t.Helper()
	columns := newColumnSet()
	err := readXES(strings.NewReader(text), columns, func(r *record) error {
		if r.broken != nil {
			broken = append(broken, r.line)
			return nil
		}
		row := map[string]string{}
		for i, c := range r.cells {
			if c.kind != null {
				row[columns.list[i].name] = c.text
			}
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, broken
}

func TestAnXESEventIsARowWithItsTracesAttributes(t *testing.T) {
	text, err := os.ReadFile("testdata/tickets.xes")
	if err != nil {
		t.Fatal(err)
	}
	rows, broken := xesRows(t, string(text))
	trace := map[string]string{"trace:concept:name": "T-1", "trace:customer": "Grüne Teestube & Café", "trace:customer:city": "台南"}
	want := []map[string]string{
		{"concept:name": "Opened", "time:timestamp": "2024-03-01T09:00:00.250+08:00", "priority": "2", "remote": "true"},
		{"concept:name": "Closed", "time:timestamp": "2024-03-02T09:00:00+08:00", "hours": "1.5",
			"parts": `[{"key":"part","value":"seal"},{"key":"count","value":"2"}]`, "cost:labour": "90"},
		{"concept:name": "Opened", "time:timestamp": "2024-03-01T02:00:00Z", "trace:concept:name": "T-2"},
	}
	for i := range 2 {
		for k, v := range trace {
			want[i][k] = v
		}
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if len(broken) > 0 {
		t.Errorf("broken at %v", broken)
	}
}

func TestAnXESLogIsImportedAsEvents(t *testing.T) {
	text, err := os.ReadFile("testdata/tickets.xes")
	if err != nil {
		t.Fatal(err)
	}
	var got memory
	into(t, &got, folder(t, map[string]string{"log.xes.gz": string(text)}), `
kind: Import
id: tickets
sources:
  - { as: log, file: log.xes.gz }
messages:
  - from: log
    type: track
    event: '"concept:name"'
    userId: '"trace:concept:name"'
    timestamp: '"time:timestamp"'
    cost: '"cost:labour"'
    properties: { priority: priority, remote: remote, part: 'parts[1].value' }
`)
	if d := cmp.Diff([]any{"2024-03-01T01:00:00.25Z", "2024-03-02T01:00:00Z", "2024-03-01T02:00:00Z"}, got.field("timestamp")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{nil, 90.0, nil}, got.field("cost")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{nil, "seal", nil}, got.field("properties.part")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{2.0, nil, nil}, got.field("properties.priority")); d != "" {
		t.Error(d)
	}
}

func TestATornXESFileGivesTheEventsBeforeTheTear(t *testing.T) {
	for name, text := range map[string]string{
		"cut":       "<log>\n<trace>\n<event><string key='a' value='1'/></event>\n<event><string key='a'",
		"unclosed":  "<log>\n<trace>\n<event><string key='a' value='1'/></event>\n<event>",
		"wrong end": "<log>\n<trace>\n<event><string key='a' value='1'/></event>\n</log>",
	} {
		rows, broken := xesRows(t, text)
		if len(rows) != 1 || len(broken) != 1 || broken[0] != 4 {
			t.Errorf("%s: %d rows, broken at %v; want 1 row, broken at line 4", name, len(rows), broken)
		}
	}
	deep := strings.Repeat("<list key='a'>", 10_000)
	for _, text := range []string{"", "<html/>", `<?xml version="2.0"?><log/>`, "<log><trace>" + deep, `<?xml version="1.0" encoding="big5"?><log/>`} {
		if rows, broken := xesRows(t, text); len(rows) != 0 || len(broken) != 1 {
			t.Errorf("%q: %d rows, broken at %v; want one fault", text, len(rows), broken)
		}
	}
}

func TestAnXESInputThatFailsIsNoBrokenLog(t *testing.T) {
	in := io.MultiReader(strings.NewReader("<log><trace>"), iotest.ErrReader(io.ErrUnexpectedEOF))
	err := readXES(in, newColumnSet(), func(*record) error { t.Error("a record"); return nil })
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want the input's", err)
	}
}

func TestLatin1LogsAreRead(t *testing.T) {
	rows, _ := xesRows(t, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><log><trace><event><string key=\"a\" value=\"B\xf6rje\"/></event></trace></log>")
	if d := cmp.Diff([]map[string]string{{"a": "Börje"}}, rows); d != "" {
		t.Error(d)
	}
}

func FuzzXES(f *testing.F) {
	text, err := os.ReadFile("testdata/tickets.xes")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("<log><trace><list key='a'><values><list key='b'/></values></list><event/></trace></log>")
	f.Add("<log><event><string key='A' value='1'/><string key='a' value=''/></event>")
	f.Fuzz(func(t *testing.T, text string) {
		columns := newColumnSet()
		last := int64(0)
		err := readXES(strings.NewReader(text), columns, func(r *record) error {
			if r.line < last {
				t.Fatalf("line %d after line %d", r.line, last)
			}
			last = r.line
			if len(r.cells) > len(columns.list) {
				t.Fatalf("%d cells of %d columns", len(r.cells), len(columns.list))
			}
			return nil
		})
		if err != nil {
			t.Fatalf("an input that can be read gave an error: %v", err)
		}
	})
}
