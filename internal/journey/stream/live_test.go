package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
	"beichen/internal/warehouse/duckdb/duckdbtest"
	"beichen/internal/warehouse/warehousetest"
)

// store is a warehouse with a tail that tests fill.
type store struct {
	*duckdb.Warehouse
	graph    *identity.Graph
	at       warehouse.Position
	refs     identity.Number
	accounts identity.Number
	tail     []warehouse.Stored
	scans    *atomic.Int32
	inRuns   bool // it sorts events itself
}

func newStore(t testing.TB) *store {
	t.Helper()
	w := duckdbtest.Open(t)
	return &store{Warehouse: w, graph: identity.NewGraph(), scans: new(atomic.Int32)}
}

func (s *store) Tail() (uint64, []warehouse.Stored) { return s.at.Seq, slices.Clone(s.tail) }

func (s *store) Scan(ctx context.Context, q warehouse.Scan, yield func(*warehouse.Batch) error) error {
	s.scans.Add(1)
	return s.Warehouse.Scan(ctx, q, yield)
}

func (s *store) Histories(ctx context.Context, q warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	if s.inRuns {
		return warehousetest.InRuns(ctx, s.Warehouse, q, yield)
	}
	return s.Warehouse.Histories(ctx, q, yield)
}

func (s *store) accept(messages ...*event.Message) {
	for _, m := range messages {
		s.tail = append(s.tail, stream.Number(s.graph, m))
	}
}

// load moves the first n messages of the tail into the warehouse.
func (s *store) load(n int) error {
	if n == 0 {
		return nil
	}
	through := warehouse.Position{Record: s.at.Record + 1, Seq: s.tail[n-1].Seq}
	refs, accounts := s.graph.RefsAfter(s.refs), s.graph.AccountsAfter(s.accounts)
	err := s.Load(context.Background(), warehouse.Chunk{After: s.at, Through: through, Messages: s.tail[:n], Refs: refs, Accounts: accounts})
	if err != nil {
		return err
	}
	s.at, s.tail = through, s.tail[n:]
	s.refs += identity.Number(len(refs))
	s.accounts += identity.Number(len(accounts))
	return nil
}

var (
	who      = rapid.SampledFrom([]string{"a", "b", "c", "d"})
	visitors = rapid.SampledFrom([]string{"", "v", "w", "a"})
	tribes   = rapid.SampledFrom([]string{"", "", "tea", "shop"})
	some     = rapid.SampledFrom([]any{"x", "y", "", 1.0, 2.0, true, false, nil})
)

func drawMessage(t *rapid.T, seq uint64) *event.Message {
	m := &event.Message{
		Seq: seq, MessageID: fmt.Sprint("m", seq), Time: at(rapid.IntRange(0, 8).Draw(t, "minute")), ReceivedAt: at(0),
		Type: rapid.SampledFrom([]event.Type{
			event.Track, event.Track, event.Track, event.Page, event.Identify, event.Identify, event.Group, event.Alias, event.Unlink,
		}).Draw(t, "type"),
		Source: "site",
	}
	members := func() json.RawMessage {
		raw, err := json.Marshal(rapid.MapOfN(rapid.SampledFrom([]string{"p", "q"}), some, 0, 2).Draw(t, "members"))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	m.UserID = who.Draw(t, "user")
	switch m.Type {
	case event.Track, event.Page:
		if m.AnonymousID = visitors.Draw(t, "visitor"); m.AnonymousID != "" && rapid.Bool().Draw(t, "is visitor") {
			m.UserID = ""
		}
		m.Name = rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "name")
		m.GroupID = tribes.Draw(t, "group")
		m.Channel = rapid.SampledFrom([]string{"", "email"}).Draw(t, "channel")
		m.Properties = members()
		if rapid.Bool().Draw(t, "paid") {
			m.Value, m.Currency = new(float64(seq)), "TWD"
		}
	case event.Identify:
		m.AnonymousID, m.Traits = visitors.Draw(t, "visitor"), members()
	case event.Group:
		m.GroupID, m.Traits = rapid.SampledFrom([]string{"tea", "shop"}).Draw(t, "account"), members()
	case event.Alias:
		m.PreviousID = who.Draw(t, "previous")
	case event.Unlink:
		m.UserID, m.Unlinks = "", fmt.Sprint("m", rapid.IntRange(1, int(seq)).Draw(t, "unlinks"))
	}
	return m
}

