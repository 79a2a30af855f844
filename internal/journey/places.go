package journey

import (
	"context"

	"beichen/internal/journey/stream"
)

// Place is how far a customer came, and when.
type Place struct {
	// Level is the place of the furthest stage passed, from 1, among those that are
	// bound; 0: no chain began.
	Level    int
	Complete bool // all required stages were passed
	Excluded bool // taken out by an exclusion: counted in no stage
	// Entry is when the chain began, microseconds since 1970 UTC. At is by stage of the
	// definition when it was passed, NotPassed where it was not; with order any the k-th
	// is that of the k-th level.
	Entry int64
	At    []int64
}

// Places is the machine alone: how far each customer of arrays came, in their order.
// All events are known, whenever they were, and no breakdown is made.
func Places(ctx context.Context, j *Journey, of *stream.Arrays) ([]Place, error) {
	q, err := Request{Journey: j}.understand()
	if err != nil {
		return nil, err
	}
	places := make([]Place, len(of.First))
	at := make([]int64, len(places)*len(j.Stages))
	for i := range at {
		at[i] = NotPassed
	}
	for i := range places {
		places[i].At, at = at[:len(j.Stages):len(j.Stages)], at[len(j.Stages):]
	}
	m := Measurer{Source: of}
	_, err = m.each(ctx, q, func(d *measured) error {
		// Each customer is one worker's, who writes their place alone.
		_, err := run(ctx, d, nil, 0, func() placer { return places })
		return err
	})
	return places, err
}

// placer writes places by the customers' numbers. It is a fold.
type placer []Place

func (p placer) add(w *worker, r *Result) {
	of := &p[w.cursor.Customer()-1]
	of.Level, of.Complete, of.Excluded, of.Entry = r.Level, r.Complete, r.Excluded, r.Entry
	for k, at := range r.At {
		if at != notReached {
			of.At[w.plan.stages[k].definition] = at
		}
	}
}

func (p placer) addNext(w *worker) { p.add(w, w.fromCrowd()) }

// addInRow never happens: there is no breakdown.
func (p placer) addInRow(*worker, *Result) {}
