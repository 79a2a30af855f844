package warehousetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// row is one row of a scan with its codes looked up.
type row struct {
	seq               uint64
	customer, account identity.Number
	time              time.Time
	name, currency    string
	value, cost       float64
	match             []uint64
	keys              []any
	count             int64 // of events that it stands for
}

func (f *facts) scan(s warehouse.Scan) []row {
	f.t.Helper()
	return f.rows(func(yield func(*warehouse.Batch) error) error { return f.Scan(f.t.Context(), s, yield) })
}

// rows are all that is given.
func (f *facts) rows(give func(yield func(*warehouse.Batch) error) error) []row {
	f.t.Helper()
	var rows []row
	err := give(func(b *warehouse.Batch) error {
		for i := range b.Len {
			r := row{
				seq: b.Seq[i], customer: b.Customer[i], account: b.Account[i], time: time.UnixMicro(b.Time[i]).UTC(),
				name: b.Names[b.Name[i]], currency: b.Currencies[b.Currency[i]], value: b.Value[i], cost: b.Cost[i],
				match: slices.Clone(b.Match[i*b.Words : (i+1)*b.Words]), count: 1,
			}
			if b.Count != nil {
				r.count = b.Count[i]
			}
			for k := range b.Keys {
				r.keys = append(r.keys, b.Values[k][b.Keys[k][i]])
			}
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil {
		f.t.Error(err)
	}
	return rows
}

// scanGroups compares a scan, and histories, that may group with what it may group: whose they are, in
// which part of the time, what matches and what they are worth has to be the same, and
// of each group the instant and the position of the first.
func scanGroups(t *testing.T, open Opener) {
	f := newFacts(t, open)
	for i := range 60 {
		m := track([]string{"a", "b"}[i%2], []string{"Paid", "Seen", "Other"}[i%3], i/2)
		m.Channel = []string{"ads", "", "email"}[i%5%3]
		if i%4 > 0 {
			m.Value, m.Cost, m.Currency = new(float64(i%3)), new(0.5), []string{"TWD", "CNY"}[i%7%2]
		}
		if i%7 == 0 {
			m.GroupID = "tea"
		}
		f.load(m)
	}
	channel := event.Key{Root: event.Channel}
	byAds := event.Filter{{Key: channel, Op: event.Eq, Operands: []any{"ads"}}}
	for rule, patterns := range map[string][]event.Pattern{
		"by name": {{Name: "Paid"}, {Name: "Seen"}}, "by name and condition": {{Name: "Paid"}, {Name: "Seen", Where: byAds}},
		"by condition": {{AnyName: true, Where: byAds}}, "of any name": {{AnyName: true}, {Name: "Seen", Where: byAds}}, "of no name that is known": {{Name: "Never"}},
	} {
		for _, group := range []warehouse.Group{{Cuts: []time.Time{at(5), at(12), at(13)}}, {Value: true}, {Cuts: []time.Time{at(20)}, Value: true, Cost: true}} {
			s := warehouse.Scan{MaxSeq: 55, From: at(2), Patterns: patterns, Keys: []event.Key{channel}}
			want := toldTogether(f.scan(s), group)
			s.Group = &group
			same(t, rule, want, toldTogether(f.scan(s), group))
			same(t, rule+", in histories", want, toldTogether(f.rows(func(yield func(*warehouse.Batch) error) error {
				return f.Histories(t.Context(), s, func(b *warehouse.Batch, _ identity.Number) error { return yield(b.Rows()) })
			}), group))
		}
	}
}

// toldTogether are rows gathered as a group allows: how many events there are, and the
// instant and position of the first, by what is told apart.
func toldTogether(rows []row, by warehouse.Group) map[string][3]int64 {
	out := map[string][3]int64{}
	for _, r := range rows {
		r.name = ""
		if !by.Value {
			r.value = math.NaN()
		}
		if !by.Cost {
			r.cost = math.NaN()
		}
		if !by.Value && !by.Cost {
			r.currency = ""
		}
		part := sort.Search(len(by.Cuts), func(i int) bool { return r.time.Before(by.Cuts[i]) })
		if !slices.ContainsFunc(r.match, func(word uint64) bool { return word != 0 }) {
			part, r.keys, r.value, r.cost, r.currency = 0, nil, math.NaN(), math.NaN(), ""
		}
		key := fmt.Sprint(part, r.customer, r.account, r.match, r.keys, r.value, r.cost, r.currency)
		all := [3]int64{r.count, r.time.UnixMicro(), int64(r.seq)}
		if known, ok := out[key]; ok {
			all = [3]int64{all[0] + known[0], min(all[1], known[1]), min(all[2], known[2])}
		}
		out[key] = all
	}
	return out
}

func namesOf(rows []row) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
	}
	return names
}

func scanBounds(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "E1", 5), identify("a", 5, `{}`), track("b", "E3", 3), group("b", "tea", 4, `{}`))
	f.load(track("a", "E5", 4), &event.Message{Type: event.Alias, UserID: "b", PreviousID: "a", Time: at(4)}, track("c", "E7", 9))
	for _, c := range []struct {
		rule string
		scan warehouse.Scan
		want []string
	}{
		{"arrival order", warehouse.Scan{MaxSeq: 7}, []string{"E1", "E3", "E5", "E7"}},
		{"up to a position", warehouse.Scan{MaxSeq: 5}, []string{"E1", "E3", "E5"}},
		{"from, included", warehouse.Scan{MaxSeq: 7, From: at(4)}, []string{"E1", "E5", "E7"}},
		{"until, included", warehouse.Scan{MaxSeq: 7, From: at(4), Until: at(5)}, []string{"E1", "E5"}},
		{"after a position", warehouse.Scan{After: 1, MaxSeq: 5}, []string{"E3", "E5"}},
		{"of some customers", warehouse.Scan{MaxSeq: 7, Customers: []identity.Number{1, 3}}, []string{"E1", "E5", "E7"}},
		{"of no customers", warehouse.Scan{MaxSeq: 7, Customers: []identity.Number{}}, nil},
		{"of a range of customers", warehouse.Scan{MaxSeq: 7, Range: warehouse.Range{After: 1, Through: 2}}, []string{"E3"}},
		{"of customers after one", warehouse.Scan{MaxSeq: 7, Range: warehouse.Range{After: 2}}, []string{"E7"}},
		{"nothing", warehouse.Scan{MaxSeq: 0}, nil},
	} {
		same(t, c.rule, c.want, namesOf(f.scan(c.scan)))
	}
}

