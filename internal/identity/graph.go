package identity

import (
	"context"
	"maps"
	"slices"
	"sync"

	"beichen/internal/event"
)

// Graph holds every id of a workspace and everything that messages said about
// who is who. It lives in memory and is rebuilt from the warehouse when a
// workspace opens. It is safe for concurrent use; questions read a View of it.
type Graph struct {
	mu       sync.RWMutex
	refs     *names // marked by refMark
	accounts *names
	version  uint64

	said     arena // message ids
	links    []link
	sources  []string
	sourceOf map[string]uint16
	unlinked map[string]bool // message ids
	viewed   bool            // a view holds unlinked, which then is replaced, not changed

	forgotten []uint64 // one bit a number; replaced, not changed
	forgets   []forget // by Seq
	horizon   horizon

	// Previous ids of aliases have numbers of their own: they are ids of somebody
	// only once a message uses them as a user id or as an anonymous id.
	previous *names
	readings []reading // of previous id i+1
	relinked bool      // links or readings changed since view was built
	view     *View
	building sync.Mutex // one view is built at a time
}

// link is a Link without pointers.
type link struct {
	at      int64  // microseconds
	message offset // into Graph.said
	from    Number // identify and group: a ref; alias: a previous id
	to      Number // identify and alias: a ref; group: an account
	source  uint16
	how     how
}

type how uint8

const (
	identifies how = iota
	aliases
	groups
)

// reading is who a previous id may mean: the user and the visitor of that id, 0
// where no message ever used it so.
type reading struct{ user, anonymous Number }

const (
	userMark      byte = 'u'
	anonymousMark byte = 'a'
)

func refMark(r event.Ref) byte {
	if r.Anonymous {
		return anonymousMark
	}
	return userMark
}

// NewGraph makes a graph that knows nobody.
func NewGraph() *Graph {
	return &Graph{
		refs: newNames(), accounts: newNames(), previous: newNames(),
		sourceOf: map[string]uint16{}, unlinked: map[string]bool{},
	}
}

// Whole implements People.
func (g *Graph) Whole(context.Context) (*Graph, error) { return g, nil }

// Number is the number of a ref, which it gives where there is none yet: 1 for
// the first one, and so on in the order of the calls. An empty id has none.
func (g *Graph) Number(ref event.Ref) Number {
	if n, ok := g.Lookup(ref); ok || ref.ID == "" {
		return n
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.number(ref)
}

// NumberAll is Number for one ref after the other, as a store has them, and gives
// the last one's. A ref without an id is one that was forgotten: its number is
// nobody's.
func (g *Graph) NumberAll(refs []event.Ref) (last Number) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var forgotten []Number
	for run := range slices.Chunk(refs, abreast) {
		hashes := g.refs.arrive(len(run), func(i int) (byte, string) { return refMark(run[i]), run[i].ID })
		for i, ref := range run {
			if ref.ID != "" {
				last = g.numberHashed(ref, hashes[i])
				continue
			}
			last = g.refs.pass()
			forgotten = append(forgotten, last)
		}
	}
	g.strike(forgotten)
	return last
}

// Lookup is Number without giving one.
func (g *Graph) Lookup(ref event.Ref) (Number, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	n := g.refs.find(refMark(ref), ref.ID)
	return n, n != 0
}

// AccountNumber is the number of an account, given in the order of the calls
// from 1. An empty id has none.
func (g *Graph) AccountNumber(id string) Number {
	if n, ok := g.LookupAccount(id); ok || id == "" {
		return n
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.account(id)
}

// LookupAccount is AccountNumber without giving one.
func (g *Graph) LookupAccount(id string) (Number, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	n := g.accounts.find(0, id)
	return n, n != 0
}

// RefsAfter lists the refs whose numbers are greater than n, in their order;
// with n = 0 all of them. The loader stores what came since it last asked.
func (g *Graph) RefsAfter(n Number) []event.Ref {
	g.mu.RLock()
	defer g.mu.RUnlock()
	refs := g.refs.list()
	var out []event.Ref
	for i := n + 1; i <= g.refs.len(); i++ {
		out = append(out, refs.ref(i))
	}
	return out
}

// AccountsAfter lists the accounts whose numbers are greater than n, in their order.
func (g *Graph) AccountsAfter(n Number) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	accounts := g.accounts.list()
	var out []string
	for i := n + 1; i <= g.accounts.len(); i++ {
		_, id := accounts.text(i)
		out = append(out, string(id))
	}
	return out
}

