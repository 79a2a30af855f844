package clickhouse_test

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// door is a way to a server that can be shut, also in the middle of what is on it.
type door struct {
	listener net.Listener
	to       string
	through  sync.WaitGroup

	mu     sync.Mutex
	shut   bool
	last   []byte // at whose sight it is shut
	drowsy []byte // at whose sight nothing passes until sleep returns
	sleep  func()
	conns  []net.Conn
}

func newDoor(t *testing.T, to string) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: l, to: to}
	d.through.Go(d.serve)
	t.Cleanup(func() {
		l.Close()
		d.close()
		d.through.Wait()
	})
	return d
}

func (d *door) address() string { return d.listener.Addr().String() }

// shutAfter shuts the door once a text has come to it, which does not pass.
func (d *door) shutAfter(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = []byte(text)
}

// sleepAt keeps a text that comes to the door there until sleep returns, the first time.
func (d *door) sleepAt(text string, sleep func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drowsy, d.sleep = []byte(text), sleep
}

func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut, d.last = false, nil
}

// close shuts it now and ends what is on its way.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
	for _, c := range d.conns {
		c.Close()
	}
	d.conns = nil
}

func (d *door) serve() {
	for {
		from, err := d.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", d.to)
		if err != nil {
			from.Close()
			continue
		}
		d.mu.Lock()
		if d.shut {
			from.Close()
			to.Close()
		}
		d.conns = append(d.conns, from, to)
		d.mu.Unlock()
		d.through.Go(func() { d.carry(from, to, true) })
		d.through.Go(func() { d.carry(to, from, false) })
	}
}

// carry moves what is said on one side to the other.
func (d *door) carry(from, to net.Conn, asks bool) {
	defer from.Close()
	defer to.Close()
	room := make([]byte, 64<<10)
	for {
		n, err := from.Read(room)
		if err != nil {
			return
		}
		d.mu.Lock()
		seen := asks && d.last != nil && bytes.Contains(room[:n], d.last)
		sleep := d.sleep
		if asks && sleep != nil && bytes.Contains(room[:n], d.drowsy) {
			d.sleep = nil
		} else {
			sleep = nil
		}
		d.mu.Unlock()
		if sleep != nil {
			sleep()
		}
		if seen {
			d.close()
			return
		}
		if _, err := to.Write(room[:n]); err != nil {
			return
		}
	}
}
