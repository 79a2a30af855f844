package stat

import "math"

// Deterministic is what a unit-root test grants a series beside its noise.
type Deterministic int

// A level, or a level and a straight line.
const (
	WithConstant Deterministic = iota
	WithTrend
)

// UnitRoot is the outcome of an augmented Dickey–Fuller test: a unit root is
// rejected at 1, 5 or 10 % where Statistic is below that critical value.
type UnitRoot struct {
	Statistic float64
	N         int // observations of the regression: n − lags − 1
	Critical  struct{ One, Five, Ten float64 }
}

// DickeyFuller tests the hypothesis that a series (n values, oldest first) has a
// unit root, that is, must be differenced: D. A. Dickey and W. A. Fuller (1979),
// "Distribution of the estimators for autoregressive time series with a unit
// root", JASA 74, 427–431; with lags differences in the regression, as S. E. Said
// and D. A. Dickey (1984), Biometrika 71, 599–607. Critical values are the
// response surfaces of J. G. MacKinnon (2010), "Critical values for cointegration
// tests", Queen's University working paper 1227, table 2, N = 1. Errors as of
// Regress.
func DickeyFuller(series []float64, lags int, grant Deterministic) (UnitRoot, error) {
	n := len(series) - lags - 1
	if n < 1 || lags < 0 {
		return UnitRoot{}, ErrShort
	}
	steps := Lagged(Differences(series), lags)
	regressors := append([][]float64{series[lags : len(series)-1]}, steps[1:]...)
	if grant == WithTrend {
		line := make([]float64, n)
		for i := range line {
			line[i] = float64(i)
		}
		regressors = append(regressors, line)
	}
	fit, err := Regress(steps[0], regressors...)
	if err != nil {
		return UnitRoot{}, err
	}
	out := UnitRoot{Statistic: fit.Coefficients[0] / fit.Errors[0], N: n}
	if math.IsNaN(out.Statistic) || math.IsInf(out.Statistic, 0) {
		return UnitRoot{}, ErrDegenerate // an exact fit has no noise to measure by
	}
	c := &out.Critical
	switch grant {
	case WithTrend:
		c.One = surface(n, -3.95877, -9.0531, -28.428, -134.155)
		c.Five = surface(n, -3.41049, -4.3904, -9.036, -45.374)
		c.Ten = surface(n, -3.12705, -2.5856, -3.925, -22.380)
	default:
		c.One = surface(n, -3.43035, -6.5393, -16.786, -79.433)
		c.Five = surface(n, -2.86154, -2.8903, -4.234, -40.040)
		c.Ten = surface(n, -2.56677, -1.5384, -2.809, 0)
	}
	return out, nil
}

func surface(n int, limit, b1, b2, b3 float64) float64 {
	t := float64(n)
	return limit + b1/t + b2/(t*t) + b3/(t*t*t)
}

// Stationary differences a series until DickeyFuller (with a constant) rejects a
// unit root at 5 %, at most `most` times, and says how often it did. The lags are
// ⌊∛(n−1)⌋, which grow as Said and Dickey (1984) ask. A unit root is the
// hypothesis, so a series too short to tell is differenced: better a weak test of
// changes than a false one of levels (C. W. J. Granger and P. Newbold (1974),
// "Spurious regressions in econometrics", Journal of Econometrics 2, 111–120).
// Errors as of Regress.
func Stationary(series []float64, most int) ([]float64, int, error) {
	for order := 0; ; order++ {
		lags := int(math.Cbrt(float64(max(0, len(series)-1))))
		test, err := DickeyFuller(series, lags, WithConstant)
		if err != nil {
			return nil, order, err
		}
		if order == most || test.Statistic < test.Critical.Five {
			return series, order, nil
		}
		series = Differences(series)
	}
}
