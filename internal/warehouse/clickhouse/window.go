package clickhouse

import (
	"context"

	"beichen/internal/warehouse"
)

// Who reads all events, to build an index of them, gets them window by window of
// their positions. In a window every position has one row, so that rows that come in
// any order are put in theirs by counting. To have the engine sort them costs it four
// to eight times what it needs to read them: it merges what it sorted row by row,
// with all their columns. A window is read from the few parts that have positions of
// it, since events are partitioned by when they happened and mostly come soon after.

// everything reports whether a scan leaves out no events but by their position.
func everything(s warehouse.Scan) bool {
	return s.Customers == nil && s.Range == (warehouse.Range{}) && len(s.Segment) == 0 && s.From.IsZero() && s.Until.IsZero()
}

// windowRows is how many rows are held at once, at some 60 bytes each.
const windowRows = 1 << 19

// scanWindows reads all events after a position and up to another.
func (w *Warehouse) scanWindows(ctx context.Context, at *standing, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	unplaced, through := s.Unplaced, s.MaxSeq
	s.Unplaced = false
	q := newScan(s)
	out := q.newBatch()
	rows := make([]int32, min(w.window, through-min(s.After, through))) // by position: 1 + the row, 0 where there is none
	for q.After < through {
		q.MaxSeq = min(q.After+w.window, through)
		err := w.each(ctx, q.sql(at), q.places(), func() error {
			q.take()
			rows[q.row.seq-q.After-1] = int32(q.out.Len)
			return nil
		})
		if err != nil {
			return err
		}
		for place, row := range rows {
			if rows[place] = 0; row > 0 {
				q.give(&out, int(row)-1, unplaced)
			}
			if out.Len == batchRows || place == len(rows)-1 && out.Len > 0 {
				q.describe(&out)
				err := yield(&out)
				if emptied(&out); err != nil {
					return err
				}
			}
		}
		emptied(&q.out)
		q.After = q.MaxSeq
	}
	return nil
}

// give adds a row of the window to a batch.
func (q *scan) give(b *warehouse.Batch, row int, unplaced bool) {
	from := &q.out
	b.Len++
	b.Customer, b.Time, b.Name = append(b.Customer, from.Customer[row]), append(b.Time, from.Time[row]), append(b.Name, from.Name[row])
	b.Value, b.Cost, b.Currency = append(b.Value, from.Value[row]), append(b.Cost, from.Cost[row]), append(b.Currency, from.Currency[row])
	if !unplaced {
		b.Seq = append(b.Seq, from.Seq[row])
	}
	if !q.Unaccounted {
		b.Account = append(b.Account, from.Account[row])
	}
	b.Match = append(b.Match, from.Match[row*q.words:(row+1)*q.words]...)
	for k := range b.Keys {
		b.Keys[k] = append(b.Keys[k], from.Keys[k][row])
	}
}
