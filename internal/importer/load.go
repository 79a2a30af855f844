package importer

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"beichen/internal/fault"
)

// table is a source in the engine: its columns, where its rows come from, and
// the rows that could not be read (in a table of their own, refused).
type table struct {
	source  *Source
	files   []inputFile
	set     *columnSet // nil of Parquet, which knows its types
	columns []*column
	places  places
	rows    int64
	refused int64
}

// loader reads sources into the engine. A text format is read twice: once to
// see what its columns hold, over every row, and once to store them so.
type loader struct {
	engine *engine
	zone   *time.Location
	tell   func(stage string, bytes int)
}

const refusedColumns = `(file VARCHAR, row BIGINT, line BIGINT, reason VARCHAR, args VARCHAR, raw VARCHAR)`

func (t *table) refusedName() string { return "beichen_refused_" + t.source.As }

func (l *loader) load(ctx context.Context, s *Source, files []inputFile) (*table, error) {
	t := &table{source: s, files: files}
	for _, f := range files {
		t.places.files = append(t.places.files, f.name)
	}
	if _, err := l.engine.db.ExecContext(ctx, `CREATE TABLE `+quoted(t.refusedName())+refusedColumns); err != nil {
		return nil, err
	}
	var err error
	if s.Format == Parquet {
		err = l.loadParquet(ctx, t)
	} else {
		err = l.loadText(ctx, t)
	}
	if err != nil {
		return nil, sourceFault(s, err)
	}
	return t, nil
}

// sourceFault names the source that could not be read.
func sourceFault(s *Source, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var own *fault.Error
	if errors.As(err, &own) {
		return fault.Many("import.bad-sources", []fault.Detail{{Path: s.Path, Line: s.Line, Key: own.Key, Args: own.Args}})
	}
	return fault.Many("import.bad-sources", []fault.Detail{
		fault.At(s.Path, s.Line, "import.unreadable", "file", s.File, "reason", reason(err)),
	})
}

func (l *loader) loadText(ctx context.Context, t *table) error {
	columns := newColumnSet()
	err := l.scan(ctx, t, columns, "inspect", func(file int, _ int64, r *record) error {
		if r.broken == nil {
			columns.observe(r, t.files[file].name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(columns.list) == 0 {
		return fault.New(fault.Invalid, "import.no-columns", "file", t.source.File)
	}
	t.set, t.columns = columns, columns.list
	for _, c := range t.columns {
		c.kind = c.natural()
		if c.counts == [kinds]int64{null: c.counts[null]} {
			c.kind = text
		}
		if given, ok := t.source.Types[strings.ToLower(c.name)]; ok {
			c.kind = given
		}
	}
	return l.store(ctx, t)
}

// scan reads every file of the table with each record's file and its number
// there, from 1.
func (l *loader) scan(ctx context.Context, t *table, columns *columnSet, stage string, visit func(file int, row int64, r *record) error) error {
	read := t.source.reader()
	for i := range t.files {
		in, err := t.files[i].open(func(n int) { l.tell(stage, n) })
		if err != nil {
			return err
		}
		var row int64
		err = read(in, columns, func(r *record) error {
			row++
			if row%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return visit(i, row, r)
		})
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// store makes the table anew with the kinds that its columns have now. A row
// with a cell that its column cannot hold is refused.
func (l *loader) store(ctx context.Context, t *table) error {
	definitions := make([]string, len(t.columns))
	for i, c := range t.columns {
		definitions[i] = c.definition()
	}
	for _, statement := range []string{
		`DROP TABLE IF EXISTS ` + quoted(t.source.As),
		fmt.Sprintf(`CREATE TABLE %s (%s)`, quoted(t.source.As), strings.Join(definitions, ", ")),
		`DELETE FROM ` + quoted(t.refusedName()),
	} {
		if _, err := l.engine.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	t.rows, t.refused, t.places.runs = 0, 0, nil
	err := l.engine.appendTo(ctx, []string{t.source.As, t.refusedName()}, func(into []*duckdb.Appender) error {
		values := make([]driver.Value, len(t.columns))
		return l.scan(ctx, t, t.set, "load", func(file int, row int64, r *record) error {
			bad := r.broken
			if bad == nil {
				bad = t.fill(values, r, l.zone)
			}
			if bad != nil {
				t.refused++
				return t.refuse(into[1], file, row, r, bad)
			}
			t.places.add(t.rows, file, row, r.line)
			t.rows++
			return into[0].AppendRow(values...)
		})
	})
	if err != nil {
		return err
	}
	return l.structure(ctx, t)
}

func (t *table) fill(values []driver.Value, r *record, zone *time.Location) *fault.Error {
	clear(values)
	for i, c := range r.cells {
		if i >= len(t.columns) {
			return fault.New(fault.Invalid, "import.changed-file")
		}
		v, ok := t.columns[i].store(c, zone)
		if !ok {
			return fault.New(fault.Invalid, "import.bad-cell", "column", t.columns[i].name, "value", shortened(c.text), "type", sqlTypes[t.columns[i].kind])
		}
		values[i] = v
	}
	return nil
}

func (t *table) refuse(into *duckdb.Appender, file int, row int64, r *record, bad *fault.Error) error {
	args, err := json.Marshal(bad.Args)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(t.rawOf(r))
	if err != nil {
		return err
	}
	return into.AppendRow(t.files[file].name, row, r.line, bad.Key, string(args), string(raw))
}

// rawOf is what was read: the text of a broken record, else its cells by name.
func (t *table) rawOf(r *record) any {
	if r.broken != nil {
		return r.raw
	}
	cells := map[string]string{}
	for i, c := range r.cells {
		if c.kind != null {
			cells[t.columns[i].name] = c.text
		}
	}
	return cells
}

// structure turns JSON columns whose values share a shape into structs and
// lists, so that expressions can say address.city.
func (l *loader) structure(ctx context.Context, t *table) error {
	for _, c := range t.columns {
		if c.kind != nested {
			continue
		}
		var shape *string
		query := fmt.Sprintf(`SELECT CAST(json_group_structure(%s) AS VARCHAR) FROM %s`, quoted(c.name), quoted(t.source.As))
		if err := l.engine.db.QueryRowContext(ctx, query).Scan(&shape); err != nil {
			return err
		}
		if shape == nil || !strings.HasPrefix(*shape, "{") && !strings.HasPrefix(*shape, "[") || *shape == "{}" {
			continue
		}
		name, transformed := quoted(c.name), fmt.Sprintf("json_transform(%s, %s)", quoted(c.name), literal(*shape))
		var sqlType string
		query = fmt.Sprintf(`SELECT typeof(%s) FROM %s LIMIT 1`, transformed, quoted(t.source.As))
		if err := l.engine.db.QueryRowContext(ctx, query).Scan(&sqlType); err != nil {
			return err
		}
		statement := fmt.Sprintf(`ALTER TABLE %s ALTER %s TYPE %s USING %s`, quoted(t.source.As), name, sqlType, transformed)
		if _, err := l.engine.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func shortened(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
