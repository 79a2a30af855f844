package identity_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAnyOrderOfArrivalGivesThePeopleOfTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := histories().Draw(t, "history")
		want := naive(rows)
		arrival := rapid.Permutation(rows).Draw(t, "arrival")
		g := identity.NewGraph()
		for _, r := range arrival {
			apply(g, r)
			if rapid.Bool().Draw(t, "look") { // a view in between never changes a later one
				g.View()
			}
		}
		if diff := cmp.Diff(want, people(g.View())); diff != "" {
			t.Fatalf("arrival %v (-rules +graph):\n%s", arrival, diff)
		}
	})
}

func TestApplyingARowTwiceIsApplyingItOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := histories().Draw(t, "history")
		g := graphOf(append(slices.Clone(rows), rows...)...)
		if diff := cmp.Diff(people(graphOf(rows...).View()), people(g.View())); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMergingAndTakingBackGivesTheStateBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := histories().Draw(t, "history")
		g := graphOf(rows...)
		ids := func(name string) string { return rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, name) }
		merges := []identity.Row{}
		for i := range rapid.IntRange(1, 4).Draw(t, "merges") {
			r := identity.Row{MessageID: fmt.Sprint("merge", i), Type: event.Alias, UserID: ids("to"), PreviousID: ids("from"), Time: day0.Add(time.Hour)}
			g.Number(event.Ref{ID: r.UserID}) // merging needs known people: knowing them is no part of the merge
			merges = append(merges, r)
		}
		before := people(g.View())
		for _, r := range merges {
			g.Apply(r)
		}
		for _, i := range rapid.Permutation(merges).Draw(t, "order") {
			g.Apply(identity.Row{Type: event.Unlink, Unlinks: i.MessageID})
		}
		if diff := cmp.Diff(before, people(g.View())); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPreviewTellsWhatApplyingChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := histories().Draw(t, "history")
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		g := graphOf(rows[:cut]...)
		before := g.View()
		got := g.Preview(rows[cut:]...)
		if g.View() != before {
			t.Fatal("a preview changed the graph")
		}
		was := people(before)
		for _, r := range rows[cut:] {
			g.Apply(r)
		}
		is := people(g.View())
		if diff := cmp.Diff(subtract(was, is), whos(got.Before)); diff != "" {
			t.Fatalf("before: %s", diff)
		}
		if diff := cmp.Diff(subtract(is, was), whos(got.After)); diff != "" {
			t.Fatalf("after: %s", diff)
		}
	})
}

func TestAViewAgreesWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := graphOf(histories().Draw(t, "history")...).View()
		persons, ids := 0, 0
		members := map[identity.Number]int{}
		for n := identity.Number(1); v.Ref(n).ID != ""; n++ {
			ids++
			p := v.Person(n)
			if v.Person(p) != p {
				t.Fatalf("the person of %d is %d, whose person is %d", n, p, v.Person(p))
			}
			if of := v.AppendPersons(nil, []identity.Number{n, n + 1000}); !slices.Equal(of, []identity.Number{p, n + 1000}) {
				t.Fatalf("of %d and of one that came later: %v, want %d and itself", n, of, p)
			}
			if !slices.Contains(v.Numbers(p), n) {
				t.Fatalf("%d is of person %d, whose ids are %v", n, p, v.Numbers(p))
			}
			if found, ok := v.FindRef(v.Ref(n)); !ok || found != p {
				t.Fatalf("found %d for %v, want %d", found, v.Ref(n), p)
			}
			if p == n {
				persons++
				members[p] = len(v.Numbers(p))
				if a := v.AccountOf(p); a != 0 && !slices.Contains(v.People(a), p) {
					t.Fatalf("person %d is missing in account %d", p, a)
				}
			}
		}
		sum := 0
		for _, m := range members {
			sum += m
		}
		if persons != v.Persons || sum != ids {
			t.Fatalf("%d persons of %d ids, want %d of %d", persons, sum, v.Persons, ids)
		}
	})
}

