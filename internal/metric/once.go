package metric

import (
	"context"
	"fmt"
	"sync"
	"time"

	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
)

// Once is a measurer that measures nothing twice and reads no definition twice: what
// a formula names, and what was asked for before in the same periods, is taken from
// what was found then. Its
// answers are those of m for as long as facts and definitions stay as they are, so
// it serves for the parts of one answer. Answers share their points: they are for
// reading.
func (m *Measurer) Once() *Measurer {
	once := *m
	once.found = &found{of: map[string]*finding{}}
	if m.Book != nil {
		once.Book = &readBook{Book: m.Book, read: map[string]any{}}
	}
	return &once
}

// readBook is a book that reads a definition once.
type readBook struct {
	Book
	mutex sync.Mutex
	read  map[string]any
}

// standing is a definition that was read.
type standing[T any] struct {
	definition T
	version    int
}

func (b *readBook) Metric(ctx context.Context, id string) (*Definition, int, error) {
	return readOnce(ctx, b, Kind, id, b.Book.Metric)
}

func (b *readBook) Journey(ctx context.Context, id string) (*journey.Journey, int, error) {
	return readOnce(ctx, b, "Journey", id, b.Book.Journey)
}

func (b *readBook) Retention(ctx context.Context, id string) (*retention.Definition, int, error) {
	return readOnce(ctx, b, retention.Kind, id, b.Book.Retention)
}

func readOnce[T any](ctx context.Context, b *readBook, kind, id string, read func(context.Context, string) (T, int, error)) (T, int, error) {
	key := kind + " " + id
	b.mutex.Lock()
	known, ok := b.read[key].(standing[T])
	b.mutex.Unlock()
	if ok {
		return known.definition, known.version, nil
	}
	of, version, err := read(ctx, id)
	if err == nil {
		b.mutex.Lock()
		b.read[key] = standing[T]{of, version}
		b.mutex.Unlock()
	}
	return of, version, err
}

// AsOf is the instant after which nothing is known where a question does not say:
// now, or the last event of a subject ("" is a person) where the measurer knows no
// now.
func (m *Measurer) AsOf(ctx context.Context, subject string) (time.Time, error) {
	if m.Now != nil {
		return m.Now().UTC().Truncate(time.Microsecond), nil
	}
	s, err := m.Source.Streams(ctx, stream.Question{Subject: journey.SubjectOf(subject)})
	if err != nil {
		return time.Time{}, err
	}
	return s.Last, nil
}

// found is what was measured already.
type found struct {
	mutex sync.Mutex
	of    map[string]*finding
}

// finding is an outcome, or one on its way.
type finding struct {
	done    chan struct{}
	outcome *outcome
	err     error
}

// once measures what was not measured yet, and waits for what somebody else is at.
func (f *found) once(ctx context.Context, d *measured, measure func() (*outcome, error)) (*outcome, error) {
	hash, err := d.Metric.Hash()
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %v %d %s %s", hash, d.bounds, d.asOf, jsonOf(d.Segment), jsonOf(d.keys))
	f.mutex.Lock()
	known := f.of[key]
	mine := known == nil
	if mine {
		known = &finding{done: make(chan struct{})}
		f.of[key] = known
	}
	f.mutex.Unlock()
	if mine {
		known.outcome, known.err = measure()
		close(known.done)
	}
	select {
	case <-known.done:
		return known.outcome, known.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
