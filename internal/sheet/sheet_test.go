package sheet_test

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"

	"beichen/internal/journey"
	"beichen/internal/metric"
	"beichen/internal/sheet"
)

// orders is an answer with everything that a line may hold.
func orders() *metric.Answer {
	point := func(from string, value, low, high *float64, n int, partial bool) metric.Point {
		return metric.Point{From: from, Value: value, N: n, Low: low, High: high, Partial: partial}
	}
	series := func(points ...metric.Point) metric.Series { return metric.Series{Periods: points} }
	const first, second = "2026-10-19T00:00:00+01:00", "2026-10-26T00:00:00Z" // either side of the change of clocks
	return &metric.Answer{
		Definition: journey.Definition{Kind: "Metric", ID: "orders", Version: new(3)}, Unit: "order/customer", Timezone: "Europe/Dublin",
		AsOf:   time.Date(2026, 11, 4, 8, 0, 0, 250_000_000, time.UTC),
		Series: series(point(first, new(0.1), new(0.05), new(1e-7), 7, false), point(second, nil, nil, nil, 0, true)),
		Breakdown: []metric.Row{
			{Value: []any{"a,\"b\"\nc", 4.0}, Series: series(point(first, new(12345678.9), nil, nil, 2, false), point(second, new(2.0), nil, nil, 1, true))},
			{Value: []any{nil, true}, Series: series(point(first, new(1e21), nil, nil, 5, false), point(second, nil, nil, nil, 0, true))},
		},
	}
}

func draft() *metric.Answer {
	a := orders()
	a.Definition.ID, a.Definition.Version, a.Unit, a.Timezone = "draft", nil, "", "UTC"
	return a
}

func csvOf(t *testing.T, breakdown []string, answers ...*metric.Answer) string {
	t.Helper()
	s, err := sheet.Of(breakdown, answers...)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := s.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMetricsFollowEachOtherInOneSheet(t *testing.T) {
	want := strings.Join([]string{
		"metric,version,period,value,n,low,high,partial,unit,as_of",
		"orders,3,2026-10-19T00:00:00+01:00,0.1,7,0.05,1e-7,false,order/customer,2026-11-04T08:00:00.25Z",
		"orders,3,2026-10-26T00:00:00Z,,0,,,true,order/customer,2026-11-04T08:00:00.25Z",
		"draft,,2026-10-18T23:00:00Z,0.1,7,0.05,1e-7,false,,2026-11-04T08:00:00.25Z",
		"draft,,2026-10-26T00:00:00Z,,0,,,true,,2026-11-04T08:00:00.25Z", "",
	}, "\r\n")
	if diff := cmp.Diff(want, csvOf(t, nil, orders(), draft())); diff != "" {
		t.Error(diff)
	}
}

func TestABreakdownHasALineForEachValueAndNoneForTheWhole(t *testing.T) {
	text := csvOf(t, []string{"channel", "properties.plan"}, orders())
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, strings.Join(r[3:6], "|"))
	}
	want := []string{"by.channel|by.properties.plan|value", "a,\"b\"\nc|4|12345678.9", "a,\"b\"\nc|4|2", "|true|1e+21", "|true|"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParquetHoldsWhatCSVDoes(t *testing.T) {
	// Two keys that programs take for one, and one that looks like a statement.
	keys := []string{"properties.Plan", "properties.plan"}
	for _, breakdown := range [][]string{nil, keys, {`properties.a"b`, "value"}} {
		s, err := sheet.Of(breakdown, orders(), draft())
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := s.WriteParquet(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "orders.parquet")
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		types, lines := readParquet(t, file)
		want := []string{"VARCHAR", "INTEGER", "TIMESTAMPTZ"}
		want = append(want, slices.Repeat([]string{"VARCHAR"}, len(breakdown))...)
		want = append(want, "DOUBLE", "BIGINT", "DOUBLE", "DOUBLE", "BOOLEAN", "VARCHAR", "TIMESTAMPTZ")
		if diff := cmp.Diff(want, types); diff != "" {
			t.Errorf("%v: types %s", breakdown, diff)
		}
		records, err := csv.NewReader(strings.NewReader(csvOf(t, breakdown, orders(), draft()))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(inUTC(t, records), lines); diff != "" {
			t.Errorf("%v (-CSV +Parquet):\n%s", breakdown, diff)
		}
	}
}

// inUTC writes the instants of a sheet's records in UTC, as Parquet has them.
func inUTC(t *testing.T, records [][]string) [][]string {
	for _, record := range records[1:] {
		for _, i := range []int{2, len(record) - 1} {
			at, err := time.Parse(time.RFC3339, record[i])
			if err != nil {
				t.Fatal(err)
			}
			record[i] = at.UTC().Format(time.RFC3339Nano)
		}
	}
	return records
}

// readParquet reads a file: the types of its columns, their names and its lines.
func readParquet(t *testing.T, file string) (types []string, lines [][]string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM read_parquet(?)`, file)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range columns {
		types, names = append(types, c.DatabaseTypeName()), append(names, c.Name())
	}
	lines = append(lines, names)
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			switch v := v.(type) {
			case nil:
			case time.Time:
				line[i] = v.UTC().Format(time.RFC3339Nano)
			case float64:
				raw, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				line[i] = string(raw)
			default:
				line[i] = fmt.Sprint(v)
			}
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return types, lines
}
