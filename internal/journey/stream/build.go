package stream

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"beichen/internal/warehouse"
)

// building makes blocks of all events there are. Several parts of the log are
// read at once, and what is read goes straight to the block it belongs to, so
// that sorting it there stays inside a processor's nearest memory, and little
// memory is touched: a page of it costs as much as a hundred events.
type building struct {
	*advance
	// base and shift say how words are made until all names are known: the
	// microseconds since base, above a name of shift bits. Nothing lies after top.
	base, top int64
	shift     uint8
	parts     []*part // by the order of the log
}

// part is what was read of a part of the log.
type part struct {
	scanning
	base        int64
	shift       uint8
	stride      int    // words of a row
	piles       []pile // by block
	first, last int64
	tooMany     bool // names for what a word has room for

	laid  []uint64 // rows of the batch in hand
	free  []uint64 // room for pages
	taken int
}

// pile is what a part has for one block, in the order of the log: rows of words,
// each beside the other so that one touches a single place in memory. The first
// word is the event's; the customer's place in the block and the codes of the
// columns stand in halves of the others.
type pile struct {
	full [][]uint64
	last []uint64
	rows uint32
	// amounts are those of the rows that have one, by row ascending.
	amounts []amounts
}

// pageRows keeps what is left over of pages small, blocks having some 10,000 events.
const pageRows = 512

type amounts struct {
	row         uint32
	value, cost float64 // NaN: none
	currency    uint16
}

func (b *building) part() *part {
	return &part{
		scanning: b.scanning(), base: b.base, shift: b.shift & 63, stride: 1 + (len(b.columns)+2)/2,
		first: math.MaxInt64, last: math.MinInt64,
	}
}

// half is where in a row the code of a column stands.
func half(column int) (word int, shift uint) { return 1 + (column+1)/2, uint(column+1) % 2 * 32 }

// build makes blocks of all events, with the columns in hand. It is not ok where
// they do not fit into words.
func (a *advance) build(ctx context.Context) (out built, ok bool, err error) {
	b := &building{advance: a}
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

// span finds the instants between which everything lies, and leaves to names what
// they do not need of a word. Where that is too little no layout would do.
func (b *building) span(ctx context.Context) error {
	stats, err := b.facts.warehouse.Stats(ctx)
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
	p.lay(batch.Time[:batch.Len])
	for i := range batch.Len {
		pile := p.move(i)
		if value, cost := batch.Value[i], batch.Cost[i]; value == value || cost == cost {
			pile.amounts = append(pile.amounts, amounts{pile.rows - 1, value, cost, uint16(p.fromCurrencies[batch.Currency[i]])})
		}
	}
}

// addMessage takes an event of the tail.
func (p *part) addMessage(m warehouse.Stored, customer uint32) {
	p.customer, p.name = append(p.customer[:0], customer), append(p.name[:0], p.names.code(m.Name))
	for k, c := range p.columns {
		p.keys[k] = append(p.keys[k][:0], c.codeOf(m))
	}
	p.lay([]int64{m.Micros()})
	pile := p.move(0)
	if m.Value != nil || m.Cost != nil {
		pile.amounts = append(pile.amounts, amounts{pile.rows - 1, orNaN(m.Value), orNaN(m.Cost), uint16(p.currencies.code(m.Currency))})
	}
}

// lay makes rows of what is in hand, column by column.
func (p *part) lay(times []int64) {
	p.laid = slices.Grow(p.laid[:0], len(times)*p.stride)[:len(times)*p.stride]
	clear(p.laid)
	base, shift, at := p.base, p.shift&63, 0
	var names uint32
	for i, time := range times {
		p.first, p.last = min(p.first, time), max(p.last, time)
		names |= p.name[i]
		p.laid[at], p.laid[at+1] = uint64(time-base)<<shift|uint64(p.name[i]), uint64(p.customer[i]&(blockSize-1))
		at += p.stride
	}
	p.tooMany = p.tooMany || names>>shift != 0
	for k, codes := range p.keys {
		at, half := half(k)
		for _, code := range codes {
			p.laid[at] |= uint64(code) << (half & 63)
			at += p.stride
		}
	}
}

// move moves a row to the pile of its customer.
func (p *part) move(i int) *pile {
	number := int(p.customer[i] >> blockBits)
	for number >= len(p.piles) {
		p.piles = append(p.piles, pile{})
	}
	pile := &p.piles[number]
	if len(pile.last) == cap(pile.last) {
		if len(pile.last) > 0 {
			pile.full = append(pile.full, pile.last)
		}
		pile.last = p.page()
	}
	row := p.laid[i*p.stride:]
	pile.last = append(pile.last, row[0], row[1])
	if p.stride > 2 {
		pile.last = append(pile.last, row[2:p.stride]...)
	}
	pile.rows++
	return pile
}

// page is an empty page.
func (p *part) page() []uint64 {
	size := pageRows * p.stride
	if len(p.free) == 0 {
		p.free = make([]uint64, min(max(p.taken, size), 16*size))
		p.taken += len(p.free)
	}
	page := p.free[:0:size]
	p.free = p.free[size:]
	return page
}

// blocks sorts the piles.
func (b *building) blocks(ctx context.Context, l Layout) ([]*Block, error) {
	count := 0
	for _, p := range b.parts {
		count = max(count, len(p.piles))
	}
	blocks := make([]*Block, count)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), count) {
		workers.Go(func() {
			s := sorting{building: b, layout: l, stride: b.parts[0].stride, keys: make([][]uint32, len(b.columns))}
			for i := int(next.Add(1)) - 1; i < count && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				blocks[i] = s.block(i)
			}
		})
	}
	workers.Wait()
	return blocks, ctx.Err()
}
