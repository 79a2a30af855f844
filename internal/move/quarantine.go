package move

import (
	"context"
	"time"

	"beichen/internal/warehouse"
)

// Entries of the quarantine have no position; they are told apart by their order,
// which both stores keep. An id may stand twice: what was refused again a day later
// has the one that it had.

// entriesAtOnce is how many entries a chunk has.
const entriesAtOnce = 1000

// decision is what was decided about an entry.
type decision struct {
	status warehouse.QuarantineStatus
	by     string
	at     time.Time
}

// copyQuarantine brings over what was decided about the entries that the copy has, and
// then those that it has not. In this order a decision reaches no entry that came
// after it under the same id.
func (f *Facts) copyQuarantine(ctx context.Context) error {
	known, err := f.statuses(ctx)
	if err != nil {
		return err
	}
	decided := map[decision][]string{}
	var fresh []warehouse.Quarantined
	here := map[string]bool{} // ids in fresh: a store may take two of a chunk for one
	passed := 0
	flush := func() error {
		if err := f.decide(ctx, decided); err != nil {
			return err
		}
		clear(decided)
		if len(fresh) == 0 {
			return nil
		}
		err := f.load(ctx, warehouse.Chunk{Quarantined: fresh}, f.at.Seq)
		fresh = nil
		clear(here)
		return err
	}
	err = f.From.Entries(ctx, func(q warehouse.Quarantined) error {
		if passed < len(known) {
			if passed++; q.Status != known[passed-1] && q.ResolvedAt != nil {
				d := decision{q.Status, q.ResolvedBy, *q.ResolvedAt}
				decided[d] = append(decided[d], q.ID)
			}
			return nil
		}
		if here[q.ID] || len(fresh) == entriesAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
		fresh = append(fresh, q)
		here[q.ID] = true
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// statuses are those of the copy's entries, in their order.
func (f *Facts) statuses(ctx context.Context) ([]warehouse.QuarantineStatus, error) {
	var known []warehouse.QuarantineStatus
	err := f.To.Entries(ctx, func(q warehouse.Quarantined) error {
		known = append(known, q.Status)
		return nil
	})
	return known, err
}

func (f *Facts) decide(ctx context.Context, decided map[decision][]string) error {
	for d, ids := range decided {
		if _, err := f.To.Resolve(ctx, ids, d.status, d.by, d.at); err != nil {
			return err
		}
	}
	return nil
}
