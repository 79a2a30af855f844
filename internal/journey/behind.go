package journey

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
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
	Sort           string         `json:"sort,omitempty"` // newest (default), oldest, longest, shortest, value
	listing.Page
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
	q, where, err := r.question()
	if err != nil {
		return nil, err
	}
	all := &found{}
	d, err := m.together(ctx, q, DividedCustomers, r.settledBy(q), all.read(q))
	if d == nil && err == nil {
		_, err = m.each(ctx, q, func(d *measured) error { return all.list(ctx, d, where, &r) })
	}
	if err != nil {
		return nil, err
	}
	return all.page(&r), nil
}

// question is what is asked, and of which number.
func (r *CustomersRequest) question() (*question, number, error) {
	q, err := r.Request.understand()
	if err != nil {
		return nil, number{}, err
	}
	q.rest = stream.TimesOfRest
	where, err := r.understand(q.plan)
	return q, where, err
}

// found are the customers behind a number.
type found struct {
	items []BehindNumber
	cut   int   // who else was found, and is on no page before the end of the one asked for
	money purse // of all, whoever is searched
}

// list adds the customers of a part.
func (f *found) list(ctx context.Context, d *measured, of number, r *CustomersRequest) error {
	folds, err := run(ctx, d, nil, 0, func() *behind { return &behind{measured: d, of: of, row: d.rowNamed(r.BreakdownValue.Values)} })
	for _, fold := range folds {
		f.items = append(f.items, fold.items...)
		for _, i := range fold.items {
			for _, m := range i.Value {
				f.money.add(m.Currency, m.Total)
			}
		}
	}
	return err
}

// page is the part that is asked for. The list is used up.
func (f *found) page(r *CustomersRequest) *CustomersPage {
	total, items := listing.Of(f.items, r.Page, idOf, orderOf(r.Sort, f.money.main()))
	return &CustomersPage{Total: total + f.cut, Items: items}
}

func idOf(i BehindNumber) string { return i.ID }

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

// behind lists the customers behind a number. It is a fold.
type behind struct {
	*measured
	of    number
	row   *rowMatch // nil: of no row
	items []BehindNumber
}

func (b *behind) add(w *worker, r *Result) {
	if b.row == nil {
		b.list(w, r)
		return
	}
	if b.byValue() {
		return
	}
	stands := false
	w.rowsOf(r, func(row []uint32) { stands = stands || b.row.is(row) })
	if stands {
		b.list(w, r)
	}
}

func (b *behind) addNext(w *worker) { b.add(w, w.fromCrowd()) }

func (b *behind) addInRow(w *worker, r *Result) {
	if b.row != nil && b.row.is(r.row) {
		b.list(w, r)
	}
}

func (b *behind) list(w *worker, r *Result) {
	if b.of.state == excluded || r.Excluded {
		if b.of.state == excluded && r.Excluded {
			b.items = append(b.items, w.item(r, r.Entry, nil))
		}
		return
	}
	if b.of.stage < 0 {
		return
	}
	at, before := w.at(r, b.of), w.before(r, b.of)
	if w.stateOf(r, b.of) != b.of.state {
		return
	}
	var seconds *float64
	since := before
	switch b.of.state {
	case reached:
		if since = at; before != notReached {
			seconds = new(secondsOf(at - before))
		}
	case pending:
		seconds = new(secondsOf(w.asOf - before))
	case left:
		seconds = new(secondsOf(w.dwell(r)))
	}
	b.items = append(b.items, w.item(r, since, seconds))
}

// rowMatch names a row of a breakdown by its values.
type rowMatch struct {
	*measured
	want string
}

func (d *measured) rowNamed(values []any) *rowMatch {
	if values == nil {
		return nil
	}
	return &rowMatch{d, string(jsonOf(values))}
}

func (m *rowMatch) is(row []uint32) bool {
	has := make([]any, len(row))
	for k, code := range row {
		has[k] = m.valueOf(k, code)
	}
	return string(jsonOf(has)) == m.want
}

// state is where a customer stands as to a number.
type state string

const (
	reached state = "reached"
	pending state = "pending"
	left    state = "left"
	absent  state = ""
)

// at is when a customer reached the stage or step, notReached.
func (d *measured) at(r *Result, n number) int64 {
	if n.step >= 0 {
		return r.did(n.step)
	}
	return r.At[n.stage]
}

// before is when a customer reached the stage before; notReached where there is
// none. The steps of a journey in any order have none.
func (d *measured) before(r *Result, n number) int64 {
	previous := d.plan.stages[n.stage].previous
	if d.plan.order == AnyOrder {
		if previous = n.stage - 1; n.step >= 0 {
			return notReached
		}
	}
	if previous < 0 {
		return notReached
	}
	return r.At[previous]
}

func (d *measured) stateOf(r *Result, n number) state {
	switch {
	case d.at(r, n) != notReached:
		return reached
	case d.before(r, n) == notReached || r.passed(n.stage) || d.past(r, n.stage):
		return absent
	case d.asOf > r.End:
		return left
	}
	return pending
}

func (w *worker) item(r *Result, since int64, seconds *float64) BehindNumber {
	item := BehindNumber{
		ID: w.streams.CustomerID(w.cursor.Customer()), Level: r.Level, EntryAt: instantOf(r.Entry), At: instantOf(since), Seconds: seconds,
	}
	var brought purse
	w.brought(r, since, r.End, func(_ int64, amount float64, currency uint16) {
		brought.add(w.streams.Currencies[currency], amount)
	})
	if item.Value = brought.perCustomer(1); item.Value == nil {
		item.Value = []Money{}
	}
	return item
}

// main is the currency that has most; nil where there is no money.
func (p purse) main() (currency *string) {
	most := math.Inf(-1)
	for _, m := range p.perCustomer(0) {
		if m.Total > most {
			currency, most = &m.Currency, m.Total
		}
	}
	return currency
}

// orderOf is the order of a list; of equal items by id. By value: by that in a currency,
// the one in which the list as a whole has most; nil: in none.
func orderOf(by string, currency *string) func(a, b BehindNumber) int {
	valueOf := func(i BehindNumber) float64 {
		for _, m := range i.Value {
			if currency != nil && m.Currency == *currency {
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
	return func(a, b BehindNumber) int {
		n := 0
		switch by {
		case "oldest":
			n = a.At.Compare(b.At)
		case "longest":
			n = cmp.Compare(secondsOf(b, -1), secondsOf(a, -1))
		case "shortest":
			n = cmp.Compare(secondsOf(a, math.Inf(1)), secondsOf(b, math.Inf(1)))
		case "value":
			n = cmp.Compare(valueOf(b), valueOf(a))
		default:
			n = b.At.Compare(a.At)
		}
		return cmp.Or(n, cmp.Compare(a.ID, b.ID))
	}
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
