package stream

import (
	"math"

	"beichen/internal/identity"
)

// portioning makes the parts of one answer alike.
//
// Customers of a part are numbered from 1, so that blocks are full. In its words stands,
// instead of the name alone, which name an event has and which patterns hold of it: so
// the words tell the class, whatever filters were judged by the store, and parts are
// read as fast as an index is that has none.
type portioning struct {
	matcher *matcher
	codes   map[uint64]uint32 // of a name in the upper half, a class in the lower one
	names   []string          // by code
	rules   []rule            // by code
	recent  []recentCode      // by name

	numbered bool     // customers have the part's numbers as they come
	numbers  []uint32 // in the part by the customer's own number; all 0 between parts
}

// recentCode is what was found of an event of a name, where there is one word of
// patterns.
type recentCode struct {
	match uint64
	code  uint32
	known bool
}

func newPortioning(patterns int) *portioning {
	return &portioning{matcher: newMatcher(patterns), codes: map[uint64]uint32{0: 0}, names: []string{""}, rules: []rule{{classes: []uint16{0}}}}
}

// renumber gives the customers of a part its numbers, and tells their ids.
func (o *portioning) renumber(customers []uint32, id func(uint32) string) func(uint32) string {
	own := []identity.Number{0}
	for e, c := range customers {
		if c == 0 {
			continue
		}
		if int(c) >= len(o.numbers) {
			o.numbers = append(o.numbers, make([]uint32, int(c)+1)...)
		}
		if o.numbers[c] == 0 {
			o.numbers[c] = uint32(len(own))
			own = append(own, c)
		}
		customers[e] = o.numbers[c]
	}
	for _, c := range own[1:] {
		o.numbers[c] = 0
	}
	return func(number uint32) string { return id(own[number]) }
}

// name writes the codes of names and classes instead of those of names, where there is
// room for them.
func (o *portioning) name(b *plain, s *Streams) {
	codes := make([]uint32, b.rows.len())
	for row, name := range b.rows.name {
		codes[row] = o.code(name, b.names.values, b.match[row*b.plan.words():][:b.plan.words()])
	}
	if len(o.matcher.words) > math.MaxUint16 || len(o.names) > math.MaxUint16 {
		s.Classes = b.classes()
		return
	}
	b.rows.name, b.match = codes, b.match[:0]
	s.Names, s.Classes, s.rules = o.names, o.matcher.words, o.rules
}

func (o *portioning) code(name uint32, names []string, match []uint64) uint32 {
	for int(name) >= len(o.recent) {
		o.recent = append(o.recent, recentCode{})
	}
	recent := &o.recent[name]
	if len(match) == 1 && recent.known && recent.match == match[0] {
		return recent.code
	}
	class := o.matcher.number(match)
	key := uint64(name)<<32 | uint64(class)
	code, known := o.codes[key]
	if !known {
		code = uint32(len(o.names))
		o.codes[key] = code
		o.names = append(o.names, names[name])
		o.rules = append(o.rules, rule{class: uint16(class), classes: []uint16{uint16(class)}})
	}
	if len(match) == 1 {
		*recent = recentCode{match[0], code, true}
	}
	return code
}
