package metric

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"beichen/internal/fault"
)

// traced asks for a customer's events in the first period, a week from 2 March on.
func traced(t *testing.T, m *Measurer, text, customer string, period int) (*Trace, error) {
	t.Helper()
	return m.Trace(t.Context(), TraceRequest{Customer: customer, Period: period,
		Request: Request{Metric: parse(t, text), From: "2026-03-02", To: "2026-03-29", AsOf: "2026-04-30", Breakdown: []string{"channel"}}})
}

func TestACustomersCountedEventsAreTold(t *testing.T) {
	m := shop(t, orders, revenue)
	const (
		rate       = "{kind: Metric, id: r, rate: {from: {event: Visited}, of: {event: Ordered}, within: 30d}}"
		conversion = "{kind: Metric, id: c, conversion: {journey: buying, to: order}}"
	)
	for _, c := range []struct {
		text, customer string
		period         int
		want           string
	}{
		{orders, "w0-0", 0, "counted 03-04 Ordered"},
		{orders, "w0-1", 0, ""}, // visited only: nothing of theirs counts
		{"{kind: Metric, id: all, cumulative: true, count: {event: Ordered}}", "w0-0", 1, "counted 03-04 Ordered, counted 03-11 Ordered"},
		{revenue, "w0-0", 1, "counted 03-11 Ordered 50"},
		{rate, "w0-0", 0, "from 03-02 Visited, of 03-04 Ordered"},
		{rate, "w0-1", 0, "from 03-02 Visited"},
		{conversion, "w0-0", 0, "stage 03-02 Visited visit, stage 03-04 Ordered order"},
		{conversion, "w0-0", 1, ""}, // their chain began the week before
	} {
		trace, err := traced(t, m, c.text, c.customer, c.period)
		if c.want == "" && fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			t.Errorf("%s of %s: %v", c.text, c.customer, err)
			continue
		}
		var events []string
		for _, e := range trace.Events {
			text := fmt.Sprint(e.Part, e.At.Format(" 01-02 "), e.Event)
			if e.Amount != nil {
				text += fmt.Sprint(" ", *e.Amount)
			}
			if e.Stage != nil {
				text += " " + *e.Stage
			}
			events = append(events, text)
		}
		if got := strings.Join(events, ", "); got != c.want {
			t.Errorf("%s of %s in period %d: %q, want %q", c.text, c.customer, c.period, got, c.want)
		}
	}
}

func TestWhatHasNoEventsOfItsOwnSaysSo(t *testing.T) {
	m := shop(t, orders, revenue)
	for text, want := range map[string]string{
		basket: "metric metric.formula-customers",
		"{kind: Metric, id: x, retention: {table: again, interval: 1}}": "metric metric.no-trace",
	} {
		_, err := traced(t, m, text, "w0-0", 9)
		f, _ := errors.AsType[*fault.Error](err)
		if f == nil || len(f.Faults) != 2 || f.Faults[0].Key != "metric.no-period" || f.Faults[1].Path+" "+f.Faults[1].Key != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := traced(t, m, orders, "nobody", 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}
