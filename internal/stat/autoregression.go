package stat

import "math"

// Criterion weighs the fit of a model against its size.
type Criterion int

// The criteria: H. Akaike (1974), "A new look at the statistical model
// identification", IEEE Transactions on Automatic Control 19, 716–723; G. Schwarz
// (1978), "Estimating the dimension of a model", Annals of Statistics 6, 461–464.
const (
	AIC Criterion = iota
	BIC
)

// of is the criterion of a Gaussian regression, up to a constant that all models
// of the same observations share.
func (c Criterion) of(r Regression) float64 {
	n, k := float64(r.N), float64(r.N-r.Freedom)
	if c == BIC {
		return n*math.Log(r.Residual/n) + k*math.Log(n)
	}
	return n*math.Log(r.Residual/n) + 2*k
}

// AutoregressiveOrder is the number of lags, 0 … most, with which a series (n
// values, oldest first) is best regressed on its own past. All orders are fitted
// to the same n − most observations, so that the criterion compares like with
// like. Errors as of Regress, of the regression on all lags.
func AutoregressiveOrder(series []float64, most int, criterion Criterion) (int, error) {
	columns := Lagged(series, most)
	best, order := math.Inf(1), 0
	for p := range most + 1 {
		fit, err := Regress(columns[0], columns[1:p+1]...)
		if err != nil {
			return 0, err
		}
		if value := criterion.of(fit); value < best {
			best, order = value, p
		}
	}
	return order, nil
}

// RollingErrors forecasts y[t+horizon] from what is known at t, for every origin t
// from the first-th value on, once from y's own past and once from x[t] beside
// it, and returns the errors (observed less forecast, n − horizon − first + 1 of
// each, units of y). The forecasts are direct: y[s+horizon] regressed on an
// intercept, y[s] … y[s−order+1] and x[s] over all s with s + horizon ≤ t (M. H.
// Pesaran, A. Pick and A. Timmermann (2011), Journal of Econometrics 164,
// 173–187); nothing after t has a part in them. Where x has not varied yet on its
// own, it cannot help, and both errors are the same. y and x are n values of the
// same periods. Errors as of Regress, of y on its past.
func RollingErrors(y, x []float64, order, horizon, first int) (without, with []float64, err error) {
	n := len(y)
	if n != len(x) || horizon < 1 || order < 0 || first < 1 || first+horizon > n {
		return nil, nil, ErrShort
	}
	start := max(0, order-1) // the first s with order values behind it
	for t := first - 1; t+horizon < n; t++ {
		last := t - horizon
		if last < start {
			return nil, nil, ErrShort
		}
		past := make([][]float64, order, order+1)
		now := make([]float64, order, order+1)
		for k := range order {
			past[k], now[k] = y[start-k:last-k+1], y[t-k]
		}
		ahead := y[start+horizon : t+1]
		own, err := Regress(ahead, past...)
		if err != nil {
			return nil, nil, err
		}
		e := y[t+horizon] - own.At(now...)
		without = append(without, e)
		switch both, err := Regress(ahead, append(past, x[start:last+1])...); err {
		case nil:
			e = y[t+horizon] - both.At(append(now, x[t])...)
		case ErrDegenerate:
		default:
			return nil, nil, err
		}
		with = append(with, e)
	}
	return without, with, nil
}
