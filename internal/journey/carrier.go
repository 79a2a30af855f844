package journey

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"beichen/internal/stat"
)

// carrier carries values from one node to another: it writes what it is shown, or reads
// into it, in the same order. So each type says once what it is made of, and both ways
// cannot differ. Nothing is lost: numbers are whole, and floats are their bits. What is
// read may be anything: it never takes more memory than its bytes are worth, and what
// cannot have been written is an error.
type carrier struct {
	reading bool
	bytes   []byte // written so far, or left to be read
	err     error  // why nothing more is read
}

var errNotCounted = errors.New("this is not what was counted of a share")

func (c *carrier) fail(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", errNotCounted, what)
	}
	c.bytes = nil
}

// word carries a number that is mostly small.
func (c *carrier) word(v *uint64) {
	if !c.reading {
		c.bytes = binary.AppendUvarint(c.bytes, *v)
		return
	}
	read, n := binary.Uvarint(c.bytes)
	if *v = 0; n <= 0 {
		c.fail("a number is cut off")
		return
	}
	*v, c.bytes = read, c.bytes[n:]
}

// count carries a number of customers or events.
func (c *carrier) count(v *int) {
	word := uint64(*v)
	if c.word(&word); word > math.MaxInt {
		c.fail("a count is less than none")
		return
	}
	*v = int(word)
}

func (c *carrier) counts(all ...*int) {
	for _, v := range all {
		c.count(v)
	}
}

// instant carries microseconds of any sign.
func (c *carrier) instant(v *int64) {
	word := uint64(*v)<<1 ^ uint64(*v>>63)
	c.word(&word)
	*v = int64(word>>1) ^ -int64(word&1)
}

// size carries how many of something follow, each of which takes a byte at least.
func (c *carrier) size(n int) int {
	if c.count(&n); c.reading && n > len(c.bytes) {
		c.fail("there is less than it says")
		return 0
	}
	return n
}

// durations carries microseconds, none negative.
func (c *carrier) durations(all []int64) {
	for i := range all {
		word := uint64(all[i])
		if c.word(&word); word > math.MaxInt64 {
			c.fail("a duration is negative")
			return
		}
		all[i] = int64(word)
	}
}

func (c *carrier) text(v *string) {
	n := c.size(len(*v))
	if !c.reading {
		c.bytes = append(c.bytes, *v...)
		return
	}
	*v, c.bytes = string(c.bytes[:n]), c.bytes[n:]
}

func (c *carrier) sum(s *stat.Sum) {
	if !c.reading {
		c.bytes = s.AppendTo(c.bytes)
		return
	}
	if len(c.bytes) < stat.SumBytes {
		c.fail("a sum is cut off")
		return
	}
	s.Read(c.bytes)
	c.bytes = c.bytes[stat.SumBytes:]
}

// The kinds of scalars.
const (
	noValue = iota
	textValue
	numberValue
	trueValue
	falseValue
)

// value carries a scalar: a text, a number, a bool or nil.
func (c *carrier) value(v *any) {
	var kind uint64
	var text string
	var bits uint64
	switch of := (*v).(type) {
	case string:
		kind, text = textValue, of
	case float64:
		kind, bits = numberValue, math.Float64bits(of)
	case bool:
		if kind = falseValue; of {
			kind = trueValue
		}
	}
	switch c.word(&kind); kind {
	case noValue:
		*v = nil
	case textValue:
		c.text(&text)
		*v = text
	case numberValue:
		c.word(&bits)
		number := math.Float64frombits(bits)
		if *v = number; math.IsNaN(number) || math.IsInf(number, 0) {
			c.fail("a value is no number")
		}
	case trueValue, falseValue:
		*v = kind == trueValue
	default:
		c.fail("a value is of no kind")
	}
}