// Apply takes in what one message said about who is who. The ids it names get
// numbers where they have none, in this order: the message's own ref, then the
// anonymous id of an identify; a previous id gets none. Messages of other types,
// and those without the ids their type needs, say nothing. The order of calls
// does not matter to who is who, and applying a row twice is applying it once.
func (g *Graph) Apply(row Row) {
	g.mu.Lock()
	defer g.mu.Unlock()
	user := event.Ref{ID: row.UserID}
	visitor := event.Ref{Anonymous: true, ID: row.AnonymousID}
	switch row.Type {
	case event.Identify:
		to, from := g.number(user), g.number(visitor)
		if from != 0 && to != 0 {
			g.add(row, identifies, from, to)
		}
	case event.Alias:
		to := g.number(user)
		if to != 0 && row.PreviousID != "" && row.PreviousID != row.UserID {
			g.add(row, aliases, g.previousID(row.PreviousID), to)
		}
	case event.Group:
		from := g.number(user)
		if from == 0 {
			from = g.number(visitor)
		}
		if account := g.account(row.GroupID); from != 0 && account != 0 {
			g.add(row, groups, from, account)
		}
	case event.Unlink:
		if row.Unlinks != "" && !g.unlinked[row.Unlinks] {
			if g.viewed {
				g.unlinked, g.viewed = maps.Clone(g.unlinked), false
			}
			g.unlinked[row.Unlinks] = true
			g.relinked = true
			g.version++
		}
	case event.Forget:
		g.forget(row)
	case event.Expire:
		if at := row.Time.UnixMicro(); at > g.horizon.at {
			g.horizon = horizon{at, row.Seq}
			g.version++
		}
	}
}

func (g *Graph) add(row Row, h how, from, to Number) {
	g.links = append(g.links, link{
		at: row.Time.UnixMicro(), message: g.said.add(0, row.MessageID),
		from: from, to: to, source: g.source(row.Source), how: h,
	})
	g.relinked = true
	g.version++
}

func (g *Graph) number(ref event.Ref) Number {
	return g.numberHashed(ref, g.refs.hash(refMark(ref), ref.ID))
}

func (g *Graph) numberHashed(ref event.Ref, hash uint32) Number {
	if ref.ID == "" {
		return 0
	}
	n, isNew := g.refs.numberOf(refMark(ref), ref.ID, hash)
	if isNew {
		g.version++
		if g.previous.len() == 0 {
			return n
		}
		if p := g.previous.find(0, ref.ID); p != 0 {
			g.readings[p-1] = g.read(ref.ID)
			g.relinked = true
		}
	}
	return n
}

func (g *Graph) account(id string) Number {
	if id == "" {
		return 0
	}
	n, isNew := g.accounts.number(0, id)
	if isNew {
		g.version++
	}
	return n
}

func (g *Graph) previousID(id string) Number {
	n, isNew := g.previous.number(0, id)
	if isNew {
		g.readings = append(g.readings, g.read(id))
	}
	return n
}

func (g *Graph) read(id string) reading {
	return reading{user: g.refs.find(userMark, id), anonymous: g.refs.find(anonymousMark, id)}
}

func (g *Graph) source(name string) uint16 {
	n, ok := g.sourceOf[name]
	if !ok {
		n = uint16(len(g.sources))
		g.sources = append(g.sources, name)
		g.sourceOf[name] = n
	}
	return n
}

func (l list) ref(n Number) event.Ref {
	mark, id := l.text(n)
	return event.Ref{Anonymous: mark == anonymousMark, ID: string(id)}
}
