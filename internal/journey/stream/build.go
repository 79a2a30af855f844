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
	for i, customer := range p.customer {
		pile, row := p.row(customer, batch.Time[i], p.name[i])
		for k, codes := range p.keys {
			word, shift := half(k)
			row[word] |= uint64(codes[i]) << shift
		}
		if value, cost := batch.Value[i], batch.Cost[i]; value == value || cost == cost {
			pile.amounts = append(pile.amounts, amounts{pile.rows - 1, value, cost, uint16(p.fromCurrencies[batch.Currency[i]])})
		}
	}
}

// addMessage takes an event of the tail.
func (p *part) addMessage(m warehouse.Stored, customer uint32) {
	pile, row := p.row(customer, m.Micros(), p.names.code(m.Name))
	for k, c := range p.columns {
		word, shift := half(k)
		row[word] |= uint64(c.codeOf(m)) << shift
	}
	if m.Value != nil || m.Cost != nil {
		pile.amounts = append(pile.amounts, amounts{pile.rows - 1, orNaN(m.Value), orNaN(m.Cost), uint16(p.currencies.code(m.Currency))})
	}
}

// row makes the next row of a customer; the codes of its columns are 0.
func (p *part) row(customer uint32, at int64, name uint32) (*pile, []uint64) {
	p.first, p.last = min(p.first, at), max(p.last, at)
	p.tooMany = p.tooMany || name>>p.shift != 0
	number := int(customer >> blockBits)
	for number >= len(p.piles) {
		p.piles = append(p.piles, pile{})
	}
	pile := &p.piles[number]
	from := len(pile.last)
	if from == cap(pile.last) {
		if from > 0 {
			pile.full = append(pile.full, pile.last)
		}
		pile.last, from = p.page(), 0
	}
	pile.last = pile.last[:from+p.stride]
	pile.rows++
	row := pile.last[from:]
	row[0], row[1] = uint64(at-p.base)<<(p.shift&63)|uint64(name), uint64(customer&(blockSize-1))
	return pile, row
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
