package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"beichen/internal/access"
)

func TestANumberOpensToThoseWhoWereCounted(t *testing.T) {
	c := agreed(t)
	a := c.withKey(access.APIKeys, access.ScopeRead).overHTTP("en")
	customers := func(arguments map[string]any) proven {
		arguments["limit"] = 1000
		text, structured := a.call("trace", arguments)
		p := provenIn(t, structured)
		if p.Customers.Total != len(p.Customers.Items) || !strings.Contains(text, fmt.Sprintf("Customers behind it: %d; shown: %d.", p.Customers.Total, p.Customers.Total)) {
			t.Errorf("%v: %s", arguments, text)
		}
		return p
	}
	// A metric's number is that of the period, a row's that of the row.
	buyers := customers(map[string]any{"kind": "Metric", "id": "buyers", "period": "2026-11-04"})
	if buyers.Customers.Total != int(*buyers.Number.Value) || buyers.Customers.Total < 5 || buyers.Number.From != "2026-11-02T00:00:00+08:00" {
		t.Errorf("%+v", buyers)
	}
	row := customers(map[string]any{"kind": "Metric", "id": "buyers", "period": "2026-11-04", "breakdown": []string{"channel"}, "breakdownValue": "<web> & \"co\" 茶"})
	if row.Customers.Total != 1 || *row.Number.Value != 1 || row.Number.N != 1 {
		t.Errorf("%+v", row)
	}
	nobody := customers(map[string]any{"kind": "Metric", "id": "buyers", "period": "2026-11-04", "breakdown": []string{"channel"}, "breakdownValue": "fax"})
	if nobody.Customers.Total != 0 || nobody.Number.Value != nil || nobody.Number.From == "" {
		t.Errorf("%+v", nobody)
	}
	share := map[string]any{"kind": "Metric", "id": "share", "period": "2026-11-04", "only": "did"}
	did := customers(share).Customers.Total
	share["only"] = "didNot"
	if p := customers(share); did+p.Customers.Total != p.Number.N || did == 0 {
		t.Errorf("%d did and %d did not, of %d", did, p.Customers.Total, p.Number.N)
	}
	// Without a period the number is the last that will not change.
	_, structured := a.call("measure", map[string]any{"kind": "Metric", "id": "sales", "asOf": "2026-11-18T00:00:00Z"})
	if p := provenIn(t, structured); p.Number.From != "2026-11-09T00:00:00+08:00" || p.Number.Partial {
		t.Errorf("%+v", p.Number)
	}
	// A journey's stages and a table's cohorts are what measure tells.
	_, structured = a.call("measure", map[string]any{"kind": "Journey", "id": "shop"})
	var shop struct {
		Answer struct {
			Entered, Excluded int
			Stages            []struct {
				ID               string
				Reached, Pending int
			}
		}
	}
	if err := json.Unmarshal(structured, &shop); err != nil {
		t.Fatal(err)
	}
	for _, stage := range shop.Answer.Stages {
		for state, want := range map[string]int{"reached": stage.Reached, "pending": stage.Pending, "excluded": shop.Answer.Excluded} {
			p := customers(map[string]any{"kind": "Journey", "id": "shop", "stage": stage.ID, "state": state})
			if p.Customers.Total != want || *p.Number.Value != float64(want) || p.Number.N != want {
				t.Errorf("%s %s: %+v, want %d", stage.ID, state, p.Number, want)
			}
		}
	}
	cohort := map[string]any{"kind": "Retention", "id": "again", "from": "2026-11-04", "interval": 0}
	started := customers(cohort).Customers.Total
	cohort["interval"] = 1
	if back := customers(cohort).Customers.Total; started != 11 || back < 1 || back >= started {
		t.Errorf("%d of %d came back", back, started)
	}
	for _, of := range []map[string]any{{"kind": "Metric", "id": "sales", "period": "2026-11-05"}, {"kind": "Journey", "id": "shop"}} {
		of["customer"] = "u01"
		text, structured := a.call("trace", of)
		if p := provenIn(t, structured); len(p.Trace.Events) == 0 || !strings.Contains(text, "Order Paid") {
			t.Errorf("%v: %s", of, text)
		}
	}
}

