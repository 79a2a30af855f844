// Package nodestest gives tests of what nodes count together several of them in one
// process, which know each other by servers on loopback.
package nodestest

import (
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"beichen/internal/identity"
	"beichen/internal/nodes"
	"beichen/internal/warehouse"
)

// Start makes a circle of nodes that count a kind of question, one for each counter; the
// first is the one to ask. They divide at random places. They end with the test.
func Start(t testing.TB, r *rand.Rand, kind string, counters []nodes.Counter) []*nodes.Circle {
	t.Helper()
	var all []*nodes.Circle
	var others []nodes.Node
	for i, counter := range counters {
		c := &nodes.Circle{Counters: map[string]nodes.Counter{kind: counter}, Log: slog.New(slog.DiscardHandler), Divide: randomly(r), Patience: time.Hour}
		c.Know(nodes.State{Version: "v1", Secret: "a secret"})
		if all = append(all, c); i == 0 {
			continue
		}
		mux := http.NewServeMux()
		mux.Handle(nodes.Path, c)
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		others = append(others, nodes.Node{ID: server.URL, Address: server.URL})
	}
	all[0].Know(nodes.State{Version: "v1", Secret: "a secret", Others: others})
	return all
}

// Taken is how many shares nodes counted for each other.
func Taken(circles []*nodes.Circle) (sum int) {
	for _, c := range circles {
		_, taken, _ := c.Shares()
		sum += int(taken)
	}
	return sum
}

// randomly divides at random places, into shares of one ref or none among them.
func randomly(r *rand.Rand) func(identity.Number, int) []warehouse.Range {
	return func(last identity.Number, _ int) (shares []warehouse.Range) {
		bounds := []identity.Number{math.MaxUint32}
		for range 1 + r.IntN(8) {
			bounds = append(bounds, r.Uint32N(last+2))
		}
		slices.Sort(bounds)
		after := identity.Number(0)
		for _, through := range slices.Compact(bounds) {
			if through > 0 {
				shares = append(shares, warehouse.Range{After: after, Through: through})
				after = through
			}
		}
		return shares
	}
}
