package journey

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"beichen/internal/fault"
)

func TestTheTableLinesUpInEveryLanguage(t *testing.T) {
	m, r := shop(t)
	r.Breakdown, r.TimeBetween = []string{"channel"}, []string{"seen", "paid"}
	a, err := m.Measure(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[fault.Language]string{
		fault.English: "shop\n5 entered, 1 excluded; 13 events of 6 customers; as of 2024-01-01 13:00:00 UTC\n\n" +
			"stage and step  reached        of previous  n             of start  median  pending  left\n" +
			"seen                  5                  –  0  100.0% [56.6–100.0]       –        0     0\n" +
			"tried                 1   20.0% [3.6–62.4]  5     20.0% [3.6–62.4]   1.0 h        1     2\n" +
			"paid                  2  40.0% [11.8–76.9]  5    40.0% [11.8–76.9]   2.5 h        1     2\n",
		fault.TraditionalChinese: "shop\n進入 5，排除 1；13 個事件，6 位顧客；截至 2024-01-01 13:00:00 UTC\n\n" +
			"階段與步驟  抵達       前一步轉換率  n             總轉換率  中位時間  現在在此  已離開\n" +
			"seen           5                  –  0  100.0% [56.6–100.0]         –         0       0\n",
	} {
		var out bytes.Buffer
		if err := Print(&out, r.Journey, a, l); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s:\n%s", l, out.String())
		}
	}
}
