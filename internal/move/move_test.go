package move_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/move"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

var start = time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)

// origin is a store that a loader adds to.
type origin struct {
	warehouse.Warehouse
	t    *testing.T
	at   warehouse.Position
	refs int
}

// add loads some messages of new and old people over two days, and two entries of the
// quarantine, one of which has an id that was there before.
func (o *origin) add(messages int) {
	o.t.Helper()
	c := warehouse.Chunk{After: o.at, Through: o.at}
	c.Through.Record++
	account := 0
	if o.at.Record == 0 {
		c.Accounts, account = []string{"tea", "coffee"}, 1
		c.Refs = append(c.Refs, event.Ref{ID: "nobody"})
		o.refs++
	}
	for i := range messages {
		c.Through.Seq++
		seq := c.Through.Seq
		if i%2 == 0 {
			o.refs++
			c.Refs = append(c.Refs, event.Ref{ID: fmt.Sprint("customer ", o.refs), Anonymous: i%4 == 0})
		}
		m := &event.Message{
			Seq: seq, MessageID: fmt.Sprint("m", seq), Type: event.Track, Name: "Tea Seen", Source: "site",
			Time: start.Add(time.Duration(i) * time.Minute), ReceivedAt: start.Add(time.Duration(i) * time.Hour),
			Properties: json.RawMessage(fmt.Sprintf(`{"n":%d}`, seq)),
		}
		if i%5 == 0 {
			m.Value, m.Currency = new(float64(i)/3), "TWD"
		}
		if i%7 == 0 {
			m.Type, m.Properties, m.Traits, m.UserID, m.Name = event.Identify, nil, json.RawMessage(`{"plan":"pro"}`), "u", ""
		}
		c.Messages = append(c.Messages, warehouse.Stored{Message: m, Customer: identity.Number(o.refs), Account: identity.Number(account)})
	}
	for _, id := range []string{"again", fmt.Sprint("once ", c.Through.Record)} {
		c.Quarantined = append(c.Quarantined, warehouse.Quarantined{
			ID: id, ReceivedAt: start, Source: "site", Reason: "capture.no-id", Raw: json.RawMessage(`{}`), Status: warehouse.Open,
		})
	}
	if err := o.Load(o.t.Context(), c); err != nil {
		o.t.Fatal(err)
	}
	o.at = c.Through
}

func newOrigin(t *testing.T) *origin {
	return &origin{Warehouse: duckdbtest.Open(t), t: t}
}

// all reads a store to its end.
type all struct {
	Position warehouse.Position
	Messages []warehouse.Stored
	Refs     []event.Ref
	Accounts []string
	Entries  []warehouse.Quarantined
	Digest   warehouse.Digest
	Days     []warehouse.Day
}

func read(t *testing.T, w warehouse.Warehouse) (a all) {
	t.Helper()
	var errs [7]error
	a.Position, errs[0] = w.Position(t.Context())
	errs[1] = w.Messages(t.Context(), 0, a.Position.Seq, func(m warehouse.Stored) error { a.Messages = append(a.Messages, m); return nil })
	errs[2] = w.Refs(t.Context(), func(run []event.Ref) error {
		for _, r := range run {
			a.Refs = append(a.Refs, event.Ref{Anonymous: r.Anonymous, ID: string([]byte(r.ID))})
		}
		return nil
	})
	errs[3] = w.Accounts(t.Context(), func(id string) error { a.Accounts = append(a.Accounts, id); return nil })
	errs[4] = w.Entries(t.Context(), func(q warehouse.Quarantined) error { a.Entries = append(a.Entries, q); return nil })
	a.Digest, errs[5] = w.Digest(t.Context(), a.Position.Seq)
	a.Days, errs[6] = w.Days(t.Context(), a.Position.Seq)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return a
}

// dying is a store whose process dies at random points of a load: before it stored
// anything, or before its answer arrived.
type dying struct {
	warehouse.Warehouse
	random *rand.Rand
	dead   bool
}

var errDead = errors.New("the process is dead")

func (d *dying) Load(ctx context.Context, c warehouse.Chunk) error {
	switch d.random.IntN(6) {
	case 0:
		d.dead = true
		return errDead
	case 1:
		d.dead = true
		return errors.Join(d.Warehouse.Load(ctx, c), errDead)
	}
	return d.Warehouse.Load(ctx, c)
}

func (d *dying) Position(ctx context.Context) (warehouse.Position, error) {
	if d.dead {
		return warehouse.Position{}, errDead
	}
	return d.Warehouse.Position(ctx)
}

