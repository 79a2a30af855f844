package clickhouse

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/ClickHouse/ch-go/proto"

	"beichen/internal/warehouse"
)

// A coding makes of an event a number of 128 bits, so that plain numbers are all that a
// shard has to group and to sort. From above it has the microseconds since the first
// event of all; the event's Seq, so that those of one instant come in the order of the
// log; and what codes were told for: the name, the value of each key, and which filters
// of the patterns that ask for the name hold.
//
// Codes are told for what was seen so far. Where a name or a value has none, all bits of
// its field are set.
type coding struct {
	*scan
	base  int64 // microseconds since 1970 UTC
	apart bool  // of events whose name no pattern asks for not all is told

	seq     field
	name    textField
	keys    []textField
	filters []field // by pattern; without bits where it has no filter
}

// field is a run of bits in the lower half of a number.
type field struct{ at, width uint }

func (f field) end() uint              { return f.at + f.width }
func (f field) all() uint64            { return 1<<f.width - 1 }
func (f field) of(low uint64) uint64   { return low >> f.at & f.all() }
func (f field) sql(code uint64) string { return whole(code << f.at) }

// fieldFor has room for the codes of texts, and for one more.
func fieldFor(at uint, texts []string) field { return field{at, uint(bits.Len(uint(len(texts))))} }

type textField struct {
	field
	texts  []string // by code
	values []uint32 // codes of the batch, by code
}

const (
	// mostCodes bounds the texts of one kind that have codes, mostTold the bytes of all:
	// each question has them.
	mostCodes = 1 << 10
	mostTold  = 1 << 16
	// codeBits bounds all codes of an event, and so how many kinds of events there are.
	codeBits = 20
	// lowBits is what there is room for below the instant, so that a literal shifts it.
	lowBits = 63
)

// coding gives events numbers, nil where there is no room for what is asked or was seen.
func (h *histories) coding() *coding {
	if h.groups() {
		return nil
	}
	q := h.scan
	c := &coding{scan: q, base: h.at.first, apart: h.apart}
	end, told := c.layFilters(), 0
	lay := func(texts []string, value func(string) uint32) textField {
		f := textField{field: fieldFor(end, texts), texts: texts}
		if end = f.end(); len(texts) > mostCodes {
			told = mostTold + 1
		}
		for _, text := range texts {
			f.values = append(f.values, value(text))
			told += len(text)
		}
		return f
	}
	for k := range q.Keys {
		c.keys = append(c.keys, lay(h.seen[k].texts, q.keys[k].Code))
	}
	names := q.names.texts
	if c.apart {
		wanted, _ := q.Wanted()
		if slices.Contains(wanted, "") {
			return nil // the code of that is the one of all that is not wanted
		}
		names = append([]string{""}, wanted...)
	}
	c.name = lay(names, q.names.code)
	c.seq = field{end, uint(bits.Len64(q.MaxSeq))}
	if told > mostTold || end > codeBits || c.seq.end() > lowBits {
		return nil
	}
	return c
}

// layFilters gives each filter a bit. Those on different names share them.
func (c *coding) layFilters() (end uint) {
	c.filters = make([]field, len(c.Patterns))
	lay := func(i int, bit uint) {
		c.filters[i] = field{bit, 1}
		end = max(end, bit+1)
	}
	for i, p := range c.Patterns {
		if len(p.Where) > 0 && p.AnyName {
			lay(i, end)
		}
	}
	next, first := map[string]uint{}, end
	for i, p := range c.Patterns {
		if len(p.Where) > 0 && !p.AnyName {
			lay(i, first+next[p.Name])
			next[p.Name]++
		}
	}
	return end
}

// sql is the number of an event.
func (c *coding) sql() string {
	other := c.name.all()
	if c.apart {
		other = 0
	}
	low := []string{"seq * " + c.seq.sql(1), c.name.transform("name", other)}
	for k, key := range c.keys {
		low = append(low, key.transform(placeOf(c.Keys[k]).key(), key.all()))
	}
	var hold []string
	for i, f := range c.filters {
		if f.width > 0 {
			hold = append(hold, bit(c.Patterns[i], f.at))
		}
	}
	if len(hold) > 0 {
		low = append(low, anyBit(hold))
	}
	return fmt.Sprintf("toUInt128(toUInt64(time - (%d))) * %d + (%s)", c.base, uint64(1)<<c.seq.end(), strings.Join(low, " + "))
}

// transform gives texts their codes, and all others one.
func (f textField) transform(of string, other uint64) string {
	codes := make([]string, len(f.texts))
	for code := range f.texts {
		codes[code] = f.sql(uint64(code))
	}
	return "toUInt64(transform(" + of + ", [" + literals(f.texts) + "], [" + strings.Join(codes, ", ") + "], " + f.sql(other) + "))"
}

// codes are the bits that say of what kind an event is.
func (c *coding) codes() field { return field{0, c.seq.at} }

// kind is what the codes of a number say. It is not ok where there was none for something.
// The dictionaries are held.
func (c *coding) kind(codes uint64) (kind warehouse.Kind, ok bool) {
	name := c.name.of(codes)
	kind = warehouse.Kind{Match: make([]uint64, c.words), Keys: make([]uint32, len(c.keys))}
	switch {
	case c.apart && name == 0:
		return kind, true
	case name == c.name.all():
		return kind, false
	}
	kind.Name = c.name.values[name]
	copy(kind.Match, c.bitsOf(kind.Name))
	for i, p := range c.Patterns {
		if p.AnyName || p.Name == c.name.texts[name] {
			kind.Match[i/64] |= c.filters[i].of(codes) << (i % 64)
		}
	}
	for k, key := range c.keys {
		code := key.of(codes)
		if code == key.all() {
			return kind, false
		}
		kind.Keys[k] = key.values[code]
	}
	return kind, true
}

// time is the instant of an event, in microseconds since 1970 UTC.
func (c *coding) time(number proto.UInt128) int64 {
	instant := c.seq.end()
	return c.base + int64(number.High<<(64-instant)|number.Low>>instant)
}

// kinds gives what events have in common a code, for all shards and ranges of a question.
type kinds struct {
	all   []warehouse.Kind
	codes map[string]uint32
}

func (k *kinds) code(kind warehouse.Kind) uint32 {
	key := fmt.Sprint(kind)
	code, known := k.codes[key]
	if !known {
		if k.codes == nil {
			k.codes = map[string]uint32{}
		}
		code = uint32(len(k.all))
		k.all, k.codes[key] = append(k.all, kind), code
	}
	return code
}
