package retention

import (
	"fmt"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/event"
)

// brute tells who comes back the long way, without the code of the package: it
// knows an interval by what a calendar on the wall would call it.
type brute struct {
	definition *Definition
	zone       *time.Location
	from, asOf time.Time
	events     []*event.Message
}

// label is what the calendar calls the interval that an instant lies in.
func (b *brute) label(at time.Time) string {
	local := at.In(b.zone)
	switch b.definition.Period {
	case calendar.Hour:
		return local.Format("2006-01-02 15 -07:00")
	case calendar.Week:
		for local.Weekday() != map[calendar.WeekStart]time.Weekday{"": time.Monday, calendar.Monday: time.Monday, calendar.Sunday: time.Sunday}[b.definition.WeekStart] {
			y, m, d := local.Date()
			local = time.Date(y, m, d-1, 12, 0, 0, 0, b.zone)
		}
	case calendar.Month:
		return local.Format("2006-01")
	}
	return local.Format(time.DateOnly)
}

// places numbers the labels of the intervals, by walking from the first instant in
// steps that no interval is shorter than.
func (b *brute) places() map[string]int {
	places := map[string]int{}
	for at := b.from; len(places) <= b.definition.Intervals; at = at.Add(15 * time.Minute) {
		if label := b.label(at); len(places) == 0 || places[label] == 0 && label != b.label(b.from) {
			places[label] = len(places)
		}
	}
	return places
}

func (b *brute) is(m *event.Message, start bool) bool {
	p := b.definition.Return
	if start {
		p = b.definition.Start
	}
	return (p.Event == nil || *p.Event == m.Name) && p.Where.Matches(m)
}

// customers lists, by row and interval, who is behind each count.
func (b *brute) customers() map[string][]string {
	places := b.places()
	n := b.definition.Intervals
	place := func(at time.Time) int {
		if i, known := places[b.label(at)]; known && i < n && !at.Before(b.from) {
			return i
		}
		return -1
	}
	byCustomer := map[string][]*event.Message{}
	for _, m := range b.events {
		if !m.Time.After(b.asOf) {
			byCustomer[m.UserID] = append(byCustomer[m.UserID], m)
		}
	}
	cells := map[string][]string{}
	for who, events := range byCustomer {
		for row := range n {
			var first time.Time
			for _, m := range events {
				if b.is(m, true) && place(m.Time) == row && (first.IsZero() || m.Time.Before(first)) {
					first = m.Time
				}
			}
			if first.IsZero() {
				continue
			}
			back := make([]bool, n-row)
			for k := range back {
				count := 0
				for _, m := range events {
					in := place(m.Time) == row+k
					if b.definition.Mode == Rolling24h {
						since := m.Time.Sub(first)
						in = since >= time.Duration(k)*24*time.Hour && since < time.Duration(k+1)*24*time.Hour
					}
					if in && b.is(m, false) {
						count++
					}
				}
				back[k] = k > 0 && count >= max(1, b.definition.MinOccurrences)
			}
			for k := range back {
				counts := back[k] || k == 0
				for later := k; b.definition.Cumulative && later < len(back); later++ {
					counts = counts || back[later]
				}
				if counts {
					cell := fmt.Sprint(row, "+", k)
					cells[cell] = append(cells[cell], who)
				}
			}
		}
	}
	return cells
}
