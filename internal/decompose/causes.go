package decompose

import (
	"cmp"
	"math"
	"slices"

	"beichen/internal/fault"
)

// Question asks which dimension, and which of its values, explain a move.
type Question struct {
	// Rate says that the number is a rate, numerators over denominators; otherwise
	// it is a count or a sum.
	Rate bool `json:"rate"`
	// Dimensions each divide the same number into all of its segments.
	Dimensions []Dimension `json:"dimensions"`
	// Noise is the standard deviation of the number's usual moves from one period
	// to the next, in its unit; nil where it is not known.
	Noise *float64 `json:"noise"`
}

// Dimension is one way of dividing a number, such as the channel.
type Dimension struct {
	Name     string    `json:"name"`
	Segments []Segment `json:"segments"`
}

// Answer says what explains a move, or why nothing does.
type Answer struct {
	Verdict Verdict  `json:"verdict"`
	Before  *float64 `json:"before"` // nil where a rate has no denominator
	After   *float64 `json:"after"`
	// Noise is that of the question. Bound is 1.96 · Noise, within which 19 of 20
	// usual moves stay where they are normal. Both are nil where not known.
	Noise *float64 `json:"noise"`
	Bound *float64 `json:"bound"`
	// Causes are at most three, each one dimension with a few of its values, the
	// most surprising first; none where the verdict says that there is nothing to
	// explain, or where no few values explain it.
	Causes []Cause `json:"causes"`
}

// Verdict says whether a move is one.
type Verdict string

// The verdicts.
const (
	OutsideNoise Verdict = "outside-noise"
	InsideNoise  Verdict = "inside-noise"  // no causes
	NoiseUnknown Verdict = "noise-unknown" // causes, if it was more than noise
	Unmoved      Verdict = "unmoved"       // no causes
	UnknownMove  Verdict = "unknown"       // before or after is unknown; no causes
)

// Cause is a dimension with the values that explain the move.
type Cause struct {
	Dimension string      `json:"dimension"`
	Values    []Explained `json:"values"`
	// Change, Power and Surprise are the sums over the values.
	Change   float64  `json:"change"`
	Power    float64  `json:"power"`
	Surprise *float64 `json:"surprise"`
}

// Explained is one value's share of a move.
type Explained struct {
	Segment string `json:"segment"`
	// Change is the value's exact part of the move (of a rate, the Total of Rates);
	// over all values of a dimension it adds up to After − Before.
	Change float64 `json:"change"`
	// Power is the explanatory power: the share of the move, 1 for all of it; over
	// all values of a dimension it adds up to 1, and it may be negative.
	Power float64 `json:"power"`
	// Surprise is how far the value's share of the whole is from what it was, in
	// nats; nil where there are no shares, as a total is 0 or a value negative.
	Surprise *float64 `json:"surprise"`
}

// The thresholds of Bhagwan et al. (2014), T_EP and T_EEP: how much of the move
// values must explain together, and each of them; and how many causes are told.
const (
	leastTogether = 0.67
	leastEach     = 0.1
	mostCauses    = 3
)

// z95 is the 97.5 % quantile of the standard normal distribution.
const z95 = 1.959963984540054

// Causes seeks what explains a move by R. Bhagwan et al. (2014), "Adtributor:
// revenue debugging in advertising systems", NSDI '14, 43–55: in each dimension
// the most surprising values that explain a tenth of the move or more are taken
// until they explain 67 % together, and dimensions are ranked by how surprising
// these values are. With F before and A after, of segment j and over all, the
// explanatory power of a count is (Aⱼ−Fⱼ)/(A−F); of a rate m1/m2 it is what the
// rate would do if only segment j had moved,
//
//	(ΔM1ⱼ·F(m2) − ΔM2ⱼ·F(m1)) / (F(m2)·(F(m2)+ΔM2ⱼ)),
//
// divided by the sum of these over the segments. Surprise is the segment's term
// of the Jensen–Shannon divergence, ½(p ln(2p/(p+q)) + q ln(2q/(p+q))) with
// p = Fⱼ/F and q = Aⱼ/A; of a rate, that of the numerators plus that of the
// denominators. Where a rate's segments alone tell nothing, as one held the whole
// denominator and lost it, or their sum points the other way, power is the share
// of the exact change.
//
// Errors are Invalid and list every fault: no dimension, a value that is not
// finite, a noise that is none, and dimensions that do not add up to the same.
func Causes(q Question) (*Answer, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	out := &Answer{Noise: q.Noise}
	all := whole(q.Dimensions[0].Segments)
	out.Before, out.After = new(all.Before.Value), new(all.After.Value)
	if q.Rate {
		out.Before, out.After = all.Before.rate(), all.After.rate()
	}
	if q.Noise != nil {
		out.Bound = new(z95 * *q.Noise)
	}
	out.Verdict = verdict(out)
	if out.Verdict != OutsideNoise && out.Verdict != NoiseUnknown {
		return out, nil
	}
	for _, d := range q.Dimensions {
		explained := d.counts(all)
		if q.Rate {
			explained = d.rates(all)
		}
		if c, enough := fewest(explained); enough {
			c.Dimension = d.Name
			out.Causes = append(out.Causes, c)
		}
	}
	slices.SortStableFunc(out.Causes, func(a, b Cause) int {
		return cmp.Or(-compareKnown(a.Surprise, b.Surprise), len(a.Values)-len(b.Values), -cmp.Compare(a.Power, b.Power), cmp.Compare(a.Dimension, b.Dimension))
	})
	out.Causes = out.Causes[:min(len(out.Causes), mostCauses)]
	return out, nil
}

// still is which part of a number may be the rounding of floats.
const still = 1e-12

