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
	piles       []pile // by block
	first, last int64
	tooMany     bool // names for what a word has room for
}

// pile is what a part has for one block, in the order of the log.
type pile struct {
	full []*page
	last *page
	rows uint32
	// amounts are those of the rows that have one, by row ascending.
	amounts []amounts
}

// pageRows keeps what is left over of pages small, blocks having some 10,000 events.
const pageRows = 512

type page struct {
	keys     [][pageRows]uint32 // by column
	n        int
	words    [pageRows]uint64
	customer [pageRows]uint16 // in the block
}

type amounts struct {
	row         uint32
	value, cost float64 // NaN: none
	currency    uint16
}

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
		b.parts = append(b.parts, &part{scanning: b.scanning(), base: b.base, shift: b.shift, first: math.MaxInt64, last: math.MinInt64})
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
	shift, base := p.shift&63, p.base
	for i, customer := range p.customer {
		at, name := batch.Time[i], p.name[i]
		p.first, p.last = min(p.first, at), max(p.last, at)
		p.tooMany = p.tooMany || name>>shift != 0
		pile, page := p.room(customer)
		n := page.n & (pageRows - 1)
		page.words[n] = uint64(at-base)<<shift | uint64(name)
		page.customer[n] = uint16(customer & (blockSize - 1))
		for k := range page.keys {
			page.keys[k][n] = p.keys[k][i]
		}
		page.n++
		if value, cost := batch.Value[i], batch.Cost[i]; value == value || cost == cost {
			pile.amounts = append(pile.amounts, amounts{pile.rows, value, cost, uint16(p.fromCurrencies[batch.Currency[i]])})
		}
		pile.rows++
	}
}

// room is where the next row of a customer goes.
func (p *part) room(customer uint32) (*pile, *page) {
	number := int(customer >> blockBits)
	for number >= len(p.piles) {
		p.piles = append(p.piles, pile{})
	}
	pile := &p.piles[number]
	if pile.last == nil || pile.last.n == pageRows {
		if pile.last != nil {
			pile.full = append(pile.full, pile.last)
		}
		pile.last = &page{keys: make([][pageRows]uint32, len(p.columns))}
	}
	return pile, pile.last
}

// addMessage takes an event of the tail.
func (p *part) addMessage(m warehouse.Stored, customer uint32) {
	at, name := m.Micros(), p.names.code(m.Name)
	p.first, p.last = min(p.first, at), max(p.last, at)
	p.tooMany = p.tooMany || name>>(p.shift&63) != 0
	pile, page := p.room(customer)
	page.words[page.n] = uint64(at-p.base)<<(p.shift&63) | uint64(name)
	page.customer[page.n] = uint16(customer & (blockSize - 1))
	for k, c := range p.columns {
		page.keys[k][page.n] = c.codeOf(m)
	}
	page.n++
	if m.Value != nil || m.Cost != nil {
		pile.amounts = append(pile.amounts, amounts{pile.rows, orNaN(m.Value), orNaN(m.Cost), uint16(p.currencies.code(m.Currency))})
	}
	pile.rows++
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
			s := sorting{building: b, layout: l, keys: make([][]uint32, len(b.columns))}
			for i := int(next.Add(1)) - 1; i < count && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				blocks[i] = s.block(i)
			}
		})
	}
	workers.Wait()
	return blocks, ctx.Err()
}
