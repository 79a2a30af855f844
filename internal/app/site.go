package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"beichen/internal/fault"
	"beichen/internal/httpapi"
)

// site is where a workspace is served, and stays when its stores move and it is opened
// anew: the address, the secret of commands on the folder, and the door.
type site struct {
	Serving
	door
	secret string
	log    *slog.Logger
	ctx    context.Context // as long as anything is served
	failed chan error      // what ends the serving

	moving sync.Mutex // held while stores move

	living sync.Mutex // guards the rest
	w      *Workspace
	api    *httpapi.Server
	rest   func() // ends what goes on besides requests, and waits for it
}

// moveIn begins to serve a workspace that was opened just now.
func (s *site) moveIn(w *Workspace) {
	w.streams.Follow(func(err error) { w.Log.Warn("the index cannot follow; the next question tries again", "error", err) })
	s.goOn(w)
}

// goOn serves a workspace that is followed.
func (s *site) goOn(w *Workspace) {
	ctx, cancel := context.WithCancel(s.ctx)
	besides, ctx := errgroup.WithContext(ctx)
	besides.Go(func() error { return w.Access.Run(ctx, w.Log) })
	besides.Go(func() error { return w.follow(ctx) })
	besides.Go(func() error { return w.beSeen(ctx, s.Serving) })
	besides.Go(func() error { w.expireAll(ctx); return nil })
	if w.Facts != "" {
		besides.Go(func() error { w.tidy(ctx); return nil })
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.fail(besides.Wait())
	}()
	api := w.surface(s.Serving, s.secret)
	s.living.Lock()
	s.w, s.api, s.rest = w, api, func() { cancel(); <-over }
	s.living.Unlock()
	if s.ctx.Err() != nil {
		api.Close()
	}
	s.door.open(api)
}

// fail ends the serving with an error, the first one.
func (s *site) fail(err error) {
	if err == nil {
		return
	}
	select {
	case s.failed <- err:
	default:
	}
}

// fails is what the serving ends with.
func (s *site) fails() error {
	select {
	case <-s.ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// endStreams ends the answers that have no end of their own.
func (s *site) endStreams() {
	s.living.Lock()
	defer s.living.Unlock()
	s.api.Close()
}

// clear waits until nobody uses the workspace any more.
func (s *site) clear() {
	s.endStreams()
	s.door.shut()
	s.rest()
}

// moveOut closes the workspace that is served in the end, unless it is that of the
// caller, who does.
func (s *site) moveOut(first *Workspace) error {
	s.moving.Lock() // a move that has begun its switch comes to its end
	defer s.moving.Unlock()
	s.rest()
	if s.w == first {
		return nil
	}
	return s.w.Close()
}

// ServeHTTP implements http.Handler. A move is asked for in front of the door, behind
// which the workspace is exchanged.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == movePath {
		s.serveMove(w, r)
		return
	}
	s.door.ServeHTTP(w, r)
}

// isOurs reports whether a request is of a command on the workspace's folder.
func (s *site) isOurs(r *http.Request) bool {
	want := "Bearer " + s.secret
	return subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(want)) == 1
}

// faultOf is an error as a fault; what is none is a defect.
func faultOf(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.Wrap(err, fault.Internal, "fault.internal", "request", "")
}
