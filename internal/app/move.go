package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/live"
	"beichen/internal/move"
)

// Moved says what a move came to.
type Moved struct {
	Halted time.Duration `json:"halted"` // how long nothing was taken in
	Shut   time.Duration `json:"shut"`   // how long of it nothing was answered
	Facts  *Route        `json:"facts,omitempty"`
	Ledger *Route        `json:"ledger,omitempty"`
}

// Route is where a store was and is, for people.
type Route struct {
	From string `json:"from"`
	To   string `json:"to"`
	Left string `json:"left"` // where what was is left: a file, or From
	// InFolder reports whether it is in the workspace's folder now.
	InFolder bool `json:"inFolder"`
}

// String is for the log.
func (r *Route) String() string {
	if r == nil {
		return "stays"
	}
	return r.From + " → " + r.To
}

// MoveEvent is what is told of a move on its way: how far it is, that it switches, and
// in the end what it came to or what went wrong.
type MoveEvent struct {
	*move.Progress
	Switching bool     `json:"switching,omitempty"`
	Moved     *Moved   `json:"moved,omitempty"`
	Problem   *problem `json:"problem,omitempty"`
}

// MoveOptions say where a workspace is and where its stores are to be.
type MoveOptions struct {
	Options
	// To are the places that the stores move to; see Options.At.
	To       []string
	Language fault.Language
	Told     func(MoveEvent)
}

// Move moves the stores of the workspace in a folder: by the server that runs on it,
// which goes on serving, or, if none does, by opening the folder. A move that was
// broken off goes on. Where it fails the workspace is where it was.
func Move(ctx context.Context, o MoveOptions) (*Moved, error) {
	m, err := moveRunning(ctx, o)
	if !errors.Is(err, errNotRunning) {
		return m, err
	}
	done, err := completeMove(ctx, o.Options, o.To)
	if err != nil {
		return nil, err
	}
	if done != nil {
		return moved(o.Dir, *done), nil
	}
	if err := isWorkspace(o.Dir); err != nil {
		return nil, err
	}
	return moveFolder(ctx, o)
}

// moveRunning asks the server that runs on a folder.
func moveRunning(ctx context.Context, o MoveOptions) (*Moved, error) {
	order, err := json.Marshal(moveOrder{o.To})
	if err != nil {
		return nil, err
	}
	told, err := sendRunning(ctx, o.Dir, http.MethodPost, movePath, bytes.NewReader(order), o.Language)
	if err != nil {
		return nil, err
	}
	defer told.Close()
	lines := json.NewDecoder(told)
	for {
		var e MoveEvent
		err := lines.Decode(&e)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fault.Wrap(err, fault.Unavailable, "move.interrupted")
		case e.Problem != nil:
			p := e.Problem
			return nil, fault.Wrap(&client.Refusal{Key: p.Key}, p.Kind, "client.refused", "title", p.Title, "detail", p.Detail)
		case e.Moved != nil:
			return e.Moved, nil
		}
		o.Told(e)
	}
}

