package demo_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"beichen/internal/demo"
	"beichen/internal/event"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTheWholeCompanyHasItsSums(t *testing.T) {
	p := demo.Default(now)
	truth := demo.Truths(p)
	var events, broken int
	var spend float64
	value := map[string]float64{}
	iced := map[time.Time]int{}
	refs := map[event.Ref]bool{}
	accounts := map[string]bool{}
	c := company(t, p)
	for batch := range c.Messages() {
		for i := range batch {
			m := &batch[i]
			refs[m.Ref()] = true
			accounts[m.GroupID] = true
			if !m.Type.IsEvent() {
				continue
			}
			events++
			if m.Cost != nil {
				spend += *m.Cost
			}
			switch {
			case m.Name == "Order Placed":
				value[m.Currency] += *m.Value
			case m.Name == "Supplies Ordered" && strings.Contains(string(m.Properties), `"temperature":"iced"`):
				y, month, _ := m.Time.In(demo.Zone).Date()
				iced[time.Date(y, month, 1, 0, 0, 0, 0, demo.Zone)]++
			}
		}
	}
	broken = len(c.Broken())
	delete(accounts, "")
	if events < 1_000_000 || events > 1_400_000 {
		t.Errorf("%d events, want somewhat more than a million", events)
	}
	if len(accounts) != p.Accounts || len(refs) < p.People || broken != truth.Quarantined {
		t.Errorf("%d accounts, %d refs, %d broken messages", len(accounts), len(refs), broken)
	}
	if spend != truth.AdSpend.Amount {
		t.Errorf("ads cost %v, want %v", spend, truth.AdSpend)
	}
	var got []event.Money
	for currency, amount := range value {
		got = append(got, event.Money{Currency: currency, Amount: amount})
	}
	slices.SortFunc(got, func(a, b event.Money) int { return strings.Compare(a.Currency, b.Currency) })
	if diff := cmp.Diff(truth.OrderValue, got, cmpopts.EquateApprox(0, 0.01)); diff != "" {
		t.Error(diff)
	}
	for _, month := range truth.Iced {
		if iced[month.Month] != month.Count {
			t.Errorf("%d orders of iced tea in %s, want %d", iced[month.Month], month.Month.Format("2006-01"), month.Count)
		}
	}
	summer := time.Date(2026, time.July, 1, 0, 0, 0, 0, demo.Zone)
	winter := time.Date(2026, time.January, 1, 0, 0, 0, 0, demo.Zone)
	// (1 + 0.7) / (1 − 0.7) is 5.67.
	if ratio := float64(iced[summer]) / float64(iced[winter]); math.Abs(ratio-5.67) > 0.1 {
		t.Errorf("July sees %.2f times the iced tea of January, want 5.67", ratio)
	}
}

func BenchmarkTellingTheWholeCompany(b *testing.B) {
	for b.Loop() {
		c := company(b, demo.Default(now))
		n := 0
		for batch := range c.Messages() {
			n += len(batch)
		}
		b.ReportMetric(float64(n), "messages")
	}
}
