package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"beichen/internal/fault"
	"beichen/internal/ledger/sqlstore"
)

// A folder has its ledger in it, as ledger.sqlite, or says in ledger.json where else
// it is kept: a command that is not told so must not begin a second one.
func ledgerFile(dir string) string { return filepath.Join(dir, "ledger.sqlite") }
func ledgerSign(dir string) string { return filepath.Join(dir, "ledger.json") }

// openLedger opens the ledger of a workspace's folder: the database at an address, or,
// where there is none, the folder's own file. The folder must be there.
func openLedger(ctx context.Context, dir, address string) (*sqlstore.DB, error) {
	if err := notSwitching(dir); err != nil {
		return nil, err
	}
	if address == "" {
		if err := ledgerIsHere(dir); err != nil {
			return nil, err
		}
		return sqlstore.Open(ctx, ledgerFile(dir))
	}
	if _, err := os.Stat(ledgerFile(dir)); err == nil {
		return nil, fault.New(fault.Invalid, "ledger.two", "dir", dir)
	}
	db, err := openServer(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := (sign{Postgres: db.Name()}).write(ledgerSign(dir)); err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Invalid, "app.folder", "dir", dir), db.Close())
	}
	return db, nil
}

// openServer opens a ledger on a server.
func openServer(ctx context.Context, address string) (*sqlstore.DB, error) {
	if !sqlstore.IsServer(address) {
		return nil, fault.New(fault.Invalid, "ledger.address")
	}
	return sqlstore.Open(ctx, address)
}

// ledgerIsHere is nil unless the folder says that its ledger is elsewhere.
func ledgerIsHere(dir string) error {
	s, err := readSign(ledgerSign(dir))
	if err != nil || s == (sign{}) {
		return err
	}
	return fault.New(fault.Invalid, "ledger.elsewhere", "dir", dir, "place", s.Postgres)
}

// isWorkspace is nil where a folder has a ledger, or says where it is.
func isWorkspace(dir string) error {
	_, here := os.Stat(ledgerFile(dir))
	if here == nil {
		return nil
	}
	if _, err := os.Stat(ledgerSign(dir)); err == nil {
		return nil
	}
	return fault.Wrap(here, fault.Invalid, "ledger.no-workspace", "dir", dir)
}
