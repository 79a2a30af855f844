package warehousetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

func seen(t *testing.T, open Opener) {
	f := newFacts(t, open)
	imported := track("a", "X", 1)
	imported.MessageID, imported.Imported = "old import", true
	said := identify("a", 2, `{}`)
	said.MessageID, said.Imported = "identified", true
	f.load(imported, said)
	asked := []string{"old import", "identified", "never", ""}
	for i := range 10_000 {
		asked = append(asked, fmt.Sprint("other ", i))
	}
	same(t, "seen", map[string]bool{"old import": true, "identified": true}, must[map[string]bool](t)(f.Seen(t.Context(), asked)))
	same(t, "of none", map[string]bool{}, must[map[string]bool](t)(f.Seen(t.Context(), nil)))
}

func recentIDs(t *testing.T, open Opener) {
	f := newFacts(t, open)
	old, fresh, said := track("a", "X", 0), track("a", "X", 0), identify("a", 0, `{}`)
	old.MessageID, old.ReceivedAt = "old", at(1)
	fresh.MessageID, fresh.ReceivedAt = "fresh", at(2)
	said.MessageID, said.ReceivedAt = "said", at(3)
	f.load(old, fresh, said)
	ids := collect(t, func(ctx context.Context, yield func(string) error) error { return f.RecentIDs(ctx, at(2), yield) })
	slices.Sort(ids)
	same(t, "ids", []string{"fresh", "said"}, ids)
}

func identityFacts(t *testing.T, open Opener) {
	f := newFacts(t, open)
	visitor := &event.Message{Type: event.Page, AnonymousID: "7", Name: "Page Viewed", Time: at(0)}
	known := identify("7", 5, `{"plan":"pro"}`)
	known.AnonymousID = "7"
	f.load(visitor, known, group("7", "tea", 3, `{}`))
	f.load(
		&event.Message{Type: event.Alias, UserID: "8", PreviousID: "7", Time: at(1), Source: "api"},
		group("8", "shop", 2, ``),
		&event.Message{Type: event.Unlink, Unlinks: "m2", UserID: "8", Time: at(9), Source: "admin@example.com"},
	)
	same(t, "refs", []event.Ref{{ID: "7", Anonymous: true}, {ID: "7"}, {ID: "8"}}, collect(t, f.eachRef))
	same(t, "accounts", []string{"tea", "shop"}, collect(t, f.Accounts))
	same(t, "rows", []identity.Row{
		{Seq: 2, MessageID: "m2", Type: event.Identify, UserID: "7", AnonymousID: "7", Source: "crm", Time: at(5)},
		{Seq: 3, MessageID: "m3", Type: event.Group, UserID: "7", GroupID: "tea", Source: "crm", Time: at(3)},
		{Seq: 4, MessageID: "m4", Type: event.Alias, UserID: "8", PreviousID: "7", Source: "api", Time: at(1)},
		{Seq: 5, MessageID: "m5", Type: event.Group, UserID: "8", GroupID: "shop", Source: "crm", Time: at(2)},
		{Seq: 6, MessageID: "m6", Type: event.Unlink, UserID: "8", Unlinks: "m2", Source: "admin@example.com", Time: at(9)},
	}, collect(t, f.IdentityRows))
}

