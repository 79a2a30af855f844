package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/httpapi"
	"beichen/internal/journey"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/metric"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// kept asks how long facts are kept.
func (s *served) kept(t *testing.T, method, path, body string) (k httpapi.KeptFacts) {
	t.Helper()
	status, text := s.asks(method, path, body)
	if err := json.Unmarshal(text, &k); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s %v", status, text, err)
	}
	return k
}

// clockAt is a clock that stands still.
func clockAt(text string) func() time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return at }
}

// teaSeen counts how often tea was seen, day by day.
const teaSeen = "{kind: Metric, id: seen, grain: day, count: {event: Tea Seen}}"

func (s *served) seen(t *testing.T) []metric.Point {
	t.Helper()
	d, err := metric.Parse([]byte(teaSeen))
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Metric.Measure(t.Context(), metric.Request{Metric: d, From: "2025-12-31", To: "2026-01-02"})
	if err != nil {
		t.Fatal(err)
	}
	return a.Periods
}

// TestFactsExpireByTheSetting sets how long facts are kept on a workspace that is served,
// sends what is older, opens it again, and restores an archive from before.
func TestFactsExpireByTheSetting(t *testing.T) {
	o := options(t.TempDir())
	o.Now = clockAt("2026-02-01T12:00:00Z")
	s := serveWith(t, o)
	for _, who := range []string{"ann", "bo"} {
		if err := s.send(http.DefaultClient, who, true); err != nil {
			t.Fatal(err)
		}
	}
	if k := s.kept(t, http.MethodGet, "/facts/kept?keep=30d", ""); k.Keep != access.Forever || k.From != nil || k.Next.Events != 4 || k.Next.From.Format(time.DateOnly) != "2026-01-02" {
		t.Errorf("%+v %+v", k, k.Next)
	}
	var older bytes.Buffer
	if status, text := s.asks(http.MethodPost, "/backup", ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	} else {
		older.Write(text)
	}
	for body, want := range map[string]int{
		`{"keep":"29d"}`: http.StatusUnprocessableEntity, `{"keep":"1mo"}`: http.StatusUnprocessableEntity, `{"keep":"soon","confirm":true}`: http.StatusUnprocessableEntity,
		`{"keep":"30d"}`: http.StatusConflict, `{"keep":"31d"}`: http.StatusOK, // which takes nothing
	} {
		if status, text := s.asks(http.MethodPut, "/facts/kept", body); status != want {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	if k := s.kept(t, http.MethodGet, "/facts/kept", ""); k.Keep != "31d" || k.From != nil {
		t.Errorf("%+v", k)
	}
	if p := s.seen(t); *p[0].Value != 0 || *p[1].Value != 2 || p[0].Expired {
		t.Errorf("before: %+v", p)
	}

	k := s.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d","confirm":true}`)
	if k.Keep != "30d" || k.Gone != 4 || k.From.Format(time.RFC3339) != "2026-01-02T00:00:00Z" {
		t.Errorf("%+v", k)
	}
	if p := s.seen(t); p[0].Value != nil || !p[1].Expired || p[2].Expired || *p[2].Value != 0 {
		t.Errorf("after: %+v", p)
	}
	if a := measured(t, s.Workspace); *a.Entered != 0 || a.Facts.KeptFrom.Format(time.DateOnly) != "2026-01-02" {
		t.Errorf("%d entered, kept from %s", *a.Entered, a.Facts.KeptFrom)
	}
	a, err := s.Measurer.Measure(t.Context(), journey.Request{Journey: tea(t), From: "2026-01-02", AsOf: "2026-02-01"})
	if err != nil || !a.Facts.KeptFrom.IsZero() {
		t.Errorf("a question about what is kept: %+v, %v", a.Facts, err)
	}
	// Late ones are acknowledged and not kept; the customers are still known.
	if err := s.send(http.DefaultClient, "late", true); err != nil {
		t.Fatal(err)
	}
	if err := s.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := s.kept(t, http.MethodPut, "/facts/kept", `{"keep":"25mo"}`); k.Gone != 6 || k.From.Format(time.DateOnly) != "2026-01-02" || k.Keep != "25mo" {
		t.Errorf("a longer time: %+v", k)
	}
	if status, _ := s.asks(http.MethodGet, "/customers/ann", ""); status != http.StatusOK {
		t.Errorf("her page: %d", status)
	}
	_, audit := s.asks(http.MethodGet, "/audit", "")
	if n := bytes.Count(audit, []byte("facts.keep")); n != 3 {
		t.Errorf("%d changes in the audit: %s", n, audit)
	}
	if _, text := s.asks(http.MethodGet, "/doctor", ""); !bytes.Contains(text, []byte("2026-01-02")) {
		t.Errorf("the doctor: %s", text)
	}
	numbers, err := http.Get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer numbers.Body.Close()
	var lines bytes.Buffer
	if _, err := lines.ReadFrom(numbers.Body); err != nil || !strings.Contains(lines.String(), "beichen_facts_too_old_total 2") || !strings.Contains(lines.String(), "beichen_facts_kept_since_seconds 1.7") {
		t.Errorf("%v %.3000s", err, lines.String())
	}
	s.stop()

	again := serveWith(t, o)
	if k := again.kept(t, http.MethodGet, "/facts/kept", ""); k.Gone != 6 || k.From.Format(time.DateOnly) != "2026-01-02" {
		t.Errorf("opened again: %+v", k)
	}
	again.stop()

	// An older archive has what was there then, until it is served and the setting holds.
	dir := filepath.Join(t.TempDir(), "restored")
	if _, _, err := app.RestoreWithout(t.Context(), &older, dir, "", access.Register{}); err != nil {
		t.Fatal(err)
	}
	o.Dir = dir
	restored := serveWith(t, o)
	if p := restored.seen(t); *p[1].Value != 2 {
		t.Errorf("restored: %+v", p)
	}
	if k := restored.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d","confirm":true}`); k.Gone != 4 {
		t.Errorf("restored: %+v", k)
	}
}

// TestWhatAgesWhileAWorkspaceIsClosedExpiresWhenItIsServed lets time go by.
func TestWhatAgesWhileAWorkspaceIsClosedExpiresWhenItIsServed(t *testing.T) {
	o := options(t.TempDir())
	o.Now = clockAt("2026-01-15T12:00:00Z")
	s := serveWith(t, o)
	if err := s.send(http.DefaultClient, "ann", true); err != nil {
		t.Fatal(err)
	}
	s.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d"}`)
	s.stop()
	o.Now = clockAt("2026-03-01T12:00:00Z")
	s = serveWith(t, o)
	for s.Intake.State().Horizon == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	if err := s.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := s.kept(t, http.MethodGet, "/facts/kept", ""); k.Gone != 2 || k.From.Format(time.DateOnly) != "2026-01-30" {
		t.Errorf("%+v", k)
	}
}

// TestNodesExpireTogether has the facts in a cluster, which two nodes serve.
func TestNodesExpireTogether(t *testing.T) {
	address, at := postgrestest.Database(t), addressOf(clustertest.Cluster(t), "expire")
	begin := func() *served {
		o := onPostgres(t.TempDir(), address)
		o.Facts, o.Now = at, clockAt("2026-02-01T12:00:00Z")
		return serveWith(t, o)
	}
	one, two := begin(), begin()
	for _, s := range []*served{one, two} {
		if err := s.send(http.DefaultClient, s.Dir, true); err != nil {
			t.Fatal(err)
		}
		if err := s.Intake.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if k := two.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d","confirm":true}`); k.Gone != 4 {
		t.Errorf("%+v", k)
	}
	for one.Intake.State().Horizon == 0 { // it is told
		time.Sleep(10 * time.Millisecond)
	}
	if p := one.seen(t); p[1].Value != nil || !p[1].Expired {
		t.Errorf("%+v", p)
	}
	if err := one.send(http.DefaultClient, "late", true); err != nil {
		t.Fatal(err)
	}
	if err := one.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k := one.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d"}`); k.Gone != 6 {
		t.Errorf("%+v", k)
	}
}
