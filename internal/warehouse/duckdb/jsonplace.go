package duckdb

import (
	"fmt"
	"strings"
)

// jsonPlace is a place in a column of JSON text. Most questions are answered
// from the JSON text of the scalar that stands there ("pro" with its quotes, 7,
// true; NULL for null, missing, objects and lists), which tells a number from
// its string without a second look.
type jsonPlace struct {
	*sqlText
	column, pointer string
}

func (p jsonPlace) scalar() string { return "json_value(" + p.column + ", " + p.pointer + ")" }

// key is the JSON text of whatever stands there, objects and lists too.
func (p jsonPlace) key() string { return "json_extract(" + p.column + ", " + p.pointer + ")::VARCHAR" }

func (p jsonPlace) Exists() string {
	return sure("json_type(" + p.column + ", " + p.pointer + ") <> 'NULL'")
}

// number is the scalar as a number, NULL if it is none: a string has its quotes.
func (p jsonPlace) number() string { return "TRY_CAST(" + p.scalar() + " AS DOUBLE)" }

func (p jsonPlace) AnyOf(operands ...any) string {
	var texts, numbers []string
	for _, o := range operands {
		switch v := o.(type) {
		case string:
			texts = append(texts, p.arg(quoteJSON(v)))
		case bool:
			texts = append(texts, p.arg(fmt.Sprint(v)))
		case float64:
			numbers = append(numbers, p.arg(v))
		}
	}
	var any []string
	if len(texts) > 0 {
		any = append(any, sure(p.scalar()+" IN ("+strings.Join(texts, ", ")+")"))
	}
	if len(numbers) > 0 {
		any = append(any, sure(p.number()+" IN ("+strings.Join(numbers, ", ")+")"))
	}
	if len(any) == 0 {
		return "false"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// contains looks for a part of a text, or for an item of a list.
func (p jsonPlace) Contains(operand any) string {
	items := "json_extract(" + p.column + ", " + p.pointer + ")::JSON[]::VARCHAR[]"
	var text, list string
	switch v := operand.(type) {
	case string:
		text = "contains(json_extract_string(" + p.column + ", " + p.pointer + "), " + p.arg(valid(v)) + ")"
		list = "list_contains(" + items + ", " + p.arg(quoteJSON(v)) + ")"
	case bool:
		text, list = "false", "list_contains("+items+", "+p.arg(fmt.Sprint(v))+")"
	case float64:
		text, list = "false", "list_contains(list_transform("+items+", lambda item: TRY_CAST(item AS DOUBLE)), "+p.arg(v)+")"
	default:
		return "false"
	}
	return sure("CASE json_type(" + p.column + ", " + p.pointer + ") WHEN 'VARCHAR' THEN " + text +
		" WHEN 'ARRAY' THEN " + list + " ELSE false END")
}

// startsWith compares the JSON texts: escaping goes character by character, so a
// prefix stays a prefix.
func (p jsonPlace) StartsWith(operand any) string {
	text, ok := operand.(string)
	if !ok {
		return "false"
	}
	return sure("starts_with(" + p.scalar() + ", " + p.arg(strings.TrimSuffix(quoteJSON(text), `"`)) + ")")
}

func (p jsonPlace) Compare(operator string, operand any) string {
	switch v := operand.(type) {
	case float64:
		return sure(p.number() + " " + operator + " " + p.arg(v))
	case string:
		return sure("CASE WHEN starts_with(" + p.scalar() + ", '\"') THEN json_extract_string(" + p.column + ", " + p.pointer + ") " +
			operator + " " + p.arg(valid(v)) + " ELSE false END")
	}
	return "false"
}

// quoteJSON writes text as the engine writes a JSON string: it escapes what must
// be and nothing else.
func quoteJSON(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range valid(text) {
		switch r {
		case '"':
			b.WriteString(`\"`)
		case '\\':
			b.WriteString(`\\`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if r < 0x20 {
				fmt.Fprintf(&b, `\u%04X`, r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
