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
	layout   Layout
	in       bounds
	low, end uint64   // in, in the layout ByPlace
	ends     bool     // it has an end
	names    []uint32 // whose events match
	has      uint64
	number   []uint16 // by code of a name: its place in names, from 1; 0: its events do not match
	question uint64

	// Of findTogether: by block and place in names.
	known []*postings
	from  []partOfTime
	to    []partOfTime
	lists []List

	spans  []Span
	found  []found
	words  [][]uint64 // of readAll, by place in names
	read   []List
	sorted []uint64 // of Customers
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
	f := &Finder{layout: s.Layout, in: s.inside(), has: has, number: make([]uint16, 1<<s.NameBits), question: s.question}
	f.low, f.end = f.layout.placed(f.in.from, 0), f.layout.placed(max(f.in.from, f.in.until), 0)
	f.ends = f.in.until < everything.until
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

// Find yields the events of blocks, block by block, as lists that hold until yield returns.
// A block may be nil; it has none. The blocks are best those of a turn.
func (f *Finder) Find(blocks []*Block, yield func(b *Block, lists []List)) {
	listed := f.findTogether(blocks)
	for i, b := range blocks {
		switch n := len(f.names); {
		case b == nil:
		case listed && f.isKnown(i):
			yield(b, f.lists[i*n:(i+1)*n])
		default:
			f.readAll(b)
			yield(b, f.read)
		}
	}
}

// findTogether finds what is listed of some blocks, each step for all of them before the
// next: mostly nothing of it is in the near memory, and so the processor waits for all
// together. It is false where nothing is listed.
func (f *Finder) findTogether(blocks []*Block) bool {
	n := len(f.names)
	if n > mostListed {
		return false
	}
	f.known, f.from, f.to, f.lists = f.known[:0], f.from[:0], f.to[:0], f.lists[:0]
	for _, b := range blocks {
		for _, name := range f.names {
			var p *postings
			if b != nil {
				p = b.memo.find(name, f.question)
			}
			f.known = append(f.known, p)
		}
	}
	for i, b := range blocks {
		if b != nil && !f.isKnown(i) {
			b.memo.ask(b, f.layout, f.names, f.question)
			for k, name := range f.names {
				f.known[i*n+k] = b.memo.find(name, f.question)
			}
		}
	}
	for _, p := range f.known {
		f.from, f.to = append(f.from, p.partOf(f.low)), append(f.to, p.partOf(f.end))
	}
	for k, p := range f.known {
		list := List{Name: f.names[k%n]}
		if p != nil {
			low, high := p.below(f.from[k], f.low), uint32(len(p.words))
			if f.ends {
				high = p.below(f.to[k], f.end)
			}
			list.Words = p.words[low:high]
		}
		f.lists = append(f.lists, list)
	}
	return true
}

// isKnown reports whether all names of a block are listed.
func (f *Finder) isKnown(block int) bool {
	n := len(f.names)
	return !slices.Contains(f.known[block*n:(block+1)*n], nil)
}

// Customers yields the customers of blocks of whom there are events, by their place in the
// block, with these by time and, within an instant, in any order, as words with their names.
// They hold until yield returns.
func (f *Finder) Customers(blocks []*Block, yield func(b *Block, place int, words []uint64)) {
	f.Find(blocks, func(b *Block, lists []List) {
		next := [blockSize + 1]uint32{}
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
			yield(b, place, words)
		}
	})
}

// readAll finds the events of a block by reading all, and puts them into lists. Each is
// written, and overwritten by the next unless it matched, so that nothing hangs on a guess
// of the processor.
func (f *Finder) readAll(b *Block) {
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
	f.read = f.read[:0]
	for i, name := range f.names {
		f.read = append(f.read, List{name, f.words[i]})
	}
}
