package stream

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// merging puts rows into blocks: a block that any row belongs to, or of which a
// customer is to be forgotten, is made anew; the others stay as they are.
type merging struct {
	layout Layout
	rows   *rows
	order  []uint32 // of rows, by customer
	start  []uint32 // of order, by customer
	// forget tells which customers' earlier events are left out: rows hold all of
	// theirs. nil: nobody's.
	forget func(customer uint32) bool
	// forgotten are those customers.
	forgotten []uint32
	// from is the least word of the earlier events that stay; 0: all do.
	from uint64
}

// fresh marks a source that is a row; otherwise it is an event of the old block.
const fresh = 1 << 31

// into gives the blocks with the rows in them. Events and customers count by
// how much there are more of them now.
func (m *merging) into(ctx context.Context, blocks []*Block) (out []*Block, err error) {
	m.order, m.start = m.rows.order()
	count := max(len(blocks), (len(m.start)-1+blockSize-1)>>blockBits)
	out = make([]*Block, count)
	copy(out, blocks)
	touched := make([]bool, count)
	for i, b := range blocks {
		touched[i] = b != nil && m.from > 0 && slices.ContainsFunc(b.Event, func(word uint64) bool { return word < m.from })
	}
	for _, c := range m.forgotten {
		if int(c>>blockBits) < count {
			touched[c>>blockBits] = true
		}
	}
	for c := range len(m.start) - 1 {
		if m.start[c] != m.start[c+1] {
			touched[c>>blockBits] = true
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), count) {
		workers.Go(func() {
			var w blockMerge
			for i := int(next.Add(1)) - 1; i < count && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if touched[i] {
					out[i] = w.merge(m, uint32(i), out[i])
				}
			}
		})
	}
	workers.Wait()
	return out, ctx.Err()
}

// of are the rows of a customer.
func (m *merging) of(customer uint32) []uint32 {
	if int(customer) >= len(m.start)-1 {
		return nil
	}
	return m.order[m.start[customer]:m.start[customer+1]]
}

// blockMerge makes one block after the other and keeps its memory.
type blockMerge struct {
	source []uint32 // where each event of the new block comes from
	column []uint32
}

func (w *blockMerge) merge(m *merging, number uint32, old *Block) *Block {
	b := &Block{First: number << blockBits, Start: make([]uint32, 1, blockSize+1)}
	if old == nil {
		old = &Block{First: b.First, Start: []uint32{0}}
	}
	w.source = w.source[:0]
	used := 0
	for i := range blockSize {
		customer := b.First + uint32(i)
		var low, high uint32
		if i < old.Len() && (m.forget == nil || !m.forget(customer)) {
			low, high = old.Start[i], old.Start[i+1]
			low += below(old.Event[low:high], m.from)
		}
		w.merge1(m, old, low, high, m.of(customer))
		b.Start = append(b.Start, uint32(len(w.source)))
		if len(w.source) > int(b.Start[i]) {
			used = i + 1
		}
	}
	if used == 0 {
		return nil
	}
	b.Start = append(make([]uint32, 0, used+1), b.Start[:used+1]...)
	w.events(m, old, b)
	w.amounts(&old.Values, m.rows.value, m.rows.currency, &b.Values)
	w.amounts(&old.Costs, m.rows.cost, m.rows.currency, &b.Costs)
	b.columns = make([]codes, len(m.rows.keys))
	for k := range b.columns {
		var before codes
		if k < len(old.columns) {
			before = old.columns[k]
		}
		b.columns[k] = w.codes(&before, m.rows.keys[k])
	}
	if m.rows.class != nil {
		b.class = w.codes(&old.class, m.rows.class)
	}
	if m.rows.seq != nil {
		b.seq = make([]uint64, len(w.source))
		for e, s := range w.source {
			b.seq[e] = m.rows.seq[s&^fresh]
		}
	}
	return b
}

// merge1 merges a customer's earlier events and new rows by time. The rows came
// later, so that of one instant they come after.
func (w *blockMerge) merge1(m *merging, old *Block, low, high uint32, of []uint32) {
	m.rows.sortByTime(of)
	for _, row := range of {
		for at := m.rows.time[row]; low < high && m.layout.Time(old.Event[low]) <= at; low++ {
			w.source = append(w.source, low)
		}
		w.source = append(w.source, row|fresh)
	}
	for ; low < high; low++ {
		w.source = append(w.source, low)
	}
}

func (w *blockMerge) events(m *merging, old, b *Block) {
	b.Event = make([]uint64, len(w.source))
	for e, s := range w.source {
		if s&fresh == 0 {
			b.Event[e] = old.Event[s]
		} else {
			row := s &^ fresh
			b.Event[e] = m.layout.word(m.rows.time[row], m.rows.name[row])
		}
	}
	b.index(m.layout)
}

func (w *blockMerge) amounts(old *Amounts, fromRows []float64, currency []uint16, to *Amounts) {
	if len(old.Event) == 0 && fromRows == nil {
		return
	}
	next := 0
	for e, s := range w.source {
		if s&fresh != 0 {
			if row := s &^ fresh; fromRows != nil && fromRows[row] == fromRows[row] {
				to.add(uint32(e), fromRows[row], currency[row])
			}
			continue
		}
		for next < len(old.Event) && old.Event[next] < s { // of who was forgotten
			next++
		}
		if next < len(old.Event) && old.Event[next] == s {
			to.add(uint32(e), old.Amount[next], old.Currency[next])
		}
	}
	to.compact()
}

// compact gives back what appending left over.
func (a *Amounts) compact() {
	a.Event, a.Amount, a.Currency = slices.Clip(slices.Clone(a.Event)), slices.Clip(slices.Clone(a.Amount)), slices.Clip(slices.Clone(a.Currency))
}

func (w *blockMerge) codes(old *codes, fromRows []uint32) codes {
	w.column = w.column[:0]
	for _, s := range w.source {
		if s&fresh == 0 {
			w.column = append(w.column, old.at(s))
		} else {
			w.column = append(w.column, fromRows[s&^fresh])
		}
	}
	return packed(w.column)
}
