package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"time"

	"beichen/bench/load"
)

const (
	captureConnections = 64
	captureBatch       = 100
	// captureKeys share the load: the product holds each to 50,000 events a second.
	captureKeys = 8
	// captureBehind is how many seconds' worth of events may be durable and not
	// loaded at the end of a minute. The loader lets events wait so long for a whole row
	// group to come together; more would mean that it falls behind.
	captureBehind = 8.0
)

// The shares of what the peer takes that capture has to take: for a minute, for ten
// seconds, and of events that come one by one.
const (
	shareSustained = 0.15
	shareAtOnce    = 0.30
	shareSingles   = 0.50
)

// capture sends events as fast as the server takes them, against a server with
// the same decoder that stores nothing. The peer is measured before and after. How
// long a request takes is measured at the rates that are promised: a sender who fills
// every connection as soon as it is free waits, by Little's law, as long as all
// connections' events take.
func (s *suite) capture(ctx context.Context) error {
	s.say("sending events")
	before, err := s.capturePeer(ctx)
	if err != nil {
		return err
	}
	ours, err := s.captureOurs(ctx, before)
	if err != nil {
		return err
	}
	after, err := s.capturePeer(ctx)
	if err != nil {
		return err
	}
	const against = "the same decoder, storing nothing"
	peer := (before.batches.EventsPerSecond + after.batches.EventsPerSecond) / 2
	single := (before.singles.EventsPerSecond + after.singles.EventsPerSecond) / 2
	row := func(work string, r load.Result, peer, least float64) {
		share := r.EventsPerSecond / peer
		s.add(line{
			work: work, against: against, ratio: fmt.Sprintf("%.0f %%", 100*share),
			ours: fmt.Sprintf("%.0f events/s, p99 %s", r.EventsPerSecond, millis(r.P99)), peer: fmt.Sprintf("%.0f events/s", peer),
			reach: fmt.Sprintf("≥ %.0f %%", 100*least), reached: share >= least,
		})
	}
	row(fmt.Sprintf("capture as fast as it goes, batches of %d, %d connections, %s", captureBatch, captureConnections, s.long), ours.sustained, peer, shareSustained)
	row(fmt.Sprintf("the same, %s", s.short), ours.batches, peer, shareAtOnce)
	row(fmt.Sprintf("the same, single events, %s", s.short), ours.singles, single, shareSingles)
	paced := func(work string, r load.Result, asked float64, p99 time.Duration, keepsUp bool) {
		const whole = 0.99 // the last requests may be answered after the end
		l := atMost(work, "p99, from when a request was due", r.P99, p99)
		l.ours = fmt.Sprintf("%s at %.0f events/s", l.ours, r.EventsPerSecond)
		if !keepsUp {
			l.reach += fmt.Sprintf(", ≤ %.0f s behind", captureBehind)
		}
		l.reached = l.reached && keepsUp && r.EventsPerSecond >= whole*asked
		s.add(l)
	}
	behind := ours.behind / ours.steady.EventsPerSecond
	paced(fmt.Sprintf("capture at %.0f %% of the peer's rate for %s, loaded (%.1f s behind at the end)", 100*shareSustained, s.long, behind),
		ours.steady, shareSustained*before.batches.EventsPerSecond, 100*time.Millisecond, behind <= captureBehind)
	paced(fmt.Sprintf("then at %.0f %% for %s", 100*shareAtOnce, s.short), ours.burst, shareAtOnce*before.batches.EventsPerSecond, 100*time.Millisecond, true)
	paced(fmt.Sprintf("single events at %.0f %% of the peer's rate for %s", 100*shareSingles, s.short),
		ours.steadySingles, shareSingles*before.singles.EventsPerSecond, 25*time.Millisecond, true)
	return nil
}

// captured is what was seen of one server: as fast as it goes, and at the rates that
// are promised.
type captured struct {
	batches, sustained, singles  load.Result
	steady, burst, steadySingles load.Result
	behind                       float64 // events not loaded at the end of steady
}

func (s *suite) captureOurs(ctx context.Context, peer captured) (c captured, err error) {
	dir := filepath.Join(s.dir, "capture")
	b, err := serve(ctx, s.program, dir)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, b.stop(), os.RemoveAll(dir)) }()
	var keys []string
	for i := range captureKeys {
		var made struct{ Secret string }
		text, err := b.post(ctx, "/api/v1/keys", map[string]any{"name": fmt.Sprintf("site %d", i), "kind": "write", "scopes": []string{"capture"}})
		if err = errors.Join(err, json.Unmarshal(text, &made)); err != nil {
			return c, err
		}
		keys = append(keys, made.Secret)
	}
	batches, singles := peer.batches.EventsPerSecond, peer.singles.EventsPerSecond
	for _, run := range []struct {
		into      *load.Result
		batch     int
		length    time.Duration
		perSecond float64
	}{
		{&c.batches, captureBatch, s.short, 0}, {&c.sustained, captureBatch, s.long, 0}, {&c.singles, 1, s.short, 0},
		{&c.steady, captureBatch, s.long, shareSustained * batches}, {&c.burst, captureBatch, s.short, shareAtOnce * batches},
		{&c.steadySingles, 1, s.short, shareSingles * singles},
	} {
		if *run.into, err = send(ctx, b.url, keys, run.batch, run.length, run.perSecond); err != nil {
			return c, err
		}
		behind, err := b.caughtUp(ctx)
		if err != nil {
			return c, err
		}
		if run.into == &c.steady {
			c.behind = behind
		}
	}
	return c, nil
}

func (s *suite) capturePeer(ctx context.Context) (c captured, err error) {
	url, stop, err := startPeer(ctx)
	if err != nil {
		return c, err
	}
	defer stop()
	if c.batches, err = send(ctx, url, []string{load.PeerKey}, captureBatch, s.short, 0); err != nil {
		return c, err
	}
	c.singles, err = send(ctx, url, []string{load.PeerKey}, 1, s.short, 0)
	return c, err
}

// send sends as fast as it goes, or so many events a second if that is not 0.
func send(ctx context.Context, url string, keys []string, batch int, length time.Duration, perSecond float64) (load.Result, error) {
	now := time.Now()
	r, err := load.Run(ctx, load.Config{
		URL: url, Keys: keys, Connections: captureConnections, Batch: batch, Duration: length, PerSecond: perSecond,
		Event: load.BrowserEvents(fmt.Sprintf("%x", now.UnixNano()), 200_000, now),
	})
	if err == nil && r.Errors > 0 {
		err = fmt.Errorf("%d requests failed, the first: %w", r.Errors, r.FirstError)
	}
	return r, err
}

// peerVariable makes a child of this program the peer of capture.
const peerVariable = "BEICHEN_BENCH_PEER"

// startPeer starts the server that stores nothing as a process of its own, on an
// address that is free.
func startPeer(ctx context.Context) (url string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	child := exec.CommandContext(ctx, self)
	child.Env, child.Stderr, child.ExtraFiles = append(os.Environ(), peerVariable+"=1"), os.Stderr, []*os.File{file}
	if err := child.Start(); err != nil {
		return "", nil, err
	}
	return "http://" + listener.Addr().String(), func() {
		_ = child.Process.Kill() // it has nothing to lose
		_ = child.Wait()
	}, nil
}

// servePeer serves on the listener that the parent has opened as descriptor 3.
func servePeer() error {
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	debug.SetGCPercent(50) // as the product
	return http.Serve(listener, load.Peer())
}