// A move that dies at random points while its origin is added to, and is begun again
// each time, comes to a copy that is its origin.
func TestAMoveThatDiesGoesOnAndDoublesNothing(t *testing.T) {
	deaths := 0
	for seed := range uint64(5) {
		from, to := newOrigin(t), duckdbtest.Open(t)
		random := rand.New(rand.NewPCG(seed, 1))
		from.add(300)
		again := false
		for rounds := 0; ; {
			mortal := &dying{Warehouse: to, random: random}
			f := &move.Facts{From: from, To: mortal, ChunkMessages: 40}
			err := f.Begin(t.Context(), again)
			again = true
			for ; err == nil && rounds < 4; rounds++ {
				if err = f.CatchUp(t.Context()); err != nil {
					break
				}
				if rounds < 3 {
					from.add(random.IntN(60))
					if _, err := from.Resolve(t.Context(), []string{"again", "once 1"}, warehouse.Discarded, "ann", start.Add(time.Duration(rounds))); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err == nil {
				err = errors.Join(f.CatchUp(t.Context()), f.Verify(t.Context()))
			}
			if err == nil {
				err = f.Finish(t.Context())
			}
			if err == nil {
				break
			}
			if !errors.Is(err, errDead) {
				t.Fatal(err)
			}
			deaths++
		}
		if diff := cmp.Diff(read(t, from), read(t, to)); diff != "" {
			t.Fatalf("seed %d: −origin +copy: %s", seed, diff)
		}
	}
	if deaths < 10 {
		t.Errorf("it died %d times only", deaths)
	}
}

func moved(t *testing.T, from *origin, to warehouse.Warehouse) error {
	f := &move.Facts{From: from, To: to, FromName: "here", ToName: "there"}
	for _, step := range []func() error{
		func() error { return f.Begin(t.Context(), false) }, func() error { return f.CatchUp(t.Context()) },
		func() error { return f.Verify(t.Context()) }, func() error { return f.Finish(t.Context()) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// bending is a store that keeps something else than it was given.
type bending struct {
	warehouse.Warehouse
	bend func(*warehouse.Chunk)
}

func (b bending) Load(ctx context.Context, c warehouse.Chunk) error {
	c.Messages = slices.Clone(c.Messages)
	b.bend(&c)
	return b.Warehouse.Load(ctx, c)
}

func TestADayThatDiffersIsNamedWithWhatBothHave(t *testing.T) {
	// change alters the last message of a chunk of messages, which is of the second day.
	change := func(alter func(*event.Message)) func(*warehouse.Chunk) {
		return func(c *warehouse.Chunk) {
			if n := len(c.Messages); n > 0 {
				m := *c.Messages[n-1].Message
				alter(&m)
				c.Messages[n-1].Message = &m
			}
		}
	}
	for what, bend := range map[string]func(*warehouse.Chunk){
		"an amount":       change(func(m *event.Message) { m.Value = new(0.5) }),
		"an amount less":  change(func(m *event.Message) { m.Value = nil }),
		"a property":      change(func(m *event.Message) { m.Properties = json.RawMessage(`{"n": 200}`) }),
		"a microsecond":   change(func(m *event.Message) { m.Time = m.Time.Add(time.Microsecond) }),
		"a received time": change(func(m *event.Message) { m.ReceivedAt = m.ReceivedAt.Add(time.Second) }),
		"a name":          change(func(m *event.Message) { m.Name = "Tea seen" }),
		"whose it is":     func(c *warehouse.Chunk) { bendLast(c, func(m *warehouse.Stored) { m.Customer-- }) },
		"whether it came": func(c *warehouse.Chunk) { c.Messages = c.Messages[:max(0, len(c.Messages)-1)] },
	} {
		from := newOrigin(t)
		from.add(201) // the last one has a value
		err := moved(t, from, bending{duckdbtest.Open(t), bend})
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Key != "move.day-differs" || f.Kind != fault.Conflict {
			t.Errorf("%s: %v", what, err)
			continue
		}
		had, has := 81, 81
		if what == "whether it came" {
			has = 80
		}
		if f.Args["day"] != "2026-03-02" || f.Args["had"] != int64(had) || f.Args["has"] != int64(has) || fmt.Sprint(f.Args["hadSum"]) == fmt.Sprint(f.Args["hasSum"]) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func bendLast(c *warehouse.Chunk, bend func(*warehouse.Stored)) {
	if n := len(c.Messages); n > 0 {
		bend(&c.Messages[n-1])
	}
}

func TestWhoThereIsIsComparedAlsoIfNoMessageSpeaksOfThem(t *testing.T) {
	from := newOrigin(t)
	from.add(10)
	for what, bend := range map[string]func(*warehouse.Chunk){
		"an account": func(c *warehouse.Chunk) { c.Accounts = changed(c.Accounts, "coffee", "cocoa") },
		"a visitor": func(c *warehouse.Chunk) {
			c.Refs = changed(c.Refs, event.Ref{ID: "nobody"}, event.Ref{ID: "nobody", Anonymous: true})
		},
	} {
		err := moved(t, from, bending{duckdbtest.Open(t), bend})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "move.people-differ" || f.Kind != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func changed[T comparable](all []T, one, into T) []T {
	all = slices.Clone(all)
	for i := range all {
		if all[i] == one {
			all[i] = into
		}
	}
	return all
}

func TestAPlaceThatHasOtherFactsIsRefused(t *testing.T) {
	refused := func(err error, key string) {
		t.Helper()
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != key || f.Kind != fault.Conflict {
			t.Errorf("%v, want %s", err, key)
		}
	}
	from, other := newOrigin(t), newOrigin(t)
	from.add(20)
	other.add(30)
	refused(moved(t, from, other.Warehouse), "move.occupied")
	f := &move.Facts{From: from, To: other.Warehouse}
	refused(f.Begin(t.Context(), true), "move.other-facts")

	// What was moved to its end, and not switched to, may be gone on with.
	to := duckdbtest.Open(t)
	if err := moved(t, from, to); err != nil {
		t.Fatal(err)
	}
	refused(moved(t, from, to), "move.occupied")
	from.add(5)
	f = &move.Facts{From: from, To: to}
	if err := errors.Join(f.Begin(t.Context(), true), f.CatchUp(t.Context()), f.Verify(t.Context()), f.Finish(t.Context())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read(t, from), read(t, to)); diff != "" {
		t.Errorf("−origin +copy: %s", diff)
	}
	// Nothing is made whole that is not.
	from.add(5)
	if err := f.Finish(t.Context()); err == nil {
		t.Error("finished without what came last")
	}
}
