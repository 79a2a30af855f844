// Package sheet lays metrics out for other programs: one line for each metric,
// period and value of a breakdown, as CSV or Parquet.
package sheet

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"beichen/internal/metric"
)

// Sheet is metrics in long form. Columns, in this order: metric, version, period,
// one for each key of the breakdown (by.channel), value, n, low, high, partial,
// unit, as_of.
type Sheet struct {
	columns []column
	lines   [][]any // nil where nothing is known
}

// column is a column with its type in DuckDB.
type column struct{ name, of string }

// Of lays out answers to the same question, of one metric after the other. With a
// breakdown there is a line for each of its values and none for the whole: a column
// that held both would be added up by mistake.
func Of(breakdown []string, answers ...*metric.Answer) (*Sheet, error) {
	s := &Sheet{columns: []column{{"metric", "VARCHAR"}, {"version", "INTEGER"}, {"period", "TIMESTAMPTZ"}}}
	for _, key := range breakdown {
		s.columns = append(s.columns, column{s.free("by." + key), "VARCHAR"})
	}
	s.columns = append(s.columns, column{"value", "DOUBLE"}, column{"n", "BIGINT"}, column{"low", "DOUBLE"}, column{"high", "DOUBLE"},
		column{"partial", "BOOLEAN"}, column{"unit", "VARCHAR"}, column{"as_of", "TIMESTAMPTZ"})
	for _, a := range answers {
		if len(breakdown) == 0 {
			if err := s.add(a, nil, a.Periods); err != nil {
				return nil, err
			}
			continue
		}
		for _, row := range a.Breakdown {
			if err := s.add(a, valuesOf(row.Value, len(breakdown)), row.Periods); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// free is a name that no column has yet: programs that read columns by name, and
// Parquet's among them, take Plan and plan for one.
func (s *Sheet) free(name string) string {
	for slices.ContainsFunc(s.columns, func(c column) bool { return strings.EqualFold(c.name, name) }) {
		name += "_"
	}
	return name
}

// add adds a series, period by period.
func (s *Sheet) add(a *metric.Answer, values []any, periods []metric.Point) error {
	zone, err := time.LoadLocation(a.Timezone)
	if err != nil {
		return fmt.Errorf("the zone of %s: %w", a.Definition.ID, err)
	}
	for _, p := range periods {
		from, err := time.Parse(time.RFC3339, p.From)
		if err != nil {
			return fmt.Errorf("a period of %s: %w", a.Definition.ID, err)
		}
		line := []any{a.Definition.ID, known(a.Definition.Version), from.In(zone)}
		line = append(line, values...)
		line = append(line, known(p.Value), p.N, known(p.Low), known(p.High), p.Partial, a.Unit, a.AsOf.In(zone))
		s.lines = append(s.lines, line)
	}
	return nil
}

// valuesOf are the values of a row of a breakdown as texts, one for each key. A
// value is a text whatever it was, so that a column has one type.
func valuesOf(value any, keys int) []any {
	values, several := value.([]any)
	if !several || keys == 1 {
		values = []any{value}
	}
	out := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil, string:
			out[i] = v
		default:
			raw, err := json.Marshal(v)
			if err != nil {
				panic(err) // scalars always encode
			}
			out[i] = string(raw)
		}
	}
	return out
}

func known[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}
