package metric

import (
	"strings"
	"testing"

	"beichen/internal/fault"
)

func TestAMeasureIsToldInWords(t *testing.T) {
	for _, c := range []struct{ definition, en, zhHant string }{
		{"grain: day, count: {when: [{event: A}, {event: B, where: {channel: email}}]}",
			"Counts the events “A” or “B” where channel is \"email\" in the period. It is looked at by day.",
			"計算期間內有幾次「A」或「B」（channel 為 \"email\"）。以日為一期。"},
		{"cumulative: true, customers: {event: A, atLeast: 2}",
			"Counts the different people that did “A” at least 2 times in the period. It adds up from the beginning of the history. It is looked at by week.",
			"計算期間內做過「A」至少 2 次的不同個人。從有紀錄以來累計。以週為一期。"},
		{"subject: account, active: {window: 28d}",
			"Counts the different accounts that did any event in the 28 d that end with the period. It is looked at by week.",
			"計算到期末為止的 28 天內，做過任何事件的不同企業客戶。以週為一期。"},
		{"segment: {properties.region: {ne: north}}, sum: {event: A, of: value, currency: TWD}",
			"Adds up value in TWD of the events “A” in the period. Amounts that are missing, no number or in another currency are left out and counted. Only events count where properties.region is not \"north\". It is looked at by week.",
			"加總期間內「A」的 value（TWD）。缺少、不是數字或幣別不同的數量不列入，並另計筆數。只計 properties.region 不為 \"north\" 的事件。以週為一期。"},
		{"subject: properties.shop, average: {event: A, of: properties.cups, per: customer}",
			"The mean, over the values of properties.shop that did “A” in the period, of what their properties.cups adds up to. Amounts that are missing, no number or in another currency are left out and counted. It is looked at by week.",
			"期間內做過「A」的properties.shop 的值，各自的 properties.cups 加總後的平均。缺少、不是數字或幣別不同的數量不列入，並另計筆數。以週為一期。"},
		{"quantile: {event: A, of: properties.cups, q: 0.9}",
			"The 0.9 quantile of properties.cups over the events “A” in the period. Amounts that are missing, no number or in another currency are left out and counted. It is looked at by week.",
			"期間內每次「A」的 properties.cups，取 0.9 分位數。缺少、不是數字或幣別不同的數量不列入，並另計筆數。以週為一期。"},
		{"rate: {from: {event: A}, of: {event: B}}",
			"Of the people that did “A” in the period, the share that did “B” in the same period, before or after. It is looked at by week.",
			"期間內做過「A」的個人之中，同期間也做過「B」的比例，不論先後。以週為一期。"},
		{"rate: {from: {event: A}, of: {event: B}, within: 2w}",
			"Of the people that did “A” in the period, the share that did “B” within 2 wk after their first in it. It is looked at by week.",
			"期間內做過「A」的個人之中，從期間內第一次起 2 週內做了「B」的比例。以週為一期。"},
		{"conversion: {journey: buying, to: order}",
			"Of those whose chain in the journey buying began in the period and passed the stage where it starts, the share that passed the stage order. It is looked at by week.",
			"在旅程 buying 中於期間內進入且通過階段「起點」的人，通過階段「order」的比例。以週為一期。"},
		{"time: {journey: buying, from: visit, to: order, q: 0.9}",
			"Of those whose chain in the journey buying began in the period, how long it took from the stage visit to the stage order: the 0.9 quantile, in seconds. It is looked at by week.",
			"在旅程 buying 中於期間內進入的人，從階段「visit」到階段「order」花了多久：取 0.9 分位數，以秒計。以週為一期。"},
		{"retention: {table: again, interval: 4}",
			"Of the cohorts of the retention table again that begin in the period, the share that came back 4 intervals later. It is looked at by week.",
			"留存表 again 中於期間內開始的各群，4 個間隔後回來的比例。以週為一期。"},
		{"grain: quarter, formula: revenue / orders",
			"Computes revenue / orders period by period. It is unknown where a part is unknown, and where it would divide by zero. It is looked at by quarter.",
			"逐期計算 revenue / orders。任一部分未知，或需除以零時，結果為未知。以季為一期。"},
	} {
		d := parse(t, "{kind: Metric, id: m, "+c.definition+"}")
		if got := d.Words(fault.English); got != c.en {
			t.Errorf("%s\n got %s\nwant %s", c.definition, got, c.en)
		}
		if got := d.Words(fault.TraditionalChinese); got != c.zhHant {
			t.Errorf("%s\n got %s\nwant %s", c.definition, got, c.zhHant)
		}
		if got := d.Words(fault.SimplifiedChinese); !strings.Contains(got, "期。") && !strings.Contains(got, "一期") || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: %s", c.definition, got)
		}
	}
}
