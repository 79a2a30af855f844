package importer

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sorted(s []string) []string { slices.Sort(s); return s }

func TestEveryFormatGivesTheSameEvents(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.csv":       "\uFEFFwho,at,n,note\n1,2024-05-01 10:00:00,1.5,\"said \"\"hi\"\",\nthen left\"\n2,2024-05-02 10:00:00,2,5\" pipe\n",
		"a.csv.gz":    "who;at;n;note\n1;2024-05-01 10:00:00;1.5;\"said \"\"hi\"\",\nthen left\"\n2;2024-05-02 10:00:00;2;5\" pipe\n",
		"a.tsv":       "who\tat\tn\tnote\n1\t2024-05-01 10:00:00\t1.5\t\"said \"\"hi\"\",\nthen left\"\n2\t2024-05-02 10:00:00\t2\t5\" pipe\n",
		"a.jsonl":     `{"who":1,"at":"2024-05-01T10:00:00","n":1.5,"note":"said \"hi\",\nthen left"}` + "\n\n" + `{"who":2,"at":"2024-05-02T10:00:00","n":2,"note":"5\" pipe"}`,
		"a.ndjson.gz": `{"who":1,"at":"2024-05-01T10:00:00+08:00","n":1.5,"note":"said \"hi\",\nthen left"}` + "\n" + `{"who":2,"at":"2024-05-02 10:00","n":2,"note":"5\" pipe"}` + "\n",
	})
	parquetFile(t, filepath.Join(dir, "a.parquet"), `SELECT * FROM (VALUES
		(1, TIMESTAMP '2024-05-01 10:00:00', 1.5, E'said "hi",\nthen left'), (2, TIMESTAMP '2024-05-02 10:00:00', 2, '5" pipe')) AS v(who, "at", n, note)`)
	for _, file := range []string{"a.csv", "a.csv.gz", "a.tsv", "a.jsonl", "a.ndjson.gz", "a.parquet"} {
		t.Run(file, func(t *testing.T) {
			var got memory
			into(t, &got, dir, mappingOf(file, "value: n", "properties: { note: note }"))
			for field, want := range map[string][]any{
				"userId":          {"1", "2"},
				"timestamp":       {"2024-05-01T02:00:00Z", "2024-05-02T02:00:00Z"},
				"value":           {1.5, 2.0},
				"properties.note": {"said \"hi\",\nthen left", `5" pipe`},
			} {
				if d := cmp.Diff(want, got.field(field)); d != "" {
					t.Errorf("%s (-want +got):\n%s", field, d)
				}
			}
			if len(got.refused) > 0 {
				t.Errorf("refused: %v", got.reasons())
			}
		})
	}
}