// moveFolder moves the stores of a workspace that nobody serves.
func moveFolder(ctx context.Context, o MoveOptions) (_ *Moved, err error) {
	w, err := Open(ctx, o.Options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	m, err := newMover(ctx, w, o.To, o.tellProgress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	if err := w.Intake.Halt(ctx); err != nil {
		return nil, err
	}
	if err := m.finish(ctx); err != nil {
		return nil, err
	}
	if err := m.commit(ctx); err != nil {
		return nil, err
	}
	return m.settleDown()
}

func (o MoveOptions) tellProgress(p move.Progress) { o.Told(MoveEvent{Progress: &p}) }

// settleDown closes everything and puts the new stores in their place.
func (m *mover) settleDown() (*Moved, error) {
	if err := errors.Join(m.close(), m.w.Close()); err != nil {
		return nil, err
	}
	if err := m.settle(m.w.Dir); err != nil {
		return nil, err
	}
	return moved(m.w.Dir, m.moving), nil
}

// movePath is where a command asks the server of its folder to move the stores. It is
// for nobody else: who names a place makes the server connect to it.
const movePath = "/api/v1/move"

type moveOrder struct {
	To []string `json:"to"`
}

// serveMove answers with MoveEvents, one a line. The move ends with the request until it
// has begun to switch.
func (s *site) serveMove(w http.ResponseWriter, r *http.Request) {
	if !s.isOurs(r) || r.Method != http.MethodPost {
		writeFault(w, r, fault.New(fault.Denied, "move.local"), http.StatusUnauthorized)
		return
	}
	var order moveOrder
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&order); err != nil {
		writeFault(w, r, fault.Wrap(err, fault.Invalid, "move.place"), http.StatusUnprocessableEntity)
		return
	}
	stream := http.NewResponseController(w)
	// The server's timeouts are for answers that end soon.
	if err := errors.Join(stream.SetWriteDeadline(time.Time{}), stream.SetReadDeadline(time.Time{})); err != nil {
		s.log.DebugContext(r.Context(), "no deadlines to lift", "error", err)
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	tell := func(e MoveEvent) {
		_ = json.NewEncoder(w).Encode(e) // the move ends with its asker by the context
		_ = stream.Flush()
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	done, err := s.move(ctx, order.To, tell)
	if err != nil {
		s.log.ErrorContext(ctx, "the stores were not moved", "error", err)
		tell(MoveEvent{Problem: new(problemOf(faultOf(err), r))})
		return
	}
	s.log.InfoContext(ctx, "the stores were moved", "facts", done.Facts, "ledger", done.Ledger, "halted", done.Halted, "shut", done.Shut)
	tell(MoveEvent{Moved: done})
}

// move moves the stores of the workspace that is served here.
func (s *site) move(ctx context.Context, to []string, tell func(MoveEvent)) (_ *Moved, err error) {
	if !s.moving.TryLock() {
		return nil, fault.New(fault.Conflict, "move.running")
	}
	defer s.moving.Unlock()
	w := s.w
	m, err := newMover(ctx, w, to, MoveOptions{Told: tell}.tellProgress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	if err := m.prepare(ctx); err != nil {
		return nil, err
	}
	if err := w.waitForBackup(ctx); err != nil {
		return nil, err
	}
	defer w.copying.Unlock()

	// From here on nothing is taken in; questions are answered as before.
	tell(MoveEvent{Switching: true})
	w.Log.InfoContext(ctx, "the stores are switched: nothing is taken in for some seconds")
	w.Live.Publish(live.News{Type: "moving", At: w.Now()})
	halted := time.Now()
	if err = w.halt(ctx); err == nil {
		err = m.finish(ctx)
	}
	if err != nil {
		w.Intake.Resume()
		w.Live.Publish(live.News{Type: "moved", At: w.Now()})
		return nil, err
	}

	// From here on nobody is answered, and nobody breaks it off.
	ctx = context.WithoutCancel(ctx)
	shut := time.Now()
	s.clear()
	if err := m.commit(ctx); err != nil {
		w.Intake.Resume()
		s.goOn(w)
		return nil, err
	}
	done, err := m.settleDown()
	if err == nil {
		if w, err = Open(ctx, m.to); err != nil {
			err = fault.Wrap(err, fault.Unavailable, "move.reopen")
		}
	}
	if err != nil {
		s.fail(err)
		return nil, err
	}
	s.moveIn(w)
	done.Halted, done.Shut = time.Since(halted), time.Since(shut)
	return done, nil
}

// halt halts the intake, of a store that takes what comes: one that is away must not
// keep senders waiting.
func (w *Workspace) halt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	return w.Intake.Halt(ctx)
}

// waitForBackup waits until no copy of the workspace is being made, and keeps others
// from beginning.
func (w *Workspace) waitForBackup(ctx context.Context) error {
	for !w.copying.TryLock() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// moved says what a settled move came to.
func moved(dir string, m moving) *Moved {
	var done Moved
	if r := m.Facts; r != nil {
		done.Facts = r.told(dir, m.aside(factsFile(dir)))
	}
	if r := m.Ledger; r != nil {
		done.Ledger = r.told(dir, m.aside(ledgerFile(dir)))
	}
	return &done
}

// told says where a store was and is. What was in the folder is left in a file.
func (r route) told(dir, aside string) *Route {
	left := r.From.name(dir)
	if r.From == (sign{}) {
		left = aside
	}
	return &Route{From: r.From.name(dir), To: r.To.name(dir), Left: left, InFolder: r.To == (sign{})}
}

// name is the place that a sign of a folder speaks of.
func (s sign) name(dir string) string {
	switch {
	case s.ClickHouse != "":
		return "ClickHouse " + s.ClickHouse
	case s.Postgres != "":
		return "Postgres " + s.Postgres
	}
	return dir
}