func TestWhatIsWrongWithAToolsArgumentsIsToldInTheCallersLanguage(t *testing.T) {
	c := agreed(t)
	c.metricAgreed("back", `{"kind":"Metric","id":"back","retention":{"table":"again","interval":1}}`)
	ask := func(kind, id string, more ...any) map[string]any {
		q := map[string]any{"kind": kind, "id": id}
		for i := 0; i < len(more); i += 2 {
			q[more[i].(string)] = more[i+1]
		}
		return q
	}
	for _, r := range []struct {
		tool      string
		arguments any
		says      map[string]string
	}{
		{"measure", map[string]any{"kind": "Metric", "version": "two", "nonsense": 1, "breakdown": "channel", "from": 3}, map[string]string{
			"en":      "breakdown: It is a list.\nfrom: It is a text.\nid: This is required.\nnonsense: this tool has no such argument\nversion: It is a whole number.\n",
			"zh-Hant": "breakdown: 必須是清單（陣列）。\nfrom: 必須是文字。\nid: 必須提供這一項。\nnonsense: 這個工具沒有這個參數\nversion: 必須是整數。\n",
			"zh-Hans": "id: 该项为必填项。\nnonsense: 该工具没有这个参数\n"}},
		{"measure", ask("Horoscope", "x"), map[string]string{"en": "kind: It is one of: Metric, Journey, Retention."}},
		{"explain", ask("Horoscope", "x"), map[string]string{"zh-Hant": "kind: 只能是下列之一：Metric, Journey, Retention, Tree。"}},
		{"list", map[string]any{"kind": "Horoscope"}, map[string]string{"en": "no definitions of the kind “Horoscope”"}},
		{"measure", ask("Metric", "nobody"), map[string]string{"en": "There is no Metric “nobody”.\nLook it up", "zh-Hant": "找不到 Metric「nobody」。\n請在同類清單中尋找。", "zh-Hans": "找不到 Metric“nobody”。"}},
		{"explain", ask("Metric", "../keys"), map[string]string{"en": "There is no Metric “../keys”."}},
		{"measure", ask("Metric", "sales", "version", 7), map[string]string{"en": "no version 7"}},
		{"measure", ask("Metric", "sales", "grain", "fortnight"), map[string]string{"en": "grain: It is one of: hour, day"}},
		{"measure", ask("Metric", "sales", "from", "soon"), map[string]string{"en": "from: "}},
		{"measure", ask("Metric", "sales", "from", "2026-11-01", "period", "2026-11-01"), map[string]string{"en": "period: names the one period"}},
		{"measure", ask("Metric", "sales", "breakdown", []string{"nonsense"}), map[string]string{"zh-Hans": "breakdown: "}},
		{"measure", ask("Metric", "sales", "segment", map[string]any{"nonsense": 1}), map[string]string{"en": "nonsense"}},
		{"measure", ask("Metric", "sales", "segment", "channel"), map[string]string{"en": "segment: "}},
		{"measure", ask("Journey", "shop", "grain", "day", "period", "2026-11-01"), map[string]string{"en": "grain: a question about a Journey has no such argument\nperiod: a question"}},
		{"measure", ask("Retention", "again", "breakdown", []string{"channel"}), map[string]string{"zh-Hant": "breakdown: 問 Retention 時沒有這個參數"}},
		{"trace", ask("Metric", "each"), map[string]string{"en": "open one of sales, buyers"}},
		{"trace", ask("Metric", "back", "customer", "u01"), map[string]string{"en": "open the customer's timeline"}},
		{"trace", ask("Metric", "sales", "stage", "order", "interval", 1), map[string]string{"en": "interval: a question about a Metric has no such argument\nstage: "}},
		{"trace", ask("Metric", "sales", "customer", "nobody"), map[string]string{"en": "nobody"}},
		{"trace", ask("Metric", "sales", "only", "perhaps"), map[string]string{"en": "only: It is one of: did, didNot."}},
		{"trace", ask("Metric", "sales", "breakdownValue", "mail"), map[string]string{"en": "breakdownValue: "}},
		{"trace", ask("Journey", "shop", "stage", "heaven"), map[string]string{"en": "stage: "}},
		{"trace", ask("Journey", "shop", "state", "asleep"), map[string]string{"en": "state: It is one of: reached, pending, left, excluded."}},
		{"trace", ask("Retention", "again", "from", "2026-11-04"), map[string]string{"en": "from: say whom to list"}},
		{"trace", ask("Retention", "again", "customer", "u01", "from", "2026-11-04", "interval", 0), map[string]string{"en": "customer: a question about a Retention has no such argument"}},
	} {
		for language, says := range r.says {
			if got := c.admin.overHTTP(language).refused(r.tool, r.arguments); !strings.Contains(got, says) {
				t.Errorf("%s %v in %s: %q does not say %q", r.tool, r.arguments, language, got, says)
			}
		}
	}
}

