package tree

import (
	"context"
	"slices"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/metric"
)

// Standing is a target and where it stands. What is not known is null.
type Standing struct {
	Metric    string       `json:"metric"`
	Objective string       `json:"objective"` // "" of the tree itself
	From      string       `json:"from"`
	To        string       `json:"to"`
	Value     float64      `json:"value"`
	Basis     *float64     `json:"basis"` // as it was written
	Reason    journey.Text `json:"reason"`
	State     TargetState  `json:"state"`
	Reads     TargetReads  `json:"reads"`
	Elapsed   float64      `json:"elapsed"`  // share of its time, until what Current speaks of
	Start     *float64     `json:"start"`    // where its way begins: of a total 0, of a level the basis or what was measured
	Current   *float64     `json:"current"`  // reached so far
	Expected  *float64     `json:"expected"` // on the straight way, by then
	Progress  *float64     `json:"progress"` // share of the way from Start to Value
	OnTrack   *bool        `json:"onTrack"`
	Parts     []Part       `json:"parts"`
	PartsSum  *float64     `json:"partsSum"`  // what the parts come to; null where they do not add up to anything
	PartsLeft *float64     `json:"partsLeft"` // Value − PartsSum
}

// TargetState says whether a target's time has come.
type TargetState string

// The states.
const (
	Upcoming TargetState = "upcoming"
	Runs     TargetState = "running"
	Over     TargetState = "over"
)

// TargetReads says what number a target is about.
type TargetReads string

// A total is what comes together between the target's days, a level is where the
// metric stands in a period.
const (
	Total TargetReads = "total"
	Level TargetReads = "level"
)

// standings are targets as they stand.
func (q *measuring) standings(ctx context.Context, targets []Target, objective string) ([]Standing, error) {
	out := []Standing{}
	for _, t := range targets {
		s := Standing{Metric: t.Metric, Objective: objective, From: t.From, To: t.To, Value: t.Value, Basis: t.Basis, Reason: t.Reason,
			State: Runs, Reads: Level, Parts: listed(t.Parts)}
		n := q.byID[t.Metric]
		s.PartsSum = q.partsSum(t, n.of)
		if s.PartsSum != nil {
			s.PartsLeft = new(t.Value - *s.PartsSum)
		}
		switch {
		case t.Reads != "":
			s.Reads = t.Reads
		case n.of != nil && q.made.overTime(n.of):
			s.Reads = Total
		}
		switch today := q.frame.day(); {
		case today < t.From:
			s.State = Upcoming
		case today > t.To || today == t.To && q.frame.asOf.Equal(q.endOf(t.To).Add(-time.Microsecond)):
			s.State = Over
		}
		if n.answer != nil && s.State != Upcoming {
			if err := q.stand(ctx, &s, n); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// stand says where a target stands whose time has come.
func (q *measuring) stand(ctx context.Context, s *Standing, n *Node) error {
	var until time.Time
	if s.Reads == Total {
		r := q.request(n.of, n.version)
		r.From, r.To, r.Grain = s.From, s.To, metric.Whole
		a, err := q.metrics.Measure(ctx, r)
		if fault.Is(err, fault.Invalid) {
			return nil // the node says what is wrong
		}
		if err != nil {
			return err
		}
		s.Start, s.Current, until = new(0.0), a.Periods[0].Value, q.frame.asOf.Add(time.Microsecond)
	} else if until = q.level(s, n); until.IsZero() {
		return nil
	}
	from, end := q.startOf(s.From), q.endOf(s.To)
	s.Elapsed = max(0, min(1, float64(until.Sub(from))/float64(end.Sub(from))))
	if s.Current == nil {
		return nil
	}
	if s.Start == nil { // nobody knows the way; whether it is reached can be told
		if reached := reaches(*s.Current, s.Value, n.Good == metric.Up); reached || s.State == Over {
			s.OnTrack = &reached
		}
		return nil
	}
	way := s.Value - *s.Start
	s.Expected = new(*s.Start + s.Elapsed*way)
	if way != 0 {
		s.Progress = new((*s.Current - *s.Start) / way)
	}
	upwards := way > 0
	if s.Reads == Total || way == 0 { // a budget is kept by staying below the way
		upwards = n.Good != metric.Down
	}
	s.OnTrack = new(reaches(*s.Current, *s.Expected, upwards))
	return nil
}

func reaches(current, wanted float64, upwards bool) bool {
	if upwards {
		return current >= wanted
	}
	return current <= wanted
}

// level reads where a metric stood in the last period settled before the target
// ends, and where it started from: the basis, or the last period that ended before
// its first day. It gives the end of the former, zero where there is none.
func (q *measuring) level(s *Standing, n *Node) (until time.Time) {
	s.Start = s.Basis
	from, end := q.startOf(s.From), q.endOf(s.To)
	for i, p := range n.all {
		at, err := time.Parse(time.RFC3339, p.From)
		if err != nil || p.Partial || !at.Before(end) {
			continue
		}
		next := q.frame.asOf
		if i+1 < len(n.all) {
			if following, err := time.Parse(time.RFC3339, n.all[i+1].From); err == nil {
				next = following
			}
		}
		if s.Basis == nil && !next.After(from) {
			s.Start = p.Value
		}
		s.Current, until = p.Value, next
	}
	return until
}

func (q *measuring) startOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return at // read by Parse, so it is a day
	}
	y, m, d := at.Date()
	return calendar.DayStart(y, m, d, q.frame.location)
}

// endOf is the first instant after a day.
func (q *measuring) endOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return at
	}
	return q.startOf(at.AddDate(0, 0, 1).Format(time.DateOnly))
}

// partsSum is what the parts of a target come to: shares of it, values of the same
// metric by objectives, values of the terms of its sum; or what its formula makes of
// the parts where all that it names have one. nil where they come to nothing.
func (q *measuring) partsSum(t Target, d *metric.Definition) *float64 {
	if len(t.Parts) == 0 {
		return nil
	}
	terms := termsOf(d)
	sum, adds := 0.0, true
	for _, p := range t.Parts {
		by, isTerm := terms[p.Metric]
		switch {
		case p.Share != nil:
			sum += *p.Share * t.Value
		case p.Objective != "" || p.Metric == t.Metric:
			sum += *p.Value
		case isTerm:
			sum += by * *p.Value
		default:
			adds = false
		}
	}
	if adds {
		return &sum
	}
	f := parsed(d)
	if f == nil {
		return nil
	}
	return f.Evaluate(func(id string) *float64 {
		i := slices.IndexFunc(t.Parts, func(p Part) bool { return p.Metric == id })
		if i < 0 {
			return nil
		}
		return t.Parts[i].Value
	})
}

// chooseTargets gives every node the target that runs, of several the one that ends
// first.
func (q *measuring) chooseTargets(a *Answer) {
	all := slices.Clone(a.Targets)
	for _, o := range a.Objectives {
		all = append(all, o.Targets...)
	}
	for _, s := range all {
		n := q.byID[s.Metric]
		if s.State == Runs && (n.Target == nil || s.To < n.Target.To) {
			n.Target = new(s)
		}
	}
}
