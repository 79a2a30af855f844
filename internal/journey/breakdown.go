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

// rows are the tallies of a breakdown, by the codes of their values.
type rows struct {
	plan   *plan
	passed int      // stages that their customers passed at most
	memory *memory  // of the tallies' times
	byCode []*tally // of one key, by code
	byKey  map[string]*tally
}

// of is the tally of a row, made where there is none yet.
func (r *rows) of(row []uint32) *tally {
	if len(row) == 1 && row[0] < 1<<12 {
		code := int(row[0])
		for len(r.byCode) <= code {
			r.byCode = append(r.byCode, nil)
		}
		if r.byCode[code] == nil {
			r.byCode[code] = newTallyTo(r.plan, r.passed, r.memory)
		}
		return r.byCode[code]
	}
	key := rowKey(row)
	t := r.byKey[key]
	if t == nil {
		if r.byKey == nil {
			r.byKey = map[string]*tally{}
		}
		t = newTallyTo(r.plan, r.passed, r.memory)
		r.byKey[key] = t
	}
	return t
}

// each yields every row with its codes.
func (r *rows) each(yield func(row []uint32, t *tally)) {
	for code, t := range r.byCode {
		if t != nil {
			yield([]uint32{uint32(code)}, t)
		}
	}
	for key, t := range r.byKey {
		yield(rowOfKey(key), t)
	}
}

func (r *rows) join(o *rows) {
	o.each(func(row []uint32, t *tally) { r.of(row).join(t) })
}

// rowsOf gives the rows a customer stands in (rule 13), by the events their
// chain took, to yield one after the other. A row holds until the next.
func (w *worker) rowsOf(r *Result, yield func(row []uint32)) {
	if w.attribution == "step" {
		w.rowsOfStep(r, yield)
		return
	}
	yield(w.onlyRowOf(r))
}

// onlyRowOf is the row of a customer who stands in one: by the first or the last
// value that the events of their chain have.
func (w *worker) onlyRowOf(r *Result) []uint32 {
	for k := range w.standing {
		w.standing[k] = 0
		for i := range r.Fills {
			if code := w.cursor.Key(k, uint32(r.Fills[i].Event)); code != 0 {
				w.standing[k] = code
				if w.first {
					break
				}
			}
		}
	}
	return w.standing
}

// rowOfNext is the row of the next customer of a crowd.
func (w *worker) rowOfNext() []uint32 {
	next := w.crowd.next()
	from, end := 0, len(next)
	if w.attribution == "step" {
		from, end = max(w.stage, 0), min(end, w.stage+1)
	}
	for k := range w.standing {
		w.standing[k] = 0
		for s := from; s < end; s++ {
			event := w.crowd.from
			if s > 0 {
				w.quick.followNext()
				event = w.cursor.EventAt(next[s].at)
			}
			if code := w.cursor.Key(k, event); code != 0 {
				w.standing[k] = code
				if w.first {
					break
				}
			}
		}
	}
	return w.standing
}

func (w *worker) rowsOfStep(r *Result, yield func(row []uint32)) {
	var rows [][]uint32
	for _, f := range r.Fills {
		if w.plan.steps[f.Step].stage != w.stage {
			continue
		}
		row := w.rowOf(uint32(f.Event))
		if !slices.ContainsFunc(rows, func(o []uint32) bool { return slices.Equal(o, row) }) {
			rows = append(rows, slices.Clone(row))
		}
	}
	if rows == nil { // the stage was not passed: no value
		rows = [][]uint32{make([]uint32, len(w.keys))}
	}
	for _, row := range rows {
		yield(row)
	}
}

// sortRows puts the fullest rows first.
func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(b.Entered-a.Entered, b.Excluded-a.Excluded, bytes.Compare(jsonOf(a.Value), jsonOf(b.Value)))
	})
}

func jsonOf(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // scalars always encode
	}
	return raw
}

func rowKey(row []uint32) string {
	key := make([]byte, 0, 4*len(row))
	for _, code := range row {
		key = append(key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
	}
	return string(key)
}

func rowOfKey(key string) []uint32 {
	row := make([]uint32, len(key)/4)
	for k := range row {
		row[k] = uint32(key[4*k]) | uint32(key[4*k+1])<<8 | uint32(key[4*k+2])<<16 | uint32(key[4*k+3])<<24
	}
	return row
}

// rowValue is what a row shows: a scalar, or a list for several keys.
func (d *measured) rowValue(row []uint32) any {
	values := make([]any, len(row))
	for k, code := range row {
		values[k] = d.valueOf(k, code)
	}
	if len(values) == 1 {
		return values[0]
	}
	return values
}
