package capture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

// store is DuckDB behind a line that a test can cut.
type store struct {
	warehouse.Warehouse
	away       atomic.Bool // nothing gets through
	loseAnswer atomic.Bool // the next load is stored, and its answer lost
	comesLate  atomic.Bool // the next load fails, and is stored when the one after it begins
	late       *warehouse.Chunk
	keepBytes  atomic.Bool // nothing is erased
	loads      atomic.Int64
	learnt     atomic.Int64 // how often refs were read
}

func (s *store) Refs(ctx context.Context, yield func([]event.Ref) error) error {
	if s.away.Load() {
		return fault.New(fault.Unavailable, "warehouse.failed")
	}
	s.learnt.Add(1)
	return s.Warehouse.Refs(ctx, yield)
}

func (s *store) Load(ctx context.Context, c warehouse.Chunk) error {
	if s.away.Load() {
		return fault.New(fault.Unavailable, "warehouse.failed")
	}
	if s.comesLate.Swap(false) {
		s.late = &c
		s.loads.Add(1)
		return fault.New(fault.Unavailable, "warehouse.failed")
	}
	if late := s.late; late != nil {
		s.late = nil
		if err := s.Warehouse.Load(ctx, *late); err != nil {
			return err
		}
	}
	s.loads.Add(1)
	err := s.Warehouse.Load(ctx, c)
	if err == nil && s.loseAnswer.Swap(false) {
		return fault.New(fault.Unavailable, "warehouse.failed")
	}
	return err
}

func (s *store) Erase(ctx context.Context) error {
	if s.keepBytes.Load() {
		return fault.New(fault.Unavailable, "warehouse.failed")
	}
	return s.Warehouse.Erase(ctx)
}

func (s *store) Seen(ctx context.Context, ids []string) (map[string]bool, error) {
	if s.away.Load() {
		return nil, fault.New(fault.Unavailable, "warehouse.failed")
	}
	return s.Warehouse.Seen(ctx, ids)
}

// bench is an intake over a real store in a folder that outlives it.
type bench struct {
	t      *testing.T
	dir    string
	now    time.Time
	store  *store
	intake *Intake
}

func newBench(t *testing.T, c Config) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), now: received}
	b.open(c)
	t.Cleanup(b.close)
	return b
}

