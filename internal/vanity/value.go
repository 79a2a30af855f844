package vanity

import "beichen/internal/stat"

// farFromValue asks how many of those whom the metric counts reach the value
// event. Where the 95 % interval of the share lies on both sides of the threshold,
// more subjects are needed to tell.
func farFromValue(e Evidence, t Thresholds) Result {
	r := Result{Test: FarFromValue, Method: Method{Name: "wilson", Parameters: map[string]float64{"confidence": 0.95}}}
	if e.Reached == nil || e.Reached.Counted == 0 {
		return unknown(r, Missing{What: LackSubjects, Needed: 1})
	}
	share := stat.Wilson(e.Reached.Reached, e.Reached.Counted)
	r.Numbers = []Number{{Name: "share", Value: share.Rate, Low: &share.Low, High: &share.High, N: e.Reached.Counted, Fails: &Bound{Below, t.ValueShare}}}
	if share.Low < t.ValueShare && t.ValueShare <= share.High {
		return unknown(r, Missing{What: LackSubjects, Needed: decisive(*e.Reached, t.ValueShare), There: e.Reached.Counted})
	}
	return decided(r, share.High < t.ValueShare)
}

// decisive is from how many subjects on the same share would lie clearly on one
// side of the threshold, found by doubling and then halving; many thousands for a
// share that all but equals it.
func decisive(s Share, threshold float64) int {
	const most = 1 << 30
	rate := float64(s.Reached) / float64(s.Counted)
	clear := func(n int) bool {
		w := stat.Wilson(int(rate*float64(n)+0.5), n)
		return w.High < threshold || w.Low >= threshold
	}
	low, high := s.Counted, s.Counted
	for high < most && !clear(high) {
		low, high = high, min(2*high, most)
	}
	for high-low > 1 {
		if middle := (low + high) / 2; clear(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
