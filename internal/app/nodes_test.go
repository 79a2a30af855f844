package app_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/backup"
	"beichen/internal/doctor"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/live"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// TestMain ends the servers that the tests share.
func TestMain(m *testing.M) {
	if isNode() {
		os.Exit(1) // it ends otherwise than by being killed
	}
	if dir := os.Getenv(movingChild); dir != "" {
		dieMoving(dir, os.Getenv(movingChild+"_TO"))
	}
	os.Exit(postgrestest.Run(func() int { return clustertest.Run(m) }))
}

func onPostgres(dir, address string) app.Options {
	o := options(dir)
	o.Ledger = address
	return o
}

// draw writes a version of the journey of these tests.
func draw(t *testing.T, w *app.Workspace, after int, author string) {
	t.Helper()
	documents, err := ledger.ReadDocuments("tea.yaml", []byte(buying))
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Replace(documents[0].Body, []byte(`"Tea Seen"`), []byte(`"Tea Seen `+author+`"`), 1)
	if _, err := w.Ledger.Put(t.Context(), ledger.Write{Kind: ledger.Journey, ID: "tea", IfMatch: after, Author: author, Reason: "because"}, body); err != nil {
		t.Fatal(err)
	}
}

// listener hears a workspace's news.
type listener struct {
	t *testing.T
	*live.Listener
}

func listen(t *testing.T, w *app.Workspace) listener {
	l := listener{t, w.Live.Listen()}
	t.Cleanup(l.Close)
	return l
}

// until waits for news that are wanted.
func (l listener) until(wanted func(live.News) bool) live.News {
	l.t.Helper()
	for {
		all, err := l.Next(l.t.Context())
		if err != nil {
			l.t.Fatalf("it was not told: %v", err)
		}
		for _, n := range all {
			if wanted(n) {
				return n
			}
		}
	}
}

// node is a node that shares a ledger, and hears what the others do.
func node(t *testing.T, address string) (*served, listener) {
	t.Helper()
	w, err := app.Open(t.Context(), onPostgres(t.TempDir(), address))
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t, w)
	s := serveOpen(t, w)
	l.until(of("anything")) // from here on nothing is missed
	return s, l
}

func of(kind string) func(live.News) bool { return func(n live.News) bool { return n.Type == kind } }

