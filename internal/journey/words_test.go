package journey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
	"beichen/internal/journey"
)

func TestARuleIsToldInWords(t *testing.T) {
	for text, want := range map[string]map[fault.Language]string{
		`{kind: Journey, id: short, stages: [{id: a, steps: [{id: s, when: [{event: A}]}]}, {id: b, name: {zh-Hant: 乙, en: Second}, steps: [{id: t}]}]}`: {
			fault.English:            "Counts people: the latest entry, a window of 14 d, stages in order, other events may come between, one event one stage; whoever was excluded is taken out. Stage 1, a: “A”. Stage 2, Second: not bound to events.",
			fault.TraditionalChinese: "以個人計：取最近一次進入，時窗 14 天，階段依序，中間可有其他事件，一個事件只算一個階段；被排除的不列入。第 1 階段「a」：「A」。第 2 階段「乙」：尚未綁定事件。",
			fault.SimplifiedChinese:  "以个人计：取最近一次进入，时间窗 14 天，阶段依序，中间可有其他事件，一个事件只算一个阶段；被排除的不计入。第 1 阶段“a”：“A”。第 2 阶段“乙”：尚未绑定事件。",
		},
		`kind: Journey
id: long
subject: account
window: none
order: strict
entry: first
excluded: keep
stages:
  - id: a
    pass: all
    steps:
      - { id: s, when: [{ event: A, where: { value: { gte: 10, lt: 20 }, channel: { in: [email, search] } } }, {}], times: 3, within: 36h }
      - { id: t, when: [{ event: B, where: { traits.plan: { exists: false } } }], firstEver: true }
  - { id: b, optional: true, steps: [{ id: u, when: [{ event: C }], firstEver: name }] }
  - { id: c, pass: sequence, steps: [{ id: v, when: [{ event: D }], times: 2 }, { id: w, when: [{ event: E }] }] }
exclude: [{ event: Gone, between: [a, c] }]`: {
			fault.English: "Counts accounts: the first entry, no time limit, stages in strict order, nothing between, one event one stage; whoever was excluded stays where they had got to. " +
				"Stage 1, a: all of, in any order: “A” where value ≥ 10 and value < 20 and channel is one of [\"email\",\"search\"] or any event, 3 times within 36 h; “B” where traits.plan is not known, their first ever. " +
				"Stage 2, b (may be skipped): “C”, if it is their first of that name. Stage 3, c: all of, in this order: “D”, 2 times; “E”. Excluded is whoever did “Gone” between a and c.",
			fault.TraditionalChinese: "以企業客戶計：取首次進入，不限時間，階段嚴格依序，中間不得有其他事件，一個事件只算一個階段；被排除的停在已到的階段。" +
				"第 1 階段「a」：下列全部，不論先後：「A」（value ≥ 10且value < 20且channel 為 [\"email\",\"search\"] 其中之一）或任何事件，36 小時內 3 次；「B」（traits.plan 沒有值），限有史以來第一次。" +
				"第 2 階段「b」（可略過）：「C」，且是同名事件的第一次。第 3 階段「c」：下列全部，依此順序：「D」，2 次；「E」。在「a」與「c」之間做過「Gone」的會被排除。",
		},
	} {
		j, err := journey.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for language, words := range want {
			if diff := cmp.Diff(words, j.Words(language)); diff != "" {
				t.Errorf("%s:\n%s", language, diff)
			}
		}
	}
}
