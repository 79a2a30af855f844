package warehousetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// awkward are messages that a store may have kept as something else.
func awkward() []*event.Message {
	deep := json.RawMessage(strings.Repeat(`{"a":`, 1200) + "1" + strings.Repeat("}", 1200))
	return []*event.Message{
		{Type: event.Track, UserID: "a", AnonymousID: "v", GroupID: "tea", Name: "Order Paid", Channel: "email", Source: "site", Currency: "TWD",
			Value: new(math.Copysign(0, -1)), Cost: new(5e-324), Properties: json.RawMessage(`{ "b":1,"a" : [1.0,2e3,null], "b":"2","nul":"\u0000" }`)},
		{Type: event.Track, UserID: "a", Name: "o'neil \\ 北辰\x00", Value: new(math.MaxFloat64), Cost: new(0.1), Context: deep, Source: "\t",
			Properties: json.RawMessage(`{"n":123456789012345678901234567890,"m":-9223372036854775809,"k":9007199254740993}`)},
		{Type: event.Page, AnonymousID: "v", Time: time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC), Imported: true, Properties: json.RawMessage(`{}`)},
		{Type: event.Identify, UserID: "a", AnonymousID: "v", Traits: json.RawMessage(`{"name":"林","n":18446744073709551616}`), Channel: "crm", Source: "api"},
		{Type: event.Screen, UserID: "a", Name: "Old", Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Type: event.Group, UserID: "A", GroupID: "Tea", Traits: json.RawMessage(`{"size":9}`), Context: json.RawMessage(`{"ip":"::1"}`)},
		{Type: event.Alias, UserID: "a", PreviousID: "old", Time: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{Type: event.Unlink, UserID: "a", Unlinks: "m4", Source: "admin", Time: time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)},
	}
}

// everything reads all messages after a position.
func (f *facts) everything(after, through uint64) []warehouse.Stored {
	f.t.Helper()
	return collect(f.t, func(ctx context.Context, yield func(warehouse.Stored) error) error {
		return f.Messages(ctx, after, through, yield)
	})
}

// readBack loads chunks whose positions leave many out, as deletion does, and more
// than are read at once.
func readBack(t *testing.T, open Opener) {
	f := newFacts(t, open)
	var sent []warehouse.Stored
	for _, seq := range []uint64{0, 65_530, 131_072, 1 << 40} {
		f.at.Seq = seq
		messages := awkward()
		for i, m := range messages {
			m.MessageID = fmt.Sprint(seq, " ", i)
			if m.Time.IsZero() && m.Type != event.Screen {
				m.Time = at(i).Add(123456 * time.Microsecond)
			}
			m.ReceivedAt = at(i + 1)
		}
		c := f.chunk(messages...)
		f.loadChunk(c)
		sent = append(sent, c.Messages...)
	}
	same(t, "everything", sent, f.everything(0, f.at.Seq))
	same(t, "from the middle of a chunk", sent[3:14], f.everything(sent[2].Seq, sent[13].Seq))
	same(t, "what is not there yet", 0, len(f.everything(f.at.Seq, f.at.Seq+10)))
	enough := errors.New("enough")
	err := f.Messages(t.Context(), 0, f.at.Seq, func(warehouse.Stored) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("stopped by its reader: %v", err)
	}
}

// loadedAgain holds a store to being the same as one that all of it was loaded into.
func loadedAgain(t *testing.T, open Opener) {
	f, other := newFacts(t, open), newFacts(t, open)
	f.load(awkward()...)
	c := f.chunk(awkward()[3:]...)
	for i, m := range c.Messages {
		m.MessageID = fmt.Sprint("again ", i)
	}
	f.loadChunk(c)
	step, seq := uint64(1), f.at.Seq
	load := func(c warehouse.Chunk) {
		t.Helper()
		c.After, c.Through = other.at, warehouse.Unfinished(step, c.Through.Seq)
		step++
		other.loadChunk(c)
		same(t, "position", c.Through, must[warehouse.Position](t)(other.Position(t.Context())))
	}
	load(warehouse.Chunk{Refs: collect(t, f.eachRef), Accounts: collect(t, f.Accounts)})
	load(warehouse.Chunk{Messages: f.everything(0, 5), Through: warehouse.Position{Seq: 5}})
	load(warehouse.Chunk{Messages: f.everything(5, seq), Through: warehouse.Position{Seq: seq}})
	last := warehouse.Chunk{After: other.at, Through: f.at}
	other.loadChunk(last)
	same(t, "position", f.at, must[warehouse.Position](t)(other.Position(t.Context())))
	same(t, "messages", f.everything(0, seq), other.everything(0, seq))
	same(t, "digest", must[warehouse.Digest](t)(f.Digest(t.Context(), seq)), must[warehouse.Digest](t)(other.Digest(t.Context(), seq)))
	same(t, "days", must[[]warehouse.Day](t)(f.Days(t.Context(), seq)), must[[]warehouse.Day](t)(other.Days(t.Context(), seq)))
}

