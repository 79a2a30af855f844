package duckdb

import (
	"context"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Names implements warehouse.Warehouse. Weeks are spans of seven days that end with
// the newest event.
func (w *Warehouse) Names(ctx context.Context) ([]warehouse.NameSummary, error) {
	const text = `
		WITH newest AS MATERIALIZED (SELECT max(time) AS last_time FROM events)
		SELECT name, type, least(date_diff('microseconds', time, last_time) // 604800000000, 26)::UINTEGER AS ago,
			count(*)::UBIGINT, min(time), max(time)
		FROM events, newest GROUP BY ALL`
	names := warehouse.NameTally{}
	err := w.each(ctx, text, nil, func(c *chunk) error {
		name, kind, ago := column[uint32](c, 0), column[uint8](c, 1), column[uint32](c, 2)
		count, first, last := column[uint64](c, 3), column[int64](c, 4), column[int64](c, 5)
		texts := w.names.all()
		for i := range c.rows {
			names.Add(texts[name[i]], types[kind[i]], int(ago[i]), int64(count[i]), first[i], last[i])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return names.Summary(), nil
}

// Properties implements warehouse.Warehouse. The sample is the newest 3,000
// events of the name.
func (w *Warehouse) Properties(ctx context.Context, name string) ([]warehouse.PropertySummary, error) {
	s := warehouse.NewSample()
	where, args := "", []any{}
	if name != "" {
		code, known := w.names.find(name)
		if !known {
			return s.Summary(), nil
		}
		where, args = "WHERE name = $1 ", []any{code}
	}
	// The newest are found by narrow columns first; wide ones are read for them only.
	text := "SELECT properties, context FROM events WHERE seq IN (SELECT seq FROM events " + where + "ORDER BY seq DESC LIMIT 3000)"
	err := w.each(ctx, text, args, func(c *chunk) error {
		properties, context := c.texts(0), c.texts(1)
		for row := range c.rows {
			s.Add(event.Properties, []byte(properties.copy(row)))
			s.Add(event.Context, []byte(context.copy(row)))
		}
		return nil
	})
	return s.Summary(), err
}
