package duckdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// grouped is the statement of a scan whose events the engine counts together. What
// no pattern asks for is told apart by nothing but whose it is, so that of most
// events little is read and little comes back.
func (q *scan) grouped() string {
	inside := []string{"*"}
	var words []string
	for word, bits := range q.filtered {
		if len(bits) > 0 {
			words = append(words, fmt.Sprint("w", word))
			inside = append(inside, strings.Join(bits, " | ")+" AS "+words[len(words)-1])
		}
	}
	var wanted []string
	if names := slices.Sorted(maps.Keys(q.byName)); len(names) > 0 {
		var texts []string
		for _, name := range names {
			texts = append(texts, q.nameOf(name))
		}
		wanted = append(wanted, "name IN ("+strings.Join(texts, ", ")+")")
	}
	for _, word := range words {
		wanted = append(wanted, word+" <> 0")
	}
	if len(wanted) == 0 {
		wanted = []string{"false"}
	}
	if slices.ContainsFunc(q.anyName, func(bits uint64) bool { return bits != 0 }) {
		wanted = []string{"true"}
	}

	where, apart := q.where(), []string{"customer", "name", "value", "cost", "currency", "account"}
	of := func(asked bool, text, otherwise, name string) string {
		if !asked {
			return otherwise + " AS " + name
		}
		return "CASE WHEN wanted THEN " + text + " ELSE " + otherwise + " END AS " + name
	}
	hasAmounts := q.Group.Value || q.Group.Cost
	middle := []string{
		"customer", "account", "time", "seq", "(" + strings.Join(wanted, " OR ") + ") AS wanted",
		of(true, "name", q.nameOf(0), "name"), of(q.Group.Value, "value", "NULL::DOUBLE", "value"), of(q.Group.Cost, "cost", "NULL::DOUBLE", "cost"),
		of(hasAmounts, "currency", "0", "currency"),
	}
	var keys []string
	for k, key := range q.Keys {
		keys = append(keys, fmt.Sprint("k", k))
		middle = append(middle, of(true, q.placeOf(key).key(), "NULL", keys[k]))
	}
	middle = append(append(middle, words...), of(true, between(q.Group.Cuts, 0), "0", "part"))
	apart = append(append(apart, words...), keys...)

	columns := []string{"customer", "min(time)", "name", "value", "cost", "currency"}
	if !q.Unplaced {
		columns = append(columns, "min(seq)")
	}
	if !q.Unaccounted {
		columns = append(columns, "account")
	}
	columns = append(append(append(columns, words...), keys...), "count(*)")
	return "SELECT " + strings.Join(columns, ", ") +
		"\nFROM (SELECT " + strings.Join(middle, ", ") +
		"\n  FROM (SELECT " + strings.Join(inside, ", ") + " FROM events WHERE " + where + "))" +
		"\nGROUP BY " + strings.Join(apart, ", ") + ", part"
}

// between numbers the time between cuts: as deep as the logarithm of their number,
// for the engine goes through a CASE one condition after the other.
func between(cuts []time.Time, first int) string {
	if len(cuts) == 0 {
		return fmt.Sprint(first)
	}
	at := len(cuts) / 2
	return "CASE WHEN time < TIMESTAMP '" + cuts[at].UTC().Format("2006-01-02 15:04:05.999999") + "' THEN " +
		between(cuts[:at], first) + " ELSE " + between(cuts[at+1:], first+at+1) + " END"
}
