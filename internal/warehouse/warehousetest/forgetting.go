package warehousetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// visitor is a page seen by somebody of whom nothing is known.
func visitor(id string, minute int) *event.Message {
	return &event.Message{Type: event.Page, AnonymousID: id, Name: "Page Viewed", Time: at(minute), Source: "site"}
}

// forgetOf takes out some ids; the message is received as late as it happened.
func (f *facts) forgetOf(minute int, refs ...event.Ref) *event.Message {
	m := &event.Message{Type: event.Forget, Time: at(minute), Source: "admin@example.com"}
	for _, ref := range refs {
		m.Forgets = append(m.Forgets, f.numbers[ref])
	}
	return m
}

func refused(id string, minute int, raw string) warehouse.Quarantined {
	return warehouse.Quarantined{ID: id, ReceivedAt: at(minute), Reason: "capture.no-time", Raw: json.RawMessage(raw), Status: warehouse.Open}
}

// ann, her device, which bo uses too, and what others say of her.
var (
	ann    = event.Ref{ID: "ann@tea.example"}
	device = event.Ref{Anonymous: true, ID: "device-of-ann"}
)

// fillWithAnn gives a store people of whom one is to be forgotten.
func (f *facts) fillWithAnn() {
	f.t.Helper()
	said, shared, boughtByBo := identify(ann.ID, 2, `{"name":"Ann Secret"}`), identify("bo", 3, `{"name":"Bo"}`), track("bo", "Bought", 4)
	said.AnonymousID, shared.AnonymousID, boughtByBo.AnonymousID = device.ID, device.ID, device.ID
	bought := track(ann.ID, "Bought", 5)
	bought.Properties = json.RawMessage(`{"to":"Secret Street"}`)
	c := f.chunk(
		visitor(device.ID, 1), said, shared, boughtByBo, bought, group(ann.ID, "tea", 6, `{"contact":"Ann Secret"}`), group("bo", "tea", 6, `{"size":9}`),
		&event.Message{Type: event.Alias, UserID: "cy", PreviousID: ann.ID, Time: at(7), Source: "api"},
		&event.Message{Type: event.Unlink, Unlinks: "m8", Time: at(8), Source: "admin@example.com"},
		visitor("other", 9),
	)
	c.Quarantined = []warehouse.Quarantined{
		refused("by user", 1, `{"userId":"`+ann.ID+`","name":"x"}`), refused("by cell", 1, `{"e-mail":"ann\u0040tea.example"}`),
		refused("as text", 1, `"broken {userId:`+ann.ID+`,"`), refused("by device", 1, `{"anonymousId":"device-of-ann"}`),
		refused("of bo", 1, `{"userId":"bo"}`), refused("of ann's namesake", 1, `{"userId":"ann@tea.example.org"}`), refused("a text of another", 1, `"joann@tea.example"`),
		refused("later", 60, `{"userId":"`+ann.ID+`"}`),
	}
	f.loadChunk(c)
}

