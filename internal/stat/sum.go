package stat

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Sum adds amounts exactly where they are decimals of up to four places, as money
// is, and otherwise with the compensation of Neumaier (1974), "Rundungsfehleranalyse
// einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 39–51, so that the
// order in which they come does not show in the last digit. The zero value is 0.
type Sum struct {
	high, low  uint64 // ten-thousandths, 128 bits in two's complement
	rest, lost float64
}

const perUnit = 1e4

// Add adds a finite amount.
func (s *Sum) Add(amount float64) {
	parts := math.RoundToEven(amount * perUnit)
	if parts/perUnit != amount || math.Abs(parts) >= 1<<53 {
		s.addRest(amount)
		return
	}
	whole := int64(parts)
	var carry uint64
	s.low, carry = bits.Add64(s.low, uint64(whole), 0)
	s.high += uint64(whole>>63) + carry
}

func (s *Sum) addRest(amount float64) {
	sum := s.rest + amount
	if math.Abs(s.rest) >= math.Abs(amount) {
		s.lost += s.rest - sum + amount
	} else {
		s.lost += amount - sum + s.rest
	}
	s.rest = sum
}

// Join adds what another sum holds.
func (s *Sum) Join(o *Sum) {
	var carry uint64
	s.low, carry = bits.Add64(s.low, o.low, 0)
	s.high, _ = bits.Add64(s.high, o.high, carry)
	if o.rest != 0 {
		s.addRest(o.rest)
		s.lost += o.lost
	}
}

// Total is the sum.
func (s *Sum) Total() float64 {
	whole := float64(int64(s.low))
	if int64(s.high) != int64(s.low)>>63 { // more than 64 bits
		whole = float64(int64(s.high))*(1<<64) + float64(s.low)
	}
	return whole/perUnit + (s.rest + s.lost)
}

// SumBytes is how many bytes AppendTo appends.
const SumBytes = 4 * 8

// AppendTo appends the sum, whole, so that Read gives one that everything is added to as
// it would be to this one.
func (s *Sum) AppendTo(b []byte) []byte {
	for _, word := range [...]uint64{s.high, s.low, math.Float64bits(s.rest), math.Float64bits(s.lost)} {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return b
}

// Read reads what AppendTo appended, of SumBytes bytes or more.
func (s *Sum) Read(b []byte) {
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	*s = Sum{high: word(0), low: word(1), rest: math.Float64frombits(word(2)), lost: math.Float64frombits(word(3))}
}
