package identity_test

import (
	"slices"
	"testing"

	"beichen/internal/event"
	"beichen/internal/identity"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// kept is what a store keeps of rows that came before a forget, by the ids that it
// takes out: whoever opens a workspace reads these.
func kept(rows []identity.Row, gone []event.Ref) []identity.Row {
	var out []identity.Row
	for _, r := range rows {
		previous := r.PreviousID != "" && (slices.Contains(gone, userRef(r.PreviousID)) || slices.Contains(gone, visitorRef(r.PreviousID)))
		if previous || slices.Contains(gone, ownRef(r)) {
			continue
		}
		if slices.Contains(gone, visitorRef(r.AnonymousID)) {
			r.AnonymousID = ""
		}
		out = append(out, r)
	}
	return out
}

// TestAGraphThatForgetsIsTheOneThatIsReadAgain forgets people between the messages of
// any history, some of whom come again: the graph must be the one that is made of the
// refs and the rows that are left.
func TestAGraphThatForgetsIsTheOneThatIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := identity.NewGraph()
		var stored []identity.Row
		for i, r := range histories().Draw(t, "history") {
			r.Seq = uint64(2 * i)
			apply(g, r)
			stored = append(stored, r)
			if v := g.View(); len(people(v)) > 0 && rapid.IntRange(0, 5).Draw(t, "forget") == 0 {
				before := people(v)
				somebody, _ := v.FindRef(rapid.SampledFrom(before).Draw(t, "who").Refs[0])
				gone := v.Refs(somebody)
				row := identity.Row{Seq: r.Seq + 1, Type: event.Forget, Forgets: v.Numbers(somebody)}
				stored = append(kept(stored, gone), row)
				g.Apply(row)
				if diff := cmp.Diff(before, people(v)); diff != "" {
					t.Fatalf("an earlier view changed: %s", diff)
				}
				for _, ref := range gone {
					if n, found := g.View().FindRef(ref); found {
						t.Fatalf("%v is found as %d", ref, n)
					}
				}
			}
			again := identity.NewGraph()
			if n := len(g.View().Owners()) - 1; n > 0 {
				if last := again.NumberAll(g.RefsAfter(0)); int(last) != n {
					t.Fatalf("%d refs, read again %d", n, last)
				}
			}
			for _, row := range stored {
				again.Apply(row)
			}
			if diff := cmp.Diff(people(again.View()), people(g.View())); diff != "" {
				t.Fatalf("after %+v (-read again +graph):\n%s", r, diff)
			}
			if diff := cmp.Diff(again.View().Owners(), g.View().Owners()); diff != "" {
				t.Fatalf("owners (-read again +graph):\n%s", diff)
			}
			if want, got := again.View().Persons, g.View().Persons; want != got || got != len(people(g.View())) {
				t.Fatalf("%d persons, read again %d, listed %d", got, want, len(people(g.View())))
			}
			if diff := cmp.Diff(again.View().ForgottenAfter(0), g.View().ForgottenAfter(0)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestAForgottenIdThatComesAgainIsANewCustomer(t *testing.T) {
	g := identity.NewGraph()
	first := g.Number(userRef("ann"))
	other := g.Number(userRef("bo"))
	g.Apply(identity.Row{Seq: 3, Type: event.Forget, Forgets: []identity.Number{first}})
	again := g.Number(userRef("ann"))
	if again == first || again == other || g.View().ID(again) != "ann" || g.View().ID(first) != "" {
		t.Errorf("ann was %d and is %d, shown as %q and %q", first, again, g.View().ID(first), g.View().ID(again))
	}
	if v := g.View(); v.Persons != 2 || !v.Forgotten(first) || v.Forgotten(again) || v.Forgotten(99) {
		t.Errorf("%d persons, forgotten %v %v", v.Persons, v.Forgotten(first), v.Forgotten(again))
	}
}

// TestNamesAreFoundAfterOthersWereTakenOut takes out half of many: searches must not
// end at the holes that they leave.
func TestNamesAreFoundAfterOthersWereTakenOut(t *testing.T) {
	g := identity.NewGraph()
	var numbers, gone []identity.Number
	id := func(i int) event.Ref { return userRef(string(rune(i + 100))) }
	for i := range 5000 {
		numbers = append(numbers, g.Number(id(i)))
		if i%2 == 0 {
			gone = append(gone, numbers[i])
		}
	}
	g.Apply(identity.Row{Seq: 1, Type: event.Forget, Forgets: gone})
	for i, n := range numbers {
		if found, ok := g.Lookup(id(i)); ok != (i%2 == 1) || ok && found != n {
			t.Fatalf("%d of %d is found as %d, %v", i, n, found, ok)
		}
	}
}
