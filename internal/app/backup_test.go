package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/backup"
	"beichen/internal/capture"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// until counts what a warehouse holds up to a position: customers who saw tea,
// and purchases.
func until(t *testing.T, w *app.Workspace, position warehouse.Position) (seen, bought int) {
	t.Helper()
	if err := w.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := w.Warehouse.Scan(t.Context(), warehouse.Scan{MaxSeq: position.Seq}, func(b *warehouse.Batch) error {
		for i := range b.Len {
			switch b.Names[b.Name[i]] {
			case "Tea Seen":
				seen++
			case "Tea Bought":
				bought++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen, bought
}

func TestABackupUnderLoadHoldsWhatWasAcknowledgedBeforeItAndMeasuresAsItsPositionSays(t *testing.T) {
	s := serve(t, t.TempDir())
	var acknowledged [4]atomic.Int64
	stop := make(chan struct{})
	var senders sync.WaitGroup
	for k := range acknowledged {
		senders.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for n := int64(0); ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := s.send(client, fmt.Sprintf("customer %d-%d", k, n), n%3 == 0); err != nil {
					t.Error(err)
					return
				}
				acknowledged[k].Store(n + 1)
			}
		})
	}
	for acknowledged[0].Load() < 100 && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	var before [4]int64
	for k := range acknowledged {
		before[k] = acknowledged[k].Load()
	}
	var archive bytes.Buffer
	m, err := app.Backup(t.Context(), options(s.Dir), "v2", fault.English, &archive)
	if err != nil {
		t.Fatal(err)
	}
	for n := acknowledged[0].Load(); acknowledged[0].Load() == n && !t.Failed(); {
		time.Sleep(time.Millisecond)
	}
	close(stop)
	senders.Wait()
	if m.Program != "v1" {
		t.Errorf("the backup is by %s, not by the server", m.Program)
	}
	wantSeen, wantBought := until(t, s.Workspace, m.Position)
	all, _ := until(t, s.Workspace, warehouse.Position{Seq: 1 << 60})
	if wantSeen >= all {
		t.Errorf("nothing was sent after the backup: it proves nothing about load")
	}

	dir := filepath.Join(t.TempDir(), "restored")
	restored, err := app.Restore(t.Context(), &archive, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, restored); diff != "" {
		t.Error(diff)
	}
	w, err := app.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	a := measured(t, w)
	if *a.Entered != wantSeen || *a.Stages[1].Reached != wantBought || a.Facts.Through != m.Position.Seq {
		t.Errorf("%d entered, %d bought, through %d; want %d, %d, %d",
			*a.Entered, *a.Stages[1].Reached, a.Facts.Through, wantSeen, wantBought, m.Position.Seq)
	}
	known := map[string]bool{}
	for _, c := range a.Customers {
		known[c.ID] = true
	}
	for k, count := range before {
		for n := range count {
			if who := fmt.Sprintf("customer %d-%d", k, n); !known[who] {
				t.Errorf("%s was acknowledged before the backup and is not in it", who)
			}
		}
	}
}

func TestARestoredWorkspaceGoesOnWhereTheBackupEnded(t *testing.T) {
	s := serve(t, t.TempDir())
	for n := range 7 {
		if err := s.send(http.DefaultClient, fmt.Sprint("customer ", n), n%2 == 0); err != nil {
			t.Fatal(err)
		}
	}
	want := measured(t, s.Workspace)
	s.stop()

	// No server runs any more: the folder is opened for the backup.
	var archive bytes.Buffer
	m, err := app.Backup(t.Context(), options(s.Dir), "v2", fault.English, &archive)
	if err != nil {
		t.Fatal(err)
	}
	if m.Position.Seq != 11 || m.Program != "v2" {
		t.Errorf("%+v", m)
	}
	dir := t.TempDir() // empty, and there
	if _, err := app.Restore(t.Context(), &archive, dir, ""); err != nil {
		t.Fatal(err)
	}
	r := serve(t, dir)
	if diff := cmp.Diff(want, measured(t, r.Workspace)); diff != "" {
		t.Error(diff)
	}
	// The keys were restored; what is sent again is known, what is new goes on.
	for _, who := range []string{"customer 0", "customer 7"} {
		if err := r.send(http.DefaultClient, who, true); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Intake.State().Through; got != 13 {
		t.Errorf("the log goes on at %d, want 13", got)
	}
	r.stop()
	w, err := app.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if a := measured(t, w); *a.Entered != 8 || *a.Stages[1].Reached != 5 {
		t.Errorf("%d entered, %d bought", *a.Entered, *a.Stages[1].Reached)
	}
}

// backedUp is an archive of a workspace with one customer.
func backedUp(t *testing.T) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "workspace")
	w, err := app.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	one := capture.Receive([]byte(`{"type":"track","event":"Tea Seen","userId":"a"}`), capture.Envelope{ReceivedAt: time.Now()})
	if _, err := w.Intake.Accept(t.Context(), []capture.Incoming{one}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if _, err := app.Backup(t.Context(), options(dir), "v1", fault.English, &archive); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "backup")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy was left behind: %v", err)
	}
	return archive.Bytes()
}

