package duckdb_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
	"beichen/internal/warehouse/warehousetest"
)

// TestAFileIsLetGoOfWhateverQuestionsWereGivenUp: an engine that keeps its file would
// make the next one wait for ever.
func TestAFileIsLetGoOfWhateverQuestionsWereGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.duckdb")
	opened := func() *duckdb.Warehouse {
		w, err := duckdb.Open(t.Context(), path, duckdb.Options{Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := opened()
	warehousetest.Fill(t, w, 3000)
	for n := range 60 {
		ctx, giveUp := context.WithCancel(t.Context())
		var asking sync.WaitGroup
		for _, ask := range []func() error{
			func() error { _, err := w.Older(ctx, time.Now()); return err },
			func() error { _, err := w.Digest(ctx, 1<<60); return err },
			func() error {
				return w.Scan(ctx, warehouse.Scan{MaxSeq: 1 << 60}, func(*warehouse.Batch) error { return nil })
			},
			func() error { return w.Erase(ctx) },
		} {
			asking.Go(func() {
				for ctx.Err() == nil {
					if err := ask(); err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(6000)) * time.Microsecond)
		giveUp()
		asking.Wait()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		descriptors, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range descriptors {
			// That of the reading itself is gone by now.
			if file, err := os.Readlink("/proc/self/fd/" + d.Name()); err == nil && strings.HasPrefix(file, path) {
				t.Fatalf("after the engine was closed for the %d. time it still has %s", n+1, file)
			}
		}
		w = opened()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
