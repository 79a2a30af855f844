package metric

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// history is a company's facts as they come in: a store, and the tail that is not in
// it yet.
type history struct {
	*duckdb.Warehouse
	t        *testing.T
	r        *rand.Rand
	graph    *identity.Graph
	at       warehouse.Position
	refs     identity.Number
	accounts identity.Number
	tail     []warehouse.Stored
	messages []*event.Message // all
	scans    int
	counted  int // of them, in which the store counted
}

func newHistory(t *testing.T, r *rand.Rand) *history {
	t.Helper()
	w := duckdbtest.Open(t)
	return &history{Warehouse: w, t: t, r: r, graph: identity.NewGraph()}
}

func (h *history) Tail() (uint64, []warehouse.Stored) { return h.at.Seq, slices.Clone(h.tail) }

func (h *history) Scan(ctx context.Context, q warehouse.Scan, yield func(*warehouse.Batch) error) error {
	h.scans++
	counted := false
	err := h.Warehouse.Scan(ctx, q, func(b *warehouse.Batch) error {
		counted = counted || b.Count != nil
		return yield(b)
	})
	if counted {
		h.counted++
	}
	return err
}

// dawn is when the first thing happens.
var dawn = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// happen takes in something that happened at an instant, or that somebody told of
// who is who.
func (h *history) happen(at time.Time) {
	r, seq := h.r, uint64(len(h.messages)+1)
	m := &event.Message{
		Type: event.Track, UserID: fmt.Sprint("u", r.IntN(9)), Time: at, ReceivedAt: at, Seq: seq, MessageID: fmt.Sprint("m", seq),
		Name: pick(r, "A", "A", "A", "B", "B", "C"), Channel: pick(r, "", "email", "ads"), GroupID: pick(r, "", "", "tea", "shop"),
		Properties: json.RawMessage(pick(r, `{"p":"x","n":1.25}`, `{"p":"y","n":"2"}`, `{"n":-3}`, `{"p":"x"}`)),
	}
	if r.IntN(3) > 0 {
		m.Value, m.Currency = new(float64(r.IntN(1000))/100), pick(r, "TWD", "TWD", "USD")
	}
	switch r.IntN(24) {
	case 0:
		m.Type, m.PreviousID = event.Alias, fmt.Sprint("u", r.IntN(9))
	case 1:
		m.Type, m.AnonymousID = event.Identify, fmt.Sprint("v", r.IntN(4))
		m.Traits = json.RawMessage(pick(r, `{"plan":"free"}`, `{"plan":"pro"}`))
	case 2:
		m.Type, m.GroupID, m.Traits = event.Group, pick(r, "tea", "shop"), json.RawMessage(`{"city":"x"}`)
	case 3:
		m.Type, m.UserID, m.Unlinks = event.Unlink, "", fmt.Sprint("m", 1+r.IntN(int(seq)))
	case 7:
		if people := h.graph.View().Owners(); len(people) > 1 && r.IntN(3) == 0 {
			m.Type, m.UserID, m.GroupID = event.Forget, "", ""
			m.Forgets = h.graph.View().Numbers(people[1+r.IntN(len(people)-1)])
		}
	case 8:
		if r.IntN(6) == 0 {
			m.Type, m.UserID, m.GroupID, m.Time = event.Expire, "", "", at.AddDate(0, 0, -15-r.IntN(30))
		}
	case 4, 5, 6:
		m.UserID, m.AnonymousID = "", fmt.Sprint("v", r.IntN(4))
	}
	if !m.Type.IsEvent() {
		m.Name, m.Value, m.Currency, m.Properties, m.Channel = "", nil, "", nil, ""
	}
	h.messages = append(h.messages, m)
	h.tail = append(h.tail, stream.Number(h.graph, m))
	if m.Type == event.Forget {
		h.load(len(h.tail)) // what they said of their accounts goes with it
	}
}