func TestARestoreThatFailsLeavesNothing(t *testing.T) {
	whole := backedUp(t)
	parts := func(change func(*backup.Manifest)) []byte {
		dir := t.TempDir()
		m, err := backup.Read(bytes.NewReader(whole), func(f backup.File) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, f.Name)) })
		if err != nil {
			t.Fatal(err)
		}
		change(&m)
		var out bytes.Buffer
		if err := backup.Write(&out, dir, m); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		archive []byte
		key     string
	}{
		"cut short":          {whole[:len(whole)-9], "backup.damaged"},
		"no archive":         {[]byte("a letter"), "backup.damaged"},
		"without the ledger": {parts(func(m *backup.Manifest) { m.Files = m.Files[:1] }), "backup.incomplete"},
		"another position":   {parts(func(m *backup.Manifest) { m.Position.Record++ }), "backup.incomplete"},
		"a newer form":       {parts(func(m *backup.Manifest) { m.Format = 99 }), "backup.newer"},
	} {
		there := t.TempDir()
		for _, dir := range []string{there, filepath.Join(there, "new")} {
			_, err := app.Restore(t.Context(), bytes.NewReader(c.archive), dir, "")
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != c.key || f.Kind != fault.Invalid {
				t.Errorf("%s: %v, want %s", name, err, c.key)
			}
			if left, err := os.ReadDir(there); err != nil || len(left) > 0 {
				t.Errorf("%s: left %v, %v", name, left, err)
			}
		}
	}
}

func TestABackupThatTheServerBreaksOffIsNoBackup(t *testing.T) {
	whole := backedUp(t)
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(whole[:len(whole)/2])
		panic(http.ErrAbortHandler)
	}))
	defer half.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{"ledger.sqlite": "", "server.json": `{"url":"` + half.URL + `","secret":"s"}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := app.Backup(t.Context(), options(dir), "v1", fault.English, io.Discard)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "backup.interrupted" {
		t.Errorf("%v", err)
	}
	_, err = app.Backup(t.Context(), options(dir), "v1", fault.English, full{})
	if !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestARestoreThatIsStoppedLeavesNothing(t *testing.T) {
	whole := backedUp(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "new")
	if _, err := app.Restore(ctx, bytes.NewReader(whole), dir, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left %s: %v", dir, err)
	}
}

func TestACopyThatAKilledBackupLeftGoesWhenTheWorkspaceIsOpened(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, "backup")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := app.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestABackupIsRestoredIntoAnEmptyFolderOnly(t *testing.T) {
	whole := backedUp(t)
	dir := t.TempDir()
	for _, name := range []string{"lost+found", "letter.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := app.Restore(t.Context(), bytes.NewReader(whole), dir, "")
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("beside a file: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "letter.txt")); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Restore(t.Context(), bytes.NewReader(whole), dir, ""); err != nil {
		t.Errorf("into a new volume: %v", err)
	}
}

func TestAFolderWhoseRestoreWasInterruptedIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "restoring"), 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := app.Open(t.Context(), options(dir))
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("opened %v: %v", w != nil, err)
	}
}

func TestOneBackupIsMadeAtATime(t *testing.T) {
	w, err := app.Open(t.Context(), options(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	first, err := w.Snapshot(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Snapshot(t.Context(), "v1"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second one beside the first: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := w.Snapshot(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}