func (b *bench) open(c Config) {
	b.t.Helper()
	wh, err := duckdb.Open(b.t.Context(), filepath.Join(b.dir, "facts.duckdb"), duckdb.Options{Threads: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	b.store = &store{Warehouse: wh}
	c.Dir, c.Warehouse = filepath.Join(b.dir, "log"), b.store
	if c.Now == nil {
		c.Now = func() time.Time { return b.now }
	}
	if b.intake, err = Open(b.t.Context(), c); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) people() *identity.Graph {
	b.t.Helper()
	graph, err := b.intake.Whole(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return graph
}

func (b *bench) close() {
	if b.intake == nil {
		return
	}
	if err := errors.Join(b.intake.Close(), b.store.Close()); err != nil {
		b.t.Error(err)
	}
	b.intake = nil
}

func (b *bench) accept(in ...Incoming) Receipt {
	b.t.Helper()
	r, err := b.intake.Accept(b.t.Context(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) flush() {
	b.t.Helper()
	if err := b.intake.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// ids counts the message ids in the store.
func (b *bench) ids() map[string]int {
	b.t.Helper()
	got := map[string]int{}
	err := b.store.RecentIDs(b.t.Context(), time.Time{}, func(id string) error {
		got[id]++
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

func (b *bench) once(ids ...string) {
	b.t.Helper()
	want := map[string]int{}
	for _, id := range ids {
		want[id] = 1
	}
	if diff := cmp.Diff(want, b.ids()); diff != "" {
		b.t.Error(diff)
	}
}

func (b *bench) quarantine(q warehouse.QuarantineQuery) warehouse.QuarantinePage {
	b.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	page, err := b.store.Quarantine(b.t.Context(), q)
	if err != nil {
		b.t.Fatal(err)
	}
	return page
}

func (b *bench) track(id, user string) Incoming {
	return b.receive(fmt.Sprintf(`{"type":"track","messageId":%q,"userId":%q,"event":"E"}`, id, user))
}

func (b *bench) receive(text string) Incoming {
	return Receive([]byte(text), Envelope{ReceivedAt: b.now, Source: "site"})
}

func TestAcceptCountsStoredDuplicateAndQuarantined(t *testing.T) {
	b := newBench(t, Config{})
	batch := []Incoming{b.track("a", "u"), b.track("b", "u"), b.track("a", "u"), b.receive(`{"type":"track","messageId":"bad","userId":"u"}`)}
	if got := b.accept(batch...); got != (Receipt{Stored: 2, Duplicate: 1, Quarantined: 1, Through: 2}) {
		t.Errorf("first: %+v", got)
	}
	if got := b.accept(batch...); got != (Receipt{Duplicate: 4, Through: 2}) {
		t.Errorf("the same again: %+v", got)
	}
	b.flush()
	b.once("a", "b")
	if page := b.quarantine(warehouse.QuarantineQuery{}); page.Total != 1 || page.Items[0].Reason != "capture.no-event" {
		t.Errorf("quarantine: %+v", page)
	}
}

func TestAMessageShowsInTheTailUntilItIsLoaded(t *testing.T) {
	b := newBench(t, Config{LoadEvery: time.Hour})
	b.accept(b.track("a", "u"), b.track("b", "v"))
	loaded, tail := b.intake.Tail()
	if loaded != 0 || len(tail) != 2 || tail[0].Seq != 1 || tail[1].Seq != 2 || tail[0].Customer != 1 || tail[1].Customer != 2 {
		t.Errorf("loaded %d, tail %+v", loaded, tail)
	}
	b.flush()
	if loaded, tail := b.intake.Tail(); loaded != 2 || len(tail) != 0 {
		t.Errorf("after the flush: loaded %d, tail %+v", loaded, tail)
	}
}

func TestWhatIsNotLoadedIsReplayedWithTheSamePositionsAndNumbers(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.track("a", "u1"))
	b.flush()
	b.store.away.Store(true)
	b.accept(b.track("b", "u2"), b.receive(`{"type":"identify","messageId":"i","userId":"u3","anonymousId":"x"}`))
	b.accept(b.receive(`{"type":"group","messageId":"g","userId":"u4","groupId":"acme"}`), b.receive(`{"type":"track","messageId":"bad"}`))
	_, before := b.intake.Tail()
	b.close()
	b.open(Config{LoadEvery: time.Hour})
	loaded, after := b.intake.Tail()
	if diff := cmp.Diff(before, after); diff != "" || loaded != 1 {
		t.Errorf("loaded %d; %s", loaded, diff)
	}
	if got := b.accept(b.track("b", "u2"), b.track("a", "u1"), b.receive(`{"type":"track","messageId":"bad"}`)); got.Duplicate != 3 {
		t.Errorf("after opening again: %+v", got)
	}
	b.flush()
	b.once("a", "b", "i", "g")
	if page := b.quarantine(warehouse.QuarantineQuery{}); page.Total != 1 {
		t.Errorf("%d entries in the quarantine", page.Total)
	}
	var refs []event.Ref
	if err := b.store.Refs(t.Context(), func(run []event.Ref) error { refs = append(refs, kept(run)...); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.people().RefsAfter(0), refs); diff != "" {
		t.Error(diff)
	}
}

func TestCaptureGoesOnWhileTheStoreIsAway(t *testing.T) {
	b := newBench(t, Config{TailRows: 30, ChunkRows: 25, LoadEvery: time.Millisecond, Log: eventlog.Options{SegmentBytes: 2000, Linger: time.Nanosecond}})
	b.people() // is known before
	b.store.away.Store(true)
	var want []string
	send := func(n int) {
		for range n {
			var batch []Incoming
			for range 1 + len(want)%7 {
				id := fmt.Sprintf("m%03d", len(want))
				want = append(want, id)
				batch = append(batch, b.track(id, "u"+id))
			}
			batch = append(batch, b.receive(fmt.Sprintf(`{"type":"track","messageId":"bad%d"}`, len(want))))
			if r := b.accept(batch...); int(r.Through) != len(want) {
				t.Fatalf("through %d of %d", r.Through, len(want))
			}
		}
	}
	send(60)
	if _, tail := b.intake.Tail(); len(tail) > 40 || len(tail) < 20 {
		t.Errorf("the bound of 30 keeps %d in memory", len(tail))
	}
	if s := b.intake.State(); s.Err == nil || s.Loaded != 0 {
		t.Errorf("state %+v", s)
	}
	b.store.away.Store(false)
	send(60) // while it catches up
	b.flush()
	b.once(want...)
	if page := b.quarantine(warehouse.QuarantineQuery{}); page.Total != 120 {
		t.Errorf("%d entries in the quarantine", page.Total)
	}
	if p, err := b.store.Position(t.Context()); err != nil || p.Seq != uint64(len(want)) {
		t.Errorf("position %+v, %v", p, err)
	}
	if s := b.intake.State(); s.Err != nil || s.LogBytes > 4000 {
		t.Errorf("after catching up: %+v", s)
	}
	b.close()
	b.open(Config{})
	b.accept(b.track("next", "u"))
	b.flush()
	b.once(append(want, "next")...)
}

func TestAChunkWhoseAnswerWasLostIsNotLoadedTwice(t *testing.T) {
	b := newBench(t, Config{})
	b.store.loseAnswer.Store(true)
	b.accept(b.track("a", "u"))
	b.flush()
	b.accept(b.track("b", "u"))
	b.flush()
	b.once("a", "b")
}

func TestAChunkThatLandsAfterItWasGivenUpIsNotLoadedTwice(t *testing.T) {
	b := newBench(t, Config{LoadEvery: time.Millisecond})
	b.store.comesLate.Store(true)
	b.accept(b.track("a", "first"), b.receive(`{"type":"track","messageId":"bad"}`))
	for b.store.loads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	b.accept(b.track("b", "second")) // the next attempt has both, and finds the first one there
	b.flush()
	b.accept(b.track("c", "third"))
	b.flush()
	b.once("a", "b", "c")
	if page := b.quarantine(warehouse.QuarantineQuery{}); page.Total != 1 {
		t.Errorf("%d entries in the quarantine", page.Total)
	}
	b.close()
	b.open(Config{})
	for i, user := range []string{"first", "second", "third"} {
		if n, _ := b.people().Lookup(event.Ref{ID: user}); int(n) != i+1 {
			t.Errorf("%s has the number %d", user, n)
		}
	}
}

func TestImportsAreHeldAgainstDuplicatesForEver(t *testing.T) {
	b := newBench(t, Config{})
	rows := func() []Incoming {
		var in []Incoming
		for _, text := range []string{
			`{"type":"track","messageId":"f:1","userId":"u","event":"E","timestamp":"2020-01-01"}`,
			`{"type":"track","messageId":"f:2","userId":"u","event":"E","timestamp":"soon"}`,
		} {
			in = append(in, Receive([]byte(text), Envelope{ReceivedAt: b.now, Source: "crm", Imported: true}))
		}
		return in
	}
	if got := b.accept(rows()...); got.Stored != 1 || got.Quarantined != 1 {
		t.Errorf("first: %+v", got)
	}
	b.accept(b.track("live", "u"))
	b.flush()
	b.close()
	b.now = b.now.Add(1000 * time.Hour)
	b.open(Config{})
	if got := b.accept(rows()...); got.Duplicate != 2 {
		t.Errorf("weeks later: %+v", got)
	}
	if got := b.accept(b.track("live", "u")); got.Stored != 1 {
		t.Errorf("what was not imported is held for a day, not for ever: %+v", got)
	}
	b.store.away.Store(true)
	if _, err := b.intake.Accept(t.Context(), rows()); err != nil {
		t.Errorf("known again, it needs no store: %v", err)
	}
	fresh := Receive([]byte(`{"type":"track","messageId":"f:3","userId":"u","event":"E","timestamp":"2020-01-01"}`), imported())
	if _, err := b.intake.Accept(t.Context(), []Incoming{fresh}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an import while the store is away: %v", err)
	}
	b.store.away.Store(false)
	if got := b.accept(fresh); got.Stored != 1 {
		t.Errorf("tried again: %+v", got)
	}
}

func TestIDsAreForgottenNoSoonerThanAfterADay(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.track("a", "u"))
	b.flush()
	for range 23 {
		b.now = b.now.Add(time.Hour)
		b.accept(b.track(b.now.String(), "u"))
	}
	if got := b.accept(b.track("a", "u")); got.Duplicate != 1 {
		t.Errorf("after 23 hours: %+v", got)
	}
	b.flush()
	for range 20 {
		b.now = b.now.Add(time.Hour)
		b.accept(b.track(b.now.String(), "u"))
		b.flush()
	}
	if n := b.intake.State().IDs; n > 31 {
		t.Errorf("%d ids are kept of the last 44, one an hour", n)
	}
}

func TestSendersAtOnceStoreEveryMessageOnce(t *testing.T) {
	b := newBench(t, Config{LoadEvery: 5 * time.Millisecond, ChunkRows: 50})
	const ids = 600
	var stored, duplicate atomic.Int64
	var senders sync.WaitGroup
	for sender := range uint64(6) {
		senders.Go(func() {
			r := rand.New(rand.NewPCG(sender, 7))
			for range 80 {
				var batch []Incoming
				for range r.IntN(12) {
					batch = append(batch, b.track(fmt.Sprint(r.IntN(ids)), fmt.Sprint("u", r.IntN(50))))
				}
				receipt, err := b.intake.Accept(t.Context(), batch)
				if err != nil {
					t.Error(err)
					return
				}
				if receipt.Stored+receipt.Duplicate != len(batch) {
					t.Errorf("%d sent: %+v", len(batch), receipt)
				}
				stored.Add(int64(receipt.Stored))
				duplicate.Add(int64(receipt.Duplicate))
			}
		})
	}
	senders.Wait()
	b.flush()
	got := b.ids()
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s stands %d times", id, n)
		}
	}
	if int64(len(got)) != stored.Load() || b.intake.Through() != uint64(len(got)) || duplicate.Load() == 0 {
		t.Errorf("%d in the store, %d called stored, %d duplicate, through %d", len(got), stored.Load(), duplicate.Load(), b.intake.Through())
	}
}

// slowDisk holds every sync until it is let go, and may fail it.
type slowDisk struct {
	eventlog.FS
	sync chan error
}

type slowFile struct {
	eventlog.File
	disk *slowDisk
}

func (d *slowDisk) Create(name string) (eventlog.File, error) {
	f, err := d.FS.Create(name)
	return slowFile{f, d}, err
}

func (f slowFile) Sync() error {
	if err := <-f.disk.sync; err != nil {
		return err
	}
	return f.File.Sync()
}

func TestADuplicateIsAcknowledgedNoSoonerThanItsFirstCopy(t *testing.T) {
	for _, failure := range []error{nil, errors.New("I/O error")} {
		files, err := eventlog.Dir(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		disk := &slowDisk{FS: files, sync: make(chan error)}
		b := newBench(t, Config{Log: eventlog.Options{FS: disk}})
		answers := make(chan error, 2)
		send := func() {
			_, err := b.intake.Accept(t.Context(), []Incoming{b.track("a", "u")})
			answers <- err
		}
		go send()
		for b.intake.State().IDs == 0 {
			time.Sleep(time.Millisecond)
		}
		go send()
		select {
		case err := <-answers:
			t.Fatalf("acknowledged before anything was synced: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		disk.sync <- failure
		for range 2 {
			if err := <-answers; (err == nil) != (failure == nil) {
				t.Errorf("with %v on the disk: %v", failure, err)
			}
		}
		if failure != nil && b.intake.State().IDs != 0 {
			t.Error("the id of what was not stored is still taken")
		}
	}
}

func TestPressureIsAnsweredWithRetryAfter(t *testing.T) {
	b := newBench(t, Config{Log: eventlog.Options{MaxBytes: 300}})
	b.people() // is known before
	b.store.away.Store(true)
	var err error
	for n := 0; err == nil && n < 100; n++ {
		_, err = b.intake.Accept(t.Context(), []Incoming{b.track(fmt.Sprint(n), strings.Repeat("u", 50))})
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unavailable || f.Args["retryAfter"] == nil {
		t.Errorf("a full disk answers %v", err)
	}
}

func TestANewsOfEveryAcceptedPosition(t *testing.T) {
	var mu sync.Mutex
	var news []uint64
	b := newBench(t, Config{OnAccepted: func(through uint64) {
		mu.Lock()
		defer mu.Unlock()
		news = append(news, through)
	}})
	b.accept(b.track("a", "u"), b.track("b", "u"))
	b.accept(b.track("c", "u"))
	b.close()
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(news, []uint64{2, 3}) {
		t.Errorf("news %v", news)
	}
}

func TestALogOfAnotherStoreIsRefused(t *testing.T) {
	b := newBench(t, Config{})
	for n := range 3 {
		b.accept(b.track(fmt.Sprint(n), "u"))
		b.flush()
	}
	b.close()
	other := newBench(t, Config{})
	other.accept(other.track("x", "u"))
	other.close()
	wh, err := duckdb.Open(t.Context(), filepath.Join(b.dir, "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer wh.Close()
	_, err = Open(t.Context(), Config{Dir: filepath.Join(other.dir, "log"), Warehouse: wh, Now: time.Now})
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != "capture.log-behind" {
		t.Errorf("got %v", err)
	}
}

// kept copies refs whose texts are borrowed.
func kept(refs []event.Ref) []event.Ref {
	refs = slices.Clone(refs)
	for i := range refs {
		refs[i].ID = strings.Clone(refs[i].ID)
	}
	return refs
}