// load moves the first n messages of the tail into the store.
func (h *history) load(n int) {
	h.t.Helper()
	if n == 0 {
		return
	}
	through := warehouse.Position{Record: h.at.Record + 1, Seq: h.tail[n-1].Seq}
	refs, accounts := h.graph.RefsAfter(h.refs), h.graph.AccountsAfter(h.accounts)
	if err := h.Load(h.t.Context(), warehouse.Chunk{After: h.at, Through: through, Messages: h.tail[:n], Refs: refs, Accounts: accounts}); err != nil {
		h.t.Fatal(err)
	}
	h.at, h.tail = through, h.tail[n:]
	h.refs += identity.Number(len(refs))
	h.accounts += identity.Number(len(accounts))
}

// byScan asks a source in such a way that no index can answer.
type byScan struct{ stream.Source }

// unindexed are more filters on one name than an index tells apart.
var unindexed = func() (out []event.Pattern) {
	for i := range 9 {
		out = append(out, event.Pattern{AnyName: true, Where: event.Filter{
			{Key: event.Key{Root: event.Properties, Path: []string{"q"}}, Op: event.Eq, Operands: []any{float64(i)}},
		}})
	}
	return out
}()

func (s byScan) Streams(ctx context.Context, q stream.Question) (*stream.Streams, error) {
	q.Patterns = append(slices.Clone(q.Patterns), unindexed...)
	return s.Source.Streams(ctx, q)
}

// library is a book with a journey and a table that random metrics speak of.
func library(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{metrics: map[string]*Definition{}, journeys: map[string]*journey.Journey{}, retentions: map[string]*retention.Definition{}}
	for id, text := range map[string]string{
		"way":     "{kind: Journey, id: way, window: 9d, stages: [{id: a, steps: [{id: s, when: [{event: A}]}]}, {id: b, steps: [{id: s, when: [{event: B}]}]}, {id: c, steps: [{id: s, when: [{event: C}]}]}]}",
		"company": "{kind: Journey, id: company, subject: account, window: 20d, stages: [{id: a, steps: [{id: s, when: [{event: A}]}]}, {id: b, steps: [{id: s, when: [{event: B}]}]}]}",
	} {
		j, err := journey.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s.journeys[id] = j
	}
	for id, text := range map[string]string{
		"again":   "{kind: Retention, id: again, start: {event: A}, return: {event: B}, period: week, intervals: 4}",
		"rolling": "{kind: Retention, id: rolling, start: {event: A}, return: {}, period: day, mode: rolling24h, intervals: 5}",
	} {
		table, err := retention.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s.retentions[id] = table
	}
	s.metrics["n"] = parse(t, "{kind: Metric, id: n, count: {event: A}}")
	s.metrics["m"] = parse(t, "{kind: Metric, id: m, customers: {event: B}}")
	return s
}

// anyMetric is a random metric of any of the eleven measures.
func anyMetric(t *testing.T, r *rand.Rand) *Definition {
	t.Helper()
	if r.IntN(2) > 0 {
		return randomMetric(t, r)
	}
	return parse(t, pick(r,
		"{kind: Metric, id: c, conversion: {journey: way, from: a, to: c}}",
		"{kind: Metric, id: c, subject: account, conversion: {journey: company, to: b}}",
		"{kind: Metric, id: c, grain: day, time: {journey: way, from: a, to: b, q: 0.9}}",
		"{kind: Metric, id: c, retention: {table: again, interval: 2}}",
		"{kind: Metric, id: c, grain: month, retention: {table: rolling, interval: 1}}",
		"{kind: Metric, id: c, formula: n / m}",
		"{kind: Metric, id: c, segment: {channel: email}, formula: m * 3}",
		"{kind: Metric, id: c, subject: account, count: {event: A}}",
		"{kind: Metric, id: c, subject: account, customers: {event: A, where: {account.city: x}}}",
		"{kind: Metric, id: c, rate: {of: {event: B}, from: {event: A, where: {traits.plan: pro}}, within: 12d}}",
		"{kind: Metric, id: c, rate: {of: {event: B}, from: {event: A}, within: 12d}}",
	))
}

