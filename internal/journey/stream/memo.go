package stream

import (
	"cmp"
	"slices"
	"sync"
)

// memo is what questions found out of a block's events and left for the next: it goes with
// the block, and a block that takes its place begins without. Nothing of it hangs on a
// filter, a value or who somebody is, so that it holds whatever is asked. It is safe for
// concurrent use.
type memo struct {
	mu     sync.Mutex
	counts [mostCounts]boundedCount // a ring
	oldest int                      // of counts

	names  []named
	listed int    // events in lists
	clock  uint64 // of questions for lists
}

// mostCounts is of how many bounds it is known what lies inside: as many as a page asks
// for, mostly.
const mostCounts = 8

// boundedCount is what lies inside bounds.
type boundedCount struct {
	from, until uint64
	of          counted
}

// count is what lies inside bounds, counted where that is not known.
func (m *memo) count(in bounds, count func() counted) counted {
	if m == nil {
		return count()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.counts {
		if c := &m.counts[i]; c.from == in.from && c.until == in.until {
			return c.of
		}
	}
	of := count()
	m.counts[m.oldest] = boundedCount{in.from, in.until, of}
	m.oldest = (m.oldest + 1) % mostCounts
	return of
}

// named is what is known of the events of a name.
type named struct {
	name uint32
	used uint64 // when it was asked for last, or refused
	how  listing
	List // all of them by time, if they are listed
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

// list gives the lists of some names, in the memory of into. It is not ok where there are
// none: a name is listed when it is asked for the second time, since a block may be
// replaced before, and where there is room for all that are asked for together.
func (m *memo) list(b *Block, l Layout, names []uint32, into []List) (lists []List, ok bool) {
	if m == nil {
		return into, false
	}
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
			into = append(into, of.List)
		case of.how == refused && m.clock-of.used < longUnused:
			ok = false
		default:
			missing = append(missing, at)
		}
	}
	if ok && len(missing) > 0 {
		return m.fill(b, l, missing, into)
	}
	return into, ok
}

// fill lists the names in some places of m.names.
func (m *memo) fill(b *Block, l Layout, places []int, into []List) (lists []List, ok bool) {
	var names []uint32
	for _, at := range places {
		names = append(names, m.names[at].name)
	}
	fresh, events := b.list(l, names)
	ok = m.makeRoom(events, len(b.Event)/listedPart)
	for i, at := range places {
		of := &m.names[at]
		if of.used, of.how = m.clock, refused; ok {
			of.how, of.List = inList, fresh[i]
			into = append(into, fresh[i])
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
			m.listed -= len(of.Words)
			of.how, of.List = askedOnce, List{}
		}
	}
	return m.listed+events <= most
}

// bytes is what is kept in memory.
func (m *memo) bytes() int {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return 10*m.listed + 72*len(m.names)
}

// list makes the lists of some names, of so many events together.
func (b *Block) list(l Layout, names []uint32) (lists []List, n int) {
	type placed struct {
		word  uint64
		place uint16
	}
	of := make([]uint8, 1<<l.NameBits) // the number of a name, from 1
	events := make([][]placed, len(names)+1)
	for i, name := range names {
		of[name] = uint8(i + 1)
	}
	for place := range b.Len() {
		if b.First+uint32(place) == 0 {
			continue // nobody
		}
		for _, word := range b.Event[b.Start[place]:b.Start[place+1]] {
			if i := of[l.Name(word)]; i > 0 {
				events[i] = append(events[i], placed{word, uint16(place)})
			}
		}
	}
	for _, of := range events[1:] {
		slices.SortFunc(of, func(a, b placed) int { return cmp.Compare(a.word, b.word) })
		list := List{make([]uint64, len(of)), make([]uint16, len(of))}
		for e := range of {
			list.Words[e], list.Places[e] = of[e].word, of[e].place
		}
		lists, n = append(lists, list), n+len(of)
	}
	return lists, n
}
