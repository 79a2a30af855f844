// Package decompose says why a number moved: it divides V1 − V0 among what the
// number is made of, so that nothing is left over. Formulas are taken apart down
// their arithmetic, products over segments by the logarithmic mean, rates over
// segments into mix and rate effects, and the dimension whose values explain most
// is sought among several. Every function is pure.
package decompose

import (
	"math"

	"beichen/internal/formula"
)

// Explanation is how a formula's value moved, and what each metric in it did.
type Explanation struct {
	// Before and After are the formula's values, nil where unknown.
	Before *float64 `json:"before"`
	After  *float64 `json:"after"`
	// Parts has one part a metric, in the order in which the formula names them;
	// their changes add up to After − Before. None where something is unknown.
	Parts []Part `json:"parts"`
	// Steps has one step for each sum and each product of the formula, the outer
	// ones first: how it was divided.
	Steps []Step `json:"steps"`
	// Unknown is what keeps the move from being explained.
	Unknown []Unknown `json:"unknown"`
}

// Part is what a metric contributed, all its places in the formula together.
type Part struct {
	Metric string  `json:"metric"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Change is in the formula's unit: Multiplier · (After − Before).
	Change float64 `json:"change"`
	// Multiplier is how much the formula's value moves for one unit of the metric
	// on the way from before to after. Multipliers chain: where the metric is a
	// formula itself, that of one of its own metrics times this one is what that
	// metric does to the formula above.
	Multiplier float64 `json:"multiplier"`
}

// Step is one node of a formula: the terms of a sum or the factors of a product,
// brackets between equals left out, with the method that divided its move.
type Step struct {
	Text   string           `json:"text"`
	At     formula.Position `json:"at"` // of its outermost operator
	Method Method           `json:"method"`
	Before float64          `json:"before"`
	After  float64          `json:"after"`
}

// Unknown is an operand without a value: a metric, or a part of the formula
// that cannot be computed though its operands are known.
type Unknown struct {
	Operand string           `json:"operand"`
	At      formula.Position `json:"at"`
	Before  bool             `json:"before"` // it is unknown before
	After   bool             `json:"after"`  // it is unknown after
	Why     Why              `json:"why"`
}

// Why says for what reason an operand has no value.
type Why string

// The reasons.
const (
	NotMeasured   Why = "not-measured"    // the metric has no value, or none that is finite
	DividedByZero Why = "divided-by-zero" // the denominator is 0
	OutOfRange    Why = "out-of-range"    // no float64 can hold it
)

// Formula divides the move of a formula's value among its metrics. before and
// after give a metric's value by its id, nil where unknown.
//
// Terms of a sum keep their own change. A product or quotient whose operands are
// all positive is divided by the additive LMDI-I: Δᵢ = L(V1,V0) · ln(xᵢ1/xᵢ0)
// with L(a,b) = (a−b)/ln(a/b) and L(a,a) = a; a denominator stands in it with its
// inverse (B. W. Ang, 2005, "The LMDI approach to decomposition analysis: a
// practical guide", Energy Policy 33, 867–871). Zeros take the analytical limits
// of B. W. Ang, F. Q. Zhang and K.-H. Choi (1998), "Factorizing changes in energy
// and environmental indicators through decomposition", Energy 23, 489–495, table
// 2; nothing small is put in their place. With a negative operand the
// logarithm has no meaning, and the node is divided by Shapley's value, which is
// the midpoint form where there are two factors.
//
// Nodes inside nodes use these as multipliers: in all methods Δᵢ = mᵢ · (xᵢ1−xᵢ0),
// under LMDI mᵢ = L(V1,V0)/L(xᵢ1,xᵢ0), which has a value also where xᵢ did not
// move but its own terms did, against each other.
//
// Parts add up to After − Before but for the rounding of floats; Round makes them
// exact to a decimal. Seen backwards, from after to before, every part has the
// opposite sign.
func Formula(f *formula.Formula, before, after func(id string) *float64) Explanation {
	s := spreader{
		formula:    f,
		before:     func(n formula.Node) *float64 { return (&formula.Formula{Root: n}).Evaluate(before) },
		after:      func(n formula.Node) *float64 { return (&formula.Formula{Root: n}).Evaluate(after) },
		multiplier: map[string]float64{},
	}
	out := Explanation{Before: s.before(f.Root), After: s.after(f.Root)}
	if out.Before == nil || out.After == nil {
		out.Unknown = s.unknown()
		return out
	}
	s.spread(f.Root, 1)
	for _, id := range f.References() {
		p := Part{Metric: id, Before: *before(id), After: *after(id), Multiplier: s.multiplier[id]}
		p.Change = p.Multiplier * (p.After - p.Before)
		if !finite(p.Change) {
			out.Unknown = []Unknown{{formula.Text(f.Root), f.Root.Start(), true, true, OutOfRange}}
			return out
		}
		out.Parts = append(out.Parts, p)
	}
	out.Steps = s.steps
	return out
}

// spreader carries multipliers from the root of a formula to its metrics.
type spreader struct {
	formula       *formula.Formula
	before, after func(formula.Node) *float64
	multiplier    map[string]float64 // by metric
	steps         []Step
}

// operand is a term with its sign, or a factor, which may divide.
type operand struct {
	node     formula.Node
	opposite bool // it is subtracted, or divides
}

func (s *spreader) spread(n formula.Node, by float64) {
	switch n := n.(type) {
	case *formula.Metric:
		s.multiplier[n.ID] += by
	case *formula.Negation:
		s.spread(n.Of, -by)
	case *formula.Binary:
		if n.Operator == formula.Plus || n.Operator == formula.Minus {
			s.step(n, BySum)
			for _, term := range terms(nil, n, false) {
				s.spread(term.node, opposed(by, term.opposite))
			}
			return
		}
		factors, negative := factors(nil, n, false)
		v0, v1 := *s.before(n), *s.after(n)
		x0, x1 := make([]float64, len(factors)), make([]float64, len(factors))
		y0, y1 := make([]float64, len(factors)), make([]float64, len(factors))
		for i, f := range factors {
			x0[i], x1[i] = *s.before(f.node), *s.after(f.node)
			y0[i], y1[i] = x0[i], x1[i]
			if f.opposite {
				y0[i], y1[i] = 1/x0[i], 1/x1[i]
			}
		}
		multipliers, method := product(y0, y1, opposed(v0, negative), opposed(v1, negative))
		s.step(n, method)
		for i, f := range factors {
			m := multipliers[i]
			if f.opposite { // 1/x1 − 1/x0 = −(x1−x0) / (x0·x1)
				m = -m / x0[i] / x1[i]
			}
			s.spread(f.node, by*opposed(m, negative))
		}
	}
}

func opposed(x float64, opposite bool) float64 {
	if opposite {
		return -x
	}
	return x
}

func (s *spreader) step(n *formula.Binary, method Method) {
	s.steps = append(s.steps, Step{Text: formula.Text(n), At: n.At, Method: method, Before: *s.before(n), After: *s.after(n)})
}

// terms lists what a sum adds and subtracts, through sums inside it.
func terms(to []operand, n formula.Node, opposite bool) []operand {
	switch n := n.(type) {
	case *formula.Negation:
		return terms(to, n.Of, !opposite)
	case *formula.Binary:
		if n.Operator == formula.Plus || n.Operator == formula.Minus {
			to = terms(to, n.Left, opposite)
			return terms(to, n.Right, opposite != (n.Operator == formula.Minus))
		}
	}
	return append(to, operand{n, opposite})
}

// factors lists what a product multiplies and divides by, through products
// inside it, and says whether an odd number of signs was met on the way.
func factors(to []operand, n formula.Node, opposite bool) (all []operand, negative bool) {
	switch n := n.(type) {
	case *formula.Negation:
		to, negative = factors(to, n.Of, opposite)
		return to, !negative
	case *formula.Binary:
		if n.Operator == formula.Times || n.Operator == formula.Divide {
			to, left := factors(to, n.Left, opposite)
			to, right := factors(to, n.Right, opposite != (n.Operator == formula.Divide))
			return to, left != right
		}
	}
	return append(to, operand{n, opposite}), false
}

// unknown lists the metrics without a value and the operations that have none
// though their operands have.
func (s *spreader) unknown() []Unknown {
	var out []Unknown
	seen := map[string]bool{}
	add := func(n formula.Node, why Why, before, after bool) {
		text := formula.Text(n)
		if (before || after) && !seen[text+string(why)] {
			seen[text+string(why)] = true
			out = append(out, Unknown{text, n.Start(), before, after, why})
		}
	}
	s.formula.Walk(func(n formula.Node) {
		switch n := n.(type) {
		case *formula.Metric:
			add(n, NotMeasured, s.before(n) == nil, s.after(n) == nil)
		case *formula.Binary:
			before, after := failure(n, s.before), failure(n, s.after)
			add(n, DividedByZero, before == DividedByZero, after == DividedByZero)
			add(n, OutOfRange, before == OutOfRange, after == OutOfRange)
		}
	})
	return out
}

// failure says why an operation has no value though both operands have one.
func failure(n *formula.Binary, value func(formula.Node) *float64) Why {
	left, right := value(n.Left), value(n.Right)
	switch {
	case left == nil || right == nil || value(n) != nil:
		return ""
	case n.Operator == formula.Divide && *right == 0:
		return DividedByZero
	}
	return OutOfRange
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