// measurer is one over a source, with the library.
func (h *history) measurer(source stream.Source, book Book, now func() time.Time) *Measurer {
	return &Measurer{
		Source: source, Book: book, Now: now, Journeys: &journey.Measurer{Source: source, Now: now},
		Retention: &retention.Measurer{Source: source, Now: now},
	}
}

// near takes the intervals of means for the same to a billionth: the deviations are added
// up in whatever order customers come.
var near = cmp.FilterPath(func(p cmp.Path) bool {
	name := p.Last().String()
	return name == ".Low" || name == ".High"
}, cmp.Comparer(func(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= 1e-9*max(1, math.Abs(*a))
}))

// alike compares two answers to the last digit, but for what is near.
func alike(t *testing.T, what string, want, got *Answer) {
	t.Helper()
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Fatalf("%s (−fresh +other):\n%s", what, diff)
	}
}

// TestWhatIsKeptIsWhatWouldBeMeasured lets a company's facts come in, late ones,
// merges and partings among them, while time goes on, and holds a measurer that keeps
// what it measured to one that measures everything anew.
func TestWhatIsKeptIsWhatWouldBeMeasured(t *testing.T) {
	kept, chains := 0, 0
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 4))
		h := newHistory(t, r)
		now := dawn.Add(40 * 24 * time.Hour)
		for range 60 {
			h.happen(dawn.Add(time.Duration(r.Int64N(int64(now.Sub(dawn))))).Truncate(time.Second))
		}
		live := stream.NewLive(h, h, h.graph)
		book, clock := library(t), func() time.Time { return now }
		keeping, fresh := h.measurer(live, book, clock), h.measurer(live, book, clock)
		keeping.Kept = NewKept()
		requests := make([]Request, 5)
		for i := range requests {
			requests[i] = Request{Metric: anyMetric(t, r), Timezone: pick(r, "UTC", "Asia/Taipei", "America/New_York"), From: pick(r, "", "2026-01-12", "2025-12-30")}
			if r.IntN(5) == 0 {
				requests[i].Segment = event.Filter{{Key: event.Key{Root: event.Channel}, Op: event.Eq, Operands: []any{"ads"}}}
			}
		}
		for step := range 120 {
			switch r.IntN(8) {
			case 0: // late
				h.happen(now.Add(-time.Duration(r.IntN(45*24)) * time.Hour))
			case 1:
				h.happen(now.Add(-time.Duration(r.IntN(60)) * time.Minute))
			case 2: // of a clock that is ahead
				if r.IntN(8) == 0 {
					h.happen(now.Add(time.Duration(r.IntN(50)) * time.Hour))
				}
			case 3:
				h.load(r.IntN(len(h.tail) + 1))
			case 4:
				now = now.Add(time.Duration(r.IntN(24*60)) * time.Minute)
			}
			request := requests[r.IntN(len(requests))]
			if r.IntN(8) == 0 {
				request.AsOf = now.Add(-time.Duration(r.IntN(20*24)) * time.Hour).Format(time.RFC3339)
			}
			if r.IntN(8) == 0 && request.Metric.Retention == nil {
				request.Breakdown = []string{"channel"}
			}
			want, err := fresh.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := keeping.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, fmt.Sprintf("seed %d, step %d", seed, step), want, got)
			kept += h.leading(keeping, request)
		}
		chains += keeping.Kept.chained.Len()
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	}
	if kept < 1000 || chains < 20 {
		t.Errorf("only %d periods and %d outcomes were kept", kept, chains)
	}
}

// leading is how many periods of a question would not be measured again.
func (h *history) leading(m *Measurer, r Request) int {
	h.t.Helper()
	d, err := m.measured(h.t.Context(), r)
	if err != nil {
		h.t.Fatal(err)
	}
	if !d.planned() {
		return 0
	}
	if d.streams, err = m.Source.Streams(h.t.Context(), d.plan.Question()); err != nil {
		h.t.Fatal(err)
	}
	known, err := m.Kept.leading(d)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(known.points)
}

