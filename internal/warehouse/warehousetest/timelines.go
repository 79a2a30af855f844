package warehousetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// messagesComeBack sends one message of every type with every field it may have.
func messagesComeBack(t *testing.T, open Opener) {
	f := newFacts(t, open)
	context := json.RawMessage(`{"ip":"10.0.0.1","page":{"url":"https://tea.example/?a=<b>&c"}}`)
	sent := []*event.Message{
		{Type: event.Track, UserID: "a", AnonymousID: "v", GroupID: "tea", Name: "Order Paid", Channel: "email", Source: "site",
			Value: new(12.5), Currency: "TWD", Cost: new(0.0), Properties: json.RawMessage(`{"emoji":"😀","nul":"\u0000","n":9007199254740993}`), Context: context},
		{Type: event.Page, AnonymousID: "v", Name: "Page Viewed", Context: context, Imported: true},
		{Type: event.Screen, UserID: "a", Name: "Screen Viewed", Properties: json.RawMessage(`{}`)},
		{Type: event.Identify, UserID: "a", AnonymousID: "v", Traits: json.RawMessage(`{"name":"林"}`), Context: context, Channel: "crm", Source: "api"},
		{Type: event.Group, UserID: "a", GroupID: "tea", Traits: json.RawMessage(`{"size":9}`)},
		{Type: event.Alias, UserID: "a", PreviousID: "old"},
		{Type: event.Unlink, UserID: "a", Unlinks: "m4", Source: "admin"},
	}
	for i, m := range sent {
		m.Time, m.ReceivedAt = at(i).Add(123456*time.Microsecond), at(i+1)
	}
	f.load(sent...)
	got := must[[]event.Message](t)(f.Timeline(t.Context(), warehouse.Timeline{
		Of: []identity.Number{f.user("a"), f.numbers[event.Ref{ID: "v", Anonymous: true}]}, Root: event.Traits, Limit: 99,
	}))
	if len(got) != len(sent) {
		t.Fatalf("%d messages of %d", len(got), len(sent))
	}
	for i := range sent {
		if diff := cmp.Diff(*sent[i], got[len(got)-1-i]); diff != "" {
			t.Errorf("%s: %s", sent[i].Type, diff)
		}
	}
	account := must[[]event.Message](t)(f.Timeline(t.Context(), warehouse.Timeline{Of: []identity.Number{f.accounts["tea"]}, Root: event.Account, Limit: 99}))
	same(t, "of an account", []string{"m5", "m1"}, ids(account))
}

func ids(messages []event.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.MessageID)
	}
	return out
}

func timelineNames(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1), track("a", "Y", 3), track("b", "X", 2), identify("a", 2, `{}`), track("a", "X", 3))
	ask := func(q warehouse.Timeline) []string {
		t.Helper()
		q.Root, q.Limit = event.Traits, 10
		return ids(must[[]event.Message](t)(f.Timeline(t.Context(), q)))
	}
	a, b := f.user("a"), f.user("b")
	same(t, "everything, the later position first", []string{"m5", "m2", "m4", "m1"}, ask(warehouse.Timeline{Of: []identity.Number{a}}))
	same(t, "of several ids", []string{"m5", "m2", "m4", "m3", "m1"}, ask(warehouse.Timeline{Of: []identity.Number{a, b}}))
	same(t, "one name", []string{"m5", "m1"}, ask(warehouse.Timeline{Of: []identity.Number{a}, Names: []string{"X"}}))
	same(t, "an unknown name", []string{}, ask(warehouse.Timeline{Of: []identity.Number{a}, Names: []string{"Z"}}))
	same(t, "inside an instant", []string{"m2", "m4", "m1"}, ask(warehouse.Timeline{Of: []identity.Number{a}, Before: &warehouse.Cursor{Time: at(3).UnixMicro(), Seq: 5}}))
	same(t, "of nobody", []string{}, ask(warehouse.Timeline{}))
}

// timelinePages scrolls through one customer's 100,000 events among those of
// others. The bound on time is loose; it catches a page that reads everything.
func timelinePages(t *testing.T, open Opener) {
	f := newFacts(t, open)
	const n, page = 100_000, 2_000
	var messages []*event.Message
	for i := range n {
		m := track("a", "X", i/3)
		m.Properties = json.RawMessage(fmt.Sprintf(`{"n":%d,"text":"a line of text that makes the row as wide as real ones are"}`, i))
		messages = append(messages, m)
		if i%10 == 0 {
			messages = append(messages, track("b", "X", i/3))
		}
	}
	f.load(messages...)
	began := time.Now()
	seen, pages := map[string]bool{}, 0
	var before *warehouse.Cursor
	for {
		got := must[[]event.Message](t)(f.Timeline(t.Context(), warehouse.Timeline{Of: []identity.Number{f.user("a")}, Root: event.Traits, Before: before, Limit: page}))
		if len(got) == 0 {
			break
		}
		pages++
		for i := range got {
			if before != nil && (got[i].Micros() > before.Time || got[i].Micros() == before.Time && got[i].Seq >= before.Seq) {
				t.Fatalf("page %d: out of order", pages)
			}
			before = &warehouse.Cursor{Time: got[i].Micros(), Seq: got[i].Seq}
			seen[got[i].MessageID] = true
		}
	}
	if len(seen) != n || pages != n/page {
		t.Errorf("%d messages on %d pages", len(seen), pages)
	}
	if each := time.Since(began) / time.Duration(pages); each > time.Second {
		t.Errorf("a page took %v", each)
	}
}
