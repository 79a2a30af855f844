package demo

import (
	"embed"
	"time"
)

//go:embed journeys/*.yaml retention/*.yaml
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

// Revisions are the two journeys and the two retention tables of the sample company
// with their history, oldest first. The newest of each is approved.
func Revisions(p Params) []Revision {
	people := Members()
	lin, chen, wu := people[0].Email, people[1].Email, people[2].Email
	list := []struct {
		kind, id, file, author, reason, approver string
		days                                     int
	}{
		{"Journey", "buyer-journey", "journeys/buyer-journey.1.yaml", chen, "把業務白板上的流程搬進來，先有再好", "", 410},
		{"Journey", "buyer-journey", "journeys/buyer-journey.2.yaml", chen, "試飲和到府展示是同一件事的兩種作法，合成一個階段；視窗放寬到 270 天，經銷的單不會再被截掉", lin, 236},
		{"Journey", "machine-life", "journeys/machine-life.1.yaml", wu, "客服每週被問「機器裝好了沒」，從訂購畫到訂閱，讓大家看同一張圖", lin, 180},
		{"Retention", "supplies-again", "retention/supplies-again.yaml", chen, "業務每週問誰沒再補茶，先看補過的人一週一週還剩多少", lin, 95},
		{"Journey", "buyer-journey", "journeys/buyer-journey.yaml", lin, "場勘不是每一單都有，改成可略過；時間從第一次到訪算起，廣告花費才算得到；補上內部討論這一步，還沒有事件可以綁", lin, 48},
		{"Retention", "machines-in-use", "retention/machines-in-use.yaml", wu, "客服懷疑今年夏天之後交的機器更多放著沒用，一個月一個月對著看；十杯以下不算在用", lin, 34},
		{"Journey", "machine-life", "journeys/machine-life.yaml", wu, "每週使用改成七天內十杯，店家和辦公室用同一把尺；取消的訂單排除", lin, 21},
	}
	var out []Revision
	for _, r := range list {
		body, err := files.ReadFile(r.file)
		if err != nil {
			panic(err) // it is embedded
		}
		out = append(out, Revision{
			Kind: r.kind, ID: r.id, Body: body, Author: r.author, Reason: r.reason, Approver: r.approver,
			At: p.End.AddDate(0, 0, -r.days).Add(10 * time.Hour),
		})
	}
	return out
}
