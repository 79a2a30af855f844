package importer

import (
	"fmt"
	"strconv"
	"strings"
)

// resultTable holds the answer of the plan that is being read.
const resultTable = "beichen_result"

// query asks for the plan's rows: beichen_row (the row number of the first
// table), beichen_content (what stands for it where there is none),
// beichen_failed (the place of the first slot that failed; −1 for where; −2 for
// one that cannot be told), and the slots as c0, c1, …
func (p *plan) query() string {
	var guarded, names, direct, failures, content []string
	if p.where != nil && p.where.guarded {
		failures = append(failures, "WHEN TRY(["+p.where.sql+"]) IS NULL THEN -1")
	}
	for i, s := range p.slots {
		name := "c" + strconv.Itoa(i)
		if s.guarded {
			guarded = append(guarded, literal(name)+": "+s.sql)
			failures = append(failures, fmt.Sprintf("WHEN TRY([%s]) IS NULL THEN %d", s.sql, i))
			names = append(names, "beichen_s."+name+" AS "+name)
		} else {
			direct = append(direct, s.sql+" AS beichen_"+name)
			names = append(names, "beichen_"+name+" AS "+name)
		}
		content = append(content, "coalesce(CAST("+name+" AS VARCHAR), '')")
	}
	var inner []string
	inner = append(inner, p.from.rowID+" AS beichen_row")
	order := []string{"beichen_row NULLS LAST", "beichen_content"}
	for i, o := range p.from.others {
		name := "beichen_o" + strconv.Itoa(i)
		inner = append(inner, o+" AS "+name)
		order = append(order, name)
	}
	tried := "TRY({" + strings.Join(guarded, ", ") + "})"
	if len(guarded) == 0 {
		tried = "true"
	}
	inner = append(inner, tried+" AS beichen_s")
	inner = append(inner, direct...)
	failed := "CAST(NULL AS INTEGER)"
	if len(failures) > 0 {
		condition := tried + " IS NULL"
		if p.where != nil && p.where.guarded {
			condition = "(" + condition + " OR TRY([" + p.where.sql + "]) IS NULL)"
		}
		failed = "CASE WHEN " + condition + " THEN CASE " + strings.Join(failures, " ") + " ELSE -2 END END"
	}
	inner = append(inner, failed+" AS beichen_failed")
	from := " FROM " + p.message.From.SQL + "\n"
	if p.where != nil {
		condition := "coalesce(" + p.where.sql + ", false)"
		if p.where.guarded {
			condition = "coalesce(TRY([" + condition + "])[1], true)"
		}
		from += "WHERE " + condition
	}
	outer := "SELECT beichen_row, beichen_failed, " + strings.Join(names, ", ")
	for i := range p.from.others {
		outer += ", beichen_o" + strconv.Itoa(i)
	}
	outer += " FROM (SELECT " + strings.Join(inner, ", ") + from + ")"
	if p.from.single && p.from.first != nil {
		return "SELECT *, '' AS beichen_content FROM (" + outer + ")"
	}
	digest := "CASE WHEN beichen_row IS NULL THEN md5(concat_ws(chr(31), " + strings.Join(content, ", ") + ")) ELSE '' END"
	order = append(order, "concat_ws(chr(31), "+strings.Join(content, ", ")+")")
	return "SELECT *, " + digest + " AS beichen_content FROM (" + outer + ") ORDER BY " + strings.Join(order, ", ")
}
