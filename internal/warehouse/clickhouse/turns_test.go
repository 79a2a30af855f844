package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
	"beichen/internal/wiretest"
)

// numbering gives the numbers of loads, as the ledger's Postgres does.
type numbering struct{ last atomic.Uint32 }

// turn is one that its holder may have lost, and that stops it at a step.
type turn struct {
	numbers          *numbering
	lost             bool
	numbered, proves func() // what happens in between
}

func (t *turn) Number(_ context.Context, after uint32) (uint32, error) {
	n := max(after, t.numbers.last.Load()) + 1
	t.numbers.last.Store(n)
	if t.numbered != nil {
		t.numbered()
	}
	return n, nil
}

func (t *turn) Held(context.Context) error {
	if t.proves != nil {
		t.proves()
	}
	if t.lost {
		return fault.New(fault.Unavailable, "ledger.away", "server", "db")
	}
	return nil
}

// loader is a node as the store knows it: its name, and up to what it has read.
type loader struct {
	t     *testing.T
	store *clickhouse.Warehouse
	name  string
	mark  warehouse.Mark
	known []event.Ref
}

func newLoader(t *testing.T, name, database string, shards ...string) *loader {
	t.Helper()
	o := clustertest.Options(t, database)
	o.Node = name
	for i, address := range shards {
		o.Shards[i] = []string{address}
	}
	w, err := ready(t, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return &loader{t: t, store: w, name: name}
}

// read takes in what was loaded, and reports whether it had to start anew.
func (l *loader) read() (anew bool) {
	l.t.Helper()
	take := warehouse.News{Refs: func(run []event.Ref) error { l.known = append(l.known, run...); return nil }}
	mark, err := l.store.Since(l.t.Context(), l.mark, take)
	if errors.Is(err, warehouse.ErrReplaced) {
		anew, l.known = true, nil
		mark, err = l.store.Since(l.t.Context(), warehouse.Mark{}, take)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	if l.mark = mark; len(l.known) != int(mark.Refs) {
		l.t.Errorf("%s knows %d ids of %d", l.name, len(l.known), mark.Refs)
	}
	return anew
}

// load loads one message of each of some new customers as the next record.
func (l *loader) load(turn warehouse.Turn, customers ...string) error {
	return l.loadIn(l.t.Context(), turn, customers...)
}

func (l *loader) loadIn(ctx context.Context, turn warehouse.Turn, customers ...string) error {
	c := warehouse.Chunk{After: warehouse.Position{Record: l.mark.Record}}
	c.Through = warehouse.Position{Record: l.mark.Record + 1, Seq: l.mark.Seq + uint64(len(customers))}
	for i, id := range customers {
		c.Refs = append(c.Refs, event.Ref{ID: id})
		c.Messages = append(c.Messages, warehouse.Stored{Customer: l.mark.Refs + identity.Number(i) + 1, Message: &event.Message{
			Seq: l.mark.Seq + uint64(i) + 1, MessageID: id, Type: event.Track, UserID: id, Name: "X", Time: day, ReceivedAt: day}})
	}
	return l.store.LoadInTurn(ctx, c, l.mark, turn)
}

var day = chunkOf(warehouse.Position{}, 0, 1).Messages[0].Time

// stored are the customers whose events count, in the order of their positions.
func (l *loader) stored() (ids []string) {
	l.t.Helper()
	l.read()
	err := l.store.Scan(l.t.Context(), warehouse.Scan{MaxSeq: 1 << 40}, func(b *warehouse.Batch) error {
		for i := range b.Len {
			ids = append(ids, l.known[b.Customer[i]-1].ID)
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return ids
}

// A loader that has lost the turn may sleep between any two of its steps, and go on while
// another one loads, or after it. Whenever that is, what the other one was told counts
// does, each customer once, and what the first takes for stored is.
func TestALoaderThatLostItsTurnTakesNothingFromTheNext(t *testing.T) {
	first := clustertest.Cluster(t).Addresses()[0]
	for place, c := range map[string]struct {
		sleepsAt string // what it is about to send to the first shard
		number   bool   // it sleeps when it has its number
		proof    bool   // it sleeps when its position stands
		counts   bool   // its load counts in the end
	}{
		"before it has a number":           {sleepsAt: "SELECT max(load)"},
		"with a number":                    {number: true},
		"before it reads the position":     {sleepsAt: "ORDER BY load DESC"},
		"before it sends events":           {sleepsAt: "INSERT INTO events"},
		"before it writes the position":    {sleepsAt: "INSERT INTO position"},
		"when its position stands already": {proof: true, counts: true},
	} {
		t.Run(place, func(t *testing.T) {
			door, numbers := wiretest.Lay(t, first), &numbering{}
			sleeper, other := newLoader(t, "a", t.Name(), door.Address()), newLoader(t, "b", t.Name())
			if err := sleeper.load(&turn{numbers: numbers}, "zero"); err != nil {
				t.Fatal(err)
			}
			sleeper.read()
			asleep, wake := make(chan struct{}), make(chan struct{})
			sleep := func() { close(asleep); <-wake }
			lost := &turn{numbers: numbers, lost: true}
			switch {
			case c.number:
				lost.numbered = sleep
			case c.proof:
				lost.proves = sleep
			default:
				door.SleepAt(c.sleepsAt, sleep)
			}
			ended := make(chan error)
			go func() { ended <- sleeper.load(lost, "one", "two") }()
			<-asleep
			other.read()
			if err := other.load(&turn{numbers: numbers}, "three"); err != nil {
				t.Fatal(err)
			}
			close(wake)
			if err := <-ended; err == nil {
				t.Error("it takes what it sent without a turn for stored")
			}
			want := []string{"zero", "three"}
			if c.counts {
				want = []string{"zero", "one", "two", "three"}
			}
			for _, l := range []*loader{sleeper, other} {
				if got := l.stored(); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s finds %v, want %v", l.name, got, want)
				}
			}
			if loaded := sleeper.mark.Record == 2; loaded != c.counts {
				t.Errorf("the store says that the log of the sleeper is loaded up to %d", sleeper.mark.Record)
			}
			if !c.counts { // it is stored in the next turn
				if err := sleeper.load(&turn{numbers: numbers}, "one", "two"); err != nil {
					t.Fatal(err)
				}
			}
			if got := other.stored(); len(got) != 4 {
				t.Errorf("in the end %v are stored", got)
			}
		})
	}
}

// The one hole: a position that is written after the next loader has read the one before,
// and before that one's own is there. Who took in what it brought notices, and is not
// answered by numbers that others have now.
func TestWhoTookInALoadThatDoesNotCountStartsAnew(t *testing.T) {
	numbers := &numbering{}
	door := wiretest.Lay(t, clustertest.Cluster(t).Addresses()[0])
	late, next, reader := newLoader(t, "a", t.Name()), newLoader(t, "b", t.Name(), door.Address()), newLoader(t, "c", t.Name())
	if err := late.load(&turn{numbers: numbers}, "zero"); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*loader{late, next, reader} {
		l.read()
	}
	slept, goOn := make(chan struct{}), make(chan struct{})
	lost := &turn{numbers: numbers, lost: true, numbered: func() { close(slept); <-goOn }}
	lateEnded, nextEnded := make(chan error), make(chan error)
	asleep, wake := make(chan struct{}), make(chan struct{})
	go func() { lateEnded <- late.load(lost, "one", "two") }()
	<-slept // with a number that is lower than the next one's
	door.SleepAt("INSERT INTO position", func() { close(asleep); <-wake })
	go func() { nextEnded <- next.load(&turn{numbers: numbers}, "three") }()
	<-asleep
	close(goOn)
	if err := <-lateEnded; err == nil {
		t.Error("it takes what it sent without a turn for stored")
	}
	// For a moment it counts, to everybody.
	if reader.read(); len(reader.known) != 3 {
		t.Errorf("the reader knows %v", reader.known)
	}
	close(wake)
	if err := <-nextEnded; err != nil {
		t.Fatal(err)
	}
	if _, err := reader.store.Names(t.Context()); !fault.Is(err, fault.Unavailable) || !errors.Is(err, warehouse.ErrReplaced) {
		t.Errorf("the reader is answered by numbers of before: %v", err)
	}
	if !reader.read() {
		t.Error("the reader did not notice")
	}
	for _, l := range []*loader{late, next, reader} {
		if got := l.stored(); fmt.Sprint(got) != "[zero three]" {
			t.Errorf("%s finds %v", l.name, got)
		}
	}
	if late.mark.Record != 1 {
		t.Errorf("the log of the one that was late counts as loaded up to %d", late.mark.Record)
	}
}

// Each node's log is known by its name, and that of a folder from before names by being
// the heir of what stands.
func TestEachNodeHasAPositionOfItsOwn(t *testing.T) {
	numbers := &numbering{}
	a, b := newLoader(t, "a", t.Name()), newLoader(t, "b", t.Name())
	for i, l := range []*loader{a, b, a, a} {
		l.read()
		if err := l.load(&turn{numbers: numbers}, fmt.Sprint("u", i)); err != nil {
			t.Fatal(err)
		}
	}
	o := clustertest.Options(t, t.Name())
	for _, c := range []struct {
		node string
		want uint64
	}{{"a", 3}, {"b", 1}, {"c", 0}} {
		o.Node = c.node
		w, err := ready(t, o)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if p, err := w.Position(t.Context()); err != nil || p != (warehouse.Position{Record: c.want, Seq: 4}) {
			t.Errorf("the position of %s is %+v, %v", c.node, p, err)
		}
	}
	// As a program from before names left it.
	execute(t, clustertest.Cluster(t), 0, "ALTER TABLE `"+t.Name()+"`.position UPDATE nodes = map(), record = 7 WHERE 1 SETTINGS mutations_sync = 2")
	o.Node, o.Heir = "d", true
	heir, err := ready(t, o)
	if err != nil {
		t.Fatal(err)
	}
	defer heir.Close()
	b.mark = warehouse.Mark{}
	b.known = nil
	b.read()
	if err := b.load(&turn{numbers: numbers}, "another"); err != nil { // a new node loads first
		t.Fatal(err)
	}
	if p, err := heir.Position(t.Context()); err != nil || p.Record != 7 {
		t.Errorf("the heir is at %+v, %v", p, err)
	}
	d := &loader{t: t, store: heir, name: "d"}
	d.read()
	if err := d.load(&turn{numbers: numbers}, "and another"); err != nil {
		t.Fatal(err)
	}
	if p, err := heir.Position(t.Context()); err != nil || p.Record != 8 {
		t.Errorf("the heir went on to %+v, %v", p, err)
	}
}

// A shard that falls silent in the middle of a load holds nobody up for longer than the
// loader waits: the turn is to be given on.
func TestALoadEndsWithItsContextWhateverAShardDoes(t *testing.T) {
	for _, silentAt := range []string{"INSERT INTO loads", "INSERT INTO events", "INSERT INTO position"} {
		door, over := wiretest.Lay(t, clustertest.Cluster(t).Addresses()[0]), make(chan struct{})
		l := newLoader(t, "a", t.Name()+silentAt, door.Address())
		door.SleepAt(silentAt, func() { <-over })
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		if err := l.loadIn(ctx, &turn{numbers: &numbering{}}, "one"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", silentAt, err)
		}
		cancel()
		close(over)
	}
}
