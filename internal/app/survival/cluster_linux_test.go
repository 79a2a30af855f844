package survival

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse/clickhousetest"
	"beichen/internal/wiretest"
)

// company is nodes over one pair of stores, with a wire wherever two of them speak.
type company struct {
	shards   *clickhousetest.Cluster
	between  []*wiretest.Wire // from shard to shard, by the one that is called
	postgres *postgrestest.Server
	stores   settings // as the nodes find them without wires
	disks    []string // by node: its folder is in it, on a disk of its own
	nodes    []*node
	wires    [][]*wiretest.Wire // by node: to Postgres, then to each shard
}

const shards = 2

// found founds a company of as many nodes as there are clocks, each so far ahead.
func found(t *testing.T, clocks ...time.Duration) *company {
	t.Helper()
	dir, err := clickhousetest.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	c := &company{postgres: postgrestest.Start(t)}
	c.shards, err = clickhousetest.StartClusterOver(t.Context(), clickhousetest.Options{Dir: dir}, shards, func(address string) string {
		w := wiretest.Lay(t, address)
		c.between = append(c.between, w)
		return w.Address()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.shards.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	c.stores = settings{Ledger: c.postgres.Database(t), Facts: factsAt(c.shards.Name, c.shards.Addresses())}
	for _, clock := range clocks {
		ledger, err := url.Parse(c.stores.Ledger)
		if err != nil {
			t.Fatal(err)
		}
		wires := []*wiretest.Wire{wiretest.Lay(t, ledger.Host)}
		ledger.Host = wires[0].Address()
		var addresses []string
		for _, address := range c.shards.Addresses() {
			w := wiretest.Lay(t, address)
			wires, addresses = append(wires, w), append(addresses, w.Address())
		}
		c.wires, c.disks = append(c.wires, wires), append(c.disks, smallDisk(t, 96<<20))
		c.nodes = append(c.nodes, start(t, settings{Dir: filepath.Join(c.disks[len(c.disks)-1], "workspace"), Ledger: ledger.String(), Facts: factsAt(c.shards.Name, addresses), Clock: clock}))
	}
	return c
}

func factsAt(cluster string, addresses []string) string {
	return "clickhouse://default:@" + cluster + "/facts?shard=" + strings.Join(addresses, "&shard=")
}

// TestACompanyGoesOn takes one part of a company after the other away while events come
// in through all nodes, one of which has a clock that is an hour off.
func TestACompanyGoesOn(t *testing.T) {
	c := found(t, 0, 0, time.Hour)
	s := send(t, 4, c.nodes...)
	s.more(200)
	ballast := filepath.Join(c.disks[0], "ballast")
	for _, f := range []struct {
		what string
		harm func()
		heal func()
	}{
		{"the first shard killed", func() { c.killShard(t, 0) }, func() { c.startShard(t, 0) }},
		{"the second shard killed", func() { c.killShard(t, 1) }, func() { c.startShard(t, 1) }},
		{"the way of a node to a shard cut without a word", c.wires[0][1].Cut, c.wires[0][1].Mend},
		{"the way of a node to the other shard shut", c.wires[0][2].Shut, c.wires[0][2].Mend},
		{"the way of a node to a shard slow", func() { c.wires[0][1].Slow(50 * time.Millisecond) }, func() { c.wires[0][1].Slow(0) }},
		{"the way between the shards cut without a word", c.between[0].Cut, c.between[0].Mend},
		{"Postgres stopped", func() { c.postgres.Stop(t) }, func() { c.postgres.Resume(t) }},
		{"Postgres crashed", func() { c.postgres.Crash(t) }, func() { c.postgres.Resume(t) }},
		{"the way of a node to Postgres cut without a word", c.wires[0][0].Cut, c.wires[0][0].Mend},
		{"the disk of one of three nodes full", func() { fillUp(t, ballast) }, func() { remove(t, ballast) }},
		{"one of three nodes killed", func() { c.nodes[0].kill(t) }, func() { c.nodes[0].launch(t) }},
	} {
		began := time.Now()
		before := s.acknowledged.Load()
		f.harm()
		time.Sleep(time.Second)
		during := s.acknowledged.Load() - before
		f.heal()
		s.settles(f.what)
		survives(t, "%s: %d events were taken in meanwhile, everything was right again after %.1f s", f.what, 2*during, time.Since(began).Seconds())
		s.goOn()
	}
	s.settles("in the end")
}

func (c *company) killShard(t *testing.T, shard int) {
	t.Helper()
	if err := c.shards.Kill(shard); err != nil {
		t.Fatal(err)
	}
}

func (c *company) startShard(t *testing.T, shard int) {
	t.Helper()
	if err := c.shards.Start(t.Context(), shard); err != nil {
		t.Fatal(err)
	}
}
