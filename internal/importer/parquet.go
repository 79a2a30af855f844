package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"beichen/internal/fault"
)

// unzipParquet replaces compressed files by their content in dir: Parquet is
// read from its end, which a gzip stream does not allow.
func unzipParquet(dir string, files []inputFile, tell func(stage string, bytes int)) error {
	for i := range files {
		if !strings.HasSuffix(files[i].path, ".gz") {
			continue
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.parquet", i))
		if err := unzip(files[i], path, func(n int) { tell("inspect", n) }); err != nil {
			return err
		}
		files[i].path = path
	}
	return nil
}

func unzip(f inputFile, path string, taken func(int)) error {
	in, err := f.open(taken)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// loadParquet copies the files into the table, by the names of their columns.
func (l *loader) loadParquet(ctx context.Context, t *table) error {
	paths := make([]string, len(t.files))
	for i, f := range t.files {
		paths[i] = literal(f.path)
		var rows int64
		if err := l.engine.db.QueryRowContext(ctx, `SELECT count(*) FROM read_parquet(`+paths[i]+`)`).Scan(&rows); err != nil {
			return fault.New(fault.Invalid, "import.unreadable", "file", f.name, "reason", strings.ReplaceAll(reason(err), f.path, f.name))
		}
		if rows > 0 {
			t.places.add(t.rows, i, 1, 1)
		}
		t.rows += rows
	}
	statement := fmt.Sprintf(`CREATE TABLE %s AS SELECT * FROM read_parquet([%s], union_by_name = true)`, quoted(t.source.As), strings.Join(paths, ", "))
	if _, err := l.engine.db.ExecContext(ctx, statement); err != nil {
		return err
	}
	names, err := l.engine.columns(ctx, t.source.As)
	if err != nil {
		return err
	}
	for _, name := range names {
		t.columns = append(t.columns, &column{name: name})
	}
	for _, f := range t.files {
		l.tell("inspect", int(f.size))
		l.tell("load", int(f.size))
	}
	return nil
}
