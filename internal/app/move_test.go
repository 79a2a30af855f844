package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/client"
	"beichen/internal/doctor"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// drawn are the definitions of the workspaces that move.
var drawn = map[ledger.Kind]string{
	ledger.Journey: buying,
	ledger.Metric: `kind: Metric
id: sold
unit: TWD
sum: { event: Tea Bought, of: value, currency: TWD }
`,
}

// company is a served workspace with journeys, metrics, people of several ids, one of
// them parted again, and a quarantine in which something was decided.
func company(t *testing.T, dir string) *served {
	t.Helper()
	return companyWith(t, options(dir))
}

func companyWith(t *testing.T, o app.Options) *served {
	t.Helper()
	s := serveWith(t, o)
	for kind, text := range drawn {
		documents, err := ledger.ReadDocuments("a.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for version := range 2 {
			body := bytes.Replace(documents[0].Body, []byte("Tea Bought"), []byte([]string{"Tea Sold", "Tea Bought"}[version]), 1)
			write := ledger.Write{Kind: kind, ID: documents[0].ID, IfMatch: version, Author: "ann", Reason: "because"}
			if _, err := s.Ledger.Put(t.Context(), write, body); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 40 {
		if err := s.send(http.DefaultClient, fmt.Sprint("customer ", i), i%3 == 0); err != nil {
			t.Fatal(err)
		}
	}
	s.post(t, "/v1/batch", writeKey, `{"batch":[
		{"type":"track","event":"Tea Bought","anonymousId":"visitor","messageId":"v1","timestamp":"2026-01-03T10:00:00Z","properties":{"value":0.1,"currency":"TWD"}},
		{"type":"identify","userId":"customer 1","anonymousId":"visitor","messageId":"v2","timestamp":"2026-01-03T11:00:00Z","traits":{"plan":"pro"}},
		{"type":"alias","userId":"customer 2","previousId":"customer 3","messageId":"v3"},
		{"type":"alias","userId":"customer 5","previousId":"customer 6","messageId":"v4"},
		{"type":"group","userId":"customer 4","groupId":"tea house","messageId":"v5","traits":{"size":9}},
		{"type":"track","event":"Nobody"},{"type":"track","event":"Nobody","messageId":"b2","properties":{"a":1}}]}`)
	s.post(t, "/api/v1/identity/unlink", apiKey, `{"messageId":"v4","reason":"not the same"}`)
	return s
}

// post posts JSON, which must be taken.
func (s *served) post(t *testing.T, path, key, body string) {
	t.Helper()
	s.ask(t, http.MethodPost, path, key, body)
}

func (s *served) ask(t *testing.T, method, path, key, body string) []byte {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if req.Header.Set("Authorization", "Bearer "+key); key == writeKey {
		req.SetBasicAuth(key, "")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s, %v", method, path, resp.Status, text, err)
	}
	return text
}

// told is what a workspace says of itself to whoever asks, without what changes with
// each question.
func (s *served) told(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, path := range []string{
		"/journeys/tea/measure?asOf=2026-02-01&customers=true", "/metrics/sold/measure?from=2026-01-01&to=2026-02-01&grain=day&asOf=2026-02-01",
		"/definitions/Journey/tea/history", "/definitions/Metric/sold/history", "/members", "/keys", "/workspace", "/quarantine?limit=50",
		"/quarantine?status=discarded", "/customers/customer%201", "/customers/customer%201/timeline", "/customers?q=customer", "/events/names", "/traits",
	} {
		var answer any
		if err := json.Unmarshal(s.ask(t, http.MethodGet, "/api/v1"+path, apiKey, ""), &answer); err != nil {
			t.Fatal(err)
		}
		all[path] = steady(answer)
	}
	return all
}

// steady leaves out how long an answer took, up to where the facts went and when a key
// was used.
func steady(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range []string{"elapsedMillis", "facts", "lastUsedAt"} {
			delete(v, name)
		}
		for name := range v {
			v[name] = steady(v[name])
		}
	case []any:
		for i := range v {
			v[i] = steady(v[i])
		}
	}
	return value
}

var databases atomic.Int64

// emptyDatabase names a database of the cluster that nobody has used.
func emptyDatabase() string { return fmt.Sprint("moved", databases.Add(1)) }

// moves asks for a move as the command does.
func moves(t *testing.T, o app.Options, to ...string) (*app.Moved, []app.MoveEvent, error) {
	t.Helper()
	var told []app.MoveEvent
	m, err := app.Move(t.Context(), app.MoveOptions{Options: o, To: to, Language: fault.English, Told: func(e app.MoveEvent) { told = append(told, e) }})
	return m, told, err
}

// sender sends noise until it is told to end, and counts what was acknowledged.
type sender struct {
	acknowledged int
	end          func()
}

func (s *served) sendsOn(t *testing.T) *sender {
	var out sender
	over := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
			}
			body := fmt.Sprintf(`{"batch":[{"type":"track","event":"Noise","userId":"noise %d","messageId":"noise %d"}]}`, out.acknowledged%7, out.acknowledged)
			req, err := http.NewRequest(http.MethodPost, s.url+"/v1/batch", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			req.SetBasicAuth(writeKey, "")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			switch {
			case resp.StatusCode == http.StatusOK:
				out.acknowledged++
			case resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
				time.Sleep(20 * time.Millisecond) // sooner than it was asked to
			default:
				t.Errorf("a sender was answered %s", resp.Status)
				return
			}
		}
	})
	out.end = sync.OnceFunc(func() { close(over); sending.Wait() })
	t.Cleanup(out.end)
	return &out
}

