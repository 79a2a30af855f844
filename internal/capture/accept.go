package capture

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// busyRetry is the number of seconds after which a sender should come back when
// messages come in faster than the disk takes them.
const busyRetry = 1

// Accept takes in what came: messages are stored once, whatever was sent before
// is counted as duplicate, and the refused go to the quarantine. It returns when
// all that it counts is durable, in the order given and with gapless positions.
// It keeps in, which nobody may change any more.
//
// Errors are of kind Unavailable, with the arg retryAfter in seconds: nothing
// may have been stored then, and sending all of it again stores nothing twice.
func (i *Intake) Accept(ctx context.Context, in []Incoming) (Receipt, error) {
	var receipt Receipt
	if err := i.hold(ctx); err != nil {
		return Receipt{}, err
	}
	if err := i.mode.await(ctx); err != nil {
		return Receipt{}, err
	}
	hashes := i.identify(in)
	f, others, err := i.reserve(ctx, in, hashes, &receipt)
	if err != nil {
		return Receipt{}, err
	}
	if err := i.dropStored(ctx, in, f, &receipt); err != nil {
		i.release(f, err)
		return Receipt{}, err
	}
	if len(f.messages)+len(f.refused) == 0 {
		i.release(f, nil)
	} else if err := i.send(f); err != nil {
		i.release(f, err)
		return Receipt{}, err
	}
	// A duplicate is acknowledged only when its first copy is durable, which may
	// be on its way in somebody else's request.
	for _, other := range append(others, f) {
		select {
		case <-ctx.Done():
			return Receipt{}, ctx.Err()
		case <-other.done:
		}
		if other.err != nil {
			return Receipt{}, other.err
		}
		receipt.Through = max(receipt.Through, other.through)
	}
	if i.config.Stored {
		if err := i.AwaitStored(ctx); err != nil {
			return Receipt{}, err
		}
	}
	receipt.Expired = i.late(f.messages)
	receipt.Stored, receipt.Quarantined = len(f.messages)-receipt.Expired, len(f.refused)
	return receipt, nil
}

// identify gives a message without an id one, and all of them the hashes that
// they are held against duplicates by.
func (i *Intake) identify(in []Incoming) []uint64 {
	hashes := make([]uint64, len(in))
	for k := range in {
		switch {
		case in[k].Refused != nil:
			hashes[k] = i.recent.hash(quarantineKey(in[k].Refused.ID))
			continue
		case in[k].Message.MessageID == "":
			in[k].Message.MessageID = uuid.NewString()
		}
		hashes[k] = i.recent.hash(in[k].Message.MessageID)
	}
	return hashes
}

// reserve claims the ids of all that is new, so that nobody else takes it in,
// and names the flights that hold what is not.
func (i *Intake) reserve(ctx context.Context, in []Incoming, hashes []uint64, receipt *Receipt) (f *flight, others []*flight, err error) {
	f = &flight{done: make(chan struct{}), messages: make([]*event.Message, 0, len(in)), hashes: make([]uint64, 0, len(in))}
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.ready {
		stop := context.AfterFunc(ctx, i.wake)
		defer stop()
	}
	for !i.ready && !i.closing && ctx.Err() == nil {
		i.changed.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case i.halted:
		return nil, nil, fault.New(fault.Unavailable, "capture.halted", "retryAfter", haltedRetry)
	case i.inFlight > i.config.InFlight:
		return nil, nil, fault.New(fault.Unavailable, "capture.busy", "retryAfter", busyRetry)
	}
	i.recent.turn(i.config.Now(), i.tail.seen.Seq, i.tail.stored.Seq)
	for k, h := range hashes {
		if i.recent.has(h) {
			receipt.Duplicate++
			if other := i.flights[h]; other != nil && other != f && !slices.Contains(others, other) {
				others = append(others, other)
			}
			continue
		}
		i.recent.add(h)
		i.flights[h] = f
		f.hashes = append(f.hashes, h)
		if q := in[k].Refused; q != nil {
			f.refused = append(f.refused, *q)
			f.bytes += len(q.Raw)
			continue
		}
		m := &in[k].Message
		f.messages = append(f.messages, m)
		f.bytes += 200 + len(m.Properties) + len(m.Context) + len(m.Traits)
	}
	i.inFlight += f.bytes
	return f, others, nil
}

