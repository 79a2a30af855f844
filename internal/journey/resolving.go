package journey

import (
	"slices"

	"beichen/internal/journey/stream"
)

// resolving writes the words of customers anew where names alone do not tell what counts,
// but name and value do: each event of such a name gets that of its class, which no other
// has. Who reads the words then need not look a value up, nor guess what it will be.
type resolving struct {
	byValue *stream.ByValue
	names   uint64   // Block.Has of who has events that are to be looked up
	classes []uint32 // by the code of a name, those that were added too
	renamed []uint16 // by code of the value and code of the name, as ByValue.Classes
	time    uint64   // what of a word is not its name
	shift   uint8
	words   []uint64
}

// newResolving is nil where it is of no use: names tell all, or something else than one
// value has a say, or a word has not room for so many more names.
func newResolving(s *stream.Streams, classes []uint32) *resolving {
	v := s.ByValue()
	if v == nil {
		return nil
	}
	r := &resolving{
		byValue: v, classes: slices.Clone(classes), shift: s.NameBits, time: ^(uint64(1)<<s.NameBits - 1),
		renamed: make([]uint16, len(v.Classes)),
	}
	added := map[uint32]int{} // by class
	for i, class := range v.Classes {
		name := i & (1<<s.NameBits - 1)
		r.renamed[i] = uint16(name)
		if name >= len(classes) || classes[name] != stream.Conditional {
			continue
		}
		r.names |= 1 << (name & 63)
		n, known := added[class]
		if !known {
			n = len(r.classes)
			added[class], r.classes = n, append(r.classes, class)
		}
		r.renamed[i] = uint16(n)
	}
	if len(r.classes) > 1<<s.NameBits {
		return nil
	}
	return r
}

// resolve gives the words of a customer's events, from one of the block on. They hold until
// the next call.
func (r *resolving) resolve(b *stream.Block, from uint32, words []uint64) []uint64 {
	r.words = slices.Grow(r.words[:0], len(words))[:len(words)]
	codes := r.byValue.Codes(b)
	if codes == nil {
		for i, word := range words {
			r.words[i] = word&r.time | uint64(r.renamed[word&^r.time])
		}
		return r.words
	}
	codes = codes[from:][:len(words)]
	out, renamed, time, shift := r.words[:len(words)], r.renamed, r.time, r.shift&63
	for i, word := range words {
		out[i] = word&time | uint64(renamed[(uint64(codes[i])<<shift|word&^time)&uint64(len(renamed)-1)])
	}
	return out
}