// drawForget takes out somebody whom a store knows, or nobody.
func (s *store) drawForget(t *rapid.T, seq uint64) *event.Message {
	m := &event.Message{Seq: seq, MessageID: fmt.Sprint("m", seq), Type: event.Forget, Time: at(0), ReceivedAt: at(0)}
	if people := s.graph.View().Owners(); len(people) > 1 {
		m.Forgets = s.graph.View().Numbers(rapid.SampledFrom(people[1:]).Draw(t, "forgotten"))
	}
	return m
}

// drawExpire moves the horizon, or would move it back.
func drawExpire(t *rapid.T, seq uint64) *event.Message {
	from := at(rapid.IntRange(0, 9).Draw(t, "from"))
	return &event.Message{Seq: seq, MessageID: fmt.Sprint("m", seq), Type: event.Expire, Time: from, ReceivedAt: at(0)}
}

// pending reports whether something is gone of which the store does not know yet.
func (s *store) pending() bool {
	return slices.ContainsFunc(s.tail, func(m warehouse.Stored) bool { return m.Type == event.Forget || m.Type == event.Expire })
}

// ofAccounts reports whether a question asks for what is said of accounts. That goes
// with who said it, once the store has loaded the word.
func ofAccounts(q stream.Question) bool {
	keys := append(slices.Clone(q.Keys), q.Subject.Key)
	for _, p := range append(slices.Clone(q.Patterns), event.Pattern{Where: q.Segment}) {
		for _, c := range p.Where {
			keys = append(keys, c.Key)
		}
	}
	return slices.ContainsFunc(keys, func(k event.Key) bool { return k.Root == event.Account })
}

func drawKey(t *rapid.T) event.Key {
	root := rapid.SampledFrom([]event.Root{event.Properties, event.Traits, event.Account, event.Channel, event.Value}).Draw(t, "root")
	if root == event.Channel || root == event.Value {
		return event.Key{Root: root}
	}
	return event.Key{Root: root, Path: []string{rapid.SampledFrom([]string{"p", "q"}).Draw(t, "path")}}
}

func drawFilter(t *rapid.T) event.Filter {
	var f event.Filter
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		op := rapid.SampledFrom([]event.Op{event.Eq, event.Ne, event.Gt}).Draw(t, "op")
		f = append(f, event.Condition{Key: drawKey(t), Op: op, Operands: []any{some.Draw(t, "operand")}})
	}
	return f
}

func drawQuestion(t *rapid.T) stream.Question {
	q := stream.Question{Segment: drawFilter(t), AllHistory: rapid.Bool().Draw(t, "all history")}
	if q.Subject.Kind = rapid.SampledFrom([]stream.SubjectKind{stream.Person, stream.Account, stream.ByKey}).Draw(t, "subject"); q.Subject.Kind == stream.ByKey {
		q.Subject.Key = drawKey(t)
	}
	// Of events of a name that is not asked for a store may leave out what the rest says.
	anyName := rapid.Bool().Draw(t, "any name")
	q.Rest = rapid.SampledFrom([]stream.Rest{stream.WholeRest, stream.TimesOfRest, stream.CountOfRest}).Draw(t, "rest")
	q.Unpriced = rapid.Bool().Draw(t, "unpriced")
	for i := range 66 {
		p := event.Pattern{AnyName: anyName && i%3 == 0, Name: []string{"A", "A", "B"}[i%3]}
		if p.AnyName {
			p.Name = ""
		}
		if i%5 == 0 {
			p.Where = drawFilter(t)
		}
		q.Patterns = append(q.Patterns, p)
	}
	for range rapid.IntRange(0, 2).Draw(t, "keys") {
		q.Keys = append(q.Keys, drawKey(t))
	}
	if rapid.Bool().Draw(t, "bounded") {
		q.From, q.Until = at(2), at(6)
	}
	return q
}

