package capture

import (
	"context"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// owned is the mode of a warehouse that this process alone loads: the log says in which
// order everything comes. A message gets its Seq and its numbers when it is accepted, and
// questions see it at once.
type owned struct {
	*Intake

	refs     identity.Number // that the warehouse has
	accounts identity.Number
	attempts []attempt // since the last one that is known to be stored
}

// attempt is a chunk that the warehouse was asked to store.
type attempt struct {
	through        warehouse.Position
	refs, accounts int // that came with it
}

// mostTried is how many attempts are remembered: of hours, at the pace of a store
// that is away.
const mostTried = 1000

func (o *owned) open(ctx context.Context) error {
	stored, err := o.config.Warehouse.Position(ctx)
	if err != nil {
		return err
	}
	if _, moving := stored.Step(); moving {
		return fault.New(fault.Invalid, "capture.store-in-making")
	}
	o.tail = tail{limit: o.config.TailRows, stored: stored, seen: stored, complete: stored, held: stored}
	if err := o.openLog(stored.Record); err != nil {
		return err
	}
	switch last := o.log.Last(); {
	case last < stored.Record:
		return fault.New(fault.Unavailable, "capture.log-behind", "dir", o.config.Dir, "log", last, "store", stored.Record)
	case last == stored.Record:
		return nil
	}
	if err := o.read(ctx); err != nil {
		return err
	}
	o.people.read = true
	return o.replay(ctx, stored.Record)
}

// read reads what the warehouse knows of who is who.
func (o *owned) read(ctx context.Context) error {
	graph, w := o.people.graph, o.config.Warehouse
	err := w.Refs(ctx, func(refs []event.Ref) error {
		o.refs = graph.NumberAll(refs)
		return nil
	})
	if err == nil {
		err = w.Accounts(ctx, func(id string) error {
			o.accounts = graph.AccountNumber(id)
			return nil
		})
	}
	if err == nil {
		err = w.IdentityRows(ctx, func(row identity.Row) error {
			graph.Apply(row)
			return nil
		})
	}
	return err
}

// keepUp fills recent from the warehouse. The first Accept waits for it; opening does
// not.
func (o *owned) keepUp(ctx context.Context) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		var hashes []uint64
		err := o.config.Warehouse.RecentIDs(ctx, o.config.Now().Add(-remembered), func(id string) error {
			hashes = append(hashes, o.recent.hash(id))
			return nil
		})
		if err == nil {
			o.mu.Lock()
			for _, h := range hashes {
				o.recent.add(h)
			}
			o.ready = true
			o.changed.Broadcast()
			o.mu.Unlock()
			return
		}
		o.config.Logger.WarnContext(ctx, "recent message ids cannot be read; trying again", "error", err)
		if !pause(ctx, wait) {
			return
		}
	}
}

// await waits for the graph, which numbers what is accepted.
func (o *owned) await(ctx context.Context) error {
	_, err := o.Whole(ctx)
	return err
}

func (o *owned) place(m *event.Message) warehouse.Stored {
	if m.Type == event.Forget && o.tail.spilled {
		o.tail.passed = append(o.tail.passed, o.passed(m))
	}
	return numbered(o.people.graph, m)
}

func (o *owned) storedRefs() identity.Number { return o.refs }

func (o *owned) done() uint64 { return o.tail.stored.Record }

func (o *owned) accepted(through uint64) {
	if o.config.OnAccepted != nil {
		o.config.OnAccepted(through)
	}
}

func (o *owned) seen() (uint64, []warehouse.Stored) {
	return o.tail.stored.Seq, o.tail.messages[:len(o.tail.messages):len(o.tail.messages)]
}

func (o *owned) reached() (through, loaded uint64) { return o.tail.seen.Seq, o.tail.stored.Seq }

func (o *owned) has(record uint64) bool { return o.tail.stored.Record >= record }

func (o *owned) step() func(context.Context) error {
	c, ok := o.tail.chunk(o.config.ChunkRows)
	if !ok || o.loader.flushes == 0 && !o.due() {
		return nil
	}
	c.Refs, c.Accounts = o.people.graph.RefsAfter(o.refs), o.people.graph.AccountsAfter(o.accounts)
	return func(ctx context.Context) error { return o.load(ctx, c) }
}

// due tells whether what waits is worth a load: a whole chunk is; a trickle after
// LoadEvery, for it costs little; anything between waits for a chunk some time
// longer, since the store would have to compress a part of one again with the
// next. The mutex is held.
func (o *owned) due() bool {
	rows, waited := len(o.tail.messages), time.Since(o.loader.since)
	switch {
	case o.tail.spilled || rows >= o.config.ChunkRows:
		return true
	case rows <= o.config.ChunkRows/trickle:
		return waited >= o.config.LoadEvery
	}
	return waited >= patience*o.config.LoadEvery
}

const (
	trickle  = 100 // parts of a chunk
	patience = 16  // times LoadEvery
)

// load stores one chunk, exactly once: the warehouse keeps its position with the
// rows, and refuses a chunk that does not follow it.
func (o *owned) load(ctx context.Context, c warehouse.Chunk) error {
	stored := attempt{c.Through, len(c.Refs), len(c.Accounts)}
	err := o.config.Warehouse.Load(ctx, c)
	if err != nil && ctx.Err() == nil {
		// It may have been stored although the answer was lost; and so may one that was
		// given up before, which then comes between, so that this one is out of step.
		o.attempts = append(o.attempts, stored)
		o.attempts = o.attempts[max(0, len(o.attempts)-mostTried):]
		if at, posErr := o.config.Warehouse.Position(ctx); posErr == nil {
			for _, a := range o.attempts {
				if a.through == at {
					stored, err = a, nil
				}
			}
		}
	}
	if o.tried(ctx, err); err != nil {
		return err
	}
	o.attempts = nil
	o.mu.Lock()
	o.refs += identity.Number(stored.refs)
	o.accounts += identity.Number(stored.accounts)
	if slices.ContainsFunc(c.Messages, isRemoval) {
		o.erasing.wanted++ // before anybody sees it as loaded, and waits for the files
	}
	o.drop(stored.through)
	o.mu.Unlock()
	o.cut(ctx, stored.through.Record)
	return nil
}
