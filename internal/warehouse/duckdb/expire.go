package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"beichen/internal/warehouse"
)

// readHorizon reads from when on events are kept, inside the connection's transaction.
func readHorizon(ctx context.Context, conn mapping.Connection) (at int64, err error) {
	err = query(ctx, conn, "SELECT start FROM horizon", nil, func(c *chunk) error {
		at = column[int64](c, 0)[0]
		return nil
	})
	return at, err
}

// expire moves the horizon and takes out the stored events before it, of which the
// digest knows; late more are counted that are not stored. The engine keeps their bytes until the file
// is written anew (rewrite.go).
func expire(ctx context.Context, conn mapping.Connection, before, horizon int64, late int) error {
	var number, ids uint64
	if horizon > before {
		where := " WHERE time < make_timestamp(" + strconv.FormatInt(horizon, 10) + ")"
		err := query(ctx, conn, "SELECT count(*)::UBIGINT, coalesce(bit_xor(id_hash), 0)::UBIGINT FROM events"+where, nil, func(c *chunk) error {
			number, ids = column[uint64](c, 0)[0], column[uint64](c, 1)[0]
			return nil
		})
		if err == nil && number > 0 {
			err = query(ctx, conn, "DELETE FROM events"+where, nil, nothing)
		}
		if err == nil && number > 0 {
			err = query(ctx, conn, "UPDATE digest SET number = number - $1, ids = xor(ids, $2)", []any{number, ids}, nothing)
		}
		if err != nil {
			return err
		}
	}
	if horizon == before && late == 0 {
		return nil
	}
	text := fmt.Sprintf("UPDATE horizon SET start = %d, gone = gone + %d, dead = dead + %d", horizon, number+uint64(late), number)
	return query(ctx, conn, text, nil, nothing)
}

// Horizon implements warehouse.Warehouse.
func (w *Warehouse) Horizon(ctx context.Context) (h warehouse.Horizon, err error) {
	defer w.enter()()
	var at int64
	if err := w.db.QueryRowContext(ctx, "SELECT start, gone FROM horizon").Scan(&at, &h.Gone); err != nil {
		return h, failed(ctx, err)
	}
	if at != 0 {
		h.From = time.UnixMicro(at).UTC()
	}
	return h, nil
}

// Older implements warehouse.Warehouse.
func (w *Warehouse) Older(ctx context.Context, than time.Time) (events int64, err error) {
	defer w.enter()()
	defer w.reader.help()()
	err = w.db.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE time < ?", stamp(than)).Scan(&events)
	return events, failed(ctx, err)
}
