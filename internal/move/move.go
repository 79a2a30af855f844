// Package move moves facts from one store into another: as a copy that goes on where
// it was broken off, and that is held to its origin day by day.
//
// What a copy has come to is said by the copy itself. Everything is loaded in the
// order in which it was loaded first, each chunk with the position that it leads to,
// and a store takes a chunk only after the one before it: so nothing is doubled,
// whoever dies when. Until the copy is whole its position is one that no log can be
// at, and no server goes on from there (warehouse.Unfinished).
package move

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Facts are facts on their way from one store, which may be added to meanwhile, into
// another. It is used by one goroutine.
type Facts struct {
	From, To         warehouse.Warehouse
	FromName, ToName string // for people
	// Told, if set, is told after each chunk and while what was copied is read again.
	Told func(Progress)
	// ChunkMessages and ChunkBytes bound a chunk; defaults 122,880, which is what
	// DuckDB compresses together, and 64 MiB.
	ChunkMessages, ChunkBytes int

	at       warehouse.Position // of To
	step     uint64             // that led there
	refs     int                // that To has
	accounts int                // likewise
	entries  int                // of its quarantine, likewise
	verified uint64             // Seq up to which messages were read again
}

// Progress says how far a move is, in messages.
type Progress struct {
	Stage Stage  `json:"stage"`
	Done  uint64 `json:"done"`
	Of    uint64 `json:"of"`
}

// Stage is what is being done.
type Stage string

// The stages that may take long.
const (
	Copying   Stage = "copying"
	Verifying Stage = "verifying"
)

// Begin finds out what the copy has already. A store that has facts is Conflict,
// unless again is set, by who knows that it was begun from here, and what it has is
// what From has up to the same position.
func (f *Facts) Begin(ctx context.Context, again bool) (err error) {
	if f.ChunkMessages == 0 {
		f.ChunkMessages = 122_880
	}
	if f.ChunkBytes == 0 {
		f.ChunkBytes = 64 << 20
	}
	if f.at, err = f.To.Position(ctx); err != nil {
		return err
	}
	if f.at != (warehouse.Position{}) {
		if err := f.mayGoOn(ctx, again); err != nil {
			return err
		}
	}
	if step, moving := f.at.Step(); moving {
		f.step = step
	}
	f.refs, f.accounts, f.entries, f.verified = 0, 0, 0, 0
	if err := f.To.Refs(ctx, func(run []event.Ref) error { f.refs += len(run); return nil }); err != nil {
		return err
	}
	if err := f.To.Accounts(ctx, func(string) error { f.accounts++; return nil }); err != nil {
		return err
	}
	return f.To.Entries(ctx, func(warehouse.Quarantined) error { f.entries++; return nil })
}

// mayGoOn is nil where the copy is a part of From.
func (f *Facts) mayGoOn(ctx context.Context, again bool) error {
	if !again {
		return fault.New(fault.Conflict, "move.occupied", "place", f.ToName)
	}
	from, err := f.From.Position(ctx)
	if err != nil {
		return err
	}
	want, err := f.From.Digest(ctx, f.at.Seq)
	if err != nil {
		return err
	}
	got, err := f.To.Digest(ctx, f.at.Seq)
	if err != nil {
		return err
	}
	if _, moving := f.at.Step(); want != got || f.at.Seq > from.Seq || !moving && f.at.Record > from.Record {
		return fault.New(fault.Conflict, "move.other-facts", "place", f.ToName, "from", f.FromName)
	}
	return nil
}

// Left is how many messages From has that the copy does not.
func (f *Facts) Left(ctx context.Context) (uint64, error) {
	from, err := f.From.Position(ctx)
	return from.Seq - min(f.at.Seq, from.Seq), err
}

// CatchUp copies all that From has by now: who there is, what they did, and what could
// not be taken. Errors of either store come back as they are; CatchUp or Begin may be
// called again after one.
func (f *Facts) CatchUp(ctx context.Context) error {
	from, err := f.From.Position(ctx)
	if err != nil {
		return err
	}
	// Of whoever a message up to the position speaks, the number is read after it.
	if err := f.copyPeople(ctx); err != nil {
		return err
	}
	if err := f.copyMessages(ctx, from.Seq); err != nil {
		return err
	}
	return f.copyQuarantine(ctx)
}

// load loads a chunk that follows what the copy has, up to a Seq.
func (f *Facts) load(ctx context.Context, c warehouse.Chunk, seq uint64) error {
	return f.loadTo(ctx, c, warehouse.Unfinished(f.step+1, seq))
}

