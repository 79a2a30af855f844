package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Seen implements warehouse.Warehouse. It looks for hashes, which are a quarter
// of the ids and packed tightly, and reads ids only where hashes were found.
func (w *Warehouse) Seen(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	asked, seen := make(map[string]bool, len(messageIDs)), map[string]bool{}
	var hashes []uint64
	for _, id := range messageIDs {
		asked[id] = true
		hashes = append(hashes, warehouse.IDHash(id))
	}
	const most = 4096
	for part := range slices.Chunk(hashes, most) {
		var found []uint64
		err := w.withHashes(ctx, "id_hash", part, func(c *chunk) error {
			found = append(found, column[uint64](c, 0)...)
			return nil
		})
		if err == nil && len(found) > 0 {
			err = w.withHashes(ctx, "message_id", found, func(c *chunk) error {
				ids := c.texts(0)
				for row := range c.rows {
					if id, _ := ids.at(row); asked[id] {
						seen[ids.copy(row)] = true
					}
				}
				return nil
			})
		}
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// withHashes reads a column of the messages whose id has one of the hashes.
func (w *Warehouse) withHashes(ctx context.Context, name string, hashes []uint64, take func(*chunk) error) error {
	list := make([]string, len(hashes))
	for i, hash := range hashes {
		list[i] = strconv.FormatUint(hash, 10)
	}
	where := " WHERE id_hash IN (" + strings.Join(list, ",") + ")"
	return w.each(ctx, "SELECT "+name+" FROM events"+where+" UNION ALL SELECT "+name+" FROM identities"+where, nil, take)
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

// Refs implements warehouse.Warehouse. They were appended in the order of their
// numbers, which the engine keeps; to sort them again would cost twice as much as
// to read them.
func (w *Warehouse) Refs(ctx context.Context, yield func([]event.Ref) error) error {
	var refs []event.Ref
	last := identity.Number(0)
	return w.each(ctx, "SELECT number, anonymous::UTINYINT, id FROM refs", nil, func(c *chunk) error {
		number, anonymous, ids := column[uint32](c, 0), column[uint8](c, 1), c.texts(2)
		refs = refs[:0]
		for row := range c.rows {
			if last++; number[row] != last {
				return fault.Wrap(fmt.Errorf("ref %d where %d was expected", number[row], last), fault.Internal, "warehouse.failed")
			}
			id, _ := ids.at(row)
			refs = append(refs, event.Ref{Anonymous: anonymous[row] == 1, ID: id})
		}
		return yield(refs)
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
	const text = `SELECT seq, type, time, message_id, user_id, anonymous_id, previous_id, group_id, unlinks, source, forgets
		FROM identities ORDER BY seq`
	return w.each(ctx, text, nil, func(c *chunk) error {
		seq, kind, at := column[uint64](c, 0), column[uint8](c, 1), column[int64](c, 2)
		message, user, anonymous, previous := c.texts(3), c.texts(4), c.texts(5), c.texts(6)
		group, unlinks, source, forgets := c.texts(7), c.texts(8), c.texts(9), c.texts(10)
		for i := range c.rows {
			err := yield(identity.Row{
				Seq: seq[i], Type: types[kind[i]], Time: time.UnixMicro(at[i]).UTC(), MessageID: message.copy(i),
				UserID: user.copy(i), AnonymousID: anonymous.copy(i), PreviousID: previous.copy(i),
				GroupID: group.copy(i), Unlinks: unlinks.copy(i), Source: source.copy(i),
				Forgets: numbersOf(forgets.copy(i)),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// numbersOf reads what numberList wrote.
func numbersOf(text string) []identity.Number {
	var of []identity.Number
	for part := range strings.SplitSeq(text, ",") {
		if n, err := strconv.ParseUint(part, 10, 32); err == nil {
			of = append(of, identity.Number(n))
		}
	}
	return of
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
