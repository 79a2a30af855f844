package stream

import "math"

// portioning makes the parts of one answer alike. In their words stands, instead of the
// name alone, which name an event has and which patterns hold of it: so the words tell
// the class, whatever filters were judged by the store, and parts are read as fast as an
// index is that has none.
type portioning struct {
	matcher *matcher
	codes   map[uint64]uint32 // of a name in the upper half, a class in the lower one
	names   []string          // by code
	classes []uint32          // by code
	rules   []rule            // by code, where they fit
	recent  []recentCode      // by name
}

// recentCode is what was found of an event of a name, where there is one word of
// patterns.
type recentCode struct {
	match uint64
	code  uint32
	known bool
}

func newPortioning(patterns int) *portioning {
	return &portioning{matcher: newMatcher(patterns), codes: map[uint64]uint32{0: 0}, names: []string{""}, classes: []uint32{0}, rules: []rule{{classes: []uint16{0}}}}
}

// fits reports whether rules tell the classes there are.
func (o *portioning) fits() bool {
	return len(o.matcher.words) <= math.MaxUint16 && len(o.names) <= math.MaxUint16
}

// name writes the codes of names and classes instead of those of names, where there is
// room for them.
func (o *portioning) name(b *plain, s *Streams) {
	codes := make([]uint32, b.rows.len())
	for row, name := range b.rows.name {
		codes[row] = o.code(name, b.names.values, b.match[row*b.plan.words():][:b.plan.words()])
	}
	if !o.fits() {
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
		o.names, o.classes = append(o.names, names[name]), append(o.classes, class)
		o.rules = append(o.rules, rule{class: uint16(class), classes: []uint16{uint16(class)}})
	}
	if len(match) == 1 {
		*recent = recentCode{match[0], code, true}
	}
	return code
}
