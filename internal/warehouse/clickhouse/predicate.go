package clickhouse

import (
	"strconv"
	"strings"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// literal quotes text for SQL.
func literal(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, c := range []byte(unicode(text)) {
		switch c {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case 0:
			b.WriteString(`\0`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// literals quotes texts as a list.
func literals(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = literal(text)
	}
	return strings.Join(quoted, ", ")
}

// float writes a number so that it is read back as the same double, and as no
// integer. A negative zero is 0, which it equals.
func float(number float64) string {
	if number == 0 {
		return "0e0"
	}
	return strconv.FormatFloat(number, 'e', -1, 64)
}

func whole(number uint64) string { return strconv.FormatUint(number, 10) }

// all is the conjunction of conditions. The engine does not read the JSON of a row
// for which an earlier condition failed.
func all(filter event.Filter) string {
	if len(filter) == 0 {
		return "true"
	}
	conditions := make([]string, len(filter))
	for i := range filter {
		conditions[i] = warehouse.Predicate(&filter[i], placeOf(filter[i].Key))
	}
	return "(" + strings.Join(conditions, " AND ") + ")"
}

// place is where a where key's value stands.
type place interface {
	warehouse.Place
	// key is text that stands for the value, empty where it has none.
	key() string
}

func placeOf(key event.Key) place {
	switch key.Root {
	case event.Properties:
		return jsonPlace{"properties", key.Path}
	case event.Context:
		return jsonPlace{"context", key.Path}
	case event.Channel:
		return textPlace("channel")
	case event.Source:
		return textPlace("source")
	case event.Value:
		return numberPlace("value")
	}
	return nowhere{}
}

// textsOf and numbersOf are the operands of a kind, as literals.
func textsOf(operands []any) []string {
	var texts []string
	for _, o := range operands {
		if text, ok := o.(string); ok {
			texts = append(texts, literal(text))
		}
	}
	return texts
}

func numbersOf(operands []any) []string {
	var numbers []string
	for _, o := range operands {
		if number, ok := o.(float64); ok {
			numbers = append(numbers, float(number))
		}
	}
	return numbers
}

// textPlace is a text column, in which a missing text is empty.
type textPlace string

func (p textPlace) Exists() string { return "(" + string(p) + " <> '')" }

func (p textPlace) key() string { return string(p) }

func (p textPlace) AnyOf(operands ...any) string {
	if texts := textsOf(operands); len(texts) > 0 {
		return "(" + p.Exists() + " AND " + string(p) + " IN (" + strings.Join(texts, ", ") + "))"
	}
	return "false"
}

func (p textPlace) Contains(operand any) string {
	if text, ok := operand.(string); ok {
		return "(" + p.Exists() + " AND position(" + string(p) + ", " + literal(text) + ") > 0)"
	}
	return "false"
}

func (p textPlace) StartsWith(operand any) string {
	if text, ok := operand.(string); ok {
		return "(" + p.Exists() + " AND startsWith(" + string(p) + ", " + literal(text) + "))"
	}
	return "false"
}

func (p textPlace) Compare(operator string, operand any) string {
	if text, ok := operand.(string); ok {
		return "(" + p.Exists() + " AND " + string(p) + " " + operator + " " + literal(text) + ")"
	}
	return "false"
}

// numberPlace is a column of numbers, in which a missing one is NaN: that equals
// nothing and has no order.
type numberPlace string

func (p numberPlace) Exists() string { return "NOT isNaN(" + string(p) + ")" }

func (p numberPlace) key() string {
	return "if(isNaN(" + string(p) + "), '', toString(" + string(p) + "))"
}

func (p numberPlace) AnyOf(operands ...any) string {
	if numbers := numbersOf(operands); len(numbers) > 0 {
		// has compares, where IN would look for the same bits.
		return "has([" + strings.Join(numbers, ", ") + "], " + string(p) + ")"
	}
	return "false"
}

func (p numberPlace) Contains(any) string { return "false" }

func (p numberPlace) StartsWith(any) string { return "false" }

func (p numberPlace) Compare(operator string, operand any) string {
	if number, ok := operand.(float64); ok {
		return "(" + string(p) + " " + operator + " " + float(number) + ")"
	}
	return "false"
}

// nowhere is the place of keys that an event does not have: null.
type nowhere struct{}

func (nowhere) Exists() string             { return "false" }
func (nowhere) key() string                { return "''" }
func (nowhere) AnyOf(...any) string        { return "false" }
func (nowhere) Contains(any) string        { return "false" }
func (nowhere) StartsWith(any) string      { return "false" }
func (nowhere) Compare(string, any) string { return "false" }
