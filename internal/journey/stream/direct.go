package stream

import (
	"math"
	"math/bits"
	"slices"
)

// Direct reading is for questions so plain that a pass over the words of the
// blocks answers them: no cursor copies what it reads.

// ByName gives the class of an event by the code of its name, and the names,
// modulo 64, that may be of a class other than 0: a customer whose Has holds none
// of them has nothing to tell. It is not ok where the name alone does not tell the
// class, for a filter or a segment has a say; a Cursor reads then.
func (s *Streams) ByName() (class []uint16, has uint64, ok bool) {
	return s.unconditional, s.matching, s.unconditional != nil
}

// ByValue tells the class of an event by its name and its code in one column together.
type ByValue struct {
	// Classes are the classes by the code above and the name below, of Layout.NameBits
	// bits. There are as many as a power of two.
	Classes []uint32

	column int
}

// ByValue is nil where names alone tell the classes, where something else decides too, where
// the column has more values than a byte can count, or where there are too many names for
// a table of them all.
func (s *Streams) ByValue() *ByValue {
	const none, most = -1, 1 << 17
	column, values := none, 0
	for n := range s.rules {
		for _, t := range s.rules[n].tests {
			for i := range t {
				a := &t[i]
				if a.of != ofEvent || len(a.holds) > 1<<8 || column != none && a.column != column {
					return nil
				}
				column, values = a.column, len(a.holds)
			}
		}
	}
	size := 1 << s.NameBits << bits.Len(uint(values))
	if column == none || len(s.segment) > 0 || size > most {
		return nil
	}
	v := &ByValue{column: column, Classes: make([]uint32, size)}
	for code := range values {
		classes := v.Classes[code<<s.NameBits:]
		for n := range s.rules {
			classes[n] = s.rules[n].classOf(uint32(code))
		}
	}
	return v
}

// Codes are those of a block's events in the column; none where all of them are 0.
func (v *ByValue) Codes(b *Block) []uint8 { return b.columns[v.column].narrow }

// Span is a customer of a block by their place in it, and their events that count:
// from Low on and before High, of Block.Event.
type Span struct{ Place, Low, High uint32 }

// Spans gives those customers of a block who have events inside the bounds, in the
// memory of into. It is not ok where a segment leaves some of these events out.
func (s *Streams) Spans(b *Block, into []Span) (spans []Span, ok bool) {
	if len(s.segment) > 0 {
		return into[:0], false
	}
	return s.inside().spans(b, into), true
}

// bounds are what lies between two instants.
type bounds struct {
	from, until uint64 // words: the first inside, and the first beyond
	slots       uint64 // Block.When of who may have been there
}

var everything = bounds{0, math.MaxUint64, math.MaxUint64}

// inside are the bounds that a question has, if only those of everything.
func (r *reading) inside() bounds {
	if r.bounded {
		return r.bounds
	}
	return everything
}

func (o bounds) spans(b *Block, into []Span) []Span {
	spans := slices.Grow(into[:0], b.Len())[:b.Len()]
	n := 0
	if o == everything {
		for i, low := range b.Start[:len(spans)] {
			high := b.Start[i+1]
			spans[n] = Span{uint32(i), low, high}
			_, some := bits.Sub64(uint64(low), uint64(high), 0)
			n += int(some)
		}
		return b.somebody(spans[:n])
	}
	for i, when := range b.When {
		spans[n].Place = uint32(i)
		_, there := bits.Sub64(0, when&o.slots, 0)
		n += int(there)
	}
	return o.within(b, b.somebody(spans[:n]))
}

// somebody leaves out whose events belong to nobody.
func (b *Block) somebody(spans []Span) []Span {
	if len(spans) > 0 && b.First == 0 && spans[0].Place == 0 {
		return spans[1:]
	}
	return spans
}

// within finds the events of customers inside the bounds, and leaves out who has none.
// All of a block's are found before any is looked into, by counting and without a
// branch that hangs on the words: so the processor fetches the next ones meanwhile,
// where a search would wait for memory at each of its steps.
func (o bounds) within(b *Block, spans []Span) []Span {
	const few = 24
	from, until := o.from, max(o.from, o.until)
	n := 0
	for _, span := range spans {
		words := b.Event[b.Start[span.Place]:b.Start[span.Place+1]]
		low, high := uint64(0), uint64(0)
		if len(words) <= few {
			for _, word := range words {
				_, before := bits.Sub64(word, from, 0)
				_, within := bits.Sub64(word, until, 0)
				low += before
				high += within
			}
		} else {
			low, high = countBelow(words, from), countBelow(words, until)
		}
		spans[n] = Span{span.Place, b.Start[span.Place] + uint32(low), b.Start[span.Place] + uint32(high)}
		_, some := bits.Sub64(low, high, 0)
		n += int(some)
	}
	return spans[:n]
}

// countBelow is how many words of a sorted run lie below one. It counts lines of
// memory first, by their last word, and then the words of the line that the bound is in.
func countBelow(words []uint64, bound uint64) uint64 {
	const line = 8
	lines := uint64(0)
	for last := line - 1; last < len(words); last += line {
		_, below := bits.Sub64(words[last], bound, 0)
		lines += below
	}
	n := lines * line
	for _, word := range words[n:min(n+line, uint64(len(words)))] {
		_, below := bits.Sub64(word, bound, 0)
		n += below
	}
	return n
}

// Floor is the smallest word of an instant, whatever the name; of instants before
// all words the smallest there is, of those after all the largest.
func (l Layout) Floor(at int64) uint64 { return l.floor(at) }
