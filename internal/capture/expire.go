package capture

import (
	"context"
	"fmt"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Expire lets go of the events that happened before an instant, for good, and of those
// of that time that still come: they are acknowledged and not kept. by is who says so. It
// returns when the store, and with it every answer, shows none of them. Whoever says the
// same again, be it another node at the same time, says nothing new: an instant has one
// message. An instant before one that was said changes nothing.
//
// Errors are those of Accept and Flush: it may be under way then, and is carried on with.
// Another one says that the store shows them all the same.
func (i *Intake) Expire(ctx context.Context, before time.Time, by string) error {
	now := i.config.Now().UTC()
	before = before.UTC().Truncate(time.Microsecond) // as events are kept
	m := event.Message{
		Type: event.Expire, MessageID: ownIDs + "expire:" + before.Format(time.RFC3339Nano), Time: before, ReceivedAt: now, Source: by,
	}
	if _, err := i.Accept(ctx, []Incoming{{Message: m}}); err != nil {
		return err
	}
	if err := i.Flush(ctx); err != nil {
		return err
	}
	h, err := i.config.Warehouse.Horizon(ctx)
	if err == nil && h.From.Before(before) {
		err = fmt.Errorf("facts are kept from %v on, not from %v: another message has the id %s", h.From, before, m.MessageID)
	}
	return err
}

// late counts, of messages that were taken in, those that happened before what is kept:
// whoever loads them stores none of them.
func (i *Intake) late(messages []*event.Message) (n int) {
	graph := i.people.now()
	for _, m := range messages {
		if m.Type.IsEvent() && graph.Expired(m.Micros()) {
			n++
		}
	}
	if n > 0 {
		i.mu.Lock()
		i.tooLate += uint64(n)
		i.mu.Unlock()
	}
	return n
}

// isRemoval tells the messages that leave bytes behind in files.
func isRemoval(m warehouse.Stored) bool { return m.Type == event.Forget || m.Type == event.Expire }
