package warehouse

import (
	"context"
	"time"

	"beichen/internal/event"
)

// A message of type event.Expire moves the horizon to its Time, and never back. Events
// that happened before the horizon do not count, be they stored or part of the same
// chunk, before the message or after it; nothing is left of them in any answer, and what
// comes in later of that time is not stored. In a chunk that also forgets somebody they
// are gone first. Identity facts and the quarantine stay.

// Horizon is from when on events are kept.
type Horizon struct {
	From time.Time `json:"from"` // zero: all are
	Gone int64     `json:"gone"` // events that went, or came too late to be stored
}

// Expirer is how events go by their age.
type Expirer interface {
	Horizon(ctx context.Context) (Horizon, error)
	// Older counts the stored events that happened before an instant.
	Older(ctx context.Context, than time.Time) (int64, error)
}

// Expire is the horizon that a chunk leads to, and the chunk without the events that
// happened before it; the chunk that is given stays as it is. late counts them and those
// that the chunk says are gone. horizon is the one before, in microseconds since 1970
// UTC. 0 is none.
func Expire(c Chunk, horizon int64) (without Chunk, moved int64, late int) {
	for _, m := range c.Messages {
		if m.Type == event.Expire {
			horizon = max(horizon, m.Micros())
		}
	}
	if horizon == 0 {
		return c, 0, 0
	}
	var kept []Stored
	for i, m := range c.Messages {
		switch gone := m.Type.IsEvent() && m.Micros() < horizon; {
		case gone && late == 0:
			kept, late = append(make([]Stored, 0, len(c.Messages)), c.Messages[:i]...), 1
		case gone:
			late++
		case late > 0:
			kept = append(kept, m)
		}
	}
	if late > 0 {
		c.Messages = kept
	}
	return c, horizon, late + int(c.Gone)
}
