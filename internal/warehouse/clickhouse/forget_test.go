package clickhouse_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhousetest"
	"beichen/internal/warehouse/warehousetest"
)

// TestForgettingEndsThoughAShardIsAway has a shard leave after the word was loaded:
// nothing of the customer is in any answer from then on, and nothing in any file of
// the servers once the shard is back and its old parts are gone.
func TestForgettingEndsThoughAShardIsAway(t *testing.T) {
	dir := t.TempDir()
	own, err := clickhousetest.StartCluster(t.Context(), clickhousetest.Options{Dir: dir}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	}()
	o := clickhouse.Options{Cluster: own.Name, Database: "facts", User: "default"}
	for _, address := range own.Addresses() {
		o.Shards = append(o.Shards, []string{address})
	}
	w, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for shard := range 2 { // the engine's eight minutes would be long for a test
		for _, table := range []string{"refs", "events", "identities", "quarantine"} {
			execute(t, own, shard, "ALTER TABLE facts."+table+" MODIFY SETTING old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, merge_tree_clear_old_parts_interval_seconds = 1, max_cleanup_delay_period = 1")
		}
	}
	texts, kept, load, erase := warehousetest.Plant(t, w)
	holds := func(text string) bool { return inFolder(t, dir, text) }
	for _, text := range []string{texts[0], texts[1], kept} { // others are compressed
		if !holds(text) {
			t.Errorf("%q is in no file before", text)
		}
	}
	load()
	if err := own.Stop(1); err != nil {
		t.Fatal(err)
	}
	if err := erase(); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("erased without a shard: %v", err)
	}
	if err := own.Start(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	var refs []identity.Number
	count := func() (events int) {
		refs = nil
		err := w.Scan(t.Context(), warehouse.Scan{MaxSeq: 99}, func(b *warehouse.Batch) error { events += b.Len; return nil })
		n := identity.Number(0)
		err = errors.Join(err, w.Refs(t.Context(), func(run []event.Ref) error {
			for _, ref := range run {
				if n++; ref.ID == "" {
					refs = append(refs, n)
				}
			}
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	if events := count(); events != 2 || len(refs) != 3 {
		t.Errorf("before the end %d events, %v forgotten", events, refs)
	}
	if err := erase(); err != nil {
		t.Fatal(err)
	}
	if events := count(); events != 2 || len(refs) != 3 {
		t.Errorf("in the end %d events, %v forgotten", events, refs)
	}
	for _, text := range texts {
		for holds(text) { // until the engine has let its old parts go
			time.Sleep(200 * time.Millisecond)
		}
	}
	if !holds(kept) {
		t.Error("what was to be kept is gone too, or is not found in files")
	}
}

// inFolder looks into the files of the tables; what the server writes down of its
// queries is its operator's.
func inFolder(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.Type().IsRegular() || found {
			return err
		}
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = found || bytes.Contains(content, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
