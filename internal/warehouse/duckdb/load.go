package duckdb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// types are stored as the index of a type in this list.
var types = [...]event.Type{1: event.Track, 2: event.Page, 3: event.Screen, 4: event.Identify, 5: event.Group, 6: event.Alias, 7: event.Unlink, 8: event.Forget, 9: event.Expire}

// Position implements warehouse.Warehouse.
func (w *Warehouse) Position(ctx context.Context) (warehouse.Position, error) {
	var p warehouse.Position
	defer w.enter()()
	err := w.db.QueryRowContext(ctx, "SELECT record, seq FROM position").Scan(&p.Record, &p.Seq)
	return p, failed(ctx, err)
}

// Load implements warehouse.Warehouse.
func (w *Warehouse) Load(ctx context.Context, c warehouse.Chunk) error {
	w.write.Lock()
	defer w.write.Unlock()
	err := w.reader.transact(ctx, func(conn mapping.Connection) error { return w.load(ctx, conn, c) })
	if errors.Is(err, warehouse.ErrOutOfStep) {
		return err
	}
	if err != nil {
		return failed(ctx, err)
	}
	for _, d := range []*dictionary{w.names, w.currencies} {
		d.saved = len(d.all())
	}
	return nil
}

// load stores a chunk inside the connection's transaction.
func (w *Warehouse) load(ctx context.Context, conn mapping.Connection, c warehouse.Chunk) error {
	var at warehouse.Position
	var refs, accounts uint64
	const state = `SELECT record, seq, (SELECT count(*) FROM refs)::UBIGINT, (SELECT count(*) FROM accounts)::UBIGINT FROM position`
	err := query(ctx, conn, state, nil, func(row *chunk) error {
		at = warehouse.Position{Record: column[uint64](row, 0)[0], Seq: column[uint64](row, 1)[0]}
		refs, accounts = column[uint64](row, 2)[0], column[uint64](row, 3)[0]
		return nil
	})
	if err != nil {
		return err
	}
	if at.Record != c.After.Record {
		return fmt.Errorf("%w: after record %d, stored %d", warehouse.ErrOutOfStep, c.After.Record, at.Record)
	}
	before, err := readHorizon(ctx, conn)
	if err != nil {
		return err
	}
	c, horizon, late := warehouse.Expire(c, before)
	t := &tables{conn: conn}
	t.addRefs(uint32(refs), c.Refs)
	t.addAccounts(uint32(accounts), c.Accounts)
	var added warehouse.Digest
	for i, m := range c.Messages {
		if i%1024 == 0 && ctx.Err() != nil {
			t.err = ctx.Err()
			break
		}
		if m.Type.IsEvent() {
			w.addEvent(t, m)
			added.Events++
			added.IDs ^= warehouse.IDHash(m.MessageID)
		} else {
			t.addIdentity(m)
		}
	}
	for i := range c.Quarantined {
		t.addQuarantined(&c.Quarantined[i])
	}
	t.addWords(w.names)
	t.addWords(w.currencies)
	if err := t.close(); err != nil {
		return err
	}
	if added.Events > 0 {
		const add = "UPDATE digest SET number = number + $1, ids = xor(ids, $2)"
		if err := query(ctx, conn, add, []any{uint64(added.Events), added.IDs}, nothing); err != nil {
			return err
		}
	}
	if err := expire(ctx, conn, before, horizon, late); err != nil {
		return err
	}
	for _, m := range c.Messages {
		if m.Type == event.Forget {
			if err := forget(ctx, conn, m.Message); err != nil {
				return err
			}
		}
	}
	return query(ctx, conn, "UPDATE position SET record = $1, seq = $2", []any{c.Through.Record, c.Through.Seq}, nothing)
}

// tables holds an appender for each table that rows go to, and the first error.
type tables struct {
	conn mapping.Connection
	open []*appender
	err  error
}

// to is the appender of a table; nil after an error.
func (t *tables) to(table string) *appender {
	if t.err != nil {
		return nil
	}
	for _, a := range t.open {
		if a.table == table {
			t.err = a.err
			return a
		}
	}
	a, err := newAppender(t.conn, table)
	if err != nil {
		t.err = err
		return nil
	}
	t.open = append(t.open, a)
	return a
}

