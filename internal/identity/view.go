package identity

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"beichen/internal/event"
)

// View is who was who at one moment. It never changes, so one question sees one
// truth; many goroutines may read it. A person is named by the number of the ref
// they are shown under, which holds inside this View only. Numbers given after
// the View was taken are persons of their own without an id.
type View struct {
	// Version grows with every change of the graph: of two Views of one graph with the
	// same one, every answer is the same.
	Version uint64
	// Persons is how many there are.
	Persons int

	graph    *Graph
	refs     list
	accounts list
	previous list
	said     arena
	links    []link
	sources  []string
	unlinked map[string]bool
	readings []reading

	forgotten []uint64
	forgets   []forget
	horizon   horizon

	person []Number // by number; 0 is unused
	moved  []uint64 // one bit a number: it is of a person with another number
	next   []Number // the ids of a person as a ring
	group  []uint32 // by person: 1 + the index of the link of their account; 0 is none

	people      sync.Once // fills byAccount
	peopleStart []uint32
	peopleOf    []Number
}

// SameGraph reports whether two Views are of one graph: numbers mean the same in both, and
// of two with the same Version every answer is the same.
func (v *View) SameGraph(other *View) bool { return v.graph == other.graph }

// Of reports whether the View is of a graph.
func (v *View) Of(g *Graph) bool { return v.graph == g }

// Person is who a ref belongs to.
func (v *View) Person(n Number) Number {
	if int(n) >= len(v.person) {
		return n
	}
	return v.person[n]
}

// AppendPersons appends who each of some refs belongs to. Most ids are those their
// persons are shown under: of these a bit is read, which a processor has at hand,
// and no more.
func (v *View) AppendPersons(to, refs []Number) []Number {
	moved := v.moved
	for _, n := range refs {
		if word := int(n / 64); word < len(moved) && moved[word]>>(n%64)&1 == 1 {
			n = v.person[n]
		}
		to = append(to, n)
	}
	return to
}

// Move is an id that belongs to another person than before.
type Move struct {
	Ref      Number
	From, To Number // the persons
}

// Owners is who each ref belongs to, by its number. It is read-only.
func (v *View) Owners() []Number { return v.person }

// Moved lists the refs that have other owners than they had, those alone that had
// any.
func (v *View) Moved(owners []Number) []Move {
	if len(owners) == 0 || &owners[0] == &v.person[0] {
		return nil // the one was extended from the other
	}
	var moved []Move
	for n, from := range owners[:min(len(owners), len(v.person))] {
		if to := v.person[n]; from != to {
			moved = append(moved, Move{Ref: Number(n), From: from, To: to})
		}
	}
	return moved
}

// Regrouped reports whether some ref's person belongs to another account than in
// an earlier View.
func (v *View) Regrouped(before *View) bool {
	if len(before.person) == 0 || &before.person[0] == &v.person[0] && &before.group[0] == &v.group[0] {
		return false
	}
	for n, from := range before.person[:min(len(before.person), len(v.person))] {
		if before.AccountOf(from) != v.AccountOf(v.person[n]) {
			return true
		}
	}
	return false
}

// ID is the id that a person is shown under, "" for a number the View does not know.
func (v *View) ID(person Number) string {
	_, id := v.refs.text(person)
	return string(id)
}

// Anonymous reports whether a person is known by an anonymous id only.
func (v *View) Anonymous(person Number) bool {
	mark, _ := v.refs.text(person)
	return mark == anonymousMark
}

// Ref is the ref with a number.
func (v *View) Ref(n Number) event.Ref { return v.refs.ref(n) }

// AccountOf is the account of a person's latest group message, 0 without one.
func (v *View) AccountOf(person Number) Number {
	if int(person) >= len(v.group) || v.group[person] == 0 {
		return 0
	}
	return v.links[v.group[person]-1].to
}

// AccountID is the id of an account, "" for 0 and for numbers given later.
func (v *View) AccountID(account Number) string {
	_, id := v.accounts.text(account)
	return string(id)
}

