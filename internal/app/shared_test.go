package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/live"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// link is the message that merged somebody into others, as a server tells it.
func (s *served) link(t *testing.T, from string) string {
	t.Helper()
	graph, err := s.Intake.Whole(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	view := graph.View()
	person, ok := view.Find(from)
	if !ok {
		t.Fatalf("nobody knows %s", from)
	}
	for _, l := range view.Links(person) {
		if l.From.ID == from {
			return l.MessageID
		}
	}
	t.Fatalf("%s was never merged", from)
	return ""
}

// Three nodes over one pair of stores take in a company's events, its merges and what
// takes them back, each a part; and tell what one folder tells that was told all. What
// somebody changes they see at once on the node that they asked, and others soon.
func TestThreeNodesTellWhatOneFolderTells(t *testing.T) {
	address, facts := postgrestest.Database(t), addressOf(clustertest.Cluster(t), "three")
	alone := serve(t, t.TempDir())
	var nodes []*served
	var news []listener
	for range 3 {
		o := inCluster(t.TempDir(), facts)
		o.Ledger = address
		w, err := app.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		news = append(news, listen(t, w))
		nodes = append(nodes, serveOpen(t, w))
	}
	sum := uint64(0)
	for i := range 30 {
		for _, s := range []*served{alone, nodes[i%3]} {
			if err := s.send(http.DefaultClient, fmt.Sprint("customer ", i), i%2 == 0); err != nil {
				t.Fatal(err)
			}
		}
		sum += 1 + uint64((i+1)%2)
	}
	// A batch whose answer was lost is sent again, and the balancer takes another node.
	if err := nodes[1].send(http.DefaultClient, "customer 0", true); err != nil {
		t.Fatal(err)
	}
	settled := func() {
		t.Helper()
		for i, n := range nodes {
			if err := n.Intake.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			news[i].until(func(told live.News) bool { return told.Type == "facts" && told.Through == sum })
		}
	}
	same := func(when string) {
		t.Helper()
		want := measured(t, alone.Workspace)
		for i, n := range nodes {
			if diff := cmp.Diff(want, measured(t, n.Workspace)); diff != "" {
				t.Errorf("%s, node %d (−folder +node): %s", when, i, diff)
			}
		}
	}
	settled()
	same("told")

	change := func(n *served, path string, what func(*served) map[string]string) *journey.Answer {
		for _, s := range []*served{alone, n} {
			text, err := json.Marshal(what(s))
			if err != nil {
				t.Fatal(err)
			}
			s.post(t, "/api/v1"+path, apiKey, string(text))
		}
		sum++
		return measured(t, n.Workspace)
	}
	merge := func(from, to string) func(*served) map[string]string {
		return func(*served) map[string]string {
			return map[string]string{"from": from, "to": to, "reason": "one person"}
		}
	}
	if a := change(nodes[0], "/identity/merge", merge("customer 1", "customer 2")); *a.Entered != 29 {
		t.Errorf("%d customers after two of 30 were merged here", *a.Entered)
	}
	change(nodes[1], "/identity/merge", merge("customer 3", "customer 4"))
	settled()
	same("merged")
	if a := change(nodes[2], "/identity/unlink", func(s *served) map[string]string {
		return map[string]string{"messageId": s.link(t, "customer 1"), "reason": "two after all"}
	}); *a.Entered != 29 {
		t.Errorf("%d customers after one of two merges was taken back", *a.Entered)
	}
	settled()
	same("taken back")

	// Who one node forgets all have forgotten, and whoever has the id later is somebody new.
	change(nodes[0], "/customers/customer%205/forget", func(*served) map[string]string {
		return map[string]string{"reason": "she asked"}
	})
	settled()
	same("forgotten")
	for _, s := range []*served{alone, nodes[1]} {
		s.post(t, "/v1/batch", writeKey, `{"batch":[{"type":"track","event":"Tea Seen","userId":"customer 5","messageId":"new","timestamp":"2026-01-05T10:00:00Z"}]}`)
	}
	sum++
	settled()
	same("come again")
	if a := measured(t, nodes[2].Workspace); *a.Entered != 29 {
		t.Errorf("%d customers after one of 29 was forgotten and one came", *a.Entered)
	}

	// A node that comes later knows all of it, and one that goes leaves nothing behind.
	dir := nodes[0].Dir
	nodes[0].stop()
	for _, dir := range []string{dir, t.TempDir()} {
		o := inCluster(dir, facts)
		o.Ledger = address
		late := serveWith(t, o)
		if diff := cmp.Diff(measured(t, alone.Workspace), measured(t, late.Workspace)); diff != "" {
			t.Errorf("a node that starts (−folder +node): %s", diff)
		}
		late.stop()
	}
}

// nodeDir makes the test binary a node on that folder, to be killed.
const nodeDir, nodeLedger, nodeFacts = "BEICHEN_TEST_NODE_DIR", "BEICHEN_TEST_NODE_LEDGER", "BEICHEN_TEST_NODE_FACTS"

// isNode serves a workspace until the process is killed, where the environment says so.
func isNode() bool {
	dir := os.Getenv(nodeDir)
	if dir == "" {
		return false
	}
	o := inCluster(dir, os.Getenv(nodeFacts))
	o.Ledger = os.Getenv(nodeLedger)
	w, err := app.Open(context.Background(), o)
	if err == nil {
		err = w.Serve(context.Background(), app.Serving{Addr: "127.0.0.1:0", Version: "v1", Out: os.Stdout, Language: fault.English, Bootstrap: keys})
	}
	fmt.Fprintln(os.Stderr, err)
	return true
}

// A node is killed in the middle of a load, again and again, while another one loads as
// well. What either acknowledged is stored, and nothing twice, once it has started again.
func TestANodeThatIsKilledInTheMiddleOfALoadLosesAndDoublesNothing(t *testing.T) {
	cluster := clustertest.Cluster(t)
	o := inCluster(t.TempDir(), addressOf(cluster, "killed"))
	o.Ledger = postgrestest.Database(t)
	lives := serveWith(t, o)
	o.Dir = t.TempDir()
	first, err := cluster.Shards[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	for round := range 3 {
		process, dies := startNode(t, o)
		var sending sync.WaitGroup
		over := make(chan struct{})
		for who, s := range map[string]*served{"lives": lives, "dies": dies} {
			sending.Go(func() {
				for i := 0; ; i++ {
					id := fmt.Sprint(who, " ", round, " ", i)
					if err := s.send(http.DefaultClient, id, false); err == nil {
						mu.Lock()
						acknowledged[id+" seen"] = true
						mu.Unlock()
					}
					select {
					case <-over:
						return
					case <-time.After(5 * time.Millisecond):
					}
				}
			})
		}
		// Of loads that began and are not complete, the third is likely to be its own.
		for begun, before := 0, uint32(0); begun < 3; {
			var last, counts uint32
			const text = "SELECT max(load), (SELECT max(load) FROM killed.position) FROM killed.loads"
			if err := first.QueryRow(t.Context(), text).Scan(&last, &counts); err != nil {
				t.Fatal(err)
			}
			if last > counts && last > before {
				begun, before = begun+1, last
			}
		}
		if err := process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = process.Wait() // it was killed
		close(over)
		sending.Wait()
	}
	again := serveWith(t, o)
	for _, s := range []*served{again, lives} {
		if err := s.Intake.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stored := map[string]int{}
	if err := lives.Warehouse.RecentIDs(t.Context(), time.Time{}, func(id string) error { stored[id]++; return nil }); err != nil {
		t.Fatal(err)
	}
	for id := range acknowledged {
		if stored[id] != 1 {
			t.Errorf("%s was acknowledged and is stored %d times", id, stored[id])
		}
	}
	for id, n := range stored {
		if n != 1 {
			t.Errorf("%s is stored %d times", id, n)
		}
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged")
	}
}

// startNode starts a node as a process of its own.
func startNode(t *testing.T, o app.Options) (*exec.Cmd, *served) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), nodeDir+"="+o.Dir, nodeLedger+"="+o.Ledger, nodeFacts+"="+o.Facts)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill() }) // where the test ends before it does
	return process, &served{url: urlIn(t, out)}
}

// urlIn is where a process that greets says that it is.
func urlIn(t *testing.T, out io.Reader) string {
	t.Helper()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, url, ok := strings.Cut(lines.Text(), "http://"); ok && !strings.Contains(url, "token=") {
			return "http://" + url
		}
	}
	t.Fatal("the process ended before it was ready")
	return ""
}
