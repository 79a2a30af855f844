package importer

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEqualLinesStayTwoEventsAndTheSameFileTwiceAddsNone(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at\na,2024-01-01\na,2024-01-01\nb,2024-01-01\n,2024-01-01\n"})
	var kept memory
	first := into(t, &kept, dir, mappingOf("t.csv"))
	second := into(t, &kept, dir, mappingOf("t.csv"))
	if first.Stored != 3 || first.Duplicate != 0 || second.Stored != 0 || second.Duplicate != 3 {
		t.Errorf("first %+v, second %+v; want 3 stored, then 3 duplicate", first.Counts, second.Counts)
	}
	if len(kept.refused) != 1 {
		t.Errorf("%d refused rows, want the same one kept once", len(kept.refused))
	}
	// More lines behind, another message before none of the old: old ids stay.
	if err := os.WriteFile(dir+"/t.csv", []byte("who,at,n\na,2024-01-01,1\na,2024-01-01,2\nb,2024-01-01,3\n,2024-01-01,4\nc,2024-01-02,5\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	third := into(t, &kept, dir, mappingOf("t.csv", "value: n"))
	if third.Stored != 1 || third.Duplicate != 3 {
		t.Errorf("third %+v, want 1 stored, 3 duplicate", third.Counts)
	}
}

func TestFilesOfOneNameInTwoFoldersAreTwoFiles(t *testing.T) {
	dir := folder(t, map[string]string{"2023/t.csv": "who,at\na,2024-01-01\n", "2024/t.csv": "who,at\na,2024-01-01\n"})
	var kept memory
	if s := into(t, &kept, dir, mappingOf("*/t.csv")); s.Stored != 2 {
		t.Errorf("stored %d, want 2", s.Stored)
	}
}

func TestAJoinGivesEachMatchAnIdOfItsOwnInAnyOrder(t *testing.T) {
	orders := "id,who,at\n"
	items := "id,sku\n"
	for i := range 300 {
		orders += fmt.Sprintf("%d,c%d,2024-01-01\n", i, i%7)
		for j := range i % 4 {
			items += fmt.Sprintf("%d,s%d\n", i, j%2) // some items are equal
		}
	}
	dir := folder(t, map[string]string{"orders.csv": orders, "items.csv": items})
	for _, from := range []string{"orders AS o LEFT JOIN items USING (id)", "orders o, items i WHERE o.id = i.id", "items RIGHT JOIN orders o USING (id)", "(SELECT DISTINCT * FROM orders) o JOIN items USING (id)"} {
		from, where, _ := strings.Cut(from, " WHERE ")
		mapping := `
kind: Import
id: join
sources: [{ as: orders, file: orders.csv }, { as: items, file: items.csv }]
messages:
  - from: ` + from + `
    where: "` + where + `"
    type: track
    event: "'Item Ordered'"
    userId: who
    timestamp: at
    properties: { order: o.id, sku: sku }
`
		var kept, fresh memory
		first := into(t, &kept, dir, mapping)
		second := into(t, &kept, dir, mapping)
		into(t, &fresh, dir, mapping)
		if first.Duplicate != 0 || second.Stored != 0 || second.Duplicate != first.Stored || first.Stored < 450 {
			t.Errorf("%s: first %+v, second %+v", from, first.Counts, second.Counts)
		}
		byID := func(m *memory) map[any]any {
			out := map[any]any{}
			for _, message := range m.messages {
				out[message["messageId"]] = message["properties"]
			}
			return out
		}
		if d := cmp.Diff(byID(&kept), byID(&fresh)); d != "" {
			t.Errorf("%s: an id stands for other rows the next time:\n%s", from, d)
		}
	}
}

func TestRowsThatCannotBecomeMessagesAreRefusedWithTheirReason(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,anon,at,name,amount,acc\n" +
		"a,,2024-01-01,Bought,1,x\n" + // 2
		",,2024-01-01,Bought,1,x\n" +
		",v1,2024-01-01,Bought,1,x\n" + // 4: a visitor
		"a,,,Bought,1,x\n" + // 5
		"a,,soon,Bought,1,x\n" +
		"a,,1024-01-01,Bought,1,x\n" + // 7
		"a,,2024-01-01,,1,x\n" +
		"a,,2024-01-01,Bought,ten,x\n" + // 9
		"a,,2024-01-01,Bought,,x\n" + // 10: no amount is no fault
		"a,,2024-01-01,Bought,1,1e999\n" +
		"a,,2024-01-01,Bought,1,boom\n"}) // 12
	var got memory
	summary := into(t, &got, dir, `
kind: Import
id: test
sources: [{ as: t, file: t.csv }]
messages:
  - from: t
    where: "CASE WHEN acc = 'boom' THEN acc::INTEGER > 0 ELSE true END"
    type: track
    event: name
    userId: who
    anonymousId: anon
    timestamp: at
    value: amount
    cost: "CASE WHEN acc = '1e999' THEN 'inf' END"
    properties: { plus: "CASE WHEN name = 'Bought' THEN 1 ELSE 1/0 END" }
`)
	if d := cmp.Diff([]string{
		"t.csv 3 import.no-id", "t.csv 5 import.no-time", "t.csv 6 import.bad-time", "t.csv 7 import.bad-time",
		"t.csv 8 import.no-event", "t.csv 9 import.bad-number", "t.csv 11 import.bad-number", "t.csv 12 import.failed-expression",
	}, got.reasons()); d != "" {
		t.Error(d)
	}
	if summary.Stored != 3 || summary.Quarantined != 8 {
		t.Errorf("%+v, want 3 stored and 8 quarantined", summary.Counts)
	}
	if got.messages[1]["anonymousId"] != "v1" || got.messages[1]["userId"] != nil {
		t.Errorf("a visitor became %v", got.messages[1])
	}
}

