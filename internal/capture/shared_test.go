package capture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// company is a store that several nodes load, and the turns in which they do.
type company struct {
	t     rapid.TB // a test, or one case of a property
	dir   string
	at    clickhouse.Options
	turns *turns
	nodes []*peer
	now   time.Time
}

// peer is a node: an intake whose loads a test can make fail.
type peer struct {
	*company
	name         string
	acknowledged bool // only what is stored is
	store        *faulty
	intake       *Intake
}

var databases atomic.Int64

func newCompany(t *testing.T, told rapid.TB, nodes int) *company {
	c := &company{t: told, now: received, turns: &turns{free: make(chan struct{}, 1)}}
	c.at = clustertest.Options(t, fmt.Sprint("capture", databases.Add(1)))
	c.dir = filepath.Join(t.TempDir(), c.at.Database)
	c.turns.free <- struct{}{}
	for i := range nodes {
		m := &peer{company: c, name: fmt.Sprint("node", i)}
		c.nodes = append(c.nodes, m)
		m.open()
	}
	return c
}

func (c *company) close() {
	for _, m := range c.nodes {
		m.close()
	}
}

// turns are those of nodes in one process. A node that loses its turn is stopped where it
// asks for something, while another one does what a test says.
type turns struct {
	free chan struct{}

	mu     sync.Mutex
	number uint32
	victim *peer
	steals map[string]func() // by the step at which the next turn is lost
}

// stolen loses the next turn of a node at a step: before its number, with it, or before its proof.
func (t *turns) stolen(from *peer, step string, meanwhile func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.victim, t.steals = from, map[string]func(){step: meanwhile}
}

// turnsOf are the turns that one node takes.
type turnsOf struct {
	*turns
	peer *peer
}

type taken struct {
	turnsOf
	lost bool
}

