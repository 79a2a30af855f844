package capture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
	"beichen/internal/warehouse/duckdb"
)

// crashDir makes the test binary a server on that folder, to be killed.
const crashDir = "BEICHEN_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := serveUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(clustertest.Run(m))
}

// serveUntilKilled captures over HTTP into DuckDB, with chunks and segments so
// small that all of it happens all the time, and says on standard output what it
// is about to do.
func serveUntilKilled(dir string) error {
	ctx := context.Background()
	wh, err := duckdb.Open(ctx, filepath.Join(dir, "facts.duckdb"), duckdb.Options{Threads: 1})
	if err != nil {
		return err
	}
	files, err := eventlog.Dir(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	intake, err := Open(ctx, Config{
		Warehouse: spokenStore{wh}, Now: time.Now, ChunkRows: 3000, LoadEvery: 10 * time.Millisecond, TailRows: 8000,
		Log: eventlog.Options{FS: spokenFS{files}, SegmentBytes: 64 << 10},
	})
	if err != nil {
		return err
	}
	go func() {
		for {
			time.Sleep(40 * time.Millisecond)
			say("checkpoint")
			if err := wh.Checkpoint(ctx); err != nil {
				panic(err)
			}
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /forget/{user}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := forgetUser(r.Context(), intake, r.PathValue("user")); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	Routes(mux, HTTPConfig{Intake: intake, Keys: keyring{}, Log: slog.Default(), Now: time.Now})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	say("http://" + listener.Addr().String())
	return http.Serve(listener, mux)
}

// forgetUser forgets whoever has a user id, as the API does.
func forgetUser(ctx context.Context, intake *Intake, id string) (gone warehouse.Forgotten, err error) {
	graph, err := intake.Whole(ctx)
	if err == nil {
		err = intake.Flush(ctx)
	}
	if err != nil {
		return gone, err
	}
	view := graph.View()
	person, ok := view.FindRef(event.Ref{ID: id})
	if !ok {
		return gone, nil // an earlier life has forgotten them
	}
	return intake.Forget(ctx, view.Numbers(person), "ann@example.com", forgetID(id))
}

// forgetID is the id of the message that forgets a user.
func forgetID(user string) string { return fmt.Sprintf("forget-%x", warehouse.IDHash(user)) }

func say(what string) { _, _ = os.Stdout.WriteString(what + "\n") }

type spokenStore struct{ warehouse.Warehouse }

func (s spokenStore) Load(ctx context.Context, c warehouse.Chunk) error {
	say("load")
	defer say("loaded")
	return s.Warehouse.Load(ctx, c)
}

func (s spokenStore) Erase(ctx context.Context) error {
	say("erase")
	return s.Warehouse.Erase(ctx)
}

type spokenFS struct{ eventlog.FS }

type spokenFile struct{ eventlog.File }

func (f spokenFS) Create(name string) (eventlog.File, error) {
	say("rotate")
	file, err := f.FS.Create(name)
	return spokenFile{file}, err
}

func (f spokenFS) Open(name string) (eventlog.File, error) {
	file, err := f.FS.Open(name)
	return spokenFile{file}, err
}

func (f spokenFS) Remove(name string) error {
	say("cut")
	return f.FS.Remove(name)
}

func (f spokenFile) WriteAt(p []byte, at int64) (int, error) {
	say("commit")
	return f.File.WriteAt(p, at)
}

// life is one run of the server.
type life struct {
	process *exec.Cmd
	url     string
	spoken  chan string
}

func startLife(t *testing.T, dir string) *life {
	t.Helper()
	l := &life{process: exec.Command(os.Args[0]), spoken: make(chan string, 1024)}
	l.process.Env = append(os.Environ(), crashDir+"="+dir)
	var failure bytes.Buffer
	l.process.Stderr = &failure
	out, err := l.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.spoken)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			l.spoken <- lines.Text()
		}
	}()
	for text := range l.spoken {
		if strings.HasPrefix(text, "http://") {
			l.url = text
			return l
		}
	}
	_ = l.process.Wait()
	t.Fatalf("the server does not start again: %s", failure.String())
	return nil
}

