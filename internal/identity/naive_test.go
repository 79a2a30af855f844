package identity_test

import (
	"cmp"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"

	"pgregory.net/rapid"
)

// person is what the tests compare: who somebody is, whatever their numbers.
type person struct {
	ID        string
	Anonymous bool
	Refs      []event.Ref
	Account   string
}

func userRef(id string) event.Ref    { return event.Ref{ID: id} }
func visitorRef(id string) event.Ref { return event.Ref{Anonymous: true, ID: id} }

// naive reads the rules of the package from scratch: every pass goes over all
// rows, ids are strings, and merging repeats until nothing changes.
func naive(rows []identity.Row) []person {
	unlinked := map[string]bool{}
	known := map[event.Ref]bool{}
	for _, r := range rows {
		switch {
		case r.Type == event.Unlink:
			unlinked[r.Unlinks] = true
			continue
		case r.UserID != "":
			known[userRef(r.UserID)] = true
		case r.AnonymousID != "" && r.Type != event.Alias:
			known[visitorRef(r.AnonymousID)] = true
		}
		if r.Type == event.Identify && r.AnonymousID != "" {
			known[visitorRef(r.AnonymousID)] = true
		}
	}
	var standing []identity.Row
	for _, r := range rows {
		if !unlinked[r.MessageID] {
			standing = append(standing, r)
		}
	}
	slices.SortFunc(standing, func(a, b identity.Row) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.MessageID, b.MessageID))
	})

	of := map[event.Ref]string{} // a label of the person each ref belongs to
	for ref := range known {
		of[ref] = ref.ID + "|" + map[bool]string{true: "visitor", false: "user"}[ref.Anonymous]
	}
	for range known {
		for _, r := range standing {
			from, to := userRef(r.PreviousID), userRef(r.UserID)
			if r.Type == event.Alias && r.PreviousID != r.UserID && known[from] && known[to] {
				label := min(of[from], of[to])
				of[from], of[to] = label, label
			}
		}
	}
	for ref := range known {
		if !ref.Anonymous {
			continue
		}
		for _, r := range standing {
			linked := r.Type == event.Identify && r.AnonymousID == ref.ID && r.UserID != "" ||
				r.Type == event.Alias && r.PreviousID == ref.ID && r.UserID != "" && r.PreviousID != r.UserID
			if linked {
				of[ref] = of[userRef(r.UserID)]
				break
			}
		}
	}

	people := map[string]*person{}
	for ref, label := range of {
		p := people[label]
		if p == nil {
			p = &person{}
			people[label] = p
		}
		p.Refs = append(p.Refs, ref)
		if !ref.Anonymous { // one without alias has one user id
			p.ID = ref.ID
		}
	}
	for _, p := range people {
		if p.ID == "" {
			p.ID, p.Anonymous = p.Refs[0].ID, true
		}
		for _, r := range standing {
			switch own := ownRef(r); {
			case r.Type == event.Alias && r.PreviousID != "" && r.PreviousID != r.UserID && slices.Contains(p.Refs, userRef(r.UserID)):
				p.ID = r.UserID
			case r.Type == event.Group && r.GroupID != "" && slices.Contains(p.Refs, own):
				p.Account = r.GroupID
			}
		}
	}
	var out []person
	for _, p := range people {
		slices.SortFunc(p.Refs, compareRefs)
		out = append(out, *p)
	}
	return sorted(out)
}

func ownRef(r identity.Row) event.Ref {
	if r.UserID != "" {
		return userRef(r.UserID)
	}
	return visitorRef(r.AnonymousID)
}

func compareRefs(a, b event.Ref) int {
	if a.Anonymous != b.Anonymous {
		if a.Anonymous {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.ID, b.ID)
}

func sorted(people []person) []person {
	slices.SortFunc(people, func(a, b person) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), slices.CompareFunc(a.Refs, b.Refs, compareRefs))
	})
	return people
}

// people reads the same through the API of a View.
func people(v *identity.View) []person {
	var out []person
	for n := identity.Number(1); int(n) < len(v.Owners()); n++ {
		if v.Person(n) != n || v.Forgotten(n) {
			continue
		}
		refs := v.Refs(n)
		slices.SortFunc(refs, compareRefs)
		out = append(out, person{v.ID(n), v.Anonymous(n), refs, v.AccountID(v.AccountOf(n))})
	}
	return sorted(out)
}

func graphOf(rows ...identity.Row) *identity.Graph {
	g := identity.NewGraph()
	for _, r := range rows {
		apply(g, r)
	}
	return g
}

// apply does what capture does with any message: number its own ref, then apply.
func apply(g *identity.Graph, r identity.Row) {
	if r.Type != event.Unlink && ownRef(r).ID != "" {
		g.Number(ownRef(r))
	}
	g.Apply(r)
}

var day0 = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// histories draws small histories in which everything collides: user ids that
// are anonymous ids too, equal times, cycles, shared devices, unlinks of
// anything, and messages of which only the ref counts.
//
// Few ids make every collision likely; more of them leave people apart whom a
// change must not touch.
func histories() *rapid.Generator[[]identity.Row] {
	return rapid.Custom(func(t *rapid.T) []identity.Row {
		ids := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}[:rapid.SampledFrom([]int{5, 12}).Draw(t, "ids")]
		n := rapid.IntRange(0, 3*len(ids)).Draw(t, "rows")
		rows := make([]identity.Row, n)
		for i := range rows {
			id := func(name string) string { return rapid.SampledFrom(ids).Draw(t, name) }
			r := identity.Row{
				MessageID: string(rune('A' + i)), Source: "test",
				Time: day0.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour")) * time.Hour),
			}
			switch r.Type = rapid.SampledFrom([]event.Type{event.Identify, event.Identify, event.Alias, event.Group, event.Unlink, event.Track}).Draw(t, "type"); r.Type {
			case event.Identify:
				r.UserID, r.AnonymousID = id("user"), id("visitor")
			case event.Alias:
				r.UserID, r.PreviousID = id("user"), id("previous")
			case event.Unlink:
				r.Unlinks = string(rune('A' + rapid.IntRange(0, n-1).Draw(t, "unlinks")))
			default:
				if rapid.Bool().Draw(t, "anonymous") {
					r.AnonymousID = id("visitor")
				} else {
					r.UserID = id("user")
				}
				if r.Type == event.Group {
					r.GroupID = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "account")
				}
			}
			rows[i] = r
		}
		return rows
	})
}
