package app

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"beichen/internal/fault"
)

// door stands between a server and the workspace that it serves, which may be
// exchanged for another: shut waits until nobody is inside, and who comes meanwhile
// waits in front of it.
type door struct {
	mu     sync.Mutex
	inside http.Handler  // nil while it is shut
	opened chan struct{} // closed when it is opened again
	guests map[*guest]struct{}
	left   chan struct{} // of a shut door: closed when the last guest is gone
}

// guest is a request under way.
type guest struct{ sendAway context.CancelFunc }

// What a shut door asks of people.
const (
	waitAtDoor = 10 * time.Second // before they are asked to come back
	doorRetry  = 2                // seconds after which they should
	leaveUntil = 5 * time.Second  // for answers under way; longer ones are broken off
)

// open lets requests in, to a handler.
func (d *door) open(inside http.Handler) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside = inside
	if d.guests == nil {
		d.guests = map[*guest]struct{}{}
	}
	if d.opened != nil {
		close(d.opened)
	}
	d.opened = nil
}

// shut lets nobody in any more and waits until all have left.
func (d *door) shut() {
	d.mu.Lock()
	d.inside, d.opened, d.left = nil, make(chan struct{}), make(chan struct{})
	left := d.left
	if len(d.guests) == 0 {
		close(left)
		d.left = nil
	}
	d.mu.Unlock()
	select {
	case <-left:
		return
	case <-time.After(leaveUntil):
	}
	d.mu.Lock()
	for g := range d.guests {
		g.sendAway()
	}
	d.mu.Unlock()
	<-left
}

// enter waits for the door to be open; inside is nil if it did not open.
func (d *door) enter(ctx context.Context, g *guest) (inside http.Handler) {
	patience := time.NewTimer(waitAtDoor)
	defer patience.Stop()
	for {
		d.mu.Lock()
		if inside := d.inside; inside != nil {
			d.guests[g] = struct{}{}
			d.mu.Unlock()
			return inside
		}
		opened := d.opened
		d.mu.Unlock()
		select {
		case <-opened:
		case <-patience.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

func (d *door) leave(g *guest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if delete(d.guests, g); len(d.guests) == 0 && d.left != nil {
		close(d.left)
		d.left = nil
	}
}

// ServeHTTP implements http.Handler. Machines that ask how the server is get an answer
// at once: it lives, and is not ready while the door is shut.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	isShut := d.inside == nil
	d.mu.Unlock()
	switch {
	case isShut && r.URL.Path == "/healthz":
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
		return
	case isShut && r.URL.Path == "/readyz":
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "moving"})
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	g := &guest{cancel}
	inside := d.enter(ctx, g)
	if inside == nil {
		w.Header().Set("Retry-After", strconv.Itoa(doorRetry))
		writeFault(w, r, fault.New(fault.Unavailable, "move.switching", "retryAfter", doorRetry), http.StatusServiceUnavailable)
		return
	}
	defer d.leave(g)
	inside.ServeHTTP(w, r.WithContext(ctx))
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the asker has gone
}

// writeFault answers an error as the API does (httpapi.Problem), with what clients of
// the capture protocol look for besides.
func writeFault(w http.ResponseWriter, r *http.Request, f *fault.Error, status int) {
	writeJSON(w, status, struct {
		problem
		Type    string `json:"type"`
		Status  int    `json:"status"`
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{problemOf(f, r), "urn:beichen:problem:" + f.Key, status, false, f.Message(languageOf(r))})
}

// problem is an error in the words of who asked.
type problem struct {
	Kind   fault.Kind `json:"kind"`
	Key    string     `json:"key"`
	Title  string     `json:"title"`
	Detail string     `json:"detail,omitempty"`
}

func problemOf(f *fault.Error, r *http.Request) problem {
	return problem{f.Kind, f.Key, f.Message(languageOf(r)), f.Hint(languageOf(r))}
}

func languageOf(r *http.Request) fault.Language {
	return fault.ParseLanguage(r.Header.Get("Accept-Language"))
}
