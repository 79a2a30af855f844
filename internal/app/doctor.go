package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"beichen/internal/access"
	"beichen/internal/doctor"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/warehouse"
)

// patience is how long a server may take to examine itself.
const patience = 30 * time.Second

// Doctor examines the workspace in a folder: its running server is asked, or, if
// none runs, its stores are opened as the next start will open them.
func Doctor(ctx context.Context, o Options, program string, l fault.Language) (doctor.Report, error) {
	if _, err := os.Stat(o.Dir); err != nil {
		return doctor.Report{}, fault.Wrap(err, fault.Invalid, "ledger.no-workspace", "dir", o.Dir)
	}
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := askRunning(asking, o.Dir, http.MethodGet, "/api/v1/doctor", l)
	switch {
	case errors.Is(err, errNotRunning):
		return doctor.NewReport(examineFolder(ctx, o, program), l), nil
	case ctx.Err() == nil && asking.Err() != nil:
		return doctor.NewReport([]doctor.Finding{doctor.Folder(o.Dir), doctor.Silent(patience)}, l), nil
	case err != nil:
		return doctor.Report{}, err
	}
	defer answer.Close()
	var r doctor.Report
	return r, json.NewDecoder(answer).Decode(&r)
}

// examine looks at an open workspace.
func (w *Workspace) examine(ctx context.Context, program string) []doctor.Finding {
	state := w.Intake.State()
	found := append([]doctor.Finding{doctor.Folder(w.Dir), examineStore(ctx, w.store)}, examineNodes(ctx, w.store)...)
	found = append(found, examineFacts(ctx, w.Options, w.Warehouse, program)...)
	found = append(found, doctor.Loading(doctor.Load{
		Through: state.Through, Loaded: state.Loaded, LogBytes: state.LogBytes, LogBound: state.LogBound, LogFull: state.LogFull, Err: state.Err,
	}))
	events, bytes, asked := w.streams.Size()
	if w.streams.Outgrown() {
		found = append(found, doctor.IndexOutgrown(int(w.streams.Room>>20)))
	} else {
		found = append(found, doctor.Index(events, (bytes+asked)>>20, w.streams.Damage()))
	}
	return append(append(found, examineZone(ctx, w.Access)), examineMove(w.Dir)...)
}

// examineMove tells of a move that has not come to its end.
func examineMove(dir string) []doctor.Finding {
	m, err := readMoving(dir)
	switch {
	case err != nil:
		return []doctor.Finding{doctor.Failed("move", err)}
	case m == nil:
		return nil
	}
	var places []string
	for _, r := range []*route{m.Facts, m.Ledger} {
		if r != nil {
			places = append(places, r.To.name(dir))
		}
	}
	return []doctor.Finding{doctor.Move(strings.Join(slices.Compact(places), ", "))}
}

// examineFacts looks at the warehouse and at what depends on how much it holds.
func examineFacts(ctx context.Context, o Options, facts warehouse.Warehouse, program string) []doctor.Finding {
	stats, err := facts.Stats(ctx)
	if err != nil {
		return []doctor.Finding{doctor.Failed("facts", err), doctor.Disk(o.Dir, 0)}
	}
	found := []doctor.Finding{
		doctor.Facts(stats),
		doctor.Disk(o.Dir, stats.DiskBytes),
		doctor.Clock(o.Now(), stats.Received),
		doctor.Version(program, runtime.Version(), stats.Engine),
	}
	horizon, err := facts.Horizon(ctx)
	switch {
	case err != nil:
		found = append(found, doctor.Failed("facts", err))
	case !horizon.From.IsZero():
		found = append(found, doctor.Kept(horizon))
	}
	page, err := facts.Quarantine(ctx, warehouse.QuarantineQuery{Status: warehouse.Open, Limit: 1})
	if err != nil {
		return append(found, doctor.Failed("quarantine", err))
	}
	return append(found, doctor.Quarantine(page.Reasons))
}

