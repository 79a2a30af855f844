package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"beichen/internal/fault"
)

// moving is what a workspace's folder remembers of a move of its stores, in
// moving.json, from its beginning until the stores are where they go. The folder is
// what a half-made copy is recognised by: another one's goes on from nowhere.
type moving struct {
	Facts  *route `json:"facts,omitempty"`
	Ledger *route `json:"ledger,omitempty"`
	// Switching is set once the new stores are whole. With it, whoever has the folder
	// next completes the move (settle); without it, the old ones are the workspace.
	Switching bool `json:"switching,omitempty"`
	// Date is in the names of files that are laid aside, set with Switching.
	Date string `json:"date,omitempty"`
}

// route is where a store is and where it goes to; a zero sign is the folder.
type route struct {
	From sign `json:"from"`
	To   sign `json:"to"`
}

func movingFile(dir string) string { return filepath.Join(dir, "moving.json") }

// Stores that are made in the folder have these names until they are whole.
func factsInMaking(dir string) string  { return filepath.Join(dir, "facts.moving.duckdb") }
func ledgerInMaking(dir string) string { return filepath.Join(dir, "ledger.moving.sqlite") }

// readMoving reads what a folder remembers; nil where nothing is moved.
func readMoving(dir string) (*moving, error) {
	text, err := os.ReadFile(movingFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var m moving
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", movingFile(dir), err)
	}
	return &m, nil
}

// notSwitching is nil unless a program ended while the folder's stores were being
// switched: what the folder has may be neither the old workspace nor the new one.
func notSwitching(dir string) error {
	m, err := readMoving(dir)
	if err != nil || m == nil || !m.Switching {
		return err
	}
	return fault.New(fault.Invalid, "move.half-switched", "dir", dir)
}

// write makes the folder remember, durably.
func (m moving) write(dir string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return errors.Join(replaceFile(movingFile(dir), append(text, '\n')), syncFolder(dir))
}

// same reports whether two moves lead from and to the same places.
func (m moving) same(other moving) bool {
	equal := func(a, b *route) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return equal(m.Facts, other.Facts) && equal(m.Ledger, other.Ledger)
}

// settle puts the stores of a move that is Switching where it leads to, and signs up
// where they are. Nobody has them open. It may be done again after it was interrupted.
func (m moving) settle(dir string) error {
	if r := m.Facts; r != nil {
		if err := m.settleStore(*r, factsFile(dir), m.aside(factsFile(dir)), factsInMaking(dir), factsSign(dir)); err != nil {
			return fault.Wrap(err, fault.Unavailable, "move.unsettled", "dir", dir)
		}
	}
	if r := m.Ledger; r != nil {
		if err := m.settleStore(*r, ledgerFile(dir), m.aside(ledgerFile(dir)), ledgerInMaking(dir), ledgerSign(dir)); err != nil {
			return fault.Wrap(err, fault.Unavailable, "move.unsettled", "dir", dir)
		}
	}
	if err := errors.Join(syncFolder(dir), os.Remove(movingFile(dir)), syncFolder(dir)); err != nil {
		return fault.Wrap(err, fault.Unavailable, "move.unsettled", "dir", dir)
	}
	return nil
}

// settleStore lays a store's file aside, or gives the new one its name.
func (m moving) settleStore(r route, file, aside, inMaking, signFile string) error {
	if r.From == (sign{}) {
		if err := renameStore(file, aside); err != nil {
			return err
		}
	}
	if r.To != (sign{}) {
		return r.To.write(signFile)
	}
	if err := renameStore(inMaking, file); err != nil {
		return err
	}
	if err := os.Remove(signFile); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// besides are the files that a store may have beside its own, unless it was closed in
// good order: what was written ahead.
var besides = []string{".wal", "-wal", "-shm"}

// renameStore renames a store's files that are there, its own last.
func renameStore(from, to string) error {
	for _, suffix := range append(besides, "") {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// removeStore removes the files of a store that are there.
func removeStore(file string) error {
	for _, suffix := range append(besides, "") {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// aside is the name under which a store's file is kept that is no longer used:
// facts.moved-2026-03-01.duckdb.
func (m moving) aside(file string) string {
	extension := filepath.Ext(file)
	return file[:len(file)-len(extension)] + ".moved-" + m.Date + extension
}

// switching is the move with a date under which no file was laid aside yet.
func (m moving) switching(dir string, now time.Time) moving {
	m.Switching = true
	for n := 1; ; n++ {
		m.Date = now.Format(time.DateOnly)
		if n > 1 {
			m.Date += fmt.Sprint("-", n)
		}
		_, facts := os.Stat(m.aside(factsFile(dir)))
		_, ledger := os.Stat(m.aside(ledgerFile(dir)))
		if errors.Is(facts, fs.ErrNotExist) && errors.Is(ledger, fs.ErrNotExist) {
			return m
		}
	}
}
