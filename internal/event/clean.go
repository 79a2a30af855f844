package event

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// Clean returns a JSON object in a form that every store can read: valid UTF-8,
// no escape of half a surrogate pair (each becomes U+FFFD), no number out of the
// range of float64 (it becomes null), as Lookup sees them. Text that is fine, as
// nearly all is, comes back untouched. It fails on text that is no JSON.
func Clean(text json.RawMessage) (json.RawMessage, error) {
	if len(text) == 0 || !suspicious(text) {
		return text, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(inRange(value)); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// suspicious finds what may need cleaning; it may find too much, never too little.
func suspicious(text []byte) bool {
	if !utf8.Valid(text) || !json.Valid(text) {
		return true
	}
	digits := 0 // of the number that the text stands in
	for i, c := range text {
		switch {
		case c == '.':
			continue
		case c >= '0' && c <= '9':
			if digits++; digits > 300 {
				return true
			}
			continue
		case c == 'e' || c == 'E':
			if digits > 200 || digits > 0 && longExponent(text[i+1:]) {
				return true
			}
		case c == 'u' && i > 0 && text[i-1] == '\\' && i+2 < len(text):
			if (text[i+1] == 'd' || text[i+1] == 'D') && text[i+2] >= '8' {
				return true
			}
		}
		digits = 0
	}
	return false
}

func longExponent(text []byte) bool {
	if len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	return digits >= 3
}

func inRange(value any) any {
	switch v := value.(type) {
	case json.Number:
		if number, err := strconv.ParseFloat(string(v), 64); err != nil || math.IsInf(number, 0) {
			return nil
		}
	case map[string]any:
		for key, item := range v {
			v[key] = inRange(item)
		}
	case []any:
		for i, item := range v {
			v[i] = inRange(item)
		}
	}
	return value
}
