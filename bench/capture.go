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
	// loaded at the end of a minute: more would mean that loading falls behind.
	captureBehind = 2.0
)

// capture sends events as fast as the server takes them, against a server with
// the same decoder that stores nothing. The peer is measured before and after.
func (s *suite) capture(ctx context.Context) error {
	s.say("sending events")
	before, err := s.capturePeer(ctx)
	if err != nil {
		return err
	}
	ours, err := s.captureOurs(ctx)
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
	row := func(work string, r load.Result, peer, least float64, p99 time.Duration, also bool) {
		share := r.EventsPerSecond / peer
		s.add(line{
			work: work, against: against, ratio: fmt.Sprintf("%.0f %%", 100*share),
			ours: fmt.Sprintf("%.0f events/s, p99 %s", r.EventsPerSecond, millis(r.P99)), peer: fmt.Sprintf("%.0f events/s", peer),
			reach: fmt.Sprintf("≥ %.0f %%, p99 ≤ %s", 100*least, millis(p99)), reached: share >= least && r.P99 <= p99 && also,
		})
	}
	behind := ours.behind / ours.sustained.EventsPerSecond
	row(fmt.Sprintf("capture, batches of %d, %d connections, %s, loaded (%.1f s behind at the end)",
		captureBatch, captureConnections, s.long, behind), ours.sustained, peer, 0.15, 100*time.Millisecond, behind <= captureBehind)
	row(fmt.Sprintf("the same, %s", s.short), ours.batches, peer, 0.30, 100*time.Millisecond, true)
	row(fmt.Sprintf("capture, single events, %d connections, %s", captureConnections, s.short), ours.singles, single, 0.50, 25*time.Millisecond, true)
	return nil
}

// captured is what was seen of one server.
type captured struct {
	batches, sustained, singles load.Result
	behind                      float64 // events not loaded at the end of sustained
}

func (s *suite) captureOurs(ctx context.Context) (c captured, err error) {
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
	for _, run := range []struct {
		into   *load.Result
		batch  int
		length time.Duration
	}{{&c.batches, captureBatch, s.short}, {&c.sustained, captureBatch, s.long}, {&c.singles, 1, s.short}} {
		if *run.into, err = send(ctx, b.url, keys, run.batch, run.length); err != nil {
			return c, err
		}
		behind, err := b.caughtUp(ctx)
		if err != nil {
			return c, err
		}
		if run.into == &c.sustained {
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
	if c.batches, err = send(ctx, url, []string{load.PeerKey}, captureBatch, s.short); err != nil {
		return c, err
	}
	c.singles, err = send(ctx, url, []string{load.PeerKey}, 1, s.short)
	return c, err
}

func send(ctx context.Context, url string, keys []string, batch int, length time.Duration) (load.Result, error) {
	now := time.Now()
	r, err := load.Run(ctx, load.Config{
		URL: url, Keys: keys, Connections: captureConnections, Batch: batch, Duration: length,
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
