package journey

import (
	"math"
	"math/bits"
	"slices"

	"beichen/internal/stat"
)

// summary is what is told of a sample, in seconds.
type summary struct {
	n                 int
	median, mean, p90 float64
	histogram         [][2]float64 // [lower bound, customers]
	// surviving is the end of the Kaplan–Meier curve of the sample as events.
	surviving float64
}

// whole is a sample of many parts, and what is to be told of it.
type whole struct {
	shaped bool // a histogram too,
	bins   int  // of so many bins; 0 to choose it
	// waits are how long those were watched whom the event did not befall and may
	// still befall; eligible are they, those whom it did befall, and those who were
	// watched longer than any event took.
	waits    []int64
	eligible int

	summary
	told         extent
	zeros        int
	first, width int64 // of the histogram
	counts       []uint32
	// The narrow bins whose values are looked at again, because a bound of the
	// histogram, a quantile, or the end of somebody's wait falls into them.
	bounds, quantiles, ends bitset
	ranks                   [4]int
	found                   []int64  // the values in the bins of quantiles
	finer                   narrow   // bins that most of the time no more than one wait ends in
	firstWait               []uint32 // by finer bin: how many waits lie below it
	between                 []uint32 // by number of waits below: how many of the sample
}

// part is a sample that wholes are made of.
type part struct {
	*sample
	of []*whole
}

// summarizer works samples out and keeps its memory. All it gives is exact: it is
// the same as sorting each whole would give, at a cost that does not grow faster
// than the parts. To that end values are counted in narrow bins, the same for all
// wholes; then only those are looked at again that lie in a bin where something is
// to be found. A part is read twice, be it in one whole or in four.
type summarizer struct {
	counts []uint32
	found  []int64
	kept   []*whole // to be used again
	waits  []int64
	sorted []int64 // scratch of sortWaits
}

// narrow is how values are sorted into narrow bins, of a power of two each.
type narrow struct {
	low   int64
	shift uint8
	bins  int
}

// mostNarrow is how many narrow bins there are at most, few enough to stay in the
// nearest memory.
const mostNarrow = 1 << 11

type bitset [mostNarrow / 64]uint64

func (s *bitset) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *bitset) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }

// narrowBins makes bins for n values. With twice as many bins fewer values are
// looked at again, but more bins; some sixteen times the root of n cost least.
func narrowBins(low, high int64, n int) narrow {
	wanted := min(mostNarrow, 16<<(bits.Len(uint(n))/2))
	f := narrow{low: low}
	for uint64(high-low)>>f.shift >= uint64(wanted) {
		f.shift++
	}
	f.bins = int(uint64(high-low)>>f.shift) + 1
	return f
}

func (f *narrow) bin(v int64) int { return int(uint64(v-f.low) >> (f.shift & 63)) }

// from is the least value of a bin.
func (f *narrow) from(bin int) int64 { return f.low + int64(bin)<<(f.shift&63) }

// wholes gives n of them with nothing in them. They hold until it is called again.
func (z *summarizer) wholes(n int) []*whole {
	for len(z.kept) < n {
		z.kept = append(z.kept, new(whole))
	}
	z.waits = z.waits[:0]
	for _, w := range z.kept[:n] {
		*w = whole{
			summary: summary{surviving: 1}, told: nobody,
			counts: w.counts, found: w.found[:0], firstWait: w.firstWait[:0], between: w.between,
		}
	}
	return z.kept[:n]
}

// tell fills in the summaries of wholes, of a column of their parts.
func (z *summarizer) tell(wholes []*whole, parts []part, column int) {
	n, all := 0, nobody
	for i := range parts {
		p, told := &parts[i], nobody
		p.seal()
		for i := range p.others {
			told.join(&p.others[i].told[column])
		}
		n += p.len()
		all.join(&told)
		for _, w := range p.of {
			w.n += p.len()
			w.zeros += p.zeros
			w.told.join(&told)
		}
	}
	f := narrowBins(min(all.low, all.high), all.high, n)
	for _, w := range wholes {
		w.counts = zeroed(w.counts, f.bins)
	}
	for i := range parts {
		z.count(&parts[i], column, &f)
	}
	for _, w := range wholes {
		if w.n > 0 {
			w.mark(&f, z)
		}
	}
	for i := range parts {
		z.lookAgain(&parts[i], column, &f)
	}
	for _, w := range wholes {
		if w.n > 0 {
			w.finish()
		}
	}
}

// count counts the values of a part that are not zero in narrow bins.
func (z *summarizer) count(p *part, column int, f *narrow) {
	if few := f.bins / 2; len(p.of) == 1 || p.len()-p.zeros < few {
		for _, w := range p.of {
			p.count(column, f, w.counts)
		}
		return
	}
	z.counts = zeroed(z.counts, f.bins)
	p.count(column, f, z.counts)
	for _, w := range p.of {
		counts := w.counts[:len(z.counts)]
		for b, n := range z.counts {
			counts[b] += n
		}
	}
}

