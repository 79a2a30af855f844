package stream

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"beichen/internal/warehouse"
)

// building makes blocks of all events there are. Several parts of the log are
// read at once, and what is read goes straight to the pile of the block it belongs
// to, so that sorting it there stays inside a processor's nearest memory.
type building struct {
	*advance
	// base and shift say how words are made until all names are known: the
	// microseconds since base, above a name of shift bits. Nothing lies after top.
	base, top int64
	shift     uint8
	parts     []*part // by the order of the log
}

// part is what was read of a part of the log: by block, the rows of its events in
// the order of the log, and the amounts of those rows that have any.
//
// The first word of a row is the event's. In halves of the others stand the
// customer's place in the block, with hasAmounts, and the codes of the columns.
// Amounts are the value, the cost (NaN: none) and the currency.
type part struct {
	scanning
	base        int64
	shift       uint8
	rows        piles
	amounts     piles
	first, last int64
	tooMany     bool // names for what a word has room for
}

const hasAmounts = 1 << 31

func (b *building) part() *part {
	return &part{
		scanning: b.scanning(), base: b.base, shift: b.shift & 63, rows: piles{stride: 1 + (len(b.columns)+2)/2}, amounts: piles{stride: 3},
		first: math.MaxInt64, last: math.MinInt64,
	}
}

// half is where in a row the code of a column stands.
func half(column int) (word int, shift uint) { return 1 + (column+1)/2, uint(column+1) % 2 * 32 }

// build makes blocks of all events, with the columns in hand. It is not ok where
// they do not fit into words.
func (a *advance) build(ctx context.Context) (out built, ok bool, err error) {
	b := &building{advance: a}
	defer b.release()
	if err := b.read(ctx); err != nil {
		return built{}, false, err
	}
	out.first, out.last = math.MaxInt64, math.MinInt64
	for _, p := range b.parts {
		out.first, out.last = min(out.first, p.first), max(out.last, p.last)
		if p.tooMany {
			return built{}, false, nil
		}
	}
	if out.first > out.last {
		return out, true, nil // nothing has happened
	}
	if out.first < b.base || out.last > b.top {
		return built{}, false, errors.New("the store has events outside the time that it says they span")
	}
	if out.Layout, ok = layoutFor(out.first, out.last, len(a.names.values)); !ok {
		return built{}, false, nil
	}
	out.blocks, err = b.blocks(ctx, out.Layout)
	return out, err == nil, err
}

// release gives the memory of the parts back.
func (b *building) release() {
	for _, p := range b.parts {
		p.rows.release()
		p.amounts.release()
	}
}

// span finds the instants between which everything lies, and leaves to names what
// they do not need of a word. Where that is too little no layout would do.
func (b *building) span(ctx context.Context) error {
	stats, err := b.facts.warehouse.Extent(ctx)
	if err != nil {
		return err
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	if stats.Events > 0 {
		first, last = stats.First.UnixMicro(), stats.Last.UnixMicro()
	}
	for _, m := range b.tail {
		if m.Type.IsEvent() {
			first, last = min(first, m.Micros()), max(last, m.Micros())
		}
	}
	b.base, b.top, b.shift = first, last, uint8(min(64-bits.Len64(uint64(last)-uint64(first)), 32))
	return nil
}

// read reads the store in parts, and then the tail.
func (b *building) read(ctx context.Context) error {
	if err := b.span(ctx); err != nil {
		return err
	}
	count := uint64(1)
	if b.loaded >= b.worthParts {
		count = uint64(runtime.GOMAXPROCS(0))
	}
	for range count + 1 {
		b.parts = append(b.parts, b.part())
	}
	scans, ctx := errgroup.WithContext(ctx)
	for i, p := range b.parts[:count] {
		q := warehouse.Scan{After: b.loaded / count * uint64(i), MaxSeq: b.loaded / count * uint64(i+1)}
		if i == int(count)-1 {
			q.MaxSeq = b.loaded
		}
		scans.Go(func() error { return p.scan(ctx, q, p.add) })
	}
	if err := scans.Wait(); err != nil {
		return err
	}
	b.eachOfTail(0, nil, b.parts[count].addMessage)
	return nil
}

// add takes a batch.
func (p *part) add(batch *warehouse.Batch) {
	p.lay(batch.Time, batch.Value, batch.Cost, func(i int) uint32 { return p.fromCurrencies[batch.Currency[i]] })
}

// addMessage takes an event of the tail.
func (p *part) addMessage(m warehouse.Stored, customer uint32) {
	p.customer, p.name = append(p.customer[:0], customer), append(p.name[:0], p.names.code(m.Name))
	for k, c := range p.columns {
		p.keys[k] = append(p.keys[k][:0], c.codeOf(m))
	}
	p.lay([]int64{m.Micros()}, []float64{orNaN(m.Value)}, []float64{orNaN(m.Cost)}, func(int) uint32 { return p.currencies.code(m.Currency) })
}

// lay lays rows of what is in hand on the piles of their customers. A row is
// written and never read: its place comes from memory that nobody has at hand.
func (p *part) lay(times []int64, values, costs []float64, currency func(i int) uint32) {
	base, shift, first, last := p.base, p.shift&63, p.first, p.last
	var names uint32
	for i, customer := range p.customer {
		time, name := times[i], p.name[i]
		first, last = min(first, time), max(last, time)
		names |= name
		who := uint64(customer & (blockSize - 1))
		if value, cost := values[i], costs[i]; value == value || cost == cost {
			who |= hasAmounts
			amounts := p.amounts.add(customer >> blockBits)
			amounts[0], amounts[1], amounts[2] = math.Float64bits(value), math.Float64bits(cost), uint64(currency(i))
		}
		if len(p.keys) > 0 {
			who |= uint64(p.keys[0][i]) << 32
		}
		row := p.rows.add(customer >> blockBits)
		row[0], row[1] = uint64(time-base)<<shift|uint64(name), who
		for k := 1; k < len(p.keys); k += 2 {
			codes := uint64(p.keys[k][i])
			if k+1 < len(p.keys) {
				codes |= uint64(p.keys[k+1][i]) << 32
			}
			row[1+(k+1)/2] = codes
		}
	}
	p.first, p.last = first, last
	p.tooMany = p.tooMany || names>>shift != 0
}

// blocks sorts the piles.
func (b *building) blocks(ctx context.Context, l Layout) ([]*Block, error) {
	count := 0
	for _, p := range b.parts {
		count = max(count, len(p.rows.next))
	}
	blocks := make([]*Block, count)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), count) {
		workers.Go(func() {
			s := sorting{building: b, layout: l, keys: make([][]uint32, len(b.columns))}
			for i := int(next.Add(1)) - 1; i < count && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				blocks[i] = s.block(i)
			}
		})
	}
	workers.Wait()
	return blocks, ctx.Err()
}
