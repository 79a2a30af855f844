package stat

import "slices"

// Observation is how long one subject was watched, and whether what was waited
// for happened at the end of it; otherwise the subject is censored there.
type Observation struct {
	Duration float64
	Happened bool
}

// Survivor is one step of a survival curve: from Time on, the share Surviving
// has not had the event.
type Survivor struct {
	Time      float64
	Surviving float64
}

// KaplanMeier is the product-limit estimate of E. L. Kaplan and P. Meier (1958),
// "Nonparametric estimation from incomplete observations", JASA 53, 457–481:
// S(t) = Π (1 − dᵢ/nᵢ) over the event times tᵢ ≤ t, with dᵢ events among the nᵢ
// at risk. Who is censored at an event time is still at risk there. The curve
// has one step for each distinct event time; it orders observations in place.
func KaplanMeier(observations []Observation) []Survivor {
	slices.SortFunc(observations, func(a, b Observation) int {
		switch {
		case a.Duration < b.Duration:
			return -1
		case a.Duration > b.Duration:
			return 1
		}
		return 0
	})
	var curve []Survivor
	surviving := 1.0
	for i := 0; i < len(observations); {
		atRisk, events, first := len(observations)-i, 0, observations[i].Duration
		for ; i < len(observations) && observations[i].Duration == first; i++ {
			if observations[i].Happened {
				events++
			}
		}
		if events > 0 {
			// (n−d)/n rather than 1−d/n: exactly 0 when all have had it.
			surviving *= float64(atRisk-events) / float64(atRisk)
			curve = append(curve, Survivor{Time: first, Surviving: surviving})
		}
	}
	return curve
}

// Surviving is the end of the Kaplan–Meier curve: the share to which the event
// never happens, as far as was watched; 1 where it happened to nobody.
func Surviving(observations []Observation) float64 {
	curve := KaplanMeier(observations)
	if len(curve) == 0 {
		return 1
	}
	return curve[len(curve)-1].Surviving
}
