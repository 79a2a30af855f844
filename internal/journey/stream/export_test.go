package stream

import (
	"slices"

	"beichen/internal/warehouse"
)

// Slots are those of Block.When.
var Slots = slotsOf

// CountBelow is how customers with many events are bounded.
var CountBelow = countBelow

// LongUnused is after how many questions a list may make room for others.
const LongUnused = longUnused

// PostingsBelow makes postings of some words.
func PostingsBelow(words []uint64) func(word uint64) uint32 {
	p := newPostings(slices.Clone(words))
	return func(word uint64) uint32 { return p.below(p.partOf(word), word) }
}

// Lists reports whether the first block lists the events of a name for persons.
func (l *Live) Lists(name string) bool {
	s := l.indexes[0].now
	lists := s.blocks[0].memo.lists.Load()
	return lists != nil && slices.ContainsFunc(*lists, func(of listed) bool { return s.names[of.name] == name })
}

// SaveHoweverSmall makes the index of persons worth saving.
func (l *Live) SaveHoweverSmall() { l.indexes[0].worth = 0 }

// ReadInParts makes new indexes read a log in parts however short it is.
func (l *Live) ReadInParts() {
	for _, x := range l.indexes {
		x.worthParts = 0
	}
}

// DecodeUnchecked reads a file as if its checksums were right, and walks over all
// of it as questions would.
func DecodeUnchecked(raw []byte) error {
	saved, err := decode(raw, func([]byte, uint64) bool { return true })
	if err != nil {
		return err
	}
	s := &Streams{Layout: saved.Layout, Blocks: saved.blocks, Names: saved.names, Currencies: saved.currencies}
	s.Classes = [][]uint64{nil}
	s.rules = make([]rule, len(saved.names))
	for i, c := range saved.columns {
		if c.ofAccount() {
			continue
		}
		s.keys, s.Values = append(s.keys, key{column: i}), append(s.Values, c.values)
	}
	s.CustomerID = func(uint32) string { return "" }
	Everything(s)
	return nil
}

// Everything reads all there is; the tests' reader sets it.
var Everything func(*Streams)

// Encode writes the file of the index of persons.
func (l *Live) Encode() []byte {
	var out buffer
	w := writer{to: &out}
	w.file(l.indexes[0].now, warehouse.Digest{}, true)
	return out
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
