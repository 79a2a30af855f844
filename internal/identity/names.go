package identity

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// arena keeps texts without a pointer each: a million ids are a few hundred
// blocks to the garbage collector. Texts never move and blocks are filled once,
// so a copy of the header reads safely what was added before the copy.
type arena struct {
	blocks [][]byte
	used   int // bytes of the last block
}

// offset is the place of a text: the block in the upper 16 bits, the byte
// inside it in the lower ones.
type offset = uint32

const blockSize = 1 << 16

// add stores a text with a mark before it. A text longer than a block has one
// for itself.
func (a *arena) add(mark byte, text string) offset {
	need := 1 + binary.MaxVarintLen32 + len(text)
	if len(a.blocks) == 0 || a.used+need > len(a.blocks[len(a.blocks)-1]) {
		size := blockSize
		if len(a.blocks) == 0 {
			size = blockSize / 16 // small graphs stay small
		}
		a.blocks = append(a.blocks, make([]byte, max(size, need)))
		a.used = 0
	}
	last := len(a.blocks) - 1
	at := offset(last)<<16 | offset(a.used)
	place := a.blocks[last][a.used:]
	place[0] = mark
	n := 1 + binary.PutUvarint(place[1:], uint64(len(text)))
	a.used += n + copy(place[n:], text)
	return at
}

// get reads a text and its mark.
func (a *arena) get(at offset) (mark byte, text []byte) {
	place := a.blocks[at>>16][at&0xffff:]
	length, n := binary.Uvarint(place[1:])
	return place[0], place[1+n:][:length]
}

// names gives texts dense numbers from 1, apart by mark.
type names struct {
	arena
	at    []offset // of number i+1
	table []Number // open addressing, a power of two long, at most three quarters full
	seed  maphash.Seed
}

func newNames() *names {
	return &names{table: make([]Number, 16), seed: maphash.MakeSeed()}
}

func (s *names) len() Number { return Number(len(s.at)) }

func (s *names) find(mark byte, text string) Number {
	n, _ := s.probe(mark, text)
	return n
}

// number finds a text or gives it the next number.
func (s *names) number(mark byte, text string) (n Number, isNew bool) {
	n, slot := s.probe(mark, text)
	if n != 0 {
		return n, false
	}
	s.at = append(s.at, s.add(mark, text))
	s.table[slot] = s.len()
	if len(s.at)*4 > len(s.table)*3 {
		s.grow()
	}
	return s.len(), true
}

func (s *names) probe(mark byte, text string) (Number, uint64) {
	mask := uint64(len(s.table) - 1)
	slot := s.hash(mark, maphash.String(s.seed, text)) & mask
	for ; s.table[slot] != 0; slot = (slot + 1) & mask {
		m, t := s.get(s.at[s.table[slot]-1])
		if m == mark && string(t) == text {
			return s.table[slot], slot
		}
	}
	return 0, slot
}

func (s *names) grow() {
	s.table = make([]Number, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for i, at := range s.at {
		mark, text := s.get(at)
		slot := s.hash(mark, maphash.Bytes(s.seed, text)) & mask
		for s.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		s.table[slot] = Number(i + 1)
	}
}

func (s *names) hash(mark byte, text uint64) uint64 { return text + uint64(mark)*0x9e3779b97f4a7c15 }

// list is what names knew at one moment, for readers without a lock.
type list struct {
	arena
	at []offset
}

func (s *names) list() list {
	return list{arena: s.arena, at: slices.Clip(s.at)}
}

func (l list) text(n Number) (mark byte, text []byte) {
	if n == 0 || int(n) > len(l.at) {
		return 0, nil
	}
	return l.get(l.at[n-1])
}

// compare orders two texts of one arena by bytes.
func (a *arena) compare(x, y offset) int {
	if x == y {
		return 0
	}
	_, s := a.get(x)
	_, t := a.get(y)
	return bytes.Compare(s, t)
}
