package sqlstore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/ledgertest"
	"beichen/internal/ledger/sqlstore"
)

func open(t *testing.T, path string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSQLiteKeepsTheRulesOfAStore(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledger.Store {
		return sqlstore.NewStore(open(t, filepath.Join(t.TempDir(), "ledger.sqlite")))
	})
}

func TestADatabaseIsTheSameAfterItIsOpenedAgain(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger #1?.sqlite")
	first, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.NewStore(first).Append(ctx, ledger.Revision{Kind: "Journey", ID: "tea", Version: 1, At: time.Unix(1, 0), Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path)
	if _, found, err := sqlstore.NewStore(second).Revision(ctx, "Journey", "tea", 1); !found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	if err := second.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestTwoOpenDatabasesOfOneFileSeeEachOther(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger.sqlite")
	server, command := open(t, path), open(t, path)
	for version := 1; version <= 20; version++ {
		writer := server
		if version%2 == 0 {
			writer = command
		}
		added, err := sqlstore.NewStore(writer).Append(ctx, ledger.Revision{Kind: "Journey", ID: "tea", Version: version, At: time.Unix(1, 0), Body: []byte(`{}`)})
		if err != nil || !added {
			t.Fatalf("version %d: added %v, %v", version, added, err)
		}
	}
	all, err := sqlstore.NewStore(server).History(ctx, "Journey", "tea")
	if err != nil || len(all) != 20 {
		t.Errorf("%d revisions, %v", len(all), err)
	}
}

func TestABackupHoldsWhatWasCommitted(t *testing.T) {
	ctx := context.Background()
	db := open(t, filepath.Join(t.TempDir(), "ledger.sqlite"))
	if _, err := sqlstore.NewStore(db).Append(ctx, ledger.Revision{Kind: "Journey", ID: "tea", Version: 1, At: time.Unix(1, 0), Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.sqlite")
	if err := db.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if _, found, err := sqlstore.NewStore(open(t, copied)).Revision(ctx, "Journey", "tea", 1); !found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	if err := db.Backup(ctx, copied); err == nil {
		t.Error("a backup was written over a file")
	}
}

func TestALedgerOfANewerProgramIsRefused(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger.sqlite")
	if _, err := open(t, path).Write().ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`); err != nil {
		t.Fatal(err)
	}
	db, err := sqlstore.Open(ctx, path)
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("opened %v, error %v", db != nil, err)
	}
}
