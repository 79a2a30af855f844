package capture

import (
	"math"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
)

// readTime finds when it happened. A program's clock may be wrong by years, but
// it is wrong alike for the event and for the sending, so
//
//	time = receivedAt − (sentAt − originalTimestamp)
//
// (facts of the protocol; "timestamp" alone is such a clock's reading too).
// Where both are given, the sender has corrected already and timestamp stands.
func (w *wire) readTime(m *event.Message, env *Envelope) error {
	field, raw := "timestamp", w.timestamp
	if raw == nil {
		field, raw = "originalTimestamp", w.originalTimestamp
	}
	if raw == nil {
		// An imported event must say when it was; who somebody is may be told as
		// it is known now.
		if env.Imported && m.Type.IsEvent() {
			return wrong("capture.no-time", "timestamp", nil)
		}
		m.Time = m.ReceivedAt
		return nil
	}
	at, ok := parseTime(raw)
	if !ok {
		return wrong("capture.bad-time", field, raw)
	}
	received, sent := env.ReceivedAt, env.SentAt
	if own, ok := parseTime(w.sentAt); ok {
		sent = own
	}
	corrected := w.timestamp != nil && w.originalTimestamp != nil
	if env.Imported {
		// What a file says happened at timestamp did; only a reading that nobody
		// has corrected yet is set right, by the times of its own sending.
		var known bool
		received, known = parseTime(w.receivedAt)
		corrected = w.timestamp != nil || !known
	}
	if !corrected && !sent.IsZero() {
		at = received.Add(-sent.Sub(at))
	}
	at = at.UTC().Truncate(time.Microsecond)
	if !storable(at) {
		return wrong("capture.bad-time", field, raw)
	}
	m.Time = at
	return nil
}

// storable tells whether every store can keep the time: ClickHouse's
// DateTime64 reaches from 1900 to 2299.
func storable(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 2300 }

// layouts are the forms of ISO 8601 that clients send, without a zone in UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"2006-01-02",
}

// parseTime reads ISO 8601 text, or the seconds or milliseconds since 1970 as a
// number or digits: 100 billion and more are milliseconds (1973 on), since
// as seconds they would lie beyond the year 5000.
func parseTime(raw []byte) (time.Time, bool) {
	text, ok := scalar(raw)
	text = strings.TrimSpace(text)
	if !ok || text == "" {
		return time.Time{}, false
	}
	if raw[0] == '"' {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC(), true
			}
		}
	}
	number, ok := parseNumber(text)
	if !ok || len(text) < 9 || math.Abs(number) >= 1e14 {
		return time.Time{}, false
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		if math.Abs(number) >= 1e11 {
			return time.UnixMilli(whole).UTC(), true
		}
		return time.Unix(whole, 0).UTC(), true
	}
	if math.Abs(number) >= 1e11 {
		number /= 1000
	}
	return time.UnixMicro(int64(math.Round(number * 1e6))).UTC(), true
}

// readMeasures finds channel, value, currency and cost (journey.md §3). A
// property that happens to be called value and holds no number is no fault; a
// number that an import set directly and that is none is.
func (w *wire) readMeasures(m *event.Message, env *Envelope) error {
	p, c := &w.inProperties, &w.inContext
	var direct wire
	if env.Imported {
		direct = *w
		if source := plain(direct.source); source != "" {
			m.Source = source
		}
	}
	m.Channel = firstText(direct.channel, c.channel, c.medium, c.source, p.channel)
	m.Currency = strings.ToUpper(firstText(direct.currency, p.currency))
	m.Value = firstNumber(direct.value, p.value, p.revenue, p.total)
	m.Cost = firstNumber(direct.cost, p.cost)
	for _, set := range []struct {
		field string
		raw   []byte
	}{{"value", direct.value}, {"cost", direct.cost}} {
		if set.raw == nil || plain(set.raw) == "" && set.raw[0] == '"' {
			continue
		}
		if _, ok := number(set.raw); !ok {
			return wrong("capture.bad-number", set.field, set.raw)
		}
	}
	return nil
}

func firstText(candidates ...[]byte) string {
	for _, raw := range candidates {
		if text := plain(raw); text != "" {
			return text
		}
	}
	return ""
}

func firstNumber(candidates ...[]byte) *float64 {
	for _, raw := range candidates {
		if v, ok := number(raw); ok {
			return &v
		}
	}
	return nil
}

// number reads a JSON number, or text that is one.
func number(raw []byte) (float64, bool) {
	text, ok := scalar(raw)
	if !ok {
		return 0, false
	}
	return parseNumber(strings.TrimSpace(text))
}

// parseNumber reads a decimal number; neither infinity nor the hexadecimal and
// underscored forms that Go knows besides.
func parseNumber(text string) (float64, bool) {
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}
