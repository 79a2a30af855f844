package sqlstore_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// A database of the time when a revision had one approval keeps it, and takes more.
func TestAnApprovalFromBeforeTheyCouldBeRepeatedStays(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger.sqlite")
	now, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.NewStore(now).Append(ctx, ledger.Revision{Kind: "Journey", ID: "tea", Version: 1, At: time.Unix(1, 0), Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err := now.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"DROP TABLE approvals",
		`CREATE TABLE approvals (kind TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, by_name TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (kind, id, version), FOREIGN KEY (kind, id, version) REFERENCES revisions (kind, id, version))`,
		"INSERT INTO approvals VALUES ('Journey', 'tea', 1, 'Grace', 'agreed', 2000000)",
		"DELETE FROM goose_db_version WHERE version_id > 2",
	} {
		if _, err := before.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	store := sqlstore.NewStore(open(t, path))
	if err := store.Approve(ctx, "Journey", "tea", 1, ledger.Approval{By: "Grace", Reason: "still", At: time.Unix(3, 0)}); err != nil {
		t.Fatal(err)
	}
	r, found, err := store.Revision(ctx, "Journey", "tea", 0)
	if err != nil || !found {
		t.Fatal(err)
	}
	want := []ledger.Approval{{By: "Grace", Reason: "agreed", At: time.Unix(2, 0).UTC()}, {By: "Grace", Reason: "still", At: time.Unix(3, 0).UTC()}}
	if diff := cmp.Diff(want, r.Approvals); diff != "" || r.ApprovalReason != "still" {
		t.Error(diff)
	}
}
