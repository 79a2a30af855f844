package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"beichen/internal/capture"
	"beichen/internal/fault"
	"beichen/internal/ledger/sqlstore"
)

// node is the name under which a folder's log is known to the facts that several nodes
// load: they say of each how much of its log they have.
type node struct {
	ID string `json:"id"`
	// Heir says that the log was loaded before it had a name.
	Heir bool `json:"heir,omitempty"`
}

func nodeFile(dir string) string { return filepath.Join(dir, "node.json") }

// readNode reads the name of a folder's log. A log that is new has a new one: records of
// another one that bore the name are not its own.
func readNode(dir string) (n node, err error) {
	segments, err := filepath.Glob(filepath.Join(logDir(dir), "*.log"))
	if err != nil {
		return n, err
	}
	text, err := os.ReadFile(nodeFile(dir))
	switch {
	case err == nil && len(segments) > 0:
		if err := json.Unmarshal(text, &n); err != nil || n.ID == "" {
			return n, errors.Join(fmt.Errorf("read %s: it names no node", nodeFile(dir)), err)
		}
		return n, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return n, err
	}
	// Only a folder that says so has loaded facts into a cluster before.
	_, before := os.Stat(factsSign(dir))
	n = node{ID: uuid.NewString(), Heir: len(segments) > 0 && before == nil}
	if text, err = json.Marshal(n); err == nil {
		err = replaceFile(nodeFile(dir), append(text, '\n'))
	}
	if err != nil {
		return n, fault.Wrap(err, fault.Invalid, "app.folder", "dir", dir)
	}
	return n, nil
}

// takeTurns gives the turns in which this node loads the facts: with the others that have
// the same ledger, if it can be shared.
func (w *Workspace) takeTurns() (capture.Turns, error) {
	if !w.store.Shared() {
		return capture.Alone{}, nil
	}
	s, err := readSign(factsSign(w.Dir))
	if err != nil {
		return nil, err
	}
	w.turns, err = w.store.Turns("facts "+s.ClickHouse, sqlstore.Facts)
	return turns{w.turns}, err
}

// turns are capture.Turns.
type turns struct{ *sqlstore.Turns }

// Take implements capture.Turns.
func (t turns) Take(ctx context.Context) (capture.Turn, error) {
	turn, err := t.Turns.Take(ctx)
	if err != nil {
		return nil, err // and no Turn that holds a nil
	}
	return turn, nil
}
