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
	own    []int64 // of the customers one after the other
	others []piece
	zeros  int
	pairs  bool
}

// piece is a part of a sample that does not grow any more.
type piece struct {
	values []int64
	told   [2]extent // of its columns
}

// extent is what is told of many durations without their order.
type extent struct {
	low, high       int64
	sumLow, sumHigh uint64
}

const (
	smallPiece = 32
	largePiece = 4096
)

func (s *sample) add(v int64) {
	if v == 0 {
		s.zeros++
		return
	}
	if len(s.own) == cap(s.own) {
		s.grow()
	}
	s.own = append(s.own, v)
}

// addPair adds both durations of a customer. A sample has pairs or single ones.
func (s *sample) addPair(first, second int64) {
	if len(s.own) == cap(s.own) {
		s.pairs = true
		s.grow()
	}
	s.own = append(s.own, first, second)
}

// grow puts a full piece aside and begins one twice as large.
func (s *sample) grow() {
	size := smallPiece
	if len(s.own) > 0 {
		size = min(2*cap(s.own), largePiece)
	}
	s.seal()
	s.own = make([]int64, 0, size)
}

// seal puts what the sample holds itself aside.
func (s *sample) seal() {
	if len(s.own) == 0 {
		return
	}
	p := piece{values: s.own, told: [2]extent{nobody, nobody}}
	if s.pairs {
		for i := 0; i+1 < len(s.own); i += 2 {
			p.told[0].add(s.own[i])
			p.told[1].add(s.own[i+1])
		}
	} else {
		for _, v := range s.own {
			p.told[0].add(v)
		}
	}
	s.own, s.others = nil, append(s.others, p)
}

var nobody = extent{low: math.MaxInt64}

func (e *extent) add(v int64) {
	e.low, e.high = min(e.low, v), max(e.high, v)
	var carry uint64
	e.sumLow, carry = bits.Add64(e.sumLow, uint64(v), 0)
	e.sumHigh += carry
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
	n := len(s.own)
	for i := range s.others {
		n += len(s.others[i].values)
	}
	if s.pairs {
		n /= 2
	}
	return s.zeros + n
}

// step is how far apart the values of a column stand in a piece.
func (s *sample) step() int {
	if s.pairs {
		return 2
	}
	return 1
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
