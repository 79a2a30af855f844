package clickhouse

import (
	"context"
	"fmt"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// messagesAtOnce is how many positions are read by one question. The shards read the
// months that the events happened in once for each, and the node that is asked sorts
// so many rows; this process holds the ids that are theirs.
const messagesAtOnce = 1 << 17

// Messages implements warehouse.Warehouse.
func (w *Warehouse) Messages(ctx context.Context, after, through uint64, yield func(warehouse.Stored) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	for after < through {
		upTo := after + min(messagesAtOnce, through-after)
		told, err := w.tellMessages(ctx, s, after, upTo, yield)
		if err != nil {
			return err
		}
		after = upTo
		if told == 0 && after < through { // positions may be left out, many at a time
			next, err := w.nextSeq(ctx, s, after, through)
			if err != nil {
				return err
			}
			after = next - 1
		}
	}
	return ctx.Err()
}

// tellMessages yields the messages of one run of positions.
func (w *Warehouse) tellMessages(ctx context.Context, s *standing, after, upTo uint64, yield func(warehouse.Stored) error) (told int, err error) {
	where := " WHERE seq > " + whole(after) + " AND seq <= " + whole(upTo) + " AND " + s.said()
	refs, accounts, err := w.owners(ctx, s, where)
	if err != nil {
		return 0, err
	}
	forgets, err := w.forgets(ctx, where)
	if err != nil {
		return 0, err
	}
	one := stored{}
	text := "SELECT * FROM (" + eventRow + where + " UNION ALL " + identityRow + where + ") ORDER BY seq SETTINGS max_block_size = 8192"
	err = w.each(ctx, text, one.places(), func() error {
		if err := one.take(); err != nil {
			return err
		}
		m := one.message(0, refs, accounts)
		if s.isLoose(m.Seq) {
			m.AnonymousID = ""
		}
		m.Forgets = forgets[m.Seq]
		stored := warehouse.Stored{Message: &m, Customer: one.customers[0], Account: one.accounts[0]}
		one.messages, one.customers, one.accounts = one.messages[:0], one.customers[:0], one.accounts[:0]
		told++
		return yield(stored)
	})
	return told, err
}

// forgets reads whom the forgets of a run take out, by Seq. There are few.
func (w *Warehouse) forgets(ctx context.Context, where string) (map[uint64][]identity.Number, error) {
	forgets := map[uint64][]identity.Number{}
	var seq uint64
	var of []identity.Number
	text := "SELECT seq, forgets FROM all_identities" + where + " AND type = " + literal(string(event.Forget))
	err := w.each(ctx, text, []any{&seq, &of}, func() error {
		forgets[seq] = slices.Clone(of)
		return nil
	})
	return forgets, err
}

// owners reads the ids that events have as numbers. Refs lie on the shard of their
// events, which finds them by itself; accounts do not.
func (w *Warehouse) owners(ctx context.Context, s *standing, where string) (map[identity.Number]event.Ref, map[identity.Number]string, error) {
	refs, accounts := map[identity.Number]event.Ref{}, map[identity.Number]string{}
	var number identity.Number
	var ref event.Ref
	err := w.each(ctx, "SELECT number, anonymous, id FROM all_refs WHERE number IN (SELECT customer FROM events"+where+") AND "+s.counts(),
		[]any{&number, &ref.Anonymous, &ref.ID}, func() error {
			refs[number] = ref
			return nil
		})
	if err != nil {
		return nil, nil, err
	}
	var id string
	err = w.each(ctx, "SELECT number, id FROM all_accounts WHERE number GLOBAL IN (SELECT DISTINCT account FROM all_events"+where+") AND "+s.counts(),
		[]any{&number, &id}, func() error {
			accounts[number] = id
			return nil
		})
	return refs, accounts, err
}

// nextSeq is the first position after another that has a message, or through + 1.
func (w *Warehouse) nextSeq(ctx context.Context, s *standing, after, through uint64) (uint64, error) {
	where := " WHERE seq > " + whole(after) + " AND seq <= " + whole(through) + " AND " + s.said()
	next, found := through+1, uint64(0)
	for _, table := range []string{"all_events", "all_identities"} {
		var messages uint64
		err := w.each(ctx, "SELECT count(), min(seq) FROM "+table+where, []any{&messages, &found}, func() error {
			if messages > 0 {
				next = min(next, found)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return next, nil
}

// Entries implements warehouse.Warehouse.
func (w *Warehouse) Entries(ctx context.Context, yield func(warehouse.Quarantined) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	e := entry{}
	return w.each(ctx, "SELECT "+entryColumns+quarantined+s.kept()+" ORDER BY load, place", e.places(), func() error { return yield(e.take()) })
}

// Days implements warehouse.Warehouse.
func (w *Warehouse) Days(ctx context.Context, through uint64) ([]warehouse.Day, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	where := " WHERE seq <= " + whole(through) + " AND " + s.said()
	day := fmt.Sprintf("intDiv(time - positiveModulo(time, toInt64(%[1]d)), toInt64(%[1]d))", warehouse.DayMicros)
	part := "SELECT toInt64(" + day + ") AS day, count() AS messages, groupBitXor(id_hash) AS ids FROM "
	text := "SELECT day, sum(messages), groupBitXor(ids) FROM (" + part + "all_events" + where + " GROUP BY day UNION ALL " +
		part + "all_identities" + where + " GROUP BY day) GROUP BY day ORDER BY day"
	var days []warehouse.Day
	var messages uint64
	var one warehouse.Day
	err = w.each(ctx, text, []any{&one.Number, &messages, &one.IDs}, func() error {
		one.Messages = int64(messages)
		days = append(days, one)
		return nil
	})
	return days, err
}
