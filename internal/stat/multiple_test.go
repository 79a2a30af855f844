package stat

import "testing"

// The fifteen p-values of Benjamini and Hochberg (1995), section 3.2: the
// Bonferroni bound, and Holm's with it, finds three at 5 %, theirs finds four.
func TestCorrectionsFindWhatBenjaminiAndHochbergPublished(t *testing.T) {
	p := []float64{0.0278, 0.0001, 0.7590, 0.0298, 0.0004, 0.0344, 0.0095, 0.0459, 1.000, 0.3240, 0.4262, 0.0019, 0.5719, 0.6528, 0.0201}
	below := func(values []float64) (n int) {
		for _, v := range values {
			if v <= 0.05 {
				n++
			}
		}
		return n
	}
	if n := below(Holm(p)); n != 3 {
		t.Errorf("Holm: %d", n)
	}
	if n := below(BenjaminiHochberg(p)); n != 4 {
		t.Errorf("Benjamini and Hochberg: %d", n)
	}
}

// By the definitions: 4·0.01, 3·0.02, then 2·0.03 = 0.06 and the 0.04 that must
// not fall below it; and 4/1·0.01, 4/2·0.02, 4/3·0.03, 4/4·0.04, all 0.04.
func TestCorrectedValuesKeepTheirPlacesAndTheirOrder(t *testing.T) {
	p := []float64{0.04, 0.01, 0.03, 0.02}
	for i, want := range []float64{0.06, 0.04, 0.06, 0.06} {
		near(t, "Holm", want, Holm(p)[i], 1e-15)
		near(t, "Benjamini and Hochberg", 0.04, BenjaminiHochberg(p)[i], 1e-15)
	}
	for _, v := range append(Holm([]float64{0.9, 0.8}), BenjaminiHochberg([]float64{0.9, 0.8})...) {
		if v > 1 {
			t.Errorf("a p-value of %v", v)
		}
	}
}
