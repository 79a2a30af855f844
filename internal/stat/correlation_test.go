package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Weights and fuel consumption of 32 cars (Motor Trend 1974, data set mtcars of R);
// cor.test(mtcars$mpg, mtcars$wt) tells r = −0.8676594, p = 1.294e-10.
func TestCorrelationIsThatOfR(t *testing.T) {
	mpg := []float64{21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
		15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4}
	wt := []float64{2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345, 2.2, 1.615, 1.835, 2.465,
		3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78}
	// In an order in which no car tells of the next: R's test knows no order, and what
	// follows itself is worth less.
	order := []int{4, 23, 19, 7, 24, 0, 21, 8, 9, 27, 20, 31, 28, 25, 2, 1, 14, 11, 10, 18, 16, 3, 22, 13, 17, 29, 26, 12, 6, 30, 5, 15}
	x, y := make([]float64, len(mpg)), make([]float64, len(mpg))
	for i, from := range order {
		x[i], y[i] = mpg[from], wt[from]
	}
	got, err := Correlate(x, y)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.R - -0.8676594) > 1e-7 || got.N != 32 || got.Effective != 32 || math.Abs(got.P-1.294e-10) > 1e-13 {
		t.Errorf("%+v", got)
	}
}

// Of strangers that follow themselves (an autoregression of 0.7), Student's t
// without a correction finds one of four related at 5 %.
func TestStrangersThatFollowThemselvesAreRarelyTakenForRelated(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	walk := func() []float64 {
		out := make([]float64, 60)
		for i := range out {
			out[i] = random.NormFloat64()
			if i > 0 {
				out[i] += 0.7 * out[i-1]
			}
		}
		return out
	}
	found := 0
	const pairs = 400
	for range pairs {
		c, err := Correlate(walk(), walk())
		if err != nil {
			t.Fatal(err)
		}
		if c.P <= 0.05 {
			found++
		}
	}
	if share := float64(found) / pairs; share > 0.11 {
		t.Errorf("%.3f of strangers are related at 5 %%", share)
	}
}

func TestNoCorrelationOfWhatDoesNotMove(t *testing.T) {
	if _, err := Correlate([]float64{1, 1, 1, 1}, []float64{1, 2, 3, 4}); err != ErrDegenerate {
		t.Error(err)
	}
	if _, err := Correlate([]float64{1, 2, 3}, []float64{1, 2, 3}); err != ErrShort {
		t.Error(err)
	}
	if c, err := Correlate([]float64{1, 2, 3, 5}, []float64{2, 4, 6, 10}); err != nil || c.R != 1 || c.P != 0 {
		t.Error(c, err)
	}
}
