package survival

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"beichen/internal/app"
	"beichen/internal/doctor"
	"beichen/internal/fault"
)

// logBound is small enough to be filled in seconds.
const logBound = 1 << 20

// TestTheClusterIsAwayForLong takes both shards away until a node's log is full: senders
// are asked to come back, the client libraries keep what they have, and once the cluster
// is there again all of it is stored, each event once.
func TestTheClusterIsAwayForLong(t *testing.T) {
	c := found(t)
	n := start(t, settings{Dir: t.TempDir(), Ledger: c.stores.Ledger, Facts: c.stores.Facts, LogBound: logBound})
	s := send(t, 4, n)
	s.more(200)
	libraries := clients(t, n)
	began := time.Now()
	c.killShard(t, 0)
	c.killShard(t, 1)
	before := s.acknowledged.Load()
	s.isFull(n)
	taken := s.acknowledged.Load() - before
	for _, library := range libraries {
		for deadline := time.Now().Add(patience); library.refused.Load() == 0; time.Sleep(again) {
			if time.Now().After(deadline) {
				t.Fatalf("%s was never refused", library.name)
			}
		}
	}
	full := time.Now()
	c.startShard(t, 0)
	c.startShard(t, 1)
	for _, library := range libraries {
		delivered := library.deliver()
		s.acknowledged.Add(delivered)
		survives(t, "%s was refused %d times, and delivered %d events in the end", library.name, library.refused.Load(), 2*delivered)
	}
	s.settles("with the cluster again")
	survives(t, "both shards away: %d events were taken in until the log of %d MiB was full after %.1f s; everything was right again %.1f s after they were back",
		2*taken, logBound>>20, full.Sub(began).Seconds(), time.Since(full).Seconds())
}

// isFull waits until a node's log is full, which it tells senders, balancers, Prometheus
// and whoever asks the doctor.
func (s *senders) isFull(n *node) {
	s.t.Helper()
	var ready int
	var report doctor.Report
	for deadline := time.Now().Add(patience); ; time.Sleep(again) {
		var err error
		if ready, err = n.ready(); err != nil {
			s.t.Fatal(err)
		}
		if report, err = app.Doctor(s.t.Context(), app.Options{Dir: n.Dir, Now: time.Now}, "v1", fault.English); err != nil {
			s.t.Fatal(err)
		}
		said := slices.ContainsFunc(report.Items, func(f doctor.Finding) bool { return strings.Contains(f.Text, "reached its bound (1 MB)") })
		if said && s.reason.Load() == "eventlog.full" && ready == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("a full log: senders are told %v, a balancer %d, and the doctor says %+v", s.reason.Load(), ready, report.Items)
		}
	}
	n.reports(s.t, fmt.Sprintf("beichen_log_bound_bytes %s", strconv.FormatFloat(logBound, 'g', -1, 64)))
}

// ready is the status that a balancer is answered.
func (n *node) ready() (int, error) {
	resp, err := http.Get(n.url("/readyz"))
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
