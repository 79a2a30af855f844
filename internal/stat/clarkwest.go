package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Comparison is how two nested forecasts did on the same observations.
type Comparison struct {
	Ratio float64 // mean squared error of the larger model over that of the smaller
	Z     float64 // standard normal if the larger model's addition is worth nothing
	P     float64 // one-sided: the probability of a Z as large
	N     int
}

// ClarkWest tests whether a model forecasts better than one nested in it: T. E.
// Clark and K. D. West (2007), "Approximately normal tests for equal predictive
// accuracy in nested models", Journal of Econometrics 138, 291–311, equation 3.2:
// the mean of e₀² − (e₁² − (ŷ₀ − ŷ₁)²), that is 2 e₀ (e₀ − e₁), over its standard
// error. The correction is for what the larger model loses by estimating
// coefficients that are zero. smaller and larger are their out-of-sample errors
// (n values, same observations); errors of forecasts horizon steps ahead are
// correlated over horizon−1 lags, which the standard error allows for; where those
// autocovariances leave no positive variance, they are left out, as in R's
// forecast::dm.test. It returns ErrShort unless n > horizon and the lengths agree,
// and ErrDegenerate where the forecasts never differ.
func ClarkWest(smaller, larger []float64, horizon int) (Comparison, error) {
	n := len(smaller)
	if n != len(larger) || n <= horizon || horizon < 1 {
		return Comparison{}, ErrShort
	}
	gains := make([]float64, n)
	for i := range gains {
		gains[i] = 2 * smaller[i] * (smaller[i] - larger[i])
	}
	about, mean := centred(gains)
	variance := sumOfSquares(about)
	if variance == 0 {
		return Comparison{}, ErrDegenerate
	}
	correlated := variance
	for lag := 1; lag < horizon; lag++ {
		for i := lag; i < n; i++ {
			correlated += 2 * about[i] * about[i-lag]
		}
	}
	if correlated > 0 {
		variance = correlated
	}
	z := mean / (math.Sqrt(variance) / float64(n))
	return Comparison{
		Ratio: sumOfSquares(larger) / sumOfSquares(smaller),
		Z:     z,
		P:     distuv.UnitNormal.Survival(z),
		N:     n,
	}, nil
}
