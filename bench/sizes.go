package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"beichen/bench/load"
	"beichen/bench/plan"
	"beichen/internal/event"
	"beichen/internal/identity"
)

// measureSizes takes the figures that operators and the plan reckon with, and writes
// them to a file: bytes of an event wherever it lies, and what it takes of a processor.
func (s *suite) measureSizes(ctx context.Context, file string) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp(s.dir, "sizes-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	m := plan.Measured{Machine: thisMachine(s.program).String()}
	for _, part := range []func(context.Context, *plan.Measured) error{s.sizesOfIdentity, s.sizesOfStores, s.sizesOfQuestions, s.sizesOfCapture} {
		if err := part(ctx, &m); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// sizesOfIdentity are of ids as browsers make them up: UUIDs.
func (s *suite) sizesOfIdentity(_ context.Context, m *plan.Measured) error {
	const ids, links = 2_000_000, 500_000
	s.say("numbering %d ids", ids)
	id := func(of string, i int) string { return fmt.Sprintf("%8s-77aa-4c1e-9d10-%012d", of, i) }
	before := heap()
	g := identity.NewGraph()
	for i := range ids / 2 {
		g.Number(event.Ref{ID: id("user", i)})
		g.Number(event.Ref{Anonymous: true, ID: id("visitor", i)})
	}
	g.View()
	met := heap()
	link := func(i int) {
		g.Apply(identity.Row{MessageID: id("link", i), Type: event.Identify, UserID: id("user", i), AnonymousID: id("visitor", i), Time: time.Unix(int64(i), 0)})
	}
	for i := range links {
		link(i)
	}
	g.View()
	m.RefBytes = float64(met-before) / ids
	m.LinkBytes = float64(heap()-met) / links
	var times []time.Duration
	for i := range s.rounds {
		link(links + i)
		began := time.Now()
		g.View()
		times = append(times, time.Since(began))
	}
	m.ViewNanos = float64(median(times).Nanoseconds()) / ids
	runtime.KeepAlive(g)
	return nil
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// sizesOfQuestions are of a server on the workspace that engines are compared on.
func (s *suite) sizesOfQuestions(ctx context.Context, m *plan.Measured) error {
	s.say("writing a workspace of %s events", millions(s.events))
	if err := writeWorkspace(ctx, s.folder(s.events), s.plan(s.events)); err != nil {
		return err
	}
	return s.served(ctx, s.events, func(b *beichen) error {
		asked := func(d drawing) (nanos float64, err error) {
			ask := func(n int) error {
				for range n {
					if _, err := b.measure(ctx, b.fresh(d, "channel")); err != nil {
						return err
					}
				}
				return nil
			}
			if err := ask(2); err != nil { // the index is read, and what is asked for
				return 0, err
			}
			nanos, err = b.processor(ctx, func() error { return ask(s.rounds) })
			return nanos / float64(s.rounds) / float64(s.events), err
		}
		var err error
		if m.FunnelNanos, err = asked(funnel()); err != nil {
			return err
		}
		bytes, events, err := indexBytes(ctx, b)
		if err != nil {
			return err
		}
		m.IndexBytes = bytes / events
		before, err := b.gauge(ctx, "beichen_index_property_bytes")
		if err != nil {
			return err
		}
		if m.BoardNanos, err = asked(board()); err != nil {
			return err
		}
		if _, err := b.measure(ctx, b.fresh(filtered(), "channel")); err != nil {
			return err
		}
		after, err := b.gauge(ctx, "beichen_index_property_bytes")
		m.PropertyBytes = (after - before) / events
		return err
	})
}

// processor is how much of a processor the server takes while something is done, in
// nanoseconds.
func (b *beichen) processor(ctx context.Context, do func() error) (float64, error) {
	before, err := b.gauge(ctx, "process_cpu_seconds_total")
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := b.gauge(ctx, "process_cpu_seconds_total")
	return (after - before) * 1e9, err
}

// sizesOfCapture are of a server that takes in and loads at a pace at which it has
// time to spare.
func (s *suite) sizesOfCapture(ctx context.Context, m *plan.Measured) (err error) {
	s.say("sending events")
	dir := filepath.Join(s.dir, "capture")
	b, err := serve(ctx, s.program, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop(), os.RemoveAll(dir)) }()
	for _, run := range []struct {
		into      *float64
		batch     int
		perSecond float64
	}{{&m.CaptureNanos, captureBatch, 20_000}, {&m.SingleNanos, 1, 3_000}} {
		var sent load.Result
		nanos, err := b.processor(ctx, func() error {
			if sent, err = send(ctx, b.url, []string{writeKey}, run.batch, 2*s.short, run.perSecond); err != nil {
				return err
			}
			_, err = b.caughtUp(ctx)
			return err
		})
		if err != nil {
			return err
		}
		*run.into = nanos / float64(sent.Events)
	}
	return nil
}