// noise is how many events of the sender the facts have, by the names that are told.
func (s *served) noise(t *testing.T) int {
	t.Helper()
	var names struct{ Items []warehouse.NameSummary }
	if err := json.Unmarshal(s.ask(t, http.MethodGet, "/api/v1/events/names", apiKey, ""), &names); err != nil {
		t.Fatal(err)
	}
	for _, n := range names.Items {
		if n.Name == "Noise" {
			return int(n.Count)
		}
	}
	return 0
}

func exists(t *testing.T, dir, pattern string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

// A workspace moves to a cluster of two shards and to Postgres, and back, while its
// server answers and a sender sends: every answer is the same, and every event that was
// acknowledged is there once.
func TestAWorkspaceMovesThereAndBackWhileItIsServed(t *testing.T) {
	dir := t.TempDir()
	s := company(t, dir)
	database := emptyDatabase()
	cluster, postgres := addressOf(clustertest.Cluster(t), database), postgrestest.Database(t)
	if err := s.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := s.told(t)
	delete(want, "/events/names")
	delete(want, "/customers?q=customer")
	same := func(when string) {
		t.Helper()
		got := s.told(t)
		delete(got, "/events/names")
		delete(got, "/customers?q=customer")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (−before +after): %s", when, diff)
		}
	}

	noise := s.sendsOn(t)
	m, told, err := moves(t, options(dir), cluster, postgres)
	if err != nil {
		t.Fatal(err)
	}
	same("in the cluster")
	if !slices.ContainsFunc(told, func(e app.MoveEvent) bool { return e.Switching }) || m.Halted <= 0 || m.Shut > m.Halted {
		t.Errorf("the switch was not announced: %+v, %+v", told, m)
	}
	if m.Facts == nil || m.Facts.From != dir || m.Facts.To != "ClickHouse beichen/"+database || m.Ledger == nil || !strings.HasPrefix(m.Ledger.To, "Postgres 127.0.0.1") {
		t.Errorf("it says %+v, %+v", m.Facts, m.Ledger)
	}
	for pattern, there := range map[string]bool{
		"facts.duckdb": false, "facts.moved-*.duckdb": true, "facts.json": true, "ledger.sqlite": false, "ledger.moved-*.sqlite": true, "ledger.json": true,
		"moving.json": false, "*.moving.*": false,
	} {
		if exists(t, dir, pattern) != there {
			t.Errorf("%s is there: %v", pattern, !there)
		}
	}
	// What is decided and defined there comes back with it.
	s.post(t, "/api/v1/quarantine/discard", apiKey, `{"reason":"capture.no-id"}`)
	s.ask(t, http.MethodPost, "/api/v1/definitions/Metric/sold/approve", apiKey, `{"version":2,"reason":"good"}`)
	want = s.told(t)
	delete(want, "/events/names")
	delete(want, "/customers?q=customer")

	if m, _, err = moves(t, options(dir), app.Folder); err != nil {
		t.Fatal(err)
	}
	same("in the folder again")
	noise.end()
	if m.Facts.To != dir || m.Facts.Left != "ClickHouse beichen/"+database || !m.Facts.InFolder {
		t.Errorf("it says %+v", m.Facts)
	}
	s.settled(t)
	if got := s.noise(t); got != noise.acknowledged {
		t.Errorf("%d of %d events of the sender are in the facts", got, noise.acknowledged)
	}
	s.stop()
	for pattern, there := range map[string]bool{
		"facts.duckdb": true, "facts.json": false, "ledger.sqlite": true, "ledger.json": false, "moving.json": false, "*.moving.*": false,
	} {
		if exists(t, dir, pattern) != there {
			t.Errorf("%s is there: %v", pattern, !there)
		}
	}
	if noise.acknowledged == 0 {
		t.Error("the sender was never answered")
	}
	// As the next start finds it.
	again := serve(t, dir)
	if got := again.noise(t); got != noise.acknowledged {
		t.Errorf("%d of %d events of the sender are there after a start", got, noise.acknowledged)
	}
	// The place that it left is not taken for an empty one.
	if _, _, err := moves(t, options(dir), cluster); refusal(err) != "move.occupied" {
		t.Errorf("moved there again: %v", err)
	}
}

