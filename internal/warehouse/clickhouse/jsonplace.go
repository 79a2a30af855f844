package clickhouse

import (
	"strconv"
	"strings"
)

// jsonPlace is a place in a column of JSON text. Every question is asked of the JSON
// text of what stands there: "pro" with its quotes, 7, true, an object or a list;
// null, or nothing where it is missing. The engine takes that out of a row once,
// however many conditions ask, and its first letter tells the kind.
type jsonPlace struct {
	column string
	path   []string
}

// raw is the JSON text.
func (p jsonPlace) raw() string { return p.extract("JSONExtractRaw", 0, 0, "") }

// extract calls a function of the engine on the place: on the whole text and a path,
// never on a part that was taken out before, in which the engine may have written a
// number in a way that it does not read itself. Like event.Lookup it goes into
// objects by name, and into lists by a number from 0; where a name may be either, the
// row decides. arguments are those of the path before i, in which either names were
// such; the text doubles with each, so that from the ninth on they are of lists.
func (p jsonPlace) extract(function string, i, either int, arguments string) string {
	if i == len(p.path) {
		return function + "(" + p.column + arguments + ")"
	}
	name := arguments + ", " + literal(p.path[i])
	index, isIndex := listIndex(p.path[i])
	if i == 0 || !isIndex { // the column has an object
		return p.extract(function, i+1, either, name)
	}
	byIndex := p.extract(function, i+1, either+1, arguments+", "+strconv.Itoa(index+1))
	if either >= 8 {
		return byIndex
	}
	return "if(JSONType(" + p.column + arguments + ") = 'Array', " + byIndex + ", " + p.extract(function, i+1, either+1, name) + ")"
}

// listIndex reads a name as the number of an item. No list in a message is longer
// than 32 bits count.
func listIndex(name string) (int, bool) {
	index, err := strconv.ParseInt(name, 10, 32)
	return int(index), err == nil && index >= 0 && index < 1<<31-1 && strconv.FormatInt(index, 10) == name
}

func (p jsonPlace) key() string { return p.raw() }

func (p jsonPlace) Exists() string { return "(" + p.raw() + " NOT IN ('', 'null'))" }

// isText and text, isList, number: of JSON text; number is NULL for what is none.
func isText(raw string) string { return "startsWith(" + raw + ", '\"')" }
func text(raw string) string   { return "JSONExtractString(" + raw + ")" }
func isList(raw string) string { return "startsWith(" + raw + ", '[')" }
func number(raw string) string { return "toFloat64OrNull(" + raw + ")" }

func (p jsonPlace) AnyOf(operands ...any) string { return anyOf(p.raw(), operands) }

func anyOf(raw string, operands []any) string {
	var any []string
	if texts := textsOf(operands); len(texts) > 0 {
		any = append(any, "("+isText(raw)+" AND "+text(raw)+" IN ("+strings.Join(texts, ", ")+"))")
	}
	for _, o := range operands {
		if truth, ok := o.(bool); ok {
			any = append(any, raw+" = '"+strconv.FormatBool(truth)+"'")
		}
	}
	if numbers := numbersOf(operands); len(numbers) > 0 {
		any = append(any, "has(["+strings.Join(numbers, ", ")+"], "+number(raw)+")")
	}
	if len(any) == 0 {
		return "false"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// contains looks for a part of a text, or for an item of a list.
func (p jsonPlace) Contains(operand any) string {
	raw := p.raw()
	list := "(" + isList(raw) + " AND arrayExists(item -> " + anyOf("item", []any{operand}) + ", " + p.extract("JSONExtractArrayRaw", 0, 0, "") + "))"
	switch v := operand.(type) {
	case string:
		return "((" + isText(raw) + " AND position(" + text(raw) + ", " + literal(v) + ") > 0) OR " + list + ")"
	case float64, bool:
		return list
	}
	return "false"
}

func (p jsonPlace) StartsWith(operand any) string {
	if v, ok := operand.(string); ok {
		return "(" + isText(p.raw()) + " AND startsWith(" + text(p.raw()) + ", " + literal(v) + "))"
	}
	return "false"
}

func (p jsonPlace) Compare(operator string, operand any) string {
	switch v := operand.(type) {
	case float64:
		return "ifNull(" + number(p.raw()) + " " + operator + " " + float(v) + ", false)"
	case string:
		return "(" + isText(p.raw()) + " AND " + text(p.raw()) + " " + operator + " " + literal(v) + ")"
	}
	return "false"
}
