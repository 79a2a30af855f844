package stream

import "slices"

// piles are rows of words, on one pile for each block, in the order in which they
// came. All of one row lie beside each other, so that adding one touches a single
// place in memory.
//
// A pile is pages of pageWords, chained backwards: the first word of each is the
// place of the page before it, and rows stand at multiples of their length after
// that. Pages are cut from chunks, which all piles share, and which are given back
// together.
type piles struct {
	stride int      // words of a row
	next   []uint64 // by pile, where its next row goes; 0 in a pile without any
	chunks [][]uint64
	free   uint64   // the page that is given out next
	giving []func() // gives the chunks back
}

const (
	// pageWords keeps what is left over of pages small, blocks having some 10,000
	// events.
	pageWords  = 1 << 10
	chunkWords = 1 << 20
)

// add gives room for a row on a pile; all of it is to be written.
func (p *piles) add(pile uint32) []uint64 {
	if int(pile) >= len(p.next) {
		p.next = append(p.next, make([]uint64, int(pile)+1-len(p.next))...)
	}
	at := p.next[pile]
	if used := at % pageWords; used == 0 || used > pageWords-uint64(p.stride) {
		at = p.turn(at)
	}
	p.next[pile] = at + uint64(p.stride)
	return p.chunks[at/chunkWords][at%chunkWords:]
}

// turn begins a new page after one that is full at a place, and gives the place of
// its first row.
func (p *piles) turn(full uint64) uint64 {
	if p.free%chunkWords == 0 {
		chunk, give := newChunk()
		p.chunks, p.giving = append(p.chunks, chunk), append(p.giving, give)
	}
	page := p.free
	p.free += pageWords
	p.chunks[page/chunkWords][page%chunkWords] = full
	return page + uint64(p.stride)
}

// runs are the rows of a pile, in their order. They hold until release.
func (p *piles) runs(pile int) (runs [][]uint64) {
	if pile >= len(p.next) {
		return nil
	}
	for end := p.next[pile]; end != 0; {
		chunk, page := p.chunks[(end-1)/chunkWords], (end-1)%chunkWords/pageWords*pageWords
		runs = append(runs, chunk[page+uint64(p.stride):page+(end-1)%pageWords+1])
		end = chunk[page]
	}
	slices.Reverse(runs)
	return runs
}

// release gives the memory of all rows back.
func (p *piles) release() {
	for _, give := range p.giving {
		give()
	}
	*p = piles{stride: p.stride}
}
