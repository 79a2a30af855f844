package metric

import (
	"strings"
	"testing"

	"beichen/internal/calendar"
	"beichen/internal/event"
)

func TestReadsWhatIsWritten(t *testing.T) {
	d := parse(t, `
kind: Metric
id: big_orders
name: { zh-Hant: 大單, en: Big orders }
meaning: { en: Orders of a hundred and more. }
unit: order
good: down
owner: [sales]
level: 2
grain: quarter
weekStart: sunday
subject: account
segment: { channel: email }
customers:
  when:
  - { event: Ordered, where: { value: { gte: 100 } } }
  - { event: Renewed }
  atLeast: 2
soWhat: { up: "ask sales why", down: { en: rest } }
`)
	if d.ID != "big_orders" || d.Name.In("zh-Hant") != "大單" || d.good() != Down || d.Level != 2 || d.grain() != calendar.Quarter ||
		d.WeekStart != calendar.Sunday || d.subject() != "account" || len(d.Segment) != 1 || d.Customers.AtLeast != 2 ||
		*d.Customers.When[1].Event != "Renewed" || d.SoWhat.Up.Plain != "ask sales why" {
		t.Errorf("%+v", d)
	}
	if d := parse(t, "{kind: Metric, id: x, count: {}}"); d.good() != Up || d.grain() != calendar.Week || d.subject() != "person" || !d.Count.patterns()[0].AnyName {
		t.Errorf("%+v", d)
	}
	if d := parse(t, "{kind: Metric, id: x, quantile: {of: cost, currency: TWD}}"); d.Quantile.Q != 0.5 || d.Quantile.Of.Root != costKey || !d.Quantile.isMoney() {
		t.Errorf("%+v", d.Quantile)
	}
	if d := parse(t, "{kind: Metric, id: x, average: {of: properties.seats, per: customer, event: A}}"); d.Average.Of.Root != event.Properties || d.Average.Per != PerCustomer {
		t.Errorf("%+v", d.Average)
	}
}

func TestEveryFaultIsToldWithItsPlace(t *testing.T) {
	_, err := Parse([]byte(`
kind: Metric
id: Big-Orders
unit: "CNY per order"
level: 4
grain: fortnight
cumulative: true
average:
  of: traits.age
  per: account
  when: []
rate: { of: { event: A, when: [{ event: B }] } }
formula: "a +* b"
colour: red
`))
	same(t, []string{
		"id:3 metric.bad-id", "unit:4 formula.bad-unit", "level:5 metric.bad-level", "grain:6 journey.bad-value", "cumulative:7 metric.not-cumulative",
		"average.of:9 metric.bad-amount", "average.per:10 journey.bad-value", "average.when:11 journey.empty",
		"rate.of.when:12 metric.when-and-event", "rate.from:12 journey.required", ":12 metric.two-measures",
	}, faults(t, err)[:11])
	for text, want := range map[string]string{
		"{kind: Metric, id: x}":                                                              ":1 metric.no-measure",
		"{kind: Metric, id: x, sum: {of: value}}":                                            "sum.currency:1 metric.no-currency",
		"{kind: Metric, id: x, sum: {of: properties.n, currency: TWD}}":                      "sum.of:1 metric.no-money",
		"{kind: Metric, id: x, sum: {of: value, currency: 元}}":                               "sum.currency:1 journey.bad-currency",
		"{kind: Metric, id: x, sum: {of: value, currency: TWD, per: customer}}":              "sum.per:1 journey.unknown-field",
		"{kind: Metric, id: x, quantile: {of: value, currency: TWD, q: 2}}":                  "quantile.q:1 metric.bad-quantile",
		"{kind: Metric, id: x, active: {event: A}}":                                          "active.window:1 journey.required",
		"{kind: Metric, id: x, active: {event: A, window: none}}":                            "active.window:1 journey.bad-duration",
		"{kind: Metric, id: x, customers: {atLeast: 0}}":                                     "customers.atLeast:1 metric.bad-times",
		"{kind: Metric, id: x, conversion: {journey: a}}":                                    "conversion.to:1 journey.required",
		"{kind: Metric, id: x, retention: {table: a, interval: 0}}":                          "retention.interval:1 metric.bad-interval",
		"{kind: Metric, id: x, formula: 'a % b'}":                                            "formula:1 ",
		"{kind: Metric, id: and, count: {}}":                                                 "id:1 metric.bad-id",
		"{kind: Metric, id: x, count: {when: [" + strings.Repeat("{event: A}, ", 33) + "]}}": "count.when:1 journey.too-many",
	} {
		_, err := Parse([]byte(text))
		if got := faults(t, err); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}
