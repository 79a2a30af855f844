package vanity

import "beichen/internal/stat"

// divergence asks whether the metric gets better while the North Star, a guardrail
// or several sibling inputs get worse. Two sign tests must both find so for a pair
// of series: that the metric improves in more than half of the periods in which it
// moves, and that in those the other one worsens more often than not. Signs of
// changes, not of levels: they are fair to series that wander. The larger p-value
// counts (R. L. Berger (1982), Technometrics 24, 295–300), corrected by Holm for
// the number of others.
func divergence(e Evidence, t Thresholds) Result {
	r := Result{Test: Divergence, Method: Method{Name: "signTest", Parameters: map[string]float64{
		"minPeriods": float64(t.MinPeriods), "level": t.Level, "siblings": float64(t.Siblings)}}}
	var judged []opposed
	var lacks []Missing
	for _, other := range e.others() {
		joined := run(e.Values, other.Values)
		if n := len(joined[0]); n < t.MinPeriods {
			lacks = append(lacks, Missing{What: LackPeriods, Of: other.ID, Needed: t.MinPeriods, There: n})
			continue
		}
		judged = append(judged, oppose(joined[0], e.Good, joined[1], other))
	}
	if len(judged) == 0 && len(lacks) == 0 {
		return unknown(r, Missing{What: LackOthers, Needed: 1})
	}
	r.Method.Parameters["tried"] = float64(len(judged))

	p := make([]float64, len(judged))
	for i, o := range judged {
		p[i] = o.p
	}
	fails, siblings := false, 0
	for i, corrected := range stat.Holm(p) {
		o := judged[i]
		r.Numbers = append(r.Numbers,
			Number{Name: "improves", Of: o.id, Value: share(o.improved, o.moved), N: o.moved},
			Number{Name: "worsensMeanwhile", Of: o.id, Value: share(o.worse, o.changed), N: o.changed},
			Number{Name: "p", Of: o.id, Value: corrected, N: o.changed, Fails: &Bound{AtMost, t.Level}})
		switch {
		case corrected > t.Level:
		case o.sibling:
			siblings++
		default:
			fails = true
		}
	}
	fails = fails || siblings >= t.Siblings
	if !fails && len(lacks) > 0 {
		return unknown(r, lacks...)
	}
	return decided(r, fails)
}

type other struct {
	Series
	sibling bool
}

// others is everything that the metric could diverge from, itself left out.
func (e Evidence) others() []other {
	var all []other
	add := func(s Series, sibling bool) {
		if s.ID != e.Metric {
			all = append(all, other{s, sibling})
		}
	}
	if e.Star != nil {
		add(*e.Star, false)
	}
	for _, s := range e.Guardrails {
		add(s, false)
	}
	for _, s := range e.Siblings {
		add(s, true)
	}
	return all
}

// opposed is how a metric and another series moved, period by period.
type opposed struct {
	id              string
	sibling         bool
	moved, improved int // periods in which the metric moved, and improved
	changed, worse  int // of the latter: in which the other moved, and worsened
	p               float64
}

func oppose(metric []float64, good Direction, values []float64, other other) opposed {
	o := opposed{id: other.ID, sibling: other.sibling}
	for i := 1; i < len(metric); i++ {
		step := better(metric[i]-metric[i-1], good)
		if step != 0 {
			o.moved++
		}
		if step <= 0 {
			continue
		}
		o.improved++
		switch meanwhile := better(values[i]-values[i-1], other.Good); {
		case meanwhile < 0:
			o.changed++
			o.worse++
		case meanwhile > 0:
			o.changed++
		}
	}
	o.p = max(stat.SignTest(o.improved, o.moved), stat.SignTest(o.worse, o.changed))
	return o
}

// better is a change with its sign turned so that positive is good.
func better(change float64, good Direction) float64 {
	if good == Down {
		return -change
	}
	return change
}

// share is k of n; 0 of nothing.
func share(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}
