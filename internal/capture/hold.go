package capture

import (
	"context"
	"time"
)

// longestHold is how long an Accept is held back at most, a part of what a sender
// waits for the disk anyway.
const longestHold = 50 * time.Millisecond

// hold slows senders down while messages come in faster than the warehouse takes
// them, so that both find a common pace before what waits outgrows the memory set
// aside for it. A warehouse that is away holds nobody up.
func (i *Intake) hold(ctx context.Context) error {
	i.mu.Lock()
	waiting, away := len(i.tail.messages), i.loader.err != nil
	i.mu.Unlock()
	if d := holdFor(waiting, i.config.TailRows); d > 0 && !away && !pause(ctx, d) {
		return ctx.Err()
	}
	return nil
}

// holdFor grows in a straight line from nothing, where six tenths of the room
// are taken, to the longest hold where all is.
func holdFor(waiting, room int) time.Duration {
	from := room / 10 * 6
	if waiting <= from {
		return 0
	}
	return min(longestHold, longestHold*time.Duration(waiting-from)/time.Duration(room-from))
}
