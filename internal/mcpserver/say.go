package mcpserver

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"beichen/internal/fault"
	"beichen/internal/metric"
)

// How much of an answer its text holds; all of it is in the structured part.
const (
	mostPeriods = 60
	mostRows    = 20
)

// measuredText says a number, then what else was measured.
func (c Config) measuredText(m *measured) string {
	lines := []string{c.sentence(m)}
	switch {
	case m.metric != nil:
		lines = append(lines, c.periodLines(m)...)
	case m.journey != nil:
		for _, s := range m.journey.Stages {
			line := "- " + s.ID + ": " + c.count(s.Reached)
			if s.OfPrevious != nil && s.OfPrevious.N > 0 {
				line += ", " + c.share(s.OfPrevious.Rate) + c.interval(s.OfPrevious.Low, s.OfPrevious.High, true) + " (n = " + strconv.Itoa(s.OfPrevious.N) + ")"
			}
			lines = append(lines, line)
		}
		if rows := len(m.journey.Breakdown); rows > 0 {
			lines = append(lines, c.say("more", "count", rows))
		}
	default:
		for k, r := range m.retention.Average {
			lines = append(lines, fmt.Sprintf("- %d: %s%s (n = %d)", k, c.share(r.Rate), c.interval(r.Low, r.High, true), r.N))
		}
	}
	return strings.Join(append(lines, c.facts(m)), "\n")
}

// sentence says the number with its n, its instant and its definition.
func (c Config) sentence(m *measured) string {
	n := m.Number
	args := []any{"name", m.name, "n", n.N, "value", c.number(n), "interval", c.interval(n.Low, n.High, n.isShare()), "basis", c.basis(m)}
	var text string
	switch n.Of {
	case ofPeriod:
		from, _, _ := strings.Cut(n.From, "T")
		if m.metric.Grain == "hour" {
			from = n.From
		}
		key := "metric"
		if m.metric.Grain == string(metric.Whole) {
			key = "metric-whole"
		} else {
			args = append(args, "grain", fault.Text("metric.words."+m.metric.Grain, c.API.Language))
		}
		text = c.say(key, append(args, "from", from)...)
	case ofCompletion:
		if m.place < 0 {
			return c.say("journey-unbound", args...)
		}
		text = c.say("journey", append(args, "stage", m.journey.Stages[m.place].ID, "reached", *n.Numerator)...)
	case ofReturn:
		text = c.say("retention", append(args, "period", fault.Text("retention.words."+string(m.retention.Rule.Period), c.API.Language))...)
	default:
		text = c.say("customers", append(args, "what", n.What)...)
	}
	if n.Partial {
		text += " " + c.say("partial")
	}
	return text
}

// basis is by what and as of when a number was measured.
func (c Config) basis(m *measured) string {
	d := m.Definition
	at := m.AsOf
	if zone, err := time.LoadLocation(m.Timezone); err == nil {
		at = at.In(zone)
	}
	return c.say("basis", "asOf", at.Format("2006-01-02 15:04:05"), "timezone", m.Timezone,
		"kind", d.Kind, "id", d.ID, "version", *d.Version, "hash", d.Hash)
}

func (c Config) facts(m *measured) string {
	return c.say("facts", "events", m.Facts.Events, "customers", m.Facts.Customers, "through", m.Facts.Through)
}

// periodLines are a metric's periods, and the rows of its breakdown in the period of
// the number.
func (c Config) periodLines(m *measured) (lines []string) {
	a, star := m.metric, false
	line := func(name string, p metric.Point) string {
		n := number{Of: ofPeriod, Value: p.Value, Unit: a.Unit, Numerator: p.Numerator}
		text := fmt.Sprintf("- %s: %s%s (n = %d)", name, c.number(n), c.interval(p.Low, p.High, n.isShare()), p.N)
		if p.Partial {
			text, star = text+" *", true
		}
		return text
	}
	if skipped := len(a.Periods) - mostPeriods; skipped > 0 {
		lines = append(lines, c.say("more", "count", skipped))
	}
	if len(a.Periods) > 1 {
		for _, p := range a.Periods[max(0, len(a.Periods)-mostPeriods):] {
			lines = append(lines, line(p.From, p))
		}
	}
	for i, row := range a.Breakdown {
		if i == mostRows {
			lines = append(lines, c.say("more", "count", len(a.Breakdown)-i))
			break
		}
		value, err := marshal(row.Value)
		if err != nil {
			continue // a scalar, which encodes
		}
		lines = append(lines, line(string(value), row.Periods[m.place]))
	}
	if star {
		lines = append(lines, c.say("star"))
	}
	return lines
}

// isShare reports whether a number is told in per cent.
func (n number) isShare() bool {
	return n.Of == ofCompletion || n.Of == ofReturn || n.Of == ofPeriod && n.Unit == "" && n.Numerator != nil
}

func (c Config) number(n number) string {
	switch {
	case n.isShare():
		return c.share(n.Value)
	case n.Value == nil:
		return c.say("unknown")
	case n.Unit == "":
		return plain(*n.Value)
	}
	return plain(*n.Value) + " " + n.Unit
}

// plain writes a number with all digits if it is whole, and with six otherwise.
func plain(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if math.Abs(v) >= 1e5 && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

func (c Config) share(rate *float64) string {
	if rate == nil {
		return c.say("unknown")
	}
	return strconv.FormatFloat(100**rate, 'f', 2, 64) + " %"
}

func (c Config) count(n *int) string {
	if n == nil {
		return c.say("unknown")
	}
	return strconv.Itoa(*n)
}

func (c Config) interval(low, high *float64, isShare bool) string {
	switch {
	case low == nil || high == nil:
		return ""
	case isShare:
		return c.say("interval", "low", c.share(low), "high", c.share(high))
	}
	return c.say("interval", "low", plain(*low), "high", plain(*high))
}

// behind is a customer of a list, whichever number it is behind.
type behind struct {
	ID     string
	Name   *string
	At     time.Time
	Events *int
	Amount *float64
	Did    *bool
}

// customersText says the number and who is behind it.
func (c Config) customersText(m *measured, total int, items []behind) string {
	lines := []string{c.sentence(m), c.say("behind", "total", total, "shown", len(items))}
	for _, i := range items {
		line := "- " + i.ID
		if i.Name != nil {
			line += " (" + *i.Name + ")"
		}
		if !i.At.IsZero() {
			line += " " + i.At.Format(time.RFC3339)
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, c.facts(m)), "\n")
}

// counted is an event that was counted, of a metric or of a journey.
type counted struct {
	At     time.Time
	Event  string
	Part   string
	Stage  *string
	Amount *float64
	Filled *bool
}

// eventsText says the number and which of a customer's events were counted for it.
func (c Config) eventsText(m *measured, customer string, events []counted) string {
	lines := []string{c.sentence(m), c.say("events", "customer", customer, "count", len(events))}
	for _, e := range events {
		line := "- " + e.At.Format(time.RFC3339) + " " + e.Event
		if e.Stage != nil && *e.Stage != "" {
			line += " → " + *e.Stage
		} else if e.Part != "" && e.Part != string(metric.Counted) {
			line += " → " + e.Part
		}
		if e.Amount != nil {
			line += " " + plain(*e.Amount)
		}
		if e.Filled != nil && !*e.Filled {
			line += " " + c.say("repeat")
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, c.facts(m)), "\n")
}
