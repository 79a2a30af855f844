package tree

import (
	"cmp"
	"math"

	"beichen/internal/calendar"
	"beichen/internal/journey"
	"beichen/internal/metric"
)

// Node is a metric of the tree. What is not known is null.
type Node struct {
	Metric     string              `json:"metric"`
	Roles      []Role              `json:"roles"`
	Definition *journey.Definition `json:"definition"` // null where there is none
	Name       journey.Text        `json:"name"`
	Meaning    journey.Text        `json:"meaning"`
	Unit       string              `json:"unit"`
	Good       metric.Good         `json:"good"`
	Owner      []string            `json:"owner"`
	Level      int                 `json:"level"`   // 1 company, 2 department, 3 front line; 0: not said
	Grain      calendar.Grain      `json:"grain"`   // its own; the answer's is that of the numbers here
	Formula    string              `json:"formula"` // "" where it is none
	// Terms are the metrics of a formula that only adds them up, each with what it is
	// multiplied by; empty of any other.
	Terms map[string]float64 `json:"terms"`
	// Value is the last period that is over and settled, Before the one before it, and
	// Running the one of as-of where it is not over.
	Value   *metric.Point  `json:"value"`
	Before  *metric.Point  `json:"before"`
	Change  *Change        `json:"change"`
	Running *metric.Point  `json:"running"`
	Periods []metric.Point `json:"periods"` // oldest first
	Trust   Trust          `json:"trust"`
	// Target is the one that runs, of several the one that ends first.
	Target    *Standing       `json:"target"`
	Guardrail *GuardrailState `json:"guardrail"`
	Vanity    *Verdict        `json:"vanity"`
	// Problem says why it could not be measured, for the asker to fill from Failure.
	Problem *string `json:"problem"`
	Failure error   `json:"-"`

	of      *metric.Definition
	version *int
	answer  *metric.Answer
	all     []metric.Point // the whole history
}

// Change is how a value moved.
type Change struct {
	Absolute float64  `json:"absolute"`
	Relative *float64 `json:"relative"` // of what it was; null from 0
	Is       Move     `json:"is"`
}

// Move says what a change is to those who agreed on the metric.
type Move string

// The moves.
const (
	Better Move = "better"
	Worse  Move = "worse"
	Same   Move = "neither" // it did not move, or neither direction is good
)

// GuardrailState is a guardrail as it stands.
type GuardrailState struct {
	Tier   int      `json:"tier"`
	Limit  *float64 `json:"limit"`
	Broken *bool    `json:"broken"` // null where there is no limit or no value
}

func (n *Node) define(d *metric.Definition, version int) {
	n.of, n.version = d, stored(version)
	n.Name, n.Meaning, n.Unit, n.Good, n.Level = d.Name, d.Meaning, d.Unit, cmp.Or(d.Good, metric.Up), d.Level
	n.Grain, n.Formula = cmp.Or(d.Grain, calendar.Week), d.Formula
	n.Terms = termsOf(d)
	n.Owner = append(n.Owner, d.Owner...)
}

// measured takes what was measured in.
func (n *Node) measured(a *metric.Answer, f *frame) {
	n.answer, n.all, n.Definition, n.Unit = a, a.Periods, &a.Definition, a.Unit
	n.Periods = a.Periods[max(0, len(a.Periods)-f.shown):]
	last := lastSettled(a.Periods)
	if last >= 0 {
		n.Value = &a.Periods[last]
	}
	if last >= 1 {
		n.Before = &a.Periods[last-1]
		n.Change = changed(n.Before.Value, n.Value.Value, n.Good)
	}
	if i := len(a.Periods) - 1; i >= 0 && a.Periods[i].Partial {
		n.Running = &a.Periods[i]
	}
}

// lastSettled is the place of the last period that is over and settled, −1 where
// there is none.
func lastSettled(points []metric.Point) int {
	for i := len(points) - 1; i >= 0; i-- {
		if !points[i].Partial {
			return i
		}
	}
	return -1
}

// changed is the move from one value to another, nil where one is unknown.
func changed(before, after *float64, good metric.Good) *Change {
	if before == nil || after == nil {
		return nil
	}
	c := &Change{Absolute: *after - *before, Is: Same}
	if *before != 0 {
		c.Relative = new(c.Absolute / math.Abs(*before))
	}
	switch {
	case c.Absolute == 0 || good == metric.Neither:
	case (c.Absolute > 0) == (good == metric.Up):
		c.Is = Better
	default:
		c.Is = Worse
	}
	return c
}

// guardrail is how the metric stands to the limit it must keep, nil where it has
// none to keep.
func (d *Definition) guardrail(n *Node) *GuardrailState {
	for _, g := range d.Guardrails {
		if g.Metric != n.Metric {
			continue
		}
		s := &GuardrailState{Tier: g.Tier, Limit: g.Limit}
		if g.Limit != nil && n.Value != nil && n.Value.Value != nil {
			s.Broken = new(*n.Value.Value < *g.Limit)
			if n.Good == metric.Down {
				s.Broken = new(*n.Value.Value > *g.Limit)
			}
		}
		return s
	}
	return nil
}
