package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// messagesAtOnce is how many positions are read by one question: what it has to hold
// besides the rows that come, which are the ids and the identity facts of so many.
const messagesAtOnce = 1 << 16

// Messages implements warehouse.Warehouse. Rows were appended in the order of their
// positions, which the engine keeps.
func (w *Warehouse) Messages(ctx context.Context, after, through uint64, yield func(warehouse.Stored) error) error {
	for after < through {
		upTo := after + min(messagesAtOnce, through-after)
		where := " WHERE seq > " + strconv.FormatUint(after, 10) + " AND seq <= " + strconv.FormatUint(upTo, 10)
		r := &retelling{w: w, yield: yield, last: after, texts: map[string]string{}}
		if err := r.tell(ctx, where); err != nil {
			return err
		}
		after = upTo
		if r.told == 0 && after < through { // positions may be left out, many at a time
			next, err := w.nextSeq(ctx, after, through)
			if err != nil {
				return err
			}
			after = next - 1
		}
	}
	return nil
}

// nextSeq is the first position after another that has a message, or through + 1.
func (w *Warehouse) nextSeq(ctx context.Context, after, through uint64) (uint64, error) {
	text := "SELECT coalesce(min(seq), $2 + 1) FROM (SELECT min(seq) AS seq FROM events WHERE seq > $1 AND seq <= $2 UNION ALL " +
		"SELECT min(seq) FROM identities WHERE seq > $1 AND seq <= $2)"
	var next uint64
	err := w.each(ctx, text, []any{after, through}, func(c *chunk) error {
		next = column[uint64](c, 0)[0]
		return nil
	})
	return next, err
}

// retelling puts the messages of one run of positions together again.
type retelling struct {
	w          *Warehouse
	yield      func(warehouse.Stored) error
	refs       map[identity.Number]event.Ref
	accounts   map[identity.Number]string
	identities []warehouse.Stored // that wait for the events before them
	last       uint64             // position that was told
	told       int
	texts      map[string]string // few and often repeated ones
}

func (r *retelling) tell(ctx context.Context, where string) error {
	if err := r.readOwners(ctx, where); err != nil {
		return err
	}
	const facts = `SELECT seq, type, customer, account, time, user_id, anonymous_id, previous_id, group_id, unlinks, channel, source,
		context, traits, message_id, received, imported::UTINYINT, forgets FROM identities`
	if err := r.w.each(ctx, facts+where, nil, r.takeIdentities); err != nil {
		return err
	}
	const events = `SELECT seq, type, customer, account, time, name, value, cost, currency, channel, source, properties, context,
		message_id, anonymous_id, received, imported::UTINYINT FROM events`
	if err := r.w.each(ctx, events+where, nil, r.takeEvents); err != nil {
		return err
	}
	return r.identitiesBefore(math.MaxUint64)
}

// readOwners reads the ids that the run's events have as numbers.
func (r *retelling) readOwners(ctx context.Context, where string) error {
	r.refs, r.accounts = map[identity.Number]event.Ref{}, map[identity.Number]string{}
	const refs = "SELECT number, anonymous::UTINYINT, id FROM refs WHERE number IN (SELECT customer FROM events"
	err := r.w.each(ctx, refs+where+")", nil, func(c *chunk) error {
		number, anonymous, ids := column[uint32](c, 0), column[uint8](c, 1), c.texts(2)
		for row := range c.rows {
			r.refs[number[row]] = event.Ref{Anonymous: anonymous[row] == 1, ID: ids.copy(row)}
		}
		return nil
	})
	if err != nil {
		return err
	}
	const accounts = "SELECT number, id FROM accounts WHERE number IN (SELECT account FROM events"
	return r.w.each(ctx, accounts+where+")", nil, func(c *chunk) error {
		number, ids := column[uint32](c, 0), c.texts(1)
		for row := range c.rows {
			r.accounts[number[row]] = ids.copy(row)
		}
		return nil
	})
}

func (r *retelling) takeIdentities(c *chunk) error {
	seq, kind, customer, account, at := column[uint64](c, 0), column[uint8](c, 1), column[uint32](c, 2), column[uint32](c, 3), column[int64](c, 4)
	user, anonymous, previous, group, unlinks := c.texts(5), c.texts(6), c.texts(7), c.texts(8), c.texts(9)
	channel, source, context, traits, id := c.texts(10), c.texts(11), c.texts(12), c.texts(13), c.texts(14)
	received, imported, forgets := column[int64](c, 15), column[uint8](c, 16), c.texts(17)
	for i := range c.rows {
		r.identities = append(r.identities, warehouse.Stored{Customer: customer[i], Account: account[i], Message: &event.Message{
			Seq: seq[i], Type: types[kind[i]], Time: time.UnixMicro(at[i]).UTC(), ReceivedAt: time.UnixMicro(received[i]).UTC(),
			UserID: user.copy(i), AnonymousID: anonymous.copy(i), PreviousID: previous.copy(i), GroupID: group.copy(i), Unlinks: unlinks.copy(i),
			Channel: r.often(channel, i), Source: r.often(source, i), Context: objectOf(context, i), Traits: objectOf(traits, i),
			MessageID: id.copy(i), Imported: imported[i] == 1, Forgets: numbersOf(forgets.copy(i)),
		}})
	}
	return nil
}