// add takes in a message that says what it is.
func (h *history) add(m event.Message) {
	m.Seq, m.ReceivedAt = uint64(len(h.messages)+1), m.Time
	m.MessageID = fmt.Sprint("m", m.Seq)
	h.messages = append(h.messages, &m)
	h.tail = append(h.tail, stream.Number(h.graph, &m))
}

// day is one of the days since dawn, by its morning.
func day(n int) time.Time { return dawn.AddDate(0, 0, n).Add(9 * time.Hour) }

// keeping is a measurer that keeps what it measured of eight weeks, in which Ann and
// Ben do A on every Tuesday and B three days later, and one that keeps nothing.
func (h *history) keeping(now *time.Time) (keeping, fresh *Measurer) {
	for week := range 8 {
		for _, who := range []string{"ann", "ben"} {
			h.add(event.Message{Type: event.Track, UserID: who, Name: "A", Time: day(7*week + 1)})
			h.add(event.Message{Type: event.Track, UserID: who, Name: "B", Time: day(7*week + 4)})
		}
	}
	live := stream.NewLive(h, h, h.graph)
	h.t.Cleanup(func() {
		if err := live.Close(); err != nil {
			h.t.Error(err)
		}
	})
	*now = day(7*8 + 2)
	clock := func() time.Time { return *now }
	keeping, fresh = h.measurer(live, library(h.t), clock), h.measurer(live, library(h.t), clock)
	keeping.Kept = NewKept()
	return keeping, fresh
}

// TestASettledWeekIsMeasuredAgainWhenSomethingCameInForIt says how many of the eight
// weeks stand after something came in.
func TestASettledWeekIsMeasuredAgainWhenSomethingCameInForIt(t *testing.T) {
	happened := func(n int) event.Message {
		return event.Message{Type: event.Track, UserID: "cid", Name: "A", Time: day(n)}
	}
	merged := event.Message{Type: event.Alias, UserID: "ann", PreviousID: "ben", Time: day(57)}
	told := event.Message{Type: event.Identify, UserID: "ann", Traits: json.RawMessage(`{"plan":"pro"}`), Time: day(57)}
	const rate = "rate: {of: {event: B}, from: {event: A}, within: 10d}"
	for _, c := range []struct {
		metric string
		came   event.Message
		before int // weeks that stood before
		stand  int
	}{
		{"count: {event: A}", happened(57), 8, 8}, // today is in no week that is over
		{"count: {event: A}", happened(30), 8, 4},
		{"count: {event: A}", happened(-2), 8, 8}, // before the first
		{"cumulative: true, count: {event: A}", happened(-2), 8, 0},
		{"active: {event: A, window: 14d}", happened(-2), 8, 0},
		{"active: {event: A, window: 14d}", happened(30), 8, 4},
		{rate, happened(57), 6, 6}, // ten days after the sixth week have gone by
		{rate, happened(30), 6, 2}, // ten days after the third had not
		{"count: {event: A}", merged, 8, 0},
		{"count: {event: A}", told, 8, 8},
		{"count: {event: A, where: {traits.plan: pro}}", told, 8, 0},
		{"subject: account, count: {event: A}", event.Message{Type: event.Group, UserID: "ann", GroupID: "tea", Time: day(57)}, 8, 0},
	} {
		h, now := newHistory(t, nil), time.Time{}
		keeping, fresh := h.keeping(&now)
		request := Request{Metric: parse(t, "{kind: Metric, id: k, "+c.metric+"}"), From: "2026-01-05"}
		ask := func() {
			t.Helper()
			want, err := fresh.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := keeping.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, c.metric, want, got)
		}
		ask()
		if got := h.leading(keeping, request); got != c.before {
			t.Errorf("%s: %d weeks stand, want %d", c.metric, got, c.before)
		}
		h.add(c.came)
		if got := h.leading(keeping, request); got != c.stand {
			t.Errorf("%s, after %s of %s: %d weeks stand, want %d", c.metric, c.came.Type, c.came.Time, got, c.stand)
		}
		ask()
		now = now.AddDate(0, 0, 7)
		ask()
	}
}

