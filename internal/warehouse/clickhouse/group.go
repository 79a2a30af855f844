package clickhouse

import (
	"fmt"
	"strings"
)

// To count events together costs a shard twice what sending them costs it, and spares
// whoever gathers them, who is one where the shards are many: of a million events of
// 50,000 customers over 18 months, 187,000 rows a month and 83 ms of a processor's time,
// where every event took 33 ms. So it is done where the average customer has as many
// events as there are parts of the time to tell them apart by.

// groups reports whether the shards count together what a question allows.
func (h *histories) groups() bool {
	return h.scan.Group != nil && h.at.events >= uint64(h.at.refs)*uint64(len(h.scan.Group.Cuts)+1)
}

// grouped is the question for columns of events that are counted together, where is what
// they are chosen by.
func (h *histories) grouped(columns []string, where string) string {
	g := h.scan.Group
	inside, outside, apart := []string{}, []string{}, []string{"part"}
	for _, column := range columns {
		name := column[strings.LastIndex(column, " ")+1:]
		switch {
		case name == "time" || name == "place":
			outside = append(outside, fmt.Sprintf("min(%[1]s) AS %[1]s", name))
		case name == "value" && !g.Value || name == "cost" && !g.Cost:
			outside = append(outside, "nan AS "+name)
			continue
		case name == "currency" && !g.Value && !g.Cost:
			outside = append(outside, "toLowCardinality('') AS currency")
			continue
		default:
			outside, apart = append(outside, name), append(apart, name)
		}
		inside = append(inside, column)
	}
	cuts := []string{"-9000000000000000000"} // before all
	for _, cut := range g.Cuts {
		cuts = append(cuts, micros(cut))
	}
	inside = append(inside, "roundDown(time, ["+strings.Join(cuts, ", ")+"]) AS part")
	return "SELECT " + strings.Join(outside, ", ") + ", toInt64(count()) AS times FROM (SELECT " + strings.Join(inside, ", ") + where +
		") GROUP BY " + strings.Join(apart, ", ")
}
