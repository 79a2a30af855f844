package sqlstore_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// list reads a query's only column.
func list(t *testing.T, db *sqlstore.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// One set of migrations makes both: the same tables with the same columns, and in
// Postgres no column of text that is compared otherwise than by its bytes.
func TestBothHaveTheSameTables(t *testing.T) {
	file, server := open(t, filepath.Join(t.TempDir(), "ledger.sqlite")), open(t, postgrestest.Database(t))
	const ours = ` <> 'goose_db_version'`
	inFile := list(t, file, `SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name`+ours+` ORDER BY m.name, c.cid`)
	onServer := list(t, server, `SELECT table_name || '.' || column_name || ' ' || upper(data_type) FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name`+ours+` ORDER BY table_name COLLATE "C", ordinal_position`)
	if diff := cmp.Diff(inFile, onServer); diff != "" || len(inFile) < 40 {
		t.Error(diff, len(inFile))
	}
	if other := list(t, server, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`); len(other) > 0 {
		t.Errorf("compared as the server likes: %v", other)
	}
}

func TestAServerThatIsAwayOrRefusesIsUnavailableAndSaysWhatToDo(t *testing.T) {
	server := postgrestest.Start(t)
	address := server.Database(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := nobody.Addr().String()
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ address, key string }{
		"nobody listens":    {"postgres://ada:secret@" + closed + "/tea", "ledger.away"},
		"a wrong password":  {strings.Replace(address, "beichen:", "beichen:x", 1), "ledger.refused"},
		"no such database":  {server.Address("nowhere"), "ledger.refused"},
		"an address of two": {"postgres://ada:secret@:port/", "ledger.address"},
	} {
		db, err := sqlstore.Open(t.Context(), c.address)
		f := wantFault(t, name, err, c.key)
		if db != nil || f == nil {
			continue
		}
		for _, l := range []fault.Language{fault.English, fault.TraditionalChinese, fault.SimplifiedChinese} {
			if f.Hint(l) == "" {
				t.Errorf("%s: nothing to do in %s", name, l)
			}
		}
		if text := err.Error() + f.Message(fault.English); strings.Contains(text, "secret") {
			t.Errorf("%s: the password is told: %s", name, text)
		}
	}
}

func TestWhoIsConnectedWhenTheServerGoesIsToldSoAndGoesOnWhenItIsBack(t *testing.T) {
	server := postgrestest.Start(t)
	db := open(t, server.Database(t))
	add(t, db, tea(1))
	for round, halt := range []func(testing.TB){server.Stop, server.Crash} {
		halt(t)
		_, _, err := sqlstore.NewStore(db).Revision(t.Context(), "Journey", "tea", 1)
		wantFault(t, "a reader", err, "ledger.away")
		_, err = sqlstore.NewStore(db).Append(t.Context(), tea(round+2))
		wantFault(t, "a writer", err, "ledger.away")
		wantFault(t, "a check", db.Check(t.Context()), "ledger.away")
		server.Resume(t)
		add(t, db, tea(round+2))
	}
}

func TestTextThatPostgresCannotKeepIsAFaultOfTheInput(t *testing.T) {
	r := tea(1)
	r.Author = "A\x00da"
	_, err := sqlstore.NewStore(open(t, postgrestest.Database(t))).Append(t.Context(), r)
	if f := wantFault(t, "a zero byte", err, "ledger.text"); f != nil && f.Kind != fault.Invalid {
		t.Error(f.Kind)
	}
}
