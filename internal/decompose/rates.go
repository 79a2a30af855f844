package decompose

// Segment is a value of a dimension at two times.
type Segment struct {
	Name   string `json:"name"`
	Before Amount `json:"before"`
	After  Amount `json:"after"`
}

// Amount is a segment's part of a number.
type Amount struct {
	// Value is the segment's part of a count or sum; of a rate, its numerator.
	Value float64 `json:"value"`
	// Of is a rate's denominator; counts and sums have none.
	Of float64 `json:"of"`
}

// RateMove is how a rate over all segments moved.
type RateMove struct {
	// Before and After are the rates over all segments, nil where all denominators
	// together are 0; then there are no effects.
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
	// Mix is the part of After − Before that comes from segments being a larger or
	// smaller share, Rate that from their own rates.
	Mix  float64 `json:"mix"`
	Rate float64 `json:"rate"`
	// Segments are as they were given.
	Segments []RateEffect `json:"segments"`
}

// RateEffect is what a segment did to the rate over all.
type RateEffect struct {
	Segment string  `json:"segment"`
	Mix     float64 `json:"mix"`
	Rate    float64 `json:"rate"`
	Total   float64 `json:"total"` // Mix + Rate
}

// Rates divides the move of a rate R = Σ cᵢ / Σ nᵢ over segments with numerators
// cᵢ and denominators nᵢ, in the midpoint form that A. Marshall and F. Y.
// Edgeworth gave to index numbers: with shares wᵢ = nᵢ / Σ n, rates rᵢ = cᵢ / nᵢ,
// Δ for after − before and ¯ for the mean of the two,
//
//	mixᵢ = Δwᵢ · (r̄ᵢ − R̄)    rateᵢ = w̄ᵢ · Δrᵢ
//
// which add up to ΔR over the segments, for Σ Δwᵢ = 0 whatever R̄ is; measured
// against R̄, a segment that grows lifts the rate only where it is better than
// the rest. Seen backwards every effect has the opposite sign. A segment without
// a denominator at one of the times has no rate of its own then: all it does is
// mix, Δ(cᵢ/Σn) − R̄ · Δwᵢ.
func Rates(segments []Segment) RateMove {
	all := whole(segments)
	out := RateMove{Before: all.Before.rate(), After: all.After.rate()}
	if out.Before == nil || out.After == nil {
		return out
	}
	mean := (*out.Before + *out.After) / 2
	for _, s := range segments {
		w0, w1 := s.Before.Of/all.Before.Of, s.After.Of/all.After.Of
		e := RateEffect{Segment: s.Name}
		if r0, r1 := s.Before.rate(), s.After.rate(); r0 != nil && r1 != nil {
			e.Mix = (w1 - w0) * ((*r0+*r1)/2 - mean)
			e.Rate = (w0 + w1) / 2 * (*r1 - *r0)
		} else {
			e.Mix = s.After.Value/all.After.Of - s.Before.Value/all.Before.Of - mean*(w1-w0)
		}
		e.Total = e.Mix + e.Rate
		out.Mix += e.Mix
		out.Rate += e.Rate
		out.Segments = append(out.Segments, e)
	}
	return out
}

// rate is the amount's rate, nil where the denominator is 0.
func (a Amount) rate() *float64 {
	if a.Of == 0 {
		return nil
	}
	return new(a.Value / a.Of)
}

// whole is all segments together.
func whole(segments []Segment) Segment {
	var all Segment
	for _, s := range segments {
		all.Before.Value += s.Before.Value
		all.Before.Of += s.Before.Of
		all.After.Value += s.After.Value
		all.After.Of += s.After.Of
	}
	return all
}
