package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/nodes"
	"beichen/internal/nodes/nodestest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// TestADividedAnswerIsThatOfOneNode holds what several nodes count together to what one
// counts alone, to the last digit: of random journeys, customers with ids in several
// shares, money and breakdowns.
func TestADividedAnswerIsThatOfOneNode(t *testing.T) {
	rows, money, taken := 0, 0, 0
	total := cases(uint64(60))
	for seed := range total {
		c := dividedCase(t, seed)
		circles := nodestest.Start(t, c.r, Divided, c.counters((*Measurer).Count))
		alone, asked := &Measurer{Source: c.live[0]}, &Measurer{Source: c.live[0], Nodes: circles[0]}
		one, together := answered(t, alone, c.request), answered(t, asked, c.request)
		if diff := cmp.Diff(string(one), string(together)); diff != "" {
			t.Fatalf("%s (−one +several): %s", c, diff)
		}
		var a Answer
		if err := json.Unmarshal(one, &a); err != nil {
			t.Fatal(err)
		}
		rows += len(a.Breakdown)
		for _, stage := range a.Stages {
			money += len(stage.Value)
		}
		taken += nodestest.Taken(circles)
	}
	if rows < int(total) || money < int(total)/2 || taken < int(total)/4 {
		t.Errorf("too little was compared: %d rows, %d amounts, %d shares of others", rows, money, taken)
	}
}

// divided is a random journey over customers with ids in several shares, and the sources
// of the nodes that have them.
type divided struct {
	r       *rand.Rand
	journey *brute
	request Request
	live    []*stream.Live
}

func (c *divided) String() string {
	return fmt.Sprintf("%d nodes, %s", len(c.live), c.journey.definition())
}

// counter begins to count a question for another node.
type counter func(*Measurer, context.Context, json.RawMessage, warehouse.Moment) (nodes.Counting, error)

// counters are those of all nodes.
func (c *divided) counters(of counter) (all []nodes.Counter) {
	for _, source := range c.live {
		all = append(all, func(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
			return of(&Measurer{Source: source}, ctx, body, at)
		})
	}
	return all
}

func dividedCase(t *testing.T, seed uint64) *divided {
	t.Helper()
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
		Only:      pick(r, "", "", "", OnlyCounts),
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
	return &divided{r, b, request, streamtest.Shared(t, duckdbtest.Open(t), messages, 1+r.IntN(4))}
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
