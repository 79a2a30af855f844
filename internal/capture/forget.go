package capture

import (
	"context"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Forget takes out a customer: everything that came before and carries one of the
// numbers, which a View gave after Flush, and the ids. by is who says so, and
// messageID is new. It returns when the store, and with it every answer, shows
// nothing of them, and tells what went; Erased then waits for the files.
//
// What a sender sends of the same ids at the same time is either gone too or of a
// new customer. Errors are those of Accept and Flush: it may be under way then, and
// is carried on with.
func (i *Intake) Forget(ctx context.Context, numbers []identity.Number, by, messageID string) (warehouse.Forgotten, error) {
	now := i.config.Now().UTC()
	m := event.Message{Type: event.Forget, MessageID: messageID, Forgets: i.storedOf(numbers), Time: now, ReceivedAt: now, Source: by}
	if _, err := i.Accept(ctx, []Incoming{{Message: m}}); err != nil {
		return warehouse.Forgotten{}, err
	}
	if err := i.Flush(ctx); err != nil {
		return warehouse.Forgotten{}, err
	}
	gone, ok, err := i.config.Warehouse.Forgotten(ctx, messageID)
	if err == nil && !ok {
		err = fault.New(fault.Unavailable, "warehouse.failed", "retryAfter", busyRetry)
	}
	return gone, err
}

// storedOf leaves out numbers that the warehouse does not have yet: were the process
// to end now, they might be given to others.
func (i *Intake) storedOf(numbers []identity.Number) []identity.Number {
	i.mu.Lock()
	defer i.mu.Unlock()
	var stored []identity.Number
	for _, n := range numbers {
		if n <= i.mode.storedRefs() {
			stored = append(stored, n)
		}
	}
	return stored
}

// passed is a forget that was admitted while older messages were in the log alone:
// what its ids meant to these.
type passed struct {
	seq     uint64
	numbers map[event.Ref]identity.Number
}

// passed is taken before the graph forgets; the mutex is held.
func (o *owned) passed(m *event.Message) passed {
	view, p := o.people.graph.View(), passed{m.Seq, map[event.Ref]identity.Number{}}
	for _, n := range m.Forgets {
		p.numbers[view.Ref(n)] = n
	}
	return p
}

// again gives a message that is read from the log once more the numbers that it had
// when it was admitted. The graph knows what it says.
func (o *owned) again(m *event.Message) warehouse.Stored {
	s := warehouse.Stored{Message: m, Account: o.people.graph.AccountNumber(m.GroupID)}
	for _, p := range o.tail.passed {
		if n, ok := p.numbers[m.Ref()]; ok && m.Seq < p.seq {
			s.Customer = n
			return s
		}
	}
	s.Customer = o.people.graph.Number(m.Ref())
	return s
}

// erasing is the task that removes what was forgotten from files; the intake's mutex
// guards it.
type erasing struct {
	wanted, done int // how often it was asked for, and for how many of these it is done
}

// eraseAll removes what was forgotten from the log's files and the store's, also what
// an earlier process left. It tries until it has succeeded.
func (i *Intake) eraseAll(ctx context.Context) {
	stop := context.AfterFunc(ctx, i.wake)
	defer stop()
	for wait := time.Duration(0); ; {
		i.mu.Lock()
		for i.erasing.done == i.erasing.wanted && ctx.Err() == nil {
			i.changed.Wait()
		}
		wanted, stored := i.erasing.wanted, i.mode.done()
		i.mu.Unlock()
		if ctx.Err() != nil {
			return
		}
		if err := i.erase(ctx, stored); err != nil {
			if ctx.Err() == nil && wait == 0 {
				i.config.Logger.ErrorContext(ctx, "what was forgotten is still in files; trying again", "error", err)
			}
			wait = min(max(2*wait, 100*time.Millisecond), 10*time.Second)
			if !pause(ctx, wait) {
				return
			}
			continue
		}
		wait = 0
		i.mu.Lock()
		i.erasing.done = wanted
		i.changed.Broadcast()
		i.mu.Unlock()
	}
}

// erase lets go of the segment of the log that holds what is loaded, and has the store
// do its part. Records that are not loaded yet keep their segment until they are.
func (i *Intake) erase(ctx context.Context, stored uint64) error {
	if i.log.First() <= stored {
		if err := i.log.Turn(); err != nil {
			return err
		}
		if err := i.log.Cut(stored); err != nil {
			return err
		}
	}
	return i.config.Warehouse.Erase(ctx)
}

// Erased waits until nothing is left in the files of the log and of the store of what
// was forgotten, and loaded, before the call.
func (i *Intake) Erased(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	wanted := i.erasing.wanted
	return i.await(ctx, func() bool { return i.erasing.done >= wanted })
}
