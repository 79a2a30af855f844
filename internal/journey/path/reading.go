package path

import (
	"context"
	"time"

	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/nodes/carrier"
)

// reading is what is counted by going over all customers once, part after part: here, or
// share by share on all nodes that share the facts. An answer takes one reading or several.
type reading interface {
	// look counts the customers of a part.
	look(ctx context.Context, a *asked) error
	// order is what other nodes are told to count.
	order() readingOrder
	// carry carries what was counted; take reads what another reading carried, of the same
	// order, and add adds it.
	carry(c *carrier.Carrier)
	take(c *carrier.Carrier) (add func())
}

// read asks the source about all customers, of whom r counts each part; whole, where it is
// given, is shown them instead if they all are there at once. What it returns has the
// counts of all parts, but customers only if there was one.
func (f *Finder) read(ctx context.Context, q *question, r reading, whole func(*asked) error) (*asked, error) {
	asOf := q.asOf
	if asOf.IsZero() && f.Now != nil {
		asOf = f.Now().UTC().Truncate(time.Microsecond)
	}
	q.asOf = asOf // also of another reading
	if a, err := f.divided(ctx, q, r); a != nil || err != nil {
		return a, err
	}
	s, err := stream.EachPart(ctx, f.Source, q.ask(), func(part *stream.Streams) error {
		a := f.about(q, part)
		if whole != nil && !part.Part {
			return whole(a)
		}
		return r.look(ctx, a)
	})
	if err != nil {
		return nil, err
	}
	return f.about(q, s), nil
}

// ask is what the source is asked, as of asOf.
func (q *question) ask() stream.Question {
	until := q.asOf
	if !q.to.IsZero() && (until.IsZero() || q.to.Before(until)) {
		until = q.to
	}
	ask := stream.Question{
		Subject: journey.SubjectOf(q.Subject), From: q.from, Until: until, Segment: q.Segment, Nameless: q.nameless, Unpriced: true,
	}
	for _, when := range [][]journey.Pattern{q.anchor, q.until} {
		for _, p := range when {
			ask.Patterns = append(ask.Patterns, p.Matcher())
		}
	}
	return ask
}

// about is the question about some customers, all of them or a part.
func (f *Finder) about(q *question, s *stream.Streams) *asked {
	asOf := q.asOf
	if asOf.IsZero() { // a file: its last event
		asOf = s.Last
	}
	if !q.to.IsZero() && (q.to.Before(asOf) || asOf.IsZero()) {
		asOf = q.to
	}
	a := &asked{question: q, streams: s, asOf: asOf, stride: f.stride}
	a.name()
	a.mark()
	return a
}
