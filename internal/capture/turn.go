package capture

import (
	"context"

	"beichen/internal/warehouse"
)

// Turns are how nodes that load one warehouse do so one after the other.
type Turns interface {
	// Take waits for the turn, which is ended before the next one is taken.
	Take(ctx context.Context) (Turn, error)
}

// Turn is the right to load, which may be lost.
type Turn interface {
	warehouse.Turn
	// End lets the next node go on. Where something was loaded, others are told.
	End(ctx context.Context, loaded bool) error
}

// Alone are the turns of a node that nobody takes turns with.
type Alone struct{}

// Take implements Turns.
func (a Alone) Take(context.Context) (Turn, error) { return a, nil }

// Number implements warehouse.Turn.
func (Alone) Number(_ context.Context, after uint32) (uint32, error) { return after + 1, nil }

// Held implements warehouse.Turn.
func (Alone) Held(context.Context) error { return nil }

// End implements Turn.
func (Alone) End(context.Context, bool) error { return nil }
