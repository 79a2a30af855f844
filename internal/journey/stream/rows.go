package stream

import (
	"encoding/json"
	"math"
	"slices"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// rows are events in the order of the log, as columns, on their way into blocks.
type rows struct {
	customer []uint32 // who they count for; rows of nobody (0) are kept too
	time     []int64
	name     []uint32
	class    []uint32 // nil: not known
	seq      []uint64 // nil: not wanted
	// value, cost and currency are nil until an event has one.
	value, cost []float64
	currency    []uint16
	keys        [][]uint32
}

func (r *rows) len() int { return len(r.customer) }

// reserve makes room for n rows, so that columns do not grow by copying.
func (r *rows) reserve(n int) {
	r.customer = slices.Grow(r.customer, n)
	r.time = slices.Grow(r.time, n)
	r.name = slices.Grow(r.name, n)
	for k := range r.keys {
		r.keys[k] = slices.Grow(r.keys[k], n)
	}
}

// addAmounts adds the money of rows that were added, NaN where there is none.
func (r *rows) addAmounts(value, cost []float64, currency func(i int) uint16) {
	grown := len(r.customer)
	r.value = appendAmounts(r.value, value, grown)
	r.cost = appendAmounts(r.cost, cost, grown)
	if r.value == nil && r.cost == nil {
		return
	}
	before := grown - len(value)
	if r.currency == nil {
		r.currency = make([]uint16, before, cap(r.customer))
	}
	for i := range value {
		r.currency = append(r.currency, currency(i))
	}
}

// appendAmounts adds amounts to a column that is grown rows long afterwards; it
// stays nil as long as all are missing.
func appendAmounts(to, amounts []float64, grown int) []float64 {
	if to == nil {
		if !slices.ContainsFunc(amounts, func(a float64) bool { return a == a }) {
			return nil
		}
		to = make([]float64, 0, max(grown, 1024))
		for range grown - len(amounts) {
			to = append(to, math.NaN())
		}
	}
	return append(to, amounts...)
}

// addMessage adds an event with its codes; the caller adds class and seq.
func (r *rows) addMessage(m warehouse.Stored, customer uint32, name uint32, currency uint16) {
	r.customer = append(r.customer, customer)
	r.time = append(r.time, m.Micros())
	r.name = append(r.name, name)
	r.addAmounts([]float64{orNaN(m.Value)}, []float64{orNaN(m.Cost)}, func(int) uint16 { return currency })
}

func orNaN(amount *float64) float64 {
	if amount == nil {
		return math.NaN()
	}
	return *amount
}

// order lists the rows by customer, and a customer's by time; rows of one
// instant stay in their order. It sorts by counting, since customers are numbers
// without large gaps; start gives by customer where theirs begin.
func (r *rows) order() (order, start []uint32) {
	var last uint32
	for _, c := range r.customer {
		last = max(last, c)
	}
	start = make([]uint32, int(last)+2)
	for _, c := range r.customer {
		start[c+1]++
	}
	for c := 1; c < len(start); c++ {
		start[c] += start[c-1]
	}
	next := slices.Clone(start)
	order = make([]uint32, r.len())
	for row, c := range r.customer {
		order[next[c]] = uint32(row)
		next[c]++
	}
	return order, start
}

// sortByTime orders one customer's rows. Events mostly arrive in the order they
// happened, so it looks first.
func (r *rows) sortByTime(of []uint32) {
	for i := 1; i < len(of); i++ {
		if r.compare(of[i], of[i-1]) < 0 {
			slices.SortStableFunc(of, r.compare)
			return
		}
	}
}

// compare is the order of two rows of a customer.
func (r *rows) compare(x, y uint32) int {
	switch {
	case r.time[x] < r.time[y]:
		return -1
	case r.time[x] > r.time[y]:
		return 1
	}
	return 0
}

// dictionary gives values codes in the order in which they are first seen;
// code 0 is the zero value.
type dictionary[T comparable] struct {
	codes  map[T]uint32
	values []T
}

func newDictionary[T comparable]() *dictionary[T] {
	var zero T
	return &dictionary[T]{codes: map[T]uint32{zero: 0}, values: []T{zero}}
}

func (d *dictionary[T]) code(value T) uint32 {
	code, ok := d.codes[value]
	if !ok {
		code = uint32(len(d.values))
		d.codes[value] = code
		d.values = append(d.values, value)
	}
	return code
}

// jsonText is an object or a list as a value of a dictionary.
type jsonText string

// comparableValue makes a key's value one that a dictionary can hold.
func comparableValue(value any) any {
	if raw, ok := value.(json.RawMessage); ok {
		return jsonText(raw)
	}
	return value
}

// valueOf is a dictionary's value as conditions judge it.
func valueOf(value any) any {
	if text, ok := value.(jsonText); ok {
		return json.RawMessage(text)
	}
	return value
}

// translation maps the codes of another dictionary, which only grows, to codes
// of one's own.
type translation []uint32

// extend covers the codes that are new in the other dictionary.
func extend[T comparable](t translation, other []T, own *dictionary[T]) translation {
	for i := len(t); i < len(other); i++ {
		t = append(t, own.code(other[i]))
	}
	return t
}

func appendTranslated(to, codes []uint32, t translation) []uint32 {
	from := len(to)
	to = slices.Grow(to, len(codes))[:from+len(codes)]
	for i, code := range codes {
		to[from+i] = t[code]
	}
	return to
}

// scalarOf is a dictionary's value as a row of a breakdown shows it.
func scalarOf(value any) any {
	if _, isJSON := value.(jsonText); isJSON {
		return nil
	}
	return event.Scalar(value)
}
