package duckdb

import (
	"fmt"
	"strings"

	"beichen/internal/event"
)

// sqlText builds one statement: values go in as parameters $1, $2, …, and only
// what cannot be one (a path, which the engine wants to know when it plans) is
// written as a literal, by literal.
type sqlText struct {
	args []any
}

func (s *sqlText) arg(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

// literal quotes text for SQL.
func literal(text string) string {
	parts := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\x00")
	for i, part := range parts {
		parts[i] = "'" + strings.ReplaceAll(part, "'", "''") + "'"
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " || chr(0) || ") + ")"
}

// pointer writes a path as a literal JSON pointer (RFC 6901). Like event.Lookup
// it goes into objects by name and into lists by a number from 0.
func pointer(path []string) string {
	var b strings.Builder
	for _, segment := range path {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(segment, "~", "~0"), "/", "~1"))
	}
	if b.Len() == 0 {
		return "'$'"
	}
	return literal(b.String())
}

// all is a conjunction that reads no more than it must: CASE, unlike AND, does
// not touch the JSON of a row for which an earlier condition failed.
func (s *sqlText) all(filter event.Filter) string {
	text := "true"
	for i := len(filter) - 1; i >= 0; i-- {
		condition := s.condition(&filter[i])
		if text == "true" {
			text = condition
		} else {
			text = "CASE WHEN " + condition + " THEN " + text + " ELSE false END"
		}
	}
	return text
}

// condition writes a condition as SQL that is true or false, never NULL, and
// exactly what event.Condition.Holds says.
func (s *sqlText) condition(c *event.Condition) string {
	place := placeOf(c.Key)
	var operand any
	if len(c.Operands) > 0 {
		operand = c.Operands[0]
	}
	switch c.Op {
	case event.Exists:
		if wanted, _ := operand.(bool); !wanted {
			return "NOT (" + place.exists() + ")"
		}
		return place.exists()
	case event.Eq:
		return place.anyOf(s, operand)
	case event.Ne:
		return "NOT (" + place.anyOf(s, operand) + ")"
	case event.In:
		return place.anyOf(s, c.Operands...)
	case event.NotIn:
		return "NOT (" + place.anyOf(s, c.Operands...) + ")"
	case event.Contains:
		return place.contains(s, operand)
	case event.StartsWith:
		return place.startsWith(s, operand)
	case event.Gt:
		return place.compare(s, ">", operand)
	case event.Gte:
		return place.compare(s, ">=", operand)
	case event.Lt:
		return place.compare(s, "<", operand)
	case event.Lte:
		return place.compare(s, "<=", operand)
	}
	return "false"
}

// place is where a where key's value stands, with the SQL of each question.
type place interface {
	exists() string
	anyOf(s *sqlText, operands ...any) string
	contains(s *sqlText, operand any) string
	startsWith(s *sqlText, operand any) string
	compare(s *sqlText, operator string, operand any) string
	// key is text that stands for the value, NULL where it has none.
	key() string
}

func placeOf(key event.Key) place {
	switch key.Root {
	case event.Properties:
		return jsonPlace{"properties", pointer(key.Path)}
	case event.Context:
		return jsonPlace{"context", pointer(key.Path)}
	case event.Channel:
		return textPlace("channel")
	case event.Source:
		return textPlace("source")
	case event.Value:
		return numberPlace("value")
	}
	return nowhere{}
}

// sure makes SQL of a comparison that may be NULL true or false.
func sure(comparison string) string { return "coalesce(" + comparison + ", false)" }

// textPlace is a text column.
type textPlace string

func (p textPlace) exists() string { return string(p) + " IS NOT NULL" }

func (p textPlace) key() string { return string(p) }

func (p textPlace) anyOf(s *sqlText, operands ...any) string {
	var texts []string
	for _, o := range operands {
		if text, ok := o.(string); ok {
			texts = append(texts, s.arg(valid(text)))
		}
	}
	if len(texts) == 0 {
		return "false"
	}
	return sure(string(p) + " IN (" + strings.Join(texts, ", ") + ")")
}

func (p textPlace) contains(s *sqlText, operand any) string {
	if text, ok := operand.(string); ok {
		return sure("contains(" + string(p) + ", " + s.arg(valid(text)) + ")")
	}
	return "false"
}

func (p textPlace) startsWith(s *sqlText, operand any) string {
	if text, ok := operand.(string); ok {
		return sure("starts_with(" + string(p) + ", " + s.arg(valid(text)) + ")")
	}
	return "false"
}

func (p textPlace) compare(s *sqlText, operator string, operand any) string {
	if text, ok := operand.(string); ok {
		return sure(string(p) + " " + operator + " " + s.arg(valid(text)))
	}
	return "false"
}

// numberPlace is a DOUBLE column.
type numberPlace string

func (p numberPlace) exists() string { return string(p) + " IS NOT NULL" }

func (p numberPlace) key() string { return string(p) + "::VARCHAR" }

func (p numberPlace) anyOf(s *sqlText, operands ...any) string {
	var numbers []string
	for _, o := range operands {
		if number, ok := o.(float64); ok {
			numbers = append(numbers, s.arg(number))
		}
	}
	if len(numbers) == 0 {
		return "false"
	}
	return sure(string(p) + " IN (" + strings.Join(numbers, ", ") + ")")
}

func (p numberPlace) contains(*sqlText, any) string { return "false" }

func (p numberPlace) startsWith(*sqlText, any) string { return "false" }

func (p numberPlace) compare(s *sqlText, operator string, operand any) string {
	if number, ok := operand.(float64); ok {
		return sure(string(p) + " " + operator + " " + s.arg(number))
	}
	return "false"
}

// nowhere is the place of keys that an event does not have: null.
type nowhere struct{}

func (nowhere) exists() string                       { return "false" }
func (nowhere) key() string                          { return "NULL::VARCHAR" }
func (nowhere) anyOf(*sqlText, ...any) string        { return "false" }
func (nowhere) contains(*sqlText, any) string        { return "false" }
func (nowhere) startsWith(*sqlText, any) string      { return "false" }
func (nowhere) compare(*sqlText, string, any) string { return "false" }
