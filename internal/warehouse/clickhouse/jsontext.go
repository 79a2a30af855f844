package clickhouse

import (
	"encoding/json"
	"strconv"
)

// The engine reads JSON by a parser that takes nothing of a text in which a whole
// number is out of the range of 64 bits, or that is nested a thousand times. Where a
// message has such, which is next to never, conditions are asked of a text that
// means the same to event.Lookup: the number with a point, and null in place of
// what lies deeper than any key is written. What was sent is kept beside it.

// deepest is how many objects and lists the text that conditions are asked of has
// inside each other: less than the parser takes, more than a key has names.
const deepest = 500

// readable gives the text of an object that the engine can read, and what was sent
// if that is another one.
func readable(object json.RawMessage) (text, sent string) {
	if !doubtful(object) {
		return string(object), ""
	}
	rewritten := string(rewrite(object))
	if rewritten == string(object) {
		return rewritten, ""
	}
	return rewritten, string(object)
}

// doubtful finds what may need rewriting; it may find too much, never too little.
func doubtful(text []byte) bool {
	digits, opened := 0, 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits >= wide {
				return true
			}
			continue
		case c == '{' || c == '[':
			if opened++; opened > deepest {
				return true
			}
		}
		digits = 0
	}
	return false
}

// wide is the number of digits from which a whole number may be out of range.
const wide = 19

// rewrite copies valid JSON and changes what the engine could not read.
func rewrite(text []byte) []byte {
	out := make([]byte, 0, len(text)+16)
	depth := 0
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			end = endOfString(text, i)
		case c == '{' || c == '[':
			if depth == deepest {
				out = append(out, "null"...)
				i = endOfNested(text, i)
				continue
			}
			depth++
		case c == '}' || c == ']':
			depth--
		case c == '-' || c >= '0' && c <= '9':
			end = endOfNumber(text, i)
			if number := text[i:end]; outOfRange(number) {
				out = append(append(out, number...), ".0"...)
				i = end
				continue
			}
		}
		out = append(out, text[i:end]...)
		i = end
	}
	return out
}

// outOfRange reports whether a number is a whole one that 64 bits do not hold.
func outOfRange(number []byte) bool {
	for _, c := range number {
		if c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	if number[0] == '-' {
		_, err := strconv.ParseInt(string(number), 10, 64)
		return err != nil
	}
	_, err := strconv.ParseUint(string(number), 10, 64)
	return err != nil
}

func endOfString(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}

func endOfNumber(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c == '.', c == 'e', c == 'E', c == '+', c == '-':
		default:
			return i
		}
	}
	return i
}

// endOfNested is behind the object or list that begins at i.
func endOfNested(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
	return i
}
