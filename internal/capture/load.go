package capture

import (
	"context"
	"errors"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// loaderState is what the loader knows; the intake's mutex guards it.
type loaderState struct {
	refs     identity.Number // that the warehouse has
	accounts identity.Number
	flushes  int       // waiting for all to be loaded, so that nothing waits for company
	since    time.Time // when the oldest of what is not loaded came; zero if nothing
	err      error     // of the last attempt
	tried    []attempt // since the last one that is known to be stored
}

// attempt is a chunk that the warehouse was asked to store.
type attempt struct {
	through        warehouse.Position
	refs, accounts int // that came with it
}

// mostTried is how many attempts are remembered: of hours, at the pace of a store
// that is away.
const mostTried = 1000

// recordCommitted is told by the log that all payloads of a record are settled.
func (i *Intake) recordCommitted(record uint64) {
	i.mu.Lock()
	through := i.complete(record)
	i.mu.Unlock()
	if i.config.OnAccepted != nil {
		i.config.OnAccepted(through)
	}
}

// complete makes a record loadable whose payloads are all admitted; the mutex is
// held, or nobody else is there yet.
func (i *Intake) complete(record uint64) (through uint64) {
	t := &i.tail
	t.seen.Record = record
	t.complete = t.seen
	if !t.spilled {
		t.held = t.complete
	}
	i.expectLoad()
	if t.spilled || len(t.messages) >= i.config.ChunkRows || i.loader.flushes > 0 {
		i.changed.Broadcast()
	}
	return t.seen.Seq
}

// expectLoad sees to it that what waits is looked at again when it may be due, by
// the machine's own clock. The mutex is held.
func (i *Intake) expectLoad() {
	if i.loader.since.IsZero() && i.tail.held.Record > i.tail.stored.Record {
		i.loader.since = time.Now()
		time.AfterFunc(i.config.LoadEvery, i.wake)
		time.AfterFunc(patience*i.config.LoadEvery, i.wake)
	}
}

// wake makes everybody look again who waits for a change.
func (i *Intake) wake() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.changed.Broadcast()
}

// loadAll is the loader: it moves large chunks into the warehouse until the
// context ends.
func (i *Intake) loadAll(ctx context.Context) {
	stop := context.AfterFunc(ctx, i.wake)
	defer stop()
	for wait := time.Duration(0); ; {
		step := i.nextStep(ctx)
		if step == nil {
			return
		}
		if err := step(ctx); err == nil {
			wait = 0
			continue
		}
		// The store is away, or ailing: come back, less and less often.
		wait = min(max(2*wait, 100*time.Millisecond), 10*time.Second)
		if !pause(ctx, wait) {
			return
		}
	}
}

// nextStep waits until there is enough to load, or it has waited long enough, or
// until there is room for what was left in the log; nil when the context ends.
func (i *Intake) nextStep(ctx context.Context) func(context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for ctx.Err() == nil {
		if i.tail.refillable() {
			return i.refill
		}
		c, ok := i.tail.chunk(i.config.ChunkRows)
		if ok && (i.loader.flushes > 0 || i.due()) {
			c.Refs, c.Accounts = i.people.graph.RefsAfter(i.loader.refs), i.people.graph.AccountsAfter(i.loader.accounts)
			return func(ctx context.Context) error { return i.load(ctx, c) }
		}
		i.changed.Wait()
	}
	return nil
}

// due tells whether what waits is worth a load: a whole chunk is; a trickle after
// LoadEvery, for it costs little; anything between waits for a chunk some time
// longer, since the store would have to compress a part of one again with the
// next. The mutex is held.
func (i *Intake) due() bool {
	rows, waited := len(i.tail.messages), time.Since(i.loader.since)
	switch {
	case i.tail.spilled || rows >= i.config.ChunkRows:
		return true
	case rows <= i.config.ChunkRows/trickle:
		return waited >= i.config.LoadEvery
	}
	return waited >= patience*i.config.LoadEvery
}

const (
	trickle  = 100 // parts of a chunk
	patience = 16  // times LoadEvery
)