func (f *facts) values(root event.Root, path ...string) map[identity.Number]any {
	f.t.Helper()
	values := map[identity.Number]any{}
	err := f.TraitValues(f.t.Context(), root, path, func(v warehouse.TraitValue) error {
		if _, twice := values[v.Of]; twice {
			f.t.Errorf("two values of %d", v.Of)
		}
		values[v.Of] = v.Value
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return values
}

func traitValues(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(
		identify("a", 5, `{"plan":"pro","seats":7,"address":{"city":"Taipei","zip":"100"},"tags":["x"]}`),
		identify("a", 3, `{"plan":"late arrival"}`),
		identify("a", 6, `{"address":{"zip":"200"}}`),
		identify("b", 5, `{"plan":"first"}`), identify("b", 5, `{"plan":"same instant"}`),
		identify("c", 1, `{"plan":"once"}`), identify("c", 2, `{"plan":null}`),
		identify("d", 1, ``), identify("d", 1, `{"vip":true,"dotted.name":"yes"}`),
		group("a", "tea", 1, `{"plan":"gold"}`),
	)
	a, b, c, d := f.user("a"), f.user("b"), f.user("c"), f.user("d")
	same(t, "plan", map[identity.Number]any{a: "pro", b: "same instant", c: nil}, f.values(event.Traits, "plan"))
	same(t, "numbers", map[identity.Number]any{a: 7.0}, f.values(event.Traits, "seats"))
	same(t, "booleans", map[identity.Number]any{d: true}, f.values(event.Traits, "vip"))
	same(t, "a dot in a name", map[identity.Number]any{d: "yes"}, f.values(event.Traits, "dotted.name"))
	same(t, "an object replaces the one before", map[identity.Number]any{a: nil}, f.values(event.Traits, "address", "city"))
	same(t, "inside an object", map[identity.Number]any{a: "200"}, f.values(event.Traits, "address", "zip"))
	same(t, "lists", map[identity.Number]any{a: json.RawMessage(`["x"]`)}, f.values(event.Traits, "tags"))
	same(t, "nobody", map[identity.Number]any{}, f.values(event.Traits, "never"))
	same(t, "accounts", map[identity.Number]any{f.accounts["tea"]: "gold"}, f.values(event.Account, "plan"))
}

func traits(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(identify("a", 1, `{"plan":"solo","name":"Ann","gone":1}`), identify("b", 3, `{"plan":"pro","gone":null}`), identify("a", 2, `{"plan":"team"}`))
	got := must[[]warehouse.Trait](t)(f.Traits(t.Context(), event.Traits, []identity.Number{f.user("a"), f.user("b")}))
	same(t, "traits", []warehouse.Trait{
		{Key: "name", Value: json.RawMessage(`"Ann"`), At: at(1), MessageID: "m1", Source: "crm"},
		{Key: "plan", Value: json.RawMessage(`"pro"`), At: at(3), MessageID: "m2", Source: "crm"},
	}, got)
	same(t, "of nobody", []warehouse.Trait{}, must[[]warehouse.Trait](t)(f.Traits(t.Context(), event.Traits, nil)))
}

func traitsAmong(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(identify("a", 1, `{"name":"Ann","plan":"pro"}`), identify("b", 1, `{"name":"Bo"}`), identify("c", 1, `{"name":"Cy"}`), identify("a", 2, `{"name":"Anna"}`))
	got := map[string]any{}
	err := f.TraitsAmong(t.Context(), event.Traits, []string{"name", "plan", "none"}, []identity.Number{f.user("a"), f.user("b")},
		func(key string, v warehouse.TraitValue) error {
			got[fmt.Sprint(key, " of ", v.Of)] = v.Value
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "values", map[string]any{"name of 1": "Anna", "plan of 1": "pro", "name of 2": "Bo"}, got)
}

func search(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("ann@tea.example", "X", 1), track("ann@tea.example", "X", 2), track("bo", "X", 9), identify("bo", 3, `{"name":"王 ANN","plan":"ann"}`),
		track("cy", "X", 5), identify("cy", 1, `{"name":"Annette"}`), identify("cy", 4, `{"name":"Cy"}`),
		group("cy", "Tea_House", 6, `{"name":"茶行"}`), identify("quiet ann", 20, `{}`))
	find := func(root event.Root, text string, limit int) []warehouse.Found {
		t.Helper()
		return must[[]warehouse.Found](t)(f.Search(t.Context(), root, text, []string{"name"}, limit))
	}
	ann, bo, cy, quiet := f.user("ann@tea.example"), f.user("bo"), f.user("cy"), f.user("quiet ann")
	same(t, "ids and names", []warehouse.Found{
		{Of: quiet, Last: at(20)}, {Of: bo, Events: 1, Last: at(9)}, {Of: ann, Events: 2, Last: at(2)},
	}, find(event.Traits, "Ann", 10))
	same(t, "limit", []warehouse.Found{{Of: quiet, Last: at(20)}}, find(event.Traits, "ann", 1))
	same(t, "nothing is a wildcard", 0, len(find(event.Traits, "%", 10)))
	same(t, "an empty text finds all, newest first", []identity.Number{quiet, bo, cy, ann}, who(find(event.Traits, "", 10)))
	tea := []identity.Number{f.accounts["Tea_House"]}
	same(t, "accounts by id", tea, who(find(event.Account, "tea_", 10)))
	same(t, "accounts by name", tea, who(find(event.Account, "茶", 10)))
	same(t, "an empty text and nobody", 0, len(find(event.Traits, "", 0)))

	// Of an empty text who was there in the last hour, day, month and before.
	f = newFacts(t, open)
	const hour, day = 60, 24 * 60
	var all []*event.Message
	for i, minute := range []int{-400 * day, -90 * day, -29 * day, -20 * hour, -2 * hour, -59, -59, 0} {
		all = append(all, track(fmt.Sprint("u", i), "X", minute), track(fmt.Sprint("u", i), "X", minute-day))
	}
	f.load(append(all, identify("u1", -10*day, `{}`), identify("seen", -3*hour, `{}`))...)
	newest := []identity.Number{f.user("u7"), f.user("u5"), f.user("u6"), f.user("u4"), f.user("seen"), f.user("u3"), f.user("u1"), f.user("u2"), f.user("u0")}
	for n := range len(newest) + 2 {
		found := find(event.Traits, "", n)
		same(t, fmt.Sprint("the newest ", n), newest[:min(n, len(newest))], who(found))
		for _, of := range found {
			if want := int64(2); of.Events != want && of.Of != f.user("seen") {
				t.Errorf("%d events are told of %d, want %d", of.Events, of.Of, want)
			}
		}
	}
}

func who(found []warehouse.Found) []identity.Number {
	var of []identity.Number
	for _, f := range found {
		of = append(of, f.Of)
	}
	return of
}

func traitKeys(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(identify("a", 1, `{"plan":"pro","address":{"city":"Taipei"}}`), identify("b", 1, `{"plan":"pro"}`), identify("c", 1, `{"plan":"solo"}`),
		group("a", "tea", 1, `{"size":9}`))
	same(t, "of people", []warehouse.PropertySummary{
		{Key: "traits.plan", Type: "string", Count: 3, Values: []warehouse.ValueCount{{Value: "pro", Count: 2}, {Value: "solo", Count: 1}}},
		{Key: "traits.address.city", Type: "string", Count: 1, Values: []warehouse.ValueCount{{Value: "Taipei", Count: 1}}},
	}, must[[]warehouse.PropertySummary](t)(f.TraitKeys(t.Context(), event.Traits)))
	same(t, "of accounts", []warehouse.PropertySummary{
		{Key: "account.size", Type: "number", Count: 1, Values: []warehouse.ValueCount{{Value: 9.0, Count: 1}}},
	}, must[[]warehouse.PropertySummary](t)(f.TraitKeys(t.Context(), event.Account)))
}

func names(t *testing.T, open Opener) {
	f := newFacts(t, open)
	const week = 7 * 24 * 60
	page := track("a", "Page Viewed", 0)
	page.Type = event.Page
	f.load(track("a", "Paid", 30*week), track("a", "Paid", 29*week), track("a", "Paid", 29*week+1), track("a", "Paid", 0), page, identify("a", 40*week, `{}`))
	weekly := make([]int64, 26)
	weekly[25], weekly[24] = 2, 1
	same(t, "names", []warehouse.NameSummary{
		{Name: "Paid", Type: event.Track, Count: 4, First: at(0), Last: at(30 * week), Weekly: weekly},
		{Name: "Page Viewed", Type: event.Page, Count: 1, First: at(0), Last: at(0), Weekly: make([]int64, 26)},
	}, must[[]warehouse.NameSummary](t)(f.Names(t.Context())))
}

func properties(t *testing.T, open Opener) {
	f := newFacts(t, open)
	var messages []*event.Message
	for i := range 100 {
		m := track("a", "Paid", i)
		m.Properties = json.RawMessage(fmt.Sprintf(`{"order":"o-%d","plan":"%s","cart":{"a.b":%d},"tags":[1],"odd":%s,"none":null}`,
			i, []string{"pro", "solo"}[i%4/3], i%2, []string{`1`, `"1"`}[i%2]))
		messages = append(messages, m)
	}
	other := track("a", "Other", 1)
	other.Properties, other.Context = json.RawMessage(`{"plan":true}`), json.RawMessage(`{"page":{"url":"/"}}`)
	f.load(append(messages, other)...)
	same(t, "of one name", []warehouse.PropertySummary{
		{Key: `properties.cart.a\.b`, Type: "number", Count: 100, Values: []warehouse.ValueCount{{Value: 0.0, Count: 50}, {Value: 1.0, Count: 50}}},
		{Key: "properties.odd", Type: "mixed", Count: 100, Values: []warehouse.ValueCount{{Value: 1.0, Count: 50}, {Value: "1", Count: 50}}},
		{Key: "properties.order", Type: "string", Count: 100},
		{Key: "properties.plan", Type: "string", Count: 100, Values: []warehouse.ValueCount{{Value: "pro", Count: 75}, {Value: "solo", Count: 25}}},
		{Key: "properties.tags", Type: "list", Count: 100},
	}, must[[]warehouse.PropertySummary](t)(f.Properties(t.Context(), "Paid")))
	all := must[[]warehouse.PropertySummary](t)(f.Properties(t.Context(), ""))
	same(t, "of all names", true, slices.ContainsFunc(all, func(p warehouse.PropertySummary) bool { return p.Key == "context.page.url" && p.Count == 1 }))
	same(t, "of no name", []warehouse.PropertySummary{}, must[[]warehouse.PropertySummary](t)(f.Properties(t.Context(), "Never")))
}

func activity(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 4), track("a", "X", 2), identify("a", 9, `{}`), track("b", "X", 1), identify("c", 1, `{}`))
	a, b, c := f.user("a"), f.user("b"), f.user("c")
	same(t, "activity", map[identity.Number]warehouse.Activity{
		a: {Events: 2, First: at(2), Last: at(4)}, b: {Events: 1, First: at(1), Last: at(1)},
	}, must[map[identity.Number]warehouse.Activity](t)(f.Activity(t.Context(), event.Traits, []identity.Number{a, b, c})))
	same(t, "of nobody", map[identity.Number]warehouse.Activity{}, must[map[identity.Number]warehouse.Activity](t)(f.Activity(t.Context(), event.Traits, nil)))
}

