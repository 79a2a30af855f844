package duckdb

import (
	"fmt"
	"strings"

	"beichen/internal/event"
	"beichen/internal/warehouse"
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
		condition := warehouse.Predicate(&filter[i], s.placeOf(filter[i].Key))
		if text == "true" {
			text = condition
		} else {
			text = "CASE WHEN " + condition + " THEN " + text + " ELSE false END"
		}
	}
	return text
}

// place is where a where key's value stands.
type place interface {
	warehouse.Place
	// key is text that stands for the value, NULL where it has none.
	key() string
}

func (s *sqlText) placeOf(key event.Key) place {
	switch key.Root {
	case event.Properties:
		return jsonPlace{s, "properties", pointer(key.Path)}
	case event.Context:
		return jsonPlace{s, "context", pointer(key.Path)}
	case event.Channel:
		return textPlace{s, "channel"}
	case event.Source:
		return textPlace{s, "source"}
	case event.Value:
		return numberPlace{s, "value"}
	}
	return nowhere{}
}

// sure makes SQL of a comparison that may be NULL true or false.
func sure(comparison string) string { return "coalesce(" + comparison + ", false)" }

// textPlace is a text column.
type textPlace struct {
	*sqlText
	column string
}

func (p textPlace) Exists() string { return p.column + " IS NOT NULL" }

func (p textPlace) key() string { return p.column }

func (p textPlace) AnyOf(operands ...any) string {
	var texts []string
	for _, o := range operands {
		if text, ok := o.(string); ok {
			texts = append(texts, p.arg(valid(text)))
		}
	}
	if len(texts) == 0 {
		return "false"
	}
	return sure(p.column + " IN (" + strings.Join(texts, ", ") + ")")
}

func (p textPlace) Contains(operand any) string {
	if text, ok := operand.(string); ok {
		return sure("contains(" + p.column + ", " + p.arg(valid(text)) + ")")
	}
	return "false"
}

func (p textPlace) StartsWith(operand any) string {
	if text, ok := operand.(string); ok {
		return sure("starts_with(" + p.column + ", " + p.arg(valid(text)) + ")")
	}
	return "false"
}

func (p textPlace) Compare(operator string, operand any) string {
	if text, ok := operand.(string); ok {
		return sure(p.column + " " + operator + " " + p.arg(valid(text)))
	}
	return "false"
}

// numberPlace is a DOUBLE column.
type numberPlace struct {
	*sqlText
	column string
}

func (p numberPlace) Exists() string { return p.column + " IS NOT NULL" }

func (p numberPlace) key() string { return p.column + "::VARCHAR" }

func (p numberPlace) AnyOf(operands ...any) string {
	var numbers []string
	for _, o := range operands {
		if number, ok := o.(float64); ok {
			numbers = append(numbers, p.arg(number))
		}
	}
	if len(numbers) == 0 {
		return "false"
	}
	return sure(p.column + " IN (" + strings.Join(numbers, ", ") + ")")
}

func (p numberPlace) Contains(any) string { return "false" }

func (p numberPlace) StartsWith(any) string { return "false" }

func (p numberPlace) Compare(operator string, operand any) string {
	if number, ok := operand.(float64); ok {
		return sure(p.column + " " + operator + " " + p.arg(number))
	}
	return "false"
}

// nowhere is the place of keys that an event does not have: null.
type nowhere struct{}

func (nowhere) Exists() string             { return "false" }
func (nowhere) key() string                { return "NULL::VARCHAR" }
func (nowhere) AnyOf(...any) string        { return "false" }
func (nowhere) Contains(any) string        { return "false" }
func (nowhere) StartsWith(any) string      { return "false" }
func (nowhere) Compare(string, any) string { return "false" }
