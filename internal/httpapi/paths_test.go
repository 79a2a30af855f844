package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/journey/path"
)

type object = map[string]any

func when(name string) object { return object{"when": []object{{"event": name}}} }

func TestPathsAreAskedAndOpenToTheirCustomers(t *testing.T) {
	c := teaShop(t)
	for name, q := range map[string]object{
		"transitions": {"kind": "transitions", "fold": true},
		"after":       {"kind": "after", "anchor": when("Page Viewed"), "steps": 2, "gap": "1d", "occurrence": "every"},
		"before":      {"kind": "before", "journeyId": "shop", "anchor": object{"stage": "order"}, "segment": object{"value": object{"gte": 15}}},
		"between":     {"kind": "between", "journey": jsonOf(shop), "anchor": object{"stage": "visit"}, "until": object{"stage": "order"}, "from": "2026-11-03"},
	} {
		var a path.Answer
		c.admin.ok("POST", "/api/v1/paths", q).into(&a)
		if len(a.Nodes) < 4 || len(a.Links) < 4 || a.Timezone != "Asia/Taipei" {
			t.Fatalf("%s: %d nodes, %d links, %s", name, len(a.Nodes), len(a.Links), a.Timezone)
		}
		for _, l := range a.Links {
			q["link"] = []string{l.From, l.To}
			var page path.Walkers
			c.admin.ok("POST", "/api/v1/paths/customers", q).into(&page)
			if page.Total != l.Customers || page.Items[0].Name == nil || !strings.HasPrefix(*page.Items[0].Name, "Guest ") {
				t.Errorf("%s: %v has %d customers, the list %+v", name, q["link"], l.Customers, page)
			}
		}
		if between := a.Kind == path.Between; between != (a.Rule.Within != nil) || between && *a.Rule.Within != "5d" {
			t.Errorf("%s: within %v", name, a.Rule.Within)
		}
		most := slices.MaxFunc(a.Nodes, func(x, y path.Node) int { return x.Paths - y.Paths })
		q["link"], q["node"], q["search"] = nil, most.ID, "Guest u1"
		var some path.Walkers
		c.admin.ok("POST", "/api/v1/paths/customers", q).into(&some)
		if some.Total == 0 || some.Total >= 60 {
			t.Errorf("%s: %d found by name", name, some.Total)
		}
	}
}

func TestAWrongQuestionAboutPathsIsToldEverythingAtOnce(t *testing.T) {
	c := teaShop(t)
	p := c.admin.refused(http.StatusUnprocessableEntity, "journey.invalid-question", "POST", "/api/v1/paths", object{
		"kind": "between", "journeyId": "shop", "anchor": object{"stage": "nowhere"}, "until": object{"when": []object{{"event": "Order Paid", "where": object{"prop.x": 1}}}},
		"within": "soon", "gap": "-1d", "from": "yesterday"})
	paths := map[string]bool{}
	for _, f := range p.Faults {
		paths[f.Path] = true
	}
	for _, want := range []string{"anchor.stage", "until.when[0].where.prop.x", "within", "gap", "from"} {
		if !paths[want] {
			t.Errorf("nothing is said of %s: %+v", want, p.Faults)
		}
	}
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "POST", "/api/v1/paths", object{"kind": "around", "steps": 11})
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "POST", "/api/v1/paths", object{"kind": "after", "journeyId": "lost", "anchor": object{"stage": "visit"}})
}

// A viewer sees what five or more did, and asks by nothing that could name one.
func TestPathsShowAViewerNobody(t *testing.T) {
	c := teaShop(t)
	viewer := c.member(access.Viewer)
	for _, q := range []object{
		{"kind": "transitions"},
		{"kind": "after", "anchor": when("Cup Tasted"), "occurrence": "every", "steps": 6},
		{"kind": "between", "journeyId": "shop", "anchor": object{"stage": "visit"}, "until": object{"stage": "order"}},
	} {
		var all, shown path.Answer
		c.admin.ok("POST", "/api/v1/paths", q).into(&all)
		viewer.ok("POST", "/api/v1/paths", q).into(&shown)
		nodes := map[string]bool{}
		for _, n := range shown.Nodes {
			nodes[n.ID] = true
			if n.Customers != nil && *n.Customers < 5 {
				t.Errorf("%v: %s shows %d customers", q["kind"], n.ID, *n.Customers)
			}
		}
		for _, l := range shown.Links {
			if l.Customers < 5 || !nodes[l.From] || !nodes[l.To] {
				t.Errorf("%v: %+v is shown", q["kind"], l)
			}
		}
		want := 0
		for _, l := range all.Links {
			if l.Customers >= 5 {
				want++
			}
		}
		if len(shown.Links) != want || want == 0 || want == len(all.Links) {
			t.Errorf("%v: of %d links %d are of five or more, %d shown", q["kind"], len(all.Links), want, len(shown.Links))
		}
	}
	viewer.refused(http.StatusForbidden, "access.forbidden", "POST", "/api/v1/paths",
		object{"kind": "after", "anchor": object{"when": []object{{"event": "Order Paid", "where": object{"traits.name": "Guest u07"}}}}})
	viewer.refused(http.StatusForbidden, "access.forbidden", "POST", "/api/v1/paths",
		object{"kind": "after", "journey": jsonOf(shop), "anchor": object{"stage": "visit"}})
	viewer.refused(http.StatusForbidden, "access.too-few", "POST", "/api/v1/paths",
		object{"kind": "transitions", "segment": object{"traits.name": "Guest u07"}})
	viewer.refused(http.StatusForbidden, "access.forbidden", "POST", "/api/v1/paths/customers", object{"kind": "transitions", "node": "0/event/Order Paid"})
}