func quarantine(t *testing.T, open Opener) {
	f := newFacts(t, open)
	item := func(id, reason string, minute int) warehouse.Quarantined {
		return warehouse.Quarantined{ID: id, ReceivedAt: at(minute), Source: "site", Reason: reason, Detail: "userId", Raw: json.RawMessage(`{"a":1}`), Type: "track", Status: warehouse.Open}
	}
	text := item("q3", "capture.no-time", 3)
	text.Raw, text.Source, text.Imported = json.RawMessage(`"not json"`), "import", true
	c := f.chunk()
	c.Quarantined = []warehouse.Quarantined{item("q1", "capture.no-id", 1), item("q2", "capture.no-id", 2), text}
	f.loadChunk(c)
	list := func(q warehouse.QuarantineQuery) ([]string, warehouse.QuarantinePage) {
		t.Helper()
		page := must[warehouse.QuarantinePage](t)(f.Quarantine(t.Context(), q))
		var ids []string
		for _, i := range page.Items {
			ids = append(ids, i.ID)
		}
		return ids, page
	}
	ids, page := list(warehouse.QuarantineQuery{})
	same(t, "newest first", []string{"q3", "q2", "q1"}, ids)
	same(t, "an item comes back", text, page.Items[0])
	same(t, "reasons", map[string]int64{"capture.no-id": 2, "capture.no-time": 1}, page.Reasons)
	ids, page = list(warehouse.QuarantineQuery{Limit: 1, Offset: 1})
	same(t, "a page", []string{"q2"}, ids)
	same(t, "total", int64(3), page.Total)
	for _, c := range []struct {
		query warehouse.QuarantineQuery
		want  []string
	}{
		{warehouse.QuarantineQuery{Reason: "capture.no-id"}, []string{"q2", "q1"}},
		{warehouse.QuarantineQuery{Source: "import"}, []string{"q3"}},
		{warehouse.QuarantineQuery{IDs: []string{"q1", "q3", "none"}, Source: "site"}, []string{"q1"}},
	} {
		ids, _ = list(c.query)
		same(t, fmt.Sprintf("%+v", c.query), c.want, ids)
	}
	resolve := func(status warehouse.QuarantineStatus, ids ...string) int {
		t.Helper()
		return must[int](t)(f.Resolve(t.Context(), ids, status, "ann@example.com", at(60)))
	}
	same(t, "resolved", 1, resolve(warehouse.Replayed, "q1", "none"))
	same(t, "resolved twice", 1, resolve(warehouse.Discarded, "q1", "q2"))
	ids, page = list(warehouse.QuarantineQuery{Status: warehouse.Replayed})
	same(t, "replayed", []string{"q1"}, ids)
	when := at(60)
	same(t, "by whom and when", []any{"ann@example.com", &when}, []any{page.Items[0].ResolvedBy, page.Items[0].ResolvedAt})
	same(t, "open reasons", map[string]int64{"capture.no-time": 1}, page.Reasons)
	same(t, "position", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
}
