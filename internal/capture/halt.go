package capture

import "context"

// haltedRetry is the number of seconds after which a sender should come back while
// nothing is taken in.
const haltedRetry = 2

// Halt takes in nothing any more, until Resume: Accept is Unavailable, with the arg
// retryAfter. It returns once all that was taken in is in the warehouse, which nobody
// then adds to.
func (i *Intake) Halt(ctx context.Context) error {
	stop := context.AfterFunc(ctx, i.wake)
	defer stop()
	i.mu.Lock()
	i.halted = true
	for len(i.flights) > 0 && ctx.Err() == nil {
		i.changed.Wait()
	}
	i.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return i.Flush(ctx)
}

// Resume takes in messages again.
func (i *Intake) Resume() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.halted = false
}
