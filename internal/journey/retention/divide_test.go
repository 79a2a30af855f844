package retention

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/nodes"
	"beichen/internal/nodes/nodestest"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// TestADividedTableIsThatOfOneNode holds what several nodes count together to what one
// counts alone: of random tables and customers some of whom have two ids.
func TestADividedTableIsThatOfOneNode(t *testing.T) {
	returned, taken := 0, 0
	const tables = 30
	for seed := range uint64(tables) {
		r := rand.New(rand.NewPCG(seed, 78))
		zone := pick(r, slices.Sorted(maps.Keys(changes))...)
		around, err := time.Parse(time.RFC3339, pick(r, changes[zone]...))
		if err != nil {
			t.Fatal(err)
		}
		d := randomDefinition(t, r)
		messages := randomHistories(r, around, d)
		for i, m := range messages {
			m.UserID += pick(r, "", "", "-before")
			m.Seq = uint64(i + 1)
		}
		for who := range 3 {
			id := fmt.Sprint("u", who)
			messages = append(messages, &event.Message{
				Type: event.Alias, PreviousID: id + "-before", UserID: id, Time: around, ReceivedAt: around, Seq: uint64(len(messages) + 1), MessageID: id,
			})
		}
		live := streamtest.Shared(t, duckdbtest.Open(t), messages, 1+r.IntN(4))
		var counters []nodes.Counter
		for _, source := range live {
			counters = append(counters, (&Measurer{Source: source}).Count)
		}
		circles := nodestest.Start(t, r, Divided, counters)
		request := Request{
			Retention: d, Timezone: zone, AsOf: around.Add(time.Duration(r.IntN(12)-3) * lengthOf(d.Period) / 2).Format(time.RFC3339),
			From: pick(r, "", around.Add(-time.Duration(1+r.IntN(d.Intervals))*lengthOf(d.Period)*3/4).Format(time.RFC3339)),
		}
		one, err := (&Measurer{Source: live[0]}).Measure(context.Background(), request)
		if err != nil {
			t.Fatal(err)
		}
		together, err := (&Measurer{Source: live[0], Nodes: circles[0]}).Measure(context.Background(), request)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, together); diff != "" {
			t.Fatalf("seed %d, %d nodes (−one +several): %s", seed, len(live), diff)
		}
		for _, row := range one.Rows {
			for _, n := range row.Counts[1:] {
				returned += n
			}
		}
		taken += nodestest.Taken(circles)
	}
	if returned < tables || taken < tables/4 {
		t.Errorf("too little was compared: %d returns, %d shares of others", returned, taken)
	}
}
