package duckdb

import (
	"context"
	"strings"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Histories implements warehouse.Warehouse. The engine sorts by customer, on disk where
// that is more than its memory: the events lie in the order of their arrival. How many
// events of the rest everybody has is told first, unless events are counted together,
// which tells it as well; where more is asked of the rest, it is sorted among the others.
func (w *Warehouse) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	q := w.newScan(s)
	text := q.sql()
	if names, apart := s.Wanted(); apart && s.Rest == warehouse.CountOfRest && s.Group == nil {
		wanted := w.named(names)
		if err := w.countRest(ctx, s, wanted, yield); err != nil {
			return err
		}
		text += " AND " + wanted
	}
	err := w.each(ctx, text+" ORDER BY customer", q.args, func(c *chunk) error {
		q.out.Names, q.out.Currencies = w.names.all(), w.currencies.all()
		b := q.batch(c)
		// The next chunk may begin with more of the last customer.
		return yield(b, max(b.Customer[b.Len-1], 1)-1)
	})
	if err != nil {
		return err
	}
	return yield(&warehouse.Batch{Words: q.words, Keys: make([][]uint32, len(s.Keys)), Values: q.out.Values, Names: q.out.Names, Currencies: q.out.Currencies}, warehouse.MaxNumber)
}

// named is the condition that an event has one of some names.
func (w *Warehouse) named(names []string) string {
	var codes []string
	for _, name := range names {
		if code, known := w.names.find(name); known {
			codes = append(codes, codeText(code))
		}
	}
	if len(codes) == 0 {
		return "false"
	}
	return "name IN (" + strings.Join(codes, ", ") + ")"
}

// countRest tells how many events that are not wanted everybody has.
func (w *Warehouse) countRest(ctx context.Context, s warehouse.Scan, wanted string, yield func(*warehouse.Batch, identity.Number) error) error {
	s.Patterns, s.Keys = nil, nil
	q := w.newScan(s)
	whose := "customer"
	if !s.Unaccounted {
		whose += ", account"
	}
	text := "SELECT count(*), " + whose + " FROM events WHERE " + q.where() + " AND NOT " + wanted + " GROUP BY " + whose
	return w.each(ctx, text, q.args, func(c *chunk) error {
		b := &warehouse.Batch{Len: c.rows, Rest: true, Count: column[int64](c, 0), Customer: column[uint32](c, 1)}
		if !s.Unaccounted {
			b.Account = column[uint32](c, 2)
		}
		return yield(b, 0)
	})
}