func (t *tables) close() error {
	for _, a := range t.open {
		if err := a.close(t.err != nil); t.err == nil {
			t.err = err
		}
	}
	return t.err
}

// addRefs appends ids whose numbers follow the last stored one.
func (t *tables) addRefs(last uint32, refs []event.Ref) {
	for i, ref := range refs {
		if a := t.to("refs"); a != nil {
			put(a, last+uint32(i)+1)
			put(a, ref.Anonymous)
			a.text(ref.ID)
			a.next()
		}
	}
}

func (t *tables) addAccounts(last uint32, ids []string) {
	for i, id := range ids {
		if a := t.to("accounts"); a != nil {
			put(a, last+uint32(i)+1)
			a.text(id)
			a.next()
		}
	}
}

// addWords appends what is new in a dictionary.
func (t *tables) addWords(d *dictionary) {
	for code, text := range d.all() {
		if code < d.saved {
			continue
		}
		if a := t.to("words"); a != nil {
			put(a, d.kind)
			put(a, uint32(code))
			a.text(text)
			a.next()
		}
	}
}

func (w *Warehouse) addEvent(t *tables, m warehouse.Stored) {
	a := t.to("events")
	if a == nil {
		return
	}
	put(a, m.Seq)
	put(a, code(m.Type))
	put(a, m.Customer)
	put(a, m.Account)
	a.time(m.Time)
	put(a, w.names.code(m.Name))
	a.amount(m.Value)
	a.amount(m.Cost)
	put(a, w.currencies.code(m.Currency))
	a.textOrNull(m.Channel)
	a.textOrNull(m.Source)
	a.json(m.Properties)
	a.json(m.Context)
	put(a, warehouse.IDHash(m.MessageID))
	a.text(m.MessageID)
	if m.UserID != "" {
		a.textOrNull(m.AnonymousID)
	} else {
		a.null()
	}
	a.time(m.ReceivedAt)
	put(a, m.Imported)
	a.next()
}

func (t *tables) addIdentity(m warehouse.Stored) {
	a := t.to("identities")
	if a == nil {
		return
	}
	put(a, m.Seq)
	put(a, code(m.Type))
	put(a, m.Customer)
	put(a, m.Account)
	a.time(m.Time)
	for _, text := range [...]string{m.UserID, m.AnonymousID, m.PreviousID, m.GroupID, m.Unlinks, m.Channel, m.Source} {
		a.textOrNull(text)
	}
	a.json(m.Context)
	a.json(m.Traits)
	put(a, warehouse.IDHash(m.MessageID))
	a.text(m.MessageID)
	a.time(m.ReceivedAt)
	put(a, m.Imported)
	a.textOrNull(numberList(m.Forgets))
	a.next()
}

func (t *tables) addQuarantined(q *warehouse.Quarantined) {
	a := t.to("quarantine")
	if a == nil {
		return
	}
	a.text(q.ID)
	a.time(q.ReceivedAt)
	for _, text := range [...]string{q.Source, q.Reason, q.Detail, string(q.Raw), q.Type} {
		a.text(text)
	}
	put(a, q.Imported)
	a.text(string(cmp.Or(q.Status, warehouse.Open)))
	a.text(q.ResolvedBy)
	if q.ResolvedAt != nil {
		a.time(*q.ResolvedAt)
	} else {
		a.null()
	}
	a.next()
}

// json puts a JSON object, null where there is none. Whoever made the chunk has
// read it to its end; here only one that was cut off is noticed.
func (a *appender) json(object json.RawMessage) {
	if len(object) == 0 {
		a.null()
		return
	}
	if (object[0] != '{' || object[len(object)-1] != '}') && a.err == nil {
		a.err = fmt.Errorf("%s: no JSON object: %.40q", a.table, object)
	}
	a.unicode(unsafe.String(unsafe.SliceData(object), len(object)))
}

func code(of event.Type) uint8 {
	for i, t := range types {
		if t == of {
			return uint8(i)
		}
	}
	return 0
}

// stamp is what the engine keeps of an instant: UTC, cut to microseconds.
func stamp(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

// numbers writes dense numbers as a list of SQL literals.
func numbers(of []identity.Number) string {
	return cmp.Or(numberList(of), "NULL")
}

func numberList(of []identity.Number) string {
	text := make([]byte, 0, 8*len(of))
	for i, n := range of {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, uint64(n), 10)
	}
	return string(text)
}
