package journey

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"beichen/internal/fault"
)

// Print writes an answer as a table for a terminal, with the definition's names
// in a language.
func Print(w io.Writer, j *Journey, a *Answer, l fault.Language) error {
	p := printer{words: wordsIn(l), locale: string(l)}
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		zone = time.UTC
	}
	p.line("%s", p.name(j.Name, j.ID))
	p.line(p.words.head, p.whole(a.Entered), p.whole(a.Excluded), a.Facts.Events, a.Facts.Customers, a.AsOf.In(zone).Format("2006-01-02 15:04:05 MST"))
	p.line("")
	p.out.WriteString(Table(p.rows(j, a.Stages, true)))
	for _, row := range a.Breakdown {
		p.line("")
		p.line("%s: %s", p.words.row, jsonOf(row.Value))
		p.out.WriteString(Table(p.rows(j, row.Stages, false)))
	}
	if t := a.TimeBetween; t != nil {
		p.line("")
		p.line(p.words.between, t.From, t.To, t.N, p.duration(t.MedianSeconds), p.duration(t.MeanSeconds))
		for _, bin := range t.Histogram {
			p.line("  %12s  %d", p.duration(&bin[0]), int(bin[1]))
		}
	}
	if a.Customers != nil {
		p.line("")
	}
	for _, c := range a.Customers {
		p.line("%s\t%d\t%s", c.ID, c.Level, c.EntryAt.In(zone).Format(time.RFC3339))
	}
	_, err = io.WriteString(w, p.out.String())
	return err
}

// words are the texts of the table in a language.
type words struct {
	head, row, between, unknown    string
	columns                        []string
	second, minute, hour, dayShort string
}

func wordsIn(l fault.Language) words {
	switch l {
	case fault.TraditionalChinese:
		return words{
			head: "進入 %s，排除 %s；%d 個事件，%d 位顧客；截至 %s", row: "值", between: "%s → %s：n = %d，中位數 %s，平均 %s", unknown: "未知",
			columns: []string{"階段與步驟", "抵達", "前一步轉換率", "n", "總轉換率", "中位時間", "現在在此", "已離開"},
			second:  "秒", minute: "分", hour: "小時", dayShort: "天",
		}
	case fault.SimplifiedChinese:
		return words{
			head: "进入 %s，排除 %s；%d 个事件，%d 位客户；截至 %s", row: "取值", between: "%s → %s：n = %d，中位数 %s，平均 %s", unknown: "未知",
			columns: []string{"阶段与步骤", "到达", "上一步转化率", "n", "总转化率", "中位用时", "当前停留", "已流失"},
			second:  "秒", minute: "分", hour: "小时", dayShort: "天",
		}
	}
	return words{
		head: "%s entered, %s excluded; %d events of %d customers; as of %s", row: "value", between: "%s → %s: n = %d, median %s, mean %s", unknown: "unknown",
		columns: []string{"stage and step", "reached", "of previous", "n", "of start", "median", "pending", "left"},
		second:  "s", minute: "min", hour: "h", dayShort: "d",
	}
}

type printer struct {
	words  words
	locale string
	out    strings.Builder
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *printer) name(t Text, id string) string {
	if text := t.In(p.locale); text != "" {
		return text
	}
	return id
}

func (p *printer) rows(j *Journey, stages []StageAnswer, steps bool) [][]string {
	rows := [][]string{p.words.columns}
	for i, s := range stages {
		rows = append(rows, p.row(p.name(j.Stages[i].Name, j.Stages[i].ID), s.Numbers))
		for k, n := range s.Steps {
			if steps && len(s.Steps) > 1 {
				rows = append(rows, p.row("  "+p.name(j.Stages[i].Steps[k].Name, n.ID), n.Numbers))
			}
		}
	}
	return rows
}

func (p *printer) row(name string, n Numbers) []string {
	if n.Reached == nil {
		return []string{name, p.words.unknown}
	}
	return []string{
		name, p.whole(n.Reached), p.rate(n.OfPrevious), strconv.Itoa(n.OfPrevious.N), p.rate(n.OfStart),
		p.median(n.Time), p.whole(n.Pending), strconv.Itoa(n.Left.N),
	}
}

func (p *printer) whole(n *int) string {
	if n == nil {
		return p.words.unknown
	}
	return strconv.Itoa(*n)
}

func (p *printer) rate(r *Rate) string {
	if r.Rate == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f%% [%.1f–%.1f]", 100**r.Rate, 100**r.Low, 100**r.High)
}

func (p *printer) median(t *Times) string {
	if t == nil {
		return p.words.unknown
	}
	return p.duration(t.MedianSeconds)
}

func (p *printer) duration(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	s := *seconds
	switch {
	case s >= 86400:
		return fmt.Sprintf("%.1f %s", s/86400, p.words.dayShort)
	case s >= 3600:
		return fmt.Sprintf("%.1f %s", s/3600, p.words.hour)
	case s >= 60:
		return fmt.Sprintf("%.1f %s", s/60, p.words.minute)
	}
	return fmt.Sprintf("%.3g %s", s, p.words.second)
}
