package journey

import (
	"math"
	"math/bits"
	"slices"

	"beichen/internal/stat"
)

// sample is durations in microseconds, none negative, in no order. It grows, and
// joins others, without copying what it holds. Zeros are only counted: who
// enters by a step took no time to it.
type sample struct {
	zeros  int
	own    []int64
	others [][]int64
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

// grow puts a full piece aside and begins one twice as large.
func (s *sample) grow() {
	size := smallPiece
	if len(s.own) > 0 {
		size = min(2*cap(s.own), largePiece)
		s.others = append(s.others, s.own)
	}
	s.own = make([]int64, 0, size)
}

func (s *sample) join(o *sample) {
	s.zeros += o.zeros
	if len(o.own) > 0 {
		s.others = append(s.others, o.own)
	}
	s.others = append(s.others, o.others...)
}

func (s *sample) len() int {
	n := s.zeros + len(s.own)
	for _, piece := range s.others {
		n += len(piece)
	}
	return n
}

// pieces yields the values that are not zero, in runs.
func (s *sample) pieces(yield func(values []int64) bool) {
	if len(s.own) > 0 && !yield(s.own) {
		return
	}
	for _, piece := range s.others {
		if !yield(piece) {
			return
		}
	}
}

// summary is what is told of a sample, in seconds.
type summary struct {
	n                 int
	median, mean, p90 float64
	histogram         []stat.Bin
	// surviving is the end of the Kaplan–Meier curve of the sample as events.
	surviving float64
}

// perBin is how finely a bin of the histogram is counted, so that a quantile is
// looked for among few values.
const perBin = 64

// summarizer works samples out and keeps its memory. All it gives is exact: it
// is the same as sorting the whole sample would give, at a cost that does not
// grow faster than the sample.
type summarizer struct {
	bins      []uint16 // by value that is not zero, in the order of pieces: its fine bin
	counts    []uint32 // by fine bin
	wanted    []bool   // the fine bins that hold a value which is looked for
	found     []int64
	waits     []int64
	firstWait []uint32 // by fine bin: how many waits lie below it
	between   []uint32 // by number of waits below: how many of the sample
}

// fine is how values are sorted into fine bins.
type fine struct {
	low   int64
	width int64
	scale float64
	last  int
}

func (f *fine) bin(v int64) int {
	b := int(float64(v-f.low) * f.scale)
	// The product may be off by one where a value lies on a bound.
	if at := f.low + int64(b)*f.width; at > v {
		b--
	} else if v-at >= f.width {
		b++
	}
	return min(b, f.last)
}

// summarize tells of a sample. bins is the number of bins of the histogram, 0 to
// choose it. waits are how long those were watched whom the event did not befall
// and may still befall, beyond is how many more were watched longer than any
// event took.
func (z *summarizer) summarize(s *sample, bins int, waits []int64, beyond int) summary {
	out := summary{n: s.len(), surviving: 1}
	if out.n == 0 {
		return out
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	if s.zeros > 0 {
		low, high = 0, 0
	}
	var sumHigh, sumLow, carry uint64
	for piece := range s.pieces {
		for _, v := range piece {
			low, high = min(low, v), max(high, v)
			sumLow, carry = bits.Add64(sumLow, uint64(v), 0)
			sumHigh += carry
		}
	}
	out.mean = (float64(sumHigh)*(1<<64) + float64(sumLow)) / float64(second) / float64(out.n)
	shape := stat.HistogramShape(out.n, secondsOf(low), secondsOf(high), bins)
	f := fine{low: int64(shape.Low) * second, width: int64(shape.Width) * second / perBin, last: (shape.Bins+1)*perBin - 1}
	f.scale = 1 / float64(f.width)
	z.count(s, &f)
	out.histogram = make([]stat.Bin, shape.Bins+1)
	for i := range out.histogram {
		out.histogram[i].Low = shape.Low + float64(i)*shape.Width
		for _, n := range z.counts[i*perBin : (i+1)*perBin] {
			out.histogram[i].Count += int(n)
		}
	}
	out.median, out.p90 = z.quantiles(s, &f, out.n)
	out.surviving = z.surviving(s, &f, out.n, waits, beyond)
	return out
}

// count finds out every value's fine bin.
func (z *summarizer) count(s *sample, f *fine) {
	z.counts = zeroed(z.counts, f.last+1)
	if n := s.len(); cap(z.bins) < n {
		z.bins = make([]uint16, n)
	}
	z.bins = z.bins[:cap(z.bins)]
	counts, bins := z.counts, z.bins
	for piece := range s.pieces {
		for i, v := range piece {
			b := f.bin(v)
			bins[i] = uint16(b)
			counts[b]++
		}
		bins = bins[len(piece):]
	}
	if s.zeros > 0 {
		counts[f.bin(0)] += uint32(s.zeros)
	}
}

func zeroed[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	list = list[:n]
	clear(list)
	return list
}

// quantiles finds the median and the 0.9-quantile as stat.Quantile does, among
// the values of the few fine bins in which they lie.
func (z *summarizer) quantiles(s *sample, f *fine, n int) (median, p90 float64) {
	z.wanted = zeroed(z.wanted, f.last+1)
	var ranks [4]int
	for i, q := range [2]float64{0.5, 0.9} {
		below := int(math.Floor(q * float64(n-1)))
		ranks[2*i], ranks[2*i+1] = below, min(below+1, n-1)
	}
	before := 0 // values in fine bins below
	var skipped [4]int
	next, kept := 0, 0
	for b, count := range z.counts {
		for next < 4 && ranks[next] < before+int(count) {
			z.wanted[b] = true
			skipped[next] = before - kept
			next++
		}
		before += int(count)
		if z.wanted[b] {
			kept += int(count)
		}
		if next == 4 {
			break
		}
	}
	z.found = z.found[:0]
	bins := z.bins
	for piece := range s.pieces {
		for i, v := range piece {
			if z.wanted[bins[i]] {
				z.found = append(z.found, v)
			}
		}
		bins = bins[len(piece):]
	}
	if s.zeros > 0 && z.wanted[f.bin(0)] {
		z.found = append(z.found, make([]int64, s.zeros)...)
	}
	slices.Sort(z.found)
	at := func(i int) float64 { return secondsOf(z.found[ranks[i]-skipped[i]]) }
	return between(at(0), at(1), 0.5, n), between(at(2), at(3), 0.9, n)
}

// between interpolates the q-quantile of n values linearly between the two order
// statistics next to it (type 7 of Hyndman & Fan, 1996).
func between(low, high, q float64, n int) float64 {
	at := q * float64(n-1)
	return low + (at-math.Floor(at))*(high-low)
}

// waiting is how long those wait as of an instant who wait since others; who has
// waited longer than the window is left out.
func (z *summarizer) waiting(since []int64, asOf, window int64) []int64 {
	z.waits = z.waits[:0]
	for _, at := range since {
		if waited := asOf - at; waited <= window {
			z.waits = append(z.waits, waited)
		}
	}
	return z.waits
}

// surviving is the product-limit estimate of Kaplan and Meier (1958). Between
// two instants at which somebody was lost from sight the product telescopes, so
// that only how many events lie between them has to be known, not their order.
//
// waits, which it sorts, are how long those were watched whom the event may still
// befall.
func (z *summarizer) surviving(s *sample, f *fine, n int, waits []int64, beyond int) float64 {
	if len(waits) == 0 {
		return float64(beyond) / float64(n+beyond)
	}
	slices.Sort(waits)
	z.firstWait = zeroed(z.firstWait, f.last+2)
	w := 0
	for b := range z.firstWait {
		for w < len(waits) && waits[w] < f.low+int64(b)*f.width {
			w++
		}
		z.firstWait[b] = uint32(w)
	}
	z.firstWait[f.last+1] = uint32(len(waits))
	z.between = zeroed(z.between, len(waits)+1)
	bins := z.bins
	for piece := range s.pieces {
		for i, v := range piece {
			w, end := z.firstWait[bins[i]], z.firstWait[bins[i]+1]
			for w < end && waits[w] < v { // who is lost at an event's instant was still there
				w++
			}
			z.between[w]++
		}
		bins = bins[len(piece):]
	}
	z.between[0] += uint32(s.zeros)
	atRisk, surviving := n+len(waits)+beyond, 1.0
	for w, events := range z.between {
		if events > 0 {
			surviving *= float64(atRisk-int(events)) / float64(atRisk)
		}
		atRisk -= int(events)
		if w < len(waits) {
			atRisk--
		}
	}
	return surviving
}
