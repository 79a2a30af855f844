package duckdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// forgetting is one forget on its way through the tables, inside the connection's
// transaction, in which the whole chunk is stored already.
type forgetting struct {
	conn   mapping.Connection
	of     string // numbers, as a list of literals
	before string // the Seq
	ids    []string
}

// forget takes out what a message says (warehouse/forget.go), and writes down what
// that was.
func forget(ctx context.Context, conn mapping.Connection, m *event.Message) error {
	f := forgetting{conn: conn, of: numbers(m.Forgets), before: strconv.FormatUint(m.Seq, 10)}
	if err := f.readIDs(ctx); err != nil {
		return err
	}
	events, err := f.events(ctx)
	if err != nil {
		return err
	}
	said, err := f.identities(ctx)
	if err != nil {
		return err
	}
	refused, err := f.quarantine(ctx, m)
	if err != nil {
		return err
	}
	if err := f.run(ctx, "UPDATE refs SET id = '' WHERE number IN ("+f.of+")"); err != nil {
		return err
	}
	return query(ctx, conn, "INSERT INTO forgets VALUES ("+f.before+", $1, $2, $3, $4, false)",
		[]any{m.MessageID, events + said, uint64(len(f.ids)), uint64(refused)}, nothing)
}

func (f *forgetting) run(ctx context.Context, text string) error {
	return query(ctx, f.conn, text, nil, nothing)
}

// readIDs reads the texts that are about to go.
func (f *forgetting) readIDs(ctx context.Context) error {
	return query(ctx, f.conn, "SELECT id FROM refs WHERE id <> '' AND number IN ("+f.of+")", nil, func(c *chunk) error {
		ids := c.texts(0)
		for row := range c.rows {
			f.ids = append(f.ids, ids.copy(row))
		}
		return nil
	})
}

// theirs selects the texts; more restricts the refs.
func (f *forgetting) theirs(more string) string {
	return "(SELECT id FROM refs WHERE id <> '' AND number IN (" + f.of + ")" + more + ")"
}

// events takes out events, of which the digest knows.
func (f *forgetting) events(ctx context.Context) (number uint64, err error) {
	where := " WHERE customer IN (" + f.of + ") AND seq < " + f.before
	var ids uint64
	err = query(ctx, f.conn, "SELECT count(*)::UBIGINT, coalesce(bit_xor(id_hash), 0)::UBIGINT FROM events"+where, nil, func(c *chunk) error {
		number, ids = column[uint64](c, 0)[0], column[uint64](c, 1)[0]
		return nil
	})
	if err == nil && number > 0 {
		err = f.run(ctx, "DELETE FROM events"+where)
	}
	if err == nil && number > 0 {
		err = query(ctx, f.conn, "UPDATE digest SET number = number - $1, ids = xor(ids, $2)", []any{number, ids}, nothing)
	}
	if err == nil {
		err = f.loosen(ctx, "events")
	}
	return number, err
}

// loosen takes their anonymous ids out of others' messages.
func (f *forgetting) loosen(ctx context.Context, table string) error {
	return f.run(ctx, "UPDATE "+table+" SET anonymous_id = NULL WHERE seq < "+f.before+" AND anonymous_id IN "+f.theirs(" AND anonymous"))
}

// identities takes out what was said of who is who.
func (f *forgetting) identities(ctx context.Context) (number uint64, err error) {
	where := " WHERE seq < " + f.before + " AND (customer IN (" + f.of + ") OR previous_id IN " + f.theirs("") + ")"
	err = query(ctx, f.conn, "SELECT count(*)::UBIGINT FROM identities"+where, nil, func(c *chunk) error {
		number = column[uint64](c, 0)[0]
		return nil
	})
	if err == nil {
		err = f.run(ctx, "DELETE FROM identities"+where)
	}
	if err == nil {
		err = f.loosen(ctx, "identities")
	}
	return number, err
}

// quarantine takes out the entries that carry an id. A backslash may hide one from a
// search in the text.
func (f *forgetting) quarantine(ctx context.Context, m *event.Message) (number int, err error) {
	if len(f.ids) == 0 {
		return 0, nil
	}
	args := []any{m.ReceivedAt, `\`}
	like := "contains(raw, $2)"
	for _, id := range f.ids {
		args = append(args, id)
		like += " OR contains(raw, $" + strconv.Itoa(len(args)) + ")"
	}
	var rows []string
	err = query(ctx, f.conn, "SELECT rowid::UBIGINT, raw FROM quarantine WHERE received <= $1 AND ("+like+")", args, func(c *chunk) error {
		place, raw := column[uint64](c, 0), c.texts(1)
		for row := range c.rows {
			if warehouse.Carries(json.RawMessage(raw.copy(row)), f.ids) {
				rows = append(rows, strconv.FormatUint(place[row], 10))
			}
		}
		return nil
	})
	for part := range slices.Chunk(rows, 4096) {
		if err == nil {
			err = f.run(ctx, "DELETE FROM quarantine WHERE rowid IN ("+strings.Join(part, ",")+")")
		}
	}
	return len(rows), err
}

// Forgotten implements warehouse.Warehouse.
func (w *Warehouse) Forgotten(ctx context.Context, messageID string) (f warehouse.Forgotten, ok bool, err error) {
	defer w.enter()()
	err = w.db.QueryRowContext(ctx, "SELECT messages, ids, quarantined FROM forgets WHERE message_id = ?", messageID).
		Scan(&f.Messages, &f.IDs, &f.Quarantined)
	if errors.Is(err, sql.ErrNoRows) {
		return f, false, nil
	}
	return f, err == nil, failed(ctx, err)
}
