package duckdb_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
	"beichen/internal/warehouse/warehousetest"
)

func TestTheContractOfAWarehouse(t *testing.T) {
	warehousetest.Run(t, func(t testing.TB, dir string) warehouse.Warehouse {
		w, err := duckdb.Open(context.Background(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	})
}

func TestAFileThatIsNoStoreIsRefusedWithAHint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	if err := os.WriteFile(path, []byte("this is a letter, not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := duckdb.Open(context.Background(), path, duckdb.Options{})
	if !fault.Is(err, fault.Unavailable) {
		t.Fatalf("%v", err)
	}
}

// TestASecondProcessIsTold starts this test's program again as the second one.
func TestASecondProcessIsTold(t *testing.T) {
	if path := os.Getenv("BEICHEN_TEST_SECOND_OPENER"); path != "" {
		_, err := duckdb.Open(context.Background(), path, duckdb.Options{})
		os.Stdout.WriteString(string(fault.KindOf(err)) + ": " + err.Error())
		return
	}
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	w, err := duckdb.Open(context.Background(), path, duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, rule := range []string{"while it is open", "after it was copied"} {
		second := exec.Command(os.Args[0], "-test.run", "^TestASecondProcessIsTold$")
		second.Env = append(os.Environ(), "BEICHEN_TEST_SECOND_OPENER="+path)
		said, err := second.CombinedOutput()
		if err != nil || !strings.Contains(string(said), "unavailable: Another process has the facts file") {
			t.Errorf("%s: %s: %v", rule, said, err)
		}
		if err := w.CopyTo(context.Background(), filepath.Join(t.TempDir(), "copy")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderMayHaveAnyNameButThreeCharacters(t *testing.T) {
	for name, want := range map[string]fault.Kind{"我的 資料:1 & 'co'": "", "100%": fault.Invalid, "a#b": fault.Invalid, "a?b": fault.Invalid} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		w, err := duckdb.Open(context.Background(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
		if err == nil {
			w.Close()
		}
		if (err == nil) != (want == "") || err != nil && fault.KindOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnOlderFileGetsItsDigest takes a file back to before there was one.
func TestAnOlderFileGetsItsDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	opened := func() *duckdb.Warehouse {
		w, err := duckdb.Open(t.Context(), path, duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := opened()
	warehousetest.Fill(t, w, 1000)
	want, err := w.Digest(t.Context(), 900)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("DROP TABLE digest; DROP TABLE forgets; DROP TABLE horizon; ALTER TABLE identities DROP COLUMN forgets; DELETE FROM schema_version WHERE version > 1")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	w = opened()
	defer w.Close()
	if got, err := w.Digest(t.Context(), 900); err != nil || got != want || got.Events != 900 {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}

// TestLongTextsAreWrittenWithZstandard where the file's format knows it: in one that an
// earlier program began they would be left as they are.
func TestLongTextsAreWrittenWithZstandard(t *testing.T) {
	written := func(path string) map[string]string {
		w, err := duckdb.Open(t.Context(), path, duckdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		chunk := browserChunk(20_000)
		chunk.Messages[0].Type = event.Identify
		err = w.Load(t.Context(), chunk)
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("duckdb", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.Query(`SELECT column_name, string_agg(DISTINCT compression ORDER BY compression) FROM pragma_storage_info('events')
			WHERE segment_type = 'VARCHAR' GROUP BY ALL
			UNION ALL SELECT 'of identities', compression FROM pragma_storage_info('identities') WHERE column_name = 'context' AND segment_type = 'VARCHAR'`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		how := map[string]string{}
		for rows.Next() {
			var column, compression string
			if err := rows.Scan(&column, &compression); err != nil {
				t.Fatal(err)
			}
			how[column] = compression
		}
		return how
	}
	want := map[string]string{
		"properties": "ZSTD", "context": "ZSTD", "message_id": "ZSTD", "anonymous_id": "ZSTD", "channel": "Dictionary", "source": "Dictionary",
		"of identities": "ZSTD",
	}
	if diff := cmp.Diff(want, written(filepath.Join(t.TempDir(), "facts.duckdb"))); diff != "" {
		t.Errorf("a new file: %s", diff)
	}

	path := filepath.Join(t.TempDir(), "facts.duckdb")
	db, err := sql.Open("duckdb", path+"?storage_compatibility_version=v1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("CREATE TABLE schema_version (version INTEGER NOT NULL)")
	for version := 1; err == nil && version <= 4; version++ {
		var text []byte
		if text, err = os.ReadFile(fmt.Sprintf("migrations/%04d.sql", version)); err == nil {
			_, err = db.Exec(string(text) + fmt.Sprintf("; INSERT INTO schema_version VALUES (%d)", version))
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for column, how := range written(path) {
		single := column == "of identities" // one text, which is not worth compressing
		if strings.Contains(how, "ZSTD") || how == "Uncompressed" && !single {
			t.Errorf("a file of an earlier program: %s is written with %s", column, how)
		}
	}
}

// TestNothingOfWhoWasForgottenIsLeftInTheFile looks for texts that are in the file
// before, and at copies too.
func TestNothingOfWhoWasForgottenIsLeftInTheFile(t *testing.T) {
	dir := t.TempDir()
	w, err := duckdb.Open(t.Context(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	texts, kept, load, erase := warehousetest.Plant(t, w)
	holds := func(dir, text string) bool {
		files, err := filepath.Glob(filepath.Join(dir, "facts.duckdb*"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte(text)) {
				return true
			}
		}
		return false
	}
	for _, text := range texts {
		if !holds(dir, text) {
			t.Errorf("%q is not in the file before", text)
		}
	}
	load()
	if err := erase(); err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if holds(dir, text) {
			t.Errorf("%q is still in a file", text)
		}
	}
	if !holds(dir, kept) {
		t.Error("what was to be kept is gone too")
	}
}

func TestQuestionsGoOnWhileTheFileIsWrittenAnew(t *testing.T) {
	w, err := duckdb.Open(t.Context(), filepath.Join(t.TempDir(), "facts.duckdb"), duckdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	_, _, load, erase := warehousetest.Plant(t, w)
	var asking sync.WaitGroup
	over := make(chan struct{})
	for range 3 {
		asking.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				rows := 0
				err := w.Scan(t.Context(), warehouse.Scan{MaxSeq: 99}, func(b *warehouse.Batch) error {
					rows += b.Len
					return nil
				})
				if err != nil || rows != 2 && rows != 5 {
					t.Errorf("%d rows, %v", rows, err)
					return
				}
			}
		})
	}
	load()
	if err := erase(); err != nil {
		t.Fatal(err)
	}
	close(over)
	asking.Wait()
	if stats, err := w.Stats(t.Context()); err != nil || stats.Events != 2 {
		t.Errorf("%d events, %v", stats.Events, err)
	}
}