// parquetFile writes the answer of a query, with the engine itself.
func parquetFile(t *testing.T, path, query string) {
	t.Helper()
	e, err := newEngine(t.Context(), mustZone(t, "UTC"), []string{path})
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if _, err := e.db.ExecContext(t.Context(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
}

func TestParquetMayBeCompressedAndInSeveralFiles(t *testing.T) {
	dir := folder(t, nil)
	parquetFile(t, filepath.Join(dir, "p1.parquet"), `SELECT 'a' AS who, DATE '2024-01-01' AS "at"`)
	parquetFile(t, filepath.Join(dir, "p2.parquet"), `SELECT "at", who, 'new' AS extra FROM (VALUES ('b', DATE '2024-01-02'), (NULL, DATE '2024-01-03')) AS v(who, "at")`)
	var got memory
	into(t, &got, dir, mappingOf("p?.parquet", "properties: { extra: extra }"))
	if d := cmp.Diff([]any{"a", "b"}, got.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"p2.parquet 2 import.no-id"}, got.reasons()); d != "" {
		t.Error(d)
	}
}

func TestAGlobReadsFilesWithOtherColumnsAsOneTable(t *testing.T) {
	dir := folder(t, map[string]string{
		"deals-1.csv": "who,at\na,2024-01-01\n", "deals-2.csv.gz": "at,plan,who\n2024-01-02,pro,b\n", "other.csv": "who,at\nz,2024-01-01\n",
	})
	var got memory
	summary := into(t, &got, dir, strings.Replace(mappingOf("deals-*", "properties: { plan: plan }"), "file: 'deals-*'", "file: 'deals-*', format: csv", 1))
	if d := cmp.Diff([]any{nil, "pro"}, got.field("properties.plan")); d != "" {
		t.Error(d)
	}
	if s := summary.Sources[0]; s.Files != 2 || s.Rows != 2 {
		t.Errorf("source %+v, want 2 files, 2 rows", s)
	}
}

func withSource(mapping, options string) string {
	return strings.Replace(mapping, " }\nmessages:", ", "+options+" }\nmessages:", 1)
}

func TestBlanksSeparateFieldsHoweverManyTheyAre(t *testing.T) {
	dir := folder(t, map[string]string{"t.txt": "who  at\t n place\r\n" +
		" 0007 2024-01-01  1 Ulm \r\n" +
		"\t0008\t2024-01-02\t2\t\"New \t York\"\r\n" +
		" \t \r\n" + // 4: blank
		"0009 2024-01-03 3 \"\"\r\n" +
		"0010 2024-01-04 4 New York\r\n" + // 6
		"0011 2024-01-05 5\r\n" + // 7
		"0012 2024-01-06 6 \"a\"b\r\n" + // 8
		"0013 2024-01-07 7 \"two \r\n lines\" \r\n"})
	var got memory
	into(t, &got, dir, withSource(mappingOf("t.txt", "value: n", "properties: { place: place }"), `delimiter: " "`))
	if d := cmp.Diff([]any{"0007", "0008", "0009", "0013"}, got.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{1.0, 2.0, 3.0, 7.0}, got.field("value")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"Ulm", "New \t York", nil, "two \n lines"}, got.field("properties.place")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"t.txt 6 import.field-count", "t.txt 7 import.field-count", "t.txt 8 import.text-after-quote"}, got.reasons()); d != "" {
		t.Error(d)
	}
}

func TestWithoutAHeaderTheFirstLineIsARowAndColumnsAreNumbered(t *testing.T) {
	dir := folder(t, map[string]string{
		"a1.csv": "\uFEFFa,2024-01-01,x\nb,2024-01-02,y\nc,2024-01-03\n",
		"a2.csv": "d,2024-01-04\n",
		"b.tsv":  "a\t2024-01-01\tx\n",
		"c.txt":  "  a 2024-01-01\n b   2024-01-02\n",
	})
	for _, c := range []struct {
		file, options, third string
		who, properties      []any
		refused              []string
	}{
		{"a?.csv", "header: false", "column3", []any{"a", "b", "d"}, []any{"x", "y", nil}, []string{"a1.csv 3 import.field-count"}},
		{"b.tsv", "header: false", "column3", []any{"a"}, []any{"x"}, nil},
		{"c.txt", `header: false, delimiter: " "`, "null", []any{"a", "b"}, []any{nil, nil}, nil},
	} {
		t.Run(c.file+" "+c.options, func(t *testing.T) {
			mapping := withSource(mappingOf(c.file, "properties: { x: "+c.third+" }"), c.options)
			mapping = strings.NewReplacer("userId: who", "userId: column1", "timestamp: at", "timestamp: column2").Replace(mapping)
			var got memory
			into(t, &got, dir, mapping)
			if d := cmp.Diff(c.who, got.field("userId")); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.properties, got.field("properties.x")); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.refused, got.reasons()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAGivenDelimiterIsTakenThoughAnotherIsMoreFrequent(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who~at~a, b, c\n1~2024-01-01~x, y\n"})
	var got memory
	into(t, &got, dir, withSource(mappingOf("t.csv", `properties: { abc: '"a, b, c"' }`), `delimiter: "~"`))
	if d := cmp.Diff([]any{"x, y"}, got.field("properties.abc")); d != "" {
		t.Error(d)
	}
}

func TestBrokenLinesAreRefusedWithTheirNumberAndTheRestGoesOn(t *testing.T) {
	dir := folder(t, map[string]string{
		"t.csv": "who,at\n" + // 1
			"a,2024-01-01\n" +
			"b,2024-01-01,too,many\n" + // 3
			"c\n" + // 4
			"\"d\",2024-01-02,,\n" + // empty fields past the last are no fault
			"\"e\n\",\"2024-01-03\"\n" + // 6 and 7: one record
			"\"f\"x,2024-01-04\n" + // 8
			"g\xff,2024-01-05\n" + // 9
			"\"never closed,2024-01-06\n" + // 10
			"h,2024-01-07\n",
		"t.jsonl": "{\"who\":\"a\",\"at\":\"2024-01-01\"}\n{\"who\":\n[1]\n{\"who\":\"b\",\"at\":\"2024-01-01\"} x\n{\"who\":\"c\",\"at\":\"2024-01-02\"}\n",
	})
	var csv, jsonl memory
	into(t, &csv, dir, mappingOf("t.csv"))
	if d := cmp.Diff([]any{"a", "d", "e\n", "h"}, csv.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"t.csv 3 import.field-count", "t.csv 4 import.field-count", "t.csv 8 import.text-after-quote",
		"t.csv 9 import.not-utf8", "t.csv 10 import.open-quote",
	}, csv.reasons()); d != "" {
		t.Error(d)
	}
	into(t, &jsonl, dir, mappingOf("t.jsonl"))
	if d := cmp.Diff([]any{"a", "c"}, jsonl.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"t.jsonl 2 import.not-json", "t.jsonl 3 import.not-json", "t.jsonl 4 import.not-json"}, jsonl.reasons()); d != "" {
		t.Error(d)
	}
}

func TestARefusedRowKnowsItsLineBehindRecordsOfSeveralLines(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at\n\"a\nb\nc\",2024-01-01\n\n,2024-01-02\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv"))
	if d := cmp.Diff([]string{"t.csv 6 import.no-id"}, got.reasons()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(`{"at":"2024-01-02"}`, string(got.refused[0].Raw)); d != "" {
		t.Error(d)
	}
}

