package journey

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"beichen/internal/stat"
)

// TestASummaryIsThatOfTheSortedSample holds summaries to what sorting every value
// gives: wholes of one and of several parts, which grow in turn and may lie in the same
// memory, with and without waits, of values that are spread, crowded, equal and zero.
func TestASummaryIsThatOfTheSortedSample(t *testing.T) {
	var z summarizer
	for seed := range cases(uint64(1500)) {
		r := rand.New(rand.NewPCG(seed, 5))
		pairs := r.IntN(2) == 0
		draw := drawDurations(r)
		wholes := z.wholes(3) // the parts' own, and both together
		values := make([][2][]int64, 3)
		parts := make([]part, 2)
		m := pick(r, nil, new(memory))
		for i := range parts {
			parts[i] = part{&sample{memory: m}, []*whole{wholes[i], wholes[2]}}
		}
		for range r.IntN(pick(r, 3, 40, 18000)) {
			i, first, second := r.IntN(2), draw(), draw()
			for _, of := range []int{i, 2} {
				values[of][0], values[of][1] = append(values[of][0], first), append(values[of][1], second)
			}
			if pairs {
				parts[i].addPair(first, second)
			} else {
				parts[i].add(first)
			}
		}
		column := 0
		if pairs {
			column = r.IntN(2)
		}
		var waits [3][]int64
		for i, w := range wholes {
			w.shaped, w.bins = r.IntN(3) > 0, pick(r, 0, 0, 1, 17, 90)
			for range r.IntN(pick(r, 1, 5, 3000)) {
				waits[i] = append(waits[i], draw())
			}
			w.waits = slices.Clone(waits[i])
			w.eligible = len(values[i][0]) + len(waits[i]) + r.IntN(3)
		}
		z.tell(wholes, parts, column)
		for i, w := range wholes {
			got := w.summary
			want := sortedSummary(values[i][column], waits[i], w)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(summary{}), cmpopts.EquateApprox(1e-9, 1e-9)); diff != "" {
				t.Fatalf("seed %d, whole %d: %s", seed, i, diff)
			}
		}
	}
}

// drawDurations makes durations of one of several kinds, in microseconds.
func drawDurations(r *rand.Rand) func() int64 {
	scale := pick(r, int64(5), 90*second, 14*day, 400*day)
	switch r.IntN(4) {
	case 0: // evenly
		return func() int64 { return r.Int64N(scale + 1) }
	case 1: // most of them short, and a few very long
		return func() int64 {
			if r.IntN(100) == 0 {
				return r.Int64N(scale * 1000)
			}
			return r.Int64N(scale + 1)
		}
	case 2: // few different ones
		return func() int64 { return scale * r.Int64N(3) }
	}
	least := scale * 7 // in a narrow band
	return func() int64 { return least + r.Int64N(scale/3+1) }
}

func sortedSummary(values, waits []int64, asked *whole) summary {
	out := summary{n: len(values), surviving: 1}
	if out.n == 0 {
		return out
	}
	slices.Sort(values)
	seconds := make([]float64, out.n)
	sum := 0.0
	for i, v := range values {
		seconds[i] = secondsOf(v)
		sum += seconds[i]
	}
	out.mean = sum / float64(out.n)
	out.median, out.p90 = stat.Quantile(seconds, 0.5), stat.Quantile(seconds, 0.9)
	if asked.shaped {
		for _, b := range stat.Histogram(seconds, asked.bins) {
			out.histogram = append(out.histogram, [2]float64{b.Low, float64(b.Count)})
		}
	}
	// Who is lost at an event's instant was still there: events of an instant first.
	slices.Sort(waits)
	atRisk, lost := asked.eligible, 0
	for i := 0; i < len(values); {
		for lost < len(waits) && waits[lost] < values[i] {
			lost++
			atRisk--
		}
		same := i
		for same < len(values) && values[same] == values[i] {
			same++
		}
		out.surviving *= 1 - float64(same-i)/float64(atRisk)
		atRisk -= same - i
		i = same
	}
	return out
}
