package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/ledgertest"
	"beichen/internal/ledger/sqlstore"
)

// added is what a newer program may do to a ledger while this one runs: it adds.
var added = []string{"revisions", "approvals", "workspace", "members", "links", "sessions", "keys", "audit"}

func addTo(t *testing.T, db *sqlstore.DB) {
	t.Helper()
	for _, table := range added {
		if _, err := db.Write().ExecContext(t.Context(), `ALTER TABLE `+table+` ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Write().ExecContext(t.Context(), `CREATE TABLE newer (id TEXT PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
}

// TestAProcessGoesOnWhenANewerProgramHasAddedToTheLedger is about a file that both have
// open; nodes that share a server are in internal/app.
func TestAProcessGoesOnWhenANewerProgramHasAddedToTheLedger(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledger.Store {
		db := open(t, engines["SQLite"](t))
		addTo(t, db)
		return sqlstore.NewStore(db)
	})
}

// TestALedgerThatANewerProgramHasAddedToIsNotBackedUpInPart: who runs on it does not know
// what to copy.
func TestALedgerThatANewerProgramHasAddedToIsNotBackedUpInPart(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		db := open(t, address)
		add(t, db, tea(1))
		addTo(t, db)
		if _, err := db.Write().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, $1)`, true); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy.sqlite")
		if err := db.Backup(t.Context(), copied); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
		if _, err := os.Stat(copied); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("something was written: %v", err)
		}
	})
}
