package stream

import (
	"math"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// rule tells the class of the events of one name.
type rule struct {
	class uint16 // where there are no tests
	// tests are the filters of the patterns that ask for the name, classes the
	// class by which of them hold, a bit each.
	tests   []test
	classes []uint16
}

// classOf is the class of an event of the name that has a code in the one column which
// all tests look at.
func (r *rule) classOf(code uint32) uint32 {
	held := 0
	for bit, t := range r.tests {
		if !slices.ContainsFunc(t, func(a atom) bool { return !a.verdict(code) }) {
			held |= 1 << bit
		}
	}
	return uint32(r.classes[held])
}

// maxTests bounds the filters on one name: classes are laid out for every
// combination of them.
const maxTests = 8

// test is a filter: all its atoms must hold.
type test []atom

// atom is a condition made ready: a verdict for every value there is.
type atom struct {
	of     source
	column int    // with ofEvent and ofAccount
	holds  []bool // by code of the column, by number of the customer, or of the account
	beyond bool   // for numbers that holds does not cover
}

// source is where an atom or a key finds what it looks up.
type source uint8

const (
	ofEvent    source = iota // a column of the block
	ofCustomer               // the customer's number
	ofAccount                // the event's own account, a column, or else the customer's
)

func (a *atom) verdict(code uint32) bool {
	if int(code) < len(a.holds) {
		return a.holds[code]
	}
	return a.beyond
}

// key tells the codes of the values of a where key.
type key struct {
	of     source
	column int
	codes  []uint32 // of the value, by what the source gives; nil: that is the code
}

// reading is how blocks are read for one question.
type reading struct {
	bounded          bool
	bounds                  // where bounded
	rules            []rule // by code of a name; nil: the block's class tells
	segment          test
	keys             []key
	accountOf        func(customer uint32) identity.Number
	unconditional    []uint16 // the class by name where no rule has tests
	matching         uint64   // names, modulo 64, that may be of a class other than 0
	matchesOtherwise bool     // Has cannot tell: the block's class does
}

// matcher makes rules of patterns.
type matcher struct {
	classes map[string]uint32
	words   [][]uint64
	size    int // words a class
}

func newMatcher(patterns int) *matcher {
	m := &matcher{classes: map[string]uint32{}, size: (patterns + 63) / 64}
	m.number(make([]uint64, m.size))
	return m
}

// number gives a set of patterns its class.
func (m *matcher) number(words []uint64) (class uint32) {
	key := make([]byte, 0, 8*len(words))
	for _, w := range words {
		for shift := 0; shift < 64; shift += 8 {
			key = append(key, byte(w>>shift))
		}
	}
	class, known := m.classes[string(key)]
	if !known {
		class = uint32(len(m.words))
		m.classes[string(key)] = class
		m.words = append(m.words, append([]uint64(nil), words...))
	}
	return class
}

// rules makes a rule for every name. filter turns the filter of a pattern into a
// test; ok is false where one cannot be, or where they are too many.
func (m *matcher) rules(names []string, patterns []event.Pattern, filter func(event.Filter) (test, bool)) (rules []rule, ok bool) {
	tests := make([]test, len(patterns))
	for i, p := range patterns {
		if len(p.Where) == 0 {
			continue
		}
		if tests[i], ok = filter(p.Where); !ok {
			return nil, false
		}
	}
	rules = make([]rule, len(names))
	for n, name := range names {
		always := make([]uint64, m.size)
		var conditional []int
		for i, p := range patterns {
			switch {
			case !p.AnyName && p.Name != name:
			case len(p.Where) > 0:
				conditional = append(conditional, i)
			default:
				always[i/64] |= 1 << (i % 64)
			}
		}
		if len(conditional) > maxTests {
			return nil, false
		}
		r := &rules[n]
		for combination := range 1 << len(conditional) {
			words := append([]uint64(nil), always...)
			for bit, i := range conditional {
				if combination>>bit&1 == 1 {
					words[i/64] |= 1 << (i % 64)
				}
			}
			class := m.number(words)
			if class > math.MaxUint16 {
				return nil, false
			}
			r.classes = append(r.classes, uint16(class))
		}
		for _, i := range conditional {
			r.tests = append(r.tests, tests[i])
		}
		r.class = r.classes[0]
	}
	return rules, true
}

// prepare works out what makes reading fast.
func (r *reading) prepare() {
	if r.rules == nil {
		r.matchesOtherwise = true
		return
	}
	plain := len(r.segment) == 0
	unconditional := make([]uint16, len(r.rules))
	for n := range r.rules {
		u := &r.rules[n]
		plain = plain && len(u.tests) == 0
		unconditional[n] = u.class
		for _, class := range u.classes {
			if class != 0 {
				r.matching |= 1 << (n & 63)
			}
		}
	}
	if plain {
		r.unconditional = unconditional
	}
}

// ClassesOfNames gives the class of each name's events, Conditional where a filter
// decides; ok is false where the events' words do not tell what counts: there is
// a segment, or classes were found out otherwise.
func (s *Streams) ClassesOfNames() (classes []uint32, ok bool) {
	if s.rules == nil || len(s.segment) > 0 {
		return nil, false
	}
	classes = make([]uint32, len(s.rules))
	for n := range s.rules {
		classes[n] = uint32(s.rules[n].class)
		if len(s.rules[n].tests) > 0 {
			classes[n] = Conditional
		}
	}
	return classes, true
}

// Conditional stands for a class that only Cursor.ClassOf knows.
const Conditional = math.MaxUint32

// NamesOf is the set, by code modulo 64, of the names whose events can be of a
// class that is wanted. A customer whose Block.Has shares nothing with it has no
// such event. Where names do not tell it is full.
func (s *Streams) NamesOf(wanted func(class uint32) bool) uint64 {
	if s.rules == nil {
		return math.MaxUint64
	}
	var names uint64
	for n := range s.rules {
		for _, class := range s.rules[n].classes {
			if wanted(uint32(class)) {
				names |= 1 << (n & 63)
			}
		}
	}
	return names
}
