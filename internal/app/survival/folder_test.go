package survival

import (
	"os"
	"path/filepath"
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

// The disk of a node is full: events are refused, and taken in again as soon as
// somebody makes room.
func TestTheDiskIsFull(t *testing.T) {
	dir := smallDisk(t, 96<<20)
	n := start(t, settings{Dir: filepath.Join(dir, "workspace")})
	s := send(t, 4, n)
	s.more(200)
	ballast := filepath.Join(dir, "ballast")
	rounds := 0
	for range 3 {
		fillUp(t, ballast)
		for before := s.refused.Load(); s.refused.Load() < before+5; {
			time.Sleep(again)
		}
		n.reports(t, "beichen_load_failing 1")
		if a, problem := n.ask(t); problem == "" && a.entered < s.acknowledged.Load()-perBatch*4 {
			t.Errorf("of %d customers a node with a full disk says %+v", s.acknowledged.Load(), a)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		s.more(200)
		rounds++
	}
	s.settles("with room again")
	n.end(t)
	n.launch(t)
	s.settles("after a start from what is on the disk")
	survives(t, "a disk that was full %d times: %d requests were refused, %d events are there", rounds, s.refused.Load(), 2*s.acknowledged.Load())
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
