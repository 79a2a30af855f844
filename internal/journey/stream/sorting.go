package stream

import (
	"math"
	"slices"
)

// sorting makes one block after the other of piles and keeps its memory.
type sorting struct {
	*building
	layout Layout
	next   [blockSize]uint32 // by customer, where their next event goes
	keys   [][]uint32        // by column and event
	// value, cost and currency are by event, where some event of the block has any.
	value, cost []float64
	currency    []uint16
	order       []uint32
}

// block makes a block of what all parts have for it, nil where they have nothing.
func (s *sorting) block(number int) *Block {
	var rows, amounts [][]uint64
	for _, p := range s.parts {
		rows = append(rows, p.rows.runs(number)...)
		amounts = append(amounts, p.amounts.runs(number)...)
	}
	if len(rows) == 0 {
		return nil
	}
	b := newBlock(uint32(number))
	b.Start = s.starts(rows)
	events := int(b.Start[b.Len()])
	b.Event = make([]uint64, events)
	copy(s.next[:], b.Start[:b.Len()])
	for k := range s.keys {
		s.keys[k] = slices.Grow(s.keys[k][:0], events)[:events]
	}
	if len(amounts) > 0 {
		s.clearAmounts(events)
	}
	s.place(rows, amounts, b.Event)
	for i := range b.Len() {
		s.sort(b, b.Start[i], b.Start[i+1], len(amounts) > 0)
	}
	b.columns = make([]codes, len(s.keys))
	for k := range s.keys {
		b.columns[k] = packed(s.keys[k])
	}
	if len(amounts) > 0 {
		b.Values.collect(s.value, s.currency)
		b.Costs.collect(s.cost, s.currency)
	}
	b.index(s.layout)
	return b
}

func (s *sorting) stride() int { return s.parts[0].rows.stride }

// starts counts where each customer's events begin.
func (s *sorting) starts(rows [][]uint64) []uint32 {
	var count [blockSize]uint32
	for _, run := range rows {
		for at := 1; at < len(run); at += s.stride() {
			count[run[at]&(blockSize-1)]++
		}
	}
	used := blockSize
	for count[used-1] == 0 {
		used--
	}
	start := make([]uint32, used+1)
	for i, n := range count[:used] {
		start[i+1] = start[i] + n
	}
	return start
}

// place puts rows where they go, each customer's in their order.
func (s *sorting) place(rows, amounts [][]uint64, events []uint64) {
	shift, mask, nameBits, base := s.shift&63, uint64(1)<<s.shift-1, s.layout.NameBits&63, uint64(s.base-s.layout.Base)
	stride := s.stride()
	var left []uint64 // of the amounts
	for _, run := range rows {
		for at := 0; at+stride <= len(run); at += stride {
			row := run[at : at+stride]
			next := &s.next[row[1]&(blockSize-1)]
			e := *next
			*next++
			events[e] = (base+row[0]>>shift)<<nameBits | row[0]&mask
			for k, column := range s.keys {
				word, half := half(k)
				column[e] = uint32(row[word] >> half)
			}
			if row[1]&hasAmounts != 0 {
				if len(left) == 0 {
					left, amounts = amounts[0], amounts[1:]
				}
				s.value[e], s.cost[e], s.currency[e] = math.Float64frombits(left[0]), math.Float64frombits(left[1]), uint16(left[2])
				left = left[3:]
			}
		}
	}
}

func (s *sorting) clearAmounts(rows int) {
	s.value, s.cost = slices.Grow(s.value[:0], rows)[:rows], slices.Grow(s.cost[:0], rows)[:rows]
	s.currency = slices.Grow(s.currency[:0], rows)[:rows]
	for e := range rows {
		s.value[e], s.cost[e], s.currency[e] = math.NaN(), math.NaN(), 0
	}
}

// sort brings a customer's events into the order of time; those of one instant
// stay as they are. Events mostly arrive in the order they happened, so it looks
// first.
func (s *sorting) sort(b *Block, low, high uint32, amounts bool) {
	nameBits := s.layout.NameBits & 63
	if sorted(b.Event[low:high], nameBits) {
		return
	}
	s.order = s.order[:0]
	for e := low; e < high; e++ {
		s.order = append(s.order, e)
	}
	slices.SortStableFunc(s.order, func(x, y uint32) int {
		switch at, than := b.Event[x]>>nameBits, b.Event[y]>>nameBits; {
		case at < than:
			return -1
		case at > than:
			return 1
		}
		return 0
	})
	reorder(b.Event[low:high], b.Event, s.order)
	for k := range s.keys {
		reorder(s.keys[k][low:high], s.keys[k], s.order)
	}
	if amounts {
		reorder(s.value[low:high], s.value, s.order)
		reorder(s.cost[low:high], s.cost, s.order)
		reorder(s.currency[low:high], s.currency, s.order)
	}
}

// sorted reports whether no word is of an earlier instant than the one before it.
func sorted(words []uint64, nameBits uint8) bool {
	for i := 1; i < len(words); i++ {
		if words[i]>>(nameBits&63) < words[i-1]>>(nameBits&63) {
			return false
		}
	}
	return true
}

// reorder fills a run with the elements of a list in some order, of which it may
// be a part.
func reorder[T any](run, of []T, order []uint32) {
	out := make([]T, len(order))
	for i, e := range order {
		out[i] = of[e]
	}
	copy(run, out)
}

// collect takes the amounts of a block's events, NaN where there is none.
func (a *Amounts) collect(amounts []float64, currency []uint16) {
	n := 0
	for _, amount := range amounts {
		if amount == amount {
			n++
		}
	}
	if n == 0 {
		return
	}
	a.Event, a.Amount, a.Currency = make([]uint32, 0, n), make([]float64, 0, n), make([]uint16, 0, n)
	for e, amount := range amounts {
		if amount == amount {
			a.add(uint32(e), amount, currency[e])
		}
	}
}
