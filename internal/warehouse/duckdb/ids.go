package duckdb

import (
	"context"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// Seen implements warehouse.Warehouse. It looks for hashes, which are a quarter
// of the ids and packed tightly, and reads an id only where a hash was found.
func (w *Warehouse) Seen(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	seen := map[string]bool{}
	const most = 4096
	for len(messageIDs) > 0 {
		part := messageIDs[:min(most, len(messageIDs))]
		messageIDs = messageIDs[len(part):]
		asked := make(map[string]bool, len(part))
		var s sqlText
		var hashes []string
		for _, id := range part {
			asked[id] = true
			hashes = append(hashes, "("+s.arg(idHash(id))+")")
		}
		found := "SELECT message_id FROM {table} WHERE id_hash IN (SELECT hash FROM asked)"
		text := "WITH asked(hash) AS (VALUES " + strings.Join(hashes, ", ") + ") " +
			strings.Replace(found, "{table}", "events", 1) + " UNION ALL " + strings.Replace(found, "{table}", "identities", 1)
		err := w.reader.query(ctx, text, s.args, func(c *chunk) error {
			ids := c.texts(0)
			for row := range c.rows {
				if id, _ := ids.at(row); asked[id] {
					seen[ids.copy(row)] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, failed(ctx, err)
		}
	}
	return seen, nil
}

// RecentIDs implements warehouse.Warehouse.
func (w *Warehouse) RecentIDs(ctx context.Context, since time.Time, yield func(id string) error) error {
	return w.each(ctx, "SELECT message_id FROM events WHERE received >= $1 UNION ALL SELECT message_id FROM identities WHERE received >= $1",
		[]any{since}, func(c *chunk) error {
			ids := c.texts(0)
			for row := range c.rows {
				if err := yield(ids.copy(row)); err != nil {
					return err
				}
			}
			return nil
		})
}

// Refs implements warehouse.Warehouse.
func (w *Warehouse) Refs(ctx context.Context, yield func(event.Ref) error) error {
	return w.each(ctx, "SELECT anonymous::UTINYINT, id FROM refs ORDER BY number", nil, func(c *chunk) error {
		anonymous, ids := column[uint8](c, 0), c.texts(1)
		for row := range c.rows {
			if err := yield(event.Ref{Anonymous: anonymous[row] == 1, ID: ids.copy(row)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Accounts implements warehouse.Warehouse.
func (w *Warehouse) Accounts(ctx context.Context, yield func(id string) error) error {
	return w.each(ctx, "SELECT id FROM accounts ORDER BY number", nil, func(c *chunk) error {
		ids := c.texts(0)
		for row := range c.rows {
			if err := yield(ids.copy(row)); err != nil {
				return err
			}
		}
		return nil
	})
}

// IdentityRows implements warehouse.Warehouse.
func (w *Warehouse) IdentityRows(ctx context.Context, yield func(identity.Row) error) error {
	const text = `SELECT seq, type, time, message_id, user_id, anonymous_id, previous_id, group_id, unlinks, source
		FROM identities ORDER BY seq`
	return w.each(ctx, text, nil, func(c *chunk) error {
		seq, kind, at := column[uint64](c, 0), column[uint8](c, 1), column[int64](c, 2)
		message, user, anonymous, previous := c.texts(3), c.texts(4), c.texts(5), c.texts(6)
		group, unlinks, source := c.texts(7), c.texts(8), c.texts(9)
		for i := range c.rows {
			err := yield(identity.Row{
				Seq: seq[i], Type: types[kind[i]], Time: time.UnixMicro(at[i]).UTC(), MessageID: message.copy(i),
				UserID: user.copy(i), AnonymousID: anonymous.copy(i), PreviousID: previous.copy(i),
				GroupID: group.copy(i), Unlinks: unlinks.copy(i), Source: source.copy(i),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// each is reader.query for callers outside: an error of the caller's own comes
// back as it is, one of the engine as a fault.
func (w *Warehouse) each(ctx context.Context, text string, args []any, take func(*chunk) error) error {
	var own error
	err := w.reader.query(ctx, text, args, func(c *chunk) error {
		own = take(c)
		return own
	})
	if own != nil {
		return own
	}
	return failed(ctx, err)
}
