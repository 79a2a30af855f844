package metric

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// Print writes an answer as a table for a terminal, with the definition's name in a
// language: a line a period, and of a breakdown a column a value.
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
	if a.Unit != "" {
		name += " (" + a.Unit + ")"
	}
	fmt.Fprintln(&out, name)
	fmt.Fprintf(&out, words.head+"\n\n", a.Facts.Events, a.Facts.Customers, a.AsOf.In(zone).Format("2006-01-02 15:04:05 MST"))
	header := []string{words.period, words.all, "95 %", "n"}
	for _, row := range a.Breakdown {
		header = append(header, string(jsonOf(row.Value)))
	}
	lines, partial := [][]string{header}, false
	for i, p := range a.Periods {
		value := number(p.Value)
		if p.Partial {
			partial, value = true, value+"*"
		}
		bounds := "–"
		if p.Low != nil && p.High != nil {
			bounds = number(p.Low) + "–" + number(p.High)
		}
		line := []string{dayOf(p.From, a.Grain), value, bounds, strconv.Itoa(p.N)}
		for _, row := range a.Breakdown {
			line = append(line, number(row.Periods[i].Value))
		}
		lines = append(lines, line)
	}
	out.WriteString(journey.Table(lines))
	if partial {
		fmt.Fprintln(&out, words.partial)
	}
	if a.LeftOut > 0 {
		fmt.Fprintf(&out, words.leftOut+"\n", a.LeftOut)
	}
	_, err = io.WriteString(w, out.String())
	return err
}

// PrintPlan writes in a language how a metric is counted and what is read for it, and
// the statement by which a store would find it, as sql gives that.
func PrintPlan(w io.Writer, d *Definition, p Planned, sql func(stream.Question) string, l fault.Language) error {
	lines := append([]string{d.Words(l), ""}, p.Words(l)...)
	p.Each(func(metric string, plan *Plan) { lines = append(lines, "", "-- "+metric, sql(plan.Counting())) })
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// dayOf is the beginning of a period as a table shows it.
func dayOf(from, grain string) string {
	day, clock, _ := strings.Cut(from, "T")
	if grain == string(calendar.Hour) {
		return day + " " + clock
	}
	return day
}

// number writes a value with four digits at least, and all of a whole one.
func number(v *float64) string {
	switch {
	case v == nil:
		return "?"
	case *v == math.Trunc(*v) && math.Abs(*v) < 1e15:
		return strconv.FormatFloat(*v, 'f', -1, 64)
	case math.Abs(*v) >= 1000:
		return strconv.FormatFloat(*v, 'f', 2, 64)
	}
	return strconv.FormatFloat(*v, 'g', 4, 64)
}

// words are the texts of the table in a language.
type words struct{ head, period, all, partial, leftOut string }

func wordsIn(l fault.Language) words {
	switch l {
	case fault.TraditionalChinese:
		return words{"%d 個事件，%d 位顧客，截至 %s", "期", "全部", "* 還可能變動", "有 %d 個事件沒有這種數量，未計入"}
	case fault.SimplifiedChinese:
		return words{"%d 个事件，%d 位顾客，截至 %s", "期", "全部", "* 还可能变动", "有 %d 个事件没有这种数量，未计入"}
	}
	return words{"%d events, %d customers, as of %s", "period", "all", "* may still change", "%d events have no such amount and are left out"}
}
