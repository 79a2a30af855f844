package journey

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// Row is the customers of one value of a breakdown; of several keys the value is
// a list.
type Row struct {
	Value    any           `json:"value"`
	Entered  int           `json:"entered"`
	Excluded int           `json:"excluded"`
	Stages   []StageAnswer `json:"stages"`
}

// breakdown gives the rows in which somebody entered (rule 13), the fullest
// first. Who an exclusion took out of a row where nobody else is, is counted in
// the answer's own excluded only.
func (d *measured) breakdown() []Row {
	rows := []Row{}
	for key, g := range d.groups() {
		if len(g.counted) == 0 {
			continue
		}
		rows = append(rows, Row{
			Value: d.rowValue(key), Entered: len(g.counted), Excluded: g.excluded, Stages: d.stages(*g),
		})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(b.Entered-a.Entered, b.Excluded-a.Excluded, bytes.Compare(jsonOf(a.Value), jsonOf(b.Value)))
	})
	return rows
}

func jsonOf(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // scalars always encode
	}
	return raw
}

// groups sorts customers into the rows they stand in (rule 13), by rowKey.
func (d *measured) groups() map[string]*group {
	groups := map[string]*group{}
	add := func(key string, r *Result) {
		if groups[key] == nil {
			groups[key] = &group{}
		}
		groups[key].add(r)
	}
	if d.attribution == "all" {
		for key, results := range d.byRow {
			for i := range results {
				add(key, &results[i])
			}
		}
		return groups
	}
	for i := range d.results {
		r := &d.results[i]
		for _, row := range d.rowsOf(r) {
			add(rowKey(row), r)
		}
	}
	return groups
}

// rowsOf gives the rows a customer stands in, by the events their chain took.
func (d *measured) rowsOf(r *Result) [][]uint32 {
	if d.attribution == "step" {
		var rows [][]uint32
		for _, f := range r.Fills {
			row := d.rowOf(f.Event)
			if d.plan.steps[f.Step].stage == d.stage && !slices.ContainsFunc(rows, func(o []uint32) bool { return slices.Equal(o, row) }) {
				rows = append(rows, row)
			}
		}
		if rows == nil { // the stage was not passed: no value
			rows = [][]uint32{make([]uint32, len(d.keys))}
		}
		return rows
	}
	row := make([]uint32, len(d.keys))
	for k := range d.keys {
		for _, f := range r.Fills {
			if code := d.streams.Keys[k][f.Event]; code != 0 {
				row[k] = code
				if d.attribution == "first" {
					break
				}
			}
		}
	}
	return [][]uint32{row}
}

// rowValue reads a rowKey back: a scalar, or a list for several keys.
func (d *measured) rowValue(key string) any {
	values := make([]any, len(d.keys))
	for k := range values {
		code := uint32(key[4*k]) | uint32(key[4*k+1])<<8 | uint32(key[4*k+2])<<16 | uint32(key[4*k+3])<<24
		values[k] = d.valueOf(k, code)
	}
	if len(values) == 1 {
		return values[0]
	}
	return values
}
