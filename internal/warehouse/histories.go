package warehouse

import (
	"context"
	"slices"

	"beichen/internal/identity"
)

// Historian gives the events of a ref together, for who has not the memory for all
// events at once.
type Historian interface {
	// Histories reads events as Scan does, those of refs with small numbers first: with
	// every batch it says up to which number it has given everything. The rows of a
	// batch come in no order, Seq tells the one of their arrival, unless they are Runs;
	// they may be of refs with greater numbers. What is said never becomes less, and comes
	// to MaxNumber with the last batch, which may be empty. A store asks for no more memory
	// than some million events take, and those of the ref that has most.
	//
	// A batch holds until yield returns. Of events that match nothing no more need be told
	// than Scan.Rest says.
	Histories(ctx context.Context, s Scan, yield func(b *Batch, through identity.Number) error) error
}

// MaxNumber is greater than the number of any ref.
const MaxNumber identity.Number = 1<<32 - 1

// Wanted are the names that patterns ask for, each once. It is not ok where a pattern
// asks for any name, or where all is told of the rest.
func (s *Scan) Wanted() (names []string, ok bool) {
	if s.Rest == WholeRest {
		return nil, false
	}
	for _, p := range s.Patterns {
		if p.AnyName {
			return nil, false
		}
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), true
}
