package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
)

// CanonicalJSON writes a JSON value in the one form that all equal values
// share: no white space, keys sorted, numbers as the shortest text that reads
// back as the same double (1.0, 1e0 and 1 are all 1). It is the JSON
// Canonicalization Scheme of RFC 8785, so that other programs can compute the
// same hash. The error is that of bad JSON, or of a number no double can hold.
func CanonicalJSON(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("canonical JSON: text after the value")
	}
	return appendCanonical(make([]byte, 0, len(raw)), value)
}

// Hash is "sha256:" and the hexadecimal SHA-256 of a JSON value's canonical
// form: equal definitions have equal hashes, however they were written.
func Hash(raw []byte) (string, error) {
	canonical, err := CanonicalJSON(raw)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

func appendCanonical(out []byte, value any) ([]byte, error) {
	var err error
	switch v := value.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case string:
		return appendCanonicalString(out, v), nil
	case json.Number:
		return appendCanonicalNumber(out, v)
	case []any:
		out = append(out, '[')
		for i, item := range v {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = appendCanonical(out, item); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	case map[string]any:
		out = append(out, '{')
		for i, key := range sortedKeys(v) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendCanonicalString(out, key), ':')
			if out, err = appendCanonical(out, v[key]); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}
	return nil, fmt.Errorf("canonical JSON: unexpected %T", value)
}

// sortedKeys sorts by UTF-16 code units, as RFC 8785 §3.2.3 asks: it differs
// from the order of code points above U+FFFF only.
func sortedKeys(object map[string]any) []string {
	type sortable struct {
		key   string
		units []uint16
	}
	keys := make([]sortable, 0, len(object))
	for key := range object {
		keys = append(keys, sortable{key, utf16.Encode([]rune(key))})
	}
	slices.SortFunc(keys, func(a, b sortable) int { return slices.Compare(a.units, b.units) })
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.key
	}
	return names
}

// appendCanonicalNumber writes a double as ECMAScript does (RFC 8785 §3.2.2.3):
// decimal between 1e-6 and 1e21, with an exponent outside.
func appendCanonicalNumber(out []byte, n json.Number) ([]byte, error) {
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if f == 0 { // also -0
		return append(out, '0'), nil
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(out, f, 'f', -1, 64), nil
	}
	text := strconv.AppendFloat(nil, f, 'e', -1, 64)
	if k := len(text) - 4; k > 0 && text[k] == 'e' && text[k+2] == '0' { // e-07 is e-7
		text = append(text[:k+2], text[k+3])
	}
	return append(out, text...), nil
}

func appendCanonicalString(out []byte, text string) []byte {
	const hexDigits = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range text {
		switch r {
		case '"', '\\':
			out = append(out, '\\', byte(r))
		case '\b':
			out = append(out, `\b`...)
		case '\t':
			out = append(out, `\t`...)
		case '\n':
			out = append(out, `\n`...)
		case '\f':
			out = append(out, `\f`...)
		case '\r':
			out = append(out, `\r`...)
		default:
			if r < 0x20 {
				out = append(out, `\u00`...)
				out = append(out, hexDigits[r>>4], hexDigits[r&0xf])
			} else {
				out = append(out, string(r)...)
			}
		}
	}
	return append(out, '"')
}
