// Package stat holds the statistics that measurements are told with: intervals
// of proportions, quantiles, histograms, survival, and whether one series of
// measurements runs ahead of another. It knows nothing of customers; every
// function is pure, but for the random source that some are given.
package stat

import (
	"math"
	"slices"
)

// z95 is the 97.5 % quantile of the standard normal distribution: a two-sided
// interval of 95 %.
const z95 = 1.959963984540054

// Proportion is a share with its 95 % interval; all three are fractions of 1.
type Proportion struct {
	Rate, Low, High float64
}

// Wilson is the share k of n with the score interval of E. B. Wilson (1927),
// "Probable inference, the law of succession, and statistical inference",
// JASA 22, 209–212. It stays inside 0 … 1 and is honest for small n. n must be
// positive and 0 ≤ k ≤ n.
func Wilson(k, n int) Proportion {
	N, p := float64(n), float64(k)/float64(n)
	z2 := z95 * z95
	centre := (p + z2/(2*N)) / (1 + z2/N)
	half := z95 / (1 + z2/N) * math.Sqrt(p*(1-p)/N+z2/(4*N*N))
	out := Proportion{Rate: p, Low: centre - half, High: centre + half}
	if k == 0 { // exactly, whatever the rounding
		out.Low = 0
	}
	if k == n {
		out.High = 1
	}
	return out
}

// Quantile is the q-quantile (0 ≤ q ≤ 1) of values sorted ascending, which must
// not be empty; between two order statistics it interpolates linearly: type 7
// of Hyndman & Fan (1996), "Sample quantiles in statistical packages".
func Quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(math.Floor(at))
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// Mean is the arithmetic mean of values, which must not be empty.
func Mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Bin is one half-open bin of a histogram: how many values are at least Low and
// below the next bin's Low.
type Bin struct {
	Low   float64
	Count int
}

// Histogram sorts values (seconds) into bins: lo = ⌊min⌋, n = ⌈∛count⌉ clamped
// to 1 … 60 unless bins gives it, width w = ⌈(⌈max⌉ − lo) / n⌉ or 60 if that is
// 0; all n + 1 bins from lo + i·w are listed. No values give no bins.
func Histogram(values []float64, bins int) []Bin {
	if len(values) == 0 {
		return nil
	}
	s := HistogramShape(len(values), slices.Min(values), slices.Max(values), bins)
	out := make([]Bin, s.Bins+1)
	for i := range out {
		out[i].Low = s.Low + float64(i)*s.Width
	}
	for _, v := range values {
		out[min(int((v-s.Low)/s.Width), s.Bins)].Count++
	}
	return out
}

// Shape is how a histogram's bins lie: Bins + 1 of them from Low, all of Width.
type Shape struct {
	Low, Width float64 // seconds, whole
	Bins       int
}

// HistogramShape is the shape of Histogram for count values (at least one)
// between least and most, seconds.
func HistogramShape(count int, least, most float64, bins int) Shape {
	if bins <= 0 {
		bins = 1
		for bins < 60 && bins*bins*bins < count {
			bins++
		}
	}
	s := Shape{Low: math.Floor(least), Bins: bins}
	s.Width = math.Ceil((math.Ceil(most) - s.Low) / float64(bins))
	if s.Width == 0 {
		s.Width = 60
	}
	return s
}
