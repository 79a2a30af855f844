package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/journey/retention"
)

const again = `{"kind":"Retention","id":"again","name":{"en":"Who comes back","zh-Hant":"誰回來"},"start":{},"return":{"event":"Order Paid"},"period":"week","intervals":5}`

func (c *company) againAgreed() {
	c.t.Helper()
	c.admin.ok("PUT", "/api/v1/definitions/Retention/again", map[string]any{"body": json.RawMessage(again), "reason": "to see"}, header{"If-Match", `"0"`})
}

func TestADraftAStoredTableAndAnAddressGiveTheSameNumbers(t *testing.T) {
	c := teaShop(t)
	c.againAgreed()
	question := func(key string, value any) map[string]any {
		return map[string]any{key: value, "from": "2026-11-03", "asOf": "2026-11-24T08:00:00Z", "segment": map[string]any{"value": map[string]any{"gte": 15}}}
	}
	stored := asked(c.admin.ok("POST", "/api/v1/measure", question("retentionId", "again")))
	var a retention.Answer
	c.admin.ok("POST", "/api/v1/measure", question("retentionId", "again")).into(&a)
	if a.Timezone != "Asia/Taipei" || a.Rows[0].From != "2026-11-02T00:00:00+08:00" || a.Rows[0].Counts[0] < 5 || a.Rows[0].Counts[1] < 1 || len(a.Rows) != 5 || !a.Rows[0].Partial || *a.Definition.Version != 1 {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff(stored, asked(c.admin.ok("POST", "/api/v1/measure", question("retention", json.RawMessage(again))))); diff != "" {
		t.Errorf("a draft differs (-stored +draft):\n%s", diff)
	}
	query := url.Values{"from": {"2026-11-03"}, "asOf": {"2026-11-24T08:00:00Z"}, "segment": {`{"value":{"gte":15}}`}, "version": {"1"}}
	if diff := cmp.Diff(stored, asked(c.admin.ok("GET", "/api/v1/retentions/again/measure?"+query.Encode(), nil))); diff != "" {
		t.Errorf("the address differs (-stored +address):\n%s", diff)
	}
}

func TestEveryCellOpensToAsManyCustomers(t *testing.T) {
	c := teaShop(t)
	c.againAgreed()
	question := map[string]any{"retentionId": "again", "from": "2026-11-03", "asOf": "2026-11-30T00:00:00Z"}
	var a retention.Answer
	c.admin.ok("POST", "/api/v1/measure", question).into(&a)
	opened := 0
	for i, row := range a.Rows {
		for k, n := range row.Counts {
			question["row"], question["interval"], question["limit"] = i, k, 1000
			var page retention.CustomersPage
			c.admin.ok("POST", "/api/v1/measure/retention-customers", question).into(&page)
			if page.Total != n || len(page.Items) != n {
				t.Errorf("row %d, interval %d: counted %d, %d in the list that says %d", i, k, n, len(page.Items), page.Total)
			}
			for _, item := range page.Items {
				if item.Name == nil || *item.Name != "Guest "+item.ID {
					t.Errorf("%+v has no name", item)
				}
			}
			opened += n
		}
	}
	if opened < 40 {
		t.Errorf("only %d customers were looked at", opened)
	}
	question["row"], question["interval"], question["search"] = 0, 0, "guest u0"
	var page retention.CustomersPage
	c.admin.ok("POST", "/api/v1/measure/retention-customers", question).into(&page)
	if page.Total == 0 || page.Total == a.Rows[0].Counts[0] {
		t.Errorf("%d of %d are found by their name", page.Total, a.Rows[0].Counts[0])
	}
}

func TestTablesAreListedWithTheirHeadline(t *testing.T) {
	c := teaShop(t)
	c.againAgreed()
	var list struct {
		Items []struct {
			ID, Subject, Period string
			Name                map[string]string
			Version, Intervals  int
			Headline            *struct{ Rate struct{ N int } }
		}
	}
	c.admin.get("/api/v1/retentions", &list)
	if len(list.Items) != 1 || list.Items[0].ID != "again" || list.Items[0].Name["en"] != "Who comes back" || list.Items[0].Period != "week" || list.Items[0].Intervals != 5 || list.Items[0].Subject != "person" {
		t.Errorf("%+v", list.Items)
	}
}

func TestWhatIsWrongWithATableOrItsQuestionIsTold(t *testing.T) {
	c := teaShop(t)
	bad := json.RawMessage(`{"kind":"Retention","id":"again","start":{},"return":{"evnt":"x"},"period":"week","mode":"rolling24h","intervals":5}`)
	for want, body := range map[string]map[string]any{
		"422 return.evnt mode": {"retention": bad},
		"422 breakdown":        {"retention": json.RawMessage(again), "breakdown": []string{"channel"}},
		"422 journeyId":        {"retention": json.RawMessage(again), "journeyId": "shop"},
		"422 from":             {"retention": json.RawMessage(again), "from": "soon"},
		"404":                  {"retentionId": "nobody"},
	} {
		if got := faultPaths(c.admin.ask("POST", "/api/v1/measure", body)); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
	if got := faultPaths(c.admin.ask("POST", "/api/v1/measure/retention-customers", map[string]any{"retention": json.RawMessage(again), "row": 3, "interval": 2})); got != "422 interval" {
		t.Error(got)
	}
	put := c.admin.ask("PUT", "/api/v1/definitions/Retention/again", map[string]any{"body": bad, "reason": "to see"}, header{"If-Match", `"0"`})
	if got := faultPaths(put); got != "422 return.evnt mode" {
		t.Error(got)
	}
}

func TestAViewerSeesStoredTablesAndNobodyInThem(t *testing.T) {
	c := teaShop(t)
	c.againAgreed()
	viewer := c.member(access.Viewer)
	for want, body := range map[int]map[string]any{
		http.StatusOK:        {"retentionId": "again"},
		http.StatusForbidden: {"retention": json.RawMessage(again)},
	} {
		if a := viewer.ask("POST", "/api/v1/measure", body); a.StatusCode != want {
			t.Errorf("%v: %d %s", body, a.StatusCode, a.text)
		}
	}
	few := map[string]any{"retentionId": "again", "segment": map[string]any{"traits.name": "Guest u01"}}
	if a := viewer.ask("POST", "/api/v1/measure", few); a.StatusCode != http.StatusForbidden {
		t.Errorf("a segment of one: %d %s", a.StatusCode, a.text)
	}
	if a := viewer.ask("POST", "/api/v1/measure/retention-customers", map[string]any{"retentionId": "again", "row": 0, "interval": 0}); a.StatusCode != http.StatusForbidden {
		t.Errorf("customers: %d %s", a.StatusCode, a.text)
	}
}