func TestAFailingExpressionIsNamedByItsPlace(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,n\na,2024-01-01,x1\nb,2024-01-01,22\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv", "value: n::INTEGER", "properties: { n: n }"))
	if len(got.messages) != 1 || got.refused[0].Args["field"] != "messages[0].value" || got.refused[0].Args["sql"] != "n::INTEGER" {
		t.Errorf("%d messages, refused %+v", len(got.messages), got.refused)
	}
}

func TestEveryTypeOfMessageCarriesItsFields(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,old,acc,at,plan\nu1,v1,acme,2024-01-01,pro\n"})
	const common = `from: t, userId: who, timestamp: at, messageId: "type_of || '-' || who", channel: "'mail'"`
	var lines []string
	for _, m := range []string{
		`type: track, event: "'Bought'", groupId: acc, value: "1.5", currency: "'TWD'", cost: "2", source: "'pos'", properties: { plan: plan, none: "NULL" }, traits: { vip: "true" }, context: { ip: "'::1'" }`,
		`type: page, event: "'Home'", properties: { url: "'/'" }`, `type: screen`,
		`type: identify, traits: { plan: plan }, anonymousId: old`, `type: group, groupId: acc, traits: { plan: plan }`, `type: alias, previousId: old`,
	} {
		kind := strings.TrimPrefix(strings.Fields(m)[1], "")
		lines = append(lines, "  - { "+strings.ReplaceAll(common, "type_of", "'"+strings.Trim(kind, ",")+"'")+", "+m+" }")
	}
	var got memory
	into(t, &got, dir, "kind: Import\nid: all\nsources: [{ as: t, file: t.csv }]\nmessages:\n"+strings.Join(lines, "\n")+"\n")
	base := func(kind string, more map[string]any) map[string]any {
		out := map[string]any{"type": kind, "messageId": kind + "-u1", "userId": "u1", "timestamp": "2024-01-01T00:00:00Z", "channel": "mail", "source": "all"}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	want := []map[string]any{
		base("track", map[string]any{"event": "Bought", "value": 1.5, "currency": "TWD", "cost": 2.0, "source": "pos",
			"properties": map[string]any{"plan": "pro"},
			"context":    map[string]any{"groupId": "acme", "ip": "::1", "traits": map[string]any{"vip": true}}}),
		base("page", map[string]any{"name": "Home", "properties": map[string]any{"url": "/"}}),
		base("screen", nil),
		base("identify", map[string]any{"anonymousId": "v1", "traits": map[string]any{"plan": "pro"}}),
		base("group", map[string]any{"groupId": "acme", "traits": map[string]any{"plan": "pro"}}),
		base("alias", map[string]any{"previousId": "v1"}),
	}
	if d := cmp.Diff(want, got.messages); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
}

func TestPropertiesKeepTheirTypes(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at\na,2024-07-01 10:00:00\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv", `properties: { int: "12", dec: "1.50", big: "99999999999", yes: "true", day: "t.at::DATE", wall: at, zoned: "t.at::TIMESTAMPTZ", nan: "'nan'::DOUBLE", list: "[1, 2]", thing: "{'a': 1}", 詞: "'茶'", Who: who, who: "'other case'" }`))
	want := map[string]any{
		"int": 12.0, "dec": 1.5, "big": 99999999999.0, "yes": true, "day": "2024-07-01", "wall": "2024-07-01T10:00:00",
		"zoned": "2024-07-01T02:00:00Z", "list": []any{1.0, 2.0}, "thing": map[string]any{"a": 1.0}, "詞": "茶", "Who": "a", "who": "other case",
	}
	if d := cmp.Diff(want, got.messages[0]["properties"]); d != "" {
		t.Errorf("properties (-want +got):\n%s", d)
	}
}

func TestSubqueriesWindowsAndAggregatesInFromWork(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,n\na,2024-01-01,1\na,2024-01-03,2\nb,2024-01-02,3\n"})
	var got memory
	into(t, &got, dir, mappingOf("t.csv",
		"where: rowid IN (SELECT arg_max(rowid, t.at) FROM t GROUP BY who)",
		`properties: { before: "(SELECT count(*) FROM t AS e WHERE e.who = t.who AND e.at < t.at)", share: "n / sum(n) OVER ()" }`))
	if d := cmp.Diff([]any{"a", "b"}, got.field("userId")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{1.0, 0.0}, got.field("properties.before")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{0.4, 0.6}, got.field("properties.share")); d != "" {
		t.Error(d)
	}
}

// The figures were counted in the cut itself by DuckDB's own CSV reader.
func TestACutOfOnlineRetailGivesItsFigures(t *testing.T) {
	mapping := `
kind: Import
id: online-retail
timezone: Europe/London
sources:
  - { as: lines, file: online_retail_2000.csv }
messages:
  - from: lines
    type: track
    event: "CASE WHEN InvoiceNo LIKE 'C%' THEN 'Line Cancelled' ELSE 'Line Invoiced' END"
    userId: CAST(CustomerID AS INTEGER)
    timestamp: InvoiceDate
    value: round(Quantity * UnitPrice, 2)
    currency: "'GBP'"
    properties: { invoice: InvoiceNo }
`
	var kept memory
	summary := into(t, &kept, "testdata", mapping)
	customers, invoices, total := map[any]bool{}, map[any]bool{}, 0.0
	for _, m := range kept.messages {
		customers[m["userId"]] = true
		invoices[m["properties"].(map[string]any)["invoice"]] = true
		total += m["value"].(float64)
	}
	got := fmt.Sprintf("%d %d %d %d %d %.2f", summary.Sources[0].Rows, summary.Stored, summary.Quarantined, len(customers), len(invoices), total)
	if want := "2000 1467 533 72 90 32293.03"; got != want {
		t.Errorf("rows, stored, quarantined, customers, invoices, value: %s; want %s", got, want)
	}
	if d := cmp.Diff([]string{"Line Invoiced 1441", "Line Cancelled 26"}, counted(summary)); d != "" {
		t.Error(d)
	}
	if !slices.Contains(kept.reasons(), "online_retail_2000.csv 624 import.no-id") {
		t.Errorf("line 624, the first without a customer, is not among %v …", kept.reasons()[:3])
	}
	if again := into(t, &kept, "testdata", mapping); again.Stored != 0 || again.Duplicate != 1467 {
		t.Errorf("the second import: %+v", again.Counts)
	}
}

func counted(s *Summary) []string {
	var out []string
	for _, e := range s.Events {
		out = append(out, fmt.Sprintf("%s %d", e.Event, e.Count))
	}
	return out
}
