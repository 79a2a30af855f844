package duckdb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

const weeks = 26

// Names implements warehouse.Warehouse. A name that came with several types has
// the most frequent of them. Weeks are spans of seven days that end with the
// newest event.
func (w *Warehouse) Names(ctx context.Context) ([]warehouse.NameSummary, error) {
	const text = `
		WITH newest AS MATERIALIZED (SELECT max(time) AS last_time FROM events)
		SELECT name, type, least(date_diff('microseconds', time, last_time) // 604800000000, 26)::UINTEGER AS ago,
			count(*)::UBIGINT, min(time), max(time)
		FROM events, newest GROUP BY ALL`
	type counted struct {
		warehouse.NameSummary
		types map[event.Type]int64
	}
	byCode := map[uint32]*counted{}
	err := w.each(ctx, text, nil, func(c *chunk) error {
		name, kind, ago := column[uint32](c, 0), column[uint8](c, 1), column[uint32](c, 2)
		count, first, last := column[uint64](c, 3), column[int64](c, 4), column[int64](c, 5)
		for i := range c.rows {
			n := byCode[name[i]]
			if n == nil {
				n = &counted{types: map[event.Type]int64{}}
				n.Weekly = make([]int64, weeks)
				n.First, n.Last = time.UnixMicro(first[i]).UTC(), time.UnixMicro(last[i]).UTC()
				byCode[name[i]] = n
			}
			n.Count += int64(count[i])
			n.types[types[kind[i]]] += int64(count[i])
			if ago[i] < weeks {
				n.Weekly[weeks-1-ago[i]] += int64(count[i])
			}
			if t := time.UnixMicro(first[i]).UTC(); t.Before(n.First) {
				n.First = t
			}
			if t := time.UnixMicro(last[i]).UTC(); t.After(n.Last) {
				n.Last = t
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	texts := w.names.all()
	summaries := []warehouse.NameSummary{}
	for code, n := range byCode {
		n.Name = texts[code]
		for _, t := range []event.Type{event.Track, event.Page, event.Screen} {
			if n.types[t] > n.types[n.Type] {
				n.Type = t
			}
		}
		summaries = append(summaries, n.NameSummary)
	}
	slices.SortFunc(summaries, func(a, b warehouse.NameSummary) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return summaries, nil
}

// Properties implements warehouse.Warehouse. The sample is the newest 3,000
// events of the name.
func (w *Warehouse) Properties(ctx context.Context, name string) ([]warehouse.PropertySummary, error) {
	s := newSample()
	where, args := "", []any{}
	if name != "" {
		code, known := w.names.find(name)
		if !known {
			return s.summary(), nil
		}
		where, args = "WHERE name = $1 ", []any{code}
	}
	// The newest are found by narrow columns first; wide ones are read for them only.
	text := "SELECT properties, context FROM events WHERE seq IN (SELECT seq FROM events " + where + "ORDER BY seq DESC LIMIT 3000)"
	err := w.each(ctx, text, args, func(c *chunk) error {
		properties, context := c.texts(0), c.texts(1)
		for row := range c.rows {
			s.add(event.Properties, []byte(properties.copy(row)))
			s.add(event.Context, []byte(context.copy(row)))
		}
		return nil
	})
	return s.summary(), err
}
