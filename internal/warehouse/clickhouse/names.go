package clickhouse

import (
	"context"
	"strconv"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Names implements warehouse.Warehouse. Weeks are spans of seven days that end with
// the newest event.
func (w *Warehouse) Names(ctx context.Context) ([]warehouse.NameSummary, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	names := warehouse.NameTally{}
	var name, kind string
	var ago, first, last int64
	var count uint64
	const week = "604800000000"
	text := "SELECT name, type, least(intDiv(" + strconv.FormatInt(s.last, 10) + " - time, " + week + "), 26)::Int64 AS ago, count(), min(time), max(time) " +
		"FROM all_events WHERE " + s.happened() + " GROUP BY name, type, ago"
	err = w.each(ctx, text, []any{&name, &kind, &ago, &count, &first, &last}, func() error {
		names.Add(name, event.Type(kind), int(ago), int64(count), first, last)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return names.Summary(), nil
}

// Properties implements warehouse.Warehouse. The sample is the newest 3,000 events
// of the name.
func (w *Warehouse) Properties(ctx context.Context, name string) ([]warehouse.PropertySummary, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	where := " WHERE " + s.happened()
	if name != "" {
		where += " AND name = " + literal(name)
	}
	sample := warehouse.NewSample()
	var properties, fields string
	err = w.each(ctx, "SELECT properties, context FROM all_events"+where+" ORDER BY seq DESC LIMIT 3000", []any{&properties, &fields}, func() error {
		sample.Add(event.Properties, []byte(properties))
		sample.Add(event.Context, []byte(fields))
		return nil
	})
	return sample.Summary(), err
}

// Stats implements warehouse.Warehouse. All but the bytes stand with the position.
func (w *Warehouse) Stats(ctx context.Context) (warehouse.Stats, error) {
	out, err := w.Extent(ctx)
	if err != nil {
		return out, err
	}
	var bytes uint64
	var version string
	text := "SELECT (SELECT sum(bytes_on_disk) FROM clusterAllReplicas(" + literal(w.options.Cluster) +
		", system.parts) WHERE active AND database = currentDatabase()), version()"
	err = w.each(ctx, text, []any{&bytes, &version}, func() error {
		out.DiskBytes, out.Engine = int64(bytes), "ClickHouse "+version
		return nil
	})
	return out, err
}

// Extent implements warehouse.Warehouse.
func (w *Warehouse) Extent(ctx context.Context) (warehouse.Stats, error) {
	var out warehouse.Stats
	s, err := w.standing(ctx)
	if err != nil {
		return out, err
	}
	out.Messages, out.Events = int64(s.messages), int64(s.events)
	if s.events > 0 {
		out.First, out.Last = instant(s.first), instant(s.last)
	}
	if s.messages > 0 {
		out.Received = instant(s.received)
	}
	return out, nil
}
