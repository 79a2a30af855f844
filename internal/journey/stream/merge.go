package stream

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
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
	rest *rest // between blocks; nil: never
}

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
			began := time.Now()
			for i := int(next.Add(1)) - 1; i < count && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if touched[i] {
					// Who waits for a processor, as a request that brings events, is not to
					// wait for all blocks.
					runtime.Gosched()
					out[i] = w.merge(m, uint32(i), out[i])
					began = m.rest.after(began)
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

// stretch is where events of a new block come from: so many that follow each other in the
// old one, or a row.
type stretch struct{ from, count uint32 }

// fresh marks the stretch that is a row.
const fresh = 1 << 31

func (s stretch) row() (row uint32, is bool) { return s.from &^ fresh, s.from&fresh != 0 }

// blockMerge makes one block after the other and keeps its memory.
type blockMerge struct {
	stretches []stretch
	count     int // events in them
	column    []uint32
}

func (w *blockMerge) merge(m *merging, number uint32, old *Block) *Block {
	b := newBlock(number)
	b.Start = make([]uint32, 1, blockSize+1)
	if old == nil {
		old = &Block{First: b.First, Start: []uint32{0}}
	}
	w.stretches, w.count = w.stretches[:0], 0
	used := 0
	for i := range blockSize {
		customer := b.First + uint32(i)
		var low, high uint32
		if i < old.Len() && (m.forget == nil || !m.forget(customer)) {
			low, high = old.Start[i], old.Start[i+1]
			low += below(old.Event[low:high], m.from)
		}
		w.merge1(m, old, low, high, m.of(customer))
		b.Start = append(b.Start, uint32(w.count))
		if w.count > int(b.Start[i]) {
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
		b.seq = make([]uint64, 0, w.count)
		for _, s := range w.stretches { // rows all: where positions are wanted there is no old block
			b.seq = append(b.seq, m.rows.seq[s.from&^fresh])
		}
	}
	return b
}

// merge1 merges a customer's earlier events and new rows by time. The rows came
// later, so that of one instant they come after.
func (w *blockMerge) merge1(m *merging, old *Block, low, high uint32, of []uint32) {
	m.rows.sortByTime(of)
	for _, row := range of {
		at, next := m.rows.time[row], low
		if low < high && m.layout.Time(old.Event[high-1]) <= at { // as most that comes
			next = high
		}
		for next < high && m.layout.Time(old.Event[next]) <= at {
			next++
		}
		w.take(low, next)
		low = next
		w.stretches = append(w.stretches, stretch{row | fresh, 1})
		w.count++
	}
	w.take(low, high)
}

// take takes over events of the old block.
func (w *blockMerge) take(low, high uint32) {
	w.count += int(high - low)
	if n := len(w.stretches) - 1; n >= 0 && w.stretches[n].from+w.stretches[n].count == low {
		w.stretches[n].count += high - low
	} else if low < high {
		w.stretches = append(w.stretches, stretch{low, high - low})
	}
}

func (w *blockMerge) events(m *merging, old, b *Block) {
	b.Event = make([]uint64, 0, w.count)
	for _, s := range w.stretches {
		if row, is := s.row(); is {
			b.Event = append(b.Event, m.layout.word(m.rows.time[row], m.rows.name[row]))
		} else {
			b.Event = append(b.Event, old.Event[s.from:s.from+s.count]...)
		}
	}
	b.Has, b.When = make([]uint64, b.Len()), make([]uint64, b.Len())
	for i := range b.Has {
		of := m.of(b.First + uint32(i))
		if i < old.Len() && len(of) == 0 && b.Start[i+1]-b.Start[i] == old.Start[i+1]-old.Start[i] { // all they had, and no more
			b.Has[i], b.When[i] = old.Has[i], old.When[i]
			b.countCustomer(i)
		} else {
			b.indexCustomer(m.layout, i)
		}
	}
}

func (w *blockMerge) amounts(old *Amounts, fromRows []float64, currency []uint16, to *Amounts) {
	brings := func(row uint32) bool { return fromRows != nil && fromRows[row] == fromRows[row] }
	most := len(old.Event)
	for _, s := range w.stretches {
		if row, is := s.row(); is && brings(row) {
			most++
		}
	}
	if most == 0 {
		return
	}
	*to = Amounts{Event: make([]uint32, 0, most), Amount: make([]float64, 0, most), Currency: make([]uint16, 0, most)}
	first, next := uint32(0), uint32(0)
	for _, s := range w.stretches {
		switch row, is := s.row(); {
		case !is:
			next += below(old.Event[next:], s.from) // of who was forgotten
			from := next
			next += below(old.Event[next:], s.from+s.count)
			to.addMoved(old, from, next, first-s.from)
		case brings(row):
			to.add(first, fromRows[row], currency[row])
		}
		first += s.count
	}
	if len(to.Event) < most {
		to.compact()
	}
}

// addMoved adds amounts of another block, whose events lie so much further on here.
func (a *Amounts) addMoved(of *Amounts, from, to, by uint32) {
	first := len(a.Event)
	a.Event = append(a.Event, of.Event[from:to]...)
	for i := range a.Event[first:] {
		a.Event[first+i] += by
	}
	a.Amount, a.Currency = append(a.Amount, of.Amount[from:to]...), append(a.Currency, of.Currency[from:to]...)
}

// compact gives back what appending left over.
func (a *Amounts) compact() {
	a.Event, a.Amount, a.Currency = slices.Clip(slices.Clone(a.Event)), slices.Clip(slices.Clone(a.Amount)), slices.Clip(slices.Clone(a.Currency))
}

func (w *blockMerge) codes(old *codes, fromRows []uint32) codes {
	w.column = slices.Grow(w.column[:0], w.count)
	for _, s := range w.stretches {
		if row, is := s.row(); is {
			w.column = append(w.column, fromRows[row])
		} else {
			w.column = old.appendTo(w.column, s.from, s.count)
		}
	}
	return packed(w.column)
}
