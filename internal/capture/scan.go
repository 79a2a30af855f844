package capture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a message, far above any real one and far
// below what troubles a reader further on.
const maxDepth = 128

// object checks that raw is exactly one JSON object (RFC 8259) and hands its
// members to each, the key decoded and the value as it stands.
func object(raw []byte, each func(key, value []byte)) bool {
	s := scanner{data: raw}
	return s.whole(func(key []byte) bool {
		value, ok := s.taken()
		if ok {
			each(key, value)
		}
		return ok
	})
}

// scanner reads JSON where it lies. It is the seam between decoding and the JSON
// reader, and hand-kept because encoding/json matches keys whatever their case,
// which would read properties.Value as properties.value, and because one pass
// of it over a message finds what decoding needs on all levels. FuzzObject holds
// it to encoding/json.
type scanner struct {
	data  []byte
	at    int
	depth int
	// huge says that a number was passed that float64 may not hold.
	huge bool
}

// next takes one byte; 0, which no JSON holds, at the end.
func (s *scanner) next() byte {
	if s.at < len(s.data) {
		s.at++
		return s.data[s.at-1]
	}
	return 0
}

func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.data) && s.data[s.at] <= ' ' {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// whole reads one object that is all there is.
func (s *scanner) whole(visit func(key []byte) bool) bool {
	s.space()
	if s.next() != '{' || !s.members(visit) {
		return false
	}
	s.space()
	return s.at == len(s.data)
}

// within reads a value and, where that is an object, visits its members.
func (s *scanner) within(visit func(key []byte) bool) bool {
	if s.peek() == '{' {
		s.at++
		return s.members(visit)
	}
	return s.value()
}

// taken reads a value and gives its text.
func (s *scanner) taken() ([]byte, bool) {
	start := s.at
	ok := s.value()
	return s.data[start:s.at], ok
}

// members reads the inside of an object, after its brace. visit is called where
// a value begins, with its key, and reads that value; nil passes over all.
func (s *scanner) members(visit func(key []byte) bool) bool {
	if s.depth++; s.depth > maxDepth {
		return false
	}
	if s.space(); s.peek() == '}' {
		s.at++
		s.depth--
		return true
	}
	for {
		s.space()
		start := s.at
		if s.next() != '"' {
			return false
		}
		escaped, ok := s.text()
		if !ok {
			return false
		}
		key := s.data[start+1 : s.at-1]
		if escaped {
			key = unquote(s.data[start:s.at])
		}
		if s.space(); s.next() != ':' {
			return false
		}
		s.space()
		if visit == nil {
			if !s.value() {
				return false
			}
		} else if !visit(key) {
			return false
		}
		s.space()
		switch s.next() {
		case ',':
		case '}':
			s.depth--
			return true
		default:
			return false
		}
	}
}

func (s *scanner) value() bool {
	switch c := s.next(); c {
	case '{':
		return s.members(nil)
	case '[':
		return s.elements(nil)
	case '"':
		_, ok := s.text()
		return ok
	case 't':
		return s.word("rue")
	case 'f':
		return s.word("alse")
	case 'n':
		return s.word("ull")
	default:
		return s.number(c)
	}
}

// elements reads the inside of a list, after its bracket. each may be nil.
func (s *scanner) elements(each func(value []byte)) bool {
	if s.depth++; s.depth > maxDepth {
		return false
	}
	if s.space(); s.peek() == ']' {
		s.at++
		s.depth--
		return true
	}
	for {
		s.space()
		start := s.at
		if !s.value() {
			return false
		}
		if each != nil {
			each(s.data[start:s.at])
		}
		s.space()
		switch s.next() {
		case ',':
		case ']':
			s.depth--
			return true
		default:
			return false
		}
	}
}

// text reads a string after its opening quote, eight bytes at a time.
func (s *scanner) text() (escaped, ok bool) {
	data, at := s.data, s.at
	for {
		for at+8 <= len(data) {
			marks := special(binary.LittleEndian.Uint64(data[at:]))
			if marks != 0 {
				at += bits.TrailingZeros64(marks) / 8
				break
			}
			at += 8
		}
		if at >= len(data) {
			return escaped, false
		}
		switch c := data[at]; {
		case c == '"':
			s.at = at + 1
			return escaped, true
		case c == '\\':
			s.at = at + 1
			if escaped = true; !s.escape() {
				return escaped, false
			}
			at = s.at
		case c < ' ':
			return escaped, false
		default:
			at++ // among the last seven bytes
		}
	}
}

// special sets the high bit of the first byte (from the low end) that is a quote,
// a backslash or a control character. Above it bits may be set for no reason:
// subtracting borrows (H. S. Warren, Hacker's Delight, 2nd ed., §6-1).
func special(word uint64) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	quote, backslash := word^each*'"', word^each*'\\'
	return ((quote-each)&^quote | (backslash-each)&^backslash | (word-each*' ')&^word) & high
}

// escape reads what follows a backslash.
func (s *scanner) escape() bool {
	switch s.next() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if !isHex(s.next()) {
				return false
			}
		}
		return true
	}
	return false
}

func (s *scanner) word(rest string) bool {
	end := s.at + len(rest)
	if end > len(s.data) || string(s.data[s.at:end]) != rest {
		return false
	}
	s.at = end
	return true
}

// number reads a number of which c was taken.
func (s *scanner) number(c byte) bool {
	start := s.at
	if c == '-' {
		c = s.next()
	}
	switch {
	case c == '0':
	case c >= '1' && c <= '9':
		s.digits()
	default:
		return false
	}
	if s.peek() == '.' {
		s.at++
		if s.digits() == 0 {
			return false
		}
	}
	exponent := 0
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if exponent = s.digits(); exponent == 0 {
			return false
		}
	}
	// float64 ends at 1.8e308: with two digits of exponent, 99 places and as
	// many digits as stand here.
	if exponent > 2 || s.at-start > 200 {
		s.huge = true
	}
	return true
}

func (s *scanner) digits() (n int) {
	for s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '9' {
		s.at++
		n++
	}
	return n
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// unquote decodes a JSON string that the scanner accepted, quotes included.
func unquote(quoted []byte) []byte {
	inside := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside
	}
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return inside
	}
	return []byte(text)
}

// wellFormed returns raw with what is no Unicode replaced by U+FFFD, as
// browsers do: bytes that are not UTF-8, and escaped halves of surrogate
// pairs, which stores refuse to read. It copies only where it changes.
func wellFormed(raw []byte) []byte {
	if !utf8.Valid(raw) {
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	if !bytes.Contains(raw, []byte(`\ud`)) && !bytes.Contains(raw, []byte(`\uD`)) {
		return raw
	}
	out := bytes.Clone(raw)
	for i := 0; i < len(out); i++ {
		if out[i] != '\\' {
			continue
		}
		switch surrogate(out[i:]) {
		case 0:
			i++
		case 'h':
			if surrogate(out[min(i+6, len(out)):]) == 'l' {
				i += 11
				continue
			}
			fallthrough
		default:
			copy(out[i:], `\ufffd`)
			i += 5
		}
	}
	return out
}

// surrogate tells whether an escape begins here that is the high ('h') or the
// low ('l') half of a pair; 0 otherwise.
func surrogate(b []byte) byte {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' || b[2]|0x20 != 'd' || !isHex(b[4]) || !isHex(b[5]) {
		return 0
	}
	switch b[3] | 0x20 {
	case '8' | 0x20, '9' | 0x20, 'a', 'b':
		return 'h'
	case 'c', 'd', 'e', 'f':
		return 'l'
	}
	return 0
}
