package sheet

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// WriteParquet writes the sheet as a Parquet file, by a DuckDB of its own. Period
// and as_of are instants (UTC), version and n whole numbers, value, low and high
// doubles; what is not known is null.
func (s *Sheet) WriteParquet(ctx context.Context, w io.Writer) (err error) {
	// Parquet ends with what tells where its parts are: it is made whole, then sent.
	dir, err := os.MkdirTemp("", "beichen-sheet-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "sheet.parquet")
	if err := s.saveParquet(ctx, path); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

func (s *Sheet) saveParquet(ctx context.Context, path string) (err error) {
	connector, err := duckdb.NewConnector("?autoinstall_known_extensions=false&autoload_known_extensions=false&threads=1", nil)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	columns := make([]string, len(s.columns))
	for i, c := range s.columns {
		columns[i] = `"` + strings.ReplaceAll(c.name, `"`, `""`) + `" ` + c.of
	}
	if _, err := conn.ExecContext(ctx, `CREATE TABLE sheet (`+strings.Join(columns, ", ")+`)`); err != nil {
		return err
	}
	if err := conn.Raw(func(raw any) error { return s.fill(raw.(driver.Conn)) }); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `COPY sheet TO '`+strings.ReplaceAll(path, "'", "''")+`' (FORMAT parquet)`)
	return err
}

func (s *Sheet) fill(conn driver.Conn) (err error) {
	a, err := duckdb.NewAppenderFromConn(conn, "", "sheet")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	values := make([]driver.Value, len(s.columns))
	for _, line := range s.lines {
		for i, v := range line {
			switch v := v.(type) {
			case int:
				if s.columns[i].of == "INTEGER" {
					values[i] = int32(v)
				} else {
					values[i] = int64(v)
				}
			case time.Time:
				values[i] = v.UTC()
			default:
				values[i] = v
			}
		}
		if err := a.AppendRow(values...); err != nil {
			return err
		}
	}
	return nil
}