func (f *Facts) loadTo(ctx context.Context, c warehouse.Chunk, through warehouse.Position) error {
	c.After, c.Through = f.at, through
	if err := f.To.Load(ctx, c); err != nil {
		// It may have been stored although the answer was lost.
		if at, lost := f.To.Position(ctx); lost != nil || at != through {
			return err
		}
	}
	f.at = through
	f.step++
	f.refs += len(c.Refs)
	f.accounts += len(c.Accounts)
	f.entries += len(c.Quarantined)
	return nil
}

// peopleAtOnce is how many refs or accounts a chunk has.
const peopleAtOnce = 100_000

// copyPeople copies refs and accounts, which have the numbers of their order.
func (f *Facts) copyPeople(ctx context.Context) error {
	var refs []event.Ref
	passed := f.refs
	flush := func() error {
		err := f.load(ctx, warehouse.Chunk{Refs: refs}, f.at.Seq)
		refs = nil
		return err
	}
	err := f.From.Refs(ctx, func(run []event.Ref) error {
		known := min(passed, len(run))
		passed -= known
		for _, ref := range run[known:] {
			refs = append(refs, event.Ref{Anonymous: ref.Anonymous, ID: string([]byte(ref.ID))}) // its text is borrowed
		}
		if len(refs) < peopleAtOnce {
			return nil
		}
		return flush()
	})
	if err == nil && len(refs) > 0 {
		err = flush()
	}
	if err != nil {
		return err
	}
	var accounts []string
	passed = f.accounts
	err = f.From.Accounts(ctx, func(id string) error {
		if passed > 0 {
			passed--
			return nil
		}
		accounts = append(accounts, id)
		return nil
	})
	if err != nil || len(accounts) == 0 {
		return err
	}
	return f.load(ctx, warehouse.Chunk{Accounts: accounts}, f.at.Seq)
}

// copyMessages copies up to a Seq; one chunk is read while the one before is loaded.
func (f *Facts) copyMessages(ctx context.Context, through uint64) error {
	if f.at.Seq >= through {
		return nil
	}
	type part struct {
		messages []warehouse.Stored
		seq      uint64 // up to which they go
	}
	parts := make(chan part)
	copying, ctx := errgroup.WithContext(ctx)
	after := f.at.Seq
	copying.Go(func() error {
		defer close(parts)
		var waiting part
		bytes := 0
		hand := func() error {
			select {
			case parts <- waiting:
			case <-ctx.Done():
				return ctx.Err()
			}
			waiting, bytes = part{messages: make([]warehouse.Stored, 0, len(waiting.messages))}, 0
			return nil
		}
		err := f.From.Messages(ctx, after, through, func(m warehouse.Stored) error {
			waiting.messages, waiting.seq = append(waiting.messages, m), m.Seq
			bytes += 200 + len(m.Properties) + len(m.Context) + len(m.Traits)
			if len(waiting.messages) < f.ChunkMessages && bytes < f.ChunkBytes {
				return nil
			}
			return hand()
		})
		if err != nil {
			return err
		}
		waiting.seq = through // positions behind the last message may have been left out
		return hand()
	})
	copying.Go(func() error {
		for p := range parts {
			if err := f.load(ctx, warehouse.Chunk{Messages: p.messages}, p.seq); err != nil {
				return err
			}
			f.tell(Progress{Copying, p.seq, through})
		}
		return nil
	})
	return copying.Wait()
}

func (f *Facts) tell(p Progress) {
	if f.Told != nil {
		f.Told(p)
	}
}

// Finish makes the copy whole, of a From that nobody adds to any more and whose every
// message was copied and verified: it brings over what was decided about the
// quarantine meanwhile, compares what both count for each day, and gives the copy the
// position of the log that From is at, with the count of all that expired there.
func (f *Facts) Finish(ctx context.Context) error {
	from, err := f.From.Position(ctx)
	if err != nil {
		return err
	}
	if from.Seq != f.at.Seq || from.Seq != f.verified {
		return fmt.Errorf("the copy is at message %d, verified up to %d, its origin at %d", f.at.Seq, f.verified, from.Seq)
	}
	if err := f.copyQuarantine(ctx); err != nil {
		return err
	}
	if err := f.compareDays(ctx, from.Seq); err != nil {
		return err
	}
	gone, err := f.From.Horizon(ctx)
	if err != nil {
		return err
	}
	counted, err := f.To.Horizon(ctx)
	if err != nil {
		return err
	}
	return f.loadTo(ctx, warehouse.Chunk{Gone: gone.Gone - counted.Gone}, from)
}
