package survival

import (
	"testing"
	"time"
)

// A node with a folder of its own is killed while events come in, again and again.
func TestANodeIsKilledWhileEventsComeIn(t *testing.T) {
	n := start(t, settings{Dir: t.TempDir()})
	s := send(t, 4, n)
	const kills = 5
	for range kills {
		s.more(400)
		n.kill(t)
		n.launch(t)
	}
	s.more(100)
	s.settles("after the last start")
	n.end(t)
	n.launch(t)
	s.settles("after a start from what is on the disk")
	survives(t, "a node killed %d times while %d events came in", kills, 2*s.acknowledged.Load())
}

// The clock of a node is an hour off, and is put right.
func TestTheClockIsAnHourOff(t *testing.T) {
	dir := t.TempDir()
	var s *senders
	clocks := []time.Duration{time.Hour, -time.Hour, 0}
	n := &node{settings: settings{Dir: dir, Addr: "127.0.0.1:0"}}
	t.Cleanup(func() { n.kill(t) })
	for _, off := range clocks {
		n.Clock = off
		n.launch(t)
		if s == nil {
			s = send(t, 2, n)
		}
		s.more(200)
		n.kill(t)
	}
	n.launch(t)
	s.settles("with the right time")
	survives(t, "a clock an hour ahead, then an hour behind, while %d events came in", 2*s.acknowledged.Load())
}
