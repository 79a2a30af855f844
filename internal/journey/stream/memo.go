package stream

import (
	"slices"
	"sync"
	"sync/atomic"
)

// memo is what questions found out of a block's events and left for the next: it goes with
// the block, and a block that takes its place begins without. Nothing of it hangs on a
// filter, a value or who somebody is, so that it holds whatever is asked. It is safe for
// concurrent use.
type memo struct {
	// lists are those of the names whose events are listed. The slice is replaced when it
	// changes, but for when lists were used: so it is read without waiting for anybody.
	lists atomic.Pointer[[]listed]

	mu     sync.Mutex // of all that follows
	listed int        // events in lists
	others []unlisted

	counts counts
}

// listed is what is known of the events of a name that are listed.
type listed struct {
	name uint32
	used uint64 // number of the question that asked for it last, about; atomic
	postings
}

// unlisted is a name that was asked for and is not listed.
type unlisted struct {
	name    uint32
	refused bool   // there was no room
	asked   uint64 // number of the question that asked for it last, or was refused
}

// questions counts them, of whatever index.
var questions atomic.Uint64

const (
	// listedPart is the part of a block's events that may be in lists: those of more
	// names are found as soon by reading all.
	listedPart = 4
	// longUnused is after how many questions a list may make room for others, and who was
	// refused is looked at again: more than a page asks, so that what it shows together
	// does not take each other's place.
	longUnused = 256
	// mostNames bounds what is remembered.
	mostNames = 1 << 10
)

// find is the list of a name; nil: it is not listed.
func (m *memo) find(name uint32, question uint64) *postings {
	lists := m.lists.Load()
	if lists == nil {
		return nil
	}
	for i := range *lists {
		if l := &(*lists)[i]; l.name == name {
			if question > atomic.LoadUint64(&l.used)+longUnused/8 { // about is enough, and does not make others wait
				atomic.StoreUint64(&l.used, question)
			}
			return &l.postings
		}
	}
	return nil
}

// ask lists the names that a question asks for, where that pays: a name is listed when it
// is asked for the second time, since a block may be replaced before, and where there is
// room for all that are asked for together.
func (m *memo) ask(b *Block, l Layout, names []uint32, question uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var missing []int // places in m.others
	wait := false
	for _, name := range names {
		if m.find(name, question) != nil {
			continue
		}
		at := slices.IndexFunc(m.others, func(of unlisted) bool { return of.name == name })
		switch {
		case at < 0:
			if wait = true; len(m.others) < mostNames {
				m.others = append(m.others, unlisted{name: name, asked: question})
			}
		case m.others[at].refused && question < m.others[at].asked+longUnused:
			wait = true
		default:
			missing = append(missing, at)
		}
	}
	if !wait && len(missing) > 0 {
		m.list(b, l, missing, question)
	}
}

// list lists the names in some places of m.others.
func (m *memo) list(b *Block, l Layout, places []int, question uint64) {
	var names []uint32
	for _, at := range places {
		names = append(names, m.others[at].name)
	}
	of, events := b.postings(l, names)
	lists, ok := m.makeRoom(events, len(b.Event)/listedPart, question)
	if !ok {
		for _, at := range places {
			m.others[at].refused, m.others[at].asked = true, question
		}
		return
	}
	for i, name := range names {
		lists = append(lists, listed{name, question, of[i]})
	}
	m.listed += events
	m.others = slices.DeleteFunc(m.others, func(of unlisted) bool { return slices.Contains(names, of.name) })
	m.lists.Store(&lists)
}

// makeRoom gives the lists that stay so that there is room for so many events more of at
// most: who were not used for long may go. It is not ok where that is not enough.
func (m *memo) makeRoom(events, most int, question uint64) (stay []listed, ok bool) {
	if lists := m.lists.Load(); lists != nil {
		for i := range *lists {
			l := &(*lists)[i]
			stay = append(stay, listed{l.name, atomic.LoadUint64(&l.used), l.postings})
		}
	}
	kept := m.listed
	stay = slices.DeleteFunc(stay, func(l listed) bool {
		gone := kept+events > most && question >= l.used+longUnused
		if gone {
			kept -= len(l.words)
		}
		return gone
	})
	if kept+events > most {
		return nil, false
	}
	m.listed = kept
	return stay, true
}

// bytes is what is kept in memory.
func (m *memo) bytes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 16 * len(m.others)
	if lists := m.lists.Load(); lists != nil {
		for i := range *lists {
			p := &(*lists)[i].postings
			n += 96 + 8*len(p.words) + 4*len(p.starts)
		}
	}
	return n
}
