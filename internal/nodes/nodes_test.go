package nodes

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// refs is how many there are in these tests.
const refs = 1000

// counter counts a share by adding the numbers of its refs up.
type counter struct {
	at     warehouse.Moment
	before func(ctx context.Context, share warehouse.Range) error // what happens first
}

func (c counter) At() warehouse.Moment { return c.at }
func (counter) Refs() identity.Number  { return refs }

func (c counter) Count(ctx context.Context, share warehouse.Range) ([]byte, error) {
	if c.before != nil {
		if err := c.before(ctx, share); err != nil {
			return nil, err
		}
	}
	sum := uint64(0)
	for ref := share.After + 1; ref <= min(share.Through, refs); ref++ {
		sum += uint64(ref)
	}
	return binary.LittleEndian.AppendUint64(nil, sum), ctx.Err()
}

func begins(c counter) map[string]Counter {
	return map[string]Counter{"sum": func(context.Context, json.RawMessage, warehouse.Moment) (Counting, error) { return c, nil }}
}

// added is what was taken of all shares.
type added struct {
	mu     sync.Mutex
	sum    uint64
	shares int
}

func (a *added) take(counted []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(counted) != 8 {
		return errors.New("no sum")
	}
	a.sum += binary.LittleEndian.Uint64(counted)
	a.shares++
	return nil
}

func (a *added) isWhole(t *testing.T) {
	t.Helper()
	if want := uint64(refs * (refs + 1) / 2); a.sum != want {
		t.Errorf("%d of %d was counted, in %d shares", a.sum, want, a.shares)
	}
}

// circle waits for the others, however slow the machine is.
func circle(counters map[string]Counter) *Circle {
	return &Circle{Counters: counters, Log: slog.New(slog.DiscardHandler), Patience: time.Hour}
}

// serve serves a node that others know, and gives how they do.
func serve(t *testing.T, c *Circle) Node {
	t.Helper()
	c.Know(State{Version: "v1", Secret: "secret"})
	return serveHandler(t, c)
}

func serveHandler(t *testing.T, h http.Handler) Node {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return Node{ID: server.URL, Address: server.URL}
}

func asker(own counter, others ...Node) *Circle {
	c := circle(begins(own))
	c.Know(State{Version: "v1", Secret: "secret", Others: others})
	return c
}

func count(t *testing.T, c *Circle) warehouse.Moment {
	t.Helper()
	var all added
	at, err := c.Count(t.Context(), Question{"sum", json.RawMessage(`{}`)}, all.take)
	if err != nil {
		t.Fatal(err)
	}
	all.isWhole(t)
	return at
}

func TestEveryRefIsInOneShare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		last, nodes := r.Uint32N(1<<r.IntN(32)), 1+r.IntN(9)
		shares := Evenly(last, nodes)
		after := identity.Number(0)
		for _, s := range shares {
			if s.After != after || s.Through <= after {
				t.Fatalf("%d refs among %d nodes: %v", last, nodes, shares)
			}
			after = s.Through
		}
		if after != math.MaxUint32 || len(shares) > nodes*sharesANode {
			t.Fatalf("%d refs among %d nodes: %v", last, nodes, shares)
		}
	}
}

func TestNodesCountTogether(t *testing.T) {
	// Each node waits with its first share until all have one.
	var all sync.WaitGroup
	all.Add(4)
	meeting := func() counter {
		first := sync.OnceFunc(func() {
			all.Done()
			all.Wait()
		})
		return counter{before: func(context.Context, warehouse.Range) error {
			first()
			return nil
		}}
	}
	var others []Node
	for range 3 {
		others = append(others, serve(t, circle(begins(meeting()))))
	}
	asked := asker(meeting(), others...)
	count(t, asked)
	if n, _, failed := asked.Shares(); n < 3 || failed != 0 {
		t.Errorf("%d shares were asked for, %d failed", n, failed)
	}
	if n := asked.Others(); n != 3 {
		t.Errorf("%d others", n)
	}
}

