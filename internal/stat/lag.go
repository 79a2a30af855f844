package stat

// Differences is the series of changes from one value to the next: one value
// less, none of fewer than two.
func Differences(series []float64) []float64 {
	if len(series) < 2 {
		return nil
	}
	out := make([]float64, len(series)-1)
	for i := range out {
		out[i] = series[i+1] - series[i]
	}
	return out
}

// Lagged gives a series at lags 0 … most as regressors of one another: column k
// holds series[t−k] for t = most … n−1, so all have n − most values. A series
// that is not longer than most gives columns without values.
func Lagged(series []float64, most int) [][]float64 {
	columns := make([][]float64, most+1)
	for k := range columns {
		if len(series) > most {
			columns[k] = series[most-k : len(series)-k]
		}
	}
	return columns
}