func TestWhatOneNodeWritesTheOtherTellsItsScreensAndItsDoor(t *testing.T) {
	address := postgrestest.Database(t)
	one, here := node(t, address)
	two, there := node(t, address)
	draw(t, one.Workspace, 0, "Ada")
	for _, l := range []listener{here, there} {
		n := l.until(of("definition"))
		if n.Kind != "Journey" || n.ID != "tea" || n.Version != 1 || n.Author != "Ada" || n.At.IsZero() {
			t.Errorf("%+v", n)
		}
	}
	draw(t, two.Workspace, 1, "Grace") // the other node follows the version that it was told of
	if n := here.until(of("definition")); n.Version != 2 || n.Author != "Grace" {
		t.Errorf("%+v", n)
	}

	caller := access.WithCaller(t.Context(), access.Caller{Name: "Ada", Role: access.Admin})
	k, secret, err := one.Access.CreateKey(caller, access.NewKey{Name: "site", Kind: access.WriteKeys, Scopes: []string{access.ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	knows := func(known bool) func(live.News) bool {
		return func(n live.News) bool {
			_, _, ok := two.Access.WriteKey(t.Context(), secret)
			return n.Type == "access" && ok == known
		}
	}
	there.until(knows(true))
	if _, err := one.Access.RevokeKey(caller, k.ID); err != nil {
		t.Fatal(err)
	}
	there.until(knows(false))
}

// While Postgres is away events are taken in, what needs the ledger is told to try
// again, and open streams of news stay; once it is back all goes on by itself.
func TestANodeGoesOnByItselfWhenPostgresWasAway(t *testing.T) {
	postgres := postgrestest.Start(t)
	address := postgres.Database(t)
	s, news := node(t, address)
	draw(t, s.Workspace, 0, "Ada")
	ask := func(path string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+apiKey)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for round, halt := range []func(testing.TB){postgres.Stop, postgres.Crash} {
		halt(t)
		if err := s.send(http.DefaultClient, "customer "+string(rune('a'+round)), true); err != nil {
			t.Errorf("an event was refused: %v", err)
		}
		resp := ask("/api/v1/journeys")
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("the ledger is away and the answer is %s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
		}
		if resp := ask("/readyz"); resp.StatusCode != http.StatusOK {
			t.Errorf("a node that takes events in is %s", resp.Status)
		}
		report, err := app.Doctor(t.Context(), onPostgres(s.Dir, address), "v1", fault.English)
		if err != nil {
			t.Fatal(err)
		}
		if f := finding(report, "ledger"); f.State != doctor.Fault || !strings.Contains(f.Text, "cannot be reached") || f.Todo == "" {
			t.Errorf("the doctor says %+v", f)
		}
		s.reports(t, "beichen_ledger_following 0")
		postgres.Resume(t)
		news.until(of("anything"))
		s.reports(t, "beichen_ledger_following 1")
		if resp := ask("/api/v1/journeys"); resp.StatusCode != http.StatusOK {
			t.Errorf("it is back and the answer is %s", resp.Status)
		}
		draw(t, s.Workspace, round+1, "Grace "+string(rune('a'+round)))
		news.until(of("definition"))
	}
	if through := s.Intake.State().Through; through != 4 {
		t.Errorf("through position %d, want all four events", through)
	}
}

// reports waits until a line is among the server's metrics.
func (s *served) reports(t *testing.T, line string) {
	t.Helper()
	for {
		resp, err := http.Get(s.url + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s, %v", resp.Status, err)
		}
		if strings.Contains(string(text), "\n"+line+"\n") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func finding(r doctor.Report, check string) doctor.Finding {
	for _, f := range r.Items {
		if f.Check == check {
			return f
		}
	}
	return doctor.Finding{}
}

// A folder says where its ledger is, so that no command begins a second one.
func TestAFolderHasOneLedger(t *testing.T) {
	address := postgrestest.Database(t)
	shared, own := t.TempDir(), t.TempDir()
	for _, o := range []app.Options{onPostgres(shared, address), options(own)} {
		w, err := app.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(shared, "ledger.sqlite")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a ledger was made in the folder: %v", err)
	}
	sign, err := os.ReadFile(filepath.Join(shared, "ledger.json"))
	if err != nil || strings.Contains(string(sign), ":beichen") || strings.Contains(address, string(sign)) {
		t.Errorf("ledger.json holds %s, %v", sign, err)
	}
	for name, c := range map[string]struct {
		o   app.Options
		key string
	}{
		"the address left out":     {options(shared), "ledger.elsewhere"},
		"an address where one is":  {onPostgres(own, address), "ledger.two"},
		"an address of no ledger":  {onPostgres(t.TempDir(), "mysql://db/tea"), "ledger.address"},
		"a database that is not":   {onPostgres(shared, strings.Replace(address, "/t", "/x", 1)), "ledger.refused"},
		"an address with a secret": {onPostgres(t.TempDir(), "postgres://ada:s3cret@/%zz"), "ledger.address"},
	} {
		w, err := app.Open(t.Context(), c.o)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != c.key || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: opened %v, %v, want %s", name, w != nil, err, c.key)
		}
		if c.key == "ledger.address" {
			continue
		}
		report, err := app.Doctor(t.Context(), c.o, "v1", fault.English)
		if f := finding(report, "ledger"); err != nil || f.State != doctor.Fault {
			t.Errorf("%s: the doctor says %+v, %v", name, f, err)
		}
		_, closeBook, err := app.OpenBook(t.Context(), app.BookOptions{Dir: c.o.Dir, Ledger: c.o.Ledger, Create: true, Now: time.Now})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != c.key {
			t.Errorf("%s: definitions opened %v, %v", name, closeBook != nil, err)
		}
	}
}

// A ledger moves from the folder into Postgres and back by way of a backup, with its
// history, its members and its keys.
func TestABackupIsRestoredIntoEitherKindOfLedger(t *testing.T) {
	s := serve(t, t.TempDir())
	draw(t, s.Workspace, 0, "Ada")
	draw(t, s.Workspace, 1, "Grace")
	if err := s.send(http.DefaultClient, "customer", true); err != nil {
		t.Fatal(err)
	}
	history := func(w *app.Workspace) []ledger.Revision {
		t.Helper()
		all, err := w.Ledger.History(t.Context(), ledger.Journey, "tea")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := history(s.Workspace)
	o := options(s.Dir)
	s.stop()
	for _, address := range []string{postgrestest.Database(t), postgrestest.Database(t), ""} {
		var archive bytes.Buffer
		made, err := app.Backup(t.Context(), o, "v1", fault.English, &archive)
		if err != nil {
			t.Fatal(err)
		}
		if names := nameOf(made.Files); !cmp.Equal(names, []string{"facts.duckdb", "ledger.sqlite"}) {
			t.Errorf("the archive holds %v", names)
		}
		o = onPostgres(filepath.Join(t.TempDir(), "restored"), address)
		if _, err := app.Restore(t.Context(), bytes.NewReader(archive.Bytes()), o.Dir, address); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(o.Dir, "ledger.sqlite")); (err == nil) != (address == "") {
			t.Errorf("a ledger in the folder: %v, at %q", err, address)
		}
		r := serveWith(t, o)
		if diff := cmp.Diff(want, history(r.Workspace)); diff != "" {
			t.Error(diff)
		}
		if err := r.send(http.DefaultClient, "customer", true); err != nil {
			t.Errorf("the write key did not come along: %v", err)
		}
		report, err := app.Doctor(t.Context(), o, "v1", fault.English)
		if f := finding(report, "ledger"); err != nil || f.State == doctor.Fault {
			t.Errorf("the doctor says %+v, %v", f, err)
		}
		r.stop()
		if address == "" {
			continue
		}
		again := filepath.Join(t.TempDir(), "again")
		_, err = app.Restore(t.Context(), bytes.NewReader(archive.Bytes()), again, address)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "ledger.not-empty" {
			t.Errorf("restored over a ledger: %v", err)
		}
		if _, err := os.Stat(again); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("what failed left a folder: %v", err)
		}
	}
}

func nameOf(files []backup.File) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// The server of the tests runs without fsync, which an operator must not.
func TestTheDoctorWarnsOfAServerThatForgets(t *testing.T) {
	o := onPostgres(t.TempDir(), postgrestest.Database(t))
	w, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := app.Doctor(t.Context(), o, "v1", fault.English)
	if f := finding(report, "ledger"); err != nil || f.State != doctor.Warning || !strings.Contains(f.Text, "fsync is off") {
		t.Errorf("%+v, %v", f, err)
	}
}
