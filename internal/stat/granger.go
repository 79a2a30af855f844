package stat

// Granger tests whether the past of cause improves the prediction of effect
// beyond effect's own past: C. W. J. Granger (1969), "Investigating causal
// relations by econometric models and cross-spectral methods", Econometrica 37,
// 424–438. Both are n values of the same periods, stationary (see Stationary),
// oldest first. The regression of effect on an intercept and lags 1 … lags of
// itself is compared with the one that has the same lags of cause too; F has
// (lags, n − 3·lags − 1) degrees of freedom, as in R's lmtest::grangertest.
// It returns ErrShort where that leaves no freedom, or the lengths differ, and
// ErrDegenerate where a series does not vary or the two are one.
func Granger(effect, cause []float64, lags int) (FTest, error) {
	if len(effect) != len(cause) || lags < 1 {
		return FTest{}, ErrShort
	}
	own, other := Lagged(effect, lags), Lagged(cause, lags)
	larger, err := Regress(own[0], append(own[1:lags+1:lags+1], other[1:]...)...)
	if err != nil {
		return FTest{}, err
	}
	smaller, err := Regress(own[0], own[1:]...)
	if err != nil {
		return FTest{}, err
	}
	return CompareNested(smaller, larger), nil
}