func examineZone(ctx context.Context, a *access.Access) doctor.Finding {
	settings, err := a.Workspace(ctx)
	if err != nil {
		return doctor.Failed("zone", err)
	}
	return doctor.Zone(settings.Timezone)
}

// examineFolder looks at a workspace that nobody serves, one store after the
// other: what is wrong with one must not hide the next.
func examineFolder(ctx context.Context, o Options, program string) []doctor.Finding {
	found := []doctor.Finding{doctor.Folder(o.Dir)}
	if found[0].State == doctor.Fault {
		return found // nothing in it could be opened
	}
	found = append(found, examineMove(o.Dir)...)
	found = append(found, examineLedger(ctx, o)...)
	if err := hasFacts(o.Dir); err != nil {
		return append(found, doctor.Failed("facts", err))
	}
	facts, err := openFacts(ctx, o)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "warehouse.locked" {
		return append(found, doctor.Busy(o.Dir), doctor.Disk(o.Dir, 0))
	}
	if err != nil {
		return append(found, doctor.Failed("facts", err), doctor.Disk(o.Dir, 0))
	}
	found = append(found, examineFacts(ctx, o, facts, program)...)
	found = append(found, examineLog(ctx, o, facts), examineIndex(ctx, o, facts))
	if err := facts.Close(); err != nil {
		found = append(found, doctor.Failed("facts", err))
	}
	return found
}

func examineIndex(ctx context.Context, o Options, facts warehouse.Warehouse) doctor.Finding {
	events, err := stream.OpenSaved(indexDir(o.Dir)).Check(ctx, facts)
	size := int64(0)
	if info, statErr := os.Stat(stream.SavedFile(indexDir(o.Dir))); statErr == nil {
		size = info.Size()
	}
	return doctor.Index(events, int(size>>20), err)
}

func examineLedger(ctx context.Context, o Options) []doctor.Finding {
	if err := isWorkspace(o.Dir); err != nil {
		return []doctor.Finding{doctor.Failed("ledger", err)}
	}
	db, err := openLedger(ctx, o.Dir, o.Ledger)
	if err != nil {
		return []doctor.Finding{doctor.Failed("ledger", err)}
	}
	found := append([]doctor.Finding{examineStore(ctx, db)}, examineNodes(ctx, db)...)
	if a, err := access.Open(ctx, access.Config{Database: db, Now: o.Now}); err != nil {
		found = append(found, doctor.Failed("ledger", err))
	} else {
		found = append(found, examineZone(ctx, a))
	}
	if err := db.Close(); err != nil {
		found = append(found, doctor.Failed("ledger", err))
	}
	return found
}

// examineStore looks at an open ledger and, where it is on a server, at that.
func examineStore(ctx context.Context, db *sqlstore.DB) doctor.Finding {
	found := doctor.Ledger(ctx, db)
	if !db.Shared() || found.State != doctor.OK {
		return found
	}
	server, err := db.Server(ctx)
	if err != nil {
		return doctor.Failed("ledger", err)
	}
	return doctor.LedgerServer(db.Name(), server.Version, server.Off)
}

// examineNodes lists who serves a ledger that several nodes share. One that is away was
// told of already.
func examineNodes(ctx context.Context, db *sqlstore.DB) []doctor.Finding {
	all, err := db.Nodes(ctx)
	if err != nil || len(all) == 0 {
		return nil
	}
	same, names := true, []string(nil)
	for _, n := range all {
		names = append(names, nameOf(n))
		same = same && n.Version == all[0].Version
	}
	return []doctor.Finding{doctor.Nodes(names, same)}
}

func examineLog(ctx context.Context, o Options, facts warehouse.Warehouse) doctor.Finding {
	loaded, err := facts.Position(ctx)
	if err != nil {
		return doctor.Failed("log", err)
	}
	log, err := eventlog.Open(logDir(o.Dir), eventlog.Options{First: loaded.Record + 1})
	if err != nil {
		return doctor.Failed("log", err)
	}
	found := doctor.Log(ctx, log, logDir(o.Dir), loaded)
	if err := log.Close(); err != nil {
		return doctor.Failed("log", err)
	}
	return found
}
