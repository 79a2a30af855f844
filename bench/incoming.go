package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"beichen/bench/load"
)

// Events that come in while questions are asked.
const (
	incomingPerSecond   = 20_000
	incomingBatch       = 100
	incomingConnections = 8
)

// whileEventsComeIn asks the same questions while events come in and while none
// do, spell by spell. It changes the workspace.
func (s *suite) whileEventsComeIn(ctx context.Context) error {
	s.say("asking while %d events a second come in", incomingPerSecond)
	return s.served(ctx, s.events, func(b *beichen) error { return s.asking(ctx, b) })
}

func (s *suite) asking(ctx context.Context, b *beichen) error {
	questions := []drawing{funnel(), board()}
	ask := func(times [][]time.Duration) error {
		for i, d := range questions {
			began := time.Now()
			if _, err := b.measure(ctx, b.fresh(d, "channel")); err != nil {
				return err
			}
			times[i] = append(times[i], time.Since(began))
		}
		return nil
	}
	idle, busy := make([][]time.Duration, len(questions)), make([][]time.Duration, len(questions))
	if err := ask(make([][]time.Duration, len(questions))); err != nil { // warms up
		return err
	}
	slowest := float64(incomingPerSecond) // of the spells, in events a second that were taken in
	for spell := range s.rounds {
		if err := ask(idle); err != nil {
			return err
		}
		rate, err := s.spell(ctx, b, spell, func() error { return ask(busy) })
		if err != nil {
			return err
		}
		slowest = min(slowest, rate)
	}
	for i, d := range questions {
		l := within(fmt.Sprintf("%s while %d events a second come in", d.id, incomingPerSecond), "the same question when idle",
			median(busy[i]), median(idle[i]), 2)
		if slowest < 0.9*incomingPerSecond {
			l.work += fmt.Sprintf(" (only %.0f did)", slowest)
			l.reached = false
		}
		s.add(l)
	}
	return nil
}

// spell sends events, asks when they have come in for a second, and waits until
// all is loaded. It tells how many events a second were taken in.
func (s *suite) spell(ctx context.Context, b *beichen, number int, ask func() error) (rate float64, err error) {
	const settling, most = time.Second, 5 * time.Minute
	sending, stop := context.WithTimeout(ctx, most)
	defer stop()
	type outcome struct {
		load.Result
		took time.Duration
		err  error
	}
	done := make(chan outcome, 1)
	began := time.Now()
	go func() {
		r, err := load.Run(sending, load.Config{
			URL: b.url, Keys: []string{writeKey}, Connections: incomingConnections, Batch: incomingBatch, Duration: most,
			PerSecond: incomingPerSecond, Event: load.BrowserEvents(fmt.Sprintf("spell%d", number), 100_000, time.Now()),
		})
		done <- outcome{r, time.Since(began), err}
	}()
	time.Sleep(settling)
	err = ask()
	stop()
	sent := <-done
	if err = errors.Join(err, sent.err); err != nil {
		return 0, err
	}
	if sent.Errors > 0 {
		return 0, fmt.Errorf("%d requests with events failed, the first: %w", sent.Errors, sent.FirstError)
	}
	_, err = b.caughtUp(ctx)
	return float64(sent.Events) / sent.took.Seconds(), err
}

// caughtUp waits until all durable events are loaded, and tells how many were not.
func (b *beichen) caughtUp(ctx context.Context) (behind float64, err error) {
	for first := true; ; first = false {
		loaded, err := b.gauge(ctx, "beichen_facts_loaded_position")
		if err != nil {
			return 0, err
		}
		durable, err := b.gauge(ctx, "beichen_facts_durable_position")
		if err != nil {
			return 0, err
		}
		if first {
			behind = durable - loaded
		}
		if durable == loaded {
			return behind, nil
		}
		select {
		case <-ctx.Done():
			return behind, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
