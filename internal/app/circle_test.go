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
	"beichen/internal/journey/path"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/listing"
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
	metricAlike := metricsTogether(t, nodes[0], nodes[1])
	metricAlike("asked of the other", nodes[1])
	together := nodes[0].together(t, nodes[1], nodes[0].measured)
	if entered := *together.(*journey.Answer).Entered; entered != 37 {
		t.Errorf("%d customers of 40, three of whom were merged", entered)
	}
	flow, list := nodes[0].together(t, nodes[1], nodes[0].flow), nodes[0].together(t, nodes[1], nodes[0].customers)
	if page := list.(*journey.CustomersPage); page.Total != 37 || len(page.Items) != 30 {
		t.Errorf("%d of %d customers are listed", len(page.Items), page.Total)
	}
	ways := nodes[0].together(t, nodes[1], nodes[0].paths)
	if a := ways.(*path.Answer); *a.Anchored != 37 || len(a.Links) == 0 {
		t.Errorf("%d customers did the anchor, with %d links", *a.Anchored, len(a.Links))
	}
	alike := func(what string, n *served) {
		t.Helper()
		if diff := cmp.Diff([]any{together, flow, list, ways}, []any{n.measured(t), n.flow(t), n.customers(t), n.paths(t)}); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	alike("asked of the other", nodes[1])

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
	alike("alone", nodes[0])
	metricAlike("alone", nodes[0])
	if err := move(); err != nil {
		t.Errorf("nobody else is there: %v", err)
	}
}

// together asks until the other has counted some of it: that may be too slow to be asked, or
// to be first with a share.
func (s *served) together(t *testing.T, other *served, ask func(*testing.T) any) any {
	t.Helper()
	asked, taken := s.counter(t, "beichen_shares_asked_total"), other.counter(t, "beichen_shares_taken_total")
	for {
		answer := ask(t)
		if s.counter(t, "beichen_shares_asked_total") != asked && other.counter(t, "beichen_shares_taken_total") != taken {
			return answer
		}
	}
}

// counter is a counter of the server's, as it tells it.
func (s *served) counter(t *testing.T, name string) string {
	t.Helper()
	_, after, tells := strings.Cut(string(s.ask(t, http.MethodGet, "/metrics", apiKey, "")), "\n"+name+" ")
	if !tells {
		t.Fatalf("the server tells no %s", name)
	}
	value, _, _ := strings.Cut(after, "\n")
	return value
}

func (s *served) measured(t *testing.T) any {
	t.Helper()
	return measured(t, s.Workspace)
}

func (s *served) flow(t *testing.T) any {
	t.Helper()
	flow, err := s.Measurer.Flow(t.Context(), journey.Request{Journey: tea(t), AsOf: "2026-02-01"})
	if err != nil {
		t.Fatal(err)
	}
	return flow
}

func (s *served) customers(t *testing.T) any {
	t.Helper()
	page, err := s.Measurer.Customers(t.Context(), journey.CustomersRequest{
		Request: journey.Request{Journey: tea(t), AsOf: "2026-02-01"}, Stage: tea(t).Stages[0].ID, State: "reached", Sort: "oldest", Page: listing.Page{Limit: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func (s *served) paths(t *testing.T) any {
	t.Helper()
	a, err := (&path.Finder{Source: s.Measurer.Source, Nodes: s.Measurer.Nodes}).Paths(t.Context(), path.Request{
		Kind: path.After, Journey: tea(t), Anchor: fmt.Appendf(nil, `{"stage":%q}`, tea(t).Stages[0].ID), AsOf: "2026-02-01",
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
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
