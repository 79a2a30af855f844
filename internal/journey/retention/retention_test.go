package retention

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/calendar"
	"beichen/internal/fault"
)

const full = `kind: Retention
id: weekly-orders
name: { zh-Hant: 每週回購, en: Weekly orders }
description: who orders again
owner: [growth]
subject: account
start:  { event: Signed Up, where: { properties.plan: { in: [pro, team] } } }
return: { event: Order Paid }
period: week
weekStart: sunday
mode: calendar
intervals: 11
cumulative: true
minOccurrences: 2
`

func TestADefinitionIsReadWhole(t *testing.T) {
	d := parse(t, full)
	if d.ID != "weekly-orders" || d.Name.In("en") != "Weekly orders" || d.subject() != "account" || *d.Start.Event != "Signed Up" || len(d.Start.Where) != 1 ||
		*d.Return.Event != "Order Paid" || d.Period != calendar.Week || d.weekStart() != calendar.Sunday || d.mode() != Calendar || d.Intervals != 11 || !d.Cumulative || d.minOccurrences() != 2 {
		t.Errorf("%+v", d)
	}
}

func TestTheHashIsOfWhatWasWrittenWhateverTheFormatAndTheOrder(t *testing.T) {
	hash := func(text string) string {
		hash, err := parse(t, text).Hash()
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	yaml := hash("kind: Retention\nid: r\nperiod: day\nintervals: 7\nstart: {event: A}\nreturn: {event: B}\n")
	json := hash(`{"id":"r","kind":"Retention","return":{"event":"B"},"start":{"event":"A"},"intervals":7,"period":"day"}`)
	if yaml != json || !strings.HasPrefix(yaml, "sha256:") || yaml == hash(full) {
		t.Error(yaml, json)
	}
}

func TestEveryFaultIsToldAtOnceWithPathAndLine(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"kind: Retention\nid: ''\nsubject: who\nstart: { event: 3, where: { plan: x } }\nreturn: [x]\nperiod: year\nweekStart: friday\nmode: rolling\nintervals: 0\ncumulative: 1\nminOccurrences: 1.5\nwindow: 3d\n", []string{
			"id:2 journey.empty", "subject:3 journey.bad-subject", "start.event:4 journey.not-a-text", "start.where.plan:4 event.bad-key", "return:5 journey.not-a-mapping",
			"period:6 journey.bad-value", "weekStart:7 journey.bad-value", "mode:8 journey.bad-value", "intervals:9 retention.bad-intervals",
			"cumulative:10 journey.bad-value", "minOccurrences:11 retention.bad-occurrences", "window:12 journey.unknown-field",
		}},
		{"kind: Retention\nid: r\nmode: rolling24h\nperiod: week\nstart: {}\nreturn: {}\nintervals: 193\n", []string{
			"mode:3 retention.rolling-days", "intervals:7 retention.bad-intervals",
		}},
		{"{}", []string{
			"kind:1 journey.required", "id:1 journey.required", "start:1 journey.required", "return:1 journey.required", "period:1 journey.required", "intervals:1 journey.required",
		}},
		{"kind: Journey\nid: r\nstart: {}\nreturn: {}\nperiod: day\nintervals: 3\n", []string{"kind:1 journey.bad-value"}},
		{"kind: [", []string{":1 journey.syntax"}},
	} {
		_, err := Parse([]byte(c.text))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Key != "retention.invalid" {
			t.Fatalf("%s: %v", c.text, err)
		}
		var got []string
		for _, d := range f.Faults {
			got = append(got, fmt.Sprintf("%s:%d %s", d.Path, d.Line, d.Key))
			if text := d.In(fault.English); strings.Contains(text, d.Key) || strings.Contains(text, "{") && !strings.Contains(c.text, "{") {
				t.Errorf("not written: %s", text)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestATableIsToldInWords(t *testing.T) {
	d := table(t, "subject: account, period: day, intervals: 8, mode: rolling24h, cumulative: true, minOccurrences: 2")
	for language, want := range map[fault.Language]string{
		fault.English:            "A cohort is the accounts that did “A” in one day; who of them did “B” at least 2 times in a later day came back in it. Days are windows of 24 hours from each one's own start. Who came back in a later interval counts in the earlier ones too. It looks at 8 intervals, the first included.",
		fault.TraditionalChinese: "在同一日做過「A」的企業客戶為一群；其中在之後某日做過「B」至少 2 次的，算在那日回來。日以各自開始時起算的 24 小時為準。之後某期回來的，之前各期也算回來。共看 8 期，含第一期。",
		fault.SimplifiedChinese:  "在同一日做过“A”的企业客户为一群；其中在之后某日做过“B”至少 2 次的，算在那日回来。日以各自开始时起算的 24 小时为准。之后某期回来的，之前各期也算回来。共看 8 期，含第一期。",
	} {
		if got := d.Words(language); got != want {
			t.Errorf("%s: %s", language, got)
		}
	}
}
