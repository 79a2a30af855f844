package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Seen implements warehouse.Warehouse. It looks for hashes, by which a projection of
// the tables is sorted.
func (w *Warehouse) Seen(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	asked, seen := make(map[string]bool, len(messageIDs)), map[string]bool{}
	var hashes []uint64
	for _, id := range messageIDs {
		id = unicode(id)
		asked[id] = true
		hashes = append(hashes, warehouse.IDHash(id))
	}
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	const most = 4096
	for part := range slices.Chunk(hashes, most) {
		where := " WHERE id_hash IN (" + numbers(part) + ") AND " + s.said()
		var id string
		err := w.each(ctx, "SELECT message_id FROM all_events"+where+" UNION ALL SELECT message_id FROM all_identities"+where, []any{&id}, func() error {
			if asked[id] {
				seen[id] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// RecentIDs implements warehouse.Warehouse.
func (w *Warehouse) RecentIDs(ctx context.Context, since time.Time, yield func(id string) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	where := " WHERE received >= " + micros(since) + " AND " + s.said()
	var id string
	return w.each(ctx, "SELECT message_id FROM all_events"+where+" UNION ALL SELECT message_id FROM all_identities"+where,
		[]any{&id}, func() error { return yield(id) })
}

// Refs implements warehouse.Warehouse.
func (w *Warehouse) Refs(ctx context.Context, yield func([]event.Ref) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	return w.refsAfter(ctx, s, 0, yield)
}

func (w *Warehouse) refsAfter(ctx context.Context, s *standing, last identity.Number, yield func([]event.Ref) error) error {
	const most = 4096
	run := make([]event.Ref, 0, most)
	var anonymous bool
	number, gone := last, s.gone()
	err := w.numbered(ctx, s, last, "all_refs", "anonymous, id", &anonymous, func(id string) error {
		number++
		if gone[number] {
			id = ""
		}
		if run = append(run, event.Ref{Anonymous: anonymous, ID: id}); len(run) < most {
			return nil
		}
		err := yield(run)
		run = run[:0]
		return err
	})
	if err != nil || len(run) == 0 {
		return err
	}
	return yield(run)
}

// Accounts implements warehouse.Warehouse.
func (w *Warehouse) Accounts(ctx context.Context, yield func(id string) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	return w.accountsAfter(ctx, s, 0, yield)
}

func (w *Warehouse) accountsAfter(ctx context.Context, s *standing, last identity.Number, yield func(id string) error) error {
	var none bool
	return w.numbered(ctx, s, last, "all_accounts", "false, id", &none, yield)
}

// numbered reads a table of ids in the order of their numbers, which have no gaps, after
// one of them.
func (w *Warehouse) numbered(ctx context.Context, s *standing, last identity.Number, table, columns string, mark *bool, yield func(id string) error) error {
	var number uint32
	var id string
	text := "SELECT number, " + columns + " FROM " + table + " WHERE number > " + whole(uint64(last)) + " AND " + s.counts() + " ORDER BY number"
	return w.each(ctx, text, []any{&number, mark, &id}, func() error {
		if last++; number != last {
			return fault.Wrap(fmt.Errorf("%s: number %d where %d was expected", table, number, last), fault.Internal, "warehouse.failed")
		}
		return yield(id)
	})
}

// IdentityRows implements warehouse.Warehouse.
func (w *Warehouse) IdentityRows(ctx context.Context, yield func(identity.Row) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	return w.identitiesAfter(ctx, s, 0, yield)
}

func (w *Warehouse) identitiesAfter(ctx context.Context, s *standing, seq uint64, yield func(identity.Row) error) error {
	var r identity.Row
	var kind string
	var at int64
	into := []any{&r.Seq, &kind, &at, &r.MessageID, &r.UserID, &r.AnonymousID, &r.PreviousID, &r.GroupID, &r.Unlinks, &r.Source, &r.Forgets}
	text := "SELECT seq, type, time, message_id, user_id, anonymous_id, previous_id, group_id, unlinks, source, forgets FROM all_identities WHERE seq > " +
		whole(seq) + " AND " + s.said() + " ORDER BY seq"
	return w.each(ctx, text, into, func() error {
		if r.Forgets = slices.Clone(r.Forgets); len(r.Forgets) == 0 {
			r.Forgets = nil
		}
		if s.isLoose(r.Seq) {
			r.AnonymousID = ""
		}
		r.Type, r.Time = event.Type(kind), time.UnixMicro(at).UTC()
		return yield(r)
	})
}
