package history_test

import (
	"hash/fnv"
	"slices"
	"testing"

	"beichen/bench/history"
)

var plan = history.Plan{Events: 200_000, Seed: 1}

// TestTheSamePlanGivesTheSameEvents holds the generator to one history for ever:
// figures of two machines are of the same rows.
func TestTheSamePlanGivesTheSameEvents(t *testing.T) {
	const want = 0x40dbc2ad3c14a58
	if got := digest(plan); got != want {
		t.Errorf("digest %#x, want %#x", got, uint64(want))
	}
	if digest(plan) == digest(history.Plan{Events: plan.Events, Seed: 2}) {
		t.Error("another seed gives the same events")
	}
}

func digest(p history.Plan) uint64 {
	h := fnv.New64a()
	for r, e := read(p); e != nil; e = r.Next() {
		for i := range e.Len() {
			h.Write([]byte{byte(e.Customer[i]), byte(e.Customer[i] >> 8), byte(e.Ordinal[i]), byte(e.Time[i]), byte(e.Time[i] >> 8),
				byte(e.Time[i] >> 16), byte(e.Time[i] >> 24), byte(e.Time[i] >> 32), e.Name[i], e.Channel[i], e.Tier[i], byte(e.Cents[i])})
		}
	}
	return h.Sum64()
}

func read(p history.Plan) (*history.Reader, *history.Events) {
	r := p.Read()
	return r, r.Next()
}

// TestTheEventsAreAsPlanned checks what equal counts rest on.
func TestTheEventsAreAsPlanned(t *testing.T) {
	perCustomer := make([]int, plan.Customers()+1)
	var names [len(history.Names)]int
	var channels [len(history.Channels)]int
	var tiers [len(history.Tiers)]int
	type stageOf struct{ customer, stage uint32 }
	step, channel := map[stageOf]uint8{}, map[uint32]uint8{}
	var customer, ordinal uint32
	var at int64
	for r, e := read(plan); e != nil; e = r.Next() {
		for i := range e.Len() {
			if e.Customer[i] != customer {
				if e.Customer[i] != customer+1 || e.Ordinal[i] != 0 {
					t.Fatalf("customer %d, event %d follow customer %d", e.Customer[i], e.Ordinal[i], customer)
				}
				customer, ordinal, at = e.Customer[i], 0, 0
			} else if ordinal++; e.Ordinal[i] != ordinal {
				t.Fatalf("customer %d: event %d where %d was due", customer, e.Ordinal[i], ordinal)
			}
			if e.Time[i] <= at {
				t.Fatalf("customer %d: two events at or before %d", customer, at)
			}
			at = e.Time[i]
			if at < history.First.UnixMilli() || at > history.Last.UnixMilli()+10_000 {
				t.Fatalf("an event at %d", at)
			}
			perCustomer[customer]++
			name := e.Name[i]
			names[name]++
			channels[e.Channel[i]]++
			tiers[e.Tier[i]]++
			if name < history.FunnelStep(0) {
				of := stageOf{customer, uint32(name / history.StepsPerStage)}
				if before, ok := step[of]; ok && before != name {
					t.Fatalf("customer %d passes stage %d by %d and %d", customer, of.stage, before, name)
				}
				step[of] = name
			}
			if name < history.FunnelStep(history.FunnelSteps) {
				if before, ok := channel[customer]; ok && before != e.Channel[i] {
					t.Fatalf("customer %d came by %d and %d", customer, before, e.Channel[i])
				}
				channel[customer] = e.Channel[i]
			}
		}
	}
	total := 0
	for _, n := range perCustomer[1:] {
		if n == 0 {
			t.Fatal("a customer without events")
		}
		total += n
	}
	if total != plan.Events {
		t.Errorf("%d events, want %d", total, plan.Events)
	}
	for what, counts := range map[string][]int{"name": names[:], "channel": channels[:], "plan": tiers[:]} {
		if slices.Min(counts) == 0 {
			t.Errorf("a %s is missing: %v", what, counts)
		}
	}
	// A power law: the busiest hundredth of customers has far more than its share.
	slices.Sort(perCustomer)
	busiest := 0
	for _, n := range perCustomer[len(perCustomer)-len(perCustomer)/100:] {
		busiest += n
	}
	if share := float64(busiest) / float64(total); share < 0.1 || share > 0.5 {
		t.Errorf("the busiest hundredth has %.2f of all events", share)
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		for r, e := read(history.Plan{Events: 1_000_000, Seed: 1}); e != nil; e = r.Next() {
		}
	}
}
