package duckdb

import (
	"context"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Histories implements warehouse.Warehouse. The engine sorts by customer, on disk where
// that is more than its memory: the events lie in the order of their arrival.
func (w *Warehouse) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	q := w.newScan(s)
	err := w.each(ctx, q.sql()+" ORDER BY customer", q.args, func(c *chunk) error {
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
