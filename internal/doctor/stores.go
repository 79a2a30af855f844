package doctor

import (
	"context"
	"strings"
	"time"

	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Ledger asks the ledger whether it is whole. An open one has a format that this
// program knows.
func Ledger(ctx context.Context, l interface{ Check(context.Context) error }) Finding {
	err := l.Check(ctx)
	if fault.Is(err, fault.Unavailable) { // away, which is no damage
		return Failed("ledger", err)
	}
	if err != nil {
		return Failed("ledger", fault.Wrap(err, fault.Unavailable, "doctor.ledger-damaged", "reason", err))
	}
	return fine("ledger", fault.New("", "doctor.ledger"))
}

// LedgerServer looks at the Postgres server that keeps the ledger: its name and version,
// and which of the settings are off that make it keep what it acknowledged.
func LedgerServer(name, version string, off []string) Finding {
	if len(off) > 0 {
		return warning("ledger", fault.New(fault.Unavailable, "doctor.ledger-unsafe", "server", name, "settings", strings.Join(off, ", ")))
	}
	return fine("ledger", fault.New("", "doctor.ledger-server", "server", name, "version", version))
}

// Nodes lists the nodes that serve a shared ledger, as people name them, and says whether
// all are of one version.
func Nodes(names []string, same bool) Finding {
	all := strings.Join(names, ", ")
	if !same {
		return warning("nodes", fault.New("", "doctor.nodes-differ", "nodes", all))
	}
	return fine("nodes", fault.New("", "doctor.nodes", "nodes", all))
}

// Facts says what the warehouse holds. An open one has a format that this
// program knows.
func Facts(s warehouse.Stats) Finding {
	return fine("facts", fault.New("", "doctor.facts", "events", s.Events, "megabytes", megabytes(uint64(max(s.DiskBytes, 0)))))
}

// Kept says from when on facts are kept.
func Kept(h warehouse.Horizon) Finding {
	return fine("kept", fault.New("", "doctor.kept", "from", h.From.Format(time.RFC3339), "gone", h.Gone))
}

// Index says how the resident index, or the saved one of a workspace that nobody
// serves, is: how many events it holds, and what is wrong with its file.
func Index(events, megabytes int, damage error) Finding {
	switch {
	case damage != nil:
		return warning("index", fault.Wrap(damage, fault.Unavailable, "doctor.index-damaged", "reason", damage))
	case events == 0:
		return fine("index", fault.New("", "doctor.index-none"))
	}
	return fine("index", fault.New("", "doctor.index", "events", events, "megabytes", megabytes))
}

// IndexOutgrown says that there are more events than an index may take.
func IndexOutgrown(megabytes int) Finding {
	return fine("index", fault.New("", "doctor.index-outgrown", "megabytes", megabytes))
}

// Busy says that another process has the facts, and no server that can be asked.
func Busy(dir string) Finding {
	return warning("facts", fault.New(fault.Unavailable, "doctor.busy", "dir", dir))
}

// Move says that the stores are on their way to other places, or were when the move was
// broken off.
func Move(places string) Finding {
	return warning("move", fault.New("", "doctor.move", "places", places))
}

// Silent says that the server that runs on the folder does not answer.
func Silent(waited time.Duration) Finding {
	return Failed("server", fault.New(fault.Unavailable, "doctor.silent", "seconds", int(waited.Seconds())))
}

// Log reads all of the log that no server has open, and holds it to the
// position up to which the warehouse has loaded it.
func Log(ctx context.Context, l *eventlog.Log, dir string, loaded warehouse.Position) Finding {
	switch first, last := l.First(), l.Last(); {
	case last < loaded.Record:
		return Failed("log", fault.New(fault.Unavailable, "capture.log-behind", "dir", dir, "log", last, "store", loaded.Record))
	case first > loaded.Record+1:
		return Failed("log", fault.New(fault.Unavailable, "eventlog.gone", "record", loaded.Record+1, "first", first))
	}
	waiting := 0
	err := l.Replay(l.First()-1, func(record uint64, _ [][]byte) error {
		if record > loaded.Record {
			waiting++
		}
		return ctx.Err()
	})
	if err != nil {
		return Failed("log", err)
	}
	return fine("log", fault.New("", "doctor.log", "megabytes", megabytes(uint64(l.Bytes())), "waiting", waiting))
}

// Load is how a running server fares with moving the log into the warehouse.
type Load struct {
	Through, Loaded uint64 // positions of the last durable and of the last loaded message
	LogBytes        int64
	LogBound        int64 // bytes beyond which nothing is taken in
	LogFull         bool
	Err             error // of the last attempt
}

// manyWaiting is how many messages a server keeps in memory before it leaves
// them in the log: what waits longer than a moment is behind by more than that.
const manyWaiting = 500_000

// Loading looks at it.
func Loading(l Load) Finding {
	waiting := l.Through - l.Loaded
	size, bound := megabytes(uint64(max(l.LogBytes, 0))), megabytes(uint64(max(l.LogBound, 0)))
	switch {
	case l.LogFull:
		return Failed("loading", fault.New(fault.Unavailable, "doctor.log-full", "megabytes", bound, "waiting", waiting))
	case l.Err != nil:
		return Failed("loading", fault.Wrap(l.Err, fault.Unavailable, "doctor.loading-failed", "waiting", waiting, "megabytes", size, "bound", bound, "reason", l.Err))
	case waiting > manyWaiting:
		return warning("loading", fault.New(fault.Unavailable, "doctor.loading-behind", "waiting", waiting, "megabytes", size, "bound", bound))
	}
	return fine("loading", fault.New("", "doctor.loading", "through", l.Through, "waiting", waiting, "megabytes", size, "bound", bound))
}

// Quarantine counts what waits there for somebody.
func Quarantine(open map[string]int64) Finding {
	count, reason := int64(0), ""
	for r, n := range open {
		if n > open[reason] || n == open[reason] && r < reason {
			reason = r
		}
		count += n
	}
	if count > 0 {
		return warning("quarantine", fault.New(fault.Invalid, "doctor.quarantine-open", "count", count, "reason", reasonKey(reason), "most", open[reason]))
	}
	return fine("quarantine", fault.New("", "doctor.quarantine"))
}
