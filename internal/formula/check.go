package formula

import "beichen/internal/fault"

// Check finds the unit of the formula's value. unitOf gives the unit of a metric
// by its id, false where there is no such metric. Every fault is told: each
// metric that does not exist, and each sum or difference of two units. A bare
// number is a ratio: it may multiply and divide anything, and be added only to
// ratios. A part whose unit is not known because of a fault fits everywhere, so
// that one mistake is one fault. Lines are those within the formula (see Within).
func (f *Formula) Check(unitOf func(id string) (Unit, bool)) (Unit, []fault.Detail) {
	c := checker{unitOf: unitOf}
	unit, _ := c.unit(f.Root)
	if len(c.faults) > 0 {
		return Unit{}, c.faults
	}
	return unit, nil
}

type checker struct {
	unitOf func(id string) (Unit, bool)
	faults []fault.Detail
}

func (c *checker) wrong(at Position, d fault.Detail) { c.faults = append(c.faults, placed(at, d)) }

// unit is that of a part, false where a fault hides it.
func (c *checker) unit(n Node) (Unit, bool) {
	switch n := n.(type) {
	case *Metric:
		unit, known := c.unitOf(n.ID)
		if !known {
			c.wrong(n.At, fault.At("", n.At.Line, "formula.unknown-metric", "at", n.At, "id", n.ID))
		}
		return unit, known
	case *Negation:
		return c.unit(n.Of)
	case *Binary:
		left, leftKnown := c.unit(n.Left)
		right, rightKnown := c.unit(n.Right)
		if !leftKnown || !rightKnown {
			return Unit{}, false
		}
		switch n.Operator {
		case Times:
			return left.Multiply(right), true
		case Divide:
			return left.Divide(right), true
		}
		if !left.Equal(right) {
			c.differ(n, left, right)
			return Unit{}, false
		}
		return left, true
	}
	return Unit{}, true
}

// differ is the fault of a sum or difference whose sides have different units.
func (c *checker) differ(n *Binary, left, right Unit) {
	a, b := n.Left, n.Right
	if left.IsRatio() {
		a, b, left, right = b, a, right, left
	}
	if right.IsRatio() {
		c.wrong(n.At, fault.At("", n.At.Line, "formula.ratio-and-unit", "at", n.At, "operator", n.Operator,
			"ratio", Text(b), "ratioAt", b.Start(), "operand", Text(a), "operandAt", a.Start(), "unit", left))
		return
	}
	c.wrong(n.At, fault.At("", n.At.Line, "formula.units-differ", "at", n.At, "operator", n.Operator,
		"left", Text(a), "leftAt", a.Start(), "leftUnit", left, "right", Text(b), "rightAt", b.Start(), "rightUnit", right))
}
