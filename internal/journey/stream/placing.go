package stream

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// placing makes blocks of what was gathered.
type placing struct {
	*gathered
	layout   Layout
	complete []bool   // by number of a customer: they are in the blocks
	classes  []uint32 // by code, where words do not tell the class; nil: they do
}

// blocks sorts the piles.
func (p *placing) blocks(ctx context.Context) ([]*Block, error) {
	blocks := make([]*Block, p.piles())
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		workers.Go(func() {
			w := placer{placing: p, keys: make([][]uint32, p.columns)}
			for i := int(next.Add(1)) - 1; i < len(blocks) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				blocks[i] = w.block(i)
			}
		})
	}
	workers.Wait()
	return blocks, ctx.Err()
}

// placer makes one block after the other and keeps its memory.
type placer struct {
	*placing
	start  [blockSize + 1]uint32 // by customer, where their events begin
	next   [blockSize]uint32     // and where their next one goes
	loose  [blockSize]bool       // they are not all of one run
	seq    []uint64              // by event, before they are sorted
	keys   [][]uint32            // by column and event
	prices []price

	order  []uint64 // of a customer's events, and their words when they are moved
	column []uint32
	to     []uint32 // by event, where it was moved to
}

// price is the amounts of an event.
type price struct {
	event       uint32
	currency    uint16
	value, cost float64
}

// block makes the block of a pile, nil where it has nobody who is complete.
func (p *placer) block(pile int) *Block {
	events, times, runs := p.events.runs(pile), p.times.runs(pile), &runPile{}
	if pile < len(p.runs) {
		runs = &p.runs[pile]
	}
	b := newBlock(uint32(pile))
	used := p.count(b.First, events, times, runs)
	if used == 0 {
		return nil
	}
	b.Start = slices.Clone(p.start[:used+1])
	n := int(b.Start[used])
	b.Event, p.seq, p.to = make([]uint64, n), slices.Grow(p.seq[:0], n)[:n], slices.Grow(p.to[:0], n)[:n]
	for k := range p.keys {
		p.keys[k] = slices.Grow(p.keys[k][:0], n)[:n]
	}
	p.next, p.prices = [blockSize]uint32(p.start[:]), p.prices[:0]
	p.placeEvents(b, events, p.amounts.runs(pile))
	p.placeTimes(b, times)
	p.placeRuns(b, runs)
	for i := range used {
		if p.loose[i] {
			p.sort(b.Event, b.Start[i], b.Start[i+1])
		}
	}
	p.price(b)
	b.columns = make([]codes, len(p.keys))
	for k := range p.keys {
		b.columns[k] = packed(p.keys[k])
	}
	b.index(p.layout)
	if p.classes != nil {
		class := make([]uint32, n)
		for e, word := range b.Event {
			class[e] = p.classes[p.layout.Name(word)]
		}
		b.class = packed(class)
	}
	return b
}

// count finds where the events of each customer begin, and after which customer none has
// any.
func (p *placer) count(first uint32, events, times [][]uint64, runs *runPile) (used int) {
	var count [blockSize]uint32
	for _, run := range events {
		for at := 1; at < len(run); at += p.events.stride {
			count[run[at]&(blockSize-1)]++
		}
	}
	for _, run := range times {
		for _, word := range run {
			count[word&(blockSize-1)]++
		}
	}
	for place, n := range count {
		p.loose[place] = n > 0
	}
	for i, run := range runs.runs {
		n := runs.end(i) - run.start
		p.loose[run.place] = p.loose[run.place] || count[run.place] > 0
		count[run.place] += n
	}
	for i, n := range count {
		if n > 0 && !p.complete[first+uint32(i)] {
			n = 0
		}
		if p.start[i+1] = p.start[i] + n; n > 0 {
			used = i + 1
		}
	}
	return used
}

func (p *placer) placeEvents(b *Block, runs, amounts [][]uint64) {
	stride := p.events.stride
	var left []uint64 // of the amounts
	for _, run := range runs {
		for ; len(run) >= stride; run = run[stride:] {
			place := run[1] & (blockSize - 1)
			complete, e := p.complete[b.First+uint32(place)], p.next[place]
			if complete {
				p.next[place]++
				b.Event[e], p.seq[e] = p.layout.word(int64(run[0]), uint32(run[1]>>32)), run[2]
				for k, column := range p.keys {
					column[e] = uint32(run[3+k/2] >> (k % 2 * 32))
				}
			}
			if run[1]&hasAmounts != 0 {
				if len(left) == 0 {
					left, amounts = amounts[0], amounts[1:]
				}
				if complete {
					p.prices = append(p.prices, price{e, uint16(left[2]), math.Float64frombits(left[0]), math.Float64frombits(left[1])})
				}
				left = left[3:]
			}
		}
	}
}

