package duckdb

import (
	"fmt"
	"strings"

	"beichen/internal/warehouse"
)

// Explain is the statement by which a store answers a scan, for people to read: with
// its arguments below it, and the names of events where a store has their codes.
func Explain(s warehouse.Scan) string {
	names := &dictionary{kind: kindName, codes: map[string]uint32{"": 0}, texts: []string{""}}
	for _, p := range s.Patterns {
		names.code(p.Name)
	}
	q := newScan(s, names, func(code uint32) string { return literal(names.all()[code]) })
	text := q.sql()
	for i, arg := range q.args {
		text += fmt.Sprintf("\n-- $%d = %v", i+1, arg)
	}
	return strings.TrimSpace(text)
}
