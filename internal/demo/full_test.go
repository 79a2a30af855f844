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
	truth := company(t, p).Truths()
	var events, broken int
	var spend float64
	value := map[string]float64{}
	iced := map[time.Time]int{}
	refs := map[event.Ref]bool{}
	accounts := map[string]bool{}
	weeks := map[string]*[12]int{} // how often something happened in each of the last twelve
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
			if week := int(p.End.Sub(m.Time) / (7 * 24 * time.Hour)); week < 12 {
				of := weeks[m.Name]
				if of == nil {
					of = &[12]int{}
					weeks[m.Name] = of
				}
				of[11-week]++
			}
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
	if len(accounts) != truth.Accounts || len(refs) < p.People || broken != truth.Quarantined {
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
	for _, month := range truth.Months {
		if iced[month.From] != month.Iced {
			t.Errorf("%d orders of iced tea in %s, want %d", iced[month.From], month.From.Format("2006-01"), month.Iced)
		}
	}
	goesOn(t, weeks)
	summer := time.Date(2026, time.July, 1, 0, 0, 0, 0, demo.Zone)
	winter := time.Date(2026, time.January, 1, 0, 0, 0, 0, demo.Zone)
	// (1 + 0.7) / (1 − 0.7) is 5.67.
	if ratio := float64(iced[summer]) / float64(iced[winter]); math.Abs(ratio-5.67) > 0.1 {
		t.Errorf("July sees %.2f times the iced tea of January, want 5.67", ratio)
	}
}

// goesOn checks that the last four weeks are not thinner than the eight before.
func goesOn(t *testing.T, weeks map[string]*[12]int) {
	t.Helper()
	for _, name := range []string{
		"Ad Clicked", "Page Viewed", "App Installed", "Lead Captured", "Tasting Attended", "Demo Held", "Quote Sent", "Order Placed",
		"Machine Delivered", "Brew Made", "Machine Refilled", "Subscription Started", "Descale Done", "Review Posted", "Ticket Opened",
	} {
		of := weeks[name]
		if of == nil {
			t.Errorf("nobody did %s", name)
			continue
		}
		before, last := 0, 0
		for i, n := range of {
			if i < 8 {
				before += n
			} else {
				last += n
			}
		}
		// By chance alone: two counts of Poisson, the second over half the time; and
		// what the budgets of ads do to the weeks.
		usual := float64(before) / 2
		if off := math.Abs(float64(last) - usual); off > 3*math.Sqrt(1.5*usual)+0.2*usual {
			t.Errorf("%s: %v", name, of)
		}
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
