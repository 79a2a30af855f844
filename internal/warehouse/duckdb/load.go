package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// types are stored as the index of a type in this list.
var types = [...]event.Type{1: event.Track, 2: event.Page, 3: event.Screen, 4: event.Identify, 5: event.Group, 6: event.Alias, 7: event.Unlink}

// Position implements warehouse.Warehouse.
func (w *Warehouse) Position(ctx context.Context) (warehouse.Position, error) {
	var p warehouse.Position
	err := w.db.QueryRowContext(ctx, "SELECT record, seq FROM position").Scan(&p.Record, &p.Seq)
	return p, failed(ctx, err)
}

// Load implements warehouse.Warehouse.
func (w *Warehouse) Load(ctx context.Context, c warehouse.Chunk) error {
	w.write.Lock()
	defer w.write.Unlock()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return failed(ctx, err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return failed(ctx, err)
	}
	defer tx.Rollback()
	var at warehouse.Position
	if err := tx.QueryRowContext(ctx, "SELECT record, seq FROM position").Scan(&at.Record, &at.Seq); err != nil {
		return failed(ctx, err)
	}
	if at.Record != c.After.Record {
		return fmt.Errorf("%w: after record %d, stored %d", warehouse.ErrOutOfStep, c.After.Record, at.Record)
	}
	if err := w.insert(ctx, conn, c); err != nil {
		return failed(ctx, err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE position SET record = ?, seq = ?", c.Through.Record, c.Through.Seq); err != nil {
		return failed(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return failed(ctx, err)
	}
	for _, d := range []*dictionary{w.names, w.currencies} {
		d.saved = len(d.all())
	}
	return nil
}

// insert appends a chunk's rows inside the connection's transaction.
func (w *Warehouse) insert(ctx context.Context, conn *sql.Conn, c warehouse.Chunk) error {
	var refs, accounts uint32
	err := conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM refs), (SELECT count(*) FROM accounts)").Scan(&refs, &accounts)
	if err != nil {
		return err
	}
	return conn.Raw(func(raw any) error {
		t := &tables{conn: raw.(driver.Conn), open: map[string]*duckdb.Appender{}}
		for i, ref := range c.Refs {
			t.add("refs", refs+uint32(i)+1, ref.Anonymous, ref.ID)
		}
		for i, id := range c.Accounts {
			t.add("accounts", accounts+uint32(i)+1, id)
		}
		for _, m := range c.Messages {
			if t.err == nil {
				t.err = ctx.Err()
			}
			if m.Type.IsEvent() {
				w.addEvent(t, m)
			} else {
				addIdentity(t, m)
			}
		}
		for _, q := range c.Quarantined {
			addQuarantined(t, q)
		}
		for _, d := range []*dictionary{w.names, w.currencies} {
			for code, text := range d.all() {
				if code >= d.saved {
					t.add("words", d.kind, uint32(code), text)
				}
			}
		}
		return t.close()
	})
}

// tables holds an appender for each table that rows go to, and the first error.
type tables struct {
	conn driver.Conn
	open map[string]*duckdb.Appender
	err  error
}

func (t *tables) add(table string, row ...driver.Value) {
	if t.err != nil {
		return
	}
	appender, ok := t.open[table]
	if !ok {
		if appender, t.err = duckdb.NewAppenderFromConn(t.conn, "", table); t.err != nil {
			return
		}
		t.open[table] = appender
	}
	t.err = appender.AppendRow(row...)
}

func (t *tables) close() error {
	for table, appender := range t.open {
		if t.err != nil {
			// What was appended must not reach the table.
			appender.Clear()
		}
		if err := appender.Close(); err != nil && t.err == nil {
			t.err = fmt.Errorf("%s: %w", table, err)
		}
	}
	return t.err
}

func (w *Warehouse) addEvent(t *tables, m warehouse.Stored) {
	var visitor any
	if m.UserID != "" {
		visitor = orNull(m.AnonymousID)
	}
	t.add("events", m.Seq, code(m.Type), uint32(m.Customer), uint32(m.Account), stamp(m.Time), w.names.code(m.Name),
		amount(m.Value), amount(m.Cost), w.currencies.code(m.Currency), orNull(m.Channel), orNull(m.Source),
		t.json(m.Properties), t.json(m.Context),
		idHash(m.MessageID), m.MessageID, visitor, stamp(m.ReceivedAt), m.Imported)
}

func addIdentity(t *tables, m warehouse.Stored) {
	t.add("identities", m.Seq, code(m.Type), uint32(m.Customer), uint32(m.Account), stamp(m.Time),
		orNull(m.UserID), orNull(m.AnonymousID), orNull(m.PreviousID), orNull(m.GroupID), orNull(m.Unlinks),
		orNull(m.Channel), orNull(m.Source), t.json(m.Context), t.json(m.Traits),
		idHash(m.MessageID), m.MessageID, stamp(m.ReceivedAt), m.Imported)
}

func addQuarantined(t *tables, q warehouse.Quarantined) {
	status := q.Status
	if status == "" {
		status = warehouse.Open
	}
	var resolved any
	if q.ResolvedAt != nil {
		resolved = stamp(*q.ResolvedAt)
	}
	t.add("quarantine", q.ID, stamp(q.ReceivedAt), valid(q.Source), q.Reason, valid(q.Detail), valid(string(q.Raw)), valid(q.Type),
		q.Imported, string(status), q.ResolvedBy, resolved)
}

// json makes a column's value of a JSON object; nil is NULL.
func (t *tables) json(object json.RawMessage) any {
	if len(object) == 0 {
		return nil
	}
	clean, err := event.Clean(object)
	if err != nil && t.err == nil {
		t.err = err
	}
	return string(clean)
}

func code(of event.Type) uint8 {
	for i, t := range types {
		if t == of {
			return uint8(i)
		}
	}
	return 0
}

func amount(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// stamp is what the engine keeps of an instant: UTC, cut to microseconds.
func stamp(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

func idHash(id string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, id)
	return h.Sum64()
}

// numbers writes dense numbers as a list of SQL literals.
func numbers(of []identity.Number) string {
	text := make([]byte, 0, 8*len(of)+4)
	for i, n := range of {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Append(text, n)
	}
	if len(text) == 0 {
		return "NULL"
	}
	return string(text)
}
