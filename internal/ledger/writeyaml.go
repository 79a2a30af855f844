package ledger

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"beichen/internal/event"
)

// YAML writes a definition's body as a YAML document, keys in the body's order.
// Texts that could be read as anything else are in double quotes, so that reading
// it gives the same body again.
func YAML(body json.RawMessage) ([]byte, error) {
	value, err := decodeOrdered(body)
	if err != nil {
		return nil, err
	}
	var w yamlWriter
	if isFlow(value) {
		w.line(value)
	} else {
		w.block(value, 0, false)
	}
	return w.out.Bytes(), nil
}

type yamlWriter struct{ out bytes.Buffer }

// block writes a value over several lines where it has parts. inList says that
// the line begins with the "- " of a list, so the first key follows on it.
func (w *yamlWriter) block(value any, indent int, inList bool) {
	switch v := value.(type) {
	case *object:
		for i, key := range v.keys {
			if i > 0 || !inList {
				w.indent(indent)
			}
			w.out.WriteString(yamlText(key))
			w.out.WriteByte(':')
			w.after(v.values[key], indent)
		}
	case []any:
		for i, item := range v {
			if i > 0 || !inList {
				w.indent(indent)
			}
			w.out.WriteString("- ")
			if isFlow(item) {
				w.line(item)
			} else {
				w.block(item, indent+2, true)
			}
		}
	default:
		w.line(value)
	}
}

// after writes what stands behind a key's colon.
func (w *yamlWriter) after(value any, indent int) {
	if isFlow(value) {
		w.out.WriteByte(' ')
		w.line(value)
		return
	}
	w.out.WriteByte('\n')
	w.block(value, indent+2, false)
}

func (w *yamlWriter) line(value any) {
	w.flow(value)
	w.out.WriteByte('\n')
}

func (w *yamlWriter) indent(n int) { w.out.WriteString(strings.Repeat(" ", n)) }

// isFlow reports whether a value fits on its line: a scalar, something empty, or
// a short list of scalars.
func isFlow(value any) bool {
	switch v := value.(type) {
	case *object:
		return len(v.keys) == 0
	case []any:
		length := 0
		for _, item := range v {
			switch text := item.(type) {
			case *object, []any:
				return false
			case string:
				length += len(text)
			}
		}
		return length+2*len(v) <= 80
	}
	return true
}

func (w *yamlWriter) flow(value any) {
	switch v := value.(type) {
	case *object:
		w.out.WriteString("{}")
	case []any:
		w.out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				w.out.WriteString(", ")
			}
			w.flow(item)
		}
		w.out.WriteByte(']')
	case string:
		w.out.WriteString(yamlText(v))
	case json.Number:
		w.out.WriteString(yamlNumber(v))
	default:
		w.out.Write(encode(v))
	}
}

// yamlNumber writes the canonical form, with the dot that makes YAML readers of
// every age take one with an exponent for a number: 1.0e+21.
func yamlNumber(n json.Number) string {
	canonical, err := event.CanonicalJSON([]byte(n))
	if err != nil {
		return string(n)
	}
	text := string(canonical)
	if mantissa, exponent, found := strings.Cut(text, "e"); found && !strings.Contains(mantissa, ".") {
		return mantissa + ".0e" + exponent
	}
	return text
}

// plainText is what needs no quotes: letters, then letters, digits and what
// names and sentences are made of, not ending in a space. Digits may not come
// first: 180d is safe, but 1e3 is a number.
var plainText = regexp.MustCompile(`^[\p{L}_$/][\p{L}\p{M}\p{N}_$/.()+%、。「」，；：！？（）-]*( [\p{L}\p{N}_$/(+、。「」（][\p{L}\p{M}\p{N}_$/.()+%、。「」，；：！？（）-]*)*$`)

// plainDuration is the texts with a digit first that need no quotes either: 180d.
var plainDuration = regexp.MustCompile(`^[0-9]+[smhdw]$`)

// reserved are the texts that one or another version of YAML takes for a bool,
// a null or a number.
var reserved = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null|nan|inf)$`)

func yamlText(text string) string {
	if plainDuration.MatchString(text) || plainText.MatchString(text) && !reserved.MatchString(text) {
		return text
	}
	return string(encode(text)) // a JSON string is a double-quoted YAML one
}