func TestColumnsAreTypedByAllTheirCellsAndIdsKeepTheirZeros(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,zip,phone,card,n,flag\n" +
		"1,2024-01-01,00501,+886912345678,4111111111111111111,1,true\n2,2024-01-02,10001,+886,4,2.5,FALSE\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv", "properties: { zip: zip, phone: phone, card: card, n: n + 1, flag: not flag }"))
	want := map[string]any{"zip": "00501", "phone": "+886912345678", "card": "4111111111111111111", "n": 2.0, "flag": false}
	if d := cmp.Diff(want, got.messages[0]["properties"]); d != "" {
		t.Error(d)
	}
}

func TestOneMisspeltCellCostsItsRowAndNotTheFile(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,first,amount\na,2024-01-03,2024-01-01,1\nb,n/a,2024-01-01,2\nc,2024-01-05,2024-01-01,much\nd,2024-01-06,2024-01-01,4\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv", "value: amount", "properties: { days: \"date_diff('day', first, t.at)\" }"))
	if d := cmp.Diff([]any{2.0, 5.0}, got.field("properties.days")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"t.csv 3 import.bad-cell", "t.csv 4 import.bad-number"}, got.reasons()); d != "" {
		t.Error(d)
	}
}

func TestDeclaredTypesHoldAndRowsThatBreakThemAreRefused(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,n\n007,2024-01-01,1\n008,2024-01-02,\n9,2024-01-03,x\n"})
	var got memory
	into(t, &got, dir, strings.Replace(mappingOf("t.csv", "value: n"), "file: 't.csv'", "file: 't.csv', types: { who: VARCHAR, N: BIGINT }", 1))
	if d := cmp.Diff([]any{"007", "008"}, got.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"t.csv 4 import.bad-cell"}, got.reasons()); d != "" {
		t.Error(d)
	}
}

func TestNestedJSONIsReachedByItsParts(t *testing.T) {
	dir := folder(t, map[string]string{"t.jsonl": `{"who":"a","at":"2024-01-01","address":{"city":"台南","floor":3},"tags":["x","y"]}` + "\n" +
		`{"who":"b","at":"2024-01-01","address":{"city":"Hsinchu"},"tags":[],"address2":null}` + "\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.jsonl", "properties: { city: address.city, first: \"tags[1]\", all: tags }"))
	if d := cmp.Diff([]any{"台南", "Hsinchu"}, got.field("properties.city")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"x", nil}, got.field("properties.first")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{[]any{"x", "y"}, []any{}}, got.field("properties.all")); d != "" {
		t.Error(d)
	}
}
