package journey

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/listing"
)

// TestAnAnswerInPartsIsTheWholeOne holds whatever is told of a journey that is asked
// customer by customer to what is told of it at once, to the last digit.
func TestAnAnswerInPartsIsTheWholeOne(t *testing.T) {
	rows, money, next := 0, 0, 0
	for seed := range cases(uint64(600)) {
		r := rand.New(rand.NewPCG(seed, 42))
		b := randomJourney(r)
		histories := make([][]bruteEvent, 8)
		for i := range histories {
			histories[i] = randomHistory(r)
		}
		messages := messagesOf(r, histories)
		for _, m := range messages {
			if m.Type == event.Track {
				m.Channel = pick(r, "", "shop", "mail", "phone")
				m.Value, m.Cost, m.Currency = new(float64(r.IntN(9))), new(0.25*float64(r.IntN(3))), pick(r, "TWD", "BRL")
			}
		}
		j, err := Parse(b.definition())
		if err != nil {
			t.Fatal(err)
		}
		request := Request{
			Journey: j, Customers: true, From: instantText(b.from), AsOf: instantText(pick(r, 4, 1000)),
			Breakdown: []string{"channel"}, Attribution: pick(r, "first", "last", "all", "step:s0"),
			Only: pick(r, "", "", "", OnlyCounts),
		}
		parts := streamtest.InParts(messages)
		one, several := everythingTold(t, stream.NewMemory(messages, uint64(len(messages))), request), everythingTold(t, parts, request)
		if diff := cmp.Diff(one, several); diff != "" {
			t.Fatalf("seed %d: %s\n%s", seed, b.definition(), diff)
		}
		parts.Close()
		var a struct {
			Measured Answer
			Flow     Flow
		}
		if err := json.Unmarshal([]byte(one), &a); err != nil {
			t.Fatal(err)
		}
		rows += len(a.Measured.Breakdown)
		for _, s := range a.Measured.Stages {
			money += len(s.Value)
		}
		for _, n := range a.Flow.Nodes {
			if n.Kind == NextNode {
				next++
			}
		}
	}
	if rows < cases(600) || money < cases(600) || next < cases(100) {
		t.Errorf("too little was compared: %d rows, %d amounts, %d events of leavers", rows, money, next)
	}
}

// everythingTold is all that a source tells of a journey, as JSON.
func everythingTold(t *testing.T, source stream.Source, request Request) string {
	t.Helper()
	m := Measurer{Source: source}
	a, err := m.Measure(context.Background(), request)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := m.Flow(context.Background(), Request{Journey: request.Journey, From: request.From, AsOf: request.AsOf})
	if err != nil {
		t.Fatal(err)
	}
	page, err := m.Customers(context.Background(), CustomersRequest{Request: request, Stage: a.Stages[0].ID, State: "reached", Page: listing.Page{Limit: 100}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(map[string]any{"measured": a, "flow": flow, "customers": page}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
