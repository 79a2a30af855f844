package decompose

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// Method is how the move of a sum or product was divided among its operands.
type Method string

// The methods.
const (
	// BySum: every term keeps its own change.
	BySum Method = "sum"
	// ByLogMean: the logarithmic mean, LMDI-I.
	ByLogMean Method = "log-mean"
	// ByLogMeanLimit: LMDI-I at its limits, as a factor is 0.
	ByLogMeanLimit Method = "log-mean-limit"
	// ByShapley: the mean over all orders in which the factors may change. It has
	// no logarithms and so takes every sign; of two factors it is the midpoint form.
	ByShapley Method = "shapley"
)

// logMean is the logarithmic mean L(a,b) = (a−b)/ln(a/b), L(a,a) = a and
// L(a,0) = 0, of numbers that are not negative. It is exactly symmetric.
func logMean(a, b float64) float64 {
	low, high := min(a, b), max(a, b)
	if low == high || low == 0 {
		return low
	}
	rise := (high - low) / low
	if math.IsInf(rise, 0) {
		return (high - low) / (math.Log(high) - math.Log(low))
	}
	return (high - low) / math.Log1p(rise)
}

// product divides the move of a product V from v0 to v1 among its factors, with
// values before and after (of equal length, finite): the multipliers m with
// Σ mᵢ · (afterᵢ − beforeᵢ) = v1 − v0.
func product(before, after []float64, v0, v1 float64) ([]float64, Method) {
	zeros0, zeros1 := zeros(before), zeros(after)
	switch {
	case slices.Min(before) < 0 || slices.Min(after) < 0:
		return shapley(before, after), ByShapley
	case v0 == 0 && zeros0 == 0 || v1 == 0 && zeros1 == 0: // too small for a float, and so for its logarithm
		return shapley(before, after), ByShapley
	case zeros0 > 0 || zeros1 > 0:
		return limits(before, after, v0, v1, zeros0, zeros1), ByLogMeanLimit
	}
	out := make([]float64, len(before))
	for i := range out {
		out[i] = logMean(v1, v0) / logMean(after[i], before[i])
	}
	return out, ByLogMean
}

func zeros(values []float64) int {
	n := 0
	for _, v := range values {
		if v == 0 {
			n++
		}
	}
	return n
}

// limits are the multipliers of LMDI-I as the zeros among the factors are
// approached. Where V comes from 0 or goes to 0, the factors that are 0 then make
// all of its move and the others none (Ang, Zhang and Choi, 1998, table 2). Several
// of them share it equally: with one δ → 0 in place of each, the logarithms
// ln(xᵢ/δ) all grow alike. Where V is 0 at both times no factor makes anything; one
// that stays at 0 itself still hands down to its own terms what the others are
// worth, for L(V1,V0)/L(δ,δ) is then the logarithmic mean of their product.
func limits(before, after []float64, v0, v1 float64, zeros0, zeros1 int) []float64 {
	out := make([]float64, len(before))
	for i := range out {
		switch x0, x1 := before[i], after[i]; {
		case zeros0 > 0 && zeros1 > 0:
			if x0 == 0 && x1 == 0 {
				out[i] = logMean(without(after, i), without(before, i))
			}
		case x0 == 0:
			out[i] = v1 / float64(zeros0) / x1
		case x1 == 0:
			out[i] = v0 / float64(zeros1) / x0
		}
	}
	return out
}

// without is the product of all factors but one.
func without(factors []float64, one int) float64 {
	out := 1.0
	for i, x := range factors {
		if i != one {
			out *= x
		}
	}
	return out
}

// shapley are the multipliers of L. S. Shapley's value (1953), "A value for
// n-person games", of a product: for each factor the mean, over all orders in
// which the factors may go from before to after, of the product of the others at
// that moment. That is the integral of this product while all factors go straight
// from before to after together (G. Owen, 1972, "Multilinear extensions of games",
// Management Science 18, P64–P79): a polynomial of degree n − 1, for which Gauss's
// rule with ⌈n/2⌉ points is exact.
func shapley(before, after []float64) []float64 {
	n := len(before)
	points, weights := make([]float64, (n+1)/2), make([]float64, (n+1)/2)
	quad.Legendre{}.FixedLocations(points, weights, 0, 1)
	out, behind := make([]float64, n), make([]float64, n+1)
	for k, t := range points {
		at := func(i int) float64 { return (1-t)*before[i] + t*after[i] }
		behind[n] = weights[k]
		for i := n - 1; i > 0; i-- {
			behind[i] = behind[i+1] * at(i)
		}
		ahead := 1.0
		for i := range out {
			out[i] += ahead * behind[i+1]
			ahead *= at(i)
		}
	}
	return out
}
