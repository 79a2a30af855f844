package stream

import (
	"slices"
	"sync"
)

// memo is what questions found out of a block's events and left for the next: it goes with
// the block, and a block that takes its place begins without. Nothing of it hangs on a
// filter, a value or who somebody is, so that it holds whatever is asked. It is safe for
// concurrent use.
type memo struct {
	mu     sync.Mutex
	clock  uint64 // of questions for lists
	listed int    // events in lists
	names  []named

	counts counts
}

// named is what is known of the events of a name.
type named struct {
	name     uint32
	how      listing
	used     uint64 // when it was asked for last, or refused
	postings        // if they are listed
}

// listing says whether events are listed.
type listing uint8

const (
	askedOnce listing = iota
	inList
	refused // there is no room
)

const (
	// listedPart is the part of a block's events that may be in lists: those of more
	// names are found as soon by reading all.
	listedPart = 4
	// longUnused is after how many questions a list may make room for others, and who was
	// refused is looked at again: more than a page asks, so that what it shows together
	// does not take each other's place.
	longUnused = 64
	// mostNames bounds what is remembered.
	mostNames = 1 << 10
)

// lists gives what lies inside bounds of the events of some names, in the memory of into.
// It is not ok where there are no lists: a name is listed when it is asked for the second
// time, since a block may be replaced before, and where there is room for all that are
// asked for together.
func (m *memo) lists(b *Block, l Layout, names []uint32, in bounds, into []List) (lists []List, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	var missing []int // places in m.names
	ok = true
	for _, name := range names {
		at := slices.IndexFunc(m.names, func(of named) bool { return of.name == name })
		if at < 0 {
			if ok = false; len(m.names) < mostNames {
				m.names = append(m.names, named{name: name, used: m.clock})
			}
			continue
		}
		switch of := &m.names[at]; {
		case of.how == inList:
			of.used = m.clock
			into = append(into, List{name, of.inside(l, in)})
		case of.how == refused && m.clock-of.used < longUnused:
			ok = false
		default:
			missing = append(missing, at)
		}
	}
	if ok && len(missing) > 0 {
		return m.fill(b, l, missing, in, into)
	}
	return into, ok
}

// fill lists the names in some places of m.names.
func (m *memo) fill(b *Block, l Layout, places []int, in bounds, into []List) (lists []List, ok bool) {
	var names []uint32
	for _, at := range places {
		names = append(names, m.names[at].name)
	}
	fresh, events := b.postings(l, names)
	ok = m.makeRoom(events, len(b.Event)/listedPart)
	for i, at := range places {
		of := &m.names[at]
		if of.used, of.how = m.clock, refused; ok {
			of.how, of.postings = inList, fresh[i]
			into = append(into, List{of.name, of.inside(l, in)})
		}
	}
	if ok {
		m.listed += events
	}
	return into, ok
}

// makeRoom lets go of lists that were not used for long until there is room for so many
// events more of at most.
func (m *memo) makeRoom(events, most int) bool {
	for i := range m.names {
		of := &m.names[i]
		if m.listed+events <= most {
			break
		}
		if of.how == inList && m.clock-of.used >= longUnused {
			m.listed -= len(of.words)
			of.how, of.postings = askedOnce, postings{}
		}
	}
	return m.listed+events <= most
}

// bytes is what is kept in memory.
func (m *memo) bytes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for i := range m.names {
		p := &m.names[i].postings
		n += 96 + 8*len(p.words) + 4*len(p.starts)
	}
	return n
}
