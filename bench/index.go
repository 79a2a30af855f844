package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	openedWithin      = time.Second
	openedSavedWithin = 300 * time.Millisecond
	bytesPerEvent     = 10.0
	funnelTimesMemory = 10
	boardTimesMemory  = 30
)

// indexBytes is the size of the resident index, and of how many events it is.
func indexBytes(ctx context.Context, b *beichen) (bytes, events float64, err error) {
	if bytes, err = b.gauge(ctx, "beichen_index_bytes"); err != nil {
		return 0, 0, err
	}
	if events, err = b.gauge(ctx, "beichen_index_events"); err != nil {
		return 0, 0, err
	}
	if events == 0 {
		return 0, 0, errors.New("the server has no index after questions were asked")
	}
	return bytes, events, nil
}

// indexSize is what the index takes of memory.
func (s *suite) indexSize(ctx context.Context) error {
	return s.served(ctx, s.events, func(b *beichen) error {
		if _, err := b.measure(ctx, b.fresh(funnel(), "channel")); err != nil { // no properties
			return err
		}
		bytes, events, err := indexBytes(ctx, b)
		if err != nil {
			return err
		}
		each := bytes / events
		s.add(line{
			work: "resident index, before properties", ours: fmt.Sprintf("%.1f bytes an event", each),
			reach: fmt.Sprintf("≤ %g bytes an event", bytesPerEvent), reached: each <= bytesPerEvent,
		})
		return nil
	})
}

// opening is the time from the start of the process to the first answer about
// the board, with the saved index and without it. The files are in the system's
// cache.
func (s *suite) opening(ctx context.Context) error {
	dir := s.folder(s.events)
	open := func(ctx context.Context) (func() (counts, error), error) {
		b, err := serve(ctx, s.program, dir)
		if err != nil {
			return nil, err
		}
		text, err := b.measure(ctx, question{Journey: board().definition(), Breakdown: []string{"channel"}})
		if err != nil {
			return nil, errors.Join(err, b.stop())
		}
		return func() (counts, error) {
			if err := b.stop(); err != nil { // saves the index
				return nil, err
			}
			return countsOf(text)
		}, nil
	}
	index := filepath.Join(dir, "index")
	rebuilt := contender{"rebuilt", func(ctx context.Context) (func() (counts, error), error) {
		if err := os.RemoveAll(index); err != nil {
			return nil, err
		}
		return open(ctx)
	}}
	saved := contender{"saved", func(ctx context.Context) (func() (counts, error), error) {
		if _, err := os.Stat(index); err != nil {
			return nil, fmt.Errorf("the server saved no index when it was stopped: %w", err)
		}
		return open(ctx)
	}}
	s.say("opening the workspace")
	medians, err := contest(ctx, s.rounds, rebuilt, saved)
	if err != nil {
		return err
	}
	work := "opening a workspace of " + millions(s.events) + " events, to the board's first answer"
	s.add(atMost(work, "", medians[rebuilt.name], openedWithin))
	s.add(atMost(work+", with the saved index", "", medians[saved.name], openedSavedWithin))
	return nil
}

// againstMemory holds a question to the time of reading the index once.
func (s *suite) againstMemory(ctx context.Context, b *beichen, events int) error {
	bytes, _, err := indexBytes(ctx, b)
	if err != nil {
		return err
	}
	once := readOnce(int(bytes))
	against := fmt.Sprintf("reading the index' %.0f MB once, at %.0f GB/s", bytes/1e6, bytes/1e9/once.Seconds())
	for _, part := range []struct {
		what string
		ours contender
		most float64
	}{
		{"funnel", b.asks(funnel()), funnelTimesMemory}, {"funnel, counts alone", b.asksForCounts(funnel()), funnelTimesMemory},
		{"board", b.asks(board()), boardTimesMemory}, {"board, counts alone", b.asksForCounts(board()), boardTimesMemory},
	} {
		medians, err := contest(ctx, s.rounds, part.ours)
		if err != nil {
			return err
		}
		s.add(within(part.what+", "+millions(events)+" events", against, medians[part.ours.name], once, part.most))
	}
	return nil
}
