package stream

import (
	"math"
	"math/bits"
)

// blockBits: a block holds the customers that share all but this many of the
// lower bits of their number. 512 customers are some 10,000 events: large enough
// that blocks cost nothing, small enough that one new event moves little.
const blockBits = 9

const blockSize = 1 << blockBits

// Block is a run of customers and their events. It never changes; what changes
// is which block stands in its place. Customer i of the block has the number
// First + i and the events Start[i] … Start[i+1]−1.
type Block struct {
	First uint32
	Start []uint32
	// Event is a word an event: the time above, the code of its name below, as
	// Layout says. One load tells both, in eight bytes.
	Event []uint64
	// Has is, by customer, a set of the names they have, by code modulo 64: who
	// cannot match is passed over without a look at their events.
	Has []uint64
	// When is, by customer, a set of the slots of time that their events lie in, of
	// 1 << slotBits microseconds each, counted from 1970 modulo 64: who was not there
	// then is passed over likewise.
	When []uint64
	// Values and Costs are the amounts of the events that have one.
	Values, Costs Amounts
	// columns hold codes by event: what filters and breakdowns ask for.
	columns []codes
	// class and seq are there in answers made for one question only.
	class codes
	seq   []uint64

	customers int // who has events, nobody (0) left out
	memo      *memo
}

// newBlock is the block of a number, without events.
func newBlock(number uint32) *Block { return &Block{First: number << blockBits, memo: new(memo)} }

// Len is how many customers the block has room for.
func (b *Block) Len() int { return len(b.Start) - 1 }

// Amounts are the sums of money on some of a block's events, by event ascending.
type Amounts struct {
	Event    []uint32
	Amount   []float64
	Currency []uint16
}

// From is the place of the first amount at or after an event.
func (a *Amounts) From(event uint32) int { return int(below(a.Event, event)) }

func (a *Amounts) add(event uint32, amount float64, currency uint16) {
	a.Event = append(a.Event, event)
	a.Amount = append(a.Amount, amount)
	a.Currency = append(a.Currency, currency)
}

// Layout says how a word of Block.Event is made: the microseconds since Base,
// then NameBits of the name's code.
type Layout struct {
	Base     int64
	NameBits uint8
}

// Time is a word's instant, in microseconds since 1970 UTC.
func (l Layout) Time(word uint64) int64 { return l.Base + int64(word>>l.NameBits) }

// Name is the code of a word's name.
func (l Layout) Name(word uint64) uint32 { return uint32(word & (1<<l.NameBits - 1)) }

func (l Layout) word(at int64, name uint32) uint64 {
	return uint64(at-l.Base)<<l.NameBits | uint64(name)
}

// floor is the smallest word of an instant, whatever the name; instants before
// the base have that of the base, those after all words the largest there is.
func (l Layout) floor(at int64) uint64 {
	if at <= l.Base {
		return 0
	}
	if ticks := uint64(at) - uint64(l.Base); ticks <= math.MaxUint64>>l.NameBits {
		return ticks << l.NameBits
	}
	return math.MaxUint64
}

// Search is the place of the first of a customer's words at or after an instant.
func (l Layout) Search(words []uint64, at int64) int { return int(below(words, l.floor(at))) }

// slotBits make slots of twelve days and a half, and a round of 64 of them two years.
const slotBits = 40

// slotsOf is a set as in Block.When of the slots that a span lies in, from one instant
// to another, both included.
func slotsOf(from, until int64) uint64 {
	first, last := from>>slotBits, until>>slotBits
	switch {
	case last < first:
		return 0
	case last-first >= 63:
		return math.MaxUint64
	}
	return bits.RotateLeft64(1<<(last-first+1)-1, int(first&63))
}

// fits reports whether instants and codes can be written.
func (l Layout) fits(first, last int64, names int) bool {
	return first >= l.Base && uint64(last)-uint64(l.Base) < math.MaxUint64>>l.NameBits && names <= 1<<l.NameBits
}

// layoutFor gives a layout that instants and codes fit into, with room for twice
// as many names and as long a time; ok is false where they are too many for one
// word.
func layoutFor(first, last int64, names int) (l Layout, ok bool) {
	l.NameBits = uint8(max(bits.Len(uint(names)), 8))
	span := uint64(last) - uint64(first)
	l.Base = first
	if room := min(span, 1<<40); first > math.MinInt64+int64(room) {
		l.Base -= int64(room)
	}
	return l, l.fits(first, last, names)
}