func (r *retelling) takeEvents(c *chunk) error {
	seq, kind, customer, account, at := column[uint64](c, 0), column[uint8](c, 1), column[uint32](c, 2), column[uint32](c, 3), column[int64](c, 4)
	name, currency := column[uint32](c, 5), column[uint32](c, 8)
	var valueRoom, costRoom []float64
	value, cost := c.amounts(6, &valueRoom), c.amounts(7, &costRoom)
	channel, source, properties, context, id, anonymous := c.texts(9), c.texts(10), c.texts(11), c.texts(12), c.texts(13), c.texts(14)
	received, imported := column[int64](c, 15), column[uint8](c, 16)
	names, currencies := r.w.names.all(), r.w.currencies.all()
	for i := range c.rows {
		m := &event.Message{
			Seq: seq[i], Type: types[kind[i]], Name: names[name[i]], Time: time.UnixMicro(at[i]).UTC(), ReceivedAt: time.UnixMicro(received[i]).UTC(),
			GroupID: r.accounts[account[i]], Value: amountOf(value[i]), Cost: amountOf(cost[i]), Currency: currencies[currency[i]],
			Channel: r.often(channel, i), Source: r.often(source, i), Properties: objectOf(properties, i), Context: objectOf(context, i),
			MessageID: id.copy(i), Imported: imported[i] == 1,
		}
		if ref := r.refs[customer[i]]; ref.Anonymous {
			m.AnonymousID = ref.ID
		} else {
			m.UserID, m.AnonymousID = ref.ID, anonymous.copy(i)
		}
		if err := r.identitiesBefore(m.Seq); err != nil {
			return err
		}
		if err := r.give(warehouse.Stored{Message: m, Customer: customer[i], Account: account[i]}); err != nil {
			return err
		}
	}
	return nil
}

// identitiesBefore gives the identity facts before a position.
func (r *retelling) identitiesBefore(seq uint64) error {
	for len(r.identities) > 0 && r.identities[0].Seq < seq {
		if err := r.give(r.identities[0]); err != nil {
			return err
		}
		r.identities = r.identities[1:]
	}
	return nil
}

func (r *retelling) give(m warehouse.Stored) error {
	if m.Seq <= r.last {
		return fault.Wrap(fmt.Errorf("message %d after message %d", m.Seq, r.last), fault.Internal, "warehouse.failed")
	}
	r.last = m.Seq
	r.told++
	return r.yield(m)
}

// often is a text of which there are few.
func (r *retelling) often(texts texts, row int) string {
	text, _ := texts.at(row)
	kept, known := r.texts[text]
	if !known {
		kept = texts.copy(row)
		r.texts[kept] = kept
	}
	return kept
}

func objectOf(texts texts, row int) json.RawMessage {
	text, ok := texts.at(row)
	if !ok {
		return nil
	}
	return json.RawMessage(text) // copies it
}

func amountOf(value float64) *float64 {
	if math.IsNaN(value) {
		return nil
	}
	return &value
}

// Entries implements warehouse.Warehouse. What is decided about an entry is changed in
// its place, so that rows stay in the order in which they were appended.
func (w *Warehouse) Entries(ctx context.Context, yield func(warehouse.Quarantined) error) error {
	defer w.enter()()
	rows, err := w.db.QueryContext(ctx, "SELECT "+quarantineColumns+" FROM quarantine ORDER BY rowid")
	if err != nil {
		return failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		entry, err := quarantined(rows)
		if err != nil {
			return failed(ctx, err)
		}
		if err := yield(entry); err != nil {
			return err
		}
	}
	return failed(ctx, rows.Err())
}

// Days implements warehouse.Warehouse.
func (w *Warehouse) Days(ctx context.Context, through uint64) ([]warehouse.Day, error) {
	const text = `SELECT time::DATE - DATE '1970-01-01', count(*)::BIGINT, bit_xor(id_hash) FROM (
		SELECT time, id_hash FROM events WHERE seq <= $1 UNION ALL SELECT time, id_hash FROM identities WHERE seq <= $1
	) GROUP BY 1 ORDER BY 1`
	var days []warehouse.Day
	err := w.each(ctx, text, []any{through}, func(c *chunk) error {
		number, messages, ids := column[int64](c, 0), column[int64](c, 1), column[uint64](c, 2)
		for row := range c.rows {
			days = append(days, warehouse.Day{Number: number[row], Messages: messages[row], IDs: ids[row]})
		}
		return nil
	})
	return days, err
}
