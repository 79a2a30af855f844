package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// expireFrom keeps what happened from a minute on.
func expireFrom(minute int) *event.Message {
	return &event.Message{Type: event.Expire, Time: at(minute), ReceivedAt: at(minute), Source: "admin@example.com"}
}

// fillForExpiry gives a store events of an old time and of a newer one, and what was
// said at both of who is who.
func (f *facts) fillForExpiry() {
	f.t.Helper()
	said := identify("ann", 1, `{"name":"Ann"}`)
	said.AnonymousID = "device"
	f.load(visitor("device", 0), said, track("ann", "Old", 2), track("bo", "Old", 9), group("bo", "tea", 3, `{"size":9}`),
		track("ann", "New", 10), track("bo", "New", 11), track("cy", "Older still", -99_999))
}

func expires(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.fillForExpiry()
	same(t, "the horizon of all", warehouse.Horizon{}, must[warehouse.Horizon](t)(f.Horizon(t.Context())))
	for minute, events := range map[int]int64{-100_000: 0, 0: 1, 10: 4, 11: 5, 12: 6} {
		same(t, fmt.Sprint("older than minute ", minute), events, must[int64](t)(f.Older(t.Context(), at(minute))))
	}
	// Of the chunk itself what is before the message and what is after it are gone alike.
	f.load(track("ann", "Late", 9), expireFrom(10), track("bo", "Late", 8), track("dee", "New", 10), visitor("device", 12))

	same(t, "position", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
	same(t, "the horizon", warehouse.Horizon{From: at(10), Gone: 6}, must[warehouse.Horizon](t)(f.Horizon(t.Context())))
	same(t, "older", int64(0), must[int64](t)(f.Older(t.Context(), at(10))))
	names := []string{"New", "New", "New", "Page Viewed"}
	same(t, "events", names, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	same(t, "events of the old time", 0, len(f.scan(warehouse.Scan{MaxSeq: 99, Until: at(9)})))
	f.sameDigest("m6", "m7", "m12", "m13")
	stats := must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "messages and events", []int64{7, 4}, []int64{stats.Messages, stats.Events})
	same(t, "first and last", []time.Time{at(10), at(12)}, []time.Time{stats.First, stats.Last})
	// Who is who stays.
	rows := collect(t, f.IdentityRows)
	same(t, "rows", []event.Type{event.Identify, event.Group, event.Expire}, []event.Type{rows[0].Type, rows[1].Type, rows[2].Type})
	same(t, "what the last says", at(10), rows[2].Time)
	same(t, "refs", 5, len(collect(t, f.eachRef)))
	same(t, "traits", map[identity.Number]any{f.user("ann"): "Ann"}, f.values(event.Traits, "name"))
	same(t, "traits of accounts", map[identity.Number]any{f.accounts["tea"]: 9.0}, f.values(event.Account, "size"))

	summary := must[[]warehouse.NameSummary](t)(f.Names(t.Context()))
	same(t, "names", []int64{3, 1}, []int64{summary[0].Count, summary[1].Count})
	everybody := []identity.Number{1, 2, 3, 4, 5}
	active := must[map[identity.Number]warehouse.Activity](t)(f.Activity(t.Context(), event.Traits, everybody))
	same(t, "activity of who was only here before", warehouse.Activity{}, active[f.user("cy")])
	same(t, "activity", warehouse.Activity{Events: 1, First: at(11), Last: at(11)}, active[f.user("bo")])
	for _, m := range must[[]event.Message](t)(f.Timeline(t.Context(), warehouse.Timeline{Of: everybody, Root: event.Traits, Limit: 99})) {
		if m.Type.IsEvent() && m.Time.Before(at(10)) {
			t.Errorf("the timeline has %s of %s", m.Name, m.Time)
		}
	}
	same(t, "seen", map[string]bool{"m2": true, "m6": true, "m10": true}, must[map[string]bool](t)(f.Seen(t.Context(), []string{"m1", "m2", "m3", "m6", "m9", "m10", "m11"})))
	found := must[[]warehouse.Found](t)(f.Search(t.Context(), event.Traits, "bo", nil, 9))
	same(t, "events of who is found", int64(1), found[0].Events)
	days := must[[]warehouse.Day](t)(f.Days(t.Context(), 99))
	same(t, "days", []int64{7}, []int64{days[0].Messages})
	told := collect(t, func(ctx context.Context, yield func(warehouse.Stored) error) error {
		return f.Messages(ctx, 0, 99, yield)
	})
	same(t, "what is read back", 7, len(told))

	// A move of all that into another store makes the same.
	other := newFacts(t, open)
	horizon := must[warehouse.Horizon](t)(f.Horizon(t.Context()))
	moved := warehouse.Chunk{Through: f.at, Messages: told, Refs: collect(t, f.eachRef), Accounts: collect(t, f.Accounts), Gone: horizon.Gone}
	if err := other.Load(t.Context(), moved); err != nil {
		t.Fatal(err)
	}
	same(t, "digest of a copy", must[warehouse.Digest](t)(f.Digest(t.Context(), 99)), must[warehouse.Digest](t)(other.Digest(t.Context(), 99)))
	same(t, "horizon of a copy", horizon, must[warehouse.Horizon](t)(other.Horizon(t.Context())))
}

func expiresAndForgets(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.fillForExpiry()
	forget := f.forgetOf(30, event.Ref{ID: "bo"})
	f.load(forget, track("ann", "New", 31), expireFrom(10))
	gone, _, err := f.Forgotten(t.Context(), forget.MessageID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was forgotten", warehouse.Forgotten{Messages: 2, IDs: 1}, gone)
	same(t, "what has expired", warehouse.Horizon{From: at(10), Gone: 4}, must[warehouse.Horizon](t)(f.Horizon(t.Context())))
	same(t, "events", []string{"New", "New"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	f.sameDigest("m6", "m10")
}

// staysExpired moves the horizon back in vain, erases, goes on and opens again.
func staysExpired(t *testing.T, open Opener) {
	dir := t.TempDir()
	f := &facts{Warehouse: open(t, dir), t: t, numbers: map[event.Ref]identity.Number{}, accounts: map[string]identity.Number{}}
	defer func() { f.Close() }()
	f.fillForExpiry()
	c := f.chunk(expireFrom(10))
	f.loadChunk(c)
	if err := f.Load(t.Context(), c); !errors.Is(err, warehouse.ErrOutOfStep) {
		t.Errorf("loaded again: %v", err)
	}
	f.load(expireFrom(10), expireFrom(5), track("ann", "Late", 7), track("ann", "New", 20))
	for range 2 {
		if err := errors.Join(f.Erase(t.Context()), f.Checkpoint(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	f.load(track("bo", "Late", 9), track("bo", "New", 21))
	for _, open := range []func(){func() {}, func() {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.Warehouse = open(t, dir)
	}} {
		open()
		same(t, "the horizon", warehouse.Horizon{From: at(10), Gone: 6}, must[warehouse.Horizon](t)(f.Horizon(t.Context())))
		same(t, "events", []string{"New", "New", "New", "New"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
		f.sameDigest("m6", "m7", "m13", "m15")
	}
	f.load(expireFrom(999))
	same(t, "once all has expired", []string(nil), namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	stats := must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "first and last of none", []time.Time{{}, {}}, []time.Time{stats.First, stats.Last})
	f.load(track("bo", "Newest", 1000))
	stats = must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "first and last of one", []time.Time{at(1000), at(1000)}, []time.Time{stats.First, stats.Last})
}
