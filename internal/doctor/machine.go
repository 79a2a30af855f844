package doctor

import (
	"errors"
	"fmt"
	"os"
	"time"

	"beichen/internal/fault"
)

// Folder looks at the rights of the workspace's folder: its server must be able
// to write there, and nobody else should read customers' data.
func Folder(dir string) Finding {
	info, err := os.Stat(dir)
	if err != nil {
		return Failed("folder", fault.Wrap(err, fault.Invalid, "ledger.no-workspace", "dir", dir))
	}
	probe, err := os.CreateTemp(dir, "doctor.*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return Failed("folder", fault.Wrap(err, fault.Unavailable, "doctor.folder-readonly", "dir", dir))
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return warning("folder", fault.New(fault.Invalid, "doctor.folder-open", "dir", dir, "mode", fmt.Sprintf("%04o", mode)))
	}
	return fine("folder", fault.New("", "doctor.folder", "dir", dir))
}

const (
	diskFault   = 256 << 20 // free bytes below which capture is about to be refused
	diskWarning = 1 << 30   // and below which somebody should look after it soon
)

// Disk looks at the room that is left; a backup needs as much as the facts take
// while it is made.
func Disk(dir string, facts int64) Finding {
	free, err := freeBytes(dir)
	if err != nil {
		return Failed("disk", err)
	}
	return disk(free, uint64(max(facts, 0)))
}

func disk(free, facts uint64) Finding {
	switch {
	case free < diskFault:
		return Failed("disk", fault.New(fault.Unavailable, "doctor.disk-full", "free", megabytes(free)))
	case free < diskWarning || free < facts:
		return warning("disk", fault.New(fault.Unavailable, "doctor.disk-low", "free", megabytes(free), "need", megabytes(max(facts, diskWarning))))
	}
	return fine("disk", fault.New("", "doctor.disk", "free", megabytes(free)))
}

func megabytes(n uint64) uint64 { return n / 1e6 }

// Clock holds the machine's clock to the newest message: time goes forwards.
func Clock(now, received time.Time) Finding {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	if now.Before(received) {
		return Failed("clock", fault.New(fault.Unavailable, "doctor.clock-back", "now", stamp(now), "received", stamp(received)))
	}
	return fine("clock", fault.New("", "doctor.clock", "now", stamp(now)))
}

// Zone loads the workspace's time zone.
func Zone(name string) Finding {
	if _, err := time.LoadLocation(name); err != nil {
		return Failed("zone", fault.Wrap(err, fault.Unavailable, "doctor.zone-unknown", "zone", name))
	}
	return fine("zone", fault.New("", "doctor.zone", "zone", name))
}

// Version says what runs.
func Version(program, runtime, engine string) Finding {
	return fine("version", fault.New("", "doctor.version", "program", program, "runtime", runtime, "engine", engine))
}
