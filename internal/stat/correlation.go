package stat

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Correlation is how two series move together.
type Correlation struct {
	R float64 // Pearson's
	N int     // values of each
	// Effective is how many independent values they are worth.
	Effective float64
	P         float64 // of a correlation as strong in either direction, were there none
}

// Correlate is the correlation of x and y, n values of the same periods, oldest
// first and both stationary (see Stationary). What follows itself carries less news
// than its length: the p-value is that of Student's t with as many values as the
// two are worth,
//
//	1/N* = 1/n + 2/n · Σⱼ (n−j)/n · ρx(j) · ρy(j),  j = 1 … ⌊n/5⌋,
//
// after B. J. Pyper and R. M. Peterman (1998), "Comparison of methods to account
// for autocorrelation in correlation analyses of fish data", Canadian Journal of
// Fisheries and Aquatic Sciences 55, 2127–2140, equation 1; never more than n. It
// returns ErrShort below four values or where lengths differ, and ErrDegenerate
// where a series is constant.
func Correlate(x, y []float64) (Correlation, error) {
	n := len(x)
	if n != len(y) || n < 4 {
		return Correlation{}, ErrShort
	}
	both, err := CrossCorrelation(x, y, 0)
	if err != nil {
		return Correlation{}, err
	}
	most := n / 5
	ofX, err := CrossCorrelation(x, x, most)
	if err != nil {
		return Correlation{}, err
	}
	ofY, err := CrossCorrelation(y, y, most)
	if err != nil {
		return Correlation{}, err
	}
	worth := 1.0
	for j := 1; j <= most; j++ {
		worth += 2 * float64(n-j) / float64(n) * ofX[most+j] * ofY[most+j]
	}
	out := Correlation{R: max(-1, min(1, both[0])), N: n, Effective: float64(n)}
	if worth > 1 {
		out.Effective = max(3, float64(n)/worth)
	}
	freedom := out.Effective - 2
	t := math.Abs(out.R) * math.Sqrt(freedom/(1-out.R*out.R))
	if out.R*out.R < 1 {
		out.P = 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Survival(t)
	}
	return out, nil
}
