package journey

import (
	"math"
	"math/bits"
)

// sample is durations of customers in microseconds, none negative, in no order:
// one of each customer, or two, in two columns. It grows, and joins others, without
// copying what it holds. Single zeros are only counted: who enters by a step took
// no time to it.
type sample struct {
	own    columns
	filled int // customers in own, which has room for more
	others []piece
	zeros  int
	pairs  bool
	memory *memory // of its pieces; nil: each has its own
}

// memory is what the pieces of many samples are cut from, for one worker: asked for
// one by one they would keep the allocator and the collector busy.
type memory struct {
	free []int64
	next int // how large the next stretch is to be
}

const ( // values
	smallStretch = 1 << 9
	largeStretch = 1 << 15
)

// cut is room for so many values.
func (m *memory) cut(n int) []int64 {
	if m == nil {
		return make([]int64, n)
	}
	if len(m.free) < n {
		m.next = min(max(2*m.next, smallStretch), largeStretch)
		m.free = make([]int64, max(m.next, n))
	}
	room := m.free[:n:n]
	m.free = m.free[n:]
	return room
}

// columns are durations of the same customers; the second is empty where there is one
// of each.
type columns [2][]int64

// piece is a part of a sample that does not grow any more.
type piece struct {
	columns
	told [2]extent
}

// extent is what is told of many durations without their order.
type extent struct {
	low, high       int64
	sumLow, sumHigh uint64
}

const (
	smallPiece = 16
	largePiece = 512
)

func (s *sample) add(v int64) {
	if v == 0 {
		s.zeros++
		return
	}
	if s.filled == len(s.own[0]) {
		s.grow()
	}
	s.own[0][s.filled] = v
	s.filled++
}

// addPair adds both durations of a customer. A sample has pairs or single ones.
func (s *sample) addPair(first, second int64) {
	if s.filled == len(s.own[0]) {
		s.pairs = true
		s.grow()
	}
	s.own[0][s.filled], s.own[1][s.filled] = first, second
	s.filled++
}

// room makes room for the pairs of some customers, so many at most and one at least,
// for the caller to fill.
func (s *sample) room(customers int) (firsts, seconds []int64) {
	if s.filled == len(s.own[0]) {
		s.pairs = true
		s.grow()
	}
	from := s.filled
	s.filled = min(from+customers, len(s.own[0]))
	return s.own[0][from:s.filled], s.own[1][from:s.filled]
}

// grow puts a full piece aside and begins one twice as large.
func (s *sample) grow() {
	size := smallPiece
	if s.filled > 0 {
		size = min(2*s.filled, largePiece)
	}
	s.seal()
	s.own[0] = s.memory.cut(size)
	if s.pairs {
		s.own[1] = s.memory.cut(size)
	}
}

// seal puts what the sample holds itself aside.
func (s *sample) seal() {
	if s.filled == 0 {
		return
	}
	var p piece
	for i, column := range s.own {
		p.columns[i] = column[:min(s.filled, len(column))]
		p.told[i] = extentOf(p.columns[i])
	}
	s.own, s.filled, s.others = columns{}, 0, append(s.others, p)
}

var nobody = extent{low: math.MaxInt64}

func extentOf(values []int64) extent {
	e := nobody
	for _, v := range values {
		e.low, e.high = min(e.low, v), max(e.high, v)
		var carry uint64
		e.sumLow, carry = bits.Add64(e.sumLow, uint64(v), 0)
		e.sumHigh += carry
	}
	return e
}

func (e *extent) join(o *extent) {
	e.low, e.high = min(e.low, o.low), max(e.high, o.high)
	var carry uint64
	e.sumLow, carry = bits.Add64(e.sumLow, o.sumLow, 0)
	e.sumHigh, _ = bits.Add64(e.sumHigh, o.sumHigh, carry)
}

func (e *extent) sum() float64 { return float64(e.sumHigh)*(1<<64) + float64(e.sumLow) }

func (s *sample) join(o *sample) {
	o.seal()
	s.zeros += o.zeros
	s.pairs = s.pairs || o.pairs
	s.others = append(s.others, o.others...)
}

// len is of how many customers the sample is.
func (s *sample) len() int {
	n := s.zeros + s.filled
	for i := range s.others {
		n += len(s.others[i].columns[0])
	}
	return n
}

// instants are microseconds since 1970 UTC, in no order. They join others without
// copying them.
type instants struct {
	own    []int64
	others [][]int64
}

func (i *instants) add(at int64) { i.own = append(i.own, at) }

func (i *instants) join(o *instants) {
	i.others = append(i.others, o.others...)
	if len(o.own) > 0 {
		i.others = append(i.others, o.own)
	}
}
