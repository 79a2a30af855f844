package capture

import (
	"context"
	"time"
)

// Senders are held back by onePaceHold where what waits for the warehouse fills
// the room in memory, and by longestHold at most.
const (
	onePaceHold = 50 * time.Millisecond
	longestHold = 500 * time.Millisecond
)

// hold slows senders down while messages come in faster than the warehouse takes
// them, so that both find a common pace. A warehouse that is away holds nobody up.
func (i *Intake) hold(ctx context.Context) error {
	i.mu.Lock()
	behind, away := i.tail.seen.Seq-i.tail.stored.Seq, i.loader.err != nil
	i.mu.Unlock()
	if d := holdFor(behind, uint64(i.config.TailRows)); d > 0 && !away && !pause(ctx, d) {
		return ctx.Err()
	}
	return nil
}

// holdFor is nothing up to where three quarters of the room are taken, and grows with
// the square of what is beyond.
func holdFor(behind, room uint64) time.Duration {
	from := room / 4 * 3
	if behind <= from {
		return 0
	}
	beyond := float64(behind-from) / float64(room-from)
	return min(longestHold, time.Duration(beyond*beyond*float64(onePaceHold)))
}
