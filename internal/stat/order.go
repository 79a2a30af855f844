package stat

import (
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// QuantileInterval is the 95 % interval of the q-quantile of values sorted
// ascending, which must not be empty: the order statistics between which it lies
// with that probability, whatever the distribution (W. J. Conover, "Practical
// Nonparametric Statistics", 3rd ed. 1999, §3.2, by the binomial distribution). An
// end is nil where there are too few values to bound it.
func QuantileInterval(sorted []float64, q float64) (low, high *float64) {
	n := len(sorted)
	below := distuv.Binomial{N: float64(n), P: q} // how many values lie at or below the quantile
	if r := sort.Search(n, func(r int) bool { return 1-below.CDF(float64(r)) < 0.975 }); r > 0 {
		low = new(sorted[r-1])
	}
	if s := sort.Search(n, func(s int) bool { return below.CDF(float64(s)) >= 0.975 }); s < n {
		high = new(sorted[s])
	}
	return low, high
}
