package warehouse

import (
	"context"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// Shared is a warehouse that several nodes load, one at a time. Each has a log of its
// own; Position is how far the log of the node that opened it has been loaded, and the
// Seq that all of them have come to.
type Shared interface {
	Warehouse
	// Since tells what was loaded after a mark, and gives the mark of now; both are of one
	// moment. ErrReplaced says that what the mark stands for does not count any more, or
	// that it is too old to know: whoever has taken it in starts from the zero mark again.
	Since(ctx context.Context, m Mark, n News) (Mark, error)
	// LoadInTurn is Load by one of several nodes. The chunk's After is not looked at but
	// for its Record: it follows on what a mark stands for, and is refused with
	// ErrOutOfStep where that is not what the store holds. When it returns nil the chunk
	// counts for good. After an error that may be so too: who takes the turn again and
	// asks then knows.
	LoadInTurn(ctx context.Context, c Chunk, follows Mark, t Turn) error
	// Ready connects, brings the tables up to date and checks that the store is the one
	// that is meant. All other methods begin with it; it may be called to know early.
	Ready(ctx context.Context) error
}

// Turn is the right of one node to load, which is lost when its holder cannot be heard.
type Turn interface {
	// Number numbers a load: higher than after, and than any number given before.
	Number(ctx context.Context, after uint32) (uint32, error)
	// Held fails unless nobody else can have had the turn since it was taken.
	Held(ctx context.Context) error
}

// Mark is a state of shared facts: all up to a load that counts. The zero Mark is that
// of nothing.
type Mark struct {
	Load           uint32
	Seq            uint64 // of the last message
	Record         uint64 // of the asking node's own log
	Refs, Accounts identity.Number
}

// Moment is a state of shared facts that nodes have in common: all nodes that have taken
// in everything up to the same load know the same events and the same people. The zero
// Moment is that of nothing.
type Moment struct {
	Load uint32 `json:"load"`
	Seq  uint64 `json:"seq"` // of the last message
}

// News is what is told what was loaded between two marks, each in the order of Warehouse's
// methods of the same kind. A nil one is not told.
type News struct {
	Refs     func([]event.Ref) error
	Accounts func(id string) error
	Identity func(identity.Row) error
	Message  func(id string) error // the id of a message
	Refused  func(id string) error // that of an entry of the quarantine
	Received time.Time             // ids of what was received before it are not told
}
