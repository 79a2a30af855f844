package clickhouse

import (
	"context"
	"slices"
	"time"

	"beichen/internal/warehouse"
)

// Since implements warehouse.Shared. All is read as of one position.
func (w *Warehouse) Since(ctx context.Context, m warehouse.Mark, n warehouse.News) (warehouse.Mark, error) {
	if err := w.Ready(ctx); err != nil {
		return m, err
	}
	read := time.Now()
	s, err := w.stands(ctx)
	if err != nil {
		return m, err
	}
	if w.replaces(s, m.Load) {
		return m, warehouse.ErrReplaced
	}
	if s.load != m.Load {
		err = w.tell(ctx, s, m, n)
	}
	if err != nil {
		return m, err
	}
	w.taken.Store(&taken{s.load, read})
	return s.mark(w.options), nil
}

// taken is the load up to which Since told, and when that was so.
type taken struct {
	load uint32
	at   time.Time
}

// replaces reports whether a load that was taken for one that counts may be none. An
// incomplete one is listed for some time only.
func (w *Warehouse) replaces(s *standing, load uint32) bool {
	if load == 0 || load == s.load {
		return false
	}
	known := w.taken.Load()
	const sleep = late / 2
	slept := known != nil && known.load == load && time.Now().Round(0).Sub(known.at.Round(0)) > sleep
	return slept || load > s.load || slices.Contains(s.incomplete, load)
}

func (w *Warehouse) tell(ctx context.Context, s *standing, m warehouse.Mark, n warehouse.News) error {
	var err error
	if n.Refs != nil && s.refs > m.Refs {
		err = w.refsAfter(ctx, s, m.Refs, n.Refs)
	}
	if err == nil && n.Accounts != nil && s.accounts > m.Accounts {
		err = w.accountsAfter(ctx, s, m.Accounts, n.Accounts)
	}
	if err == nil && n.Identity != nil {
		err = w.identitiesAfter(ctx, s, m.Seq, n.Identity)
	}
	after := " AND " + s.counts()
	if !n.Received.IsZero() {
		after = " AND received >= " + micros(n.Received) + after
	}
	var id string
	if err == nil && n.Message != nil {
		where := " WHERE seq > " + whole(m.Seq) + after
		text := "SELECT message_id FROM all_events" + where + " UNION ALL SELECT message_id FROM all_identities" + where
		err = w.each(ctx, text, []any{&id}, func() error { return n.Message(id) })
	}
	if err == nil && n.Refused != nil {
		text := "SELECT DISTINCT id FROM all_quarantine WHERE load > " + whole(uint64(m.Load)) + after
		err = w.each(ctx, text, []any{&id}, func() error { return n.Refused(id) })
	}
	return err
}
