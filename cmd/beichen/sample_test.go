package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // reads Parquet back
	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"beichen/internal/app"
	"beichen/internal/capture"
	"beichen/internal/client"
	"beichen/internal/demo"
	"beichen/internal/fault"
	"beichen/internal/mcpserver"
)

// reading is what a way of asking says of one period. A number is text, so that it
// is compared to the last digit.
type reading struct {
	Metric  string
	From    time.Time
	Value   string // "" where it is unknown
	N       int
	Partial bool
	AsOf    time.Time
}

// readingsOf are the periods of an answer in JSON.
func readingsOf(t *testing.T, way string, answer []byte) (out []reading) {
	t.Helper()
	var a struct {
		Definition struct{ ID string }
		AsOf       time.Time
		Periods    []struct {
			From    time.Time
			Value   *float64
			N       int
			Partial bool
		}
	}
	if err := json.Unmarshal(answer, &a); err != nil || len(a.Periods) == 0 {
		t.Fatalf("%s: %v, %.300s", way, err, answer)
	}
	for _, p := range a.Periods {
		r := reading{From: p.From.UTC(), N: p.N, Partial: p.Partial, AsOf: a.AsOf.UTC(), Metric: a.Definition.ID}
		if p.Value != nil {
			r.Value = digits(*p.Value)
		}
		out = append(out, r)
	}
	return out
}

