package tree

import (
	"math"
	"regexp"

	"golang.org/x/text/currency"
)

// Decimals to which moves are told: those of a currency, none of what is counted,
// and enough to see a share or a ratio move.
const (
	decimalsOfShares = 6
	decimalsOfRatios = 4
)

// money is a unit that begins with a code of ISO 4217: TWD, TWD/order.
var money = regexp.MustCompile(`^([A-Z]{3})(/|$)`)

// places is how many decimals the metric's moves are told to.
func (w *explaining) places(values ...float64) int {
	decimals := decimalsOfRatios
	code := money.FindStringSubmatch(w.answer.Unit)
	switch {
	case w.made.isWhole(w.Metric):
		decimals = 0
	case w.answer.Unit == "":
		decimals = decimalsOfShares
	case code != nil:
		if of, err := currency.ParseISO(code[1]); err == nil {
			decimals, _ = currency.Standard.Rounding(of)
		}
	}
	const largest = 1 << 50 // what can have decimals at all, with room for parts larger than the whole
	for _, v := range values {
		for decimals > 0 && math.Abs(v)*math.Pow10(decimals) > largest {
			decimals--
		}
	}
	return decimals
}

// rounded is a value to so many decimals, half away from 0.
func rounded(value float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	return math.Round(value*unit) / unit
}
