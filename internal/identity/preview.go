package identity

import (
	"cmp"
	"slices"

	"beichen/internal/event"
)

// Change is what rows would do to people: those it would change, as they are and
// as they would be, each list by id. Both are empty where nothing would change.
type Change struct {
	Before []Who `json:"before"`
	After  []Who `json:"after"`
}

// Who is one person of a Change.
type Who struct {
	ID        string      `json:"id"`
	Anonymous bool        `json:"anonymous,omitempty"`
	Refs      []event.Ref `json:"refs"`
	Account   string      `json:"account,omitempty"`
}

// Preview tells what applying rows would change, without applying them. It plays
// them on a small graph of the people concerned: those whose ids the rows or the
// unlinked messages name, and those whom one more link ties to these.
func (g *Graph) Preview(rows ...Row) Change {
	v := g.View()
	inside := v.concerned(rows)
	now := NewGraph()
	for _, n := range inside.numbers {
		now.Number(v.refs.ref(n))
	}
	for _, l := range v.links {
		if v.plays(l, inside.people) {
			now.Apply(v.row(l))
		}
	}
	for message := range v.unlinked { // also of messages that only the rows bring
		now.Apply(Row{Type: event.Unlink, Unlinks: message})
	}
	before := now.View()
	for _, row := range rows {
		now.Apply(row)
	}
	return difference(before, now.View())
}

type concerned struct {
	people  map[Number]bool
	numbers []Number // of all their ids, ascending
}

func (v *View) concerned(rows []Row) concerned {
	people := map[Number]bool{}
	named, unlinks := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		unlinks[row.Unlinks] = row.Unlinks != ""
		for _, id := range []string{row.UserID, row.AnonymousID, row.PreviousID} {
			named[id] = id != ""
			for _, anonymous := range []bool{false, true} {
				if p, ok := v.FindRef(event.Ref{Anonymous: anonymous, ID: id}); ok {
					people[p] = true
				}
			}
		}
	}
	for _, l := range v.links {
		_, message := v.said.get(l.message)
		previous := v.previousOf(l)
		if unlinks[string(message)] || named[string(previous)] {
			v.eachEnd(l, func(n Number) { people[v.person[n]] = true })
		}
	}
	tied := map[Number]bool{}
	for _, l := range v.links {
		if v.ties(l, people) {
			v.eachEnd(l, func(n Number) { tied[v.person[n]] = true })
		}
	}
	out := concerned{people: people}
	for p := range tied {
		people[p] = true
	}
	for p := range people {
		out.numbers = append(out.numbers, v.Numbers(p)...)
	}
	slices.Sort(out.numbers)
	return out
}

// previousOf is the previous id that an alias names, nil of other links.
func (v *View) previousOf(l link) []byte {
	if l.how != aliases {
		return nil
	}
	_, id := v.previous.text(l.from)
	return id
}

// eachEnd calls f with every ref that a link is about.
func (v *View) eachEnd(l link, f func(Number)) {
	if l.how == aliases {
		r := v.readings[l.from-1]
		for _, n := range []Number{r.user, r.anonymous} {
			if n != 0 {
				f(n)
			}
		}
		f(l.to)
		return
	}
	f(l.from)
	if l.how == identifies {
		f(l.to)
	}
}

// ties reports whether a link is about one of the people.
func (v *View) ties(l link, people map[Number]bool) (some bool) {
	v.eachEnd(l, func(n Number) { some = some || people[v.person[n]] })
	return some
}

// plays reports whether a link is played among the people. Of an alias the
// target must be there: who its previous id may also mean, and is not there, is
// unknown to the small graph too, and the alias then says nothing of them.
func (v *View) plays(l link, people map[Number]bool) bool {
	switch l.how {
	case identifies:
		return people[v.person[l.from]] && people[v.person[l.to]]
	case aliases:
		return people[v.person[l.to]]
	default:
		return people[v.person[l.from]]
	}
}

// row is the message behind a link.
func (v *View) row(l link) Row {
	said := v.link(l)
	row := Row{MessageID: said.MessageID, Source: said.Source, Time: said.At}
	switch l.how {
	case identifies:
		row.Type, row.UserID, row.AnonymousID = event.Identify, said.To.ID, said.From.ID
	case aliases:
		row.Type, row.UserID, row.PreviousID = event.Alias, said.To.ID, said.From.ID
	default:
		row.Type, row.GroupID = event.Group, said.Account
		if said.From.Anonymous {
			row.AnonymousID = said.From.ID
		} else {
			row.UserID = said.From.ID
		}
	}
	return row
}

func difference(before, after *View) Change {
	was, is := before.everybody(), after.everybody()
	return Change{Before: without(was, is), After: without(is, was)}
}

func (v *View) everybody() []Who {
	var out []Who
	for n := Number(1); int(n) < len(v.person); n++ {
		if v.person[n] == n {
			out = append(out, Who{ID: v.ID(n), Anonymous: v.Anonymous(n), Refs: v.Refs(n), Account: v.AccountID(v.AccountOf(n))})
		}
	}
	slices.SortFunc(out, func(a, b Who) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), slices.CompareFunc(a.Refs, b.Refs, compareRefs))
	})
	return out
}

// without lists those of a that are not in b. It never gives nil, which JSON
// would write as null.
func without(a, b []Who) []Who {
	out := []Who{}
	for _, w := range a {
		if !slices.ContainsFunc(b, w.equal) {
			out = append(out, w)
		}
	}
	return out
}

func (w Who) equal(o Who) bool {
	return w.ID == o.ID && w.Anonymous == o.Anonymous && w.Account == o.Account && slices.Equal(w.Refs, o.Refs)
}

func compareRefs(a, b event.Ref) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID))
}
