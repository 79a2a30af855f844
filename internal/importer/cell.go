package importer

import (
	"strings"
	"time"
)

// kind is what the text of a cell looks like, and what a column is stored as.
type kind uint8

const (
	null      kind = iota // an empty cell
	boolean               // true, false
	integer               // up to 18 digits without leading zeros
	number                // a decimal number
	date                  // 2016-10-20
	timestamp             // a date and a time of day, without a zone
	instant               // a date and a time of day with a zone
	nested                // a JSON object or list
	text
	kinds
)

// sqlTypes are DuckDB's names of the kinds.
var sqlTypes = [kinds]string{
	null: "VARCHAR", boolean: "BOOLEAN", integer: "BIGINT", number: "DOUBLE", date: "DATE",
	timestamp: "TIMESTAMP", instant: "TIMESTAMPTZ", nested: "JSON", text: "VARCHAR",
}

// kindNamed finds the kind that a mapping calls by the name of its SQL type.
func kindNamed(name string) (kind, bool) {
	switch strings.ToUpper(name) {
	case "INTEGER", "INT":
		return integer, true
	case "TEXT", "STRING", "VARCHAR":
		return text, true
	case "TIMESTAMP WITH TIME ZONE":
		return instant, true
	}
	for k := boolean; k < text; k++ {
		if strings.EqualFold(sqlTypes[k], name) {
			return k, true
		}
	}
	return text, false
}

// cell is one value of a file, with its text as it stands there.
type cell struct {
	kind kind
	text string
}

// classify says what the text of a CSV cell is. Digits that only number things
// stay text: with leading zeros (postcodes), a plus sign (telephones) or more
// than 18 of them (card numbers), since a number would lose them.
func classify(s string) kind {
	switch {
	case s == "":
		return null
	case s[0] == '-' || s[0] == '.' || isDigit(s[0]):
		if k := classifyNumber(s); k != text {
			return k
		}
		_, k := parseMoment(s)
		return k
	case strings.EqualFold(s, "true"), strings.EqualFold(s, "false"):
		return boolean
	}
	return text
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func classifyNumber(s string) kind {
	i := 0
	if s[0] == '-' {
		i++
	}
	start := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	digits := i - start
	if digits > 1 && s[start] == '0' || digits > 18 {
		return text
	}
	if i == len(s) {
		if digits == 0 {
			return text
		}
		return integer
	}
	point := s[i] == '.'
	if point {
		i++
		for i < len(s) && isDigit(s[i]) {
			i, digits = i+1, digits+1
		}
	}
	if digits == 0 {
		return text
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		signed := i < len(s) && (s[i] == '-' || s[i] == '+')
		if signed {
			i++
		}
		if !signed && !point { // 12E45 is an article number rather than 12 × 10⁴⁵
			return text
		}
		start = i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == start {
			return text
		}
	}
	if i < len(s) {
		return text
	}
	return number
}

// parseMoment reads ISO 8601 dates and times, also with slashes or a space, to
// the microsecond. Without a zone the time is given as if it were UTC. The kind
// is date, timestamp or instant; text where s is none of them, or a day or time
// that does not exist.
func parseMoment(s string) (time.Time, kind) {
	p := momentParser{s: s}
	year, ok := p.number(4, 4)
	if !ok || p.i == len(s) || s[p.i] != '-' && s[p.i] != '/' {
		return time.Time{}, text
	}
	separator := s[p.i]
	p.i++
	month, okMonth := p.number(1, 2)
	if !okMonth || !p.take(separator) {
		return time.Time{}, text
	}
	day, okDay := p.number(1, 2)
	if !okDay || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, text
	}
	if p.i == len(s) {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), date
	}
	if !p.take('T') && !p.take(' ') && !p.take('t') {
		return time.Time{}, text
	}
	hour, ok := p.number(1, 2)
	if !ok || hour > 23 || !p.take(':') {
		return time.Time{}, text
	}
	minute, ok := p.number(2, 2)
	if !ok || minute > 59 {
		return time.Time{}, text
	}
	second, nanos := 0, 0
	if p.take(':') {
		if second, ok = p.number(2, 2); !ok || second > 59 {
			return time.Time{}, text
		}
		if p.take('.') {
			if nanos, ok = p.fraction(); !ok {
				return time.Time{}, text
			}
		}
	}
	offset, k := p.zone()
	if k == text || p.i != len(s) {
		return time.Time{}, text
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	return at.Add(-offset).Truncate(time.Microsecond), k
}

type momentParser struct {
	s string
	i int
}

func (p *momentParser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *momentParser) number(least, most int) (int, bool) {
	n, start := 0, p.i
	for p.i < len(p.s) && p.i-start < most && isDigit(p.s[p.i]) {
		n = n*10 + int(p.s[p.i]-'0')
		p.i++
	}
	return n, p.i-start >= least
}

func (p *momentParser) fraction() (nanos int, ok bool) {
	scale := 100_000_000
	for ; p.i < len(p.s) && isDigit(p.s[p.i]); p.i++ {
		nanos += int(p.s[p.i]-'0') * scale
		scale /= 10
		ok = true
	}
	return nanos, ok
}

// zone reads Z, UTC, +08, +0800, +08:00, or nothing.
func (p *momentParser) zone() (time.Duration, kind) {
	if p.i == len(p.s) {
		return 0, timestamp
	}
	p.take(' ')
	if rest := p.s[p.i:]; rest == "Z" || rest == "z" || rest == "UTC" {
		p.i = len(p.s)
		return 0, instant
	}
	sign := time.Duration(1)
	if p.take('-') {
		sign = -1
	} else if !p.take('+') {
		return 0, text
	}
	hours, ok := p.number(2, 2)
	minutes := 0
	if ok && p.i < len(p.s) {
		p.take(':')
		minutes, ok = p.number(2, 2)
	}
	if !ok || hours > 15 || minutes > 59 {
		return 0, text
	}
	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute), instant
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
