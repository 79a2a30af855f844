package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// QuantileBins turns a series into symbols 0 … len(cuts): how many of the
// quantiles at cuts (fractions of 1, ascending) a value lies above. Two cuts at
// 0.05 and 0.95 are usual for financial returns, one at 0.5 for short series. The
// series must not be empty.
func QuantileBins(series []float64, cuts ...float64) []int {
	sorted := slices.Sorted(slices.Values(series))
	bounds := make([]float64, len(cuts))
	for i, q := range cuts {
		bounds[i] = Quantile(sorted, q)
	}
	symbols := make([]int, len(series))
	for i, v := range series {
		symbols[i] = sort.SearchFloat64s(bounds, v)
	}
	return symbols
}

// TransferEntropy is how many bits the source at t−lag tells about the target at
// t beyond what the target at t−1 tells: T. Schreiber (2000), "Measuring
// information transfer", Physical Review Letters 85, 461–464, equation 4 with
// k = l = 1, and with a delay as M. Wibral et al. (2013), "Measuring
// information-transfer delays", PLoS ONE 8, e55809. Both series are n symbols
// (0, 1, 2, …) of the same periods; the estimate puts relative frequencies in the
// place of probabilities, which overstates it for short series by about
// (source symbols − 1)·(target symbols − 1)·target symbols / (2 n ln 2). It
// returns ErrShort where n ≤ lag, lag < 1 or the lengths differ.
func TransferEntropy(source, target []int, lag int) (float64, error) {
	if len(source) != len(target) || len(source) <= lag || lag < 1 {
		return 0, ErrShort
	}
	return newTransitions(target, lag).bits(source), nil
}

// Transfer is transfer entropy with what chance alone gives.
type Transfer struct {
	Bits float64 // as TransferEntropy
	// Effective is Bits less the mean over shuffled sources: R. Marschinski and
	// H. Kantz (2002), "Analysing the information flow between financial time
	// series", European Physical Journal B 25, 275–281. It can be negative.
	Effective float64
	// P is the share of shuffled sources with at least as many bits, the observed
	// one counted in: B. Phipson and G. K. Smyth (2010), "Permutation p-values
	// should never be zero", SAGMB 9, article 39. Never below 1/(shuffles+1).
	P float64
}

// TransferTest compares the transfer entropy from source to target with that of
// shuffles (at least one) random orders of the source. Errors as of
// TransferEntropy.
func TransferTest(source, target []int, lag, shuffles int, random *rand.Rand) (Transfer, error) {
	if len(source) != len(target) || len(source) <= lag || lag < 1 || shuffles < 1 {
		return Transfer{}, ErrShort
	}
	t := newTransitions(target, lag)
	out := Transfer{Bits: t.bits(source)}
	shuffled := slices.Clone(source)
	sum, asLarge := 0.0, 1
	for range shuffles {
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		bits := t.bits(shuffled)
		sum += bits
		if bits >= out.Bits-1e-12 { // the same table summed in another order
			asLarge++
		}
	}
	out.Effective = out.Bits - sum/float64(shuffles)
	out.P = float64(asLarge) / float64(shuffles+1)
	return out, nil
}

// transitions is how a target goes from one symbol to the next: what stays the
// same whatever the source.
type transitions struct {
	target  []int
	symbols int
	lag     int
	pairs   []int // [now·symbols + before]
	before  []int
}

func newTransitions(target []int, lag int) transitions {
	t := transitions{target: target, symbols: slices.Max(target) + 1, lag: lag}
	t.pairs, t.before = make([]int, t.symbols*t.symbols), make([]int, t.symbols)
	for i := lag; i < len(target); i++ {
		t.pairs[target[i]*t.symbols+target[i-1]]++
		t.before[target[i-1]]++
	}
	return t
}

// bits is Σ p(now, before, source) log₂ [p(now | before, source) / p(now | before)].
func (t transitions) bits(source []int) float64 {
	n, others := len(source)-t.lag, slices.Max(source)+1
	triples, known := make([]int, len(t.pairs)*others), make([]int, t.symbols*others)
	for i := t.lag; i < len(t.target); i++ {
		now, before, s := t.target[i], t.target[i-1], source[i-t.lag]
		triples[(now*t.symbols+before)*others+s]++
		known[before*others+s]++
	}
	sum := 0.0
	for pair, count := range t.pairs {
		before := pair % t.symbols
		for s, c := range triples[pair*others : (pair+1)*others] {
			if c > 0 {
				sum += float64(c) * math.Log2(float64(c)*float64(t.before[before])/(float64(known[before*others+s])*float64(count)))
			}
		}
	}
	return sum / float64(n)
}
