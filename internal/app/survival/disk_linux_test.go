package survival

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

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
		remove(t, ballast)
		s.more(200)
		rounds++
	}
	s.settles("with room again")
	n.end(t)
	n.launch(t)
	s.settles("after a start from what is on the disk")
	survives(t, "a disk that was full %d times: %d requests were refused, %d events are there", rounds, s.refused.Load(), 2*s.acknowledged.Load())
}

// smallDisk is a folder on a disk of its own, of so many bytes.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(bytes)); err != nil {
		t.Fatalf("a small disk in memory cannot be mounted (it takes root, or the capability SYS_ADMIN): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp writes a file until the disk is full.
func fillUp(t *testing.T, name string) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	defer file.Close()
	for part := make([]byte, 64<<10); len(part) > 0; {
		switch _, err := file.Write(part); {
		case errors.Is(err, syscall.ENOSPC):
			part = part[:len(part)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}

// remove makes room again.
func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}
