package tree

import (
	"math"

	"beichen/internal/journey"
	"beichen/internal/stat"
)

// InfluenceTold is what people believe of an influence, and what the facts say.
type InfluenceTold struct {
	Sign       Sign         `json:"sign"`
	Lag        *int         `json:"lag"` // believed, periods; null where nobody says
	Reason     journey.Text `json:"reason"`
	Experiment string       `json:"experiment"` // "" where none tested it
	Verdict    Support      `json:"verdict"`
	// Strength is the correlation of the changes at the lag found, P its p-value for
	// all lags that were tried, N the changes compared. null where the history is short.
	Strength *float64 `json:"strength"`
	LagFound *int     `json:"lagFound"`
	N        int      `json:"n"`
	P        *float64 `json:"p"`
	// Differences is how often both series were differenced until they stood still.
	Differences int `json:"differences"`
}

// Support says what the facts say of a belief.
type Support string

// The verdicts.
const (
	Supported    Support = "supported"
	Contradicted Support = "contradicted" // they move together, the other way
	Unclear      Support = "unclear"      // no more than chance gives
	Short        Support = "short"        // fewer changes than can tell, or one does not move
)

const (
	lagsAround = 2  // periods that the lag may be off what people believe
	fewestBoth = 12 // changes below which nothing is said
	level      = 0.05
)

// influence measures one: both series are differenced until they stand still, and
// of the lags up to 8, no further than 2 from the believed one, the strongest
// counts, its p-value times the lags that were tried.
func (q *measuring) influence(in Influence) InfluenceTold {
	out := InfluenceTold{Sign: in.Sign, Lag: in.Lag, Reason: in.Reason, Experiment: in.Experiment, Verdict: Short}
	from, to := q.byID[in.From], q.byID[in.To]
	cause, effect := together(q.frame.series(from.all), q.frame.series(to.all))
	out.N = len(cause)
	low, high := 0, maxLag
	if in.Lag != nil {
		low, high = max(0, *in.Lag-lagsAround), min(maxLag, *in.Lag+lagsAround)
	}
	if len(cause) < fewestBoth {
		return out
	}
	cause, effect, times, err := alike(cause, effect)
	if err != nil {
		return out
	}
	out.Differences, out.N = times, len(cause)
	tried := 0
	var best stat.Correlation
	for lag := low; lag <= high; lag++ {
		n := len(cause) - lag
		if n < fewestBoth {
			break
		}
		c, err := stat.Correlate(cause[:n], effect[lag:])
		if err != nil {
			continue
		}
		if tried++; out.LagFound == nil || math.Abs(c.R) > math.Abs(best.R) {
			best, out.LagFound = c, new(lag)
		}
	}
	if out.LagFound == nil {
		return out
	}
	out.Strength, out.N, out.P = &best.R, best.N, new(min(1, best.P*float64(tried)))
	switch {
	case *out.P > level:
		out.Verdict = Unclear
	case (best.R > 0) == (in.Sign == Rises):
		out.Verdict = Supported
	default:
		out.Verdict = Contradicted
	}
	return out
}

// together is the latest unbroken stretch in which both series are known.
func together(a, b []*float64) (x, y []float64) {
	end := len(a)
	for end > 0 && (a[end-1] == nil || b[end-1] == nil) {
		end--
	}
	start := end
	for start > 0 && a[start-1] != nil && b[start-1] != nil {
		start--
	}
	for i := start; i < end; i++ {
		x, y = append(x, *a[i]), append(y, *b[i])
	}
	return x, y
}

// alike differences two series as often as the one that needs it more.
func alike(x, y []float64) ([]float64, []float64, int, error) {
	_, ofX, err := stat.Stationary(x, 2)
	if err != nil {
		return nil, nil, 0, err
	}
	_, ofY, err := stat.Stationary(y, 2)
	if err != nil {
		return nil, nil, 0, err
	}
	times := max(ofX, ofY)
	for range times {
		x, y = stat.Differences(x), stat.Differences(y)
	}
	return x, y, times, nil
}
