package metric

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/listing"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

func parse(t testing.TB, text string) *Definition {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// randomMetric makes a metric of any measure that is read from events.
func randomMetric(t testing.TB, r *rand.Rand) *Definition {
	t.Helper()
	events := func() map[string]any {
		return pick(r, map[string]any{"event": "A"}, map[string]any{}, map[string]any{"event": "B", "where": map[string]any{"properties.p": "x"}},
			map[string]any{"when": []any{map[string]any{"event": "A"}, map[string]any{"event": "C"}}})
	}
	with := func(more map[string]any) map[string]any {
		e := events()
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	amount := pick(r, map[string]any{"of": "value", "currency": "TWD"}, map[string]any{"of": "properties.n"})
	per := pick(r, "event", "customer")
	d := map[string]any{"kind": "Metric", "id": "m", "grain": pick(r, "day", "week", "month")}
	if r.IntN(3) == 0 {
		d["segment"] = map[string]any{"properties.p": map[string]any{"ne": "y"}}
	}
	switch r.IntN(9) {
	case 0:
		d["count"], d["cumulative"] = events(), r.IntN(2) == 0
	case 1, 2:
		d["customers"], d["cumulative"] = with(map[string]any{"atLeast": 1 + r.IntN(3)}), r.IntN(2) == 0
	case 3:
		d["active"] = with(map[string]any{"window": pick(r, "3d", "10d", "5w"), "atLeast": 1 + r.IntN(2)})
	case 4:
		d["sum"], d["cumulative"] = with(amount), r.IntN(2) == 0
	case 5:
		amount["per"] = per
		d["average"] = with(amount)
	case 6:
		amount["per"], amount["q"] = per, pick(r, 0.0, 0.25, 0.5, 0.9)
		d["quantile"] = with(amount)
	case 7:
		d["rate"] = map[string]any{"of": events(), "from": events()}
	default:
		d["rate"] = map[string]any{"of": events(), "from": events(), "within": pick(r, "1d", "9d")}
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(raw))
}

func randomMessages(r *rand.Rand) []*event.Message {
	var out []*event.Message
	n, others := 10+r.IntN(70), 0
	if r.IntN(2) == 0 {
		others = 4 * n // of a name that few ask for, so that the others are few enough for a list
	}
	for i := range n + others {
		at := time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(60*24)) * time.Hour)
		m := &event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", r.IntN(6)), Name: pick(r, "A", "A", "B", "C"), Time: at, ReceivedAt: at,
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i),
			Properties: json.RawMessage(pick(r, `{"p":"x","n":1.25}`, `{"p":"y","n":"2"}`, `{"n":-3}`, `{"p":"x"}`)),
		}
		if i >= n {
			m.Name = "D"
		}
		if r.IntN(3) > 0 {
			m.Value, m.Currency = new(float64(r.IntN(1000))/100), pick(r, "TWD", "TWD", "USD")
		}
		out = append(out, m)
	}
	return out
}

// tail is what was accepted and is in no warehouse yet.
type tail []warehouse.Stored

func (t tail) Tail() (uint64, []warehouse.Stored) { return 0, t }

// TestNumbersAndListsAgreeWithCountingTheLongWay compares every number of random
// metrics, and the customers behind it, with the evaluator of brute_test.go: over
// messages in memory and over the resident index of a server. A count and the list
// behind it come from the same walk (product.md, rule 2).
func TestNumbersAndListsAgreeWithCountingTheLongWay(t *testing.T) {
	w := duckdbtest.Open(t)
	known := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 20261126))
		d, messages := randomMetric(t, r), randomMessages(r)
		request := Request{
			Metric: d, From: pick(r, "2026-02-25", "2026-03-04", "2026-01-01"), AsOf: pick(r, "2026-04-02T07:00:00Z", "2026-05-30", "2026-03-20"),
			Timezone: pick(r, "UTC", "Asia/Taipei", "America/New_York"),
		}
		if r.IntN(2) == 0 {
			request.Breakdown = []string{"properties.p"}
		}
		graph := identity.NewGraph()
		var accepted tail
		for _, m := range messages {
			accepted = append(accepted, stream.Number(graph, m))
		}
		live, parts := stream.NewLive(w, accepted, graph), streamtest.InParts(messages)
		for name, source := range map[string]stream.Source{"memory": stream.NewMemory(messages, uint64(len(messages))), "index": live, "parts": parts} {
			m := &Measurer{Source: source}
			a, err := m.Measure(t.Context(), request)
			for range 2 { // the third time from what was found the first
				if err == nil {
					a, err = m.Measure(t.Context(), request)
				}
			}
			if err != nil {
				t.Fatalf("seed %d over %s: %v", seed, name, err)
			}
			known += compare(t, fmt.Sprintf("seed %d over %s", seed, name), m, request, a, messages)
		}
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	}
	if known < 400 {
		t.Errorf("only %d numbers were known: the histories are too thin", known)
	}
}

