package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/metric"
	"beichen/internal/tree"
)

const teaTree = `{"kind":"Tree","id":"company","name":{"en":"Tea"},"stars":[{"metric":"each"}],"outcomes":["sales"],
	"objectives":[{"id":"grow","strategies":[{"id":"s","steps":[{"journey":"shop","stage":"order"}],"measures":[{"metric":"buyers"}]}]}]}`

func (c *company) treeAgreed() {
	c.t.Helper()
	c.metricsAgreed()
	c.admin.ok("PUT", "/api/v1/definitions/Tree/company", map[string]any{"body": json.RawMessage(teaTree), "reason": "to see"}, header{"If-Match", `"0"`})
}

// measuredTree is what these tests read of an answer.
type measuredTree struct {
	Definition struct{ Version *int }
	Nodes      []struct {
		Metric  string
		Value   *metric.Point
		Periods []metric.Point
		Trust   tree.Trust
		Problem *string
	}
	Edges []tree.Edge
}

func TestATreeIsTheSameNumbersAsItsMetrics(t *testing.T) {
	c := teaShop(t)
	c.treeAgreed()
	const at = "2026-11-24T08:00:00Z"
	stored := asked(c.admin.ok("GET", "/api/v1/trees/company/measure?"+url.Values{"asOf": {at}}.Encode(), nil))
	draft := asked(c.admin.ok("POST", "/api/v1/measure/tree", map[string]any{"tree": json.RawMessage(teaTree), "asOf": at}))
	if diff := cmp.Diff(stored, draft); diff != "" {
		t.Errorf("a draft differs (-stored +draft):\n%s", diff)
	}
	var a measuredTree
	c.admin.ok("POST", "/api/v1/measure/tree", map[string]any{"treeId": "company", "asOf": at}).into(&a)
	if len(a.Nodes) != 3 || *a.Definition.Version != 1 || len(a.Edges) != 2 {
		t.Fatalf("%+v", a)
	}
	for _, n := range a.Nodes {
		var alone metric.Answer
		c.admin.ok("POST", "/api/v1/measure", map[string]any{"metricId": n.Metric, "asOf": at}).into(&alone)
		if diff := cmp.Diff(alone.Periods, n.Periods); diff != "" || n.Trust.State != tree.NotAgreed {
			t.Errorf("%s %+v: %s", n.Metric, n.Trust, diff)
		}
	}
	var list struct{ Items []struct{ ID, Star string } }
	c.admin.get("/api/v1/trees", &list)
	if fmt.Sprint(list.Items) != "[{company each}]" {
		t.Error(list)
	}
}

func TestAnApprovedMetricDriftsWhenItsPartsChange(t *testing.T) {
	c := teaShop(t)
	c.treeAgreed()
	trust := func() string {
		var a measuredTree
		c.admin.get("/api/v1/trees/company/measure", &a)
		out := ""
		for _, n := range a.Nodes {
			out += n.Metric + " " + string(n.Trust.State)
			for _, changed := range n.Trust.Changed {
				out += fmt.Sprintf(" (%s %d by %s: %s)", changed.ID, changed.Version, changed.By, changed.Reason)
			}
			out += "; "
		}
		return out
	}
	c.admin.ok("POST", "/api/v1/definitions/Metric/each/approve", map[string]any{"version": 1, "reason": "yes"}, header{"If-Match", `"1"`})
	if got := trust(); got != "each approved; sales proposed; buyers proposed; " {
		t.Error(got)
	}
	c.admin.ok("PUT", "/api/v1/definitions/Metric/sales", map[string]any{"body": json.RawMessage(strings.Replace(sales, `{"event"`, `{"where":{"value":{"gte":1}},"event"`, 1)),
		"reason": "only paid ones"}, header{"If-Match", `"1"`})
	if got := trust(); got != "each drifted (sales 2 by Ada: only paid ones); sales proposed; buyers proposed; " {
		t.Error(got)
	}
	// It still holds: nothing was written anew, and who said so is in the history.
	again := revisionOf(c.admin.ok("POST", "/api/v1/definitions/Metric/each/approve", map[string]any{"version": 1, "reason": "paid ones are meant"}))
	if again.Version != 1 || len(again.Approvals) != 2 || again.ApprovalReason != "paid ones are meant" || again.Approvals[0].Reason != "yes" {
		t.Errorf("%+v", again)
	}
	if got := trust(); got != "each approved; sales proposed; buyers proposed; " {
		t.Error(got)
	}
	c.admin.refused(http.StatusConflict, "ledger.stale", "POST", "/api/v1/definitions/Metric/sales/approve", map[string]any{"version": 1, "reason": "the old one"})
}

