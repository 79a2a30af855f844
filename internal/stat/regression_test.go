package stat

import (
	"errors"
	"math"
	"testing"
)

// The certified values of the National Institute of Standards and Technology,
// Statistical Reference Datasets, Longley: J. W. Longley (1967), "An appraisal of
// least squares programs for the electronic computer", JASA 62, 819–841. Its
// regressors are so nearly dependent that careless arithmetic loses every digit.
func TestRegressionGivesTheCertifiedValuesOfLongley(t *testing.T) {
	y := []float64{60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551}
	x := [][]float64{
		{83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9},
		{234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601, 518173, 554894},
		{2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007},
		{1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827},
		{107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081},
		{1947, 1948, 1949, 1950, 1951, 1952, 1953, 1954, 1955, 1956, 1957, 1958, 1959, 1960, 1961, 1962},
	}
	got, err := Regress(y, x...)
	if err != nil {
		t.Fatal(err)
	}
	same := func(what string, want, got float64) {
		t.Helper()
		near(t, what, want, got, 1e-9*math.Abs(want))
	}
	same("intercept", -3482258.63459582, got.Intercept)
	for i, want := range []float64{15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359, -0.511041056535807e-01, 1829.15146461355} {
		same("coefficient", want, got.Coefficients[i])
	}
	for i, want := range []float64{84.9149257747669, 0.334910077722432e-01, 0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212} {
		same("standard error", want, got.Errors[i])
	}
	same("R²", 0.995479004577296, got.RSquared())
	same("residual standard deviation", 304.854073561965, math.Sqrt(got.Residual/float64(got.Freedom)))
	// The F statistic of all six against none, as certified: 330.285339234588.
	none, err := Regress(y)
	if err != nil {
		t.Fatal(err)
	}
	f := CompareNested(none, got)
	same("F", 330.285339234588, f.F)
	if f.Numerator != 6 || f.Denominator != 9 {
		t.Errorf("degrees of freedom: %+v", f)
	}
}

func TestARegressionThatIsNotDeterminedIsRefused(t *testing.T) {
	rising, constant := []float64{1, 2, 3, 4, 5, 6}, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}
	other := []float64{2, 7, 1, 8, 2, 8}
	both := []float64{3, 9, 4, 12, 7, 14} // rising + other
	for _, c := range []struct {
		what       string
		y          []float64
		regressors [][]float64
		want       error
	}{
		{"a constant response", constant, [][]float64{rising}, ErrDegenerate},
		{"a constant regressor", other, [][]float64{constant}, ErrDegenerate},
		{"dependent regressors", other, [][]float64{rising, both, other}, ErrDegenerate},
		{"as many coefficients as values", other[:2], [][]float64{rising[:2]}, ErrShort},
	} {
		if _, err := Regress(c.y, c.regressors...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestNothingIsExplainedWhereNothingIsLeft(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5}
	exact, err := Regress(y, []float64{2, 4, 6, 8, 10})
	if err != nil {
		t.Fatal(err)
	}
	more, err := Regress(y, []float64{2, 4, 6, 8, 10}, []float64{1, 0, 1, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	if f := CompareNested(exact, more); f.P != 1 {
		t.Errorf("%+v", f)
	}
}
