package stream

import "math/bits"

// Cursor reads customers of Streams, one after the other. It belongs to one
// goroutine and keeps its memory from customer to customer.
type Cursor struct {
	// Block, and At, Event and Class of the customer in hand: the events that
	// match a pattern (with All every event), by time: their instants in
	// microseconds since 1970 UTC, their place in the block and their class.
	Block *Block
	At    []int64
	Event []uint32
	Class []uint32

	s         *Streams
	all       bool
	low, high uint32 // the customer's events inside the bounds
	customer  uint32
	words     []uint64 // of Words
	amounts   *Amounts // the last that were looked at,
	place     int      // and where
}

// Until is the first word that lies beyond the question's bound, the largest there
// is without one that leaves something out.
func (s *Streams) Until() uint64 { return s.inside().until }

// Cursor makes a cursor. With all it gives the events that match no pattern too.
func (s *Streams) Cursor(all bool) *Cursor { return &Cursor{s: s, all: all} }

// Customer is the number of the customer in hand.
func (c *Cursor) Customer() uint32 { return c.customer }

// Load reads customer i of a block; false where none of their events counts.
func (c *Cursor) Load(b *Block, i int) bool {
	c.At, c.Event, c.Class = c.At[:0], c.Event[:0], c.Class[:0]
	if len(c.Turn(b, i)) == 0 {
		return false
	}
	c.Decode()
	return len(c.At) > 0
}

// Turn makes customer i of a block the one in hand and gives the words of their
// events inside the bounds, whatever the segment; none where no event can match.
// At, Event and Class are filled by Decode, for who needs them.
func (c *Cursor) Turn(b *Block, i int) []uint64 {
	s := c.s
	low, high := b.Start[i], b.Start[i+1]
	if low == high || b.First+uint32(i) == 0 || !c.all && !s.matchesOtherwise && b.Has[i]&s.matching == 0 {
		return nil
	}
	if s.bounded {
		if b.When[i]&s.slots == 0 {
			return nil
		}
		low, high = low+below(b.Event[low:high], s.from), low+below(b.Event[low:high], s.until)
		if low >= high { // also where the question begins after it ends
			return nil
		}
	}
	c.Block, c.low, c.high, c.customer = b, low, high, b.First+uint32(i)
	return b.Event[low:high]
}

// First is the place in the block of the first of Turn's words.
func (c *Cursor) First() uint32 { return c.low }

// EventAt is the place in the block of the customer's event at an instant.
func (c *Cursor) EventAt(at int64) uint32 {
	return c.low + below(c.Block.Event[c.low:c.high], c.s.floor(at))
}

// Decode fills At, Event and Class of the customer in hand.
func (c *Cursor) Decode() {
	if n := int(c.high) - int(c.low); cap(c.At) < n {
		c.At, c.Event, c.Class = make([]int64, 0, 2*n), make([]uint32, 0, 2*n), make([]uint32, 0, 2*n)
	}
	c.At, c.Event, c.Class = c.At[:0], c.Event[:0], c.Class[:0]
	if c.s.unconditional != nil {
		c.read()
	} else {
		c.judge()
	}
}

