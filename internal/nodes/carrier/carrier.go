// Package carrier carries what was counted from one node to another.
package carrier

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"beichen/internal/stat"
)

// Carrier carries values from one node to another: it writes what it is shown, or reads
// into it, in the same order. So each type says once what it is made of, and both ways
// cannot differ. Nothing is lost: numbers are whole, and floats are their bits. What is
// read may be anything: it never takes more memory than its bytes are worth, and what
// cannot have been written is an error, after which nothing more is read.
//
// The zero Carrier writes.
type Carrier struct {
	reading bool
	bytes   []byte // written so far, or left to be read
	err     error  // why nothing more is read
}

// ErrNotCounted says that what was read cannot have been written.
var ErrNotCounted = errors.New("this is not what was counted of a share")

// From reads what another Carrier wrote.
func From(bytes []byte) *Carrier { return &Carrier{reading: true, bytes: bytes} }

// Reading reports whether values are read into what is shown.
func (c *Carrier) Reading() bool { return c.reading }

// Written is all that was written.
func (c *Carrier) Written() ([]byte, error) { return c.bytes, c.err }

// Left is how many bytes are left to be read.
func (c *Carrier) Left() int { return len(c.bytes) }

// End ends a reading, which must have come to the end. Errors are ErrNotCounted.
func (c *Carrier) End() error {
	if c.err == nil && len(c.bytes) > 0 {
		c.Fail("there is more than was counted")
	}
	return c.err
}

// OK reports whether nothing has failed.
func (c *Carrier) OK() bool { return c.err == nil }

// Fail says what is wrong with what was read.
func (c *Carrier) Fail(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrNotCounted, what)
	}
	c.bytes = nil
}

// Word carries a number, in fewer bytes where it is small.
func (c *Carrier) Word(v *uint64) {
	if !c.reading {
		c.bytes = binary.AppendUvarint(c.bytes, *v)
		return
	}
	read, n := binary.Uvarint(c.bytes)
	if *v = 0; n <= 0 {
		c.Fail("a number is cut off")
		return
	}
	*v, c.bytes = read, c.bytes[n:]
}

// Count carries a number of customers or events.
func (c *Carrier) Count(v *int) {
	word := uint64(*v)
	if c.Word(&word); word > math.MaxInt {
		c.Fail("a count is less than none")
		return
	}
	*v = int(word)
}

// Counts carries several.
func (c *Carrier) Counts(all ...*int) {
	for _, v := range all {
		c.Count(v)
	}
}

// Instant carries microseconds of any sign.
func (c *Carrier) Instant(v *int64) {
	word := uint64(*v)<<1 ^ uint64(*v>>63)
	c.Word(&word)
	*v = int64(word>>1) ^ -int64(word&1)
}

// Size carries how many of something follow, each of which takes a byte at least.
func (c *Carrier) Size(n int) int {
	if c.Count(&n); c.reading && n > len(c.bytes) {
		c.Fail("there is less than it says")
		return 0
	}
	return n
}

// List carries how many items there are, and each as item does.
func List[T any](c *Carrier, all *[]T, item func(*T)) {
	n := c.Size(len(*all))
	for i := 0; i < n && c.OK(); i++ {
		if c.reading {
			*all = append(*all, *new(T))
		}
		item(&(*all)[i])
	}
}

// Known carries whether something is known, and it as carry does if it is.
func Known[T any](c *Carrier, v **T, carry func(*T)) {
	known := *v != nil
	if c.Flag(&known); !known {
		return
	}
	if c.reading {
		*v = new(T)
	}
	carry(*v)
}

// Durations carries microseconds, none negative.
func (c *Carrier) Durations(all []int64) {
	for i := range all {
		word := uint64(all[i])
		if c.Word(&word); word > math.MaxInt64 {
			c.Fail("a duration is negative")
			return
		}
		all[i] = int64(word)
	}
}

// DurationList carries how many durations there are, and these.
func (c *Carrier) DurationList(all *[]int64) {
	n := c.Size(len(*all))
	if c.reading {
		*all = make([]int64, n)
	}
	c.Durations(*all)
}

// Flag carries whether something is so.
func (c *Carrier) Flag(v *bool) {
	var word uint64
	if *v {
		word = 1
	}
	if c.Word(&word); word > 1 {
		c.Fail("it is neither so nor not so")
	}
	*v = word == 1
}

// Time carries an instant in whole microseconds; it is in UTC then.
func (c *Carrier) Time(v *time.Time) {
	micros := v.UnixMicro()
	c.Instant(&micros)
	*v = time.UnixMicro(micros).UTC()
}

// Text carries any bytes.
func (c *Carrier) Text(v *string) {
	n := c.Size(len(*v))
	if !c.reading {
		c.bytes = append(c.bytes, *v...)
		return
	}
	*v, c.bytes = string(c.bytes[:n]), c.bytes[n:]
}

// Sum carries a sum, whole.
func (c *Carrier) Sum(s *stat.Sum) {
	if !c.reading {
		c.bytes = s.AppendTo(c.bytes)
		return
	}
	if len(c.bytes) < stat.SumBytes {
		c.Fail("a sum is cut off")
		return
	}
	s.Read(c.bytes)
	c.bytes = c.bytes[stat.SumBytes:]
}

// Number carries a finite number.
func (c *Carrier) Number(v *float64) {
	bits := math.Float64bits(*v)
	c.Word(&bits)
	if *v = math.Float64frombits(bits); math.IsNaN(*v) || math.IsInf(*v, 0) {
		c.Fail("a value is no number")
	}
}

// The kinds of scalars.
const (
	noValue = iota
	textValue
	numberValue
	trueValue
	falseValue
)

// Value carries a scalar: a text, a number, a bool or nil.
func (c *Carrier) Value(v *any) {
	var kind uint64
	text, isText := (*v).(string)
	number, isNumber := (*v).(float64)
	truth, isTruth := (*v).(bool)
	switch {
	case isText:
		kind = textValue
	case isNumber:
		kind = numberValue
	case isTruth && truth:
		kind = trueValue
	case isTruth:
		kind = falseValue
	}
	switch c.Word(&kind); kind {
	case noValue:
		*v = nil
	case textValue:
		c.Text(&text)
		*v = text
	case numberValue:
		c.Number(&number)
		*v = number
	case trueValue, falseValue:
		*v = kind == trueValue
	default:
		c.Fail("a value is of no kind")
	}
}
