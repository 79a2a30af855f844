package stat

import "gonum.org/v1/gonum/mathext"

// SignTest is the probability of at least k of n signs being positive if each is
// so with probability ½ (0 ≤ k ≤ n; ties are left out before): the one-sided sign
// test of J. Arbuthnott (1710), "An argument for Divine Providence", Philosophical
// Transactions 27, 186–190, exactly, as a tail of the binomial distribution.
func SignTest(k, n int) float64 {
	if k <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), 0.5)
}
