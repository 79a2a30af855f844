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

// offset is the place of a text: the byte inside its block in the lower 16 bits, the
// block above. 32 bits would end at 4 GiB of texts, which a hundred million ids have.
type offset = uint64

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
	table []slot   // open addressing, a power of two long, at most three quarters full
	seed  maphash.Seed

	touched Number // makes that arrive is not left out
}

// slot holds a number, 0 where none, with a part of its text's hash: most texts
// that are another need not be looked at, and none where the table grows.
type slot struct {
	number Number
	hash   uint32
}

func newNames() *names {
	return &names{table: make([]slot, 16), seed: maphash.MakeSeed()}
}

func (s *names) len() Number { return Number(len(s.at)) }

func (s *names) find(mark byte, text string) Number {
	return s.table[s.probe(mark, text, s.hash(mark, text))].number
}

// number finds a text or gives it the next number.
func (s *names) number(mark byte, text string) (n Number, isNew bool) {
	return s.numberOf(mark, text, s.hash(mark, text))
}

// abreast is how many texts are looked for at once where there are many: the
// table is larger than a processor's own memory, and waiting for one place of it
// after the other would take longer than all the rest.
const abreast = 64

// arrive makes the places of up to abreast texts arrive, and gives their hashes.
func (s *names) arrive(texts int, text func(i int) (mark byte, text string)) (hashes [abreast]uint32) {
	for (len(s.at)+texts)*4 > len(s.table)*3 {
		s.grow()
	}
	mask, taken := uint32(len(s.table)-1), Number(0)
	for i := range texts {
		hashes[i] = s.hash(text(i))
	}
	for _, hash := range hashes[:texts] {
		taken |= s.table[hash&mask].number
	}
	s.touched |= taken
	return hashes
}

// numberOf is number of a text whose hash is known.
func (s *names) numberOf(mark byte, text string, hash uint32) (n Number, isNew bool) {
	at := s.probe(mark, text, hash)
	if n = s.table[at].number; n != 0 {
		return n, false
	}
	s.at = append(s.at, s.add(mark, text))
	s.table[at] = slot{s.len(), hash}
	if len(s.at)*4 > len(s.table)*3 {
		s.grow()
	}
	return s.len(), true
}

// pass leaves a number out: the next one, which has no text.
func (s *names) pass() Number {
	s.at = append(s.at, s.add(0, ""))
	return s.len()
}

// remove takes the texts of numbers away: they are not found any more, and the
// numbers are nobody's. Lists that were taken before keep them.
func (s *names) remove(numbers []Number) {
	s.at = slices.Clone(s.at)
	for _, n := range numbers {
		if mark, text := s.get(s.at[n-1]); len(text) > 0 {
			s.empty(s.probe(mark, string(text), s.hash(mark, string(text))))
			s.at[n-1] = s.add(0, "")
		}
	}
}

// empty takes a place of the table away. What was pushed on by it moves up, so that
// no search ends there early.
func (s *names) empty(hole uint32) {
	mask := uint32(len(s.table) - 1)
	for at := (hole + 1) & mask; s.table[at].number != 0; at = (at + 1) & mask {
		if home := s.table[at].hash & mask; (at-home)&mask >= (at-hole)&mask {
			s.table[hole], hole = s.table[at], at
		}
	}
	s.table[hole] = slot{}
}

// probe is the place of a text in the table, or the empty one where it would be.
func (s *names) probe(mark byte, text string, hash uint32) uint32 {
	mask := uint32(len(s.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		found := s.table[at]
		if found.number == 0 {
			return at
		}
		if found.hash == hash {
			if m, t := s.get(s.at[found.number-1]); m == mark && string(t) == text {
				return at
			}
		}
	}
}

func (s *names) grow() {
	old := s.table
	s.table = make([]slot, 2*len(old))
	mask := uint32(len(s.table) - 1)
	for _, moved := range old {
		if moved.number == 0 {
			continue
		}
		at := moved.hash & mask
		for s.table[at].number != 0 {
			at = (at + 1) & mask
		}
		s.table[at] = moved
	}
}

func (s *names) hash(mark byte, text string) uint32 {
	return uint32((maphash.String(s.seed, text) + uint64(mark)*0x9e3779b97f4a7c15) >> 32)
}

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
