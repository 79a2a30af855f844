package capture

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"beichen/internal/warehouse/duckdb"
)

// BenchmarkCapture is the whole way of an event: batches of 100 browser events
// through the HTTP handler, durable in the log, loaded into DuckDB behind it.
// What is not loaded when the last batch is acknowledged is counted as lag.
func BenchmarkCapture(b *testing.B) {
	dir := b.TempDir()
	wh, err := duckdb.Open(b.Context(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer wh.Close()
	intake, err := Open(b.Context(), Config{Dir: filepath.Join(dir, "log"), Warehouse: wh, Now: time.Now, InFlight: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer intake.Close()
	mux := http.NewServeMux()
	Routes(mux, HTTPConfig{Intake: intake, Keys: keyring{}, Log: slog.Default(), Now: time.Now, EventsPerSecond: 1e12, Burst: 1 << 30})
	const batch = 100
	var serial atomic.Int64
	b.SetParallelism(32) // of each processor: senders that wait for the disk
	b.SetBytes(int64(batch * len(benchmarkMessage)))
	b.RunParallel(func(pb *testing.PB) {
		var body bytes.Buffer
		for pb.Next() {
			n := serial.Add(1)
			body.Reset()
			body.WriteString(`{"batch":[`)
			for i := range batch {
				if i > 0 {
					body.WriteByte(',')
				}
				id := fmt.Sprintf("%012d", n*batch+int64(i))
				body.Write(bytes.Replace(benchmarkMessage, []byte("2f7e6d1c-7d1b"), []byte(id), 1))
			}
			body.WriteString(`]}`)
			request := httptest.NewRequest(http.MethodPost, "/v1/batch", &body)
			request.SetBasicAuth("site-key", "")
			answer := httptest.NewRecorder()
			mux.ServeHTTP(answer, request)
			if !strings.Contains(answer.Body.String(), `"stored":100,`) {
				b.Errorf("%d %s", answer.Code, answer.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "events/s")
	s := intake.State()
	b.ReportMetric(float64(s.Through-s.Loaded), "lag")
}
