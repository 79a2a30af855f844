package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// tail is what was accepted and is in no warehouse yet.
type tail []warehouse.Stored

func (t tail) Tail() (uint64, []warehouse.Stored) { return 0, t }

// resident makes the source of a server, with a resident index, of messages.
func resident(t testing.TB, w warehouse.Warehouse, messages []*event.Message) *stream.Live {
	t.Helper()
	graph := identity.NewGraph()
	var accepted tail
	for _, m := range messages {
		accepted = append(accepted, stream.Number(graph, m))
	}
	live := stream.NewLive(w, accepted, graph)
	t.Cleanup(func() { live.Close() })
	return live
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// changes are instants around which clocks are changed: by an hour forth and back,
// by half an hour, and at midnight, so that a day begins at one o'clock.
var changes = map[string][]string{
	"UTC":                 {"2024-02-28T23:00:00Z"},
	"Asia/Taipei":         {"2024-12-31T16:00:00Z"},
	"Europe/Berlin":       {"2024-03-31T01:00:00Z", "2024-10-27T01:00:00Z"},
	"America/New_York":    {"2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z"},
	"Australia/Lord_Howe": {"2024-04-06T15:00:00Z", "2024-10-05T15:30:00Z"},
	"America/Santiago":    {"2024-09-08T04:00:00Z", "2024-04-07T03:00:00Z"},
	"Asia/Kathmandu":      {"2024-03-01T18:15:00Z"},
}

func randomDefinition(t testing.TB, r *rand.Rand) *Definition {
	t.Helper()
	pattern := func() map[string]any {
		return pick(r, map[string]any{"event": "A"}, map[string]any{"event": "B"}, map[string]any{}, map[string]any{"event": nil},
			map[string]any{"event": "A", "where": map[string]any{"properties.p": "x"}}, map[string]any{"where": map[string]any{"properties.p": "y"}})
	}
	period := pick(r, "hour", "day", "day", "week", "month")
	o := map[string]any{
		"kind": "Retention", "id": "r", "start": pattern(), "return": pattern(), "period": period,
		"weekStart": pick(r, "monday", "sunday"), "intervals": 1 + r.IntN(9), "cumulative": r.IntN(3) == 0, "minOccurrences": pick(r, 1, 1, 2, 3),
	}
	if period == "day" && r.IntN(2) == 0 {
		o["mode"] = "rolling24h"
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(raw))
}

func lengthOf(p Period) time.Duration {
	return map[Period]time.Duration{calendar.Hour: time.Hour, calendar.Day: 24 * time.Hour, calendar.Week: 7 * 24 * time.Hour, calendar.Month: 30 * 24 * time.Hour}[p]
}

// randomHistories makes events of six customers around an instant, many of them at
// the bounds of intervals.
func randomHistories(r *rand.Rand, around time.Time, d *Definition) []*event.Message {
	span := time.Duration(d.Intervals+2) * lengthOf(d.Period)
	var out []*event.Message
	n, others := 20+r.IntN(60), 0
	if r.IntN(8) == 0 {
		n += 300
	}
	if r.IntN(2) == 0 {
		others = 5 * n // that nobody asks for, so that those who are asked for are few enough for a list
	}
	for i := range n + others {
		at := around.Add(time.Duration(r.Int64N(int64(span))) - span/2)
		if r.IntN(3) > 0 {
			at = at.Truncate(15 * time.Minute).Add(pick(r, -time.Microsecond, 0, 0, time.Microsecond))
		}
		name := pick(r, "A", "A", "B", "C")
		if i >= n {
			name = "D"
		}
		out = append(out, &event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", r.IntN(6)), Name: name, Time: at.Truncate(time.Microsecond).UTC(), ReceivedAt: around,
			Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i+1), Properties: json.RawMessage(pick(r, `{"p":"x"}`, `{"p":"y"}`, `{}`)),
		})
	}
	return out
}

