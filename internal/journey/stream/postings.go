package stream

import (
	"math/bits"
	"slices"
)

// postings are all events of a name in a block, by time, as words of Layout.ByPlace. starts
// is where those of each of its equal parts of time begin, and after the last one where
// they end: so a bound is found by a look at one part, where a search would wait for memory
// at each of its steps.
type postings struct {
	shift  uint8  // how wide a part is, as a power of two of words
	first  uint64 // of words
	starts []uint32
	words  []uint64
}

// aPart is how many events lie in a part of time, about.
const aPart = 16

// newPostings takes the words, in any order.
func newPostings(words []uint64) postings {
	if len(words) == 0 {
		return postings{}
	}
	slices.Sort(words)
	p := postings{words: slices.Clone(words), first: words[0]}
	span := words[len(words)-1] - p.first
	p.shift = uint8(max(0, bits.Len64(span)-bits.Len(uint(len(words)/aPart))))
	p.starts = make([]uint32, span>>p.shift+2)
	for _, word := range words {
		p.starts[(word-p.first)>>p.shift+1]++
	}
	for i := range p.starts[1:] {
		p.starts[i+1] += p.starts[i]
	}
	return p
}

// partOfTime is between which events a bound lies.
type partOfTime struct{ from, to uint32 }

// partOf is where a bound lies that is a word; a look at the part tells below.
func (p *postings) partOf(word uint64) partOfTime {
	if p == nil || len(p.words) == 0 || word <= p.first {
		return partOfTime{}
	}
	at := (word - p.first) >> p.shift
	if at >= uint64(len(p.starts)-1) {
		return partOfTime{uint32(len(p.words)), uint32(len(p.words))}
	}
	return partOfTime{p.starts[at], p.starts[at+1]}
}

// below is how many events lie below a word that lies in a part.
func (p *postings) below(in partOfTime, word uint64) uint32 {
	return in.from + below(p.words[in.from:in.to], word)
}

// postings makes those of some names, of so many events together.
func (b *Block) postings(l Layout, names []uint32) (of []postings, n int) {
	number := make([]uint8, 1<<l.NameBits) // of a name, from 1
	words := make([][]uint64, len(names)+1)
	for i, name := range names {
		number[name] = uint8(i + 1)
	}
	for place := range b.Len() {
		if b.First+uint32(place) == 0 {
			continue // nobody
		}
		for _, word := range b.Event[b.Start[place]:b.Start[place+1]] {
			if i := number[l.Name(word)]; i > 0 {
				words[i] = append(words[i], l.placed(word, uint32(place)))
			}
		}
	}
	for _, w := range words[1:] {
		of, n = append(of, newPostings(w)), n+len(w)
	}
	return of, n
}
