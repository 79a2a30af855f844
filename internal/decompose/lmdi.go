package decompose

import (
	"math"
	"slices"

	"beichen/internal/fault"
)

// Weights are the two ways in which the logarithmic mean divides a sum of products.
type Weights int

const (
	// LMDI1 weighs each segment by the logarithmic mean of its own values. Effects
	// of segments add up to those of groups of segments.
	LMDI1 Weights = iota
	// LMDI2 weighs each segment by the logarithmic mean of its shares, normalised
	// to 1 over the segments.
	LMDI2
)

// Effects are what factors did to V = Σᵢ Πⱼ xᵢⱼ.
type Effects struct {
	// Of is the effect of each factor in each segment: [segment][factor].
	Of [][]float64 `json:"of"`
	// Total is the effect of each factor over all segments.
	Total []float64 `json:"total"`
	// Methods says how each segment was divided.
	Methods []Method `json:"methods"`
}

// Products divides the move of V = Σᵢ Πⱼ xᵢⱼ additively: the effects have V's
// unit, and all of them add up to V1 − V0. before and after are the factors
// [segment][factor], in the same order and of the same shape. The formulas are
// those that B. W. Ang, F. L. Liu and E. P. Chew (2003), "Perfect decomposition
// techniques in energy and environmental analysis", Energy Policy 31, 1561–1566,
// and B. W. Ang (2015), "LMDI decomposition approach: a guide for implementation",
// Energy Policy 86, 233–238, have; zeros take their limits as in Formula and, under
// LMDI1, a segment with a negative factor is divided by Shapley's value.
//
// Errors are Invalid: tables of different shapes, values that are not finite,
// and what ProductRatios refuses where the weights are LMDI2.
func Products(before, after [][]float64, weights Weights) (*Effects, error) {
	t, err := read(before, after)
	if err != nil {
		return nil, err
	}
	if weights == LMDI1 {
		return t.effects(func(segment, factor int) float64 { return t.moves[segment][factor] }), nil
	}
	exponents, err := t.exponents(weights)
	if err != nil {
		return nil, err
	}
	whole := logMean(t.v1, t.v0)
	return t.effects(func(segment, factor int) float64 { return whole * exponents[segment][factor] }), nil
}

// ProductRatios divides the move of V = Σᵢ Πⱼ xᵢⱼ multiplicatively: the effects
// are ratios, and all of them multiply to V1/V0. Arguments and sources are those
// of Products.
//
// Errors are Invalid: tables of different shapes, values that are not finite or
// are negative, a V that is 0 at one of the times, and, under LMDI2, segments of
// which none has a value at both times, for which no weight exists.
func ProductRatios(before, after [][]float64, weights Weights) (*Effects, error) {
	t, err := read(before, after)
	if err != nil {
		return nil, err
	}
	exponents, err := t.exponents(weights)
	if err != nil {
		return nil, err
	}
	out := t.effects(func(segment, factor int) float64 { return exponents[segment][factor] })
	for j := range out.Total {
		out.Total[j] = math.Exp(out.Total[j])
		for i := range out.Of {
			out.Of[i][j] = math.Exp(out.Of[i][j])
		}
	}
	return out, nil
}

// table is a sum of products at two times.
type table struct {
	moves    [][]float64 // L(Vᵢ1,Vᵢ0) · ln(xᵢⱼ1/xᵢⱼ0), or its limit: [segment][factor]
	values   [][2]float64
	methods  []Method
	v0, v1   float64
	negative bool
}

func read(before, after [][]float64) (*table, error) {
	if len(before) == 0 || len(before) != len(after) {
		return nil, fault.New(fault.Invalid, "decompose.segments-differ", "before", len(before), "after", len(after))
	}
	t := &table{}
	for i := range before {
		x0, x1 := before[i], after[i]
		if len(x0) == 0 || len(x0) != len(before[0]) || len(x1) != len(x0) {
			return nil, fault.New(fault.Invalid, "decompose.factors-differ", "segment", i+1, "before", len(x0), "after", len(x1))
		}
		for j := range x0 {
			t.negative = t.negative || x0[j] < 0 || x1[j] < 0
		}
		v0, v1 := without(x0, -1), without(x1, -1)
		for _, value := range slices.Concat(x0, x1, []float64{v0, v1}) {
			if !finite(value) {
				return nil, fault.New(fault.Invalid, "decompose.not-finite", "segment", i+1, "value", value)
			}
		}
		multipliers, method := product(x0, x1, v0, v1)
		for j := range multipliers {
			multipliers[j] *= x1[j] - x0[j]
		}
		t.moves = append(t.moves, multipliers)
		t.values = append(t.values, [2]float64{v0, v1})
		t.methods = append(t.methods, method)
		t.v0 += v0
		t.v1 += v1
	}
	return t, nil
}

// effects lists the effect of each factor in each segment, and their sums.
func (t *table) effects(of func(segment, factor int) float64) *Effects {
	out := &Effects{Methods: t.methods, Total: make([]float64, len(t.moves[0]))}
	for i, moves := range t.moves {
		row := make([]float64, len(moves))
		for j := range row {
			row[j] = of(i, j)
			out.Total[j] += row[j]
		}
		out.Of = append(out.Of, row)
	}
	return out
}

// exponents are wᵢ · ln(xᵢⱼ1/xᵢⱼ0), which add up to ln(V1/V0).
func (t *table) exponents(weights Weights) ([][]float64, error) {
	switch {
	case t.negative:
		return nil, fault.New(fault.Invalid, "decompose.negative")
	case t.v0 == 0 || t.v1 == 0:
		return nil, fault.New(fault.Invalid, "decompose.zero-total", "before", t.v0, "after", t.v1)
	}
	// One segment's Σⱼ wᵢ·ln(xᵢⱼ1/xᵢⱼ0) is its move times scale[i].
	scale := make([]float64, len(t.moves))
	if weights == LMDI1 {
		for i := range scale {
			scale[i] = 1 / logMean(t.v1, t.v0)
		}
	} else {
		sum := 0.0
		for i, v := range t.values {
			own, share := logMean(v[1], v[0]), logMean(v[1]/t.v1, v[0]/t.v0)
			sum += share
			switch {
			case own > 0:
				scale[i] = share / own
			case v[1] > 0: // L(share)·ln has a limit though the logarithm has none
				scale[i] = 1 / t.v1
			case v[0] > 0:
				scale[i] = 1 / t.v0
			}
		}
		if sum == 0 {
			return nil, fault.New(fault.Invalid, "decompose.no-common-segment")
		}
		for i := range scale {
			scale[i] /= sum
		}
	}
	out := make([][]float64, len(t.moves))
	for i, moves := range t.moves {
		for _, move := range moves {
			out[i] = append(out[i], move*scale[i])
		}
	}
	return out, nil
}
