package warehousetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// histories are the rows that a store gives ref after ref, by position. It fails where
// the store gives a row of a ref of which it had said that everything was given, or
// does not say so of all in the end.
func histories(ctx context.Context, w warehouse.Warehouse, s warehouse.Scan) (rows []comparedRow, err error) {
	var through identity.Number
	err = w.Histories(ctx, s, func(b *warehouse.Batch, now identity.Number) error {
		if err := inOrder(b.Runs); err != nil {
			return err
		}
		b, first := b.Rows(), len(rows)
		if rows = appendCompared(rows, b); b.Rest {
			return fmt.Errorf("of %d events little is told, which was not asked for", b.Len)
		}
		for _, r := range rows[first:] {
			if r.Customer <= through {
				return fmt.Errorf("a row of ref %d came after everything up to %d", r.Customer, through)
			}
		}
		if now < through {
			return fmt.Errorf("everything up to %d was given, and then up to %d only", through, now)
		}
		through = now
		return nil
	})
	if err == nil && through != warehouse.MaxNumber {
		err = fmt.Errorf("it ended with what was given up to ref %d", through)
	}
	slices.SortFunc(rows, func(a, b comparedRow) int { return cmp.Compare(a.Seq, b.Seq) })
	return rows, err
}

// inOrder holds runs to what they promise.
func inOrder(r *warehouse.Runs) error {
	if r == nil {
		return nil
	}
	for run := range r.Len() {
		for e := r.Start[run] + 1; e < r.Start[run+1]; e++ {
			if cmp.Or(cmp.Compare(r.Time[e-1], r.Time[e]), cmp.Compare(r.Seq[e-1], r.Seq[e])) >= 0 {
				return fmt.Errorf("of a run of ref %d, event %d at %d stands before event %d at %d", r.Customer[run], r.Seq[e-1], r.Time[e-1], r.Seq[e], r.Time[e])
			}
		}
	}
	if r.Start[0] != 0 || int(r.Start[r.Len()]) != len(r.Time) {
		return fmt.Errorf("runs begin with event %d and end before event %d of %d", r.Start[0], r.Start[r.Len()], len(r.Time))
	}
	return nil
}

func historiesAreWhole(t *testing.T, open Opener) {
	f := newFacts(t, open)
	same(t, "of nothing", 0, len(must[[]comparedRow](t)(histories(t.Context(), f, warehouse.Scan{MaxSeq: 9}))))
	for load := range 3 {
		var messages []*event.Message
		for i := range 400 {
			m := track(fmt.Sprint("u", i*i%97), []string{"Paid", "Seen", "Other"}[i%3], i%50)
			m.Channel = []string{"ads", "", "email"}[i%5%3]
			if i%4 == load {
				m.Value, m.Cost, m.Currency, m.GroupID = new(float64(i)), new(0.5), []string{"TWD", "CNY"}[i%2], []string{"", "tea"}[i%2]
			}
			messages = append(messages, m)
		}
		f.load(append(messages, identify("u1", load, `{}`))...)
	}
	channel := event.Key{Root: event.Channel}
	byAds := event.Filter{{Key: channel, Op: event.Eq, Operands: []any{"ads"}}}
	many := make([]event.Pattern, 130)
	many[64].Name, many[129] = "Paid", event.Pattern{Name: "Seen", Where: byAds}
	for what, s := range map[string]warehouse.Scan{
		"everything":     {MaxSeq: 9999},
		"up to":          {MaxSeq: 500},
		"after":          {After: 900, MaxSeq: 1000},
		"within":         {MaxSeq: 9999, From: at(10), Until: at(20)},
		"in a segment":   {MaxSeq: 9999, Segment: byAds},
		"with patterns":  {MaxSeq: 9999, Patterns: []event.Pattern{{Name: "Paid"}, {Name: "Seen", Where: byAds}, {AnyName: true}}, Keys: []event.Key{channel, {Root: event.Value}}},
		"in three words": {MaxSeq: 9999, Patterns: many},
		"of nobody":      {MaxSeq: 9999, From: at(900)},
		"of some refs":   {MaxSeq: 9999, Customers: []identity.Number{3, 9, 20}},
		"of a range":     {MaxSeq: 9999, Range: warehouse.Range{After: 3, Through: 12}},
		"of both":        {MaxSeq: 9999, Range: warehouse.Range{After: 3}, Customers: []identity.Number{3, 9, 20}},
		"of none":        {MaxSeq: 9999, Range: warehouse.Range{After: 900}},
	} {
		want := must[[]comparedRow](t)(scanned(t.Context(), f, s))
		got := must[[]comparedRow](t)(histories(t.Context(), f, s))
		same(t, what, want, got, cmpopts.EquateNaNs())
		if what == "in three words" && !slices.ContainsFunc(got, func(r comparedRow) bool { return r.Match[2] != 0 }) {
			t.Error("no event matches the last pattern")
		}
	}
}

