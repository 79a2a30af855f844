package formula

import (
	"maps"
	"math"
	"slices"
)

// Evaluate computes the formula. valueOf gives the value of a metric by its id,
// nil where it is unknown. What hangs on something unknown is unknown, and so are
// a quotient whose denominator is 0 and whatever no float64 can hold: the answer
// is a finite number or nil.
func (f *Formula) Evaluate(valueOf func(id string) *float64) *float64 {
	return evaluate(f.Root, valueOf)
}

func evaluate(n Node, valueOf func(id string) *float64) *float64 {
	switch n := n.(type) {
	case *Number:
		return finite(n.Value)
	case *Metric:
		if value := valueOf(n.ID); value != nil {
			return finite(*value)
		}
	case *Negation:
		if of := evaluate(n.Of, valueOf); of != nil {
			return new(-*of)
		}
	case *Binary:
		return n.Operator.Apply(evaluate(n.Left, valueOf), evaluate(n.Right, valueOf))
	}
	return nil
}

// Apply computes one operation by the rules of Evaluate.
func (o Operator) Apply(left, right *float64) *float64 {
	if left == nil || right == nil {
		return nil
	}
	switch o {
	case Plus:
		return finite(*left + *right)
	case Minus:
		return finite(*left - *right)
	case Times:
		return finite(*left * *right)
	case Divide:
		return finite(*left / *right)
	}
	return nil
}

func finite(value float64) *float64 {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return nil
	}
	return &value
}

// Cycle is a circle among formulas that refer to each other, by the ids of the
// metrics they define: a, b, c, a where a refers to b, b to c and c to a; nil
// where there is none. An id without a formula ends its way. Of several circles
// it is the first one met from the ids in alphabetical order, references taken
// in the order in which they are written.
func Cycle(of map[string]*Formula) []string {
	done := map[string]bool{}
	var way []string
	var from func(id string) []string
	from = func(id string) []string {
		if at := slices.Index(way, id); at >= 0 {
			return append(slices.Clone(way[at:]), id)
		}
		if done[id] || of[id] == nil {
			return nil
		}
		way = append(way, id)
		for _, next := range of[id].References() {
			if circle := from(next); circle != nil {
				return circle
			}
		}
		way = way[:len(way)-1]
		done[id] = true
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		if circle := from(id); circle != nil {
			return circle
		}
	}
	return nil
}
