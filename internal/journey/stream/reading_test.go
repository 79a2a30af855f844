package stream_test

import (
	"cmp"
	"math"
	"slices"

	"beichen/internal/journey/stream"
)

// read is an event of an answer with all codes written out.
type read struct {
	Customer    string
	At          int64
	Name        string
	Match       []uint64
	Seq         uint64
	Value, Cost *float64
	Currency    string
	Keys        []any
}

// everything reads all events, by customer and time. It reads each customer
// twice, with and without what matches no pattern, and panics if the cursor tells
// two stories.
func everything(s *stream.Streams) []read {
	out := slices.Concat(histories(s)...)
	slices.SortStableFunc(out, func(a, b read) int { return cmp.Compare(a.Customer, b.Customer) })
	return out
}

// histories are the events of each customer.
func histories(s *stream.Streams) (of [][]read) {
	all, matching := s.Cursor(true), s.Cursor(false)
	for _, b := range s.Blocks {
		if b == nil {
			continue
		}
		for i := range b.Len() {
			if !all.Load(b, i) {
				continue
			}
			amounts := map[uint32]*read{}
			var out []read
			for n, e := range all.Event {
				r := read{
					Customer: s.CustomerID(all.Customer()), At: all.At[n], Name: s.Names[s.Name(b.Event[e])],
					Match: s.Classes[all.Class[n]], Seq: all.Seq(e),
				}
				for k := range s.Values {
					r.Keys = append(r.Keys, s.Values[k][all.Key(k, e)])
				}
				out = append(out, r)
			}
			for n, e := range all.Event {
				amounts[e] = &out[n]
			}
			all.Amounts(&b.Values, math.MinInt64, math.MaxInt64, func(e uint32, _ int64, amount float64, currency uint16) {
				amounts[e].Value, amounts[e].Currency = &amount, s.Currencies[currency]
			})
			all.Amounts(&b.Costs, math.MinInt64, math.MaxInt64, func(e uint32, _ int64, amount float64, currency uint16) {
				amounts[e].Cost, amounts[e].Currency = &amount, s.Currencies[currency]
			})
			var want, got []int64
			for _, r := range out {
				if slices.ContainsFunc(r.Match, func(w uint64) bool { return w != 0 }) {
					want = append(want, r.At)
				}
			}
			if matching.Load(b, i) {
				got = matching.At
			}
			if !slices.Equal(want, got) {
				panic("the events that match are not those among all that match")
			}
			of = append(of, out)
		}
	}
	return of
}
