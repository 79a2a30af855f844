package stream

import (
	"context"
	"math"
	"slices"

	"beichen/internal/warehouse"
)

// gathered are rows on piles, one for each block that they will be in. Their customers
// are numbered in the order in which they come, so that blocks are full.
//
// A row is its instant; in halves the customer's place in the block, with hasAmounts, and
// the code of its name and class (portioning); its position in the log; and in halves the
// codes of its columns. Of an event of which only the time is known there is one word:
// its instant above, the customer's place below. Amounts are as those of part. Events that
// come in order have piles of their own (gatheredruns.go).
type gathered struct {
	events, times, amounts piles
	runs                   []runPile
	spare                  []runPile // of parts before, to be filled again
	columns                int
	rows                   int
	own                    []uint32 // customers by their numbers here; 0 is nobody
	numbers                []uint32 // numbers here by customer, 0: none
	first, last            int64    // instants
}

// bytesARow is what a row takes while it is gathered, and again in its block.
const bytesARow = 48

func (g *gathering) newGathered() *gathered {
	columns := len(g.plan.Question.Keys)
	if g.grouped {
		columns++
	}
	return &gathered{
		events: piles{stride: 3 + (columns+1)/2}, times: piles{stride: 1}, amounts: piles{stride: 3}, columns: columns,
		own: []uint32{0}, first: math.MaxInt64, last: math.MinInt64,
	}
}

// number is the number here of a customer.
func (h *gathered) number(customer uint32) uint32 {
	if int(customer) >= len(h.numbers) {
		h.numbers = append(h.numbers, make([]uint32, int(customer)+1-len(h.numbers))...)
	}
	if h.numbers[customer] == 0 {
		h.numbers[customer] = uint32(len(h.own))
		h.own = append(h.own, customer)
	}
	return h.numbers[customer]
}

// seen takes note of a row.
func (h *gathered) seen(at int64) {
	h.rows++
	h.first, h.last = min(h.first, at), max(h.last, at)
}

// add takes a row with a code of its name and class, and its amounts where it is priced.
func (h *gathered) add(customer uint32, r *taken, code uint32, priced bool) {
	number := h.number(customer)
	h.seen(r.at)
	who := uint64(number&(blockSize-1)) | uint64(code)<<32
	if priced {
		who |= hasAmounts
		amounts := h.amounts.add(number >> blockBits)
		amounts[0], amounts[1], amounts[2] = math.Float64bits(r.value), math.Float64bits(r.cost), uint64(r.currency)
	}
	row := h.events.add(number >> blockBits)[:h.events.stride]
	row[0], row[1], row[2] = uint64(r.at), who, r.seq
	clear(row[3:])
	for k := range h.columns {
		code := uint64(r.times) // of a grouped question, after its keys
		if k < len(r.keys) {
			code = uint64(r.keys[k])
		}
		row[3+k/2] |= code << (k % 2 * 32)
	}
}

// addTime takes an event that matches nothing and of which the time is looked at.
func (h *gathered) addTime(customer uint32, at int64) {
	if at<<blockBits>>blockBits != at { // centuries from now
		h.add(customer, &taken{at: at}, 0, false)
		return
	}
	number := h.number(customer)
	h.seen(at)
	h.times.add(number >> blockBits)[0] = uint64(at)<<blockBits | uint64(number&(blockSize-1))
}

// piles is how many there are.
func (h *gathered) piles() int { return max(len(h.events.next), len(h.times.next), len(h.runs)) }

// release gives the memory of all rows back.
func (h *gathered) release() {
	h.events.release()
	h.times.release()
	h.amounts.release()
}

func (g *gathering) release() { g.held.release() }

// part makes a part of the customers who are complete; the rows of the others stay.
func (g *gathering) part(ctx context.Context) (*Streams, error) {
	h, o := g.held, g.codes
	complete := make([]bool, len(h.own))
	for number, customer := range h.own {
		complete[number] = g.through == warehouse.MaxNumber || int(customer) < len(g.last) && g.last[customer] <= g.through
	}
	w := g.whole
	s := &Streams{
		Names: o.names, Classes: o.matcher.words, Currencies: g.currencies.values,
		Through: w.Through, Last: w.Last, CustomerID: g.customerID(h.own), Part: true,
	}
	if h.rows == 0 {
		h.first, h.last = 0, 0
	}
	s.Layout, _ = layoutFor(h.first, h.last, len(s.Names)) // a span of centuries with thousands of names would not fit
	p := placing{gathered: h, layout: s.Layout, complete: complete}
	if o.fits() {
		s.rules = o.rules
	} else {
		p.classes = o.classes
	}
	var err error
	if s.Blocks, err = p.blocks(ctx); err != nil {
		return nil, err
	}
	for k := range g.plan.Question.Keys {
		s.keys = append(s.keys, key{column: k})
		s.Values = append(s.Values, g.values[k].values)
	}
	if g.grouped {
		s.times = h.columns
	}
	s.prepare()
	g.held = g.newGathered()
	for _, customer := range h.own[1:] {
		h.numbers[customer] = 0
	}
	g.held.numbers = h.numbers
	g.held.keep(h, complete)
	g.held.spare = append(h.spare, h.runs...)
	g.waiting = g.held.rows
	h.release()
	return s, nil
}

// customerID tells the ids of customers by their numbers in a part.
func (g *gathering) customerID(own []uint32) func(number uint32) string {
	switch g.plan.Subject.Kind {
	case Person:
		return func(number uint32) string { return g.view.ID(own[number]) }
	case Account:
		return func(number uint32) string { return g.view.AccountID(own[number]) }
	}
	values := g.values[len(g.plan.keys)-1].values
	return func(number uint32) string { return text(values[own[number]]) }
}

// keep takes the rows of those customers of another who are not complete.
func (h *gathered) keep(from *gathered, complete []bool) {
	for pile := range from.piles() {
		first := uint32(pile) << blockBits
		if !slices.Contains(complete[first:min(int(first)+blockSize, len(complete))], false) {
			continue
		}
		amounts := from.amounts.runs(pile)
		var left []uint64
		for _, run := range from.events.runs(pile) {
			for stride := from.events.stride; len(run) >= stride; run = run[stride:] {
				var own []uint64 // amounts
				if run[1]&hasAmounts != 0 {
					if len(left) == 0 {
						left, amounts = amounts[0], amounts[1:]
					}
					own, left = left[:3], left[3:]
				}
				number := first + uint32(run[1]&(blockSize-1))
				if complete[number] {
					continue
				}
				now := h.number(from.own[number])
				h.seen(int64(run[0]))
				row := h.events.add(now >> blockBits)
				copy(row, run[:stride])
				row[1] = row[1]&^(blockSize-1) | uint64(now&(blockSize-1))
				if own != nil {
					copy(h.amounts.add(now>>blockBits), own)
				}
			}
		}
		for _, run := range from.times.runs(pile) {
			for _, word := range run {
				if number := first + uint32(word&(blockSize-1)); !complete[number] {
					h.addTime(from.own[number], int64(word)>>blockBits)
				}
			}
		}
		if pile < len(from.runs) {
			runs := &from.runs[pile]
			for i, run := range runs.runs {
				if number := first + run.place; !complete[number] {
					h.keepRun(from.own[number], runs, i)
				}
			}
		}
	}
}