func verdict(a *Answer) Verdict {
	if a.Before == nil || a.After == nil {
		return UnknownMove
	}
	move := math.Abs(*a.After - *a.Before)
	switch {
	case move <= still*max(math.Abs(*a.Before), math.Abs(*a.After)):
		return Unmoved
	case a.Bound == nil:
		return NoiseUnknown
	case move <= *a.Bound:
		return InsideNoise
	}
	return OutsideNoise
}

// fewest takes values in the order of their surprise until they explain the
// move, and says whether they do.
func fewest(values []Explained) (Cause, bool) {
	slices.SortStableFunc(values, func(a, b Explained) int {
		return cmp.Or(-compareKnown(a.Surprise, b.Surprise), -cmp.Compare(a.Power, b.Power), cmp.Compare(a.Segment, b.Segment))
	})
	c := Cause{Surprise: new(0.0)}
	for _, v := range values {
		if v.Power <= leastEach {
			continue
		}
		c.Values = append(c.Values, v)
		c.Change += v.Change
		c.Power += v.Power
		c.Surprise = add(c.Surprise, v.Surprise)
		if c.Power > leastTogether {
			return c, true
		}
	}
	return c, false
}

// compareKnown compares two numbers; one that is unknown is below all others.
func compareKnown(a, b *float64) int {
	switch {
	case a != nil && b != nil:
		return cmp.Compare(*a, *b)
	case a != nil:
		return 1
	case b != nil:
		return -1
	}
	return 0
}

func add(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	return new(*a + *b)
}

func value(a Amount) float64 { return a.Value }
func of(a Amount) float64    { return a.Of }

func (d Dimension) counts(all Segment) []Explained {
	out := make([]Explained, len(d.Segments))
	surprises := d.surprises(all, value)
	for i, s := range d.Segments {
		change := s.After.Value - s.Before.Value
		out[i] = Explained{Segment: s.Name, Change: change, Power: change / (all.After.Value - all.Before.Value), Surprise: surprises[i]}
	}
	return out
}

func (d Dimension) rates(all Segment) []Explained {
	out := make([]Explained, len(d.Segments))
	above, below := d.surprises(all, value), d.surprises(all, of)
	alone, together := make([]float64, len(d.Segments)), 0.0
	f1, f2 := all.Before.Value, all.Before.Of
	for i, s := range d.Segments {
		d1, d2 := s.After.Value-s.Before.Value, s.After.Of-s.Before.Of
		alone[i] = (d1*f2 - d2*f1) / (f2 * (f2 + d2))
		together += alone[i]
	}
	move := Rates(d.Segments)
	change := *move.After - *move.Before
	telling := finite(together) && together*change > 0
	for i, e := range move.Segments {
		out[i] = Explained{Segment: e.Segment, Change: e.Total, Power: e.Total / change, Surprise: add(above[i], below[i])}
		if telling {
			out[i].Power = alone[i] / together
		}
	}
	return out
}

// surprises are the segments' terms of the Jensen–Shannon divergence between
// their shares before and after, nil where there are no shares.
func (d Dimension) surprises(all Segment, part func(Amount) float64) []*float64 {
	out := make([]*float64, len(d.Segments))
	before, after := part(all.Before), part(all.After)
	for _, s := range d.Segments {
		if before <= 0 || after <= 0 || part(s.Before) < 0 || part(s.After) < 0 {
			return out
		}
	}
	for i, s := range d.Segments {
		p, q := part(s.Before)/before, part(s.After)/after
		out[i] = new(max(0, (divergence(p, q)+divergence(q, p))/2))
	}
	return out
}

// divergence is p·ln(2p/(p+q)), which is 0 where p is.
func divergence(p, q float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log(2*p/(p+q))
}

// check finds every fault of a question.
func (q Question) check() error {
	var faults []fault.Detail
	if len(q.Dimensions) == 0 {
		faults = append(faults, fault.At("dimensions", 0, "decompose.no-dimension"))
	}
	if q.Noise != nil && (!finite(*q.Noise) || *q.Noise < 0) {
		faults = append(faults, fault.At("noise", 0, "decompose.bad-noise", "value", *q.Noise))
	}
	for _, d := range q.Dimensions {
		for _, s := range d.Segments {
			for _, v := range []float64{s.Before.Value, s.Before.Of, s.After.Value, s.After.Of} {
				if !finite(v) {
					faults = append(faults, fault.At(d.Name, 0, "decompose.bad-amount", "segment", s.Name, "value", v))
				}
			}
		}
	}
	if len(faults) == 0 {
		faults = q.totals()
	}
	return fault.Many("decompose.invalid", faults, "count", len(faults))
}

// totals finds the dimensions that do not add up to what the first one does.
func (q Question) totals() []fault.Detail {
	var faults []fault.Detail
	first := q.Dimensions[0]
	for _, d := range q.Dimensions[1:] {
		for _, part := range []func(Segment) float64{
			func(s Segment) float64 { return s.Before.Value }, func(s Segment) float64 { return s.After.Value },
			func(s Segment) float64 { return s.Before.Of }, func(s Segment) float64 { return s.After.Of },
		} {
			want, size := sum(first.Segments, part)
			got, gotSize := sum(d.Segments, part)
			if math.Abs(got-want) > 1e-9*max(size, gotSize) {
				faults = append(faults, fault.At(d.Name, 0, "decompose.totals-differ", "total", got, "other", first.Name, "otherTotal", want))
				break
			}
		}
	}
	return faults
}

// sum is that of a part of the segments, with the sum of its sizes.
func sum(segments []Segment, part func(Segment) float64) (total, size float64) {
	for _, s := range segments {
		total += part(s)
		size += math.Abs(part(s))
	}
	return total, size
}