func compare(t *testing.T, where string, m *Measurer, request Request, a *Answer, messages []*event.Message) (known int) {
	t.Helper()
	d, err := m.measured(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	b := &brute{of: request.Metric, messages: messages, asOf: timeOf(d.asOf)}
	for _, at := range d.bounds {
		b.bounds = append(b.bounds, timeOf(at))
	}
	check := func(row string, points []Point, value journey.BreakdownValue) {
		for p, point := range points {
			got := told{value: point.Value, n: point.N}
			if point.Numerator != nil {
				got.successes = *point.Numerator
			}
			page, err := m.Customers(t.Context(), CustomersRequest{Request: request, Period: p, BreakdownValue: value, Page: listing.Page{Limit: 1000}})
			if err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			for _, i := range page.Items {
				got.customers = append(got.customers, i.ID)
				if value.Values == nil {
					compareTrace(t, fmt.Sprintf("%s, period %d, customer %s", where, p, i.ID), m, TraceRequest{Request: request, Period: p, Customer: i.ID}, i)
				}
			}
			if point.Customers != page.Total {
				t.Errorf("%s, row %s, period %d: %d customers, and %d are listed", where, row, p, point.Customers, page.Total)
			}
			slices.Sort(got.customers)
			if want := b.measure(row, p); want.String() != got.String() {
				raw, _ := json.Marshal(request)
				t.Fatalf("%s, row %s, period %d from %s:\nwant %s\ngot  %s\n%s", where, row, p, point.From, want, got, raw)
			}
			if point.Value != nil && point.N > 0 {
				known++
			}
			if point.Value != nil && point.Low != nil && point.High != nil && (*point.Low > *point.Value+1e-9 || *point.High < *point.Value-1e-9) {
				t.Errorf("%s: %v is not inside its interval %v … %v", where, *point.Value, *point.Low, *point.High)
			}
		}
	}
	check("null", a.Periods, journey.BreakdownValue{})
	for _, row := range a.Breakdown {
		key := d.keys[0]
		b.key = &key
		check(string(jsonOf(row.Value)), row.Periods, journey.BreakdownValue{Values: []any{row.Value}})
	}
	return known
}

// compareTrace holds the events that were counted of a customer to what the list of
// customers says of them.
func compareTrace(t *testing.T, where string, m *Measurer, request TraceRequest, listed Behind) {
	t.Helper()
	trace, err := m.Trace(t.Context(), request)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	counted, sum, did := 0, 0.0, false
	for i, e := range trace.Events {
		if i > 0 && e.At.Before(trace.Events[i-1].At) || e.Event == "" {
			t.Errorf("%s: %+v", where, trace.Events)
		}
		if e.Part == RateOf {
			did = true
			continue
		}
		counted++
		if e.Amount != nil {
			sum += *e.Amount
		}
	}
	switch {
	case counted != listed.Events:
		t.Errorf("%s: %d events counted, and %d are told", where, listed.Events, counted)
	case listed.Amount != nil && math.Abs(*listed.Amount-sum) > 1e-9:
		t.Errorf("%s: they sum up to %v, the events to %v", where, *listed.Amount, sum)
	case listed.Did != nil && *listed.Did != did:
		t.Errorf("%s: did is %v, and the event told %v", where, *listed.Did, did)
	}
}