func (t turnsOf) Take(ctx context.Context) (Turn, error) {
	select {
	case <-t.free:
		return &taken{turnsOf: t}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// at is where a turn may be lost.
func (t *taken) at(step string) {
	t.mu.Lock()
	var meanwhile func()
	if t.victim == t.peer {
		meanwhile = t.steals[step]
	}
	if meanwhile != nil {
		t.steals = nil
	}
	t.mu.Unlock()
	if meanwhile != nil && !t.lost {
		t.lost = true
		t.free <- struct{}{}
		meanwhile()
	}
}

func (t *taken) Number(_ context.Context, after uint32) (uint32, error) {
	t.at("before its number")
	t.mu.Lock()
	t.number = max(t.number, after) + 1
	number := t.number
	t.mu.Unlock()
	t.at("with its number")
	return number, nil
}

func (t *taken) Held(context.Context) error {
	t.at("before its proof")
	if t.lost {
		return fault.New(fault.Unavailable, "ledger.away", "server", "db")
	}
	return nil
}

func (t *taken) End(context.Context, bool) error {
	if !t.lost {
		t.free <- struct{}{}
	}
	return nil
}

// faulty is a store behind a line that a test can cut.
type faulty struct {
	*clickhouse.Warehouse
	away       atomic.Bool
	refuse     atomic.Bool // the next load does not come through
	loseAnswer atomic.Bool // the next load is stored, and its answer lost
}

var errCut = fault.New(fault.Unavailable, "warehouse.shard-away", "shards", "2", "of", 2, "addresses", "ch2:9000")

func (f *faulty) Since(ctx context.Context, m warehouse.Mark, n warehouse.News) (warehouse.Mark, error) {
	if f.away.Load() {
		return m, errCut
	}
	return f.Warehouse.Since(ctx, m, n)
}

func (f *faulty) LoadInTurn(ctx context.Context, c warehouse.Chunk, follows warehouse.Mark, t warehouse.Turn) error {
	if f.away.Load() || f.refuse.Swap(false) {
		return errCut
	}
	err := f.Warehouse.LoadInTurn(ctx, c, follows, t)
	if err == nil && f.loseAnswer.Swap(false) {
		return errCut
	}
	return err
}

func (m *peer) open() {
	m.t.Helper()
	o := m.at
	o.Node = m.name
	w, err := clickhouse.Open(o)
	if err != nil {
		m.t.Fatal(err)
	}
	m.store = &faulty{Warehouse: w}
	m.start()
}

// start opens the intake over the store as it is.
func (m *peer) start() {
	m.t.Helper()
	var err error
	m.intake, err = Open(context.Background(), Config{
		Dir: m.log(), Shared: m.store, Turns: turnsOf{m.turns, m}, Now: func() time.Time { return m.now },
		LoadEvery: time.Hour, // loads are those that a test asks for
		ChunkRows: 5, TailRows: 12, Stored: m.acknowledged,
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *peer) log() string { return filepath.Join(m.dir, m.name) }

func (m *peer) close() {
	if m.intake == nil {
		return
	}
	if err := errors.Join(m.intake.Close(), m.store.Close()); err != nil {
		m.t.Error(err)
	}
	m.intake = nil
}

func (m *peer) accept(in ...Incoming) Receipt {
	m.t.Helper()
	r, err := m.intake.Accept(context.Background(), in)
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

func (m *peer) flush() {
	m.t.Helper()
	if err := m.intake.Flush(context.Background()); err != nil {
		m.t.Fatal(err)
	}
}

// catchUp waits until the node sees what the store has.
func (m *peer) catchUp() {
	m.t.Helper()
	for {
		at, err := m.store.Position(context.Background())
		if err != nil && !errors.Is(err, warehouse.ErrReplaced) {
			m.t.Fatal(err)
		}
		if seq, _ := m.intake.Tail(); err == nil && seq == at.Seq {
			return
		}
		m.intake.Look()
		time.Sleep(time.Millisecond)
	}
}

// people are the ids of each person, as a node sees them.
func (m *peer) people() map[string]int {
	m.t.Helper()
	m.catchUp()
	graph, err := m.intake.Whole(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	return peopleOf(graph)
}

func peopleOf(graph *identity.Graph) map[string]int {
	view, people := graph.View(), map[string]int{}
	for n := range graph.RefsAfter(0) {
		people[view.ID(view.Person(identity.Number(n+1)))]++
	}
	return people
}

// once fails unless the store has exactly these messages, each once, at positions
// without gaps, and its numbers are those of who the messages are about.
func (c *company) once(want ...string) {
	c.t.Helper()
	ids := map[string]int{}
	m := c.nodes[0]
	_, err := m.store.Since(context.Background(), warehouse.Mark{}, warehouse.News{Message: func(id string) error { ids[id]++; return nil }})
	if err != nil {
		c.t.Fatal(err)
	}
	all := map[string]int{}
	for _, id := range want {
		all[id] = 1
	}
	if diff := cmp.Diff(all, ids); diff != "" {
		c.t.Errorf("stored (−want +got): %s", diff)
	}
	if at, err := m.store.Position(context.Background()); err != nil || at.Seq != uint64(len(want)) {
		c.t.Errorf("%d messages end at position %d, %v", len(want), at.Seq, err)
	}
}

func sent(id, user string) Incoming {
	return Incoming{Message: event.Message{MessageID: id, Type: event.Track, UserID: user, Name: "X", Time: received, ReceivedAt: received}}
}

func merged(id, from, into string) Incoming {
	return Incoming{Message: event.Message{MessageID: id, Type: event.Alias, PreviousID: from, UserID: into, Time: received, ReceivedAt: received}}
}

func parted(id, link string) Incoming {
	return Incoming{Message: event.Message{MessageID: id, Type: event.Unlink, Unlinks: link, Time: received, ReceivedAt: received}}
}

func TestABatchThatIsSentToTwoNodesIsStoredOnce(t *testing.T) {
	c := newCompany(t, t, 2)
	defer c.close()
	one, two := c.nodes[0], c.nodes[1]
	refusal := Refusal{MessageID: "r", Reason: "capture.no-id", Raw: []byte(`{}`)}.Incoming(Envelope{ReceivedAt: received})
	batch := []Incoming{sent("a", "u"), sent("b", "v"), refusal}
	one.accept(slices.Clone(batch)...)
	if r := two.accept(append(slices.Clone(batch), sent("c", "w"))...); r.Stored != 3 || r.Quarantined != 1 {
		t.Errorf("neither can know of the other: %+v", r)
	}
	one.flush()
	two.flush()
	c.once("a", "b", "c")
	if n := two.intake.State().Repeated; n != 3 {
		t.Errorf("%d were left out, want two messages and a refusal", n)
	}
	if page, err := one.store.Quarantine(t.Context(), warehouse.QuarantineQuery{}); err != nil || page.Total != 1 {
		t.Errorf("%d in quarantine, %v", page.Total, err)
	}
	one.catchUp()
	if r := one.accept(sent("c", "w")); r.Duplicate != 1 {
		t.Errorf("what another node stored is taken in again: %+v", r)
	}
}

// Nodes that have taken in the same loads are at the same moment, and one waits for what
// another knows already.
func TestANodeWaitsForTheMomentOfAnother(t *testing.T) {
	c := newCompany(t, t, 2)
	defer c.close()
	one, two := c.nodes[0].intake, c.nodes[1].intake
	c.nodes[0].accept(sent("a", "u"), sent("b", "v"))
	c.nodes[0].flush()
	at, shared := one.Moment()
	if at.Seq != 2 || at.Load == 0 || !shared {
		t.Errorf("%+v, %v", at, shared)
	}
	if err := two.Await(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if now, _ := two.Moment(); now != at {
		t.Errorf("the one is at %+v, the other at %+v", at, now)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	at.Load++
	if err := two.Await(ended, at); !errors.Is(err, context.Canceled) {
		t.Errorf("what never comes is waited for: %v", err)
	}
	waiting := make(chan error)
	go func() { waiting <- two.Await(t.Context(), at) }()
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; !fault.Is(err, fault.Unavailable) {
		t.Errorf("waiting after the end: %v", err)
	}
}

// A node whose store is away takes in what is sent. What it was not asked for before it
// ended comes from its log; what was stored before, it does not store again.
func TestANodeTakesInBeforeItsStoreAnswers(t *testing.T) {
	c := newCompany(t, t, 1)
	defer c.close()
	m := c.nodes[0]
	m.accept(sent("a", "u"))
	m.flush()
	m.accept(sent("b", "u"))
	if err := m.intake.Close(); err != nil {
		t.Fatal(err)
	}
	m.store.away.Store(true)
	m.start()
	m.accept(sent("a", "u"), sent("c", "u"))
	if _, err := m.intake.Whole(t.Context()); !fault.Is(err, fault.Unavailable) || err.(*fault.Error).Key != "warehouse.shard-away" {
		t.Errorf("who is who is told without the store: %v", err)
	}
	if s := m.intake.State(); s.Behind == nil {
		t.Errorf("%+v", s)
	}
	if err := m.intake.Close(); err != nil { // nor is anything lost with it
		t.Fatal(err)
	}
	m.start()
	m.store.away.Store(false)
	m.flush()
	c.once("a", "b", "c")
}

// What a node took in and could not load for days may have been sent to another one then.
func TestWhatWaitedForDaysIsStoredOnce(t *testing.T) {
	c := newCompany(t, t, 2)
	defer c.close()
	one, two := c.nodes[0], c.nodes[1]
	one.accept(sent("a", "u"), sent("b", "u"))
	one.close()
	two.accept(sent("a", "u"))
	two.flush()
	c.now = received.Add(72 * time.Hour)
	one.open()
	one.flush()
	c.once("a", "b")
}

// Who asks for it is told that an event was taken in only when the store has it; and
// what is durable meanwhile is stored once, however often it is sent again.
func TestAnAcknowledgementMayWaitForTheStore(t *testing.T) {
	before := storedWithin
	defer func() { storedWithin = before }()
	c := newCompany(t, t, 1)
	defer c.close()
	m := c.nodes[0]
	if err := m.intake.Close(); err != nil {
		t.Fatal(err)
	}
	m.acknowledged = true
	m.start()
	m.accept(sent("a", "u"))
	c.once("a") // without being asked to
	storedWithin = 100 * time.Millisecond
	m.store.away.Store(true)
	for range 2 {
		_, err := m.intake.Accept(t.Context(), []Incoming{sent("b", "u")})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "capture.not-stored" || f.Args["retryAfter"] == nil {
			t.Errorf("acknowledged without the store: %v", err)
		}
	}
	m.store.away.Store(false)
	storedWithin = before
	if r := m.accept(sent("b", "u")); r.Duplicate != 1 {
		t.Errorf("%+v", r)
	}
	c.once("a", "b")
}

// A node whose log was given back an older state does not take what it holds for loaded.
func TestALogThatIsOlderThanTheStoreIsRefused(t *testing.T) {
	c := newCompany(t, t, 1)
	defer c.close()
	m := c.nodes[0]
	m.accept(sent("a", "u"))
	m.flush()
	m.close()
	if err := os.RemoveAll(m.log()); err != nil {
		t.Fatal(err)
	}
	m.open() // with an empty log under the old name
	if _, err := m.intake.Whole(t.Context()); err == nil || err.(*fault.Error).Key != "capture.log-behind" {
		t.Errorf("%v", err)
	}
	if _, err := m.intake.Accept(t.Context(), []Incoming{sent("b", "u")}); err == nil || err.(*fault.Error).Key != "capture.log-behind" {
		t.Errorf("a message was taken in: %v", err)
	}
}

// Whatever nodes do, in whatever order, with loads that fail, answers that are lost, turns
// that are lost and nodes that start again: what was acknowledged is stored once, and all
// nodes agree with each other and with who is who by the rules.
func TestNodesThatShareAStoreAgreeWithOneThatWasToldTheSame(t *testing.T) {
	few(t)
	whole := t
	rapid.Check(t, func(t *rapid.T) {
		c := newCompany(whole, t, 3)
		defer c.close()
		accepted := map[string]Incoming{}
		anyNode := func(name string) *peer { return c.nodes[rapid.IntRange(0, len(c.nodes)-1).Draw(t, name)] }
		batch := func() (in []Incoming) {
			for range rapid.IntRange(1, 7).Draw(t, "messages") {
				id := fmt.Sprint("m", rapid.IntRange(0, 40).Draw(t, "id")) // may be one that was sent before
				user := func(name string) string { return fmt.Sprint("u", rapid.IntRange(0, 6).Draw(t, name)) }
				m, known := accepted[id]
				if !known {
					switch rapid.IntRange(0, 3).Draw(t, "kind") {
					case 0:
						m = merged(id, user("from"), user("into"))
					case 1:
						m = parted(id, fmt.Sprint("m", rapid.IntRange(0, 40).Draw(t, "link")))
					default:
						m = sent(id, user("user"))
					}
				}
				accepted[id] = m
				in = append(in, m)
			}
			return in
		}
		for range rapid.IntRange(3, 9).Draw(t, "steps") {
			m, other := anyNode("node"), anyNode("other")
			switch step := rapid.SampledFrom([]string{"accept", "accept", "load", "refused", "answer", "turn", "start"}).Draw(t, "step"); step {
			case "accept":
				m.accept(batch()...)
			case "load":
				m.flush()
			case "refused", "answer":
				m.accept(batch()...)
				m.store.refuse.Store(step == "refused")
				m.store.loseAnswer.Store(step == "answer")
				m.flush()
			case "turn":
				m.accept(batch()...)
				other.accept(batch()...)
				c.turns.stolen(m, rapid.SampledFrom([]string{"before its number", "with its number", "before its proof"}).Draw(t, "at"), func() {
					if other != m { // it cannot load while it sleeps
						other.flush()
					}
				})
				m.flush()
				c.turns.stolen(nil, "", nil) // where there was nothing to load
			case "start":
				m.close()
				m.open()
			}
		}
		for _, m := range c.nodes {
			m.flush()
		}
		c.once(slices.Collect(maps.Keys(accepted))...)
		plain := identity.NewGraph()
		for _, m := range accepted {
			numbered(plain, &m.Message)
		}
		want := peopleOf(plain)
		for _, m := range c.nodes {
			if diff := cmp.Diff(want, m.people()); diff != "" {
				t.Errorf("%s (−rules +node): %s", m.name, diff)
			}
		}
	})
}

// few makes a property be checked a few times only, as each case takes seconds; or as
// often as -rapid.checks asks for.
func few(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	if before := checks.String(); before == "100" {
		if err := checks.Set("6"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := checks.Set(before); err != nil {
				t.Error(err)
			}
		})
	}
}
