package stat

import "math"

// CrossCorrelation is the correlation of x[t+k] with y[t] for k = −most … most:
// 2·most+1 values, the one at lag k in place k+most. Where it peaks at a negative
// k, x leads y. x and y are n values of the same periods; every lag is divided by
// n and by the standard deviations of the whole series, as R's ccf does, so that
// values at long lags shrink (M. S. Bartlett (1966), An Introduction to Stochastic
// Processes). It returns ErrShort unless n > most and the lengths agree, and
// ErrDegenerate where a series is constant.
func CrossCorrelation(x, y []float64, most int) ([]float64, error) {
	n := len(x)
	if n != len(y) || n <= most || most < 0 {
		return nil, ErrShort
	}
	cx, _ := centred(x)
	cy, _ := centred(y)
	xx, yy := sumOfSquares(cx), sumOfSquares(cy)
	if !varies(xx, x) || !varies(yy, y) {
		return nil, ErrDegenerate
	}
	out := make([]float64, 2*most+1)
	for k := -most; k <= most; k++ {
		sum := 0.0
		for t := max(0, -k); t < min(n, n-k); t++ {
			sum += cx[t+k] * cy[t]
		}
		out[k+most] = sum / math.Sqrt(xx*yy)
	}
	return out, nil
}
