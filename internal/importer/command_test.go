package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

func command(t *testing.T, files map[string]string, mapping string) (*Command, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	dir := folder(t, files)
	path := filepath.Join(t.TempDir(), "mapping.yaml")
	if err := os.WriteFile(path, []byte(mapping), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, err bytes.Buffer
	return &Command{Mapping: path, Dir: dir, Stdout: &out, Stderr: &err, Language: fault.English}, &out, &err
}

var twoRows = map[string]string{"t.csv": "who,at\na,2024-01-01\n,2024-01-01\n"}

func TestADryRunCountsWithSamplesAndStoresNothing(t *testing.T) {
	c, out, _ := command(t, twoRows, mappingOf("t.csv"))
	c.DryRun, c.Data = true, "/nonexistent"
	if err := c.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 × track Seen", `"userId":"a"`, "1 quarantined: no customer id", "t.csv:3:", "1 messages: 0 stored, 0 duplicate; 1 quarantined"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestOutWritesJSONLinesAndTheSummaryBesideThem(t *testing.T) {
	c, out, stderr := command(t, twoRows, mappingOf("t.csv"))
	c.Out = "-"
	if err := c.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 || !json.Valid(out.Bytes()) {
		t.Errorf("%d lines on standard output:\n%s", n, out)
	}
	if !strings.Contains(stderr.String(), "1 quarantined") {
		t.Errorf("standard error: %s", stderr)
	}
	c.Out = filepath.Join(t.TempDir(), "events.jsonl")
	lines := out.String()
	if err := c.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if written, err := os.ReadFile(c.Out); err != nil || string(written) != lines {
		t.Errorf("the file holds %q (%v), want %q", written, err, lines)
	}
}

func TestAFailedImportLeavesNoFileBehind(t *testing.T) {
	c, _, _ := command(t, twoRows, mappingOf("t.csv", "value: nothing"))
	dir := t.TempDir()
	c.Out = filepath.Join(dir, "events.jsonl")
	if err := c.Execute(t.Context()); !fault.Is(err, fault.Invalid) {
		t.Fatalf("error %v, want an invalid mapping", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTheSummaryIsJSONWhenAsked(t *testing.T) {
	c, out, _ := command(t, twoRows, mappingOf("t.csv"))
	c.DryRun, c.JSON = true, true
	if err := c.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	var s struct {
		Messages, Stored, Duplicate, Quarantined int
		Reasons                                  []struct{ Reason string }
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Messages != 1 || s.Quarantined != 1 || s.Reasons[0].Reason != "import.no-id" {
		t.Errorf("summary %+v", s)
	}
}

func TestExactlyOneTargetIsAsked(t *testing.T) {
	for _, wrong := range []func(*Command){
		func(*Command) {}, func(c *Command) { c.Out, c.Data = "-", "d" }, func(c *Command) { c.Server = "http://x" }, func(c *Command) { c.Server, c.Key = "x", "k" },
		func(c *Command) { c.Out, c.Mapping = "-", "/no/such" }, func(c *Command) { c.Out = "/no/such/folder/x" },
	} {
		c, _, _ := command(t, twoRows, mappingOf("t.csv"))
		wrong(c)
		if err := c.Execute(t.Context()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: error %v, want the call to be wrong", c, err)
		}
	}
}

func TestAWorkspaceIsOpenedAndClosed(t *testing.T) {
	c, out, _ := command(t, twoRows, mappingOf("t.csv"))
	var kept memory
	closed := false
	c.Data = "workspace"
	c.Open = func(_ context.Context, dir string) (Sink, func() error, error) {
		return &kept, func() error { closed = true; return nil }, nil
	}
	if err := c.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !closed || len(kept.messages) != 1 || len(kept.refused) != 1 || !strings.Contains(out.String(), "1 stored") {
		t.Errorf("closed %v, kept %+v, said %s", closed, kept, out)
	}
}

// importServer answers as POST /v1/import does, after refusing some calls.
type importServer struct {
	refusals []int // status codes of the first calls
	bodies   [][]map[string]any
	sizes    []int
	auth     string
}

func (s *importServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(s.refusals) > 0 {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(s.refusals[0])
		s.refusals = s.refusals[1:]
		return
	}
	s.auth, _, _ = r.BasicAuth()
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil || r.URL.Path != "/v1/import" {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	raw, _ := io.ReadAll(unzipped)
	var body struct{ Batch []map[string]any }
	if json.Unmarshal(raw, &body) != nil {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	s.bodies, s.sizes = append(s.bodies, body.Batch), append(s.sizes, len(raw))
	fmt.Fprintf(w, `{"success":true,"stored":%d,"duplicate":0,"quarantined":0}`, len(body.Batch))
}

func TestAServerIsSentMessagesAndRefusedRowsAndWaitedFor(t *testing.T) {
	handler := &importServer{refusals: []int{503, 429, 500}}
	server := httptest.NewServer(handler)
	defer server.Close()
	sink, err := NewServer(server.URL+"/", "write-key")
	if err != nil {
		t.Fatal(err)
	}
	var waits []time.Duration
	sink.wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	summary := into(t, sink, folder(t, twoRows), mappingOf("t.csv"))
	if d := cmp.Diff([]time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}, waits); d != "" {
		t.Errorf("waits (-want +got):\n%s", d)
	}
	if summary.Stored != 1 || summary.Quarantined != 1 || handler.auth != "write-key" || len(handler.bodies) != 2 {
		t.Fatalf("%+v, auth %q, %d bodies", summary.Counts, handler.auth, len(handler.bodies))
	}
	q := handler.bodies[1][0]
	if q["type"] != "quarantine" || q["reason"] != "import.no-id" || q["detail"] != `file: "t.csv", line: 3, field: "userId"` || q["args"].(map[string]any)["line"] != 3.0 ||
		q["raw"].(map[string]any)["at"] != "2024-01-01" || !strings.HasPrefix(q["messageId"].(string), "import-") {
		t.Errorf("the refused row was sent as %v", q)
	}
}

func TestBodiesStayUnderTheServersLimit(t *testing.T) {
	handler := &importServer{}
	server := httptest.NewServer(handler)
	defer server.Close()
	sink, err := NewServer(server.URL, "k")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("who,at,note\n")
	for i := range 3000 {
		fmt.Fprintf(&rows, "u%d,2024-01-01,%s\n", i, strings.Repeat("茶", 1000))
	}
	summary := into(t, sink, folder(t, map[string]string{"t.csv": rows.String()}), mappingOf("t.csv", "properties: { note: note }"))
	for _, size := range handler.sizes {
		if size > 4_000_000 {
			t.Errorf("a body of %d bytes", size)
		}
	}
	if summary.Stored != 3000 || len(handler.sizes) < 3 {
		t.Errorf("stored %d in %d bodies", summary.Stored, len(handler.sizes))
	}
}

func TestAServerThatRefusesEndsTheImport(t *testing.T) {
	for status, want := range map[int]fault.Kind{401: fault.Denied, 400: fault.Invalid, 503: fault.Unavailable} {
		refusals := make([]int, 100)
		for i := range refusals {
			refusals[i] = status
		}
		server := httptest.NewServer(&importServer{refusals: refusals})
		sink, err := NewServer(server.URL, "k")
		if err != nil {
			t.Fatal(err)
		}
		sink.wait = func(context.Context, time.Duration) error { return nil }
		_, err = tryInto(t, sink, folder(t, twoRows), mappingOf("t.csv"))
		if !fault.Is(err, want) {
			t.Errorf("status %d: error %v, want %s", status, err, want)
		}
		server.Close()
	}
}

func TestTheBarDrawsOnlyWhatChanges(t *testing.T) {
	var out bytes.Buffer
	bar := NewBar(&out, fault.TraditionalChinese)
	for done := range int64(1001) {
		bar.Show(Progress{Stage: "load", Done: done, Total: 1000})
	}
	bar.Clear()
	if n := strings.Count(out.String(), "讀取檔案"); n != 101 {
		t.Errorf("drawn %d times, want once a percent", n)
	}
}
