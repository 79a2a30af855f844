package warehouse

import (
	"context"

	"beichen/internal/identity"
)

// Historian gives the events of a ref together, for who has not the memory for all
// events at once.
type Historian interface {
	// Histories reads events as Scan does, those of refs with small numbers first: with
	// every batch it says up to which number it has given everything. The rows of a
	// batch come in no order, Seq tells the one of their arrival; they may be of refs
	// with greater numbers. What is said never becomes less, and comes to MaxNumber with
	// the last batch, which may be empty. A store asks for no more memory than some
	// hundred thousand events take, and those of the ref that has most.
	//
	// A batch holds until yield returns.
	Histories(ctx context.Context, s Scan, yield func(b *Batch, through identity.Number) error) error
}

// MaxNumber is greater than the number of any ref.
const MaxNumber identity.Number = 1<<32 - 1
