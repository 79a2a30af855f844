package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/doctor"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse/clickhouse/clustertest"
	"beichen/internal/warehouse/clickhousetest"
)

// addressOf is the address of a database of a cluster.
func addressOf(c *clickhousetest.Cluster, database string) string {
	return "clickhouse://default:@" + c.Name + "/" + database + "?shard=" + strings.Join(c.Addresses(), "&shard=")
}

func inCluster(dir, address string) app.Options {
	o := options(dir)
	o.Facts = address
	return o
}

func key(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

// The same company, told to a folder of its own and to a cluster with its ledger in
// Postgres, measures the same: before and after a start, which reads who is who from
// the store again.
func TestAWorkspaceInAClusterTellsWhatOneInAFolderTells(t *testing.T) {
	o := inCluster(t.TempDir(), addressOf(clustertest.Cluster(t), "app"))
	o.Ledger = postgrestest.Database(t)
	here, there := serve(t, t.TempDir()), serveWith(t, o)
	for i := range 40 {
		for _, s := range []*served{here, there} {
			if err := s.send(http.DefaultClient, fmt.Sprint("customer ", i), i%3 == 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := measured(t, here.Workspace)
	same := func(when string, got *journey.Answer) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (−folder +cluster): %s", when, diff)
		}
	}
	if err := there.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	same("loaded", measured(t, there.Workspace))
	if f := finding(doctorOf(t, o), "facts"); f.State != doctor.OK {
		t.Errorf("the doctor says %+v", f)
	}
	there.stop()
	again := serveWith(t, o)
	same("after a start", measured(t, again.Workspace))
	if p, err := again.Warehouse.Position(t.Context()); err != nil || p.Seq != 54 {
		t.Errorf("position %+v, %v", p, err)
	}
}

func doctorOf(t *testing.T, o app.Options) doctor.Report {
	t.Helper()
	r, err := app.Doctor(t.Context(), o, "v1", fault.English)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A folder's facts are in one place, and a command that is not told where does not
// begin others.
func TestAFolderHasItsFactsInOnePlace(t *testing.T) {
	address, dir, own := addressOf(clustertest.Cluster(t), "place"), t.TempDir(), t.TempDir()
	for _, o := range []app.Options{inCluster(dir, address), options(own)} {
		w, err := app.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for what, c := range map[string]struct {
		app.Options
		want string
	}{
		"not told":      {options(dir), "warehouse.elsewhere"},
		"told of two":   {inCluster(own, address), "warehouse.two"},
		"told nonsense": {inCluster(t.TempDir(), "clickhouse://cluster"), "warehouse.address"},
		"an old log":    {inCluster(t.TempDir(), address), ""}, // nothing was loaded yet
	} {
		w, err := app.Open(t.Context(), c.Options)
		if err == nil {
			err = w.Close()
		}
		if c.want == "" && err != nil || c.want != "" && key(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if sign, err := os.ReadFile(filepath.Join(dir, "facts.json")); err != nil || string(sign) != `{"clickhouse":"beichen/place"}`+"\n" {
		t.Errorf("facts.json says %q, %v", sign, err)
	}
	if f := finding(doctorOf(t, options(dir)), "facts"); f.State != doctor.Fault || !strings.Contains(f.Todo, "BEICHEN_FACTS") {
		t.Errorf("the doctor says %+v", f)
	}
}

// While a shard is away events are taken in and acknowledged; once it is back all of
// them are in the cluster, each once, without hands.
func TestNothingIsLostOrDoubledWhileAShardIsAway(t *testing.T) {
	dir, err := clickhousetest.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := clickhousetest.StartCluster(t.Context(), clickhousetest.Options{Dir: dir}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(cluster.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	}()
	s := serveWith(t, inCluster(t.TempDir(), addressOf(cluster, "away")))
	defer func() { s.stop() }()
	sent := 0
	send := func(n int) {
		for range n {
			if err := s.send(http.DefaultClient, fmt.Sprint("customer ", sent), true); err != nil {
				t.Fatalf("customer %d was refused: %v", sent, err)
			}
			sent++
		}
	}
	send(10)
	if err := s.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for shard := range 2 {
		if err := cluster.Stop(shard); err != nil {
			t.Fatal(err)
		}
		send(10)
		for s.Intake.State().Err == nil {
			time.Sleep(10 * time.Millisecond) // until a load has met the shard that is away
		}
		if k := key(s.Intake.State().Err); k != "warehouse.shard-away" {
			t.Errorf("what is said of it: %s", k)
		}
		send(10)
		if err := cluster.Start(t.Context(), shard); err != nil {
			t.Fatal(err)
		}
		if err := s.Intake.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// A start does not wait for a shard either, nor for what it would have to know.
	folder := s.Dir
	s.stop()
	if err := cluster.Stop(1); err != nil {
		t.Fatal(err)
	}
	s = serveWith(t, inCluster(folder, addressOf(cluster, "away")))
	send(10)
	ready(t, s, "taking in; the facts are away")
	s.reports(t, "beichen_facts_following 0")
	if f := finding(doctorOf(t, s.Options), "facts"); f.State != doctor.Fault || !strings.Contains(f.Text, "2") {
		t.Errorf("the doctor says %+v", f)
	}
	if _, err := s.Measurer.Measure(t.Context(), journey.Request{Journey: tea(t), AsOf: "2026-02-01"}); key(err) != "warehouse.shard-away" {
		t.Errorf("a question is answered without a shard: %v", err)
	}
	if err := cluster.Start(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Intake.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready(t, s, "ready")
	s.reports(t, "beichen_facts_following 1")
	a := measured(t, s.Workspace)
	ids := map[string]int{}
	if err := s.Warehouse.RecentIDs(t.Context(), time.Time{}, func(id string) error { ids[id]++; return nil }); err != nil {
		t.Fatal(err)
	}
	if *a.Entered != sent || a.Facts.Events != 2*sent || len(ids) != 2*sent {
		t.Errorf("of %d customers with two events each %d are measured, with %d events; %d are stored", sent, *a.Entered, a.Facts.Events, len(ids))
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
}

// ready waits until a server says so of itself.
func ready(t *testing.T, s *served, state string) {
	t.Helper()
	for {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		var said struct{ Status string }
		err = json.NewDecoder(resp.Body).Decode(&said)
		if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("a node that takes events in is %s, %v", resp.Status, err)
		}
		if said.Status == state {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A backup of a workspace whose facts are in a cluster is one of its ledger, made and
// restored without the cluster; the folder then says where the facts are.
func TestALedgerIsBackedUpWithoutTheFactsOfItsCluster(t *testing.T) {
	o := inCluster(t.TempDir(), addressOf(clustertest.Cluster(t), "kept"))
	s := serveWith(t, o)
	draw(t, s.Workspace, 0, "Ada")
	var archive bytes.Buffer
	m, err := app.Backup(t.Context(), o, "v1", fault.English, &archive)
	if err != nil {
		t.Fatal(err)
	}
	if m.Facts != "beichen/kept" || len(m.Files) != 1 || m.Files[0].Name != "ledger.sqlite" {
		t.Errorf("%+v", m)
	}
	s.stop()
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := app.Restore(t.Context(), bytes.NewReader(archive.Bytes()), dir, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Open(t.Context(), options(dir)); key(err) != "warehouse.elsewhere" {
		t.Errorf("opened without its cluster: %v", err)
	}
	o.Dir = dir
	again := serveWith(t, o)
	if history, err := again.Ledger.History(t.Context(), ledger.Journey, "tea"); err != nil || len(history) != 1 || history[0].Author != "Ada" {
		t.Errorf("the ledger has %+v, %v", history, err)
	}
}
