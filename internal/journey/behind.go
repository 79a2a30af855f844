package journey

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// CustomersRequest asks for the customers behind a number.
type CustomersRequest struct {
	Request
	Stage string `json:"stage"` // its id in the answer; may be empty with state excluded
	Step  string `json:"step,omitempty"`
	State string `json:"state"` // reached, pending, left, excluded
	// BreakdownValue is the value of a row, a list for several keys. null is the
	// row null; without the field all customers are meant.
	BreakdownValue BreakdownValue `json:"breakdownValue,omitzero"`
	Search         string         `json:"search,omitempty"` // part of an id
	Named          []string       `json:"-"`                // ids of those who are found by their name
	Sort           string         `json:"sort,omitempty"`   // newest (default), oldest, longest, shortest, value
	Offset         int            `json:"offset,omitempty"`
	Limit          int            `json:"limit,omitempty"` // default 50, at most 1000
}

// CustomersPage is a part of the customers behind a number.
type CustomersPage struct {
	Total int            `json:"total"` // the number, where nothing is searched
	Items []BehindNumber `json:"items"`
}

// BehindNumber is one of the customers behind a number.
type BehindNumber struct {
	ID      string    `json:"id"`
	Name    *string   `json:"name"` // for the asker to fill; the machine does not know it
	Level   int       `json:"level"`
	EntryAt time.Time `json:"entryAt"`
	// At is when they reached it; of who is pending or left when they reached the
	// stage before, of who is excluded the entry.
	At time.Time `json:"at"`
	// Seconds from the stage before to this one; pending: so far; left: the dwell;
	// null where there is no stage before.
	Seconds *float64 `json:"seconds"`
	// Value is what they brought from At on within the window.
	Value []Money `json:"value"`
}

// Customers lists the customers behind a number of Measure's answer to the same
// request, by the results that were counted.
func (m *Measurer) Customers(ctx context.Context, r CustomersRequest) (*CustomersPage, error) {
	q, err := r.Request.understand()
	if err != nil {
		return nil, err
	}
	where, err := r.understand(q.plan)
	if err != nil {
		return nil, err
	}
	d, err := m.measure(ctx, q)
	if err != nil {
		return nil, err
	}
	var items []BehindNumber
	for _, r := range d.behind(&r, where) {
		items = append(items, d.item(r, where))
	}
	if r.Search != "" {
		items = slices.DeleteFunc(items, func(i BehindNumber) bool {
			return !strings.Contains(strings.ToLower(i.ID), strings.ToLower(r.Search)) && !slices.Contains(r.Named, i.ID)
		})
	}
	sortItems(items, r.Sort)
	page := &CustomersPage{Total: len(items), Items: []BehindNumber{}}
	limit := min(cmp.Or(max(r.Limit, 0), 50), 1000)
	if from := max(r.Offset, 0); from < len(items) {
		page.Items = items[from:min(from+limit, len(items))]
	}
	return page, nil
}

// number names a number of the answer.
type number struct {
	state state
	stage int // place in plan.stages; −1: not bound
	step  int // in plan.steps; −1: the stage's own number
}

const excluded state = "excluded"

func (r *CustomersRequest) understand(p *plan) (number, error) {
	n := number{state: state(r.State), stage: -1, step: -1}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	if !slices.Contains([]state{reached, pending, left, excluded}, n.state) {
		wrong("state", "journey.bad-state", "value", r.State)
	}
	if r.Sort != "" && !slices.Contains([]string{"newest", "oldest", "longest", "shortest", "value"}, r.Sort) {
		wrong("sort", "journey.bad-sort", "value", r.Sort)
	}
	if v := r.BreakdownValue.Values; v != nil && (len(r.Breakdown) == 0 || len(v) != len(r.Breakdown)) {
		wrong("breakdownValue", "journey.bad-breakdown-value")
	}
	definition, known := p.stageInAnswer(r.Stage)
	switch {
	case !known && (r.Stage != "" || n.state != excluded):
		wrong("stage", "journey.unknown-stage", "id", r.Stage)
	case known:
		n.stage = p.placeOf(definition)
		if r.Step == "" {
			break
		}
		step := slices.IndexFunc(p.journey.Stages[definition].Steps, func(s Step) bool { return s.ID == r.Step })
		if step < 0 {
			wrong("step", "journey.unknown-step", "id", r.Step)
		}
		n.step = slices.IndexFunc(p.steps, func(s planStep) bool { return s.stage == n.stage && s.definition == step })
		if n.step < 0 {
			n.stage = -1
		}
	}
	return n, fault.Many("journey.invalid-question", faults)
}

