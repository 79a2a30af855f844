package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
)

// explained is what these tests read of an explanation.
type explained struct {
	Kind, ID, Hash, Status, Rule string
	Unit                         *string
	MadeOf, SpokenOfBy           []struct {
		Kind, ID string
		Name     any
		Version  *int
	}
	History []struct {
		Version        int
		Author, Reason string
		Deleted        bool
	}
	Plan *struct {
		Words []string
		Scans []struct{ Metric, SQL string }
	}
	Body map[string]any
}

func (e explained) relations() string {
	text := ""
	for _, of := range e.MadeOf {
		text += fmt.Sprintf("of %s %s %v %t; ", of.Kind, of.ID, of.Name, of.Version != nil)
	}
	for _, by := range e.SpokenOfBy {
		text += fmt.Sprintf("by %s %s %v %d; ", by.Kind, by.ID, by.Name, *by.Version)
	}
	return text
}

func TestTheCatalogueNamesWhatThereIsToAskAbout(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	c.againAgreed()
	viewer := c.member(access.Viewer)
	var list struct {
		Items []struct {
			Kind, ID, Hash, Status string
			Name                   any
			Unit                   *string
			Owner                  []string
			Version                int
		}
	}
	entries := func(path string) string {
		viewer.get(path, &list)
		text := ""
		for _, i := range list.Items {
			unit := "null"
			if i.Unit != nil {
				unit = *i.Unit
			}
			text += fmt.Sprintf("%s %s %v %s %v %d %s %t\n", i.Kind, i.ID, i.Name, unit, i.Owner, i.Version, i.Status, strings.HasPrefix(i.Hash, "sha256:"))
		}
		return text
	}
	metrics := "Metric buyers map[en:Buyers zh-Hant:買家] customer [] 1 proposed true\n" +
		"Metric each each order/customer [sales] 1 proposed true\nMetric sales sales order [] 1 proposed true\n"
	if diff := cmp.Diff(metrics, entries("/api/v1/catalogue?kind=Metric")); diff != "" {
		t.Error(diff)
	}
	all := "Journey shop shop null [sales] 1 proposed true\n" + metrics + "Retention again map[en:Who comes back zh-Hant:誰回來] null [] 1 proposed true\n"
	if diff := cmp.Diff(all, entries("/api/v1/catalogue")); diff != "" {
		t.Error(diff)
	}
	viewer.refused(http.StatusUnprocessableEntity, "ledger.kind", "GET", "/api/v1/catalogue?kind=Horoscope", nil)
}

func TestADefinitionIsExplainedWhole(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	c.metricAgreed("rate", `{"kind":"Metric","id":"rate","conversion":{"journey":"shop","to":"order"}}`)
	explain := func(path string, headers ...header) (e explained) {
		c.admin.ok("GET", "/api/v1/definitions/"+path+"/explanation", nil, headers...).into(&e)
		return e
	}
	each := explain("Metric/each", header{"Accept-Language", "zh-Hant"})
	if each.Rule != "逐期計算 sales / buyers。任一部分未知，或需除以零時，結果為未知。以週為一期。" || *each.Unit != "order/customer" || each.Body["formula"] != "sales / buyers" {
		t.Errorf("%+v", each)
	}
	if len(each.History) != 1 || each.History[0].Author != "Ada" || each.History[0].Reason != "to see" {
		t.Errorf("%+v", each.History)
	}
	// What is read for it is told in words, and by which SQL.
	if p := each.Plan; p == nil || len(p.Words) != 5 || !strings.HasPrefix(p.Words[1], "sales: 讀取「Order Paid」") || len(p.Scans) != 2 ||
		p.Scans[1].Metric != "buyers" || !strings.Contains(p.Scans[1].SQL, "FROM events WHERE") {
		t.Errorf("%+v", p)
	}
	if p := explain("Metric/rate").Plan; p == nil || len(p.Words) != 1 || len(p.Scans) != 0 {
		t.Errorf("%+v", p)
	}
	if p := explain("Journey/shop").Plan; p != nil {
		t.Errorf("%+v", p)
	}
	for path, want := range map[string]string{
		"Metric/each":  "of Metric sales sales true; of Metric buyers map[en:Buyers zh-Hant:買家] true; ",
		"Metric/sales": "by Metric each each 1; ",
		"Metric/rate":  "of Journey shop shop true; ",
		"Journey/shop": "by Metric rate rate 1; ",
	} {
		if got := explain(path).relations(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	// What was deleted is named still, and explained with its history.
	c.admin.ok("DELETE", "/api/v1/definitions/Metric/sales", map[string]any{"reason": "no more"}, header{"If-Match", `"1"`})
	if got := explain("Metric/each"); got.relations() != "of Metric sales sales false; of Metric buyers map[en:Buyers zh-Hant:買家] true; " || *got.Unit != "" {
		t.Errorf("%+v", got)
	}
	if got := explain("Metric/sales"); len(got.History) != 2 || !got.History[0].Deleted || got.History[0].Reason != "no more" {
		t.Errorf("%+v", got.History)
	}
	if got := explain("Metric/sales"); !strings.HasPrefix(got.Rule, "Counts the events “Order Paid” in the period.") {
		t.Errorf("%s", got.Rule)
	}
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "GET", "/api/v1/definitions/Metric/nobody/explanation", nil)
}