func (p *placer) placeTimes(b *Block, runs [][]uint64) {
	for _, run := range runs {
		for _, word := range run {
			place := word & (blockSize - 1)
			if !p.complete[b.First+uint32(place)] {
				continue
			}
			e := p.next[place]
			p.next[place]++
			b.Event[e], p.seq[e] = p.layout.word(int64(word)>>blockBits, 0), 0
			for _, column := range p.keys {
				column[e] = 0
			}
		}
	}
}

// placeRuns places runs, each as it is: who has no more than one need not be sorted.
func (p *placer) placeRuns(b *Block, runs *runPile) {
	nameBits, base := p.layout.NameBits&63, p.layout.Base
	amounts := runs.amounts
	for i, run := range runs.runs {
		low, high := run.start, runs.end(i)
		complete, e := p.complete[b.First+run.place], p.next[run.place]
		for len(amounts) > 0 && amounts[0].event < high {
			if complete {
				of := amounts[0]
				of.event = of.event - low + e
				p.prices = append(p.prices, of)
			}
			amounts = amounts[1:]
		}
		if !complete {
			continue
		}
		n := high - low
		p.next[run.place] += n
		words, codes, to := b.Event[e:e+n], runs.code[low:high], p.to[e:e+n]
		for j, at := range runs.time[low:high] {
			words[j] = uint64(at-base)<<nameBits | uint64(codes[j])
			to[j] = e + uint32(j)
		}
		copy(p.seq[e:e+n], runs.seq[low:high])
		for k, column := range p.keys {
			copy(column[e:e+n], runs.keys[k][low:high])
		}
	}
}

// sort brings a customer's events into the order of time, and those of one instant into
// that of the log. Words alone are sorted where there is room in one for the time since
// the customer's first event, and the event's place.
func (p *placer) sort(events []uint64, low, high uint32) {
	nameBits := p.layout.NameBits & 63
	sorted, first, last := true, uint64(math.MaxUint64), uint64(0)
	for e := low; e < high; e++ {
		p.to[e] = e
		first, last = min(first, events[e]>>nameBits), max(last, events[e]>>nameBits)
		sorted = sorted && (e == low || p.compare(events, e-1, e) <= 0)
	}
	if sorted {
		return
	}
	byPlace := func(x, y uint64) int { return p.compare(events, low+uint32(x), low+uint32(y)) }
	p.order = p.order[:0]
	placeBits := bits.Len32(high-low) & 63
	if bits.Len64(last-first)+placeBits > 64 {
		for e := range high - low {
			p.order = append(p.order, uint64(e))
		}
		slices.SortFunc(p.order, byPlace)
		p.move(events[low:high], low)
		return
	}
	for e := low; e < high; e++ {
		p.order = append(p.order, (events[e]>>nameBits-first)<<placeBits|uint64(e-low))
	}
	slices.Sort(p.order)
	for from, to := 0, 0; from < len(p.order); from = to {
		at := p.order[from] >> placeBits
		for to < len(p.order) && p.order[to]>>placeBits == at {
			p.order[to] &= 1<<placeBits - 1
			to++
		}
		if to > from+1 {
			slices.SortStableFunc(p.order[from:to], byPlace)
		}
	}
	p.move(events[low:high], low)
}

// compare is the order of two events of a customer.
func (p *placer) compare(events []uint64, x, y uint32) int {
	nameBits := p.layout.NameBits & 63
	if at, than := events[x]>>nameBits, events[y]>>nameBits; at != than {
		return cmp.Compare(at, than)
	}
	return cmp.Compare(p.seq[x], p.seq[y])
}

// move brings the events of a customer, from one on, into the order that was found.
func (p *placer) move(events []uint64, low uint32) {
	for k := range p.keys {
		column := p.keys[k][low:]
		p.column = p.column[:0]
		for _, from := range p.order {
			p.column = append(p.column, column[from])
		}
		copy(column, p.column)
	}
	for to, from := range p.order {
		p.to[low+uint32(from)] = low + uint32(to)
		p.order[to] = events[from]
	}
	copy(events, p.order)
}

// price gives the block its amounts.
func (p *placer) price(b *Block) {
	for i := range p.prices {
		p.prices[i].event = p.to[p.prices[i].event]
	}
	slices.SortFunc(p.prices, func(a, b price) int { return cmp.Compare(a.event, b.event) })
	for _, of := range p.prices {
		if of.value == of.value {
			b.Values.add(of.event, of.value, of.currency)
		}
		if of.cost == of.cost {
			b.Costs.add(of.event, of.cost, of.currency)
		}
	}
}