func digests(t *testing.T, open Opener) {
	f := newFacts(t, open)
	digest := func(maxSeq uint64) warehouse.Digest {
		t.Helper()
		return must[warehouse.Digest](t)(f.Digest(t.Context(), maxSeq))
	}
	same(t, "of nothing", warehouse.Digest{}, digest(9))
	f.load(track("a", "E1", 5), identify("a", 5, `{}`), track("b", "E3", 3))
	first := digest(3)
	f.load(track("a", "E4", 4))
	same(t, "of the same events later", first, digest(3))
	same(t, "events", []int64{2, 3, 1}, []int64{first.Events, digest(9).Events, digest(1).Events})
	if digest(9).IDs == first.IDs || digest(1).IDs == first.IDs {
		t.Error("other events have the same digest")
	}
	f.load(identify("b", 6, `{}`))
	same(t, "identity facts", []int64{0, 1, 1, 2}, []int64{digest(1).IdentityFacts, first.IdentityFacts, digest(4).IdentityFacts, digest(9).IdentityFacts})
	if digest(9).IdentityIDs == first.IdentityIDs || digest(1).IdentityIDs == first.IdentityIDs {
		t.Error("other identity facts have the same digest")
	}
}

func scanEvaluates(t *testing.T, open Opener) {
	f := newFacts(t, open)
	paid := track("a", "Paid", 1)
	paid.Value, paid.Cost, paid.Currency, paid.GroupID, paid.Channel = new(9.5), new(0.0), "TWD", "tea", "email"
	paid.Properties = json.RawMessage(`{"plan":"pro","n":7}`)
	f.load(paid, track("b", "Paid", 2), track("b", "Seen", 3))
	plan := event.Key{Root: event.Properties, Path: []string{"plan"}}
	isPro := event.Filter{{Key: plan, Op: event.Eq, Operands: []any{"pro"}}}
	rows := f.scan(warehouse.Scan{
		MaxSeq: 9,
		Patterns: []event.Pattern{
			{Name: "Paid"}, {Name: "Paid", Where: isPro}, {AnyName: true}, {AnyName: true, Where: isPro}, {Name: "Never"},
			{Name: "Seen", Where: event.Filter{{Key: plan, Op: event.Ne, Operands: []any{"pro"}}}},
		},
		Keys: []event.Key{plan, {Root: event.Channel}, {Root: event.Value}},
	})
	same(t, "bits", [][]uint64{{0b001111}, {0b000101}, {0b100100}}, [][]uint64{rows[0].match, rows[1].match, rows[2].match})
	same(t, "keys", [][]any{{"pro", "email", 9.5}, {nil, nil, nil}}, [][]any{rows[0].keys, rows[1].keys})
	same(t, "who", []identity.Number{1, 1, 2, 0}, []identity.Number{rows[0].customer, rows[0].account, rows[1].customer, rows[1].account})
	if r := rows[0]; r.value != 9.5 || r.cost != 0 || r.currency != "TWD" || !r.time.Equal(at(1)) {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; !math.IsNaN(r.value) || !math.IsNaN(r.cost) || r.currency != "" {
		t.Errorf("%+v", r)
	}
	same(t, "segment", []uint64{1}, []uint64{f.scan(warehouse.Scan{MaxSeq: 9, Segment: isPro})[0].seq})
	many := warehouse.Scan{MaxSeq: 9, Patterns: make([]event.Pattern, 130)}
	many.Patterns[64].Name, many.Patterns[129] = "Paid", event.Pattern{Name: "Seen", Where: many.Segment}
	rows = f.scan(many)
	same(t, "words", [][]uint64{{0, 1, 0}, {0, 0, 2}}, [][]uint64{rows[0].match, rows[2].match})
}

// scanLeavesOut asks for batches without what is not wanted: the rest stays.
func scanLeavesOut(t *testing.T, open Opener) {
	f := newFacts(t, open)
	m := track("a", "Paid", 1)
	m.GroupID, m.Channel, m.Value = "tea", "email", new(9.5)
	long := track("b", "Seen", 2)
	long.Channel = "a channel of many letters"
	f.load(m, long, track("c", "Seen", 3))
	for _, c := range []struct{ unplaced, unaccounted bool }{{true, false}, {false, true}, {true, true}} {
		var rows []row
		err := f.Scan(t.Context(), warehouse.Scan{
			MaxSeq: 9, Unplaced: c.unplaced, Unaccounted: c.unaccounted, Keys: []event.Key{{Root: event.Channel}},
		}, func(b *warehouse.Batch) error {
			same(t, "left out", []bool{c.unplaced, c.unaccounted}, []bool{b.Seq == nil, b.Account == nil})
			for i := range b.Len {
				r := row{customer: b.Customer[i], name: b.Names[b.Name[i]], value: b.Value[i], keys: []any{b.Values[0][b.Keys[0][i]]}}
				if !c.unplaced {
					r.seq = b.Seq[i]
				}
				if !c.unaccounted {
					r.account = b.Account[i]
				}
				rows = append(rows, r)
			}
			return nil
		})
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		same(t, "keys", []any{"email", "a channel of many letters", nil}, []any{rows[0].keys[0], rows[1].keys[0], rows[2].keys[0]})
		same(t, "who and what", []any{identity.Number(1), "Paid", identity.Number(3), "Seen"}, []any{rows[0].customer, rows[0].name, rows[2].customer, rows[2].name})
		if rows[0].value != 9.5 || !math.IsNaN(rows[1].value) {
			t.Errorf("amounts %v, %v", rows[0].value, rows[1].value)
		}
		if !c.unplaced {
			same(t, "positions", []uint64{1, 2, 3}, []uint64{rows[0].seq, rows[1].seq, rows[2].seq})
		}
		if !c.unaccounted {
			same(t, "accounts", []identity.Number{1, 0}, []identity.Number{rows[0].account, rows[1].account})
		}
	}
}

func scanStops(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1))
	enough := errors.New("enough")
	if err := f.Scan(t.Context(), warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch) error { return enough }); err != enough {
		t.Errorf("%v", err)
	}
}

func cancelled(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	position := func() error { _, err := f.Position(ctx); return err }
	names := func() error { _, err := f.Names(ctx); return err }
	timeline := func() error {
		_, err := f.Timeline(ctx, warehouse.Timeline{Of: []identity.Number{1}, Root: event.Traits})
		return err
	}
	for name, ask := range map[string]func() error{
		"position": position, "names": names, "timeline": timeline,
		"scan": func() error {
			return f.Scan(ctx, warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch) error { return nil })
		},
		"refs": func() error { return f.Refs(ctx, func([]event.Ref) error { return nil }) },
	} {
		if err := ask(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := f.Scan(ctx, warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a scan that was cancelled half way: %v", err)
	}
	same(t, "position afterwards", f.at, must[warehouse.Position](t)(f.Position(t.Context())))
}