func TestNumbersAreDenseInTheOrderOfTheLog(t *testing.T) {
	g := identity.NewGraph()
	for i, ref := range []event.Ref{userRef("7"), visitorRef("7"), userRef("8")} {
		if n := g.Number(ref); n != identity.Number(i+1) {
			t.Errorf("%v has number %d, want %d", ref, n, i+1)
		}
	}
	g.Apply(identity.Row{Type: event.Identify, UserID: "9", AnonymousID: "v"})
	g.Apply(identity.Row{Type: event.Alias, UserID: "10", PreviousID: "never seen"})
	g.Apply(identity.Row{Type: event.Group, UserID: "8", GroupID: "acme"})
	want := []event.Ref{userRef("8"), userRef("9"), visitorRef("v"), userRef("10")}
	if diff := cmp.Diff(want, g.RefsAfter(2)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"acme"}, g.AccountsAfter(0)); diff != "" {
		t.Error(diff)
	}
	if n, ok := g.Lookup(userRef("never seen")); ok {
		t.Errorf("a previous id got number %d", n)
	}
	if n := g.Number(event.Ref{}); n != 0 {
		t.Errorf("the empty id has number %d", n)
	}
}

func TestASharedDeviceMergesNobody(t *testing.T) {
	g := graphOf(
		identity.Row{MessageID: "2", Type: event.Identify, UserID: "bo", AnonymousID: "kiosk", Time: day0.Add(2)},
		identity.Row{MessageID: "1", Type: event.Identify, UserID: "an", AnonymousID: "kiosk", Time: day0},
	)
	want := []person{
		{ID: "an", Refs: []event.Ref{userRef("an"), visitorRef("kiosk")}},
		{ID: "bo", Refs: []event.Ref{userRef("bo")}},
	}
	if diff := cmp.Diff(want, people(g.View())); diff != "" {
		t.Error(diff)
	}
	g.Apply(identity.Row{Type: event.Unlink, Unlinks: "1"})
	want = []person{
		{ID: "an", Refs: []event.Ref{userRef("an")}},
		{ID: "bo", Refs: []event.Ref{userRef("bo"), visitorRef("kiosk")}},
	}
	if diff := cmp.Diff(want, people(g.View())); diff != "" {
		t.Error("after unlinking:", diff)
	}
}

func TestTwoUsersWithOnePreviousVisitorStayApart(t *testing.T) {
	rows := []identity.Row{
		{MessageID: "1", Type: event.Alias, UserID: "an", PreviousID: "device", Time: day0},
		{MessageID: "2", Type: event.Alias, UserID: "bo", PreviousID: "device", Time: day0.Add(1)},
		{MessageID: "3", Type: event.Track, AnonymousID: "device", Time: day0},
	}
	v := graphOf(rows...).View()
	if v.Persons != 2 {
		t.Errorf("%d persons, want 2", v.Persons)
	}
	if p, _ := v.Find("device"); v.ID(p) != "an" {
		t.Errorf("the device belongs to %q, want an", v.ID(p))
	}
}

func TestLinksTellWhereAnIdCameFrom(t *testing.T) {
	at := func(h int) time.Time { return day0.Add(time.Duration(h) * time.Hour) }
	g := graphOf(
		identity.Row{MessageID: "g", Type: event.Group, UserID: "new", GroupID: "acme", Time: at(3), Source: "crm"},
		identity.Row{MessageID: "i", Type: event.Identify, UserID: "old", AnonymousID: "v", Time: at(1), Source: "site"},
		identity.Row{MessageID: "a", Type: event.Alias, UserID: "new", PreviousID: "old", Time: at(2), Source: "crm"},
		identity.Row{MessageID: "x", Type: event.Unlink, Unlinks: "i"},
	)
	v := g.View()
	p, _ := v.Find("old")
	want := []identity.Link{
		{MessageID: "i", How: identity.ByIdentify, From: visitorRef("v"), To: userRef("old"), At: at(1), Source: "site", Undone: true},
		{MessageID: "a", How: identity.ByAlias, From: userRef("old"), To: userRef("new"), At: at(2), Source: "crm"},
		{MessageID: "g", How: identity.ByGroup, From: userRef("new"), Account: "acme", At: at(3), Source: "crm"},
	}
	if diff := cmp.Diff(want, v.Links(p)); diff != "" {
		t.Error(diff)
	}
	if v.ID(p) != "new" {
		t.Errorf("shown as %q, want new", v.ID(p))
	}
}

func TestManyIdsAreNumberedAsOneAfterTheOther(t *testing.T) {
	one, many := identity.NewGraph(), identity.NewGraph()
	var refs []event.Ref
	for i := range 3000 {
		refs = append(refs, event.Ref{ID: fmt.Sprint(i * 7 % 1009), Anonymous: i%3 == 0}) // some again and again
	}
	var last identity.Number
	for _, ref := range refs {
		last = one.Number(ref)
	}
	if got := many.NumberAll(refs); got != last {
		t.Errorf("the last one is %d, want %d", got, last)
	}
	if diff := cmp.Diff(one.RefsAfter(0), many.RefsAfter(0)); diff != "" {
		t.Error(diff)
	}
}

