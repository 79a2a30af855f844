package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"beichen/internal/fault"
)

// backup copies all tables, as of one moment, into a new file.
func (p *postgres) backup(ctx context.Context, d *DB, path string) (err error) {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s is there already", path), err)
	}
	file, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return file.Fill(ctx, d, func() error { return nil })
}

// Fill copies all that another database holds into this one, which must hold nothing:
// Conflict otherwise. before is called when everything is written, and not committed
// yet; its error undoes it. So a ledger moves from a file to a server and back.
func (d *DB) Fill(ctx context.Context, from *DB, before func() error) error {
	source, err := from.read.BeginTx(ctx, &sql.TxOptions{Isolation: from.snapshot(), ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err = d.Update(ctx, func(tx *sql.Tx) error {
		for _, table := range tables {
			if err := d.mustBeEmpty(ctx, tx, table); err != nil {
				return err
			}
		}
		for _, table := range tables {
			if err := copyTable(ctx, source, tx, table); err != nil {
				return fmt.Errorf("copy table %s: %w", table, err)
			}
		}
		return before()
	})
	return errors.Join(err, ignoreOver(source.Rollback()))
}

// Empty reports whether the database holds nothing, so that another one may be copied
// into it.
func (d *DB) Empty(ctx context.Context) (bool, error) {
	for _, table := range tables {
		var rows int
		if err := d.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&rows); err != nil || rows > 0 {
			return false, err
		}
	}
	return true, nil
}

// snapshot is the isolation under which all tables are read as of one moment.
func (d *DB) snapshot() sql.IsolationLevel {
	if d.Shared() {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // a transaction on a SQLite file in WAL mode
}

func (d *DB) mustBeEmpty(ctx context.Context, tx *sql.Tx, table string) error {
	var rows int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&rows); err != nil {
		return err
	}
	if rows > 0 {
		return fault.New(fault.Conflict, "ledger.not-empty", "place", d.Name())
	}
	return nil
}

// valuesAtOnce bounds the values of one statement, which both engines bound.
const valuesAtOnce = 1000

func copyTable(ctx context.Context, from, into *sql.Tx, table string) error {
	found, err := from.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return err
	}
	var waiting []any
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		_, err := into.ExecContext(ctx, insertion(table, columns, len(waiting)/len(columns)), waiting...)
		waiting = waiting[:0]
		return err
	}
	for found.Next() {
		row, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		if err := found.Scan(places...); err != nil {
			return err
		}
		if waiting = append(waiting, row...); len(waiting)+len(columns) > valuesAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(found.Err(), flush())
}

// insertion is the statement that adds a number of rows.
func insertion(table string, columns []string, rows int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", table, strings.Join(columns, ", "))
	for row := range rows {
		for column := range columns {
			switch {
			case column > 0:
				text.WriteString(", ")
			case row > 0:
				text.WriteString("), (")
			default:
				text.WriteString("(")
			}
			fmt.Fprintf(&text, "$%d", row*len(columns)+column+1)
		}
	}
	return text.String() + ")"
}