func (s *sample) count(column int, f *narrow, counts []uint32) {
	low, shift := f.low, f.shift&63
	for i := range s.others {
		for _, v := range s.others[i].columns[column] {
			counts[uint64(v-low)>>shift]++
		}
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

// mark works out what the counts tell, and in which bins the rest is to be found.
func (w *whole) mark(f *narrow, z *summarizer) {
	w.mean = w.told.sum() / float64(second) / float64(w.n)
	w.rank(f)
	w.wait(f, z)
	if w.shaped {
		w.shape(f)
	}
}

// rank tells where the median and the 0.9-quantile, two order statistics each as
// stat.Quantile takes them, stand among the values of the narrow bins that it
// marks for them; −1 for one that is zero.
func (w *whole) rank(f *narrow) {
	for i, q := range [2]float64{0.5, 0.9} {
		below := int(math.Floor(q * float64(w.n-1)))
		w.ranks[2*i], w.ranks[2*i+1] = below, min(below+1, w.n-1)
	}
	next := 0
	for next < 4 && w.ranks[next] < w.zeros {
		w.ranks[next] = -1
		next++
	}
	before, skipped := w.zeros, w.zeros // values below, and of them those in bins not marked
	for b := 0; next < 4; b++ {
		count := int(w.counts[b])
		if w.ranks[next] >= before+count {
			skipped += count
		}
		for ; next < 4 && w.ranks[next] < before+count; next++ {
			w.quantiles.add(b)
			w.ranks[next] -= skipped
		}
		before += count
	}
}

// shape makes the histogram and counts the bins that lie inside one of its own.
func (w *whole) shape(f *narrow) {
	least := w.told.low
	if w.zeros > 0 {
		least = 0
	}
	s := stat.HistogramShape(w.n, secondsOf(least), secondsOf(w.told.high), w.bins)
	w.first, w.width = int64(s.Low)*second, int64(s.Width)*second
	w.histogram = make([][2]float64, s.Bins+1)
	for i := range w.histogram {
		w.histogram[i][0] = s.Low + float64(i)*s.Width
		if bound := w.first + int64(i)*w.width; bound > f.low && bound <= w.told.high {
			w.bounds.add(f.bin(bound))
		}
	}
	w.histogram[0][1] = float64(w.zeros) // 0 is in the first, if anywhere
	i, end := 0, w.first+w.width
	for b, count := range w.counts {
		if count == 0 || w.bounds.has(b) {
			continue
		}
		for f.from(b) >= end {
			i++
			end += w.width
		}
		w.histogram[i][1] += float64(count)
	}
}

// lookAgain finds what the counts do not tell.
func (z *summarizer) lookAgain(p *part, column int, f *narrow) {
	var again bitset
	for _, w := range p.of {
		for i := range again {
			again[i] |= w.bounds[i] | w.quantiles[i] | w.ends[i]
		}
	}
	z.gather(p.sample, column, f, &again)
	for _, w := range p.of {
		w.look(z.found, f)
		if len(w.waits) > 0 {
			w.lookAtWaits(z.found, f)
		}
	}
}

// look puts values into the histogram and among those that quantiles are looked for in,
// where they lie in the bins of either, which are few.
func (w *whole) look(found []int64, f *narrow) {
	either := w.bounds
	for i := range either {
		either[i] |= w.quantiles[i]
	}
	for _, v := range found {
		b := f.bin(v)
		if !either.has(b) {
			continue
		}
		if w.bounds.has(b) {
			w.histogram[(v-w.first)/w.width][1]++
		}
		if w.quantiles.has(b) {
			w.found = append(w.found, v)
		}
	}
}

// gather finds the values that are looked at again. Every value is written, and
// overwritten by the next unless it is one, so that nothing hangs on a guess of the
// processor.
func (z *summarizer) gather(s *sample, column int, f *narrow, again *bitset) {
	low, shift := f.low, f.shift&63
	found, n := z.found[:cap(z.found)], 0
	for i := range s.others {
		values := s.others[i].columns[column]
		if len(found) < n+len(values) {
			found = append(found[:n], make([]int64, n+len(values))...)
		}
		rest, m := found[n:][:len(values)], 0
		for _, v := range values {
			rest[m] = v
			b := uint64(v-low) >> shift
			m += int(again[b>>6&(mostNarrow/64-1)] >> (b & 63) & 1)
		}
		n += m
	}
	z.found = found[:n]
}

// finish tells what was found.
func (w *whole) finish() {
	var at [4]float64
	for i, rank := range w.ranks {
		if rank >= 0 {
			at[i] = secondsOf(nth(w.found, rank))
		}
	}
	w.median, w.p90 = between(at[0], at[1], 0.5, w.n), between(at[2], at[3], 0.9, w.n)
	w.survive()
}

// nth is the value that so many others lie below, by Hoare's selection (1961), "Algorithm
// 65: Find", CACM 4, 321–322. It changes the order of the values.
func nth(values []int64, rank int) int64 {
	const few = 12
	for len(values) > few {
		last := len(values) - 1
		pivot := max(min(values[0], values[last]), min(max(values[0], values[last]), values[last/2]))
		low, high := 0, last
		for low <= high {
			for values[low] < pivot {
				low++
			}
			for values[high] > pivot {
				high--
			}
			if low <= high {
				values[low], values[high] = values[high], values[low]
				low++
				high--
			}
		}
		switch {
		case rank <= high:
			values = values[:high+1]
		case rank >= low:
			values, rank = values[low:], rank-low
		default:
			return pivot
		}
	}
	slices.Sort(values)
	return values[rank]
}

// between interpolates the q-quantile of n values linearly between the two order
// statistics next to it (type 7 of Hyndman & Fan, 1996).
func between(low, high, q float64, n int) float64 {
	at := q * float64(n-1)
	return low + (at-math.Floor(at))*(high-low)
}
