package stream

import (
	"math"
	"slices"
)

// List is events of one name in a block. Their words are those of Layout.ByPlace: they have
// the place of the customer in the block where others have the name. A customer's are by
// time.
type List struct {
	Name  uint32 // its code
	Words []uint64
}

// ByPlace is the layout of the words of lists: Name of one of them is a place in a block.
func (l Layout) ByPlace() Layout { return Layout{l.Base, blockBits} }

// placed is a word in the layout ByPlace.
func (l Layout) placed(word uint64, place uint32) uint64 {
	return word>>l.NameBits<<blockBits | uint64(place)
}

// mostListed bounds the names of which lists are read: of more an event is found as soon
// by reading all.
const mostListed = 16

// Finder finds the events that match and lie inside the bounds, block by block, for
// questions that want no more of an event than its name, when it was and whose it is.
// What was asked for before it finds in lists, without a look at other events. It belongs
// to one goroutine.
type Finder struct {
	layout Layout
	in     bounds
	names  []uint32 // whose events match
	has    uint64
	number []uint16 // by code of a name: its place in names, from 1; 0: its events do not match

	lists  []List
	spans  []Span
	found  []found
	words  [][]uint64 // of read, by place in names
	sorted []uint64   // of Customers
}

// found is an event as it was found.
type found struct {
	word  uint64
	place uint32
}

// Finder is nil where the name alone does not tell whether an event matches, as ByName
// says, where an event may stand for several, and where too many names match or times do
// not fit into the words of lists.
func (s *Streams) Finder() *Finder {
	class, has, ok := s.ByName()
	if !ok || s.times != 0 || uint64(s.Last.UnixMicro()-s.Base) >= math.MaxUint64>>blockBits {
		return nil
	}
	f := &Finder{layout: s.Layout, in: s.inside(), has: has, number: make([]uint16, 1<<s.NameBits)}
	for name, of := range class {
		if of == 0 {
			continue
		}
		f.names = append(f.names, uint32(name))
		if len(f.names) > math.MaxUint16 {
			return nil
		}
		f.number[name] = uint16(len(f.names))
	}
	f.words = make([][]uint64, len(f.names))
	return f
}

// Find gives the events of a block. They hold until the next call.
func (f *Finder) Find(b *Block) []List {
	if len(f.names) <= mostListed {
		var ok bool
		if f.lists, ok = b.memo.lists(b, f.layout, f.names, f.in, f.lists[:0]); ok {
			return f.lists
		}
	}
	f.read(b)
	return f.lists
}

// Customers yields the customers of a block of whom there are events, by their place in it,
// with these by time and, within an instant, in any order, as words with their names. They
// hold until yield returns.
func (f *Finder) Customers(b *Block, yield func(place int, words []uint64)) {
	lists, next := f.Find(b), [blockSize + 1]uint32{}
	for _, list := range lists {
		for _, word := range list.Words {
			next[word%blockSize+1]++
		}
	}
	for place := range blockSize {
		next[place+1] += next[place]
	}
	f.sorted = slices.Grow(f.sorted[:0], int(next[blockSize]))[:next[blockSize]]
	for _, list := range lists {
		for _, word := range list.Words {
			place := word % blockSize
			f.sorted[next[place]] = word>>blockBits<<f.layout.NameBits | uint64(list.Name)
			next[place]++
		}
	}
	from := uint32(0)
	for place, to := range next[:blockSize] {
		if from == to {
			continue
		}
		words := f.sorted[from:to]
		if from = to; len(lists) > 1 {
			slices.Sort(words)
		}
		yield(place, words)
	}
}

// read finds the events of a block by reading all, and puts them into lists. Each is
// written, and overwritten by the next unless it matched, so that nothing hangs on a guess
// of the processor.
func (f *Finder) read(b *Block) {
	f.spans = f.in.spans(b, f.spans)
	f.found = slices.Grow(f.found[:0], len(b.Event)+1)
	all, n, mask := f.found[:len(b.Event)+1], 0, uint64(len(f.number)-1)
	for _, s := range f.spans {
		if b.Has[s.Place]&f.has == 0 {
			continue
		}
		for _, word := range b.Event[s.Low:s.High] {
			all[n] = found{word, s.Place}
			n += int(min(f.number[word&mask], 1))
		}
	}
	for i := range f.words {
		f.words[i] = f.words[i][:0]
	}
	for _, e := range all[:n] {
		of := &f.words[f.number[e.word&mask]-1]
		*of = append(*of, f.layout.placed(e.word, e.place))
	}
	f.lists = f.lists[:0]
	for i, name := range f.names {
		f.lists = append(f.lists, List{name, f.words[i]})
	}
}