// mark is what the number is counted from.
func (d *measured) markOf(n number) mark {
	if n.step >= 0 {
		return d.ofStep(n.step)
	}
	return d.ofStage(n.stage)
}

// behind gives the results of the customers behind a number.
func (d *measured) behind(r *CustomersRequest, n number) []*Result {
	var all []*Result
	if r.BreakdownValue.Values == nil {
		for i := range d.results {
			all = append(all, &d.results[i])
		}
	} else {
		all = d.inRow(r.BreakdownValue.Values)
	}
	return slices.DeleteFunc(all, func(r *Result) bool {
		switch {
		case n.state == excluded || r.Excluded:
			return !(n.state == excluded && r.Excluded)
		case n.stage < 0:
			return true
		}
		return d.stateOf(r, d.markOf(n)) != n.state
	})
}

// inRow gives the results of a breakdown's row, the excluded ones too.
func (d *measured) inRow(values []any) []*Result {
	want := jsonOf(values)
	matches := func(row []uint32) bool {
		has := make([]any, len(row))
		for k, code := range row {
			has[k] = d.valueOf(k, code)
		}
		return string(jsonOf(has)) == string(want)
	}
	var all []*Result
	for _, results := range d.byRow {
		for i := range results {
			if matches(results[i].row) {
				all = append(all, &results[i])
			}
		}
	}
	if d.attribution == "all" {
		return all
	}
	for i := range d.results {
		if slices.ContainsFunc(d.rowsOf(&d.results[i]), matches) {
			all = append(all, &d.results[i])
		}
	}
	return all
}

func (d *measured) item(r *Result, n number) BehindNumber {
	item := BehindNumber{ID: d.streams.CustomerID(r.Customer), Level: r.Level, EntryAt: instantOf(r.Entry)}
	at := r.Entry
	if n.state != excluded {
		m := d.markOf(n)
		before := int64(notReached)
		if m.previous != nil {
			before = m.previous(r)
		}
		switch n.state {
		case reached:
			at = m.at(r)
			if before != notReached {
				item.Seconds = new(secondsOf(at - before))
			}
		case pending:
			at = before
			item.Seconds = new(secondsOf(d.asOf - before))
		case left:
			at = before
			item.Seconds = new(secondsOf(r.dwell()))
		}
	}
	item.At = instantOf(at)
	var brought purse
	d.events(r, at, r.End, func(e int32) {
		if value := d.streams.Value[e]; !math.IsNaN(value) {
			brought.add(d.streams.Currencies[d.streams.Currency[e]], value)
		}
	})
	if item.Value = brought.perCustomer(1); item.Value == nil {
		item.Value = []Money{}
	}
	return item
}

// sortItems orders a list; equal items by id. By value: by the currency in which
// the list as a whole has most.
func sortItems(items []BehindNumber, order string) {
	var all purse
	for _, i := range items {
		for _, m := range i.Value {
			all.add(m.Currency, m.Total)
		}
	}
	main, most := "", math.Inf(-1)
	for _, m := range all.perCustomer(0) {
		if m.Total > most {
			main, most = m.Currency, m.Total
		}
	}
	valueOf := func(i BehindNumber) float64 {
		for _, m := range i.Value {
			if m.Currency == main {
				return m.Total
			}
		}
		return math.Inf(-1)
	}
	secondsOf := func(i BehindNumber, unknown float64) float64 {
		if i.Seconds == nil {
			return unknown
		}
		return *i.Seconds
	}
	slices.SortFunc(items, func(a, b BehindNumber) int {
		by := 0
		switch order {
		case "oldest":
			by = a.At.Compare(b.At)
		case "longest":
			by = cmp.Compare(secondsOf(b, -1), secondsOf(a, -1))
		case "shortest":
			by = cmp.Compare(secondsOf(a, math.Inf(1)), secondsOf(b, math.Inf(1)))
		case "value":
			by = cmp.Compare(valueOf(b), valueOf(a))
		default:
			by = b.At.Compare(a.At)
		}
		return cmp.Or(by, cmp.Compare(a.ID, b.ID))
	})
}

// BreakdownValue is the value of a breakdown's row: a scalar for each key; nil
// Values mean no row.
type BreakdownValue struct{ Values []any }

// MarshalJSON writes a scalar, or a list for several keys.
func (v BreakdownValue) MarshalJSON() ([]byte, error) {
	if len(v.Values) == 1 {
		return json.Marshal(v.Values[0])
	}
	return json.Marshal(v.Values)
}

// UnmarshalJSON reads a scalar, or a list of them. Empty text is null, as in the
// rows.
func (v *BreakdownValue) UnmarshalJSON(raw []byte) error {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for i := range list {
		list[i] = event.Scalar(list[i])
	}
	v.Values = list
	return nil
}
