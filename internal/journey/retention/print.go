package retention

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
)

// Print writes an answer as tables for a terminal, with the definition's name in a
// language: the cohorts, then what all of them together did, with its interval.
func Print(w io.Writer, d *Definition, a *Answer, l fault.Language) error {
	words := wordsIn(l)
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		zone = time.UTC
	}
	var out strings.Builder
	name := d.Name.In(string(l))
	if name == "" {
		name = d.ID
	}
	fmt.Fprintln(&out, name)
	fmt.Fprintf(&out, words.head+"\n\n", a.Facts.Events, a.Facts.Customers, a.AsOf.In(zone).Format("2006-01-02 15:04:05 MST"))

	cohorts := [][]string{{words.cohort, "n"}}
	for k := range a.Rows {
		cohorts[0] = append(cohorts[0], words.interval[a.Rule.Period]+" "+strconv.Itoa(k))
	}
	partial := false
	for _, row := range a.Rows {
		if row.Expired {
			cohorts = append(cohorts, []string{dayOf(row.From, a.Rule.Period), words.expired})
			continue
		}
		cells := []string{dayOf(row.From, a.Rule.Period), strconv.Itoa(row.Counts[0])}
		for k, rate := range row.Rates {
			cell := percent(rate.Rate)
			if k >= row.Complete {
				partial, cell = true, cell+"*"
			}
			cells = append(cells, cell)
		}
		cohorts = append(cohorts, cells)
	}
	out.WriteString(journey.Table(cohorts))
	if partial {
		fmt.Fprintln(&out, words.partial)
	}
	together := [][]string{{words.together, words.rate, "95 %", "n"}}
	for k, rate := range a.Average {
		bounds := "–"
		if rate.N > 0 {
			bounds = percent(rate.Low) + "–" + percent(rate.High)
		}
		together = append(together, []string{words.interval[a.Rule.Period] + " " + strconv.Itoa(k), percent(rate.Rate), bounds, strconv.Itoa(rate.N)})
	}
	out.WriteString("\n" + journey.Table(together))
	_, err = io.WriteString(w, out.String())
	return err
}

// dayOf is the beginning of an interval as a table shows it.
func dayOf(from string, p Period) string {
	day, clock, _ := strings.Cut(from, "T")
	if p == calendar.Hour {
		return day + " " + clock
	}
	return day
}

func percent(share *float64) string {
	if share == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100**share)
}

// words are the texts of the tables in a language.
type words struct {
	head, cohort, partial, expired, together, rate string
	interval                                       map[Period]string
}

func wordsIn(l fault.Language) words {
	switch l {
	case fault.TraditionalChinese:
		return words{
			head: "%d 個事件，%d 位顧客；截至 %s", cohort: "開始於", partial: "* 這一期還沒結束", expired: "未知：那時的事實已不再保留", together: "全部合計", rate: "回來率",
			interval: map[Period]string{calendar.Hour: "時", calendar.Day: "日", calendar.Week: "週", calendar.Month: "月"},
		}
	case fault.SimplifiedChinese:
		return words{
			head: "%d 个事件，%d 位客户；截至 %s", cohort: "开始于", partial: "* 这一期尚未结束", expired: "未知：那时的事实已不再保留", together: "全部合计", rate: "回访率",
			interval: map[Period]string{calendar.Hour: "时", calendar.Day: "日", calendar.Week: "周", calendar.Month: "月"},
		}
	}
	return words{
		head: "%d events of %d customers; as of %s", cohort: "started", partial: "* this interval is not over yet", expired: "unknown: facts of then are no longer kept", together: "all together", rate: "came back",
		interval: map[Period]string{calendar.Hour: "hour", calendar.Day: "day", calendar.Week: "week", calendar.Month: "month"},
	}
}