// Numbers lists the numbers of all ids of a person, ascending.
func (v *View) Numbers(person Number) []Number {
	if person == 0 || int(person) >= len(v.next) {
		return nil
	}
	out := []Number{person}
	for n := v.next[person]; n != person; n = v.next[n] {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// Refs lists all ids of a person: user ids first, each kind in the order in
// which they were first seen.
func (v *View) Refs(person Number) []event.Ref {
	var out []event.Ref
	for _, n := range v.Numbers(person) {
		out = append(out, v.refs.ref(n))
	}
	slices.SortStableFunc(out, byRank)
	return out
}

func byRank(a, b event.Ref) int { return cmp.Compare(rank(a), rank(b)) }

func rank(r event.Ref) int {
	if r.Anonymous {
		return 1
	}
	return 0
}

// People lists the persons whose account it is, ascending.
func (v *View) People(account Number) []Number {
	v.people.Do(v.groupPeople)
	if account == 0 || int(account) >= len(v.peopleStart)-1 {
		return nil
	}
	return v.peopleOf[v.peopleStart[account]:v.peopleStart[account+1]]
}

// groupPeople sorts persons by account, by counting.
func (v *View) groupPeople() {
	start := make([]uint32, len(v.accounts.at)+2)
	for _, l := range v.group {
		if l != 0 {
			start[v.links[l-1].to+1]++
		}
	}
	for a := 1; a < len(start); a++ {
		start[a] += start[a-1]
	}
	of, fill := make([]Number, start[len(start)-1]), slices.Clone(start)
	for person, l := range v.group {
		if l != 0 {
			a := v.links[l-1].to
			of[fill[a]] = Number(person)
			fill[a]++
		}
	}
	v.peopleStart, v.peopleOf = start, of
}

// Find is the person with an id: a user id, otherwise an anonymous id.
func (v *View) Find(id string) (person Number, ok bool) {
	if person, ok = v.FindRef(event.Ref{ID: id}); ok {
		return person, ok
	}
	return v.FindRef(event.Ref{Anonymous: true, ID: id})
}

// FindRef is the person with a ref.
func (v *View) FindRef(ref event.Ref) (person Number, ok bool) {
	n, ok := v.graph.Lookup(ref)
	if !ok || int(n) >= len(v.person) {
		return 0, false
	}
	return v.person[n], true
}

// FindAccount is the account with an id.
func (v *View) FindAccount(id string) (Number, bool) {
	n, ok := v.graph.LookupAccount(id)
	return n, ok && int(n) <= len(v.accounts.at)
}

// HasLink reports whether the message said who is who, be it taken back or not.
func (v *View) HasLink(messageID string) bool {
	return slices.ContainsFunc(v.links, func(l link) bool { return v.link(l).MessageID == messageID })
}

// Links lists what messages said about a person's ids, by (time, messageId):
// also what was taken back, and links that another one of the same anonymous id
// came before.
func (v *View) Links(person Number) []Link {
	var found []link
	for _, l := range v.links {
		if v.concerns(l, person) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, v.order)
	out := make([]Link, 0, len(found))
	for _, l := range found {
		out = append(out, v.link(l))
	}
	return slices.Compact(out) // a row that was applied twice
}

func (v *View) concerns(l link, person Number) bool {
	switch l.how {
	case identifies:
		return v.person[l.from] == person || v.person[l.to] == person
	case aliases:
		r := v.readings[l.from-1]
		return v.person[l.to] == person || v.person[r.user] == person || v.person[r.anonymous] == person
	default:
		return v.person[l.from] == person
	}
}

func (v *View) link(l link) Link {
	_, message := v.said.get(l.message)
	out := Link{
		MessageID: string(message), At: time.UnixMicro(l.at).UTC(),
		Source: v.sources[l.source], Undone: v.unlinked[string(message)],
	}
	switch l.how {
	case identifies:
		out.How, out.From, out.To = ByIdentify, v.refs.ref(l.from), v.refs.ref(l.to)
	case aliases:
		_, id := v.previous.text(l.from)
		r := v.readings[l.from-1]
		out.How, out.To = ByAlias, v.refs.ref(l.to)
		out.From = event.Ref{ID: string(id), Anonymous: r.user == 0 && r.anonymous != 0}
	default:
		out.How, out.From, out.Account = ByGroup, v.refs.ref(l.from), v.AccountID(l.to)
	}
	return out
}

// order is by (time, messageId). Two messages that share both differ by their
// target, so that the order of arrival never decides.
func (v *View) order(a, b link) int {
	if c := cmp.Or(cmp.Compare(a.at, b.at), v.said.compare(a.message, b.message)); c != 0 {
		return c
	}
	if a.how == groups && b.how == groups {
		return v.accounts.compare(v.accounts.at[a.to-1], v.accounts.at[b.to-1])
	}
	if a.how != groups && b.how != groups {
		return v.refs.compare(v.refs.at[a.to-1], v.refs.at[b.to-1])
	}
	return cmp.Compare(a.how, b.how)
}