func TestATreeIsHeldToTheLedger(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	bad := strings.NewReplacer(`"sales"`, `"nothing"`, `"order"`, `"love"`).Replace(teaTree)
	p := c.admin.refused(http.StatusUnprocessableEntity, "tree.invalid", "PUT", "/api/v1/definitions/Tree/company",
		map[string]any{"body": json.RawMessage(bad), "reason": "to see"}, header{"If-Match", `"0"`})
	if len(p.Faults) != 2 || p.Faults[0].Path != "outcomes[0]" || p.Faults[1].Path != "objectives[0].strategies[0].steps[0].stage" {
		t.Errorf("%+v", p.Faults)
	}
	c.admin.refused(http.StatusUnprocessableEntity, "tree.no-tree", "POST", "/api/v1/measure/tree", map[string]any{})
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "GET", "/api/v1/trees/company/measure", nil)
	var a measuredTree
	c.admin.ok("POST", "/api/v1/measure/tree", map[string]any{"tree": json.RawMessage(bad)}).into(&a) // drawn before it is agreed
	said := 0
	for _, n := range a.Nodes {
		if n.Problem != nil {
			said++
		}
	}
	if said != 1 {
		t.Errorf("%d problems", said)
	}
}

func TestWhyIsAskedOfAStoredMetric(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	question := map[string]any{"before": "2026-11-02", "after": "2026-11-09", "asOf": "2026-11-24T08:00:00Z", "dimensions": []string{"channel", "traits.name"}}
	var e tree.Explanation
	c.admin.ok("POST", "/api/v1/metrics/sales/why", question).into(&e)
	if e.Change == nil || len(e.Dimensions) != 2 || e.Dimensions[0].Problem != nil {
		t.Fatalf("%+v", e)
	}
	for _, d := range e.Dimensions {
		sum := d.Overlap
		for _, s := range d.Segments {
			sum += s.Change
		}
		if sum != *e.Change {
			t.Errorf("%s: %g of %g", d.Dimension, sum, *e.Change)
		}
	}
	var each tree.Explanation
	c.admin.ok("POST", "/api/v1/metrics/each/why", question).into(&each)
	if len(each.Parts) != 2 || each.Change == nil {
		t.Errorf("%+v", each)
	}
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "POST", "/api/v1/metrics/nobody/why", map[string]any{})
	c.admin.refused(http.StatusUnprocessableEntity, "journey.invalid-question", "POST", "/api/v1/metrics/sales/why", map[string]any{"before": "2026-11-02"})
}

func TestAViewerSeesTreesAndNobodyInThem(t *testing.T) {
	c := teaShop(t)
	c.treeAgreed()
	viewer := c.member(access.Viewer)
	viewer.ok("GET", "/api/v1/trees/company/measure", nil)
	few := map[string]any{"traits.name": "Guest u01"}
	for want, body := range map[string]map[string]any{
		"access.forbidden": {"tree": json.RawMessage(teaTree)},
		"access.too-few":   {"treeId": "company", "segment": few},
	} {
		viewer.refused(http.StatusForbidden, want, "POST", "/api/v1/measure/tree", body)
	}
	why := map[string]any{"before": "2026-11-02", "after": "2026-11-09", "dimensions": []string{"traits.name"}}
	var all, seen tree.Explanation
	c.admin.ok("POST", "/api/v1/metrics/sales/why", why).into(&all)
	viewer.ok("POST", "/api/v1/metrics/sales/why", why).into(&seen)
	if len(all.Dimensions[0].Segments) < 5 || len(seen.Dimensions[0].Segments) != 1 || !seen.Dimensions[0].Segments[0].Others || *all.Change != *seen.Change {
		t.Errorf("an admin sees %d values, a viewer %+v", len(all.Dimensions[0].Segments), seen.Dimensions[0].Segments)
	}
	why["segment"] = few
	viewer.refused(http.StatusForbidden, "access.too-few", "POST", "/api/v1/metrics/sales/why", why)
}

func TestStartersAreGivenWithAllTheySpeakOf(t *testing.T) {
	var list struct{ Items []tree.Starter }
	open(t).admin.get("/api/v1/trees/starters", &list)
	if len(list.Items) != len(tree.Models) {
		t.Fatalf("%d starters", len(list.Items))
	}
	for _, s := range list.Items {
		if last := s.Definitions[len(s.Definitions)-1]; last.Kind != tree.Kind || len(last.Body) == 0 {
			t.Errorf("%s ends with %s %s", s.Model, last.Kind, last.ID)
		}
	}
}
