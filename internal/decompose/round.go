package decompose

import (
	"cmp"
	"math"
	"slices"

	"beichen/internal/fault"
)

// Rounded are the parts of a move as whole numbers of the last decimal, cents
// where there are two. Parts add up to Total exactly.
type Rounded struct {
	Parts    []int64 `json:"parts"`
	Total    int64   `json:"total"`
	Decimals int     `json:"decimals"`
}

// Value is the number that units of the last decimal stand for, the nearest
// float64 to it, which prints as that decimal.
func (r Rounded) Value(units int64) float64 { return float64(units) / math.Pow10(r.Decimals) }

// maxDecimals is how many decimals Round goes to.
const maxDecimals = 12

// Round rounds the parts of a move to decimals (0 to 12) so that they add up to
// the rounded total: the method of the largest remainder (A. Hamilton, 1792, for
// seats). Every part is rounded down, and what is then missing goes, a unit each,
// to the parts that lost most; of parts that lost as much, to the larger one, and
// of equal ones to the earlier. A part that is 0 stays 0 where others are not.
// The total is rounded half away from 0.
//
// total is the move that the parts add up to. It may be that of rounded values,
// After and Before each to the same decimals, so that a waterfall closes; parts
// then go up or down by one more where that asks for it.
//
// Errors are Invalid: decimals out of range, numbers that are not finite or too
// large to have such decimals (above 2⁵³ units), and parts that do not add up to
// the total by more than two units of the last decimal.
func Round(parts []float64, total float64, decimals int) (*Rounded, error) {
	if decimals < 0 || decimals > maxDecimals {
		return nil, fault.New(fault.Invalid, "decompose.bad-decimals", "decimals", decimals, "limit", maxDecimals)
	}
	const largest = 1 << 53
	unit := math.Pow10(decimals)
	scaled, sum, size := make([]float64, len(parts)), 0.0, 0.0
	for i, p := range append(slices.Clone(parts), total) {
		units := float64(p * unit) // rounded here on every machine, none may fuse it with what follows
		if !finite(units) || math.Abs(units) > largest {
			return nil, fault.New(fault.Invalid, "decompose.not-roundable", "value", p, "decimals", decimals)
		}
		if i < len(parts) {
			scaled[i] = units
			sum += units
			size += math.Abs(units)
		}
	}
	out := &Rounded{Parts: make([]int64, len(parts)), Total: int64(math.Round(float64(total * unit))), Decimals: decimals}
	// Beyond the two, as much as the rounding of floats may leave of large parts.
	if math.Abs(sum-total*unit) > 2+1e-13*size || len(parts) == 0 && out.Total != 0 {
		return nil, fault.New(fault.Invalid, "decompose.parts-differ", "sum", sum/unit, "total", total)
	}
	missing, order := out.Total, make([]int, 0, len(parts))
	for i, units := range scaled {
		out.Parts[i] = int64(math.Floor(units))
		missing -= out.Parts[i]
		if units != 0 || size == 0 {
			order = append(order, i)
		}
	}
	// To nine digits, so that of equal remainders the rounding of floats prefers none.
	remainder := func(i int) float64 { return math.Round((scaled[i] - math.Floor(scaled[i])) * 1e9) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainder(b), remainder(a)), cmp.Compare(math.Abs(scaled[b]), math.Abs(scaled[a])))
	})
	for ; missing > 0; missing-- {
		at := order[0]
		out.Parts[at]++
		order = append(order[1:], at) // once round before anybody has two
	}
	for ; missing < 0; missing++ {
		at := order[len(order)-1]
		out.Parts[at]--
		order = append([]int{at}, order[:len(order)-1]...)
	}
	return out, nil
}
