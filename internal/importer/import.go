package importer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"beichen/internal/fault"
)

// Import is one mapping over one folder.
type Import struct {
	name      string
	mapping   *Mapping
	dir       string
	engine    *engine
	tables    []*table
	plans     []*plan
	progress  func(Progress)
	bytesRead map[string]int64
}

// Progress says how far an import has come.
type Progress struct {
	// Stage is inspect and load, where Done and Total are bytes of all files, or
	// rows, where they are rows of one message of the mapping.
	Stage   string
	Message int // the message's place, from 0; for rows only
	Done    int64
	Total   int64
}

// Options are what an import needs besides its mapping.
type Options struct {
	Name     string         // what faults call the mapping, usually its path
	Dir      string         // the folder that the sources' files lie in
	Progress func(Progress) // called now and then, from one goroutine; may be nil
}

// Run imports: it reads the mapping's sources, binds its expressions, and gives
// what the rows become to the sink. Faults of the mapping or its files come
// before anything is given. The summary counts what was done until an error,
// which may be the sink's own.
func Run(ctx context.Context, m *Mapping, options Options, sink Sink) (*Summary, error) {
	im := &Import{name: options.Name, mapping: m, dir: options.Dir, progress: options.Progress, bytesRead: map[string]int64{}}
	if im.progress == nil {
		im.progress = func(Progress) {}
	}
	summary := newSummary(m)
	err := im.prepare(ctx)
	if err == nil {
		err = im.give(ctx, sink, summary)
	}
	summary.sort()
	if im.engine != nil {
		err = errors.Join(err, im.engine.close())
	}
	return summary, err
}

func (im *Import) tell(p Progress) { im.progress(p) }

// prepare reads the sources and binds the messages.
func (im *Import) prepare(ctx context.Context) error {
	scratch, err := os.MkdirTemp("", "beichen-import-files-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	files, err := im.findFiles()
	if err != nil {
		return err
	}
	var total int64
	for _, list := range files {
		for _, f := range list {
			total += f.size
		}
	}
	tell := func(stage string, bytes int) {
		im.bytesRead[stage] += int64(bytes)
		im.tell(Progress{Stage: stage, Done: min(im.bytesRead[stage], total), Total: total})
	}
	var parquet []string
	for i := range im.mapping.Sources {
		s := &im.mapping.Sources[i]
		if s.Format != Parquet {
			continue
		}
		folder := filepath.Join(scratch, s.As)
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
		if err := unzipParquet(folder, files[i], tell); err != nil {
			return sourceFault(s, err)
		}
		for _, f := range files[i] {
			parquet = append(parquet, f.path)
		}
	}
	if im.engine, err = newEngine(ctx, im.mapping.Timezone, parquet); err != nil {
		return err
	}
	l := &loader{engine: im.engine, zone: im.mapping.Timezone, tell: tell}
	var faults []fault.Detail
	for i := range im.mapping.Sources {
		t, err := l.load(ctx, &im.mapping.Sources[i], files[i])
		if err != nil && !collect(err, &faults) {
			return err
		}
		im.tables = append(im.tables, t)
	}
	if err := fault.Many("import.bad-sources", faults); err != nil {
		return err
	}
	return im.bind(ctx, l)
}

// collect takes an input's faults out of its error, and reports whether it had any.
func collect(err error, into *[]fault.Detail) bool {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Faults) == 0 {
		return false
	}
	*into = append(*into, f.Faults...)
	return true
}

func (im *Import) findFiles() ([][]inputFile, error) {
	var out [][]inputFile
	var faults []fault.Detail
	for i := range im.mapping.Sources {
		files, err := im.mapping.Sources[i].files(im.dir)
		if err != nil && !collect(err, &faults) {
			return nil, err
		}
		out = append(out, files)
	}
	return out, fault.Many("import.bad-sources", faults)
}

// bind plans every message. Where an expression does not bind and a column it
// speaks of is text only because of a few misspelt cells, the column becomes
// what most of it is, the rows of those cells are refused, and it is tried again.
func (im *Import) bind(ctx context.Context, l *loader) error {
	p := im.plan(ctx)
	if len(p.faults) > 0 {
		changed := false
		for _, t := range im.tables {
			if !t.straighten(p.failed) {
				continue
			}
			if err := l.store(ctx, t); err != nil {
				return sourceFault(t.source, err)
			}
			changed = true
		}
		if changed {
			p = im.plan(ctx)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.Many("import.bad-mapping", p.faults, "file", im.name)
}

func (im *Import) plan(ctx context.Context) *planner {
	p := &planner{engine: im.engine, tables: map[string]*table{}}
	for _, t := range im.tables {
		p.tables[strings.ToLower(t.source.As)] = t
	}
	im.plans = nil
	for i := range im.mapping.Messages {
		im.plans = append(im.plans, p.plan(ctx, &im.mapping.Messages[i], i))
	}
	return p
}

// straighten makes the columns that failed expressions name, and that are text
// because of a few cells only, what they are meant to be.
func (t *table) straighten(failed []string) (changed bool) {
	all := strings.ToLower(strings.Join(failed, "\n"))
	for _, c := range t.columns {
		_, declared := t.source.Types[strings.ToLower(c.name)]
		if !declared && c.nearly() && strings.Contains(all, strings.ToLower(c.name)) {
			c.kind = c.meant()
			changed = true
		}
	}
	return changed
}

// give runs the plans and hands their results to the sink.
func (im *Import) give(ctx context.Context, sink Sink, summary *Summary) error {
	for _, t := range im.tables {
		summary.source(t)
		err := im.refusedOf(ctx, t, func(b Batch) error { return summary.pass(ctx, sink, nil, b) })
		if err != nil {
			return err
		}
	}
	for _, p := range im.plans {
		err := im.read(ctx, p, func(p *plan, b Batch) error { return summary.pass(ctx, sink, p, b) })
		if err != nil {
			return err
		}
	}
	return nil
}