func forgets(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.fillWithAnn()
	a, v := f.numbers[ann], f.numbers[device]
	m := f.forgetOf(30, ann, device)
	if _, ok, err := f.Forgotten(t.Context(), "m11"); ok || err != nil {
		t.Errorf("forgotten before it is loaded: %v", err)
	}
	f.load(m)

	gone, ok, err := f.Forgotten(t.Context(), m.MessageID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	same(t, "what went", warehouse.Forgotten{Messages: 5, IDs: 2, Quarantined: 4}, gone)
	same(t, "position", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
	rows := f.scan(warehouse.Scan{MaxSeq: 99})
	same(t, "events", []string{"Bought", "Page Viewed"}, namesOf(rows))
	same(t, "of whom", []identity.Number{f.user("bo"), f.numbers[event.Ref{Anonymous: true, ID: "other"}]}, []identity.Number{rows[0].customer, rows[1].customer})
	same(t, "of her", 0, len(f.scan(warehouse.Scan{MaxSeq: 99, Customers: []identity.Number{a, v}})))
	stats := must[warehouse.Stats](t)(f.Stats(t.Context()))
	same(t, "messages and events", []int64{6, 2}, []int64{stats.Messages, stats.Events})
	same(t, "refs", []event.Ref{{}, {}, {ID: "bo"}, {ID: "cy"}, {Anonymous: true, ID: "other"}}, withoutMark(collect(t, f.eachRef)))
	same(t, "rows", []identity.Row{
		{Seq: 3, MessageID: "m3", Type: event.Identify, UserID: "bo", Source: "crm", Time: at(3)},
		{Seq: 7, MessageID: "m7", Type: event.Group, UserID: "bo", GroupID: "tea", Source: "crm", Time: at(6)},
		{Seq: 9, MessageID: "m9", Type: event.Unlink, Unlinks: "m8", Source: "admin@example.com", Time: at(8)},
		{Seq: 11, MessageID: "m11", Type: event.Forget, Forgets: []identity.Number{a, v}, Source: "admin@example.com", Time: at(30)},
	}, collect(t, f.IdentityRows))
	same(t, "traits", map[identity.Number]any{f.user("bo"): "Bo"}, f.values(event.Traits, "name"))
	same(t, "what she said of her account", map[identity.Number]any{}, f.values(event.Account, "contact"))
	same(t, "what bo said of it", map[identity.Number]any{f.accounts["tea"]: 9.0}, f.values(event.Account, "size"))
	for _, text := range []string{"", "ann", "secret", "device"} {
		found := must[[]warehouse.Found](t)(f.Search(t.Context(), event.Traits, text, []string{"name"}, 99))
		same(t, fmt.Sprintf("found by %q", text), text == "", len(found) > 0)
		for _, one := range found {
			if one.Of == a || one.Of == v {
				t.Errorf("%q finds her", text)
			}
		}
	}
	names := must[[]warehouse.NameSummary](t)(f.Names(t.Context()))
	same(t, "names", []int64{1, 1}, []int64{names[0].Count, names[1].Count})
	same(t, "properties", []warehouse.PropertySummary{}, must[[]warehouse.PropertySummary](t)(f.Properties(t.Context(), "")))
	same(t, "trait keys", 1, len(must[[]warehouse.PropertySummary](t)(f.TraitKeys(t.Context(), event.Traits))))
	same(t, "activity", map[identity.Number]warehouse.Activity{}, must[map[identity.Number]warehouse.Activity](t)(f.Activity(t.Context(), event.Traits, []identity.Number{a, v})))
	for _, m := range must[[]event.Message](t)(f.Timeline(t.Context(), warehouse.Timeline{Of: []identity.Number{a, v, f.user("bo")}, Root: event.Traits, Limit: 99})) {
		same(t, "whose device it was", "bo ", m.UserID+" "+m.AnonymousID)
	}
	same(t, "seen", map[string]bool{"m4": true, "m11": true}, must[map[string]bool](t)(f.Seen(t.Context(), []string{"m1", "m2", "m4", "m5", "m8", "m11"})))
	var left []string
	for _, q := range must[warehouse.QuarantinePage](t)(f.Quarantine(t.Context(), warehouse.QuarantineQuery{})).Items {
		left = append(left, q.ID)
	}
	same(t, "the quarantine", []string{"later", "a text of another", "of ann's namesake", "of bo"}, left)
	f.sameDigest("m4", "m10")
}

// withoutMark takes from refs that were forgotten what they were.
func withoutMark(refs []event.Ref) []event.Ref {
	for i := range refs {
		refs[i].Anonymous = refs[i].Anonymous && refs[i].ID != ""
	}
	return refs
}

// sameDigest holds a store to the events with some message ids, and no others.
func (f *facts) sameDigest(events ...string) {
	f.t.Helper()
	want := warehouse.Digest{Events: int64(len(events))}
	for _, id := range events {
		want.IDs ^= warehouse.IDHash(id)
	}
	for _, row := range collect(f.t, f.IdentityRows) {
		want.IdentityFacts++
		want.IdentityIDs ^= warehouse.IDHash(row.MessageID)
	}
	same(f.t, "digest", want, must[warehouse.Digest](f.t)(f.Digest(f.t.Context(), f.at.Seq)))
}

// comesAgain loads what came before, the forget, and what came after it at once.
func comesAgain(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track(ann.ID, "Before", 1), track("bo", "Before", 1))
	first := f.numbers[ann]
	c := f.chunk(track(ann.ID, "Before", 2), f.forgetOf(3, ann), track("bo", "After", 4))
	more := f.chunk(identify(ann.ID, 6, `{"name":"New Ann"}`), track(ann.ID, "After", 5))
	for _, m := range more.Messages {
		m.Seq += uint64(len(c.Messages))
		m.MessageID = fmt.Sprint("m", m.Seq)
	}
	c.Messages, c.Refs, c.Through.Seq = append(c.Messages, more.Messages...), append(c.Refs, more.Refs...), c.Through.Seq+2
	f.loadChunk(c)
	again := f.numbers[ann]
	if again == first {
		t.Fatal("she has the number that she had")
	}
	same(t, "events", []string{"Before", "After", "After"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	same(t, "of her", []string{"After"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99, Customers: []identity.Number{first, again}})))
	same(t, "refs", []event.Ref{{}, {ID: "bo"}, ann}, collect(t, f.eachRef))
	same(t, "traits", map[identity.Number]any{again: "New Ann"}, f.values(event.Traits, "name"))
	found := must[[]warehouse.Found](t)(f.Search(t.Context(), event.Traits, "ann@", nil, 9))
	same(t, "found", []identity.Number{again}, who(found))
	f.sameDigest("m2", "m5", "m7")
	f.load(f.forgetOf(9, ann), track(ann.ID, "Third", 10))
	same(t, "forgotten again", []string{"Before", "After", "Third"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
	f.sameDigest("m2", "m5", "m9")
}

// staysForgotten erases, goes on, and opens again.
func staysForgotten(t *testing.T, open Opener) {
	dir := t.TempDir()
	f := &facts{Warehouse: open(t, dir), t: t, numbers: map[event.Ref]identity.Number{}, accounts: map[string]identity.Number{}}
	defer func() { f.Close() }()
	f.fillWithAnn()
	before := f.at
	c := f.chunk(f.forgetOf(30, ann, device))
	f.loadChunk(c)
	if err := f.Load(t.Context(), c); !errors.Is(err, warehouse.ErrOutOfStep) {
		t.Errorf("loaded again: %v", err)
	}
	for range 2 { // what is erased needs no erasing
		if err := f.Erase(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "position", warehouse.Position{Record: before.Record + 1, Seq: before.Seq + 1}, must[warehouse.Position](t)(f.Position(t.Context())))
	f.load(track("bo", "Later", 40), identify("dee", 41, `{"name":"Dee"}`))
	for _, open := range []func(){func() {}, func() {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f.Warehouse = open(t, dir)
	}} {
		open()
		same(t, "events", []string{"Bought", "Page Viewed", "Later"}, namesOf(f.scan(warehouse.Scan{MaxSeq: 99})))
		f.sameDigest("m4", "m10", "m12")
		gone, ok, err := f.Forgotten(t.Context(), "m11")
		same(t, "what went", []any{warehouse.Forgotten{Messages: 5, IDs: 2, Quarantined: 4}, true, error(nil)}, []any{gone, ok, err})
		same(t, "refs", 6, len(collect(t, f.eachRef)))
	}
}

// Plant gives a store a customer. Her texts are in its files then, or may be; after
// load she is forgotten, and after erase they must not be in any, and what is kept
// still has to be.
func Plant(t testing.TB, w warehouse.Warehouse) (texts []string, kept string, load func(), erase func() error) {
	f := &facts{Warehouse: w, t: t, numbers: map[event.Ref]identity.Number{}, accounts: map[string]identity.Number{}}
	f.fillWithAnn()
	second := event.Ref{ID: "second-id-of-ann"}
	f.load(track(second.ID, "Bought", 50))
	if err := f.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	load = func() {
		t.Helper()
		f.load(track(second.ID, "Bought", 51), f.forgetOf(90, ann, device, second))
	}
	return []string{second.ID, device.ID, "Ann Secret", "Secret Street"}, "namesake", load, func() error { return f.Erase(t.Context()) }
}
