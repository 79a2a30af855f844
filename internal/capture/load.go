package capture

import (
	"context"
	"errors"
	"time"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// loaderState is what the loader knows; the intake's mutex guards it.
type loaderState struct {
	flushes int       // waiting for all to be loaded, so that nothing waits for company
	since   time.Time // when the oldest of what is not loaded came; zero if nothing
	err     error     // of the last attempt
}

// recordCommitted is told by the log that all payloads of a record are settled.
func (i *Intake) recordCommitted(record uint64) {
	i.mu.Lock()
	through := i.complete(record)
	i.mu.Unlock()
	i.mode.accepted(through)
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

// await waits until something is so, which is asked with the mutex held whenever the
// intake has changed. The mutex is held when it is called and when it returns. Errors are
// the context's, and Unavailable when the intake closes.
func (i *Intake) await(ctx context.Context, isSo func() bool) error {
	stop := context.AfterFunc(ctx, i.wake)
	defer stop()
	for !isSo() {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case i.closing:
			return fault.New(fault.Unavailable, "eventlog.closed", "retryAfter", busyRetry)
		}
		i.changed.Wait()
	}
	return nil
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
		if step := i.mode.step(); step != nil {
			return step
		}
		i.changed.Wait()
	}
	return nil
}

// tried keeps how an attempt to load went, and logs the first that fails.
func (i *Intake) tried(ctx context.Context, err error) {
	i.mu.Lock()
	first := i.loader.err == nil
	i.loader.err = err
	i.mu.Unlock()
	if err != nil && first && ctx.Err() == nil {
		i.config.Logger.ErrorContext(ctx, "facts cannot be loaded; they stay in the log and are tried again", "error", err)
	}
}

// drop lets go of what was loaded up to a position; the mutex is held.
func (i *Intake) drop(through warehouse.Position) {
	i.tail.drop(through)
	i.loader.since = time.Time{}
	i.expectLoad()
	i.changed.Broadcast()
}

func (i *Intake) cut(ctx context.Context, through uint64) {
	if err := i.log.Cut(through); err != nil {
		i.config.Logger.WarnContext(ctx, "the log cannot be cut", "error", err)
	}
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
		t.messages = append(t.messages, i.mode.again(m))
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
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loader.flushes++
	defer func() { i.loader.flushes-- }()
	i.changed.Broadcast()
	until := i.tail.seen.Record
	err := i.await(ctx, func() bool { return i.mode.has(until) })
	if err != nil && err == ctx.Err() {
		err = errors.Join(err, i.loader.err)
	}
	return err
}

// storedWithin bounds the wait for the warehouse of who sends or changes something. It is
// a variable for tests alone.
var storedWithin = 10 * time.Second

// AwaitStored waits until all that is durable is in the warehouse for good, and seen;
// not for long: who asked is told that it is durable, and asked to come again.
func (i *Intake) AwaitStored(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, storedWithin)
	defer cancel()
	err := i.Flush(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return fault.Wrap(err, fault.Unavailable, "capture.not-stored", "retryAfter", eventlog.Retry)
	}
	return err
}

// Shown waits until questions see all that was accepted before it was called. It fails
// with Unavailable where that takes too long: it is durable then, and seen later.
func (i *Intake) Shown(ctx context.Context) error {
	if i.config.Shared == nil {
		return nil // at once
	}
	return i.AwaitStored(ctx)
}

// State is how the intake fares, for health and metrics.
type State struct {
	Through  uint64 // Seq of the last durable message
	Loaded   uint64 // Seq of the last one in the warehouse
	Waiting  int    // messages between them that are in memory
	LogBytes int64  // on disk
	LogBound int64  // beyond which nothing is taken in
	LogFull  bool
	IDs      int    // message ids that are remembered against duplicates
	Err      error  // why the last attempt to load failed; nil if it did not
	TooLate  uint64 // messages that came, and were older than what is kept
	Horizon  int64  // from when on events are kept, in microseconds since 1970 UTC; 0: all are, as far as is known

	// Shared says that the warehouse is loaded by other nodes too, and may be away while
	// messages are taken in.
	Shared   bool
	Repeated uint64 // messages and refusals that another node had stored already
	Behind   error  // why what the nodes load is not taken in; nil if it is
}

// State tells how the intake fares.
func (i *Intake) State() State {
	bytes, full := i.log.Bytes(), i.log.Full()
	i.mu.Lock()
	defer i.mu.Unlock()
	through, loaded := i.mode.reached()
	s := State{
		Through: through, Loaded: loaded, Waiting: len(i.tail.messages),
		LogBytes: bytes, LogBound: i.log.Bound(), LogFull: full, IDs: i.recent.len(), Err: i.loader.err,
		TooLate: i.tooLate, Horizon: i.people.now().Horizon(),
	}
	if m, ok := i.mode.(*shared); ok {
		s.Shared, s.Repeated, s.Behind = true, m.repeated, m.behind
	}
	return s
}
