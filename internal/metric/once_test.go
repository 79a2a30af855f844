package metric

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// counting counts how often its source is asked.
type counting struct {
	stream.Source
	asked atomic.Int64
}

func (c *counting) Streams(ctx context.Context, q stream.Question) (*stream.Streams, error) {
	c.asked.Add(1)
	return c.Source.Streams(ctx, q)
}

func TestOnceMeasuresNothingTwiceAndSaysTheSame(t *testing.T) {
	m := shop(t, orders, revenue, visitors, basket)
	source := &counting{Source: m.Source}
	m.Source = source
	request := func(text string) Request {
		return Request{Metric: parse(t, text), From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30"}
	}
	texts := []string{basket, orders, revenue, "{kind: Metric, id: x, formula: basket * orders / visitors}", visitors}
	want := map[string]*Answer{}
	for _, text := range texts {
		a, err := m.Measure(t.Context(), request(text))
		if err != nil {
			t.Fatal(err)
		}
		want[text] = a
	}
	source.asked.Store(0)
	once := m.Once()
	var group sync.WaitGroup
	for range 3 {
		for _, text := range texts {
			group.Go(func() {
				a, err := once.Measure(t.Context(), request(text))
				if err != nil {
					t.Error(err)
					return
				}
				same(t, want[text], a)
			})
		}
	}
	group.Wait()
	same(t, int64(3), source.asked.Load()) // orders, revenue, visitors
	// Other periods and other events are other questions.
	r := request(orders)
	r.To = "2026-03-22"
	if a, err := once.Measure(t.Context(), r); err != nil || len(a.Periods) != 3 {
		t.Errorf("%+v, %v", a, err)
	}
	same(t, int64(4), source.asked.Load())
}

// Of those whom a metric counts in the first week some do something later: of 8
// visitors 4 order two days after, and 2 of these again nine days after they came.
func TestWhoReachesSomethingIsToldOfWhomAMetricCounts(t *testing.T) {
	m := shop(t, orders)
	event := "Ordered"
	for text, want := range map[string]string{
		visitors: "0.5 (4 of 8), 0.5 (6 of 12), 0.5 (8 of 16), 0.5 (2 of 4)",
		orders:   "1 (4 of 4), 1 (8 of 8), 1 (11 of 11), 1 (6 of 6)",
		"{kind: Metric, id: c, conversion: {journey: buying, to: order}}":                                                      "1 (4 of 4), 1 (8 of 8), 1 (11 of 11), 1 (6 of 6)",
		"{kind: Metric, id: c, retention: {table: again, interval: 1}}":                                                        "1 (4 of 4), 1 (8 of 8), 1 (11 of 11), 1 (6 of 6)",
		"{kind: Metric, id: c, segment: {channel: nothing}, customers: {event: Visited}}":                                      "? (0 of 0), ? (0 of 0), ? (0 of 0), ? (0 of 0)",
		"{kind: Metric, id: c, segment: {channel: email}, customers: {event: Visited, where: {value: null, channel: search}}}": "? (0 of 0), ? (0 of 0), ? (0 of 0), ? (0 of 0)",
		"{kind: Metric, id: c, count: {}}":                                                                                     "0.5 (4 of 8), 0.5714 (8 of 14), 0.5789 (11 of 19), 0.75 (6 of 8)",
	} {
		d, err := Reaching(t.Context(), m.Book, parse(t, text), journey.Pattern{Event: &event}, windowOf(t, "3d"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Measure(t.Context(), Request{Metric: d, From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, values(a.Periods))
	}
	if d, err := Reaching(t.Context(), m.Book, parse(t, basket), journey.Pattern{Event: &event}, windowOf(t, "3d")); d != nil || err != nil {
		t.Errorf("a formula counts nobody itself: %+v %v", d, err)
	}
}

func windowOf(t *testing.T, text string) journey.Window {
	t.Helper()
	w, ok := journey.ParseWindow(text, false)
	if !ok {
		t.Fatal(text)
	}
	return w
}
