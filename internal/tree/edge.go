package tree

import (
	"slices"

	"beichen/internal/formula"
	"beichen/internal/metric"
)

// Edge joins two metrics: From is what To is made of, or what moves it.
type Edge struct {
	From string   `json:"from"`
	To   string   `json:"to"`
	Kind EdgeKind `json:"kind"`
	// Operator is what an arithmetic edge's formula does with From.
	Operator Operator `json:"operator,omitempty"`
	// Adds says of an arithmetic edge that From is a term of a sum; otherwise it is a
	// factor.
	Adds      *bool          `json:"adds,omitempty"`
	Influence *InfluenceTold `json:"influence,omitempty"`
}

// EdgeKind is what sort of edge it is.
type EdgeKind string

// The kinds: arithmetic, which is so, and influence, which is believed.
const (
	Arithmetic    EdgeKind = "arithmetic"
	InfluenceEdge EdgeKind = "influence"
)

// Operator is what a formula does with one of its metrics.
type Operator string

// The operators.
const (
	Plus   Operator = "+"
	Minus  Operator = "-"
	Times  Operator = "*"
	Divide Operator = "/"
)

// edges are those of all formulas, then those of influences.
func (q *measuring) edges() []Edge {
	out := []Edge{}
	for _, n := range q.nodes {
		if f := parsed(n.of); f != nil {
			out = append(out, arithmetic(n.Metric, f)...)
		}
	}
	for _, in := range q.Tree.Influences {
		told := q.influence(in)
		out = append(out, Edge{From: in.From, To: in.To, Kind: InfluenceEdge, Influence: &told})
	}
	return out
}

// arithmetic are the edges of a formula: for each of its metrics the sum or product
// that it stands in itself.
func arithmetic(to string, f *formula.Formula) []Edge {
	var out []Edge
	add := func(from string, operator Operator) {
		e := Edge{From: from, To: to, Kind: Arithmetic, Operator: operator, Adds: new(operator == Plus || operator == Minus)}
		same := func(o Edge) bool { return o.From == e.From && o.Operator == e.Operator }
		if !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	opposite := map[Operator]Operator{Plus: Minus, Minus: Plus, Times: Divide, Divide: Times}
	// as is what the operation around n does with it.
	var walk func(n formula.Node, as Operator)
	walk = func(n formula.Node, as Operator) {
		switch n := n.(type) {
		case *formula.Metric:
			add(n.ID, as)
		case *formula.Negation:
			if as == Plus || as == Minus {
				as = opposite[as]
			}
			walk(n.Of, as)
		case *formula.Binary:
			sum := n.Operator == formula.Plus || n.Operator == formula.Minus
			if wasSum := as == Plus || as == Minus; wasSum != sum {
				as = Times // a sum in a product, or a product in a sum: it counts by itself
				if sum {
					as = Plus
				}
			}
			walk(n.Left, as)
			if n.Operator == formula.Minus || n.Operator == formula.Divide {
				as = opposite[as]
			}
			walk(n.Right, as)
		}
	}
	walk(f.Root, Plus)
	return out
}

// termsOf are the metrics that a formula adds up, each with what it is multiplied by;
// none where it does anything else, or where there is none.
func termsOf(d *metric.Definition) map[string]float64 {
	if f := parsed(d); f != nil {
		if terms, ok := linear(f.Root); ok {
			return terms
		}
	}
	return map[string]float64{}
}

// linear gives the metrics of a formula that only adds them up, each with what it
// is multiplied by; false where it does anything else with them.
func linear(n formula.Node) (map[string]float64, bool) {
	scaled := func(of map[string]float64, by float64) map[string]float64 {
		for id := range of {
			of[id] *= by
		}
		return of
	}
	switch n := n.(type) {
	case *formula.Metric:
		return map[string]float64{n.ID: 1}, true
	case *formula.Negation:
		of, ok := linear(n.Of)
		return scaled(of, -1), ok
	case *formula.Binary:
		constant, isConstant := n.Left.(*formula.Number)
		switch n.Operator {
		case formula.Plus, formula.Minus:
			left, ok := linear(n.Left)
			right, alsoOK := linear(n.Right)
			if n.Operator == formula.Minus {
				scaled(right, -1)
			}
			for id, by := range right {
				left[id] += by
			}
			return left, ok && alsoOK
		case formula.Times:
			if isConstant {
				of, ok := linear(n.Right)
				return scaled(of, constant.Value), ok
			}
		}
		if by, ok := n.Right.(*formula.Number); ok {
			of, ok := linear(n.Left)
			if n.Operator == formula.Divide {
				return scaled(of, 1/by.Value), ok && by.Value != 0
			}
			return scaled(of, by.Value), ok
		}
	}
	return map[string]float64{}, false // a number alone adds what no metric has
}