// positions are how far messages are durable, and how far they are in the facts.
var positions = regexp.MustCompile(`(?m)^beichen_facts_(?:durable|loaded)_position (\S+)$`)

// settled waits until all that is durable is in the facts.
func (s *served) settled(t *testing.T) {
	t.Helper()
	for {
		p := positions.FindAllStringSubmatch(string(s.ask(t, http.MethodGet, "/metrics", apiKey, "")), -1)
		if len(p) != 2 {
			t.Fatalf("the server tells %d positions", len(p))
		}
		if p[0][1] == p[1][1] {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// What has expired stays so wherever the facts move: since when they are kept, how many
// went, what is told of that time, and what becomes of events that come too late.
func TestFactsStayExpiredWhereverTheyMove(t *testing.T) {
	o := options(t.TempDir())
	o.Now = clockAt("2026-02-01T12:00:00Z")
	s := companyWith(t, o)
	if k := s.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d","confirm":true}`); k.Gone != 54 || k.From.Format(time.DateOnly) != "2026-01-02" {
		t.Fatalf("%+v", k)
	}
	want := s.told(t)
	journeyed, _ := want["/journeys/tea/measure?asOf=2026-02-01&customers=true"].(map[string]any)
	if journeyed["entered"] != 0.0 {
		t.Errorf("%v entered", journeyed["entered"])
	}
	gone := int64(54)
	for _, to := range []string{addressOf(clustertest.Cluster(t), emptyDatabase()), app.Folder} {
		if _, _, err := moves(t, o, to); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.told(t)); diff != "" {
			t.Errorf("in %s (−before +after): %s", to, diff)
		}
		if k := s.kept(t, http.MethodGet, "/facts/kept", ""); k.Keep != "30d" || k.Gone != gone || k.From.Format(time.DateOnly) != "2026-01-02" {
			t.Errorf("in %s: %+v", to, k)
		}
		answer := s.ask(t, http.MethodPost, "/v1/batch", writeKey, fmt.Sprintf(`{"batch":[
			{"type":"track","event":"Tea Seen","userId":"customer 1","messageId":"late %d","timestamp":"2026-01-01T23:59:59Z"}]}`, gone))
		if !strings.Contains(string(answer), `"expired":1`) {
			t.Errorf("in %s what came too late is answered %s", to, answer)
		}
		gone++
		if k := s.kept(t, http.MethodPut, "/facts/kept", `{"keep":"30d"}`); k.Gone != gone {
			t.Errorf("in %s, after one that came too late: %+v", to, k)
		}
	}
}

// refusal is the key of what a command or the server that it asked refused with.
func refusal(err error) string {
	if r, ok := errors.AsType[*client.Refusal](err); ok {
		return r.Key
	}
	return key(err)
}

// A day that is not the same in the new place is found before anything is switched.
func TestADayThatCameOverDifferentlyKeepsTheWorkspaceWhereItIs(t *testing.T) {
	dir := t.TempDir()
	s := company(t, dir)
	s.stop()
	database := emptyDatabase()
	address := addressOf(clustertest.Cluster(t), database)
	ctx, broken := context.WithCancel(t.Context())
	_, err := app.Move(ctx, app.MoveOptions{Options: options(dir), To: []string{address}, Language: fault.English, Told: func(app.MoveEvent) { broken() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	c := clustertest.Cluster(t)
	for i := range c.Addresses() {
		conn, err := c.Shards[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		err = conn.Exec(t.Context(), "ALTER TABLE "+database+".events UPDATE value = value + 1 WHERE name = 'Tea Bought' AND time < 1767348000000000 SETTINGS mutations_sync = 2")
		if err := errors.Join(err, conn.Close()); err != nil {
			t.Fatal(err)
		}
	}
	s = serve(t, dir)
	if _, _, err = moves(t, options(dir), address); refusal(err) != "move.day-differs" || !strings.Contains(err.Error(), "2026-01-01") || !strings.Contains(err.Error(), dir+" has 54 messages") {
		t.Errorf("refused with %v", err)
	}
	if err := s.send(http.DefaultClient, "customer 99", true); err != nil {
		t.Errorf("after it: %v", err)
	}
	if !exists(t, dir, "facts.duckdb") || exists(t, dir, "facts.json") {
		t.Error("something was switched")
	}
	if f := finding(doctorOf(t, options(dir)), "move"); f.State != doctor.Warning || !strings.Contains(f.Text, "ClickHouse beichen/"+database) {
		t.Errorf("the doctor says %+v", f)
	}
	s.stop()
	if _, err := app.Open(t.Context(), inCluster(t.TempDir(), address)); key(err) != "capture.store-in-making" {
		t.Errorf("a copy that is not whole was opened: %v", err)
	}
}

func TestAMoveSaysWhyItDoesNot(t *testing.T) {
	dir := t.TempDir()
	s := company(t, dir)
	taken := postgrestest.Database(t)
	w, err := app.Open(t.Context(), onPostgres(t.TempDir(), taken))
	if err != nil {
		t.Fatal(err)
	}
	draw(t, w, 0, "ann")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		to   []string
		want string
	}{
		"to where it is":           {[]string{app.Folder}, "move.nowhere"},
		"to nowhere":               {nil, "move.nowhere"},
		"to another folder":        {[]string{t.TempDir()}, "move.place"},
		"to two clusters":          {[]string{"clickhouse://a", "clickhouse://b"}, "move.place"},
		"to what is no address":    {[]string{"clickhouse://cluster"}, "warehouse.address"},
		"to a ledger of another":   {[]string{taken}, "ledger.not-empty"},
		"to where nobody listens":  {[]string{"postgres://ada:s3cret@127.0.0.1:1/tea"}, "ledger.unreachable-server"},
		"to a cluster that is not": {[]string{"clickhouse://default:s3cret@beichen/gone?shard=127.0.0.1:1"}, "warehouse.shard-away"},
	} {
		_, _, err := moves(t, options(dir), c.to...)
		if got := refusal(err); got != c.want && !(c.want == "ledger.unreachable-server" && fault.Is(err, fault.Unavailable)) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s tells the password", what)
		}
	}
	for who, key := range map[string]string{"an admin's key": apiKey, "a stranger": ""} {
		if status, text := asked(t, http.MethodPost, s.url+"/api/v1/move", key); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", who, status, text)
		}
	}
	if exists(t, dir, "moving.json") {
		t.Error("a move that never began is remembered")
	}
}

// movingChild makes the test's program move the workspace of a folder to a place and
// die at the first word of it.
const movingChild = "BEICHEN_TEST_MOVES"

// dieMoving is what such a process does.
func dieMoving(dir, to string) {
	_, err := app.Move(context.Background(), app.MoveOptions{Options: options(dir), To: []string{to}, Language: fault.English, Told: func(app.MoveEvent) {
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = p.Kill()
		}
		fmt.Fprintln(os.Stderr, "not killed:", err)
		select {}
	}})
	fmt.Fprintln(os.Stderr, "it was not killed and came to", err)
	os.Exit(3)
}

// A command that is killed while it moves a workspace that nobody serves is given again,
// and goes on with what it has.
func TestAKilledMoveIsGoneOnWith(t *testing.T) {
	dir := t.TempDir()
	s := company(t, dir)
	s.stop()
	address := addressOf(clustertest.Cluster(t), emptyDatabase())
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), movingChild+"="+dir, movingChild+"_TO="+address)
	text, err := child.CombinedOutput()
	if child.ProcessState.ExitCode() != -1 {
		t.Fatalf("it was not killed: %v %s", err, text)
	}
	if !exists(t, dir, "moving.json") || !exists(t, dir, "facts.duckdb") {
		t.Fatal("it left no move to go on with")
	}
	// The old place is the workspace until the move is done.
	s = serve(t, dir)
	if err := errors.Join(s.send(http.DefaultClient, "customer 50", false), s.Intake.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
	want := s.told(t)
	s.stop()
	if _, _, err := moves(t, options(dir), address); err != nil {
		t.Fatal(err)
	}
	s = serveWith(t, inCluster(dir, address))
	if diff := cmp.Diff(want, s.told(t)); diff != "" {
		t.Errorf("−before +after: %s", diff)
	}
}