// TestCountsAndListsAgreeWithCountingTheLongWay compares every count of random
// tables, and the customers behind it, with the evaluator of brute_test.go: over
// messages in memory and over the resident index of a server.
func TestCountsAndListsAgreeWithCountingTheLongWay(t *testing.T) {
	w := duckdbtest.Open(t)
	returned, listed := 0, 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 20261123))
		zone := pick(r, slices.Sorted(maps.Keys(changes))...)
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		around, err := time.Parse(time.RFC3339, pick(r, changes[zone]...))
		if err != nil {
			t.Fatal(err)
		}
		d := randomDefinition(t, r)
		messages := randomHistories(r, around, d)
		asOf := around.Add(time.Duration(r.IntN(12)-3) * lengthOf(d.Period) / 2)
		request := Request{
			Retention: d, Timezone: zone, AsOf: asOf.Format(time.RFC3339),
			From: around.Add(-time.Duration(1+r.IntN(d.Intervals)) * lengthOf(d.Period) * 3 / 4).Format(time.RFC3339),
		}
		for name, source := range map[string]stream.Source{
			"in memory": stream.NewMemory(messages, uint64(len(messages))), "resident": resident(t, w, messages),
			"in parts": streamtest.InParts(messages),
		} {
			m := &Measurer{Source: source}
			a, err := m.Measure(context.Background(), request)
			for range 2 { // the third time from what was found the first
				if err == nil {
					a, err = m.Measure(context.Background(), request)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.Parse(time.RFC3339, a.Rows[0].From)
			if err != nil {
				t.Fatal(err)
			}
			b := &brute{definition: d, zone: location, from: from, asOf: asOf, events: messages}
			if asked, _ := time.Parse(time.RFC3339, request.From); b.label(asked) != b.label(from) || b.label(from) == b.label(from.Add(-time.Microsecond)) {
				t.Fatalf("seed %d: asked from %s, counted from %s", seed, request.From, a.Rows[0].From)
			}
			want := b.customers()
			for i, row := range a.Rows {
				for k, n := range row.Counts {
					behind := want[fmt.Sprint(i, "+", k)]
					slices.Sort(behind)
					if n != len(behind) {
						t.Fatalf("seed %d, %s, row %d, interval %d: counted %d, the long way %v\n%s %+v", seed, name, i, k, n, behind, zone, d)
					}
					if k > 0 {
						returned += n
					}
					if seed%4 == 0 {
						listed += n
						if diff := cmp.Diff(behind, idsBehind(t, m, request, i, k)); diff != "" {
							t.Fatalf("seed %d, %s, row %d, interval %d: %s", seed, name, i, k, diff)
						}
					}
				}
			}
			checkFacts(t, a, d, messages, from, asOf)
		}
	}
	if returned < 1500 || listed < 500 {
		t.Errorf("too little was compared: %d returns, %d customers", returned, listed)
	}
}

// TestTablesOfAsManyIntervalsAsAWordHasBits asks for about as many, of somebody who
// starts in the first and the last and comes back in the last.
func TestTablesOfAsManyIntervalsAsAWordHasBits(t *testing.T) {
	first := time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)
	for n := 63; n <= 66; n++ {
		var messages []*event.Message
		for i, hour := range []int{0, 1, n - 1} {
			name := "A"
			if i == 1 {
				name = "B"
			}
			messages = append(messages, &event.Message{
				Type: event.Track, UserID: "u", Name: name, Time: first.Add(time.Duration(hour) * time.Hour), Seq: uint64(i + 1), MessageID: fmt.Sprint(i),
			})
		}
		for _, cumulative := range []bool{false, true} {
			d := parse(t, fmt.Sprintf("{kind: Retention, id: r, start: {event: A}, return: {event: A}, period: hour, intervals: %d, cumulative: %t}", n, cumulative))
			m := &Measurer{Source: resident(t, duckdbtest.Open(t), messages), Now: func() time.Time { return first.AddDate(0, 0, 9) }}
			a, err := m.Measure(context.Background(), Request{Retention: d, From: first.Format(time.RFC3339)})
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range a.Rows {
				for k, got := range row.Counts {
					want := 0
					if i == 0 && (k == 0 || k == n-1 || cumulative) || i == n-1 {
						want = 1
					}
					if got != want {
						t.Errorf("%d intervals, cumulative %t: %d of row %d came back in interval %d, want %d", n, cumulative, got, i, k, want)
					}
				}
			}
		}
	}
}

func idsBehind(t testing.TB, m *Measurer, r Request, row, interval int) []string {
	t.Helper()
	page, err := m.Customers(context.Background(), CustomersRequest{Request: r, Row: row, Interval: interval})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, item := range page.Items {
		ids = append(ids, item.ID)
		if (interval == 0) != (item.Returns == nil) || interval > 0 && (*item.Returns < max(1, r.Retention.MinOccurrences) || item.ReturnedAt.Before(item.StartedAt)) {
			t.Errorf("row %d, interval %d: %+v", row, interval, item)
		}
	}
	slices.Sort(ids)
	if page.Total != len(ids) {
		t.Errorf("%d of %d listed", len(ids), page.Total)
	}
	return ids
}

// checkFacts holds what an answer says that it looked at to the messages.
func checkFacts(t testing.TB, a *Answer, d *Definition, messages []*event.Message, from, asOf time.Time) {
	t.Helper()
	last, err := time.Parse(time.RFC3339, a.Rows[len(a.Rows)-1].From)
	if err != nil {
		t.Fatal(err)
	}
	b := &brute{definition: d, zone: last.Location()}
	if b.zone, err = time.LoadLocation(a.Timezone); err != nil {
		t.Fatal(err)
	}
	end := last
	for b.label(end) == b.label(last) {
		end = end.Add(15 * time.Minute)
	}
	if d.Mode == Rolling24h {
		end = end.Add(24 * time.Hour)
	}
	events, customers := 0, map[string]bool{}
	for _, m := range messages {
		if !m.Time.Before(from) && m.Time.Before(end) && !m.Time.After(asOf) {
			events++
			customers[m.UserID] = true
		}
	}
	if a.Facts.Events != events || a.Facts.Customers != len(customers) {
		t.Errorf("saw %+v, there are %d events of %d customers", a.Facts, events, len(customers))
	}
}