// spelled is an answer with all codes written out; positions only where both
// answers know them.
func spelled(s *stream.Streams) map[string]any {
	events := everything(s)
	for i := range events {
		events[i].Seq = 0
	}
	return map[string]any{
		"events": events, "unattributed": s.Unattributed, "through": s.Through, "last": s.Last, "kept": s.Kept,
		"counts": []int{s.Events, s.Customers},
	}
}

// TestAnIndexAndAPlainScanGiveTheSameAfterAnyHistory asks while messages of all
// types arrive, late and out of order, ids are joined, parted and forgotten, events
// expire, and the tail moves into the warehouse: the resident indexes must hold what a plain reading
// of all messages gives.
func TestAnIndexAndAPlainScanGiveTheSameAfterAnyHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStore(t)
		live := stream.NewLive(s, s, s.graph)
		defer live.Close()
		if rapid.Bool().Draw(rt, "in parts") {
			live.ReadInParts()
		}
		s.inRuns = rapid.Bool().Draw(rt, "in runs")
		var messages []*event.Message
		for range rapid.IntRange(1, 5).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 12).Draw(rt, "messages") {
				seq := uint64(len(messages) + 1)
				switch rapid.IntRange(0, 19).Draw(rt, "forget or expire") {
				case 0, 1:
					messages = append(messages, s.drawForget(rt, seq))
				case 2:
					messages = append(messages, drawExpire(rt, seq))
				default:
					messages = append(messages, drawMessage(rt, seq))
				}
			}
			s.accept(messages[s.seen():]...)
			if err := s.load(rapid.IntRange(0, len(s.tail)).Draw(rt, "loaded")); err != nil {
				rt.Fatal(err)
			}
			inMemory := stream.NewMemory(messages, uint64(len(messages)))
			for range rapid.IntRange(1, 3).Draw(rt, "questions") {
				q := drawQuestion(rt)
				if s.pending() && ofAccounts(q) {
					if err := s.load(len(s.tail)); err != nil {
						rt.Fatal(err)
					}
				}
				want, err := inMemory.Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				got, err := live.Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				if s.pending() { // the store still has a last event that counts no more
					want.Last, got.Last = at(0), at(0)
				}
				if diff := cmp.Diff(spelled(want), spelled(got)); diff != "" {
					rt.Fatalf("%d loaded, %d in the tail: %s", s.at.Seq, len(s.tail), diff)
				}
				parts := inParts(rt, s, int64(4*len(messages)+1), q)
				if s.pending() {
					parts["last"] = want.Last
				}
				if diff := cmp.Diff(told(q, want, want), parts); diff != "" {
					rt.Fatalf("in parts, %d loaded, %d in the tail: %s", s.at.Seq, len(s.tail), diff)
				}
			}
		}
	})
}