func TestAViewIsKeptUntilTheGraphChanges(t *testing.T) {
	g := graphOf(identity.Row{MessageID: "1", Type: event.Identify, UserID: "an", AnonymousID: "v", Time: day0})
	v := g.View()
	if g.View() != v {
		t.Error("built again without a change")
	}
	n := g.Number(userRef("bo"))
	if v.Person(n) != n || v.ID(n) != "" {
		t.Error("a view knows who came after it")
	}
	if both := []identity.Number{1, 2, n}; !slices.Equal(g.View().AppendPersons(nil, both), []identity.Number{v.Person(1), v.Person(2), n}) {
		t.Error("the next view has others for who came before it")
	}
	if w := g.View(); w.ID(w.Person(n)) != "bo" || w.Persons != 2 || w.Version <= v.Version {
		t.Error("the next view does not know who came before it")
	}
	if v.Persons != 1 {
		t.Error("a view changed")
	}
}

func TestReadersSeeWholeViewsWhileTheGraphGrows(t *testing.T) {
	g := identity.NewGraph()
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := g.View()
				for n := identity.Number(1); v.Ref(n).ID != ""; n += 7 {
					p := v.Person(n)
					if v.Person(p) != p || len(v.Numbers(p)) == 0 {
						t.Errorf("person %d of %d is torn", p, n)
						return
					}
					v.Links(p)
				}
				v.People(1)
			}
		})
	}
	for i := range 600 {
		user, visitor := fmt.Sprint("u", i/2), fmt.Sprint("v", i)
		apply(g, identity.Row{MessageID: fmt.Sprint("i", i), Type: event.Identify, UserID: user, AnonymousID: visitor, Time: day0})
		apply(g, identity.Row{MessageID: fmt.Sprint("g", i), Type: event.Group, UserID: user, GroupID: fmt.Sprint(i % 9), Time: day0})
		apply(g, identity.Row{MessageID: fmt.Sprint("a", i), Type: event.Alias, UserID: user, PreviousID: fmt.Sprint("u", i/3), Time: day0})
		apply(g, identity.Row{Type: event.Unlink, Unlinks: fmt.Sprint("a", i/2)})
	}
	close(stop)
	readers.Wait()
}

func subtract(a, b []person) []person {
	out := []person{}
	for _, p := range a {
		if !slices.ContainsFunc(b, func(q person) bool { return cmp.Equal(p, q) }) {
			out = append(out, p)
		}
	}
	return out
}

func whos(list []identity.Who) []person {
	out := []person{}
	for _, w := range list {
		slices.SortFunc(w.Refs, compareRefs)
		out = append(out, person{w.ID, w.Anonymous, w.Refs, w.Account})
	}
	return sorted(out)
}

// Several nodes number what they load on drafts, and learn of it as of what others loaded.
func TestADraftGivesTheNumbersThatTheGraphWillGive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := histories().Draw(t, "history")
		known := rapid.IntRange(0, len(rows)).Draw(t, "known")
		g := graphOf(rows[:known]...)
		refs, accounts := len(g.RefsAfter(0)), len(g.AccountsAfter(0))
		d := g.Draft()
		var given [][2]identity.Number
		for _, r := range rows[known:] {
			given = append(given, [2]identity.Number{d.Number(userRef(r.UserID)), d.AccountNumber(r.GroupID)})
			d.Apply(r)
		}
		if len(g.RefsAfter(0)) != refs || len(g.AccountsAfter(0)) != accounts {
			t.Fatal("the graph learnt of a draft")
		}
		for i, r := range rows[known:] {
			if want := [2]identity.Number{g.Number(userRef(r.UserID)), g.AccountNumber(r.GroupID)}; given[i] != want {
				t.Fatalf("row %d: the draft gave %v, the graph gives %v", i, given[i], want)
			}
			g.Apply(r)
		}
		if diff := cmp.Diff(g.RefsAfter(identity.Number(refs)), d.Refs); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(g.AccountsAfter(identity.Number(accounts)), d.Accounts); diff != "" {
			t.Fatal(diff)
		}
	})
}
