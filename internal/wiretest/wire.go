// Package wiretest is a network for tests that can fail: a wire on loopback to a
// server, which can be shut, cut without a word, or slow.
package wiretest

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Wire leads to one server. Its methods are safe for concurrent use.
type Wire struct {
	listener net.Listener
	to       string // HOST:PORT of the server
	carrying sync.WaitGroup

	slow atomic.Int64 // nanoseconds that every piece takes

	mu       sync.Mutex
	state    state
	shutAt   []byte // at whose sight it is shut
	sleepAt  []byte // at whose sight nothing passes on that connection until sleep returns
	sleep    func()
	sessions map[*session]struct{}
}

type state uint8

const (
	whole state = iota
	shut        // whoever calls is turned away
	cut         // nothing comes through, and nobody is told so
)

// session is one connection over the wire. What was cut once stays lost.
type session struct {
	near, far net.Conn
	lost      atomic.Bool
}

// Lay lays a wire to the server at an address, until the test ends. The server need
// not be there.
func Lay(t testing.TB, to string) *Wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{listener: l, to: to, sessions: map[*session]struct{}{}}
	w.carrying.Go(w.accept)
	t.Cleanup(func() {
		l.Close()
		w.Shut()
		w.carrying.Wait()
	})
	return w
}

// Address is the HOST:PORT of its near end.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Shut ends all connections and turns away whoever calls.
func (w *Wire) Shut() { w.become(shut) }

// Cut lets nothing through any more; both sides wait. What was on its way is lost,
// also after Mend, and so are the connections of before.
func (w *Wire) Cut() { w.become(cut) }

// Mend lets new connections through.
func (w *Wire) Mend() { w.become(whole) }

// Slow makes every piece of what is said take so long, each way; 0 is at once.
func (w *Wire) Slow(by time.Duration) { w.slow.Store(int64(by)) }

// ShutAt shuts the wire once a text comes to its near end, which does not pass.
func (w *Wire) ShutAt(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shutAt = []byte(text)
}

// SleepAt keeps a text that comes to the near end there until sleep returns, the first
// time.
func (w *Wire) SleepAt(text string, sleep func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sleepAt, w.sleep = []byte(text), sleep
}

func (w *Wire) become(s state) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.shutAt = s, nil
	for one := range w.sessions {
		switch s {
		case shut:
			one.near.Close()
			one.far.Close()
		case cut:
			one.lost.Store(true)
		case whole: // what was cut does not come back
		}
	}
}

func (w *Wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.carrying.Go(func() { w.begin(near) })
	}
}

func (w *Wire) begin(near net.Conn) {
	w.mu.Lock()
	s := w.state
	w.mu.Unlock()
	if s == shut {
		near.Close()
		return
	}
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		near.Close()
		return
	}
	one := &session{near: near, far: far}
	w.mu.Lock()
	one.lost.Store(w.state == cut)
	if w.state == shut {
		near.Close()
		far.Close()
	}
	w.sessions[one] = struct{}{}
	w.mu.Unlock()
	var ways sync.WaitGroup
	ways.Go(func() { w.carry(one, near, far, true) })
	ways.Go(func() { w.carry(one, far, near, false) })
	ways.Wait()
	near.Close()
	far.Close()
	w.mu.Lock()
	delete(w.sessions, one)
	w.mu.Unlock()
}

// carry moves what comes from one side to the other, until either hangs up. Each side
// is told in an orderly way that the other one has, also if that was killed.
func (w *Wire) carry(one *session, from, to net.Conn, asks bool) {
	defer to.(*net.TCPConn).CloseWrite()
	for part := make([]byte, 64<<10); ; {
		n, err := from.Read(part)
		if one.lost.Load() {
			if err == nil {
				_, _ = io.Copy(io.Discard, from) // until the one who waits gives up
			}
			return
		}
		if asks && w.ends(part[:n]) {
			return
		}
		time.Sleep(time.Duration(w.slow.Load()))
		if _, wrote := to.Write(part[:n]); wrote != nil {
			_, _ = io.Copy(io.Discard, from) // what nobody hears any more
			return
		}
		if err != nil {
			return
		}
	}
}

// ends reports whether a piece has the text at which the wire is shut, and shuts it. It
// sleeps where a piece has the text for that.
func (w *Wire) ends(piece []byte) bool {
	w.mu.Lock()
	seen := w.shutAt != nil && bytes.Contains(piece, w.shutAt)
	var sleep func()
	if w.sleep != nil && bytes.Contains(piece, w.sleepAt) {
		sleep, w.sleep = w.sleep, nil
	}
	w.mu.Unlock()
	if sleep != nil {
		sleep()
	}
	if seen {
		w.Shut()
	}
	return seen
}
