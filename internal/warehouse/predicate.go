package warehouse

import "beichen/internal/event"

// Place is where a store has the value of a where key, with the expression of the
// store's language for each thing that conditions ask of it: true or false, never
// null. What is asked of a value of another type than the operand's is false.
type Place interface {
	Exists() string
	AnyOf(operands ...any) string
	Contains(operand any) string
	StartsWith(operand any) string
	Compare(operator string, operand any) string // by >, >=, < or <=
}

// Predicate writes a condition as an expression that is true or false, never null, and
// exactly what event.Condition.Holds says. Operands are strings, float64 and bool.
func Predicate(c *event.Condition, p Place) string {
	var operand any
	if len(c.Operands) > 0 {
		operand = c.Operands[0]
	}
	switch c.Op {
	case event.Exists:
		if wanted, _ := operand.(bool); !wanted {
			return not(p.Exists())
		}
		return p.Exists()
	case event.Eq:
		return p.AnyOf(operand)
	case event.Ne:
		return not(p.AnyOf(operand))
	case event.In:
		return p.AnyOf(c.Operands...)
	case event.NotIn:
		return not(p.AnyOf(c.Operands...))
	case event.Contains:
		return p.Contains(operand)
	case event.StartsWith:
		return p.StartsWith(operand)
	case event.Gt:
		return p.Compare(">", operand)
	case event.Gte:
		return p.Compare(">=", operand)
	case event.Lt:
		return p.Compare("<", operand)
	case event.Lte:
		return p.Compare("<=", operand)
	}
	return "false"
}

func not(expression string) string { return "NOT (" + expression + ")" }
