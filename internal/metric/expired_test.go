package metric

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
)

// keptFrom is the shop of which facts are kept from an instant on.
func (m *Measurer) keptFrom(t *testing.T, at time.Time) *Measurer {
	t.Helper()
	var messages []*event.Message
	q := stream.Question{Patterns: []event.Pattern{{AnyName: true}}}
	s, err := m.Source.Streams(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range s.Blocks {
		for i := range b.Len() {
			for e := b.Start[i]; e < b.Start[i+1]; e++ {
				messages = append(messages, &event.Message{
					Type: event.Track, UserID: s.CustomerID(b.First + uint32(i)), Name: s.Names[s.Name(b.Event[e])], Time: timeOf(s.Time(b.Event[e])), MessageID: fmt.Sprint(b.First, e),
				})
			}
		}
	}
	messages = append(messages, &event.Message{Type: event.Expire, MessageID: "expire", Time: at})
	source := stream.NewMemory(messages, uint64(len(messages)))
	return &Measurer{Source: source, Book: m.Book, Journeys: &journey.Measurer{Source: source}, Retention: &retention.Measurer{Source: source}}
}

// TestAPeriodThatHangsOnExpiredFactsIsUnknown: of four weeks the second one is cut on
// its Thursday.
func TestAPeriodThatHangsOnExpiredFactsIsUnknown(t *testing.T) {
	perVisitor := "{kind: Metric, id: per, formula: orders / visitors}"
	whole := shop(t, orders, visitors)
	cut := whole.keptFrom(t, time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		metric string
		known  int // of the four weeks, the last ones
	}{
		{orders, 2},
		{visitors, 2},
		{perVisitor, 2},
		{"{kind: Metric, id: k, active: {event: Visited, window: 7d}}", 1}, // the third week's window begins in the second
		{"{kind: Metric, id: k, cumulative: true, customers: {event: Visited}}", 0},
		{"{kind: Metric, id: k, rate: {of: {event: Ordered}, from: {event: Visited}, within: 7d}}", 2},
		{"{kind: Metric, id: k, conversion: {journey: buying, to: order}}", 2},
		{"{kind: Metric, id: k, time: {journey: buying, from: visit, to: order}}", 2},
		{"{kind: Metric, id: k, retention: {table: again, interval: 1}}", 2},
	} {
		want, got := whole.ask(t, c.metric, Request{}), cut.ask(t, c.metric, Request{})
		for p, point := range got.Periods {
			if p < 4-c.known {
				same(t, Point{From: point.From, Partial: point.Partial, Expired: true}, point)
				continue
			}
			same(t, want.Periods[p], point)
		}
		if from := got.Facts.KeptFrom; !from.Equal(time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: kept from %s", c.metric, from)
		}
		if c.metric == perVisitor {
			continue // a formula has no customers
		}
		behind := func(period int) error {
			r := CustomersRequest{Request: Request{Metric: parse(t, c.metric), From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30"}, Period: period}
			_, err := cut.Customers(t.Context(), r)
			return err
		}
		if err := behind(1); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: customers of an unknown week: %v", c.metric, err)
		}
		if err := behind(3); (err == nil) != (c.known > 0) {
			t.Errorf("%s: customers of the last week: %v", c.metric, err)
		}
	}
	// Where the question begins later nothing is missing.
	if late := cut.ask(t, orders, Request{From: "2026-03-16", To: "2026-03-29", AsOf: "2026-04-30"}); !late.Facts.KeptFrom.IsZero() || late.Periods[0].Expired {
		t.Errorf("%+v", late.Facts)
	}
}

// TestWhatIsKnownAfterExpiryIsWhatItWasBefore draws histories and metrics: a period is
// either unknown, or what it was while nothing had expired.
func TestWhatIsKnownAfterExpiryIsWhatItWasBefore(t *testing.T) {
	known, unknown := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		h := newHistory(t, r)
		for range 150 {
			h.happen(dawn.Add(time.Duration(r.Int64N(int64(40 * 24 * time.Hour)))).Truncate(time.Second))
		}
		var all []*event.Message
		for _, m := range h.messages {
			if m.Type != event.Expire && m.Type != event.Forget {
				all = append(all, m)
			}
		}
		now := func() time.Time { return dawn.AddDate(0, 0, 41) }
		cut := append(all[:len(all):len(all)], &event.Message{Type: event.Expire, MessageID: "expire", Time: dawn.AddDate(0, 0, 5+r.IntN(20))})
		before := h.measurer(stream.NewMemory(all, uint64(len(all))), library(t), now)
		after := h.measurer(stream.NewMemory(cut, uint64(len(cut))), library(t), now)
		for range 6 {
			q := Request{Metric: anyMetric(t, r), From: "2026-01-05"}
			if q.Metric.Conversion != nil || q.Metric.Time != nil {
				continue // a customer's one chain may begin elsewhere without what came before
			}
			want, err := before.Measure(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := after.Measure(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for p := range got.Periods {
				if got.Periods[p].Expired {
					unknown++
					continue
				}
				known++
				want.Periods[p].Low, want.Periods[p].High = got.Periods[p].Low, got.Periods[p].High // added up in another order
				same(t, want.Periods[p], got.Periods[p])
			}
		}
	}
	if known < 300 || unknown < 300 {
		t.Errorf("%d periods known and %d unknown", known, unknown)
	}
}
