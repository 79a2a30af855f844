package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/metric"
)

const (
	sales  = `{"kind":"Metric","id":"sales","unit":"order","count":{"event":"Order Paid"}}`
	buyers = `{"kind":"Metric","id":"buyers","name":{"en":"Buyers","zh-Hant":"買家"},"customers":{"event":"Order Paid"}}`
	each   = `{"kind":"Metric","id":"each","good":"down","level":2,"owner":["sales"],"formula":"sales / buyers"}`
)

// metricsAgreed stores the three, each after those that it speaks of.
func (c *company) metricsAgreed() {
	c.t.Helper()
	for id, body := range map[string]string{"sales": sales, "buyers": buyers} {
		c.metricAgreed(id, body)
	}
	c.metricAgreed("each", each)
}

func (c *company) metricAgreed(id, body string) {
	c.t.Helper()
	c.admin.ok("PUT", "/api/v1/definitions/Metric/"+id, map[string]any{"body": json.RawMessage(body), "reason": "to see"}, header{"If-Match", `"0"`})
}

func TestADraftAStoredMetricAndAnAddressGiveTheSameNumbers(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	question := func(key string, value any) map[string]any {
		return map[string]any{key: value, "from": "2026-11-03", "asOf": "2026-11-24T08:00:00Z", "breakdown": []string{"channel"}, "segment": map[string]any{"value": map[string]any{"gte": 15}}}
	}
	stored := asked(c.admin.ok("POST", "/api/v1/measure", question("metricId", "each")))
	var a metric.Answer
	c.admin.ok("POST", "/api/v1/measure", question("metricId", "each")).into(&a)
	if a.Timezone != "Asia/Taipei" || a.Periods[0].From != "2026-11-02T00:00:00+08:00" || len(a.Periods) != 4 || !a.Periods[3].Partial || a.Unit != "order/customer" ||
		a.Good != metric.Down || *a.Definition.Version != 1 || len(a.Breakdown) < 2 || len(a.Inputs) != 2 || *a.Inputs[1].Definition.Version != 1 || *a.Periods[0].Value < 1 {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff(stored, asked(c.admin.ok("POST", "/api/v1/measure", question("metric", json.RawMessage(each))))); diff != "" {
		t.Errorf("a draft differs (-stored +draft):\n%s", diff)
	}
	query := url.Values{"from": {"2026-11-03"}, "asOf": {"2026-11-24T08:00:00Z"}, "segment": {`{"value":{"gte":15}}`}, "breakdown": {"channel"}, "version": {"1"}}
	if diff := cmp.Diff(stored, asked(c.admin.ok("GET", "/api/v1/metrics/each/measure?"+query.Encode(), nil))); diff != "" {
		t.Errorf("the address differs (-stored +address):\n%s", diff)
	}
}

func TestEveryPeriodOpensToAsManyCustomers(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	question := map[string]any{"metricId": "buyers", "from": "2026-11-03", "asOf": "2026-11-30T00:00:00Z", "breakdown": []string{"channel"}}
	var a metric.Answer
	c.admin.ok("POST", "/api/v1/measure", question).into(&a)
	opened := 0
	for _, row := range a.Breakdown {
		for i, p := range row.Periods {
			question["period"], question["breakdownValue"], question["limit"] = i, row.Value, 1000
			var page metric.CustomersPage
			c.admin.ok("POST", "/api/v1/measure/metric-customers", question).into(&page)
			if page.Total != p.Customers || len(page.Items) != p.Customers {
				t.Errorf("row %v, period %d: counted %d, %d in the list that says %d", row.Value, i, p.Customers, len(page.Items), page.Total)
			}
			for _, item := range page.Items {
				if item.Name == nil || *item.Name != "Guest "+item.ID {
					t.Errorf("%+v has no name", item)
				}
			}
			opened += page.Total
		}
	}
	if opened < 20 {
		t.Errorf("only %d customers were looked at", opened)
	}
}

func TestMetricsAreListedWithTheirPeriods(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	c.metricAgreed("lost", `{"kind":"Metric","id":"lost","conversion":{"journey":"shop","to":"order"}}`)
	c.admin.ok("DELETE", "/api/v1/definitions/Journey/shop", map[string]any{"reason": "to see"}, header{"If-Match", `"1"`})
	var list struct {
		Items []struct {
			ID, Unit, Good, Grain, Status string
			Name                          any
			Level                         int
			Periods                       []metric.Point
			Problem                       *string
		}
	}
	c.admin.get("/api/v1/metrics", &list)
	got := ""
	for _, i := range list.Items {
		got += fmt.Sprintf("%s %v %s %s %s %d %d %t\n", i.ID, i.Name, i.Unit, i.Good, i.Grain, i.Level, len(i.Periods), i.Problem != nil)
	}
	want := "buyers map[en:Buyers zh-Hant:買家] customer up week 0 26 false\neach each order/customer down week 2 26 false\n" +
		"lost lost  up week 0 0 true\nsales sales order up week 0 26 false\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongWithAMetricOrItsQuestionIsTold(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	bad := json.RawMessage(`{"kind":"Metric","id":"each","cont":{},"level":7}`)
	cycle := json.RawMessage(`{"kind":"Metric","id":"sales","formula":"each * 2"}`)
	for want, body := range map[string]map[string]any{
		"422 cont level ": {"metric": bad},
		"422 formula":     {"metric": cycle},
		"422 journeyId":   {"metric": json.RawMessage(sales), "journeyId": "shop"},
		"422 from":        {"metric": json.RawMessage(sales), "from": "soon"},
		"404":             {"metricId": "nobody"},
		"422 breakdown":   {"metricId": "sales", "breakdown": []string{"nonsense"}},
		"422 customers":   {"metricId": "sales", "customers": true},
	} {
		if got := faultPaths(c.admin.ask("POST", "/api/v1/measure", body)); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
	if got := faultPaths(c.admin.ask("POST", "/api/v1/measure/metric-customers", map[string]any{"metricId": "each", "period": 99})); got != "422 period metric" {
		t.Error(got)
	}
	put := c.admin.ask("PUT", "/api/v1/definitions/Metric/sales", map[string]any{"body": cycle, "reason": "to see"}, header{"If-Match", `"1"`})
	if got := faultPaths(put); got != "422 formula" {
		t.Error(got)
	}
}

func TestAFaultOfAFormulaIsToldWithItsColumn(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	for formula, want := range map[string]int{"buyers * nothing": 10, "buyers + 1": 8, "2 * buyers + sales": 14, "(buyers": 1} {
		var told struct {
			Faults []struct {
				Path   string
				Column int
			}
		}
		body := fmt.Sprintf(`{"kind":"Metric","id":"sales","formula":%q}`, formula)
		c.admin.ask("POST", "/api/v1/measure", map[string]any{"metric": json.RawMessage(body)}).into(&told)
		if len(told.Faults) != 1 || told.Faults[0].Path != "formula" || told.Faults[0].Column != want {
			t.Errorf("%s: %+v", formula, told.Faults)
		}
	}
}

func TestAViewerSeesStoredMetricsAndNobodyInThem(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	viewer := c.member(access.Viewer)
	for want, body := range map[int]map[string]any{
		http.StatusOK:        {"metricId": "sales"},
		http.StatusForbidden: {"metric": json.RawMessage(sales)},
	} {
		if a := viewer.ask("POST", "/api/v1/measure", body); a.StatusCode != want {
			t.Errorf("%v: %d %s", body, a.StatusCode, a.text)
		}
	}
	few := map[string]any{"metricId": "sales", "segment": map[string]any{"traits.name": "Guest u01"}}
	if a := viewer.ask("POST", "/api/v1/measure", few); a.StatusCode != http.StatusForbidden {
		t.Errorf("a segment of one: %d %s", a.StatusCode, a.text)
	}
	if a := viewer.ask("POST", "/api/v1/measure/metric-customers", map[string]any{"metricId": "sales", "period": 0}); a.StatusCode != http.StatusForbidden {
		t.Errorf("customers: %d %s", a.StatusCode, a.text)
	}
	// Broken down by a name, every row is a person, however often they bought.
	byName := map[string]any{"metricId": "sales", "breakdown": []string{"traits.name"}, "from": "2026-01-01", "grain": "whole"}
	var all, seen metric.Answer
	c.admin.ok("POST", "/api/v1/measure", byName).into(&all)
	viewer.ok("POST", "/api/v1/measure", byName).into(&seen)
	if len(all.Breakdown) < 10 || len(seen.Breakdown) != 0 {
		t.Errorf("an admin sees %d rows, a viewer %d", len(all.Breakdown), len(seen.Breakdown))
	}
}

func TestACustomersEventsBehindAMetricAreTold(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	question := map[string]any{"metricId": "sales", "from": "2026-11-03", "to": "2026-11-30", "grain": "whole", "asOf": "2026-11-30T00:00:00Z", "period": 0}
	var page metric.CustomersPage
	c.admin.ok("POST", "/api/v1/measure/metric-customers", question).into(&page)
	if page.Total < 5 {
		t.Fatalf("%d customers", page.Total)
	}
	for _, customer := range page.Items {
		question["customer"] = customer.ID
		var trace metric.Trace
		c.admin.ok("POST", "/api/v1/measure/metric-trace", question).into(&trace)
		if len(trace.Events) != customer.Events || trace.Events[0].Event != "Order Paid" || trace.Events[0].Seq == 0 || !trace.Events[0].At.Equal(customer.At) {
			t.Errorf("%+v of %+v", trace.Events, customer)
		}
	}
	c.member(access.Viewer).refused(http.StatusForbidden, "access.forbidden", "POST", "/api/v1/measure/metric-trace", question)
	question["customer"] = "nobody"
	c.admin.refused(http.StatusNotFound, "journey.unknown-customer", "POST", "/api/v1/measure/metric-trace", question)
}
