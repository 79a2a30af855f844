// Package nodestest gives tests of what nodes count together several of them in one
// process, which know each other by servers on loopback.
package nodestest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/identity"
	"beichen/internal/nodes"
	"beichen/internal/warehouse"
)

// Start makes a circle of nodes that count a kind of question, one for each counter; the
// first is the one to ask. They divide at random places; without r as nodes do. They end
// with the test.
func Start(t testing.TB, r *rand.Rand, kind string, counters []nodes.Counter) []*nodes.Circle {
	t.Helper()
	var all []*nodes.Circle
	var others []nodes.Node
	var divide func(identity.Number, int) []warehouse.Range
	if r != nil {
		divide = randomly(r)
	}
	for i, counter := range counters {
		c := &nodes.Circle{Counters: map[string]nodes.Counter{kind: counter}, Log: slog.New(slog.DiscardHandler), Divide: divide, Patience: time.Hour}
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

// Harm holds what is asked of a node where another one's shares are garbled, in every way,
// to what it tells alone: they have to be refused, and the answer is right all the same.
// There have to be several refs, so that the other one has a share.
func Harm(t *testing.T, what, kind string, own, other nodes.Counter, ask func(*nodes.Circle) any, options ...cmp.Option) {
	t.Helper()
	want := ask(nil)
	for how, garble := range garbles() {
		circle := garbled(t, kind, own, other, garble)
		if diff := cmp.Diff(want, ask(circle), options...); diff != "" {
			t.Errorf("%s, %s: %s", what, how, diff)
		}
		if _, _, failed := circle.Shares(); failed == 0 {
			t.Errorf("%s, %s: was taken", what, how)
		}
	}
}

// garbles are what may become of a share on its way, by what it is; whoever reads it has to
// see that.
func garbles() map[string]func(share []byte) []byte {
	return map[string]func([]byte) []byte{
		"nothing":          func([]byte) []byte { return nil },
		"half":             func(share []byte) []byte { return share[:len(share)/2] },
		"a byte less":      func(share []byte) []byte { return share[:len(share)-1] },
		"a byte more":      func(share []byte) []byte { return append(share, 0) },
		"twice":            func(share []byte) []byte { return append(share, share...) },
		"a negative count": func(share []byte) []byte { return append([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), share...) },
		"no end of it":     func([]byte) []byte { return bytes.Repeat([]byte{0xff}, 1<<10) },
	}
}

// garbled is the circle of a node that counts nothing before it has refused what another
// one counted, of which becomes what garble makes of it. They end with the test.
func garbled(t testing.TB, kind string, own, other nodes.Counter, garble func([]byte) []byte) *nodes.Circle {
	t.Helper()
	var asked *nodes.Circle
	all := Start(t, nil, kind, []nodes.Counter{
		changed(own, func(ctx context.Context, share []byte) []byte {
			for _, _, failed := asked.Shares(); failed == 0 && ctx.Err() == nil; _, _, failed = asked.Shares() {
				time.Sleep(time.Millisecond)
			}
			return share
		}),
		changed(other, func(_ context.Context, share []byte) []byte { return garble(share) }),
	})
	asked = all[0]
	return asked
}

// changed is a counter of whose shares becomes something else.
func changed(counter nodes.Counter, into func(context.Context, []byte) []byte) nodes.Counter {
	return func(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
		c, err := counter(ctx, body, at)
		return changing{c, into}, err
	}
}

type changing struct {
	nodes.Counting
	into func(context.Context, []byte) []byte
}

func (c changing) Count(ctx context.Context, share warehouse.Range) ([]byte, error) {
	counted, err := c.Counting.Count(ctx, share)
	if err != nil {
		return nil, err
	}
	return c.into(ctx, counted), nil
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
