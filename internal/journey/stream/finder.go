package stream

import "slices"

// List is events of a block: when each was, as a word that Layout reads, and whose it is,
// as a place in the block. A customer's are by time.
type List struct {
	Words  []uint64
	Places []uint16
}

// mostListed bounds the names of which lists are read: of more an event is found as soon
// by reading all.
const mostListed = 16

// Finder finds the events that match and lie inside the bounds, block by block, for
// questions that want no more of an event than its name, when it was and whose it is.
// What was asked for before it finds in lists, without a look at other events. It belongs
// to one goroutine.
type Finder struct {
	Layout
	in    bounds
	names []uint32 // whose events match; nil: they are too many for lists
	has   uint64
	match []uint8 // by code of a name: 1 if its events match

	lists  []List
	spans  []Span
	words  []uint64
	places []uint16
	sorted []uint64 // of Customers
}

// Finder is nil where the name alone does not tell whether an event matches, as ByName
// says, and where an event may stand for several.
func (s *Streams) Finder() *Finder {
	class, has, ok := s.ByName()
	if !ok || s.times != 0 {
		return nil
	}
	f := &Finder{Layout: s.Layout, in: everything, has: has, match: make([]uint8, 1<<s.NameBits)}
	if s.bounded {
		f.in = s.bounds
	}
	for name, of := range class {
		if of != 0 {
			f.match[name] = 1
			f.names = append(f.names, uint32(name))
		}
	}
	if len(f.names) > mostListed {
		f.names = nil
	}
	return f
}

// Find gives the events of a block. They hold until the next call.
func (f *Finder) Find(b *Block) []List {
	if f.names != nil {
		var ok bool
		if f.lists, ok = b.memo.list(b, f.Layout, f.names, f.lists[:0]); ok {
			for i := range f.lists {
				f.lists[i] = f.lists[i].inside(f.in)
			}
			return f.lists
		}
	}
	return append(f.lists[:0], f.read(b))
}

// Customers yields the customers of a block of whom there are events, by their place in it,
// with these by time and, within an instant, in any order. They hold until yield returns.
func (f *Finder) Customers(b *Block, yield func(place int, words []uint64)) {
	lists, next := f.Find(b), [blockSize + 1]uint32{}
	for _, list := range lists {
		for _, place := range list.Places {
			next[place+1]++
		}
	}
	for place := range blockSize {
		next[place+1] += next[place]
	}
	f.sorted = slices.Grow(f.sorted[:0], int(next[blockSize]))[:next[blockSize]]
	for _, list := range lists {
		for i, place := range list.Places {
			f.sorted[next[place]] = list.Words[i]
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

// inside is the part of a list by time that lies inside bounds.
func (l List) inside(in bounds) List {
	low, high := below(l.Words, in.from), below(l.Words, max(in.from, in.until))
	return List{l.Words[low:high], l.Places[low:high]}
}

// read finds the events of a block by reading all: each is written, and overwritten by the
// next unless it matched, so that nothing hangs on a guess of the processor.
func (f *Finder) read(b *Block) List {
	f.spans = f.in.spans(b, f.spans)
	f.words = slices.Grow(f.words[:0], len(b.Event)+1)
	f.places = slices.Grow(f.places[:0], len(b.Event)+1)
	words, places := f.words[:len(b.Event)+1], f.places[:len(b.Event)+1]
	n, mask := 0, uint64(len(f.match)-1)
	for _, s := range f.spans {
		if b.Has[s.Place]&f.has == 0 {
			continue
		}
		for _, word := range b.Event[s.Low:s.High] {
			words[n], places[n] = word, uint16(s.Place)
			n += int(f.match[word&mask])
		}
	}
	return List{words[:n], places[:n]}
}
