package vanity

import (
	"math"
	"strings"
)

// noHandle asks whether anything that somebody did in the last periods moved the
// metric by at least what could be detected, beyond doubt where an interval was
// given. A metric younger than those periods is not blamed for it.
func noHandle(e Evidence, t Thresholds) Result {
	r := Result{Test: NoHandle, Method: Method{Name: "recordedAttempts", Parameters: map[string]float64{"periods": float64(t.Attempts)}}}
	if e.Handle == nil {
		return unknown(r, Missing{What: LackAttempts, Needed: 1})
	}
	recorded, measured, moved := 0, 0, 0
	for _, a := range e.Handle.Attempts {
		if n := len(e.Periods); n >= t.Attempts && a.At.Before(e.Periods[n-t.Attempts]) {
			continue
		}
		recorded++
		if a.Effect == nil || a.MDE == nil {
			continue
		}
		measured++
		if a.moved() {
			moved++
		}
	}
	r.Numbers = []Number{
		{Name: "moved", Value: float64(moved), N: measured, Fails: &Bound{Below, 1}},
		{Name: "recorded", Value: float64(recorded), N: recorded},
	}
	switch {
	case moved > 0:
		return decided(r, false)
	case len(e.Periods) < t.Attempts:
		return unknown(r, Missing{What: LackPeriods, Needed: t.Attempts, There: len(e.Periods)})
	case recorded > 0 && measured == 0:
		return unknown(r, Missing{What: LackMeasured, Needed: 1})
	}
	return decided(r, true)
}

func (a Attempt) moved() bool {
	doubtful := a.Low != nil && a.High != nil && *a.Low <= 0 && *a.High >= 0
	return *a.Effect != 0 && math.Abs(*a.Effect) >= *a.MDE && !doubtful
}

// notAuditable asks whether the number opens to the people or events behind it.
func notAuditable(e Evidence, _ Thresholds) Result {
	r := Result{Test: NotAuditable, Method: Method{Name: "definition", Parameters: map[string]float64{}}}
	if e.OpensToList == nil {
		return unknown(r, Missing{What: LackList, Needed: 1})
	}
	lists := 0.0
	if *e.OpensToList {
		lists = 1
	}
	r.Numbers = []Number{{Name: "lists", Value: lists, N: 1, Fails: &Bound{Below, 1}}}
	return decided(r, !*e.OpensToList)
}

// soWhat asks whether anybody wrote down what they would do if the metric went up
// or down, and, once it has raised some alerts, whether a decision came of one.
func soWhat(e Evidence, t Thresholds) Result {
	r := Result{Test: SoWhat, Method: Method{Name: "writtenAndDone", Parameters: map[string]float64{"alerts": float64(t.Alerts)}}}
	if e.SoWhat == nil {
		return unknown(r, Missing{What: LackSentences, Needed: 1})
	}
	sentences := 0
	for _, text := range []string{e.SoWhat.IfUp, e.SoWhat.IfDown} {
		if strings.TrimSpace(text) != "" {
			sentences++
		}
	}
	r.Numbers = []Number{{Name: "sentences", Value: float64(sentences), N: 2, Fails: &Bound{Below, 1}}}
	decisions := Number{Name: "decisions", Value: float64(e.SoWhat.Decisions), N: e.SoWhat.Alerts}
	ignored := false
	if e.SoWhat.Alerts >= t.Alerts {
		decisions.Fails = &Bound{Below, 1}
		ignored = e.SoWhat.Decisions == 0
	}
	r.Numbers = append(r.Numbers, decisions)
	return decided(r, sentences == 0 || ignored)
}
