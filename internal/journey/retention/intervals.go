package retention

import (
	"math/bits"
	"time"

	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

const (
	hourMicros = int64(time.Hour / time.Microsecond)
	dayMicros  = 24 * hourMicros
)

// calendar knows where the intervals of a period begin in a zone.
type calendar struct {
	period    Period
	weekStart WeekStart
	location  *time.Location
}

// containing is the first instant of the interval that an instant lies in.
func (c calendar) containing(at time.Time) time.Time {
	if c.period == Hour {
		return c.hour(at)
	}
	return c.start(c.date(at))
}

// next is the first instant of the interval after the one that begins at start.
// A day that the zone's calendar leaves out is no interval.
func (c calendar) next(start time.Time) time.Time {
	if c.period == Hour {
		return c.hour(start.Add(time.Hour))
	}
	for n := 1; ; n++ {
		if next := c.start(c.plus(c.date(start), n)); next.After(start) {
			return next
		}
	}
}

// before is the first instant of the interval n before the one that begins at
// start.
func (c calendar) before(start time.Time, n int) time.Time {
	for range n {
		start = c.containing(start.Add(-time.Microsecond))
	}
	return start
}

// date is the first day of the interval that an instant lies in: a calendar date
// in the zone, at noon UTC, so that reckoning with it meets no change of clocks.
func (c calendar) date(at time.Time) time.Time {
	y, m, d := at.In(c.location).Date()
	date := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	switch c.period {
	case Week:
		first := time.Monday
		if c.weekStart == Sunday {
			first = time.Sunday
		}
		return date.AddDate(0, 0, -(int(date.Weekday()-first+7) % 7))
	case Month:
		return date.AddDate(0, 0, 1-d)
	}
	return date
}

func (c calendar) plus(date time.Time, n int) time.Time {
	switch c.period {
	case Week:
		return date.AddDate(0, 0, 7*n)
	case Month:
		return date.AddDate(0, n, 0)
	}
	return date.AddDate(0, 0, n)
}

func (c calendar) start(date time.Time) time.Time {
	y, m, d := date.Date()
	return journey.DayStart(y, m, d, c.location)
}

// hour is the last instant up to at at which the zone's clock showed a full hour,
// or at which it was changed within that hour: where clocks go back, an hour that
// comes twice is two intervals.
func (c calendar) hour(at time.Time) time.Time {
	local := at.In(c.location)
	y, m, d := local.Date()
	_, offset := local.Zone()
	full := time.Date(y, m, d, local.Hour(), 0, 0, 0, time.UTC).Add(-time.Duration(offset) * time.Second)
	if changed, _ := local.ZoneBounds(); changed.After(full) {
		return changed.UTC()
	}
	return full
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

func (c calendar) intervals(first time.Time, n int) *intervals {
	in := &intervals{bounds: make([]int64, n+1)}
	for i := range in.bounds {
		in.bounds[i] = first.UnixMicro()
		first = c.next(first)
	}
	return in
}

// lay makes ready for the words of a layout.
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
	in.inBucket = in.inBucket[:0]
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
