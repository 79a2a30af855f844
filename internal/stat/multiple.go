package stat

import (
	"cmp"
	"slices"
)

// Holm corrects p-values for being several, so that the chance of even one false
// finding among them stays at the level they are held to: S. Holm (1979), "A
// simple sequentially rejective multiple test procedure", Scandinavian Journal of
// Statistics 6, 65–70. The result is in the order given, as R's p.adjust.
func Holm(p []float64) []float64 {
	out, largest := make([]float64, len(p)), 0.0
	for rank, i := range ranked(p) {
		largest = max(largest, min(1, float64(len(p)-rank)*p[i]))
		out[i] = largest
	}
	return out
}

// BenjaminiHochberg corrects p-values so that of those that stay below a level at
// most that share is expected to be false: Y. Benjamini and Y. Hochberg (1995),
// "Controlling the false discovery rate", Journal of the Royal Statistical Society
// B 57, 289–300. The result is in the order given, as R's p.adjust.
func BenjaminiHochberg(p []float64) []float64 {
	out, least := make([]float64, len(p)), 1.0
	for rank, i := range slices.Backward(ranked(p)) {
		least = min(least, float64(len(p))/float64(rank+1)*p[i])
		out[i] = least
	}
	return out
}

// ranked is the places of values, ascending by value.
func ranked(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}
