package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/ledgertest"
	"beichen/internal/ledger/postgrestest"
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

// TestMain ends the Postgres server that the tests share.
func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m.Run)) }

// engines give the address of an empty ledger in each kind of database.
var engines = map[string]func(*testing.T) string{
	"SQLite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "ledger #1?.sqlite") },
	"Postgres": func(t *testing.T) string { return postgrestest.Database(t) },
}

// onBoth holds both kinds of databases to a rule.
func onBoth(t *testing.T, rule func(t *testing.T, address string)) {
	for name, address := range engines {
		t.Run(name, func(t *testing.T) { rule(t, address(t)) })
	}
}

func TestBothKeepTheRulesOfAStore(t *testing.T) {
	for name, address := range engines {
		t.Run(name, func(t *testing.T) {
			ledgertest.Run(t, func(t *testing.T) ledger.Store { return sqlstore.NewStore(open(t, address(t))) })
		})
	}
}

func tea(version int) ledger.Revision {
	return ledger.Revision{Kind: "Journey", ID: "tea", Version: version, At: time.Unix(1, 0), Body: []byte(`{}`)}
}

func add(t *testing.T, db *sqlstore.DB, r ledger.Revision) {
	t.Helper()
	if added, err := sqlstore.NewStore(db).Append(t.Context(), r); err != nil || !added {
		t.Fatalf("version %d: added %v, %v", r.Version, added, err)
	}
}

func TestADatabaseIsTheSameAfterItIsOpenedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		first, err := sqlstore.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		add(t, first, tea(1))
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second := open(t, address)
		if _, found, err := sqlstore.NewStore(second).Revision(t.Context(), "Journey", "tea", 1); !found || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		if err := second.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoWhoHaveTheSameDatabaseOpenSeeEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		one, two := open(t, address), open(t, address)
		for version := 1; version <= 20; version++ {
			writer := one
			if version%2 == 0 {
				writer = two
			}
			add(t, writer, tea(version))
		}
		all, err := sqlstore.NewStore(one).History(t.Context(), "Journey", "tea")
		if err != nil || len(all) != 20 {
			t.Errorf("%d revisions, %v", len(all), err)
		}
	})
}

func TestOfManyNodesThatStartTogetherOneMigrates(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		var starting sync.WaitGroup
		for range 4 {
			starting.Go(func() {
				db, err := sqlstore.Open(t.Context(), address)
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		starting.Wait()
	})
}

func TestABackupIsAFileOfWhatWasCommitted(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		db := open(t, address)
		for version := 1; version <= 300; version++ { // more than one statement copies at once
			add(t, db, tea(version))
		}
		if err := sqlstore.NewStore(db).Approve(t.Context(), "Journey", "tea", 7, ledger.Approval{By: "Grace", Reason: "茶", At: time.Unix(2, 0)}); err != nil {
			t.Fatal(err)
		}
		want, err := sqlstore.NewStore(db).History(t.Context(), "Journey", "tea")
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy.sqlite")
		if err := db.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		got, err := sqlstore.NewStore(open(t, copied)).History(t.Context(), "Journey", "tea")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if err := db.Backup(t.Context(), copied); err == nil {
			t.Error("a backup was written over a file")
		}
	})
}

func TestALedgerMovesIntoAnEmptyDatabaseOrNotAtAll(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		source := open(t, filepath.Join(t.TempDir(), "source.sqlite"))
		add(t, source, tea(1))
		db := open(t, address)
		broken := errors.New("no")
		if err := db.Fill(t.Context(), source, func() error { return broken }); !errors.Is(err, broken) {
			t.Errorf("what comes before the commit failed: %v", err)
		}
		if err := db.Fill(t.Context(), source, func() error { return nil }); err != nil {
			t.Fatalf("what failed left something: %v", err)
		}
		if _, found, err := sqlstore.NewStore(db).Revision(t.Context(), "Journey", "tea", 1); !found || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		if err := db.Fill(t.Context(), source, func() error { return nil }); !fault.Is(err, fault.Conflict) {
			t.Errorf("filled twice: %v", err)
		}
	})
}

func TestALedgerOfANewerProgramIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		if _, err := open(t, address).Write().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, $1)`, true); err != nil {
			t.Fatal(err)
		}
		db, err := sqlstore.Open(t.Context(), address)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("opened %v, error %v", db != nil, err)
		}
	})
}

// Between its first look and its commit nobody else writes: not another transaction,
// not a single statement, and not on another node.
func TestAnUpdateAloneWritesUntilItCommits(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		here, there := open(t, address), open(t, address)
		var writing sync.WaitGroup
		err := here.Update(t.Context(), func(tx *sql.Tx) error {
			count := func() (links int) {
				if err := tx.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM links`).Scan(&links); err != nil {
					t.Error(err)
				}
				return links
			}
			before := count()
			const text = `INSERT INTO links (token_hash, created_at) VALUES ($1, 1)`
			writing.Go(func() {
				if _, err := there.Write().ExecContext(t.Context(), text, "statement"); err != nil {
					t.Error(err)
				}
			})
			writing.Go(func() {
				if err := there.Update(t.Context(), func(tx *sql.Tx) error {
					_, err := tx.ExecContext(t.Context(), text, "transaction")
					return err
				}); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(200 * time.Millisecond) // they try
			if after := count(); before != 0 || after != 0 {
				t.Errorf("%d links, then %d", before, after)
			}
			read := 0
			if err := there.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM links`).Scan(&read); err != nil || read != 0 {
				t.Errorf("a reader waits or sees what is not committed: %d, %v", read, err)
			}
			_, err := tx.ExecContext(t.Context(), text, "first")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		writing.Wait()
		var links int
		if err := here.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM links`).Scan(&links); err != nil || links != 3 {
			t.Errorf("%d links, %v", links, err)
		}
	})
}

func TestWhatADatabaseRefusesIsTheSameFault(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		db := open(t, address)
		const member = `INSERT INTO members (id, email, name, role, created_at) VALUES ($1, $2, '', '', 1)`
		if _, err := db.Write().ExecContext(t.Context(), member, "1", "ada@tea.example"); err != nil {
			t.Fatal(err)
		}
		_, err := db.Write().ExecContext(t.Context(), member, "2", "ada@tea.example")
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("an e-mail twice: %v", err)
		}
		err = db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO workspace (id, settings) VALUES (2, '{}')`)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a second workspace: %v", err)
		}
		if _, err := db.Read().ExecContext(t.Context(), member, "3", "grace@tea.example"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("written by way of those who read: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Write().ExecContext(gone, member, "4", "grace@tea.example"); !errors.Is(err, context.Canceled) {
			t.Errorf("nobody waits for it: %v", err)
		}
	})
}

// Upper case before lower, and neither beside the other: an order that no dictionary
// of a server changes.
func TestTextIsSortedByItsBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		db := open(t, address)
		for _, id := range []string{"b", "a", "B", "茶", "_"} {
			r := tea(1)
			r.ID = id
			add(t, db, r)
		}
		all, err := sqlstore.NewStore(db).Current(t.Context(), "Journey", false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range all {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff([]string{"B", "_", "a", "b", "茶"}, got); diff != "" {
			t.Error(diff)
		}
	})
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
		"DROP TABLE turns", "DROP TABLE nodes", "DROP TABLE nodes_secret",
		"DROP TABLE approvals",
		`CREATE TABLE approvals (kind TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, by_name TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
			PRIMARY KEY (kind, id, version), FOREIGN KEY (kind, id, version) REFERENCES revisions (kind, id, version))`,
		"INSERT INTO approvals VALUES ('Journey', 'tea', 1, 'Grace', 'agreed', 2000000)",
		"DROP TABLE forgotten", "DROP TABLE forgotten_key",
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

func wantFault(t *testing.T, what string, err error, key string) *fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Key != key {
		t.Errorf("%s: %v, want %s", what, err, key)
		return nil
	}
	return f
}
