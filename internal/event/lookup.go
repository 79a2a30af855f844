package event

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Lookup walks from a JSON object along a path and returns what stands there:
// string, float64, bool, a json.RawMessage where it is an object or a list, or
// nil where it is null or missing. A path segment names a member of an object
// (of equal names the first), or, written as a number from 0, an item of a list.
// A number too large for a float64 is null. Nothing else of the text is decoded,
// which is what makes filters cheap on events that are not stored yet.
func Lookup(object json.RawMessage, path []string) any {
	w := walker{text: object}
	w.space()
	for _, segment := range path {
		if !w.enter(segment) {
			return nil
		}
	}
	return w.value()
}

// Has reports whether a JSON object has a member of that name, be it null.
func Has(object json.RawMessage, name string) bool {
	w := walker{text: object}
	w.space()
	return w.peek() == '{' && w.member(name)
}

// walker is a cursor in valid JSON text; it stands before a value. On invalid
// text it finds nothing and never reads past the end.
type walker struct {
	text []byte
	at   int
}

func (w *walker) peek() byte {
	if w.at < len(w.text) {
		return w.text[w.at]
	}
	return 0
}

func (w *walker) space() {
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

// enter moves to the member or item that the segment names.
func (w *walker) enter(segment string) bool {
	switch w.peek() {
	case '{':
		return w.member(segment)
	case '[':
		return w.item(segment)
	}
	return false
}

func (w *walker) member(name string) bool {
	w.at++
	for w.space(); w.peek() == '"'; w.space() {
		key := w.string()
		w.space()
		if w.peek() != ':' {
			return false
		}
		w.at++
		w.space()
		if sameText(key, name) {
			return true
		}
		w.skip()
		w.space()
		if w.peek() != ',' {
			return false
		}
		w.at++
	}
	return false
}

func (w *walker) item(segment string) bool {
	index, err := strconv.Atoi(segment)
	if err != nil || index < 0 || strconv.Itoa(index) != segment {
		return false
	}
	w.at++
	for w.space(); w.at < len(w.text) && w.peek() != ']'; w.space() {
		if index == 0 {
			return true
		}
		index--
		w.skip()
		w.space()
		if w.peek() != ',' {
			return false
		}
		w.at++
	}
	return false
}

// string passes a string and returns it as written, with its quotes.
func (w *walker) string() []byte {
	from := w.at
	for w.at++; w.at < len(w.text); w.at++ {
		switch w.text[w.at] {
		case '\\':
			w.at++
		case '"':
			w.at++
			return w.text[from:w.at]
		}
	}
	w.at = len(w.text)
	return nil
}

// skip passes one value.
func (w *walker) skip() {
	switch w.peek() {
	case '"':
		w.string()
	case '{', '[':
		depth := 0
		for w.at < len(w.text) {
			switch w.text[w.at] {
			case '"':
				w.string()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			w.at++
			if depth == 0 {
				return
			}
		}
	default:
		for w.at < len(w.text) && !bytes.ContainsRune([]byte(",]} \t\r\n"), rune(w.text[w.at])) {
			w.at++
		}
	}
}

func (w *walker) value() any {
	from := w.at
	w.skip()
	text := w.text[from:w.at]
	if len(text) == 0 {
		return nil
	}
	switch text[0] {
	case '"':
		return unquote(text)
	case '{', '[':
		return json.RawMessage(text)
	case 't':
		return true
	case 'f':
		return false
	case 'n':
		return nil
	}
	number, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(number, 0) {
		return nil
	}
	return number
}

// sameText compares a string as written with a plain one.
func sameText(quoted []byte, plain string) bool {
	if len(quoted) < 2 {
		return false
	}
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner) == plain
	}
	text, _ := unquote(quoted).(string)
	return text == plain
}

func unquote(quoted []byte) any {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil
	}
	return text
}

// Items are the elements of a list that Lookup returned, each as Lookup returns
// a value; none of anything that is no list.
func Items(value any) []any {
	raw, _ := value.(json.RawMessage)
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	var items []any
	w := walker{text: raw, at: 1}
	for w.space(); w.at < len(raw) && w.peek() != ']'; w.space() {
		items = append(items, w.value())
		w.space()
		if w.peek() == ',' {
			w.at++
		}
	}
	return items
}
