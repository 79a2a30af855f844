package stream

import "sort"

// runPile are the events of a block that came as runs (warehouse.Runs), which are in
// order already: a run after the other, as columns.
type runPile struct {
	time    []int64
	seq     []uint64
	code    []uint32   // as portioning gives them
	keys    [][]uint32 // by column
	amounts []price    // by event ascending
	runs    []run
}

// run is a customer's place in the block, and where their events begin in the pile.
type run struct{ place, start uint32 }

// end is where the events of a run end.
func (p *runPile) end(i int) uint32 {
	if i+1 < len(p.runs) {
		return p.runs[i+1].start
	}
	return uint32(len(p.time))
}

// emptied is a pile with nothing on it, in the same memory.
func (p *runPile) emptied() runPile {
	for k, column := range p.keys {
		p.keys[k] = column[:0]
	}
	return runPile{p.time[:0], p.seq[:0], p.code[:0], p.keys, p.amounts[:0], p.runs[:0]}
}

// runPile is the pile that the run of a customer goes to, on which it is begun.
func (h *gathered) runPile(customer uint32) *runPile {
	number := h.number(customer)
	for int(number>>blockBits) >= len(h.runs) {
		pile := runPile{keys: make([][]uint32, h.columns)}
		if last := len(h.spare) - 1; last >= 0 {
			pile, h.spare = h.spare[last].emptied(), h.spare[:last]
		}
		h.runs = append(h.runs, pile)
	}
	p := &h.runs[number>>blockBits]
	p.runs = append(p.runs, run{number & (blockSize - 1), uint32(len(p.time))})
	return p
}

// amountsOf are the amounts of the events from one on and before another.
func (p *runPile) amountsOf(low, high uint32) []price {
	of := p.amounts[sort.Search(len(p.amounts), func(i int) bool { return p.amounts[i].event >= low }):]
	return of[:sort.Search(len(of), func(i int) bool { return of[i].event >= high })]
}

// keepRun takes a run of another's.
func (h *gathered) keepRun(customer uint32, from *runPile, i int) {
	low, high := from.runs[i].start, from.end(i)
	p := h.runPile(customer)
	shift := uint32(len(p.time)) - low
	p.time, p.seq, p.code = append(p.time, from.time[low:high]...), append(p.seq, from.seq[low:high]...), append(p.code, from.code[low:high]...)
	for k := range p.keys {
		p.keys[k] = append(p.keys[k], from.keys[k][low:high]...)
	}
	for _, a := range from.amountsOf(low, high) {
		a.event += shift
		p.amounts = append(p.amounts, a)
	}
	h.seenRun(p, int(low+shift))
}

// seenRun takes note of the run that begins at an event of a pile.
func (h *gathered) seenRun(p *runPile, first int) {
	of := p.time[first:]
	h.rows += len(of)
	h.first, h.last = min(h.first, of[0]), max(h.last, of[len(of)-1])
}
