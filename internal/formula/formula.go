// Package formula holds the arithmetic that joins metrics: formulas as a person
// writes them (revenue / buyers), checked for units and computed with unknown as
// a value. It knows nothing of how a metric is measured.
package formula

import (
	"math"
	"slices"
	"strconv"
)

// Formula is a parsed formula.
type Formula struct {
	Root Node
}

// Node is a part of a formula: *Number, *Metric, *Negation or *Binary, and
// nothing else.
type Node interface {
	// Start is where the part begins, brackets around it left out.
	Start() Position
	precedence() int
}

// Number is a number as it is written, never negative; it has no unit.
type Number struct {
	Value float64
	At    Position
}

// Metric is a reference to a metric by its id.
type Metric struct {
	ID string
	At Position
}

// Negation is −Of; At is that of the sign.
type Negation struct {
	Of Node
	At Position
}

// Binary is Left Operator Right; At is that of the operator.
type Binary struct {
	Operator    Operator
	Left, Right Node
	At          Position
}

// Operator is one of the four.
type Operator string

// The operators.
const (
	Plus   Operator = "+"
	Minus  Operator = "-"
	Times  Operator = "*"
	Divide Operator = "/"
)

// Start is where the number stands.
func (n *Number) Start() Position { return n.At }

// Start is where the id stands.
func (m *Metric) Start() Position { return m.At }

// Start is where the sign stands.
func (n *Negation) Start() Position { return n.At }

// Start is where the left side begins.
func (b *Binary) Start() Position { return b.Left.Start() }

func (*Number) precedence() int   { return 4 }
func (*Metric) precedence() int   { return 4 }
func (*Negation) precedence() int { return 3 }
func (b *Binary) precedence() int {
	if b.Operator == Times || b.Operator == Divide {
		return 2
	}
	return 1
}

// Position is a place in a formula's text. Both numbers count from 1; columns
// are characters (Unicode code points).
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// String is the column, as almost every formula is one line; below the first
// line it is line:column.
func (p Position) String() string {
	if p.Line <= 1 {
		return strconv.Itoa(p.Column)
	}
	return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Walk calls visit for every part, an operation before its operands and the left
// one before the right one.
func (f *Formula) Walk(visit func(Node)) { walk(f.Root, visit) }

func walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case *Negation:
		walk(n.Of, visit)
	case *Binary:
		walk(n.Left, visit)
		walk(n.Right, visit)
	}
}

// References lists the ids of the metrics in the order of their first appearance.
func (f *Formula) References() []string {
	var ids []string
	f.Walk(func(n Node) {
		if m, ok := n.(*Metric); ok && !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	})
	return ids
}

// Place is where a metric is first named; the beginning where it is not.
func (f *Formula) Place(id string) Position {
	at, found := Position{Line: 1, Column: 1}, false
	f.Walk(func(n Node) {
		if m, ok := n.(*Metric); ok && m.ID == id && !found {
			at, found = m.At, true
		}
	})
	return at
}

// String is the formula with one space around each operator and no brackets but
// those it needs; Parse reads the same formula from it.
func (f *Formula) String() string { return Text(f.Root) }

// Text is a part of a formula, written as String writes the whole.
func Text(n Node) string { return string(appendText(nil, n, 0)) }

// appendText puts a part in brackets where it binds less than it must.
func appendText(to []byte, n Node, least int) []byte {
	if n.precedence() < least {
		return append(appendText(append(to, '('), n, 0), ')')
	}
	switch n := n.(type) {
	case *Number:
		return appendNumber(to, n.Value)
	case *Metric:
		return append(to, n.ID...)
	case *Negation:
		return appendText(append(to, '-'), n.Of, n.precedence())
	case *Binary:
		to = appendText(to, n.Left, n.precedence())
		to = append(append(append(to, ' '), n.Operator...), ' ')
		return appendText(to, n.Right, n.precedence()+1)
	}
	return to
}

// appendNumber writes the shortest digits that mean the same number, with an
// exponent only where they would be long.
func appendNumber(to []byte, value float64) []byte {
	form := byte('f')
	if size := math.Abs(value); size != 0 && (size < 1e-6 || size >= 1e15) {
		form = 'e'
	}
	return strconv.AppendFloat(to, value, form, -1, 64)
}