func TestWhoIsNotReadySoonIsLeftOut(t *testing.T) {
	asked := circle(begins(counter{}))
	asked.Patience = time.Millisecond
	late := serve(t, circle(map[string]Counter{"sum": func(ctx context.Context, _ json.RawMessage, _ warehouse.Moment) (Counting, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}))
	asked.Know(State{Version: "v1", Secret: "secret", Others: []Node{late}})
	count(t, asked)
	if n, _, _ := asked.Shares(); n != 0 {
		t.Errorf("%d shares were asked of a node that was not ready", n)
	}
}

func TestANodeThatDoesNotHearWhatAnotherKnowsCountsAlone(t *testing.T) {
	known := warehouse.Moment{Load: 1}
	asked := circle(map[string]Counter{"sum": func(ctx context.Context, _ json.RawMessage, at warehouse.Moment) (Counting, error) {
		if at.Load > known.Load {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return counter{at: known}, nil
	}})
	asked.Patience = time.Second
	ahead := serve(t, circle(begins(counter{at: warehouse.Moment{Load: 2}})))
	asked.Know(State{Version: "v1", Secret: "secret", Others: []Node{ahead}})
	if at := count(t, asked); at != known {
		t.Errorf("counted at %+v", at)
	}
	if n, _, _ := asked.Shares(); n != 0 {
		t.Errorf("%d shares were asked of a node that is ahead", n)
	}
}

// What becomes of another node changes nothing of the answer.
func TestWhateverOthersDoTheAnswerIsWhole(t *testing.T) {
	kill := func(server **httptest.Server) func(context.Context, warehouse.Range) error {
		return func(context.Context, warehouse.Range) error {
			(*server).CloseClientConnections()
			return nil
		}
	}
	var killed *httptest.Server
	gone := httptest.NewServer(nil)
	gone.Close()
	dying := circle(begins(counter{before: kill(&killed)}))
	dying.Know(State{Version: "v1", Secret: "secret"})
	killed = httptest.NewServer(dying)
	t.Cleanup(killed.Close)
	fails := func(context.Context, warehouse.Range) error { return errors.New("the store is away") }
	silent := func(ctx context.Context, _ warehouse.Range) error {
		<-ctx.Done()
		return ctx.Err()
	}
	old := circle(begins(counter{}))
	old.Know(State{Version: "v0", Secret: "secret"})
	stranger := circle(begins(counter{}))
	stranger.Know(State{Version: "v1", Secret: "another"})
	type outcome struct{ asked, failed bool } // shares of it, at least one
	for what, other := range map[string]struct {
		Node
		outcome
	}{
		"is killed in the middle": {Node{Address: killed.URL}, outcome{true, true}},
		"cannot count":            {serve(t, circle(begins(counter{before: fails}))), outcome{true, true}},
		"is silent":               {serve(t, circle(begins(counter{before: silent}))), outcome{true, false}},
		"is gone":                 {Node{Address: gone.URL}, outcome{}},
		"has no address":          {Node{Address: "http://127.0.0.1:0"}, outcome{}},
		"is of another version":   {serveHandler(t, old), outcome{}},
		"has another secret":      {serveHandler(t, stranger), outcome{}},
		"is no node":              {serveHandler(t, http.NotFoundHandler()), outcome{}},
		"knows no such question":  {serve(t, circle(nil)), outcome{}},
		"cannot begin":            {serve(t, circle(map[string]Counter{"sum": cannotBegin})), outcome{}},
		"has other facts":         {serve(t, circle(begins(counter{at: warehouse.Moment{Load: 7}}))), outcome{}},
		"sends nonsense":          {serveHandler(t, says(bytes.Repeat([]byte{3, 0, 0, 0, 0, 0, 0, 0, 'h', 'm', '!'}, 9))), outcome{true, true}},
		"sends too much":          {serveHandler(t, says(bytes.Repeat([]byte{0xff}, 99))), outcome{true, true}},
	} {
		t.Run(what, func(t *testing.T) {
			var c *Circle
			got := func() outcome {
				asked, _, failed := c.Shares()
				return outcome{asked > 0, failed > 0}
			}
			// This node counts nothing before it is known what becomes of the other.
			c = asker(counter{before: func(ctx context.Context, _ warehouse.Range) error {
				for got() != other.outcome && ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
				return ctx.Err()
			}}, other.Node)
			count(t, c)
			if got() != other.outcome {
				t.Errorf("%+v, want %+v", got(), other.outcome)
			}
		})
	}
}

func cannotBegin(context.Context, json.RawMessage, warehouse.Moment) (Counting, error) {
	return nil, errors.New("the store is away")
}

// says answers whatever is asked with a moment, and then with the same bytes.
func says(bytes []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_ = writeFrame(w, []byte(`{}`))
		_, _ = w.Write(bytes)
	}
}

// Who has taken in more than this node makes it begin anew, as of then.
func TestAQuestionIsCountedAtAMomentThatAllKnow(t *testing.T) {
	later := warehouse.Moment{Load: 5, Seq: 50}
	other := circle(begins(counter{at: later}))
	node := serve(t, other)
	var begun []warehouse.Moment
	asked := circle(map[string]Counter{"sum": func(_ context.Context, _ json.RawMessage, at warehouse.Moment) (Counting, error) {
		if begun = append(begun, at); at == later {
			return counter{at: later, before: func(ctx context.Context, _ warehouse.Range) error {
				for _, taken, _ := other.Shares(); taken == 0 && ctx.Err() == nil; _, taken, _ = other.Shares() {
					time.Sleep(time.Millisecond)
				}
				return ctx.Err()
			}}, nil
		}
		return counter{at: warehouse.Moment{Load: 4, Seq: 40}}, nil
	}})
	asked.Know(State{Version: "v1", Secret: "secret", Others: []Node{node}})
	if at := count(t, asked); at != later || !slices.Equal(begun, []warehouse.Moment{{}, later}) {
		t.Errorf("counted at %+v after %+v", at, begun)
	}
}

func TestTheOthersStopWithTheAsker(t *testing.T) {
	counting, stopped := make(chan struct{}), make(chan struct{})
	other := circle(begins(counter{before: func(ctx context.Context, _ warehouse.Range) error {
		close(counting)
		<-ctx.Done()
		close(stopped)
		return ctx.Err()
	}}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-counting
		cancel()
	}()
	asked := asker(counter{before: func(ctx context.Context, _ warehouse.Range) error {
		<-ctx.Done()
		return ctx.Err()
	}}, serve(t, other))
	if _, err := asked.Count(ctx, Question{"sum", json.RawMessage(`{}`)}, new(added).take); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-stopped
}

func TestWhatGoesWrongHereIsTold(t *testing.T) {
	broken := errors.New("the store is away")
	node := serve(t, circle(begins(counter{before: func(ctx context.Context, _ warehouse.Range) error { // leaves all to the asker
		<-ctx.Done()
		return ctx.Err()
	}})))
	take := new(added).take
	for what, c := range map[string]*Circle{
		"counting": asker(counter{before: func(context.Context, warehouse.Range) error { return broken }}, node),
		"beginning": circle(map[string]Counter{"sum": func(context.Context, json.RawMessage, warehouse.Moment) (Counting, error) {
			return nil, broken
		}}),
	} {
		if _, err := c.Count(t.Context(), Question{"sum", json.RawMessage(`{}`)}, take); !errors.Is(err, broken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refuses := func([]byte) error { return broken }
	if _, err := asker(counter{}).Count(t.Context(), Question{"sum", json.RawMessage(`{}`)}, refuses); !errors.Is(err, broken) {
		t.Errorf("taking: %v", err)
	}
	if n := (*Circle)(nil).Others(); n != 0 {
		t.Errorf("nobody has %d others", n)
	}
}