func TestAnAssistantSeesWhatItsCallerMay(t *testing.T) {
	c := agreed(t)
	c.assistantSeesNobody(c.member(access.Viewer))
	c.assistantSeesNobody(c.withKey(access.APIKeys, access.ScopeMeasure))
	ping := map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
	accept := header{"Accept", "application/json, text/event-stream"}
	for who, caller := range map[string]*client{"a stranger": c.stranger(), "a key for capture": c.withKey(access.WriteKeys, access.ScopeCapture)} {
		if a := caller.ask("POST", "/mcp", ping, accept); a.StatusCode != http.StatusUnauthorized || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", who, a.StatusCode, a.text)
		}
	}
	c.admin.refused(http.StatusForbidden, "api.cross-site", "POST", "/mcp", ping, accept, header{"Sec-Fetch-Site", "cross-site"})
	reader := c.withKey(access.APIKeys, access.ScopeRead)
	if a := reader.ask("POST", "/mcp", ping, accept, header{"Host", "beichen.example.com"}); a.StatusCode != http.StatusOK {
		t.Errorf("behind a proxy on this machine: %d %s", a.StatusCode, a.text)
	}
}

// assistantSeesNobody holds an assistant to what its caller may see: numbers, and no
// customer by themselves.
func (c *company) assistantSeesNobody(of *client) {
	t, viewer := c.t, of.overHTTP("en")
	viewer.call("list", nil)
	viewer.call("explain", map[string]any{"kind": "Metric", "id": "sales"})
	byName := map[string]any{"kind": "Metric", "id": "sales", "breakdown": []string{"traits.name"}, "period": "2026-11-04"}
	text, structured := viewer.call("measure", byName)
	if p := provenIn(t, structured); len(p.Answer["breakdown"].([]any)) != 0 || strings.Contains(text, "Guest") || strings.Contains(string(structured), "Guest") {
		t.Errorf("a viewer's assistant reads people: %s", text)
	}
	if _, structured := c.admin.overHTTP("en").call("measure", byName); !strings.Contains(string(structured), "Guest") {
		t.Error("an admin's reads none either")
	}
	for _, who := range []map[string]any{
		{"kind": "Metric", "id": "sales"}, {"kind": "Metric", "id": "sales", "customer": "u01"}, {"kind": "Journey", "id": "shop"},
		{"kind": "Journey", "id": "shop", "customer": "u01"}, {"kind": "Retention", "id": "again", "from": "2026-11-04", "interval": 0},
	} {
		if got := viewer.refused("trace", who); !strings.Contains(got, " may not do this.\n") {
			t.Errorf("%v: %q", who, got)
		}
	}
	for _, kind := range []map[string]any{{"kind": "Metric", "id": "sales"}, {"kind": "Journey", "id": "shop"}, {"kind": "Retention", "id": "again"}} {
		kind["segment"] = map[string]any{"traits.name": "Guest u01"}
		if got := viewer.refused("measure", kind); !strings.HasPrefix(got, "This would single out fewer than 5 customers.\n") {
			t.Errorf("a segment of one: %s", got)
		}
	}
}

// An assistant that asks about the tree is told how it stands, by the numbers that
// the screen shows, and what each metric is called to ask on.
func TestAnAssistantIsToldATreeInShort(t *testing.T) {
	c := teaShop(t)
	c.treeAgreed()
	for language, says := range map[string][]string{
		"en":      {"The North Star:\n- each: ", "What the company wants:\n- ", "Not to be told yet whether they tell anything: ", "Each is its last settled week, as of "},
		"zh-Hant": {"北極星：\n- each: ", "公司要的：\n- grow: 策略 1 項"},
	} {
		text, structured := c.admin.overHTTP(language).call("explain", map[string]any{"kind": "Tree", "id": "company"})
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say %q:\n%s", language, s, text)
			}
		}
		var told struct {
			Kind string
			Tree measuredTree
		}
		if err := json.Unmarshal(structured, &told); err != nil || told.Kind != "Tree" || len(told.Tree.Nodes) != 3 || told.Tree.Nodes[0].Value == nil {
			t.Errorf("%s: %v %s", language, err, structured)
		}
	}
	text, _ := c.member(access.Viewer).overHTTP("en").call("list", map[string]any{"kind": "Tree"})
	if !strings.HasPrefix(text, "Definitions: 1.\n- Tree company: ") {
		t.Error(text)
	}
	if got := c.admin.overHTTP("en").refused("measure", map[string]any{"kind": "Tree", "id": "company"}); !strings.Contains(got, "kind: It is one of: Metric, Journey, Retention.") {
		t.Error(got)
	}
}
