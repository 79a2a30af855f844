package demo

import (
	"bytes"
	"embed"
	"text/template"
	"time"
)

//go:embed journeys/*.yaml retention/*.yaml metrics/*.yaml trees/*.yaml dashboards/*.yaml
var files embed.FS

// Member is somebody who works at the sample company.
type Member struct {
	Name, Email, Role string // Role is admin, editor or viewer
}

// Members are the people of the sample company who use Beichen; the first is the
// one who is signed in.
func Members() []Member {
	return []Member{
		{"林怡君", "yijun.lin@qinshan.example", "admin"},
		{"陳建宏", "jianhong.chen@qinshan.example", "editor"},
		{"吳雅婷", "yating.wu@qinshan.example", "editor"},
		{"Maya Patel", "maya.patel@qinshan.example", "viewer"},
	}
}

// Revision is one revision of a definition, to be proposed in the order of
// Revisions.
type Revision struct {
	Kind, ID string
	Body     []byte // YAML
	Author   string // the e-mail of one of Members
	Reason   string
	At       time.Time
	Approver string // the e-mail of whoever approved it; "" where it waits for approval
}

// Revisions are the two journeys, the three retention tables, the metrics, the tree
// and the dashboard of the sample company with their history, oldest first. The newest of each is
// approved, but for two metrics that wait for it; what quote_to_order is measured by
// was revised after it had been approved.
func Revisions(p Params) []Revision {
	people := Members()
	lin, chen, wu := people[0].Email, people[1].Email, people[2].Email
	list := []struct {
		kind, id, file, author, reason, approver string
		days                                     int
	}{
		{"Journey", "buyer-journey", "journeys/buyer-journey.1.yaml", chen, "把業務白板上的流程搬進來，先有再好", "", 410},
		{"Metric", "registered_users", "metrics/registered_users.yaml", chen, "舊儀表板的五個大數字照搬，先讓大家在同一個地方看到", lin, 408},
		{"Metric", "verified_users", "metrics/verified_users.yaml", chen, "舊儀表板照搬", lin, 408},
		{"Metric", "app_downloads", "metrics/app_downloads.yaml", chen, "舊儀表板照搬；廣告導去下載 APP，行銷會議每週報這個數字", lin, 408},
		{"Metric", "page_views", "metrics/page_views.yaml", chen, "舊儀表板照搬", lin, 408},
		{"Metric", "unique_visitors", "metrics/unique_visitors.yaml", chen, "舊儀表板照搬", lin, 408},
		{"Journey", "buyer-journey", "journeys/buyer-journey.2.yaml", chen, "試飲和到府展示是同一件事的兩種作法，合成一個階段；視窗放寬到 270 天，經銷的單不會再被截掉", lin, 236},
		{"Metric", "leads", "metrics/leads.yaml", chen, "表單重複填的很多，數人不數表單", lin, 230},
		{"Metric", "lead_rate", "metrics/lead_rate.1.yaml", chen, "名單變多不代表網站變好，要跟來的人一起看", lin, 230},
		{"Metric", "ad_cost", "metrics/ad_cost.yaml", chen, "花費已經在點擊事件上，不再用月底的帳單回推", lin, 230},
		{"Metric", "cost_per_lead", "metrics/cost_per_lead.yaml", chen, "預算會議要看的是換到一個人花多少錢", lin, 230},
		{"Metric", "orders", "metrics/orders.yaml", chen, "跟會計對過：只數機器，補茶葉另外看", lin, 226},
		{"Metric", "machine_revenue", "metrics/machine_revenue.1.yaml", chen, "日圓和美元的單不換算，先把新臺幣的算對", lin, 226},
		{"Metric", "twd_orders", "metrics/twd_orders.yaml", chen, "營收只算新臺幣，單數也要有一個只算新臺幣的", lin, 226},
		{"Metric", "average_order", "metrics/average_order.yaml", chen, "營收除以訂單數會把日圓單算成零元，改成直接平均", lin, 226},
		{"Metric", "quote_to_order", "metrics/quote_to_order.yaml", chen, "業務覺得經銷慢，沒有人說得出慢多少", lin, 225},
		{"Journey", "machine-life", "journeys/machine-life.1.yaml", wu, "客服每週被問「機器裝好了沒」，從訂購畫到訂閱，讓大家看同一張圖", lin, 180},
		{"Metric", "weekly_machines", "metrics/weekly_machines.1.yaml", wu, "賣出幾台大家都知道，還有幾台在用沒有人知道", lin, 178},
		{"Metric", "first_brew_rate", "metrics/first_brew_rate.yaml", wu, "交機後兩週沒動靜的，後來幾乎都不會動了", lin, 178},
		{"Metric", "cups", "metrics/cups.yaml", wu, "算每台幾杯要先有總杯數", lin, 178},
		{"Metric", "tickets", "metrics/tickets.yaml", wu, "客服排班要看", lin, 175},
		{"Retention", "supplies-again", "retention/supplies-again.yaml", chen, "業務每週問誰沒再補茶，先看補過的人一週一週還剩多少", lin, 95},
		{"Metric", "refill_rate", "metrics/refill_rate.yaml", chen, "有在泡卻不跟我們訂茶的，就是在別處買了", lin, 94},
		{"Metric", "tea_revenue", "metrics/tea_revenue.yaml", chen, "茶葉的錢一直混在訂單裡，分出來才看得到", lin, 94},
		{"Metric", "supplies_again", "metrics/supplies_again.yaml", chen, "從回購表裡取一格出來，每週開會只看這一格", lin, 94},
		{"Metric", "iced_orders", "metrics/iced_orders.yaml", chen, "去年七月缺貨兩週，備量要看得到季節", lin, 92},
		{"Journey", "buyer-journey", "journeys/buyer-journey.yaml", lin, "場勘不是每一單都有，改成可略過；時間從第一次到訪算起，廣告花費才算得到；補上內部討論這一步，還沒有事件可以綁", lin, 48},
		{"Retention", "machines-in-use", "retention/machines-in-use.yaml", wu, "客服懷疑今年夏天之後交的機器更多放著沒用，一個月一個月對著看；十杯以下不算在用", lin, 34},
		{"Metric", "kept_machines", "metrics/kept_machines.1.yaml", wu, "第一杯只說裝好了，三個月後還在泡才算真的用起來", lin, 33},
		{"Metric", "lead_rate", "metrics/lead_rate.yaml", chen, "老客戶回來查保固也被當成沒留資料的人，改成只看第一次來的", lin, 30},
		{"Metric", "quick_orders", "metrics/quick_orders.yaml", chen, "中位數要等九個月才定，先看兩週內下單的比例", lin, 28},
		{"Metric", "machines_delivered", "metrics/machines_delivered.yaml", wu, "要算放著沒用的比例，先有分母", lin, 26},
		{"Metric", "machines_used", "metrics/machines_used.yaml", wu, "同上，泡過的要減掉", lin, 26},
		{"Metric", "standing_still", "metrics/standing_still.yaml", wu, "訂單每週報，放著沒用的從來沒人報", lin, 26},
		{"Journey", "machine-life", "journeys/machine-life.yaml", wu, "每週使用改成七天內十杯，店家和辦公室用同一把尺；取消的訂單排除", lin, 21},
		{"Metric", "weekly_machines", "metrics/weekly_machines.yaml", wu, "三十天泡一杯也算在用，這個數字幾乎不會掉；改成七天十杯，和旅程的每週使用同一把尺", lin, 20},
		{"Metric", "cups_per_machine", "metrics/cups_per_machine.yaml", wu, "台數在長，想知道每台有沒有越泡越少", lin, 20},
		{"Metric", "subscription_rate", "metrics/subscription_rate.1.yaml", lin, "訂閱是補茶養出來的，兩個要接起來看", lin, 19},
		{"Tree", "company", "trees/company.1.yaml", lin, "指標散在三個人的試算表裡，先把最要緊的掛上去", lin, 18},
		{"Metric", "subscription_rate", "metrics/subscription_rate.yaml", lin, "照旅程算要等一年才定，改成第一次補茶後十二週內", lin, 12},
		{"Retention", "machines-by-week", "retention/machines-by-week.yaml", wu, "月表太慢，每週交的機器每週看", lin, 11},
		{"Metric", "kept_machines", "metrics/kept_machines.yaml", wu, "月表要等四個月才有數字，改看每週交的機器第十二週還泡不泡", lin, 11},
		{"Metric", "machine_revenue", "metrics/machine_revenue.yaml", chen, "營收掉了總有人問是單少還是單小，拆成單數乘均價", lin, 10},
		{"Metric", "revenue", "metrics/revenue.yaml", chen, "機器和茶葉分開看過了，合起來才是公司的收入", lin, 10},
		{"Metric", "tickets_per_machine", "metrics/tickets_per_machine.yaml", wu, "單量跟著台數走，要除過才知道機器有沒有變差", "", 6},
		{"Metric", "review_score", "metrics/review_score.yaml", wu, "想跟客服單對著看；買的人和用的人要不要分開，請大家看看", "", 5},
		{"Tree", "company", "trees/company.yaml", lin, "把營收拆到訂單和均價；放著沒用的茶機列為護欄；廣告費被判虛榮，簽名說明為什麼還是要看", lin, 4},
		{"Dashboard", "monday", "dashboards/monday.yaml", wu, "週一開會每個人各開一張試算表，放成一頁", lin, 3},
	}
	var out []Revision
	last := time.Time{}
	for _, r := range list {
		body, err := written(r.file, p.End)
		if err != nil {
			panic(err) // it is embedded
		}
		at := latest(p.End.AddDate(0, 0, -r.days).Add(10*time.Hour), last.Add(6*time.Minute))
		out = append(out, Revision{Kind: r.kind, ID: r.id, Body: body, Author: r.author, Reason: r.reason, Approver: r.approver, At: at})
		last = at
	}
	return out
}

// written is a file in which {{ day -90 }} is the day that many days from the end.
func written(file string, end time.Time) ([]byte, error) {
	day := func(days int) string { return end.In(Zone).AddDate(0, 0, days).Format(time.DateOnly) }
	body, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := template.New(file).Funcs(template.FuncMap{"day": day}).Parse(string(body))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, nil)
	return out.Bytes(), err
}