// below is how many of a sorted run lie below a word, or a place.
func below[T uint32 | uint64 | int64](words []T, word T) uint32 {
	low, high := 0, len(words)
	for low < high {
		if middle := int(uint(low+high) >> 1); words[middle] < word {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return uint32(low)
}

// read is the way of questions without filters: the name alone tells the class.
// Every event is written, and overwritten by the next unless it is wanted, so that
// nothing hangs on a guess of the processor.
func (c *Cursor) read() {
	s := c.s
	words := c.Block.Event[c.low:c.high]
	at, of, class := c.At[:len(words)], c.Event[:len(words)], c.Class[:len(words)]
	classes, mask, shift, base := s.unconditional, uint64(1)<<s.NameBits-1, s.NameBits&63, s.Base
	n, all := 0, uint64(0)
	if c.all {
		all = 1
	}
	for i, word := range words {
		cl := classes[word&mask]
		at[n], of[n], class[n] = base+int64(word>>shift), c.low+uint32(i), uint32(cl)
		_, wanted := bits.Sub64(0, uint64(cl)|all, 0)
		n += int(wanted)
	}
	c.At, c.Event, c.Class = at[:n], of[:n], class[:n]
}

// judge is the way of questions with filters, and of answers made for one
// question, whose classes are there already.
func (c *Cursor) judge() {
	s, b := c.s, c.Block
	for e := c.low; e < c.high; e++ {
		if !c.Counts(e) {
			continue
		}
		class := c.ClassOf(e)
		if class != 0 || c.all {
			c.At = append(c.At, s.Time(b.Event[e]))
			c.Event = append(c.Event, e)
			c.Class = append(c.Class, class)
		}
	}
}

// ClassOf is the class of an event of the customer in hand; the segment is not
// looked at.
func (c *Cursor) ClassOf(e uint32) uint32 {
	if c.s.rules == nil {
		return c.Block.class.at(e)
	}
	r := &c.s.rules[c.s.Name(c.Block.Event[e])]
	if len(r.tests) == 0 {
		return uint32(r.class)
	}
	held := 0
	for bit, t := range r.tests {
		if c.holds(t, e) {
			held |= 1 << bit
		}
	}
	return uint32(r.classes[held])
}

// Counts reports whether an event of the customer in hand is inside the segment.
func (c *Cursor) Counts(e uint32) bool { return len(c.s.segment) == 0 || c.holds(c.s.segment, e) }

func (c *Cursor) holds(t test, e uint32) bool {
	for i := range t {
		a := &t[i]
		if !a.verdict(c.looked(a.of, a.column, e)) {
			return false
		}
	}
	return true
}

// looked is what a source gives for an event of the customer in hand.
func (c *Cursor) looked(of source, column int, e uint32) uint32 {
	switch of {
	case ofCustomer:
		return c.customer
	case ofAccount:
		if own := c.Block.columns[column].at(e); own != 0 {
			return own
		}
		return c.s.accountOf(c.customer)
	}
	return c.Block.columns[column].at(e)
}

// Key is the code of an event's value of Question.Keys[k].
func (c *Cursor) Key(k int, e uint32) uint32 {
	key := &c.s.keys[k]
	code := uint32(0)
	if key.of == ofEvent {
		code = c.Block.columns[key.column].at(e)
	} else {
		code = c.looked(key.of, key.column, e)
	}
	switch {
	case key.codes == nil:
		return code
	case int(code) < len(key.codes):
		return key.codes[code]
	}
	return 0
}

// Times is how many events of the question's Group an event stands for, 1 without one.
func (c *Cursor) Times(e uint32) int {
	if c.s.times == 0 {
		return 1
	}
	return int(c.Block.columns[c.s.times-1].at(e))
}

// Seq is an event's position in the log; 0 in answers to questions about all
// customers, which do not know it.
func (c *Cursor) Seq(e uint32) uint64 {
	if c.Block.seq == nil {
		return 0
	}
	return c.Block.seq[e]
}

// Last is the customer's last event up to an instant; false where there is none.
func (c *Cursor) Last(until int64) (at int64, ok bool) {
	e := c.UpTo(until)
	for e > c.low && !c.Counts(e-1) {
		e--
	}
	if e == c.low {
		return 0, false
	}
	return c.s.Time(c.Block.Event[e-1]), true
}

// After yields the customer's events after one of them up to an instant, by
// time, as long as yield wants more.
func (c *Cursor) After(event uint32, until int64, yield func(e uint32) bool) {
	for e, end := event+1, c.UpTo(until); e < end; e++ {
		if c.Counts(e) && !yield(e) {
			return
		}
	}
}

// UpTo is the place in the block after the customer's last event up to an instant.
func (c *Cursor) UpTo(until int64) uint32 {
	if c.high > c.low && c.s.Time(c.Block.Event[c.high-1]) <= until {
		return c.high
	}
	end := until + 1
	if end < until {
		return c.high
	}
	return c.low + below(c.Block.Event[c.low:c.high], c.s.floor(end))
}

// Amounts yields the amounts of the customer's events from an instant to
// another, both included.
func (c *Cursor) Amounts(of *Amounts, from, until int64, yield func(e uint32, at int64, amount float64, currency uint16)) {
	for i := c.AmountsFrom(of, c.low); i < len(of.Event) && of.Event[i] < c.high; i++ {
		e := of.Event[i]
		if at := c.s.Time(c.Block.Event[e]); at >= from && at <= until && c.Counts(e) {
			yield(e, at, of.Amount[i], of.Currency[i])
		}
	}
}

// AmountsFrom is the place of the first amount at or after an event of the block in
// hand. Customers come one after the other, mostly, and so do their amounts.
func (c *Cursor) AmountsFrom(of *Amounts, event uint32) int {
	if of != c.amounts || c.place > 0 && of.Event[c.place-1] >= event {
		c.amounts, c.place = of, of.From(event)
	}
	for c.place < len(of.Event) && of.Event[c.place] < event {
		c.place++
	}
	return c.place
}

// count is how many events of a customer of a block are inside the segment.
func (c *Cursor) count(b *Block, of Span) (n int) {
	c.Block, c.customer = b, b.First+of.Place
	for e := of.Low; e < of.High; e++ {
		if c.Counts(e) {
			n++
		}
	}
	return n
}
