package vanity

import "beichen/internal/stat"

// noForesight asks whether the metric runs ahead of an outcome. Foresight needs
// two things of one outcome: that the metric's past improves its prediction beyond
// what chance allows (Granger's test of the stationary changes, all lags at once,
// its p-value times the number of metrics and outcomes tried), and that forecasts
// of what was still to come had a smaller squared error with the metric than
// without, at some horizon up to Lead. The p-value of Clark and West is told
// beside it and does not decide: in simulations of strangers, the best of three
// horizons over a dozen origins passed it at 5 % in more than one case of ten.
func noForesight(e Evidence, t Thresholds) Result {
	tried := max(1, e.Tried) * max(1, len(e.Outcomes))
	r := Result{Test: NoForesight, Method: Method{Name: "grangerAndRollingForecast", Parameters: map[string]float64{
		"lags": float64(t.Lead), "horizons": float64(t.Lead), "minPeriods": float64(t.Foresight), "level": t.Level, "tried": float64(tried)}}}
	if len(e.Outcomes) == 0 {
		return unknown(r, Missing{What: LackOutcomes, Needed: 1})
	}
	foresees := false
	var lacks []Missing
	for _, outcome := range e.Outcomes {
		joined := run(e.Values, outcome.Values)
		if n := len(joined[0]); n < t.Foresight {
			lacks = append(lacks, Missing{What: LackPeriods, Of: outcome.ID, Needed: t.Foresight, There: n})
			continue
		}
		f, err := foresee(joined[0], joined[1], t.Lead)
		if err != nil {
			lacks = append(lacks, Missing{What: LackVariation, Of: outcome.ID, Needed: 1})
			continue
		}
		p := min(1, f.granger.P*float64(tried))
		r.Numbers = append(r.Numbers,
			Number{Name: "grangerP", Of: outcome.ID, Value: p, N: f.n, Fails: &Bound{Above, t.Level}},
			Number{Name: "errorRatio", Of: outcome.ID, Value: f.ratio, N: f.origins, Fails: &Bound{AtLeast, 1}},
			Number{Name: "horizon", Of: outcome.ID, Value: float64(f.horizon), N: f.origins},
			Number{Name: "clarkWestP", Of: outcome.ID, Value: f.clarkWest, N: f.origins},
			Number{Name: "differences", Of: outcome.ID, Value: float64(f.ofMetric), N: f.n},
			Number{Name: "differencesOfOutcome", Of: outcome.ID, Value: float64(f.ofOutcome), N: f.n})
		foresees = foresees || p <= t.Level && f.ratio < 1
	}
	if !foresees && len(lacks) > 0 {
		return unknown(r, lacks...)
	}
	return decided(r, !foresees)
}

// foresight is how a metric did at foretelling an outcome.
type foresight struct {
	n                   int // periods left after differencing
	ofMetric, ofOutcome int // how often each was differenced
	granger             stat.FTest
	ratio               float64 // of the squared errors with and without, at the best horizon
	horizon, origins    int     // that one
	clarkWest           float64 // its p-value, by Holm among all horizons
}

func foresee(metric, outcome []float64, lead int) (foresight, error) {
	var f foresight
	var err error
	if metric, f.ofMetric, err = stat.Stationary(metric, 2); err != nil {
		return f, err
	}
	if outcome, f.ofOutcome, err = stat.Stationary(outcome, 2); err != nil {
		return f, err
	}
	f.n = min(len(metric), len(outcome)) // both end in the newest period
	metric, outcome = metric[len(metric)-f.n:], outcome[len(outcome)-f.n:]
	if f.granger, err = stat.Granger(outcome, metric, lead); err != nil {
		return f, err
	}

	// The first half teaches, and chooses the order; the second examines.
	first := f.n / 2
	order, err := stat.AutoregressiveOrder(outcome[:first], min(lead, first/4), stat.BIC)
	if err != nil {
		return f, err
	}
	f.ratio, f.clarkWest = 1, 1
	var p []float64
	best := -1
	for horizon := 1; horizon <= lead; horizon++ {
		without, with, err := stat.RollingErrors(outcome, metric, order, horizon, first)
		if err != nil {
			return f, err
		}
		c, err := stat.ClarkWest(without, with, horizon)
		if err != nil {
			return f, err
		}
		p = append(p, c.P)
		if best < 0 || c.Ratio < f.ratio {
			best, f.ratio, f.horizon, f.origins = horizon-1, c.Ratio, horizon, c.N
		}
	}
	f.clarkWest = stat.Holm(p)[best]
	return f, nil
}