// inParts asks a source that has not room for an index, in parts of few rows. It fails
// where the codes of a part say something else than those of the one before it.
func inParts(t *rapid.T, s *store, room int64, q stream.Question) map[string]any {
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	live.Room = room
	live.PartRows = 3
	var parts []*stream.Streams
	whole, err := live.Parts(context.Background(), q, func(part *stream.Streams) error {
		if n := len(parts); n > 0 {
			last := parts[n-1]
			if !slices.Equal(last.Currencies, part.Currencies[:len(last.Currencies)]) || !cmp.Equal(last.Classes, part.Classes[:len(last.Classes)]) {
				t.Fatal("codes of another part stand for something else")
			}
		}
		parts = append(parts, part)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return told(q, whole, parts...)
}

// told is an answer that comes in parts as spelled writes a whole one: as much of the
// history of every customer as was asked for, as a text, in no order, for several may be
// shown by the same id.
func told(q stream.Question, whole *stream.Streams, parts ...*stream.Streams) map[string]any {
	out := spelled(whole)
	var texts []string
	for _, part := range parts {
		for _, history := range histories(part) {
			var wanted []read
			var rest []int64
			for _, r := range history {
				if r.Seq = 0; q.Unpriced {
					r.Value, r.Cost, r.Currency = nil, nil, ""
				}
				switch matches := slices.ContainsFunc(r.Match, func(w uint64) bool { return w != 0 }); {
				case matches || q.Rest == stream.WholeRest:
					wanted = append(wanted, r)
				case q.Rest == stream.TimesOfRest:
					rest = append(rest, r.At)
					if r.Value != nil || r.Cost != nil {
						wanted = append(wanted, read{Customer: r.Customer, At: r.At, Value: r.Value, Cost: r.Cost, Currency: r.Currency})
					}
				}
			}
			if len(wanted)+len(rest) == 0 {
				continue
			}
			text, err := json.Marshal([]any{history[0].Customer, wanted, rest})
			if err != nil {
				panic(err)
			}
			texts = append(texts, string(text))
		}
	}
	slices.Sort(texts)
	out["events"] = texts
	return out
}

// seen is how many messages were accepted.
func (s *store) seen() int { return int(s.at.Seq) + len(s.tail) }

func TestTheStoreIsReadOnceAndAgainOnlyForWhoMoved(t *testing.T) {
	s := newStore(t)
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	q := stream.Question{Patterns: []event.Pattern{{Name: "X"}}}
	add := func(m *event.Message) {
		m.Seq = uint64(s.seen() + 1)
		m.MessageID = fmt.Sprint("m", m.Seq)
		s.accept(m)
	}
	asked := func(wantScans, wantEvents int) {
		t.Helper()
		got := ask(t, live, q)
		if int(s.scans.Load()) != wantScans || got.Events != wantEvents {
			t.Errorf("%d scans, %d events, want %d, %d", s.scans.Load(), got.Events, wantScans, wantEvents)
		}
	}
	add(track("a", "X", 1, ""))
	asked(1, 1)
	asked(1, 1)
	if err := s.load(1); err != nil {
		t.Fatal(err)
	}
	asked(1, 1)
	add(track("a", "X", 2, ""))
	asked(1, 2)
	add(&event.Message{Type: event.Alias, UserID: "b", PreviousID: "a", Time: at(3)})
	asked(2, 2)
	q.From = at(2)
	asked(2, 1)
}

func TestAQuestionEndsWithItsContext(t *testing.T) {
	s := newStore(t)
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := live.Streams(ctx, stream.Question{}); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// TestNothingIsMissedOrDoubledWhileTheTailIsLoaded asks while messages arrive and
// move into the warehouse: an answer through position n holds n events.
func TestNothingIsMissedOrDoubledWhileTheTailIsLoaded(t *testing.T) {
	s := newStore(t)
	var mu sync.Mutex
	tail := tailFunc(func() (uint64, []warehouse.Stored) {
		mu.Lock()
		defer mu.Unlock()
		return s.Tail()
	})
	live := stream.NewLive(s.Warehouse, tail, s.graph)
	defer live.Close()
	const messages = 3000
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range messages {
			m := track(fmt.Sprint("u", i%7), "X", i%50, "")
			m.Seq, m.MessageID = uint64(i+1), fmt.Sprint("m", i+1)
			mu.Lock()
			s.accept(m)
			mu.Unlock()
		}
	})
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for {
			// As the loader does: the rows first, then the word that they are loaded.
			mu.Lock()
			chunk := *s
			mu.Unlock()
			if chunk.at.Seq == messages {
				return
			}
			if err := chunk.load(min(len(chunk.tail), 100)); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			s.tail = s.tail[chunk.at.Seq-s.at.Seq:]
			s.at, s.refs, s.accounts = chunk.at, chunk.refs, chunk.accounts
			mu.Unlock()
		}
	})
	for asking := true; asking; {
		select {
		case <-done:
			asking = false
		default:
		}
		got := ask(t, live, stream.Question{})
		if events := len(everything(got)); uint64(events) != got.Through {
			t.Fatalf("%d events through %d", events, got.Through)
		}
	}
	writing.Wait()
	same(t, uint64(messages), ask(t, live, stream.Question{}).Through)
}

type tailFunc func() (uint64, []warehouse.Stored)

func (f tailFunc) Tail() (uint64, []warehouse.Stored) { return f() }