// dropStored takes out of a flight what the warehouse already holds: of imports
// and replays, whose first copy may have come in long ago. Their ids are
// reserved by now, so nobody can store one between the question and its answer.
func (i *Intake) dropStored(ctx context.Context, in []Incoming, f *flight, receipt *Receipt) error {
	var ask, askRefused []string
	for _, one := range in {
		switch {
		case one.Refused != nil && one.Refused.Imported:
			askRefused = append(askRefused, one.Refused.ID)
		case one.Refused == nil && (one.Message.Imported || one.replayed):
			ask = append(ask, one.Message.MessageID)
		}
	}
	stored := map[string]bool{}
	if len(ask) > 0 && len(f.messages) > 0 {
		seen, err := i.config.Warehouse.Seen(ctx, ask)
		if err != nil {
			return err
		}
		maps.Copy(stored, seen)
	}
	for len(askRefused) > 0 && len(f.refused) > 0 {
		part := askRefused[:min(1000, len(askRefused))]
		askRefused = askRefused[len(part):]
		page, err := i.config.Warehouse.Quarantine(ctx, warehouse.QuarantineQuery{IDs: part, Limit: len(part)})
		if err != nil {
			return err
		}
		for _, q := range page.Items {
			stored[quarantineKey(q.ID)] = true
		}
	}
	if len(stored) == 0 {
		return nil
	}
	messages, refused := f.messages[:0], f.refused[:0]
	for _, m := range f.messages {
		if !stored[m.MessageID] {
			messages = append(messages, m)
		}
	}
	for _, q := range f.refused {
		if !stored[quarantineKey(q.ID)] {
			refused = append(refused, q)
		}
	}
	receipt.Duplicate += len(f.messages) - len(messages) + len(f.refused) - len(refused)
	f.messages, f.refused = messages, refused
	return nil
}

// send hands a flight to the log.
func (i *Intake) send(f *flight) error {
	kept, _ := i.payloads.Get().(*[]byte)
	if kept == nil {
		kept = new([]byte)
	}
	payload, err := appendPayload((*kept)[:0], f.messages, f.refused)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "fault.internal", "request", "")
	}
	return i.log.Append(payload, func(record uint64, err error) {
		*kept = payload
		i.payloads.Put(kept)
		if err == nil {
			i.mu.Lock()
			i.admit(record, f.messages, f.refused)
			f.through, _ = i.mode.reached()
			i.land(f)
			i.mu.Unlock()
			return
		}
		i.release(f, err)
	})
}

// land ends a flight; the mutex is held.
func (i *Intake) land(f *flight) {
	for _, h := range f.hashes {
		delete(i.flights, h)
	}
	i.inFlight -= f.bytes
	close(f.done)
	if i.halted {
		i.changed.Broadcast()
	}
}

// release gives back the ids of a flight that did not become durable; without an
// error they are known to be stored already.
func (i *Intake) release(f *flight, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil {
		for _, h := range f.hashes {
			i.recent.remove(h)
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			err = fault.Wrap(err, fault.Unavailable, "capture.busy", "retryAfter", busyRetry)
		}
	}
	f.err = err
	f.through, _ = i.mode.reached()
	i.land(f)
}

// admit keeps durable messages for the loader, in the order of the log, while serving
// as while replaying: both place and number alike. The mutex is held, or nobody else is
// there yet.
func (i *Intake) admit(record uint64, messages []*event.Message, refused []warehouse.Quarantined) {
	i.tail.seen.Record = record
	for _, m := range messages {
		i.tail.seen.Seq++
		m.Seq = i.tail.seen.Seq
		i.tail.push(record, i.mode.place(m))
	}
	i.tail.pushRefused(record, refused)
}

// numbers gives ids numbers: a graph does, and the draft of one.
type numbers interface {
	Number(event.Ref) identity.Number
	AccountNumber(id string) identity.Number
	Apply(identity.Row)
}

// numbered tells what a message says to who gives the numbers, and asks for its own.
func numbered(by numbers, m *event.Message) warehouse.Stored {
	s := warehouse.Stored{Message: m, Customer: by.Number(m.Ref()), Account: by.AccountNumber(m.GroupID)}
	switch m.Type {
	case event.Identify, event.Alias, event.Group, event.Unlink, event.Forget, event.Expire:
		by.Apply(identity.Row{
			Seq: m.Seq, MessageID: m.MessageID, Type: m.Type, UserID: m.UserID, AnonymousID: m.AnonymousID,
			PreviousID: m.PreviousID, GroupID: m.GroupID, Unlinks: m.Unlinks, Forgets: m.Forgets, Source: m.Source, Time: m.Time,
		})
	}
	return s
}

func quarantineKey(id string) string { return "quarantine\x00" + id }
