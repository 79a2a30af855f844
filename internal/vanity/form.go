package vanity

import "beichen/internal/stat"

// ratchet asks whether the metric can fall at all: by its definition, or by the
// share of its steps that did not. A number that never moved is no ratchet.
func ratchet(e Evidence, t Thresholds) Result {
	r := Result{Test: Ratchet, Method: Method{Name: "stepsNotFalling", Parameters: map[string]float64{"minPeriods": float64(t.MinPeriods)}}}
	values := run(e.Values)[0]
	steps := stat.Differences(values)
	rising, moved := 0, false
	for _, d := range steps {
		if d >= 0 {
			rising++
		}
		moved = moved || d != 0
	}
	if len(steps) > 0 {
		r.Numbers = []Number{{Name: "share", Value: float64(rising) / float64(len(steps)), N: len(steps), Fails: &Bound{AtLeast, t.Rising}}}
	}
	switch {
	case e.RunningTotal:
		r.Method.Name = "definition"
		return decided(r, true)
	case len(values) < t.MinPeriods:
		return unknown(r, Missing{What: LackPeriods, Needed: t.MinPeriods, There: len(values)})
	case !moved:
		return unknown(r, Missing{What: LackVariation, Needed: 1})
	}
	return decided(r, r.Numbers[0].Value >= t.Rising)
}

// noDenominator asks whether the metric grows with the crowd and stands alone.
func noDenominator(e Evidence, _ Thresholds) Result {
	r := Result{Test: NoDenominator, Method: Method{Name: "definition", Parameters: map[string]float64{}}}
	if e.Kind == "" {
		return unknown(r, Missing{What: LackKind, Needed: 1})
	}
	total := e.Kind == Count || e.Kind == Sum
	rates := 0
	if !total || e.PairedRate != "" {
		rates = 1
	}
	r.Numbers = []Number{{Name: "rates", Of: e.PairedRate, Value: float64(rates), N: 1, Fails: &Bound{Below, 1}}}
	return decided(r, rates == 0)
}
