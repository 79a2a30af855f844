package tree

import (
	"context"
	"time"

	"beichen/internal/metric"
	"beichen/internal/vanity"
)

// Verdict is whether a metric tells anything, and the judgement that counts.
type Verdict struct {
	vanity.Verdict
	Standing vanity.Judgement `json:"standing"` // the signed one where there is one
}

// judge gathers the evidence on a metric from the tree and judges it.
func (q *measuring) judge(ctx context.Context, n *Node) error {
	n.Guardrail = q.Tree.guardrail(n)
	e, err := q.evidence(ctx, n)
	if err != nil {
		return err
	}
	v, err := q.Verdicts.Judge(*e, vanity.Defaults())
	if err != nil {
		return err
	}
	if v, err = q.signed(v); err != nil {
		return err
	}
	n.Vanity = &Verdict{v, v.Standing()}
	return nil
}

// signed puts the newest waiver of the metric beside what was computed.
func (q *measuring) signed(v vanity.Verdict) (vanity.Verdict, error) {
	var newest *Waiver
	for i, w := range q.Tree.Waivers {
		if w.Metric == v.Metric && (newest == nil || w.At >= newest.At) {
			newest = &q.Tree.Waivers[i]
		}
	}
	if newest == nil {
		return v, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, newest.At, q.frame.location)
	if err != nil {
		return v, err // read by Parse, so it is a day
	}
	return v.Sign(vanity.Override{Judgement: vanity.Judgement(newest.Verdict), By: newest.By, At: at, Why: newest.Reason})
}

// evidence is what the tree knows of a metric.
func (q *measuring) evidence(ctx context.Context, n *Node) (*vanity.Evidence, error) {
	e := &vanity.Evidence{
		Metric: n.Metric, Kind: q.kind(n.of), RunningTotal: q.made.runningTotal(n.of), PairedRate: q.pairedRate(n), Good: direction(n.Good),
		Periods: q.frame.starts(), Values: q.frame.series(n.all), Tried: q.judged(), OpensToList: new(true), SoWhat: &vanity.Sentences{},
		Spend: q.others(n, q.Tree.Spend), Outcomes: q.others(n, q.Tree.Outcomes), Siblings: q.others(n, q.Tree.Constellation),
	}
	if s := n.of.SoWhat; s != nil {
		e.SoWhat.IfUp, e.SoWhat.IfDown = s.Up.In(""), s.Down.In("")
	}
	var guards []string
	for _, g := range q.Tree.Guardrails {
		guards = append(guards, g.Metric)
	}
	e.Guardrails = q.others(n, guards)
	if star := q.others(n, []string{q.Tree.Stars[q.ruling].Metric}); len(star) > 0 {
		e.Star = &star[0]
	}
	if err := q.value(ctx, n, e); err != nil && !isAboutIt(err) { // what is wrong with a way to count is no fault of the metric
		return nil, err
	}
	return e, nil
}

// value walks the customers whom a metric counts: how many of them reach the value
// event, of those whom it counts in periods that ended its whole span ago.
func (q *measuring) value(ctx context.Context, n *Node, e *vanity.Evidence) error {
	v := q.Tree.Value
	if v == nil {
		return nil
	}
	share, err := metric.Reaching(ctx, q.metrics.Book, n.of, v.Pattern, v.Within)
	if err != nil || share == nil {
		return err
	}
	starts, closed := q.frame.starts(), q.frame.endedBy(q.frame.asOf.Add(-time.Duration(v.Within.Micros())*time.Microsecond))
	if len(starts) == 0 || !closed.After(starts[0]) {
		return nil
	}
	r := q.request(share, nil)
	r.From, r.To, r.Grain = starts[0].Format(time.RFC3339Nano), closed.Add(-time.Microsecond).Format(time.RFC3339Nano), metric.Whole
	all, err := q.metrics.Measure(ctx, r)
	if err != nil {
		return err
	}
	if p := all.Periods[0]; p.Numerator != nil {
		e.Reached = &vanity.Share{Reached: *p.Numerator, Counted: p.N}
	}
	if len(q.Tree.Spend) == 0 { // nobody asks whether the share stays while spending grows
		return nil
	}
	byPeriod, err := q.metrics.Measure(ctx, q.request(share, nil))
	if err != nil {
		return err
	}
	e.ValueRate = q.frame.series(byPeriod.Periods)
	return nil
}

// others are the series of other metrics, those left out that have none.
func (q *measuring) others(n *Node, ids []string) (out []vanity.Series) {
	for _, id := range ids {
		of := q.byID[id]
		if id == n.Metric || of.answer == nil {
			continue
		}
		out = append(out, vanity.Series{ID: id, Good: direction(of.Good), Values: q.frame.series(of.all)})
	}
	return out
}

// judged is how many metrics are judged together.
func (q *measuring) judged() int {
	n := 0
	for _, of := range q.nodes {
		if of.answer != nil {
			n++
		}
	}
	return n
}

// direction is what is good; of what is good in neither, nothing.
func direction(good metric.Good) vanity.Direction {
	if good == metric.Neither {
		return ""
	}
	return vanity.Direction(good)
}

// kind is what sort of number a metric is. A formula grows with the crowd where its
// terms do: where they multiply more numbers that do than they divide by.
func (q *measuring) kind(d *metric.Definition) vanity.Kind {
	switch {
	case d.Count != nil, d.Customers != nil, d.Active != nil:
		return vanity.Count
	case d.Sum != nil:
		return vanity.Sum
	case d.Rate != nil, d.Conversion != nil, d.Retention != nil:
		return vanity.Rate
	case d.Average != nil, d.Quantile != nil, d.Time != nil:
		return vanity.Level
	case q.made.degree(d) > 0:
		return vanity.Sum
	case q.byID[d.ID].Unit == "":
		return vanity.Rate
	}
	return vanity.Level
}

// pairedRate is a metric of the tree that is a share of this one, or in which this
// one is divided: "" where there is none. People who see the one see the other.
func (q *measuring) pairedRate(n *Node) string {
	for _, other := range q.nodes {
		f := parsed(other.of)
		if f == nil || other == n || q.made.degree(other.of) > 0 {
			continue
		}
		for _, e := range arithmetic(other.Metric, f) {
			if e.From == n.Metric && !*e.Adds {
				return other.Metric
			}
		}
	}
	return ""
}