func historiesStop(t *testing.T, open Opener) {
	f := newFacts(t, open)
	f.load(track("a", "X", 1), track("b", "X", 1))
	enough := errors.New("enough")
	if err := f.Histories(t.Context(), warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch, identity.Number) error { return enough }); err != enough {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := f.Histories(ctx, warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch, identity.Number) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled half way: %v", err)
	}
	if err := f.Histories(ctx, warehouse.Scan{MaxSeq: 9}, func(*warehouse.Batch, identity.Number) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

// historiesLeaveOut holds what histories tell of a question, whatever they leave out of
// it, to what a scan tells of everything.
func historiesLeaveOut(t *testing.T, open Opener) {
	f := newFacts(t, open)
	var messages []*event.Message
	for i := range 900 {
		m := track(fmt.Sprint("u", i*i%97), []string{"Paid", "Seen", "Other"}[i%3], i%50)
		m.Channel = []string{"ads", "", "email"}[i%5%3]
		if i%4 == 0 {
			m.Value, m.Currency = new(float64(i)), "TWD"
		}
		if i%8 == 7 {
			m.Cost, m.GroupID = new(0.5), "tea"
		}
		messages = append(messages, m)
	}
	f.load(messages...)
	channel := event.Key{Root: event.Channel}
	byAds := event.Filter{{Key: channel, Op: event.Eq, Operands: []any{"ads"}}}
	for what, patterns := range map[string][]event.Pattern{
		"a name": {{Name: "Paid"}}, "a filter": {{Name: "Paid", Where: byAds}, {Name: "Seen"}}, "any name": {{AnyName: true, Where: byAds}},
		"nothing": nil, "what never was": {{Name: "Never"}},
	} {
		for _, s := range []warehouse.Scan{
			{Rest: warehouse.TimesOfRest}, {Rest: warehouse.TimesOfRest, Unpriced: true}, {Rest: warehouse.CountOfRest, Unpriced: true}, {Unpriced: true},
			{Rest: warehouse.CountOfRest, From: at(10), Until: at(20)}, {Rest: warehouse.TimesOfRest, Segment: byAds},
		} {
			s.MaxSeq, s.Patterns, s.Keys = 850, patterns, []event.Key{channel}
			want, got := map[string]int64{}, map[string]int64{}
			if err := f.Scan(t.Context(), s, func(b *warehouse.Batch) error { return tellTogether(want, s, b) }); err != nil {
				t.Fatal(err)
			}
			if err := f.Histories(t.Context(), s, func(b *warehouse.Batch, _ identity.Number) error { return tellTogether(got, s, b) }); err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprintf("%s, of the rest %d, without amounts %t", what, s.Rest, s.Unpriced), want, got)
		}
	}
}

// tellTogether counts rows by all that a question has to be told of them.
func tellTogether(told map[string]int64, s warehouse.Scan, b *warehouse.Batch) error {
	b = b.Rows()
	for i := range b.Len {
		whose, times := fmt.Sprint(b.Customer[i], " of ", b.Account[i]), int64(1)
		if b.Count != nil {
			times = b.Count[i]
		}
		if s.Rest != warehouse.CountOfRest {
			whose += fmt.Sprint(" at ", b.Time[i])
		}
		matches := !b.Rest && slices.ContainsFunc(b.Match[i*b.Words:(i+1)*b.Words], func(word uint64) bool { return word != 0 })
		priced := !b.Rest && !s.Unpriced && (b.Value[i] == b.Value[i] || b.Cost[i] == b.Cost[i])
		if priced && (matches || s.Rest != warehouse.CountOfRest) {
			whose += fmt.Sprint(" for ", b.Value[i], b.Cost[i], b.Currencies[b.Currency[i]])
		}
		if matches || s.Rest == warehouse.WholeRest {
			whose += fmt.Sprint(b.Seq[i], b.Time[i], b.Names[b.Name[i]], b.Match[i*b.Words:(i+1)*b.Words], b.Values[0][b.Keys[0][i]])
		}
		told[whose] += times
	}
	return nil
}
