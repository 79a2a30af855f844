package clickhouse

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// A network may be cut without a word to either side. A server at work says so every
// tenth of a second, so that one that is silent for much longer is as good as away:
// whoever waits for it is told, and may try again on another connection. The driver's
// own bound is of a whole answer, which may well take minutes.

// silence is how long a server may say nothing, and take nothing in, in the middle of a
// question.
const silence = 20 * time.Second

// lines are the connections to a cluster that are open.
type lines struct {
	mu   sync.Mutex
	open map[*line]struct{}
}

// line is a connection on which every read and every write has its own bound, besides
// those that its user sets.
type line struct {
	*net.TCPConn
	among *lines
	to    string

	mu          sync.Mutex
	read, write time.Time // deadlines that were set; zero: none
	heard       time.Time // when something came, or it began
}

// dial opens a connection that notices silence.
func (w *Warehouse) dial(ctx context.Context, address string) (net.Conn, error) {
	raw, err := (&net.Dialer{Timeout: dialIn}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	l := w.lines.add(raw.(*net.TCPConn), address)
	if w.options.TLS == nil {
		return l, nil
	}
	config := w.options.TLS.Clone()
	if config.ServerName == "" {
		if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return tls.Client(l, config), nil
}

func (all *lines) add(conn *net.TCPConn, to string) *line {
	l := &line{TCPConn: conn, among: all, to: to, heard: time.Now()}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.open == nil {
		all.open = map[*line]struct{}{}
	}
	all.open[l] = struct{}{}
	return l
}

// hangUp ends the connections to a server of which nothing was heard since a silence
// began: those that wait in the pool were cut with the one that noticed, and whoever
// came by one of them would have to notice again.
func (all *lines) hangUp(to string, since time.Time) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for l := range all.open {
		if l.to == to && l.heardLast().Before(since) {
			_ = l.TCPConn.Close() // nothing was left to lose
		}
	}
}

func (l *line) heardLast() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard
}

// Read reads, and fails after silence.
func (l *line) Read(p []byte) (int, error) {
	began := time.Now()
	l.mu.Lock()
	err := l.TCPConn.SetReadDeadline(bound(l.read))
	l.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := l.TCPConn.Read(p)
	if n > 0 {
		l.mu.Lock()
		l.heard = time.Now()
		l.mu.Unlock()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && time.Since(began) >= silence {
		l.among.hangUp(l.to, began)
	}
	return n, err
}

// Write writes, and fails where nothing is taken in for so long.
func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	err := l.TCPConn.SetWriteDeadline(bound(l.write))
	l.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return l.TCPConn.Write(p)
}

// bound is the earlier of a deadline and the end of a silence that begins now.
func bound(deadline time.Time) time.Time {
	quiet := time.Now().Add(silence)
	if deadline.IsZero() || quiet.Before(deadline) {
		return quiet
	}
	return deadline
}

// SetDeadline bounds reads and writes.
func (l *line) SetDeadline(t time.Time) error {
	return errors.Join(l.SetReadDeadline(t), l.SetWriteDeadline(t))
}

// SetReadDeadline bounds reads, also one that waits.
func (l *line) SetReadDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read = t
	return l.TCPConn.SetReadDeadline(t)
}

// SetWriteDeadline bounds writes, also one that waits.
func (l *line) SetWriteDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write = t
	return l.TCPConn.SetWriteDeadline(t)
}

// Close ends the connection.
func (l *line) Close() error {
	l.among.mu.Lock()
	delete(l.among.open, l)
	l.among.mu.Unlock()
	return l.TCPConn.Close()
}
