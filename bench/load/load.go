// Package load drives the capture routes of a server as hard as a few
// connections can, and serves the peer that capture is held against.
package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config is one run of the generator.
type Config struct {
	URL         string        // of the server, http://HOST:PORT
	Keys        []string      // write keys, dealt out to the connections in turn; at least one
	Connections int           // each sends its next request when the last one was answered
	Batch       int           // events a request: more than one go to /v1/batch, one alone to /v1/track
	Duration    time.Duration // no request begins after it
	// Event appends one event, a JSON object, to a body. It is called by all
	// connections at once and never twice with one serial; its bytes are what
	// the generator costs, so it should copy rather than compute.
	Event func(out []byte, serial uint64) []byte
	// PerSecond, if not 0, holds all connections together to so many events a
	// second, and times a request from the moment it was due: a server that
	// stalls is charged for what came in meanwhile.
	PerSecond float64
}

// Result is what a run saw. A request counts with all its events once it was
// answered 200; quantiles are of these requests, from the first byte sent (or
// due) to the last byte read.
type Result struct {
	Events          int
	EventsPerSecond float64
	P50, P99, Max   time.Duration
	Errors          int   // requests that were answered otherwise, or not at all
	FirstError      error // nil without errors
}

// Run sends until the duration is over, or the context ends, and waits for the
// last answers. Its error is of the set-up; what happens to requests is counted.
func Run(ctx context.Context, c Config) (Result, error) {
	target, err := url.Parse(c.URL)
	if err != nil {
		return Result{}, err
	}
	if len(c.Keys) == 0 || c.Connections < 1 || c.Batch < 1 || c.Event == nil {
		return Result{}, errors.New("load: keys, connections, batch and event are needed")
	}
	r := &run{Config: c, host: target.Host, begun: time.Now()}
	connections := make([]*connection, c.Connections)
	for i := range connections {
		if connections[i], err = r.dial(ctx, c.Keys[i%len(c.Keys)]); err != nil {
			return Result{}, err
		}
		defer connections[i].Close()
	}
	r.begun = time.Now()
	var senders sync.WaitGroup
	for _, conn := range connections {
		senders.Go(func() { r.send(ctx, conn) })
	}
	senders.Wait()
	return r.result(time.Since(r.begun), connections), nil
}

type run struct {
	Config
	host    string
	begun   time.Time
	serial  atomic.Uint64
	request atomic.Int64 // that were begun, for the pace
}

func (r *run) dial(ctx context.Context, key string) (*connection, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.host)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	path := "/v1/track"
	if r.Batch > 1 {
		path = "/v1/batch"
	}
	return newConnection(conn, r.host, path, key), nil
}

// send is what one connection does.
func (r *run) send(ctx context.Context, c *connection) {
	for ctx.Err() == nil {
		from, ok := r.turn(ctx)
		if !ok {
			return
		}
		serial := r.serial.Add(uint64(r.Batch)) - uint64(r.Batch)
		c.begin()
		if r.Batch == 1 {
			c.out = r.Event(c.out, serial)
		} else {
			c.out = append(c.out, `{"batch":[`...)
			for i := range r.Batch {
				if i > 0 {
					c.out = append(c.out, ',')
				}
				c.out = r.Event(c.out, serial+uint64(i))
			}
			c.out = append(c.out, `]}`...)
		}
		if err := c.exchange(); err != nil {
			c.errors = append(c.errors, err)
			if !errors.Is(err, errRefused) {
				return // the connection is broken
			}
			continue
		}
		c.took = append(c.took, time.Since(from))
	}
}

// turn waits until the next request is due, which is at once without a pace, and
// tells from when it is timed; false when the run is over.
func (r *run) turn(ctx context.Context) (time.Time, bool) {
	now := time.Now()
	if r.PerSecond == 0 {
		return now, now.Sub(r.begun) < r.Duration
	}
	n := r.request.Add(1) - 1
	due := r.begun.Add(time.Duration(float64(n) * float64(r.Batch) / r.PerSecond * float64(time.Second)))
	if due.Sub(r.begun) >= r.Duration || now.Sub(r.begun) >= 2*r.Duration {
		return due, false
	}
	if wait := due.Sub(now); wait > 0 {
		select {
		case <-ctx.Done():
			return due, false
		case <-time.After(wait):
		}
	}
	return due, true
}

func (r *run) result(took time.Duration, connections []*connection) Result {
	var all []time.Duration
	var out Result
	for _, c := range connections {
		all = append(all, c.took...)
		out.Errors += len(c.errors)
		if out.FirstError == nil && len(c.errors) > 0 {
			out.FirstError = c.errors[0]
		}
	}
	if len(all) == 0 {
		return out
	}
	slices.Sort(all)
	out.Events = len(all) * r.Batch
	out.EventsPerSecond = float64(out.Events) / took.Seconds()
	out.P50, out.P99, out.Max = quantile(all, 0.5), quantile(all, 0.99), all[len(all)-1]
	return out
}

// quantile is the smallest value that at least the share q of all do not exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	at := int(q * float64(len(sorted)))
	if float64(at) == q*float64(len(sorted)) && at > 0 {
		at--
	}
	return sorted[min(at, len(sorted)-1)]
}
