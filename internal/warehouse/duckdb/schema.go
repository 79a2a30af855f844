package duckdb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"beichen/internal/fault"
)

// migrations/NNNN.sql brings a file from version NNNN−1 to NNNN. A file that was
// published is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema of the file to this program's, each step in one
// transaction. A file of a newer program is refused rather than misread.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"); err != nil {
		return err
	}
	var version int
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return fault.New(fault.Invalid, "warehouse.newer", "found", version, "known", len(steps))
	}
	for i := version; i < len(steps); i++ {
		if err := step(ctx, db, steps[i], i+1); err != nil {
			return fmt.Errorf("%s: %w", steps[i], err)
		}
	}
	return nil
}

// wide are the columns of long texts, most of which repeats from row to row. By itself
// the engine would write them with FSST, which takes twice as long to load and four times
// the room (BenchmarkLoad); columns with few values keep its dictionaries, which are
// faster to scan.
var wide = map[string][]string{
	"events":     {"properties", "context", "message_id", "anonymous_id"},
	"identities": {"context", "traits", "message_id", "anonymous_id"},
	"quarantine": {"detail", "raw"},
}

// compress makes the tables of a new file, which are empty, anew with Zstandard for their
// wide columns, in the transaction that made them. A file of an earlier program keeps its columns as they are: the format
// that it was begun in does not know Zstandard, and would keep them uncompressed.
func compress(ctx context.Context, tx *sql.Tx) error {
	for table, texts := range wide {
		rows, err := tx.QueryContext(ctx, `
			SELECT column_name || ' ' || data_type || if(list_contains(?, column_name), ' USING COMPRESSION zstd', '') || if(is_nullable, '', ' NOT NULL')
			FROM duckdb_columns() WHERE table_name = ? AND database_name = current_database() ORDER BY column_index`, texts, table)
		if err != nil {
			return err
		}
		var columns []string
		for rows.Next() {
			var column string
			if err := rows.Scan(&column); err != nil {
				return errors.Join(err, rows.Close())
			}
			columns = append(columns, column)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "CREATE OR REPLACE TABLE "+table+" ("+strings.Join(columns, ", ")+")"); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, file string, version int) error {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if version == 1 {
		if err := compress(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO schema_version VALUES (?)", version); err != nil {
		return err
	}
	return tx.Commit()
}
