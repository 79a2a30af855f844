package demo_test

import (
	"math"
	"testing"
	"time"

	"beichen/internal/demo"
	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// board measures the approved journeys of a company held in memory.
type board struct {
	t        *testing.T
	measurer *journey.Measurer
	journeys map[string]*journey.Journey
}

func boardOf(t *testing.T, p demo.Params) board {
	t.Helper()
	all := messages(t, p)
	b := board{t: t, journeys: map[string]*journey.Journey{}, measurer: &journey.Measurer{
		Source: stream.NewMemory(all, uint64(len(all))), Now: func() time.Time { return p.End },
	}}
	for _, r := range demo.Revisions(p) {
		if r.Kind != "Journey" {
			continue
		}
		j, err := journey.Parse(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		b.journeys[r.ID] = j // the last one stands
	}
	return b
}

func (b board) ask(id string, r journey.Request) *journey.Answer {
	b.t.Helper()
	r.Journey, r.Timezone = b.journeys[id], "Asia/Taipei"
	a, err := b.measurer.Measure(b.t.Context(), r)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// row is the stage of a breakdown's row.
func (b board) row(a *journey.Answer, value, stage string) journey.StageAnswer {
	b.t.Helper()
	for _, r := range a.Breakdown {
		if r.Value != value {
			continue
		}
		for _, s := range r.Stages {
			if s.ID == stage {
				return s
			}
		}
	}
	b.t.Fatalf("no stage %s in a row %s", stage, value)
	return journey.StageAnswer{}
}

func (b board) reached(what string, got *int, want int) {
	b.t.Helper()
	if got == nil || *got != want {
		n := -1
		if got != nil {
			n = *got
		}
		b.t.Errorf("%s: reached by %d, want %d", what, n, want)
	}
}

func TestMeasurementsFindThePlantedTruths(t *testing.T) {
	findsTheTruths(t, reduced())
}

// Whatever the dice and the day on which it ends: here a Wednesday, and the first day
// of a month.
func TestMeasurementsFindThePlantedTruthsOfOtherCompanies(t *testing.T) {
	for seed, end := range map[uint64]time.Time{
		7: time.Date(2027, time.March, 17, 0, 0, 0, 0, demo.Zone), 8: time.Date(2026, time.May, 2, 0, 0, 0, 0, demo.Zone),
	} {
		p := reduced()
		p.Seed, p.End = seed, end
		findsTheTruths(t, p)
	}
}

func findsTheTruths(t *testing.T, p demo.Params) {
	t.Helper()
	truth := company(t, p).Truths()
	b := boardOf(t, p)

	buyers, machines := b.ask("buyer-journey", journey.Request{}), b.ask("machine-life", journey.Request{})
	for _, c := range []struct {
		answer *journey.Answer
		truth  []demo.Reached
	}{{buyers, truth.Buyers}, {machines, truth.Machines}} {
		for i, want := range c.truth {
			stage := c.answer.Stages[i]
			if stage.ID != want.Stage {
				t.Fatalf("stage %d is %s, want %s", i, stage.ID, want.Stage)
			}
			b.reached(stage.ID, stage.Reached, want.Reached)
			for _, step := range stage.Steps {
				if n, planned := want.Steps[step.ID]; planned {
					b.reached(stage.ID+"/"+step.ID, step.Reached, n)
				}
			}
		}
	}
	if cost := buyers.Stages[0].Cost; len(cost) != 1 || cost[0].Currency != truth.AdSpend.Currency || cost[0].Total != truth.AdSpend.Amount {
		t.Errorf("visits cost %v, want %v", cost, truth.AdSpend)
	}
	b.reached("excluded machines", machines.Excluded, truth.Excluded)

	channels := b.ask("buyer-journey", journey.Request{Breakdown: []string{"channel"}})
	for name, want := range truth.Leads {
		b.reached("visits by "+name, b.row(channels, name, "visit").Reached, want.From)
		b.reached("leads by "+name, b.row(channels, name, "lead").Reached, want.To)
	}
	industries := b.ask("machine-life", journey.Request{Breakdown: []string{"account.industry"}})
	for name, want := range truth.FirstBrews {
		b.reached("machines in "+name, b.row(industries, name, "delivered").Reached, want.From)
		b.reached("machines used in "+name, b.row(industries, name, "first-brew").Reached, want.To)
	}
	sales := b.ask("buyer-journey", journey.Request{Breakdown: []string{"channel"}, Attribution: "step:quote"})
	for name, want := range truth.Deciding {
		order := b.row(sales, name, "order")
		b.reached("orders by "+name, order.Reached, want.N)
		if off := *order.Time.MedianSeconds - want.Median.Seconds(); math.Abs(off) > want.Tolerance.Seconds() {
			t.Errorf("%s decide in %.1f days, want %.1f ± %.1f", name, *order.Time.MedianSeconds/86400, want.Median.Hours()/24, want.Tolerance.Hours()/24)
		}
	}
	if partner, direct := truth.Deciding["partner"], truth.Deciding["direct"]; partner.Median < 2*direct.Median+partner.Tolerance {
		t.Error("the slow channel is not slow enough to be seen")
	}
}

func TestFirstCupsAreMadeWithinFourteenDays(t *testing.T) {
	b := boardOf(t, reduced())
	a := b.ask("machine-life", journey.Request{Customers: true})
	made := 0
	for _, c := range a.Customers {
		if at, ok := c.Stages["first-brew"]; ok {
			made++
			if waited := at.Sub(c.Stages["delivered"]); waited <= 0 || waited > 14*24*time.Hour {
				t.Errorf("%s waited %s for the first cup", c.ID, waited)
			}
		}
	}
	if made == 0 {
		t.Error("nobody made a cup")
	}
}

func TestWithoutItsMergesTheFunnelLosesPeople(t *testing.T) {
	p := reduced()
	var apart []*event.Message
	for _, m := range messages(t, p) {
		if m.Type != event.Alias {
			apart = append(apart, m)
		}
	}
	b := boardOf(t, p)
	merged := b.ask("buyer-journey", journey.Request{})
	b.measurer.Source = stream.NewMemory(apart, uint64(len(apart)))
	split := b.ask("buyer-journey", journey.Request{})
	if quote := 4; *split.Stages[quote].Reached >= *merged.Stages[quote].Reached {
		t.Errorf("%d quotes without merging, %d with it: the duplicates cannot be seen", *split.Stages[quote].Reached, *merged.Stages[quote].Reached)
	}
}
