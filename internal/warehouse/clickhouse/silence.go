package clickhouse

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// A network may be cut without a word to either side. A server at work says so every
// tenth of a second, so that one that is silent for much longer is as good as away:
// whoever waits for it is told, and may try again on another connection. The driver's
// own bound is of a whole answer, which may well take minutes.

// silence is how long a server may say nothing, and take nothing in, in the middle of a
// question. It is a variable for tests alone.
var silence = 20 * time.Second

const dialIn = 5 * time.Second

// dial opens a connection that notices silence.
func (w *Warehouse) dial(ctx context.Context, address string) (net.Conn, error) {
	raw, err := (&net.Dialer{Timeout: dialIn}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c := &attentive{TCPConn: raw.(*net.TCPConn)}
	if w.options.TLS == nil {
		return c, nil
	}
	config := w.options.TLS.Clone()
	if config.ServerName == "" {
		if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
	}
	return tls.Client(c, config), nil
}

// attentive is a connection on which every read and every write has its own bound,
// besides those that its user sets.
type attentive struct {
	*net.TCPConn

	mu          sync.Mutex
	read, write time.Time // deadlines that were set; zero: none
}

// bound is the earlier of a deadline and the end of a silence that begins now.
func bound(deadline time.Time) time.Time {
	quiet := time.Now().Add(silence)
	if deadline.IsZero() || quiet.Before(deadline) {
		return quiet
	}
	return deadline
}

func (c *attentive) Read(p []byte) (int, error) {
	c.mu.Lock()
	err := c.TCPConn.SetReadDeadline(bound(c.read))
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.TCPConn.Read(p)
}

func (c *attentive) Write(p []byte) (int, error) {
	c.mu.Lock()
	err := c.TCPConn.SetWriteDeadline(bound(c.write))
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return c.TCPConn.Write(p)
}

func (c *attentive) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read, c.write = t, t
	return c.TCPConn.SetDeadline(t)
}

func (c *attentive) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = t
	return c.TCPConn.SetReadDeadline(t)
}

func (c *attentive) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write = t
	return c.TCPConn.SetWriteDeadline(t)
}