func days(t *testing.T, open Opener) {
	f := newFacts(t, open)
	same(t, "of nothing", []warehouse.Day{}, must[[]warehouse.Day](t)(f.Days(t.Context(), 99)))
	midnight := time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC)
	messages := []*event.Message{
		track("a", "X", 0), identify("a", 1, `{}`), track("b", "X", 2), group("a", "tea", 3, `{}`), track("a", "Y", 4), track("a", "Y", 5), track("a", "Y", 6),
	}
	for i, when := range []time.Time{
		midnight.Add(-time.Microsecond), midnight, midnight.Add(24*time.Hour - time.Microsecond), time.UnixMicro(-1), time.UnixMicro(0),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		messages[i].Time = when.UTC()
	}
	f.load(messages...)
	day := func(date string, of ...int) warehouse.Day {
		instant := must[time.Time](t)(time.Parse(time.DateOnly, date))
		d := warehouse.Day{Number: warehouse.DayOf(instant.UnixMicro()), Messages: int64(len(of))}
		same(t, "name of a day", date, warehouse.DateOf(d.Number))
		for _, i := range of {
			d.IDs ^= warehouse.IDHash(messages[i].MessageID)
		}
		return d
	}
	want := []warehouse.Day{
		day("0001-01-01", 5), day("1969-12-31", 3), day("1970-01-01", 4), day("2024-03-01", 0), day("2024-03-02", 1, 2), day("9999-12-31", 6),
	}
	same(t, "days", want, must[[]warehouse.Day](t)(f.Days(t.Context(), 99)))
	same(t, "days up to a position", want[3:4], must[[]warehouse.Day](t)(f.Days(t.Context(), 1)))
}

// entriesInOrder loads two entries of one id: what was refused again after a day has
// the id that it had.
func entriesInOrder(t *testing.T, open Opener) {
	f := newFacts(t, open)
	entry := func(id string, minute int) warehouse.Quarantined {
		return warehouse.Quarantined{ID: id, ReceivedAt: at(minute), Source: "site", Reason: "capture.no-id", Detail: "userId", Raw: json.RawMessage(`{"a":1}`), Type: "track", Status: warehouse.Open}
	}
	first, second := f.chunk(track("a", "X", 1)), warehouse.Chunk{}
	first.Quarantined = []warehouse.Quarantined{entry("z", 9), entry("b", 2), entry("a", 3)}
	f.loadChunk(first)
	by, when := "ann@example.com", at(60).Add(time.Microsecond)
	must[int](t)(f.Resolve(t.Context(), []string{"b", "a"}, warehouse.Discarded, by, when))
	second = f.chunk()
	resolved := entry("c", 4)
	resolved.Status, resolved.ResolvedBy, resolved.ResolvedAt = warehouse.Replayed, "bob", new(at(61))
	second.Quarantined = []warehouse.Quarantined{entry("b", 1), resolved}
	f.loadChunk(second)
	discarded := func(q warehouse.Quarantined) warehouse.Quarantined {
		q.Status, q.ResolvedBy, q.ResolvedAt = warehouse.Discarded, by, &when
		return q
	}
	same(t, "entries", []warehouse.Quarantined{entry("z", 9), discarded(entry("b", 2)), discarded(entry("a", 3)), entry("b", 1), resolved},
		collect(t, f.Entries))
}
