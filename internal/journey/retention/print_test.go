package retention

import (
	"strings"
	"testing"

	"beichen/internal/fault"
)

func TestTablesArePrintedInTheLanguage(t *testing.T) {
	d := parse(t, "{kind: Retention, id: r, name: {en: Who returns, zh-Hant: 誰回來}, start: {event: A}, return: {event: B}, period: week, intervals: 2}")
	a := measure(t, memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "b", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-08T08:00:00Z", "B")),
		Request{Retention: d, From: "2024-05-01"})
	for l, want := range map[fault.Language]string{
		fault.English: `Who returns
3 events of 2 customers; as of 2024-05-08 08:00:00 UTC

started     n  week 0  week 1
2024-04-29  2  100.0%  50.0%*
2024-05-06  0      –*
* this interval is not over yet

all together  came back          95 %  n
week 0           100.0%  34.2%–100.0%  2
week 1                –             –  0
`,
		fault.TraditionalChinese: `誰回來
3 個事件，2 位顧客；截至 2024-05-08 08:00:00 UTC

開始於      n    週 0    週 1
2024-04-29  2  100.0%  50.0%*
2024-05-06  0      –*
* 這一期還沒結束

全部合計  回來率          95 %  n
週 0      100.0%  34.2%–100.0%  2
週 1           –             –  0
`,
	} {
		var out strings.Builder
		if err := Print(&out, d, a, l); err != nil {
			t.Fatal(err)
		}
		same(t, want, out.String())
	}
}