func digits(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// openSample is a workspace with a tenth of the sample company, the same as a file of
// messages and a folder of definitions, and a server on it.
func openSample(t *testing.T) (*shop, demo.Params) {
	t.Helper()
	p := demo.Default(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	p.People, p.Accounts, p.IcedPerMonth = 2_000, 150, 25
	company, err := demo.New(p)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{dir: t.TempDir()}
	s.data, s.events = filepath.Join(s.dir, "data"), filepath.Join(s.dir, "events.jsonl")
	workspace, err := app.Open(t.Context(), app.Options{Dir: s.data, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for batch := range company.Messages() {
		in := make([]capture.Incoming, len(batch))
		for i := range batch {
			in[i].Message = batch[i]
			if err := encoder.Encode(batch[i]); err != nil {
				t.Fatal(err)
			}
		}
		_, err := workspace.Intake.Accept(t.Context(), in)
		for fault.Is(err, fault.Unavailable) { // they come faster than they are loaded
			if err = workspace.Intake.Flush(t.Context()); err == nil {
				_, err = workspace.Intake.Accept(t.Context(), in)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := workspace.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := workspace.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.events, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	definitions := filepath.Join(s.dir, "definitions")
	if err := os.Mkdir(definitions, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, r := range demo.Revisions(p) { // the last one of each stands
		if err := os.WriteFile(filepath.Join(definitions, r.Kind+"-"+r.ID+".yaml"), r.Body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := called(t, "apply", definitions, "--data", s.data); code != exitDone {
		t.Fatal(errs)
	}
	s.serve(t)
	return s, p
}

// TestTheSampleCompanySaysTheSameWhicheverWayItIsAsked reads the star, and a rate, an
// amount, a formula, a time and a return, all their periods, by API, from the file,
// as CSV and Parquet, and by an assistant over standard input, over HTTP and within
// a process.
func TestTheSampleCompanySaysTheSameWhicheverWayItIsAsked(t *testing.T) {
	s, p := openSample(t)
	const from, to, zone = "2026-01-05", "2026-11-22", "Asia/Taipei"
	asOf := p.End.Add(-time.Microsecond).UTC().Format(time.RFC3339Nano)
	question := []string{"--from", from, "--to", to, "--as-of", asOf, "--timezone", zone}
	overStdio := assistant(t, nil, "--server", s.url, "--key", "api-key-1")
	overHTTP := connected(t, &mcp.StreamableClientTransport{Endpoint: s.url + "/mcp", HTTPClient: &http.Client{Transport: signed{"api-key-1"}}, DisableStandaloneSSE: true})
	here, there := mcp.NewInMemoryTransports()
	within := mcpserver.New(mcpserver.Config{
		API:     &client.Client{HTTP: http.DefaultClient, Server: s.url, Key: "api-key-1", Language: fault.English},
		Version: "1", Log: slog.New(slog.DiscardHandler),
	})
	if _, err := within.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	inProcess := connected(t, here)

	known := map[string]int{}
	for _, id := range []string{"weekly_machines", "first_brew_rate", "tea_revenue", "machine_revenue", "cups_per_machine", "quote_to_order", "kept_machines"} {
		want := readingsOf(t, "API", s.get(t, "/metrics/"+id+"/measure", url.Values{"from": {from}, "to": {to}, "asOf": {asOf}, "timezone": {zone}}))
		for _, r := range want {
			if r.Value != "" {
				known[id]++
			}
			if r.AsOf.Format(time.RFC3339Nano) != asOf || r.Metric != id {
				t.Fatalf("%s: %+v", id, r)
			}
		}
		agrees := func(way string, got []reading) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s says of %s (-API +%s):\n%s", way, id, way, diff)
			}
		}
		agrees("measure", readingsOf(t, "measure", s.out(t, append([]string{"measure", filepath.Join(s.dir, "definitions", "Metric-"+id+".yaml"), "--events", s.events, "--json"}, question...)...)))
		query := append([]string{"query", id}, question...)
		agrees("CSV of the server", csvReadings(t, s.out(t, append(query, "--server", s.url, "--key", "api-key-1", "--format", "csv")...)))
		agrees("CSV of the folder", csvReadings(t, s.out(t, append(query, "--data", s.data, "--format", "csv")...)))
		file := filepath.Join(s.dir, id+".parquet")
		s.out(t, append(query, "--data", s.data, "--out", file)...)
		agrees("Parquet", parquetReadings(t, file))
		for way, session := range map[string]*mcp.ClientSession{"assistant over stdio": overStdio, "assistant over HTTP": overHTTP, "assistant in the process": inProcess} {
			_, structured := tool(t, session, "measure", map[string]any{"kind": "Metric", "id": id, "from": from, "to": to, "asOf": asOf, "timezone": zone})
			answer, err := json.Marshal(structured["answer"])
			if err != nil {
				t.Fatal(err)
			}
			agrees(way, readingsOf(t, way, answer))
		}
	}
	for id, n := range known {
		if n < 5 {
			t.Errorf("%s is known in %d periods", id, n)
		}
	}
	company, err := demo.New(p)
	if err != nil {
		t.Fatal(err)
	}
	weeks := company.Weeks()
	star := readingsOf(t, "API", s.get(t, "/metrics/weekly_machines/measure", url.Values{"asOf": {asOf}, "timezone": {zone}}))
	if last := star[len(star)-1]; last.Value != strconv.Itoa(weeks[len(weeks)-1].InUse) {
		t.Errorf("the star is %+v, planned were %d", last, weeks[len(weeks)-1].InUse)
	}
}

// signed sends a key along.
type signed struct{ key string }

func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.key)
	return http.DefaultTransport.RoundTrip(r)
}

// connected is a real client of the protocol.
func connected(t *testing.T, transport mcp.Transport) *mcp.ClientSession {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return session
}

// get asks the API.
func (s *shop) get(t *testing.T, path string, query url.Values) []byte {
	t.Helper()
	api := &client.Client{HTTP: http.DefaultClient, Server: s.url, Key: "api-key-1", Language: fault.English}
	answer, err := api.Get(t.Context(), path, query)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// out is what a command prints that must not fail.
func (s *shop) out(t *testing.T, args ...string) []byte {
	t.Helper()
	code, out, errs := called(t, args...)
	if code != exitDone {
		t.Fatalf("%v: exit %d, %s", args, code, errs)
	}
	return []byte(out)
}

// csvReadings reads a sheet by the names of its columns.
func csvReadings(t *testing.T, text []byte) (out []reading) {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, line := range lines[1:] {
		of := map[string]string{}
		for i, name := range lines[0] {
			of[name] = line[i]
		}
		r := reading{Metric: of["metric"], From: instant(t, of["period"]), AsOf: instant(t, of["as_of"]), Partial: of["partial"] == "true"}
		if r.N, err = strconv.Atoi(of["n"]); err != nil {
			t.Fatal(err)
		}
		if of["value"] != "" {
			value, err := strconv.ParseFloat(of["value"], 64)
			if err != nil {
				t.Fatal(err)
			}
			r.Value = digits(value)
		}
		out = append(out, r)
	}
	return out
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func parquetReadings(t *testing.T, file string) (out []reading) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it holds nothing
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("SELECT metric, period, value, n, partial, as_of FROM read_parquet('%s')", strings.ReplaceAll(file, "'", "''")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // read to its end
	for rows.Next() {
		var r reading
		var value sql.NullFloat64
		if err := rows.Scan(&r.Metric, &r.From, &value, &r.N, &r.Partial, &r.AsOf); err != nil {
			t.Fatal(err)
		}
		r.From, r.AsOf = r.From.UTC(), r.AsOf.UTC()
		if value.Valid {
			r.Value = digits(value.Float64)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