// index fills what follows from the events. It gives the highest code of a name,
// and whether each customer's words are in order.
func (b *Block) index(l Layout) (top uint64, ordered bool) {
	b.Has, b.When = make([]uint64, b.Len()), make([]uint64, b.Len())
	ordered = true
	for i := range b.Has {
		highest, inOrder := b.indexCustomer(l, i)
		top, ordered = max(top, highest), ordered && inOrder
	}
	return top, ordered
}

// indexCustomer is index for customer i.
func (b *Block) indexCustomer(l Layout, i int) (top uint64, ordered bool) {
	nameBits, mask := l.NameBits&63, uint64(1)<<l.NameBits-1
	var has, when, last uint64
	ordered = true
	for _, word := range b.Event[b.Start[i]:b.Start[i+1]] {
		name, at := word&mask, word>>nameBits
		has |= 1 << (name & 63)
		when |= 1 << ((l.Base + int64(at)) >> slotBits & 63)
		top = max(top, name)
		if at < last {
			ordered = false
		}
		last = at
	}
	b.Has[i], b.When[i] = has, when
	b.countCustomer(i)
	return top, ordered
}

// countCustomer counts customer i, of whom is known what they have.
func (b *Block) countCustomer(i int) {
	if b.Has[i] != 0 && b.First+uint32(i) != 0 {
		b.customers++
	}
}

// relaid is the block's events in another layout.
func (b *Block) relaid(from, to Layout) *Block {
	out := *b
	out.memo = new(memo)
	out.Event = make([]uint64, len(b.Event))
	for e, word := range b.Event {
		out.Event[e] = to.word(from.Time(word), from.Name(word))
	}
	return &out
}

// codes is a column of small numbers, as narrow as its largest allows.
type codes struct {
	narrow []uint8
	middle []uint16
	wide   []uint32
}

// at is the code of an event; a column without any has 0 everywhere.
func (c *codes) at(event uint32) uint32 {
	switch {
	case c.narrow != nil:
		return uint32(c.narrow[event])
	case c.middle != nil:
		return uint32(c.middle[event])
	case c.wide != nil:
		return c.wide[event]
	}
	return 0
}

// appendTo appends the codes of some events, one after the other.
func (c *codes) appendTo(values []uint32, from, count uint32) []uint32 {
	switch {
	case c.narrow != nil:
		return widened(values, c.narrow[from:from+count])
	case c.middle != nil:
		return widened(values, c.middle[from:from+count])
	case c.wide != nil:
		return append(values, c.wide[from:from+count]...)
	}
	return append(values, make([]uint32, count)...)
}

func widened[T uint8 | uint16](values []uint32, codes []T) []uint32 {
	for _, v := range codes {
		values = append(values, uint32(v))
	}
	return values
}

func (c *codes) bytes() int { return len(c.narrow) + 2*len(c.middle) + 4*len(c.wide) }

// packed makes a column; one of zeros only takes no room.
func packed(values []uint32) codes {
	var all uint32
	for _, v := range values {
		all |= v
	}
	switch {
	case all == 0:
		return codes{}
	case all < 1<<8:
		return codes{narrow: narrowed[uint8](values)}
	case all < 1<<16:
		return codes{middle: narrowed[uint16](values)}
	}
	return codes{wide: append([]uint32(nil), values...)}
}

func narrowed[T uint8 | uint16](values []uint32) []T {
	out := make([]T, len(values))
	for i, v := range values {
		out[i] = T(v)
	}
	return out
}

// bytes is what the block holds in memory: its events, and what was asked of them.
func (b *Block) bytes() (events, asked int) {
	events = 8*len(b.Event) + 8*len(b.Has) + 8*len(b.When) + 4*len(b.Start) + 160
	for _, a := range []*Amounts{&b.Values, &b.Costs} {
		asked += 14 * len(a.Event)
	}
	for i := range b.columns {
		asked += b.columns[i].bytes() + 72
	}
	return events, asked + b.class.bytes() + 8*len(b.seq) + b.memo.bytes()
}
