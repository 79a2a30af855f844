package stream

import (
	"context"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Parted is a source that can answer in parts: where its memory has not room for all
// customers at once.
type Parted interface {
	Source
	// Parts answers as Streams does. Each part holds all events of its customers, who are
	// in no other part, and holds until yield returns. What codes of names, currencies,
	// classes and values stand for in one part they stand for in all later ones; Layout
	// and the numbers of customers are each part's own. What is returned in the end has
	// what was counted of all, which parts need not have of themselves, and all codes; it
	// has blocks only if there was but one part.
	Parts(ctx context.Context, q Question, yield func(*Streams) error) (*Streams, error)
}

// EachPart asks a source in parts, if it can be.
func EachPart(ctx context.Context, source Source, q Question, yield func(*Streams) error) (*Streams, error) {
	if parted, ok := source.(Parted); ok {
		return parted.Parts(ctx, q, yield)
	}
	s, err := source.Streams(ctx, q)
	if err != nil {
		return nil, err
	}
	return s, yield(s)
}

// Parts implements Parted: of an index there is one part, and without one the store is
// asked ref after ref.
func (l *Live) Parts(ctx context.Context, q Question, yield func(*Streams) error) (*Streams, error) {
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	p := newPlan(q)
	s, err := l.resident(ctx, p)
	if err != nil {
		return nil, err
	}
	if s == nil && p.Customer == "" {
		return l.inParts(ctx, p, yield)
	}
	if s == nil {
		if s, err = l.scanned(ctx, p); err != nil {
			return nil, err
		}
	}
	return s, yield(s)
}

// inParts reads the store ref after ref. A person is complete once the last of their
// ids has been read: most have one, and those of the others mostly came soon after each
// other. Accounts and the values of a key are spread over all refs: of these as many as
// there is room for are gathered by each of several readings.
func (l *Live) inParts(ctx context.Context, p *plan, yield func(*Streams) error) (*Streams, error) {
	now, err := l.asked(ctx, p)
	if err != nil {
		return nil, err
	}
	g := newGathering(p, now.present, now.known, yield)
	defer g.release()
	g.whole.Through, g.whole.Last, g.enough = now.through, now.stats.Last, l.PartRows
	readings := uint32(1)
	if p.Subject.Kind != Person && l.Room > 0 {
		readings += uint32(now.stats.Events * bytesARow / l.Room)
	}
	scan := g.scan(&now.present)
	for reading := range readings {
		g.begin(now.tail, reading, readings)
		if err := l.warehouse.Histories(ctx, scan, func(b *warehouse.Batch, through identity.Number) error {
			return g.take(ctx, b, through)
		}); err != nil {
			return nil, err
		}
	}
	g.whole.Kept, err = l.kept(ctx, &now.present)
	return g.whole, err
}
