package journey

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/nodes"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// several are nodes over one store, each with a server, who know each other.
type several struct {
	asked   *Measurer
	circles []*nodes.Circle
}

func startNodes(t *testing.T, live []*stream.Live, divide func(identity.Number, int) []warehouse.Range) *several {
	t.Helper()
	s := &several{}
	var others []nodes.Node
	for i, source := range live {
		m := &Measurer{Source: source}
		m.Nodes = &nodes.Circle{Counters: map[string]nodes.Counter{Divided: m.Count}, Log: slog.New(slog.DiscardHandler), Divide: divide}
		if s.circles = append(s.circles, m.Nodes); i == 0 {
			s.asked = m
			continue
		}
		m.Nodes.Know(nodes.State{Version: "v1", Secret: "a secret"})
		mux := http.NewServeMux()
		mux.Handle(nodes.Path, m.Nodes)
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		others = append(others, nodes.Node{ID: string(rune('a' + i)), Address: server.URL})
	}
	s.circles[0].Know(nodes.State{Version: "v1", Secret: "a secret", Others: others})
	return s
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

// TestADividedAnswerIsThatOfOneNode holds what several nodes count together to what one
// counts alone, to the last digit: of random journeys, customers with ids in several
// shares, money and breakdowns.
func TestADividedAnswerIsThatOfOneNode(t *testing.T) {
	rows, money, taken := 0, 0, uint64(0)
	total := cases(uint64(60))
	for seed := range total {
		r := rand.New(rand.NewPCG(seed, 77))
		b := randomJourney(r)
		histories := make([][]bruteEvent, 12)
		for i := range histories {
			histories[i] = randomHistory(r)
		}
		messages := shuffled(r, messagesOf(r, histories))
		for i, m := range messages {
			if m.Seq, m.Channel = uint64(i+1), pick(r, "", "shop", "mail", "phone"); m.Type == event.Track {
				m.Value, m.Cost, m.Currency = new(float64(r.IntN(9))), new(0.25*float64(r.IntN(3))), pick(r, "TWD", "BRL")
			}
		}
		j, err := Parse(b.definition())
		if err != nil {
			t.Fatal(err)
		}
		request := Request{
			Journey: j, Customers: seed%2 == 0, From: instantText(b.from), AsOf: instantText(pick(r, 4, 1000)), Timezone: "Asia/Taipei",
			Breakdown: pick(r, nil, []string{"channel"}, []string{"channel", "value"}, []string{"value"}),
		}
		if r.IntN(3) == 0 {
			request.Window, request.To = "2s", instantText(7)
		}
		if r.IntN(3) == 0 {
			if request.Segment, err = event.ParseFilter([]byte(`{"channel":{"in":["shop","mail"]},"value":{"gte":1}}`)); err != nil {
				t.Fatal(err)
			}
		}
		if request.Breakdown != nil {
			request.Attribution = pick(r, "first", "last", "all", "step:s0")
		}
		if len(j.Stages) > 1 && b.order != "any" {
			request.TimeBetween = []string{j.Stages[0].ID, j.Stages[1].ID}
		}
		live := streamtest.Shared(t, duckdbtest.Open(t), messages, 1+r.IntN(4))
		s := startNodes(t, live, randomly(r))
		alone := &Measurer{Source: live[0]}
		one, together := answered(t, alone, request), answered(t, s.asked, request)
		if diff := cmp.Diff(string(one), string(together)); diff != "" {
			t.Fatalf("seed %d, %d nodes (−one +several): %s\n%s", seed, len(live), b.definition(), diff)
		}
		var a Answer
		if err := json.Unmarshal(one, &a); err != nil {
			t.Fatal(err)
		}
		rows += len(a.Breakdown)
		for _, stage := range a.Stages {
			money += len(stage.Value)
		}
		for _, c := range s.circles {
			_, n, _ := c.Shares()
			taken += n
		}
	}
	if rows < int(total) || money < int(total)/2 || taken < total {
		t.Errorf("too little was compared: %d rows, %d amounts, %d shares of others", rows, money, taken)
	}
}

// shuffled are the messages of several customers in a random order that keeps that of
// each of them, so that their ids lie apart.
func shuffled(r *rand.Rand, messages []*event.Message) []*event.Message {
	of := map[uint64][]*event.Message{}
	var turns []uint64
	for _, m := range messages {
		customer := (m.Seq - 1) / 100
		of[customer], turns = append(of[customer], m), append(turns, customer)
	}
	r.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	var out []*event.Message
	for _, customer := range turns {
		out = append(out, of[customer][0])
		of[customer] = of[customer][1:]
	}
	return out
}

// answered is an answer as JSON.
func answered(t *testing.T, m *Measurer, r Request) []byte {
	t.Helper()
	a, err := m.Measure(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
