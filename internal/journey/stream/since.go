package stream

import "math"

const dayMicros = 24 * 60 * 60 * 1e6

// since tells of every day (UTC) the number of the snapshot that first held the
// day's events as they are now. It never changes.
type since struct {
	built  uint64 // the snapshot that all began with: earlier ones are not known
	first  int64  // day of the first number
	number []uint64
}

// with is since after a snapshot that took events of some instants in.
func (s since) with(times []int64, number uint64) since {
	if len(times) == 0 {
		return s
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, at := range times {
		first, last = min(first, dayOf(at)), max(last, dayOf(at))
	}
	if len(s.number) > 0 {
		first, last = min(first, s.first), max(last, s.first+int64(len(s.number))-1)
	}
	const longest = 1 << 16 // days that are told apart: 179 years
	if last-first >= longest {
		return since{built: number}
	}
	out := since{built: s.built, first: first, number: make([]uint64, last-first+1)}
	copy(out.number[max(0, s.first-first):], s.number)
	for _, at := range times {
		out.number[dayOf(at)-first] = number
	}
	return out
}

func dayOf(micros int64) int64 {
	day := micros / dayMicros
	if micros < day*dayMicros {
		day--
	}
	return day
}

// unchanged reports whether the days from one instant to another are as they were
// in a snapshot.
func (s since) unchanged(number uint64, from, until int64) bool {
	if number < s.built {
		return false
	}
	first := max(dayOf(from)-s.first, 0)
	last := min(dayOf(until)-s.first, int64(len(s.number))-1)
	for day := first; day <= last; day++ {
		if s.number[day] > number {
			return false
		}
	}
	return true
}

// Unchanged reports whether the same question, answered before with those Facts, was
// answered from the same events of the same customers between two instants, both
// included, in microseconds since 1970 UTC. Where that is not known it is false: the
// question looks at traits or at accounts, the index was built anew, or the source
// keeps none. It tells days apart, not instants.
func (s *Streams) Unchanged(facts uint64, from, until int64) bool {
	if facts == 0 || s.Facts == 0 {
		return false
	}
	return facts == s.Facts || !s.ofCustomers && s.since.unchanged(facts, from, until)
}

// From is s with the events alone that are not before an instant, in microseconds
// since 1970 UTC. What was counted of s stays as it is.
func (s *Streams) From(at int64) *Streams {
	out := *s
	out.bounded, out.bounds = true, s.inside()
	out.from = max(out.from, s.floor(at))
	out.slots &= slotsOf(at, s.Last.UnixMicro())
	return &out
}