// killAt kills the process, wait after it said something for the nth time.
func (l *life) killAt(what string, nth int, wait time.Duration) {
	for text := range l.spoken {
		if text == what {
			if nth--; nth <= 0 {
				break
			}
		}
	}
	time.Sleep(wait)
	_ = l.process.Process.Kill() // SIGKILL
	for range l.spoken {
		continue
	}
	_ = l.process.Wait()
}

// post sends a body, and reports whether it was taken. A server that has no time for it
// is asked again until it has, as the client libraries do: who gave up would leave the
// moment at which it is to be killed without what brings it about.
func (l *life) post(t *testing.T, path, body string) bool {
	for {
		request, err := http.NewRequest(http.MethodPost, l.url+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return false
		}
		request.SetBasicAuth("site-key", "")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false // it was killed
		}
		said, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case err != nil:
			return false
		case response.StatusCode == http.StatusOK:
			return true
		case response.StatusCode != http.StatusServiceUnavailable && response.StatusCode != http.StatusTooManyRequests:
			t.Errorf("%s answers %d: %s", path, response.StatusCode, said)
			_ = l.process.Process.Kill()
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// sender sends what was not acknowledged again, the same, to whoever answers next.
type sender struct {
	name         string
	random       *rand.Rand
	count        int
	pending      string // the body that is not acknowledged yet
	pendingIDs   []string
	acknowledged map[string]bool
}

func (s *sender) send(t *testing.T, l *life) bool {
	if s.pending == "" {
		var messages []string
		for range 1 + s.random.IntN(60) {
			s.count++
			id := fmt.Sprintf("%s-%d", s.name, s.count)
			s.pendingIDs = append(s.pendingIDs, id)
			user := s.random.IntN(300)
			switch s.random.IntN(8) {
			case 0:
				messages = append(messages, fmt.Sprintf(`{"type":"identify","messageId":%q,"userId":"u%d","anonymousId":"a%d","traits":{"n":%d}}`, id, user, user, s.count))
			case 1:
				messages = append(messages, fmt.Sprintf(`{"type":"group","messageId":%q,"userId":"u%d","groupId":"g%d"}`, id, user, user%20))
			default:
				messages = append(messages, fmt.Sprintf(`{"type":"track","messageId":%q,"anonymousId":"a%d","event":"E%d","properties":{"who":"a%d","pad":%q}}`,
					id, user, s.count%7, user, strings.Repeat("x", s.random.IntN(400))))
			}
		}
		s.pending = `{"batch":[` + strings.Join(messages, ",") + `]}`
	}
	if !l.post(t, "/v1/batch", s.pending) {
		return false
	}
	for _, id := range s.pendingIDs {
		s.acknowledged[id] = true
	}
	s.pending, s.pendingIDs = "", nil
	return true
}

// forgetter sends something of one customer after the other, and has them forgotten.
type forgetter struct {
	count     int
	forgotten []string // for certain
}

func (f *forgetter) forget(t *testing.T, l *life) bool {
	f.count++
	secret := fmt.Sprintf("secret-%d-", f.count)
	message := fmt.Sprintf(`{"messageId":%q,"userId":%q,"anonymousId":%q,"traits":{"name":%q}}`, secret+"m", secret+"u", secret+"a", secret+"name")
	if !l.post(t, "/v1/identify", message) || !l.post(t, "/v1/track", `{"userId":"`+secret+`u"}`) || !l.post(t, "/forget/"+secret+"u", "") {
		return false
	}
	f.forgotten = append(f.forgotten, secret)
	return true
}

// TestKillNineLosesNothingAcknowledgedAndDoublesNothing kills a real server
// under load, at every kind of moment, and starts it again on the same folder. What
// was forgotten is in none of its files in the end.
func TestKillNineLosesNothingAcknowledgedAndDoublesNothing(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	moments := []string{"commit", "load", "checkpoint", "loaded", "rotate", "cut", "erase"}
	var customers forgetter
	var senders []*sender
	for n := range 4 {
		senders = append(senders, &sender{name: fmt.Sprint("s", n), random: rand.New(rand.NewPCG(uint64(n), 3)), acknowledged: map[string]bool{}})
	}
	for round := range 3 * len(moments) {
		l := startLife(t, dir)
		var busy sync.WaitGroup
		for _, s := range senders {
			busy.Go(func() {
				for s.send(t, l) {
					continue
				}
			})
		}
		moment, nth := moments[round%len(moments)], 1+random.IntN(12)
		busy.Go(func() {
			for customers.forget(t, l) && moment == "erase" {
				continue // one erasing may be of several
			}
		})
		if moment == "erase" {
			nth = 2 // the first one is of what an earlier life has left
		}
		l.killAt(moment, nth, time.Duration(random.IntN(8000))*time.Microsecond)
		busy.Wait()
		http.DefaultClient.CloseIdleConnections()
	}

	b := &bench{t: t, dir: dir, now: time.Now()}
	b.open(Config{Now: time.Now})
	defer b.close()
	b.flush()
	if err := b.intake.Erased(t.Context()); err != nil {
		t.Fatal(err)
	}
	var gone int64
	for n := range customers.count {
		forgotten, _, err := b.store.Forgotten(t.Context(), forgetID(fmt.Sprintf("secret-%d-u", n+1)))
		if err != nil {
			t.Fatal(err)
		}
		gone += forgotten.Messages
	}
	if len(customers.forgotten) < 3 || gone < int64(len(customers.forgotten)) {
		t.Errorf("only %d customers, with %d messages, were forgotten", len(customers.forgotten), gone)
	}
	inFiles(t, dir, func(file string, content []byte) {
		for _, secret := range customers.forgotten {
			if bytes.Contains(content, []byte(secret+"u")) || bytes.Contains(content, []byte(secret+"name")) {
				t.Errorf("%s holds something of %s", file, secret)
			}
		}
	})
	stored := b.ids()
	acknowledged := 0
	for _, s := range senders {
		acknowledged += len(s.acknowledged)
		for id := range s.acknowledged {
			if stored[id] != 1 {
				t.Errorf("%s was acknowledged and is stored %d times", id, stored[id])
			}
		}
	}
	for id, n := range stored {
		if n != 1 {
			t.Errorf("%s is stored %d times", id, n)
		}
	}
	position, err := b.store.Position(t.Context())
	if err != nil || position.Seq != uint64(len(stored))+uint64(gone) {
		t.Errorf("%d messages, and %d forgotten, up to position %+v, %v", len(stored), gone, position, err)
	}
	if acknowledged < 1000 {
		t.Errorf("only %d messages were acknowledged: the load was none", acknowledged)
	}
	t.Logf("%d messages acknowledged, %d stored", acknowledged, len(stored))
	var refs []event.Ref
	if err := b.store.Refs(t.Context(), func(run []event.Ref) error { refs = append(refs, kept(run)...); return nil }); err != nil {
		t.Fatal(err)
	}
	for n, ref := range refs {
		if n%10 != 0 || ref.ID == "" {
			continue
		}
		// A number given anew after a crash must mean the same person again.
		of := warehouse.Timeline{Of: []uint32{uint32(n + 1)}, Root: event.Traits, Limit: 1 << 20}
		messages, err := b.store.Timeline(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if who := plain(member(m.Properties, "who")); m.Ref() != ref || m.Type == event.Track && who != ref.ID {
				t.Fatalf("%s of %q is stored as of %+v", m.MessageID, who, ref)
			}
		}
	}
}

// inFiles shows all files of a folder.
func inFiles(t *testing.T, dir string, look func(file string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		look(file, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
