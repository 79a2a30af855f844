package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func bitsOf(text string) []int {
	out := make([]int, len(text))
	for i, c := range text {
		out[i] = int(c - '0')
	}
	return out
}

// binaryEntropy is that of a coin that falls one way with probability p, in bits.
func binaryEntropy(p float64) float64 { return -p*math.Log2(p) - (1-p)*math.Log2(1-p) }

// Two hundred throws of a coin, the same one period later, another coin, and the
// copy with every tenth throw turned over; the figures are the relative
// frequencies put into Schreiber's equation by another program. The limits for
// long series are 1, 0 and 1 − H₂(0.1) = 0.531 bits, as in example 1 of J. T.
// Lizier (2014), "JIDT: an information-theoretic toolkit", Frontiers in Robotics
// and AI 1, article 11.
func TestTransferEntropyOfTwoHundredCoins(t *testing.T) {
	coin := bitsOf("00101110010101101010111010001010010011010110101011011110000101111000100100011010011011001000100100100100011000011111100000010000101000101010000001101000011110010010101110111011001000110010111001000010")
	copied := bitsOf("00010111001010110101011101000101001001101011010101101111000010111100010010001101001101100100010010010010001100001111110000001000010100010101000000110100001111001001010111011101100100011001011100100001")
	other := bitsOf("00100000010001101101111111011011110101111000000100010011000100100011111010110000101010100111111100111101101110111011011010110000101100101001100100001011011010111001011111011100010111011110100011010110")
	noisy := bitsOf("00000111001011110101011001000101011001101010010101101011000010101100010011001101001001100100000010010011001100001011110000011000010101010101000100110100011111001000010111011001100100001001011101100001")
	for _, c := range []struct {
		what           string
		source, target []int
		want           float64
	}{
		{"coin to copy", coin, copied, 0.9851831389251672},
		{"copy to coin", copied, coin, 0.002199557876752259},
		{"other coin to copy", other, copied, 0.0008733171721523802},
		{"coin to noisy copy", coin, noisy, 0.5231907299224564},
		{"noisy copy to coin", noisy, coin, 0.012035237429571584},
	} {
		got, err := TransferEntropy(c.source, c.target, 1)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.what, c.want, got, 1e-12)
	}
}

// Of y[t] = ρ x[t−lag] + √(1−ρ²) ε[t] with independent standard normal x and ε,
// split at their medians, the signs agree with probability ½ + asin(ρ)/π (W. F.
// Sheppard (1899), Philosophical Transactions A 192, 101–167), and y's own past
// tells nothing; so the transfer is 1 − H₂(½ + asin(ρ)/π) at that lag, and none at
// others or the other way.
func TestTransferEntropyOfCoupledGaussiansIsTheClosedForm(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	const n, lag = 200_000, 2
	for _, rho := range []float64{0.3, 0.6, 0.9} {
		x := autoregressive(random, n, 0)
		y := autoregressive(random, n, 0)
		for i := n - 1; i >= lag; i-- {
			y[i] = rho*x[i-lag] + math.Sqrt(1-rho*rho)*y[i]
		}
		sx, sy := QuantileBins(x, 0.5), QuantileBins(y, 0.5)
		for _, c := range []struct {
			source, target []int
			lag            int
			want           float64
		}{
			{sx, sy, lag, 1 - binaryEntropy(0.5+math.Asin(rho)/math.Pi)},
			{sx, sy, 1, 0}, {sy, sx, 1, 0}, {sy, sx, lag, 0},
		} {
			got, err := TransferEntropy(c.source, c.target, c.lag)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "bits", c.want, got, 0.004)
		}
	}
}

// The plug-in estimate overstates what strangers tell each other by the χ²
// approximation of L. Barnett and T. Bossomaier (2012), "Transfer entropy as a
// log-likelihood ratio", Physical Review Letters 109, 138105; the effective one
// does not.
func TestShufflingTakesTheBiasAwayAndHoldsItsLevel(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	const trials, n, shuffles = 400, 150, 99
	bits, effective, found := 0.0, 0.0, 0
	for range trials {
		x := QuantileBins(autoregressive(random, n, 0.3), 1.0/3, 2.0/3)
		y := QuantileBins(autoregressive(random, n, 0.3), 1.0/3, 2.0/3)
		got, err := TransferTest(x, y, 1, shuffles, random)
		if err != nil {
			t.Fatal(err)
		}
		bits += got.Bits / trials
		effective += got.Effective / trials
		if got.P <= 0.05 {
			found++
		}
	}
	near(t, "bits of strangers", 2*2*3/(2*n*math.Ln2), bits, 0.006)
	near(t, "effective bits of strangers", 0, effective, 0.003)
	holdsItsLevel(t, "strangers", found, trials, 0.05, true)

	x := autoregressive(random, n, 0)
	y := append([]float64{0}, x[:n-1]...)
	got, err := TransferTest(QuantileBins(x, 0.5), QuantileBins(y, 0.5), 1, shuffles, random)
	if err != nil || got.P != 1.0/(shuffles+1) || got.Effective < 0.9 {
		t.Errorf("a copy: %+v, %v", got, err)
	}
}

func TestQuantileBinsPutAValueAtACutBelowIt(t *testing.T) {
	if got := QuantileBins([]float64{5, 1, 2, 3, 4}, 0.5); !slices.Equal(got, []int{1, 0, 0, 0, 1}) {
		t.Error(got)
	}
	if got := QuantileBins([]float64{7, 7, 7}, 0.05, 0.95); !slices.Equal(got, []int{0, 0, 0}) {
		t.Error(got)
	}
}

func TestTransferEntropyNeedsMoreValuesThanItsLag(t *testing.T) {
	for _, c := range []struct {
		source, target []int
		lag            int
	}{{[]int{0, 1}, []int{1, 0}, 2}, {[]int{0, 1}, []int{1}, 1}, {[]int{0, 1}, []int{1, 0}, 0}} {
		if _, err := TransferEntropy(c.source, c.target, c.lag); !errors.Is(err, ErrShort) {
			t.Errorf("%+v: %v", c, err)
		}
		if _, err := TransferTest(c.source, c.target, c.lag, 9, rand.New(rand.NewPCG(5, 5))); !errors.Is(err, ErrShort) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
