package stat

import (
	"math"
	"testing"
)

// Arbuthnott (1710): in each of the 82 years 1629–1710 more boys than girls were
// christened in London, of which the chance is (½)⁸².
func TestTheSignTestGivesArbuthnottsChance(t *testing.T) {
	near(t, "82 of 82", 1, SignTest(82, 82)*math.Pow(2, 82), 1e-9)
	// Tails of the binomial, counted: 10 and 56 of the 512 and 1024 ways.
	near(t, "8 of 9", 10.0/512, SignTest(8, 9), 1e-12)
	near(t, "8 of 10", 56.0/1024, SignTest(8, 10), 1e-12)
	near(t, "none of 10", 1, SignTest(0, 10), 0)
	near(t, "none of none", 1, SignTest(0, 0), 0)
}
