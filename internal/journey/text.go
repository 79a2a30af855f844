package journey

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Text is a name or a description: one text, or one for each locale.
type Text struct {
	Plain   string
	Locales map[string]string
}

// IsZero reports whether nothing was written.
func (t Text) IsZero() bool { return t.Plain == "" && len(t.Locales) == 0 }

// In is the text in a locale, or in the next best there is.
func (t Text) In(locale string) string {
	for _, l := range []string{locale, "zh-Hant", "zh-Hans", "en"} {
		if text := t.Locales[l]; text != "" {
			return text
		}
	}
	for _, l := range slices.Sorted(maps.Keys(t.Locales)) {
		if text := t.Locales[l]; text != "" {
			return text
		}
	}
	return t.Plain
}

// MarshalJSON writes a string, or an object of locales with sorted keys.
func (t Text) MarshalJSON() ([]byte, error) {
	if len(t.Locales) > 0 {
		return json.Marshal(t.Locales)
	}
	return json.Marshal(t.Plain)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text{}
	if len(raw) > 0 && raw[0] == '{' {
		return json.Unmarshal(raw, &t.Locales)
	}
	return json.Unmarshal(raw, &t.Plain)
}

const (
	second int64 = 1_000_000 // in microseconds, as every time of the machine
	minute       = 60 * second
	hour         = 60 * minute
	day          = 24 * hour
	week         = 7 * day
)

// Window is a span of time as definitions write it: a whole number of s, m, h,
// d (24 h) or w, or none.
type Window struct {
	text   string
	micros int64 // 0: no limit
}

// IsZero reports whether nothing was written.
func (w Window) IsZero() bool { return w.text == "" }

// String is the span as it was written.
func (w Window) String() string { return w.text }

// MarshalJSON writes the span as it was written.
func (w Window) MarshalJSON() ([]byte, error) { return json.Marshal(w.text) }

// Micros is how long the span is in microseconds; 0 where there is no limit.
func (w Window) Micros() int64 { return w.micros }

// length is how long the span is, math.MaxInt64 without a limit.
func (w Window) length() int64 {
	if w.micros == 0 {
		return math.MaxInt64
	}
	return w.micros
}

// after is the last instant inside the span that begins at an instant; the end
// of time where there is no limit.
func (w Window) after(start int64) int64 {
	if w.micros == 0 || start > math.MaxInt64-w.micros {
		return math.MaxInt64
	}
	return start + w.micros
}

// ParseWindow reads a span; "none" only where the caller allows it.
func ParseWindow(text string, noneAllowed bool) (Window, bool) {
	if text == "none" {
		return Window{text: text}, noneAllowed
	}
	units := map[byte]int64{'s': second, 'm': minute, 'h': hour, 'd': day, 'w': week}
	if len(text) < 2 {
		return Window{}, false
	}
	unit, known := units[text[len(text)-1]]
	digits := text[:len(text)-1]
	n, err := strconv.ParseInt(digits, 10, 64)
	if !known || err != nil || n <= 0 || n > math.MaxInt64/unit || strings.HasPrefix(digits, "+") {
		return Window{}, false
	}
	return Window{text: text, micros: n * unit}, true
}
