package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"beichen/bench/history"
)

// series is how a time grows with one thing.
type series struct {
	name string // of the question
	by   string // what grows, with its unit
	x    []float64
	y    []time.Duration
}

// asWorkGrows asks larger and larger questions, and the same ones of more and
// more events.
func (s *suite) asWorkGrows(ctx context.Context) error {
	byEvents := []series{{name: "funnel", by: "events"}, {name: "board", by: "events"}}
	sizes := []int{s.events / 10, s.events}
	for _, events := range slices.Compact(slices.Sorted(slices.Values(append(sizes, s.larger...)))) {
		if err := s.grown(ctx, events, byEvents); err != nil {
			return err
		}
	}
	s.growth = append(byEvents, s.growth...)
	return nil
}

// grown asks a workspace of so many events, which it makes if it is not there.
func (s *suite) grown(ctx context.Context, events int, byEvents []series) (err error) {
	if events != s.events {
		s.say("writing a workspace of %s events", millions(events))
		if err := writeWorkspace(ctx, s.folder(events), s.plan(events)); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(s.folder(events))) }()
	}
	return s.served(ctx, events, func(b *beichen) error { return s.asked(ctx, b, events, byEvents) })
}

// asked adds the points that a workspace of so many events gives.
func (s *suite) asked(ctx context.Context, b *beichen, events int, byEvents []series) error {
	for i, d := range []drawing{funnel(), board()} {
		if err := s.extend(ctx, b, &byEvents[i], float64(events), d); err != nil {
			return err
		}
	}
	switch {
	case events > s.events:
		return s.againstMemory(ctx, b, events)
	case events < s.events:
		return nil
	}
	bySteps := series{name: "journey of 3 steps a stage", by: "steps"}
	for _, steps := range []int{3, 10, 30, 60, 100} {
		if err := s.extend(ctx, b, &bySteps, float64(steps), long(steps)); err != nil {
			return err
		}
	}
	byValues := series{name: "funnel, broken down", by: "values"}
	for _, values := range history.Groups {
		if err := s.extend(ctx, b, &byValues, float64(values), funnel(), fmt.Sprintf("properties.group%d", values)); err != nil {
			return err
		}
	}
	s.growth = append(s.growth, bySteps, byValues)
	return nil
}

// extend adds a point to a series.
func (s *suite) extend(ctx context.Context, b *beichen, to *series, x float64, d drawing, breakdown ...string) error {
	ours := b.asks(d, breakdown...)
	medians, err := contest(ctx, s.rounds, ours)
	if err != nil {
		return err
	}
	to.x, to.y = append(to.x, x), append(to.y, medians[ours.name])
	s.say("%s, %g %s: %s", to.name, x, to.by, millis(medians[ours.name]))
	return nil
}
