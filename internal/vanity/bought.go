package vanity

import "beichen/internal/stat"

// bought asks whether spending explains the metric while the share of people with
// the value event does not rise. The R² is of levels, as people see them; but two
// series that both wander agree by chance (Granger and Newbold 1974), so the
// agreement counts only if it is there in the stationary changes as well, by the F
// test of that regression, corrected for the number of spending series.
func bought(e Evidence, t Thresholds) Result {
	r := Result{Test: Bought, Method: Method{Name: "regressionOnSpend", Parameters: map[string]float64{
		"lags": float64(t.SpendLags), "minPeriods": float64(t.MinPeriods), "level": t.Level, "tried": float64(len(e.Spend))}}}
	if len(e.Spend) == 0 {
		return unknown(r, Missing{What: LackSpend, Needed: 1})
	}
	follows, judged := false, false
	var lacks []Missing
	for _, spend := range e.Spend {
		joined := run(e.Values, spend.Values)
		metric, spent := joined[0], joined[1]
		if e.RunningTotal && len(metric) > 0 { // what was added in a period
			metric, spent = stat.Differences(metric), spent[1:]
		}
		if len(metric) < t.MinPeriods {
			lacks = append(lacks, Missing{What: LackPeriods, Of: spend.ID, Needed: t.MinPeriods, There: len(metric)})
			continue
		}
		fit, err := onLags(metric, spent, t.SpendLags)
		if err != nil {
			lacks = append(lacks, Missing{What: LackVariation, Of: spend.ID, Needed: 1})
			continue
		}
		chance, differences, err := agreement(metric, spent, t.SpendLags)
		if err != nil {
			lacks = append(lacks, Missing{What: LackVariation, Of: spend.ID, Needed: 1})
			continue
		}
		judged = true
		p := min(1, chance.P*float64(len(e.Spend)))
		r.Numbers = append(r.Numbers,
			Number{Name: "rSquared", Of: spend.ID, Value: fit.RSquared(), N: fit.N, Fails: &Bound{AtLeast, t.Explained}},
			Number{Name: "p", Of: spend.ID, Value: p, N: chance.Numerator + chance.Denominator + 1, Fails: &Bound{AtMost, t.Level}},
			Number{Name: "differences", Of: spend.ID, Value: float64(differences), N: fit.N})
		follows = follows || fit.RSquared() >= t.Explained && p <= t.Level
	}
	if !follows {
		if len(lacks) > 0 || !judged {
			return unknown(r, lacks...)
		}
		return decided(r, false)
	}
	rate := run(e.Values, e.ValueRate)[1]
	if len(rate) < t.MinPeriods {
		return unknown(r, Missing{What: LackValueRate, Needed: t.MinPeriods, There: len(rate)})
	}
	before, after := stat.Mean(rate[:len(rate)/2]), stat.Mean(rate[len(rate)/2:])
	flat := after < before*(1+t.Flat) || before == 0 && after == 0
	r.Numbers = append(r.Numbers, Number{Name: "valueRateBefore", Value: before, N: len(rate) / 2},
		Number{Name: "valueRateAfter", Value: after, N: len(rate) - len(rate)/2, Fails: &Bound{Below, before * (1 + t.Flat)}})
	return decided(r, flat)
}

// onLags regresses a metric on spending of the same period and of lags before.
func onLags(metric, spent []float64, lags int) (stat.Regression, error) {
	return stat.Regress(stat.Lagged(metric, lags)[0], stat.Lagged(spent, lags)...)
}

// agreement tests whether spending explains anything of the metric after both
// were differenced as often as the one that needs it more, and says how often.
func agreement(metric, spent []float64, lags int) (stat.FTest, int, error) {
	_, ofMetric, err := stat.Stationary(metric, 2)
	if err != nil {
		return stat.FTest{}, 0, err
	}
	_, ofSpent, err := stat.Stationary(spent, 2)
	if err != nil {
		return stat.FTest{}, 0, err
	}
	order := max(ofMetric, ofSpent)
	for range order {
		metric, spent = stat.Differences(metric), stat.Differences(spent)
	}
	with, err := onLags(metric, spent, lags)
	if err != nil {
		return stat.FTest{}, 0, err
	}
	without, err := stat.Regress(stat.Lagged(metric, lags)[0])
	if err != nil {
		return stat.FTest{}, 0, err
	}
	return stat.CompareNested(without, with), order, nil
}
