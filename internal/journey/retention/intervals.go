package retention

import (
	"math/bits"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/journey/stream"
)

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// Calendar is that of the intervals in a zone.
func (d *Definition) Calendar(location *time.Location) calendar.Calendar {
	return calendar.Calendar{Grain: d.Period, WeekStart: d.WeekStart, Location: location}
}

// intervals are the bounds of n intervals: interval i is from bounds[i] on and
// before bounds[i+1], in microseconds since 1970 UTC.
type intervals struct {
	bounds []int64
	// words are the bounds in the words of blocks. A word in bucket b, counted from
	// the first bound in widths of 1 << shift, is in interval inBucket[b] or, at or
	// after the bound that follows, in the next: a bucket is no wider than the
	// shortest interval and so holds one bound at most.
	words    []uint64
	shift    uint8
	inBucket []uint8
}

func newIntervals(c calendar.Calendar, first time.Time, n int) *intervals {
	in := &intervals{bounds: make([]int64, n+1)}
	for i, bound := range c.Bounds(first, n) {
		in.bounds[i] = bound.UnixMicro()
	}
	return in
}

// laid are the intervals ready for the words of a layout.
func (in *intervals) laid(l stream.Layout) *intervals {
	out := intervals{bounds: in.bounds}
	out.lay(l)
	return &out
}

func (in *intervals) lay(l stream.Layout) {
	n := len(in.bounds) - 1
	in.words = make([]uint64, n+1)
	for i, bound := range in.bounds {
		in.words[i] = l.Floor(bound)
	}
	shortest := in.bounds[n] - in.bounds[0]
	for i := range n {
		shortest = min(shortest, in.bounds[i+1]-in.bounds[i])
	}
	width := bits.Len64(uint64(shortest)) - 1
	in.shift = l.NameBits + uint8(width)
	start := max(in.bounds[0], l.Base) // of the first bucket
	interval := 0
	for ; start < in.bounds[n]; start += 1 << width {
		for in.bounds[interval+1] <= start {
			interval++
		}
		in.inBucket = append(in.inBucket, uint8(interval))
	}
}

// of is the interval of a word between the first bound and the last.
func (in *intervals) of(word uint64) int {
	i := int(in.inBucket[(word-in.words[0])>>(in.shift&63)])
	_, before := bits.Sub64(word, in.words[i+1], 0)
	return i + 1 - int(before)
}
