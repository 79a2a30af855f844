package stat

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
)

// What a series can be too poor for. Callers tell people in their own words what
// is missing.
var (
	// ErrShort says that there are fewer observations than the method needs.
	ErrShort = errors.New("stat: too few observations")
	// ErrDegenerate says that a series does not vary, or that regressors depend on
	// each other, so that what is asked for is not determined.
	ErrDegenerate = errors.New("stat: the series do not vary independently")
)

// alone is how much of a regressor must be left, as a share of its length, once
// the others are taken out of it: R's lm draws the line at the same place.
const alone = 1e-7

// Regression is a least-squares fit with an intercept.
type Regression struct {
	Intercept    float64
	Coefficients []float64 // of the regressors, in their order; units of y over units of x
	Errors       []float64 // standard errors of Coefficients
	Residual     float64   // sum of squared residuals
	Total        float64   // sum of squares of y about its mean
	N            int       // observations
	Freedom      int       // residual degrees of freedom: N − regressors − 1
}

// RSquared is the share of the variance of y that the regressors account for,
// 0 … 1.
func (r Regression) RSquared() float64 { return 1 - r.Residual/r.Total }

// Regress fits y (n values) on an intercept and the regressors (n values each) by
// ordinary least squares, through the QR decomposition of the centred and scaled
// regressors. It returns ErrShort unless n exceeds the number of coefficients,
// and ErrDegenerate where y or a regressor is constant or the regressors depend
// on each other linearly.
func Regress(y []float64, regressors ...[]float64) (Regression, error) {
	n, p := len(y), len(regressors)
	out := Regression{N: n, Freedom: n - p - 1}
	if out.Freedom < 1 {
		return out, ErrShort
	}
	centredY, meanY := centred(y)
	out.Total = sumOfSquares(centredY)
	if !varies(out.Total, y) {
		return out, ErrDegenerate
	}
	out.Intercept = meanY
	if p == 0 {
		out.Residual = out.Total
		return out, nil
	}

	design := mat.NewDense(n, p, nil)
	means, lengths := make([]float64, p), make([]float64, p)
	for j, x := range regressors {
		c, mean := centred(x)
		square := sumOfSquares(c)
		if !varies(square, x) {
			return out, ErrDegenerate
		}
		means[j], lengths[j] = mean, math.Sqrt(square)
		for i := range c {
			design.Set(i, j, c[i]/lengths[j])
		}
	}
	var qr mat.QR
	qr.Factorize(design)
	var r mat.Dense
	qr.RTo(&r)
	for j := range p { // of a unit column, |rⱼⱼ| is the part outside the ones before
		if math.Abs(r.At(j, j)) < alone {
			return out, ErrDegenerate
		}
	}

	solution := mat.NewVecDense(p, nil)
	if err := qr.SolveVecTo(solution, false, mat.NewVecDense(n, centredY)); err != nil {
		return out, ErrDegenerate
	}
	var fitted mat.VecDense
	fitted.MulVec(design, solution)
	for i := range centredY {
		e := centredY[i] - fitted.AtVec(i)
		out.Residual += e * e
	}

	var inverse mat.Dense // of R; (XᵀX)⁻¹ = R⁻¹ R⁻ᵀ
	if err := inverse.Inverse(r.Slice(0, p, 0, p)); err != nil {
		return out, ErrDegenerate
	}
	variance := out.Residual / float64(out.Freedom)
	out.Coefficients, out.Errors = make([]float64, p), make([]float64, p)
	for j := range p {
		out.Coefficients[j] = solution.AtVec(j) / lengths[j]
		out.Intercept -= out.Coefficients[j] * means[j]
		out.Errors[j] = math.Sqrt(variance*sumOfSquares(inverse.RawRowView(j))) / lengths[j]
	}
	return out, nil
}

// At is the fitted value where the regressors have the values x, in their order.
func (r Regression) At(x ...float64) float64 {
	y := r.Intercept
	for j, b := range r.Coefficients {
		y += b * x[j]
	}
	return y
}

// FTest is the outcome of a test whose statistic has an F distribution with
// Numerator and Denominator degrees of freedom under the hypothesis; P is the
// probability of a statistic as large as F. F is infinite and P 0 where only the
// larger model leaves nothing unexplained, F is 0 and P 1 where both do.
type FTest struct {
	F, P                   float64
	Numerator, Denominator int
}

// CompareNested tests whether a fit with more regressors explains more than one
// with some of them only, on the same observations: F = ((RSS₀ − RSS₁)/q) /
// (RSS₁/ν), the Wald test of linear restrictions in a linear model.
func CompareNested(smaller, larger Regression) FTest {
	t := FTest{Numerator: smaller.Freedom - larger.Freedom, Denominator: larger.Freedom}
	if !(smaller.Residual > 1e-24*smaller.Total) { // nothing is left but rounding
		t.P = 1
		return t
	}
	q, v := float64(t.Numerator), float64(t.Denominator)
	t.F = max(0, smaller.Residual-larger.Residual) / q / (larger.Residual / v)
	if math.IsInf(t.F, 1) {
		return t
	}
	// The upper tail by itself: 1 − CDF would lose small ones.
	t.P = mathext.RegIncBeta(v/2, q/2, v/(v+q*t.F))
	return t
}

// centred is values with their mean taken away, and the mean.
func centred(values []float64) ([]float64, float64) {
	mean := Mean(values)
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v - mean
	}
	return out, mean
}

func sumOfSquares(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return sum
}

// varies reports whether a sum of squares about the mean is more than what
// rounding leaves of a constant series.
func varies(square float64, values []float64) bool {
	return square > 1e-24*sumOfSquares(values)
}
