package app_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/doctor"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// serveAdvertised serves a workspace that tells other nodes where it is.
func serveAdvertised(t *testing.T, o app.Options) *served {
	t.Helper()
	w, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	addr := freeAddress(t)
	return serveAs(t, w, app.Serving{Addr: addr, Advertise: "http://" + addr + "/"})
}

// Two nodes over one pair of stores count together what neither has memory for, and tell
// what one tells alone; neither is moved away under the other.
func TestNodesThatKnowEachOtherCountTogether(t *testing.T) {
	address, facts := postgrestest.Database(t), addressOf(clustertest.Cluster(t), "circle")
	var nodes []*served
	for range 2 {
		o := inCluster(t.TempDir(), facts)
		o.Ledger, o.IndexMemory = address, 1
		nodes = append(nodes, serveAdvertised(t, o))
	}
	for i := range 40 {
		if err := nodes[i%2].send(http.DefaultClient, fmt.Sprint("customer ", i), i%3 == 0); err != nil {
			t.Fatal(err)
		}
	}
	same := func(ahead, behind *served) { // once all of the one is loaded
		t.Helper()
		if err := ahead.Intake.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		at, _ := ahead.Intake.Moment()
		if err := behind.Intake.Await(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	same(nodes[0], nodes[1])
	same(nodes[1], nodes[0])
	for i, to := range []int{39, 20, 0} { // ids that lie far apart
		nodes[1].post(t, "/api/v1/identity/merge", apiKey, fmt.Sprintf(`{"from":"customer %d","to":"customer %d","reason":"one person"}`, i+1, to))
	}
	same(nodes[1], nodes[0])
	for _, n := range nodes {
		n.reports(t, "beichen_nodes 1")
	}
	// The other may be too slow to be asked, or to be first with a share.
	var together *journey.Answer
	for together == nil || !nodes[0].hasCounted(t, "beichen_shares_asked_total") || !nodes[1].hasCounted(t, "beichen_shares_taken_total") {
		together = measured(t, nodes[0].Workspace)
	}
	if *together.Entered != 37 {
		t.Errorf("%d customers of 40, three of whom were merged", *together.Entered)
	}
	if diff := cmp.Diff(together, measured(t, nodes[1].Workspace)); diff != "" {
		t.Errorf("asked of the other: %s", diff)
	}

	f := finding(doctorOf(t, nodes[0].Options), "nodes")
	if f.State != doctor.OK || !strings.Contains(f.Text, nodes[0].url+" (v1)") || !strings.Contains(f.Text, nodes[1].url+" (v1)") {
		t.Errorf("the doctor says %+v", f)
	}
	move := func() error {
		_, err := app.Move(t.Context(), app.MoveOptions{Options: nodes[0].Options, To: []string{app.Folder}, Language: fault.English, Told: func(app.MoveEvent) {}})
		return err
	}
	if err := move(); err == nil || !strings.Contains(err.Error(), nodes[1].url) {
		t.Errorf("the stores were moved away under the other node: %v", err)
	}

	nodes[1].stop()
	nodes[0].reports(t, "beichen_nodes 0")
	if diff := cmp.Diff(together, measured(t, nodes[0].Workspace)); diff != "" {
		t.Errorf("alone: %s", diff)
	}
	if err := move(); err != nil {
		t.Errorf("nobody else is there: %v", err)
	}
}

// hasCounted reports whether a counter of the server's is above zero.
func (s *served) hasCounted(t *testing.T, name string) bool {
	t.Helper()
	text := string(s.ask(t, http.MethodGet, "/metrics", apiKey, ""))
	if !strings.Contains(text, "\n"+name+" ") {
		t.Fatalf("the server tells no %s", name)
	}
	return !strings.Contains(text, "\n"+name+" 0\n")
}

func TestAnAddressForOtherNodesIsOne(t *testing.T) {
	w, err := app.Open(t.Context(), options(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	for _, address := range []string{"10.0.0.5:8420", "http://", "ftp://a:1", "http://a:1/beichen", "http://ada:secret@a:1", "http://a:1?x=y", "%zz"} {
		if err := w.Serve(t.Context(), app.Serving{Addr: "127.0.0.1:0", Advertise: address}); key(err) != "app.advertise" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