// Another revision is another number, and whether a period is over is told as of the
// instant asked about.
func TestRevisionsAndInstantsAreSeenInWhatIsKept(t *testing.T) {
	h, now := newHistory(t, nil), time.Time{}
	keeping, fresh := h.keeping(&now)
	now = now.AddDate(0, 0, 30)
	for _, text := range []string{
		"customers: {event: A}", "customers: {event: A, where: {channel: email}}", "conversion: {journey: way, to: b}",
		"time: {journey: way, from: a, to: b}", "retention: {table: again, interval: 2}", "retention: {table: rolling, interval: 1}",
	} {
		for _, asOf := range []time.Time{now, day(61), day(64), day(61), day(70), now} {
			request := Request{Metric: parse(t, "{kind: Metric, id: k, "+text+"}"), From: "2026-01-05", To: "2026-03-08", AsOf: asOf.Format(time.RFC3339)}
			want, err := fresh.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := keeping.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			alike(t, fmt.Sprint(text, " as of ", asOf), want, got)
		}
	}
}

// TestIndexStoreAndMemoryTellTheSame compares answers to the last digit: over the
// resident index, over what the store evaluates of the plan for the question alone
// (where the order of a customer's events is not asked, it counts them as well),
// and over messages in memory; for metrics of all measures, segments and breakdowns,
// with merges, late events and a part of the facts that is not in the store yet.
func TestIndexStoreAndMemoryTellTheSame(t *testing.T) {
	known, scans, counted := 0, 0, 0
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 44))
		h := newHistory(t, r)
		now := dawn.AddDate(0, 0, 50)
		for range 150 {
			h.happen(dawn.Add(time.Duration(r.Int64N(int64(now.Sub(dawn))))).Truncate(time.Second))
		}
		h.load(r.IntN(len(h.tail) + 1))
		live := stream.NewLive(h, h, h.graph)
		book, clock := library(t), func() time.Time { return now }
		overIndex, overStore := h.measurer(live, book, clock), h.measurer(byScan{live}, book, clock)
		overMemory := h.measurer(stream.NewMemory(h.messages, uint64(len(h.messages))), book, clock)
		for range 10 {
			request := Request{Metric: anyMetric(t, r), Timezone: pick(r, "UTC", "Asia/Taipei", "America/New_York"), From: "2026-01-12"}
			if r.IntN(3) == 0 {
				request.Segment = pick(r, event.Filter{{Key: event.Key{Root: event.Channel}, Op: event.Eq, Operands: []any{"ads"}}},
					event.Filter{{Key: event.Key{Root: event.Traits, Path: []string{"plan"}}, Op: event.Ne, Operands: []any{"pro"}}},
					event.Filter{{Key: event.Key{Root: event.Properties, Path: []string{"n"}}, Op: event.Gt, Operands: []any{0.0}}})
			}
			if r.IntN(3) == 0 && request.Metric.Retention == nil {
				request.Breakdown = pick(r, []string{"channel"}, []string{"properties.p"}, []string{"properties.n", "channel"}, []string{"account.city"})
			}
			want, err := overIndex.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range want.Periods {
				if p.Value != nil && p.N > 0 {
					known++
				}
			}
			before := h.scans
			got, err := overStore.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			scans += h.scans - before
			what := fmt.Sprintf("seed %d: %s by %v of %s", seed, request.Metric.document, request.Breakdown, jsonOf(request.Segment))
			alike(t, what+", over the store", want, got)
			if got, err = overMemory.Measure(t.Context(), request); err != nil {
				t.Fatal(err)
			}
			alike(t, what+", over memory", want, got)
		}
		counted += h.counted
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	}
	if known < 400 || scans < 100 || counted < 30 || counted > scans-10 {
		t.Errorf("only %d numbers were known, and %d scans made, of which %d were counted in the store", known, scans, counted)
	}
}