// load stores one chunk, exactly once: the warehouse keeps its position with the
// rows, and refuses a chunk that does not follow it.
func (i *Intake) load(ctx context.Context, c warehouse.Chunk) error {
	stored := attempt{c.Through, len(c.Refs), len(c.Accounts)}
	err := i.config.Warehouse.Load(ctx, c)
	if err != nil && ctx.Err() == nil {
		// It may have been stored although the answer was lost; and so may one that was
		// given up before, which then comes between, so that this one is out of step.
		tried := append(i.loader.tried, stored)
		i.loader.tried = tried[max(0, len(tried)-mostTried):]
		if at, posErr := i.config.Warehouse.Position(ctx); posErr == nil {
			for _, a := range i.loader.tried {
				if a.through == at {
					stored, err = a, nil
				}
			}
		}
	}
	i.mu.Lock()
	if first := i.loader.err == nil; err != nil {
		i.loader.err = err
		i.mu.Unlock()
		if first && ctx.Err() == nil {
			i.config.Logger.ErrorContext(ctx, "facts cannot be loaded; they stay in the log and are tried again", "after", c.After.Record, "through", c.Through.Record, "error", err)
		}
		return err
	}
	i.loader.err, i.loader.tried = nil, nil
	i.loader.refs += identity.Number(stored.refs)
	i.loader.accounts += identity.Number(stored.accounts)
	i.tail.drop(stored.through)
	i.loader.since = time.Time{}
	i.expectLoad()
	i.changed.Broadcast()
	i.mu.Unlock()
	if err := i.log.Cut(stored.through.Record); err != nil {
		i.config.Logger.WarnContext(ctx, "the log cannot be cut", "error", err)
	}
	if slices.ContainsFunc(c.Messages, func(m warehouse.Stored) bool { return m.Type == event.Forget }) {
		i.wantErased()
	}
	return nil
}

var errEnough = errors.New("enough")

// refill reads into the tail what was left in the log while it was full, until
// it is full again or has caught up.
func (i *Intake) refill(ctx context.Context) error {
	i.mu.Lock()
	after, upTo := i.tail.held.Record, i.tail.complete.Record
	i.mu.Unlock()
	err := i.log.Replay(after, func(record uint64, payloads [][]byte) error {
		if record > upTo {
			return errEnough
		}
		return errors.Join(ctx.Err(), i.refillRecord(record, payloads))
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if t := &i.tail; t.held == t.complete && t.complete == t.seen {
		t.spilled, t.passed = false, nil
	}
	return err
}

func (i *Intake) refillRecord(record uint64, payloads [][]byte) error {
	var messages []*event.Message
	var refused []warehouse.Quarantined
	for _, p := range payloads {
		m, q, err := decodePayload(p)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", i.config.Dir, "record", record)
		}
		messages, refused = append(messages, m...), append(refused, q...)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	t := &i.tail
	if t.full() {
		return errEnough
	}
	seq := t.held.Seq
	for _, m := range messages {
		seq++
		m.Seq = seq
		t.messages = append(t.messages, i.numberAgain(m))
		t.records = append(t.records, record)
	}
	for _, q := range refused {
		t.refused = append(t.refused, refusal{record, q})
	}
	t.held = warehouse.Position{Record: record, Seq: seq}
	return nil
}

// Flush waits until all that was durable when it was called is in the warehouse.
func (i *Intake) Flush(ctx context.Context) error {
	stop := context.AfterFunc(ctx, i.wake)
	defer stop()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loader.flushes++
	defer func() { i.loader.flushes-- }()
	i.changed.Broadcast()
	for until := i.tail.seen.Record; i.tail.stored.Record < until; {
		switch {
		case ctx.Err() != nil:
			return errors.Join(ctx.Err(), i.loader.err)
		case i.closing:
			return fault.New(fault.Unavailable, "eventlog.closed", "retryAfter", busyRetry)
		}
		i.changed.Wait()
	}
	return nil
}

// State is how the intake fares, for health and metrics.
type State struct {
	Through  uint64 // Seq of the last durable message
	Loaded   uint64 // Seq of the last one in the warehouse
	Waiting  int    // messages between them that are in memory
	LogBytes int64
	LogFull  bool
	IDs      int   // message ids that are remembered against duplicates
	Err      error // why the last attempt to load failed; nil if it did not
}

// State tells how the intake fares.
func (i *Intake) State() State {
	bytes, full := i.log.Bytes(), i.log.Full()
	i.mu.Lock()
	defer i.mu.Unlock()
	return State{
		Through: i.tail.seen.Seq, Loaded: i.tail.stored.Seq, Waiting: len(i.tail.messages),
		LogBytes: bytes, LogFull: full, IDs: i.recent.len(), Err: i.loader.err,
	}
}
