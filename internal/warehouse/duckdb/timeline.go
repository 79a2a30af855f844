package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

func owner(root event.Root) string {
	if root == event.Account {
		return "account"
	}
	return "customer"
}

// Timeline implements warehouse.Warehouse. A page costs the narrow columns of
// the customer's rows and the wide ones of the page alone.
func (w *Warehouse) Timeline(ctx context.Context, t warehouse.Timeline) ([]event.Message, error) {
	messages := []event.Message{}
	places, err := w.page(ctx, t)
	if err != nil || len(places) == 0 {
		return messages, err
	}
	defer w.enter()()
	list := make([]string, len(places))
	for i, seq := range places {
		list[i] = fmt.Sprint(seq)
	}
	// The owner and the range are checked while the table is read, and only their
	// rows are widened; a list of places alone would be joined with all of it.
	where := fmt.Sprintf("WHERE %s IN (%s) AND seq BETWEEN %d AND %d AND seq IN (%s)",
		owner(t.Root), numbers(t.Of), slices.Min(places), slices.Max(places), strings.Join(list, ","))
	rows, err := w.db.QueryContext(ctx, `
		SELECT m.*, r.anonymous, r.id, a.id FROM (
			SELECT seq, type, customer, account, time, name, value, cost, currency, channel, source, properties, context,
				NULL AS traits, message_id, NULL AS user_id, anonymous_id, NULL AS previous_id, NULL AS group_id, NULL AS unlinks,
				received, imported
			FROM events `+where+`
			UNION ALL
			SELECT seq, type, customer, account, time, 0, NULL, NULL, 0, channel, source, NULL, context,
				traits, message_id, user_id, anonymous_id, previous_id, group_id, unlinks, received, imported
			FROM identities `+where+`
		) m LEFT JOIN refs r ON r.number = m.customer LEFT JOIN accounts a ON a.number = m.account`)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		m, err := w.message(rows)
		if err != nil {
			return nil, failed(ctx, err)
		}
		messages = append(messages, m)
	}
	slices.SortFunc(messages, func(a, b event.Message) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Seq, a.Seq))
	})
	return messages, failed(ctx, rows.Err())
}

// page finds the positions of a page's messages.
func (w *Warehouse) page(ctx context.Context, t warehouse.Timeline) ([]uint64, error) {
	var s sqlText
	where := "WHERE " + owner(t.Root) + " IN (" + numbers(t.Of) + ")"
	if t.Before != nil {
		at, seq := s.arg(time.UnixMicro(t.Before.Time).UTC()), s.arg(t.Before.Seq)
		where += " AND (time < " + at + " OR time = " + at + " AND seq < " + seq + ")"
	}
	text := "SELECT seq, time FROM events " + where
	if len(t.Names) == 0 {
		text += " UNION ALL SELECT seq, time FROM identities " + where
	} else {
		var codes []identity.Number
		for _, name := range t.Names {
			if code, known := w.names.find(name); known {
				codes = append(codes, code)
			}
		}
		text += " AND name IN (" + numbers(codes) + ")"
	}
	limit := uint64(max(t.Limit, 0))
	if limit == 0 {
		limit = 100
	}
	var places []uint64
	err := w.each(ctx, "SELECT seq FROM ("+text+") ORDER BY time DESC, seq DESC LIMIT "+s.arg(limit), s.args, func(c *chunk) error {
		places = append(places, column[uint64](c, 0)...)
		return nil
	})
	return places, err
}

// message puts a stored row together again.
func (w *Warehouse) message(rows *sql.Rows) (event.Message, error) {
	var m event.Message
	var kind uint8
	var customer, account, name, currency uint32
	var value, cost sql.NullFloat64
	var anonymous sql.NullBool
	var channel, source, properties, context, traits, user, visitor, previous, group, unlinks, ref, accountID sql.NullString
	err := rows.Scan(&m.Seq, &kind, &customer, &account, &m.Time, &name, &value, &cost, &currency, &channel, &source,
		&properties, &context, &traits, &m.MessageID, &user, &visitor, &previous, &group, &unlinks,
		&m.ReceivedAt, &m.Imported, &anonymous, &ref, &accountID)
	if err != nil {
		return m, err
	}
	m.Type = types[kind]
	m.Time, m.ReceivedAt = m.Time.UTC(), m.ReceivedAt.UTC()
	m.Name, m.Currency = w.names.all()[name], w.currencies.all()[currency]
	m.Channel, m.Source = channel.String, source.String
	m.UserID, m.AnonymousID, m.PreviousID = user.String, visitor.String, previous.String
	m.GroupID, m.Unlinks = group.String, unlinks.String
	m.Properties, m.Context, m.Traits = object(properties), object(context), object(traits)
	if value.Valid {
		m.Value = &value.Float64
	}
	if cost.Valid {
		m.Cost = &cost.Float64
	}
	if m.Type.IsEvent() {
		m.GroupID = accountID.String
		if anonymous.Bool {
			m.AnonymousID = ref.String
		} else {
			m.UserID = ref.String
		}
	}
	return m, nil
}

func object(text sql.NullString) json.RawMessage {
	if !text.Valid {
		return nil
	}
	return json.RawMessage(text.String)
}

// Activity implements warehouse.Warehouse.
func (w *Warehouse) Activity(ctx context.Context, root event.Root, of []identity.Number) (map[identity.Number]warehouse.Activity, error) {
	found := map[identity.Number]warehouse.Activity{}
	by := owner(root)
	text := "SELECT " + by + ", count(*)::UBIGINT, min(time), max(time) FROM events WHERE " + by + " IN (" + numbers(of) + ") GROUP BY " + by
	err := w.each(ctx, text, nil, func(c *chunk) error {
		who, count, first, last := column[uint32](c, 0), column[uint64](c, 1), column[int64](c, 2), column[int64](c, 3)
		for i := range c.rows {
			found[who[i]] = warehouse.Activity{
				Events: int64(count[i]), First: time.UnixMicro(first[i]).UTC(), Last: time.UnixMicro(last[i]).UTC(),
			}
		}
		return nil
	})
	return found, err
}
