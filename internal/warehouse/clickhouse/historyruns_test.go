package clickhouse_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// crowd is how many customers the cluster has of whom these tests ask.
const crowd = 64

// withCrowd is a cluster with events of the crowd, so many of each, which is read in four
// ranges, and a short one before them to learn from.
func withCrowd(t *testing.T, events func(customer int) int, channel func(customer, i int) string) *clickhouse.Warehouse {
	t.Helper()
	w := clustertest.Open(t)
	c := warehouse.Chunk{Through: warehouse.Position{Record: 1}}
	for n := range crowd {
		c.Refs = append(c.Refs, event.Ref{ID: fmt.Sprint("u", n)})
		for i := range events(n) {
			c.Through.Seq++
			at := time.Date(2026, 3, 1+7*i*(n+1)%90, 0, 0, 0, 0, time.UTC) // in several parts, and often at once
			m := &event.Message{
				Seq: c.Through.Seq, MessageID: fmt.Sprint(c.Through.Seq), Type: event.Track, UserID: fmt.Sprint("u", n),
				Name: []string{"Seen", "Paid", "Other"}[i%3], Time: at, ReceivedAt: at, Channel: channel(n, i),
			}
			if i%4 == 1 {
				m.Value, m.Currency = new(float64(i)), []string{"EUR", "TWD"}[n%2]
			}
			c.Messages = append(c.Messages, warehouse.Stored{Message: m, Customer: identity.Number(n + 1)})
		}
	}
	w.SetRun(uint64(len(c.Messages) / 4))
	if err := w.Load(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return w
}

// told is an event with all that is told of it.
type told struct {
	time int64
	seq  uint64
	all  string
}

func (x told) compare(y told) int {
	return cmp.Or(cmp.Compare(x.time, y.time), cmp.Compare(x.seq, y.seq), cmp.Compare(x.all, y.all))
}

// ask gives the events that come in runs and as rows, by customer and as they come.
func ask(t *testing.T, w *clickhouse.Warehouse, s warehouse.Scan) (runs, rows map[identity.Number][]told) {
	t.Helper()
	runs, rows = map[identity.Number][]told{}, map[identity.Number][]told{}
	err := w.Histories(t.Context(), s, func(b *warehouse.Batch, _ identity.Number) error {
		to := rows
		if b.Runs != nil {
			to = runs
		}
		if b = b.Rows(); b.Rest {
			return nil
		}
		for i := range b.Len {
			match := b.Match[i*b.Words : (i+1)*b.Words]
			e := told{b.Time[i], b.Seq[i], fmt.Sprint(b.Value[i], match)}
			if match[0] != 0 || s.Rest == warehouse.WholeRest {
				e.all += fmt.Sprint(b.Names[b.Name[i]], b.Values[0][b.Keys[0][i]])
			} else {
				e.seq = 0
			}
			to[b.Customer[i]] = append(to[b.Customer[i]], e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return runs, rows
}

// question asks for two of three names, one of them with a filter, and for a value.
func question(rest warehouse.Rest) warehouse.Scan {
	channel := event.Key{Root: event.Channel}
	return warehouse.Scan{MaxSeq: 1 << 40, Rest: rest, Keys: []event.Key{channel}, Patterns: []event.Pattern{
		{Name: "Seen"}, {Name: "Paid", Where: event.Filter{{Key: channel, Op: event.Eq, Operands: []any{"ads"}}}},
	}}
}

// asRows holds events to those of a store that sends rows alone.
func asRows(t *testing.T, w *clickhouse.Warehouse, s warehouse.Scan, runs, rows map[identity.Number][]told) {
	t.Helper()
	all := map[identity.Number][]told{}
	for _, some := range []map[identity.Number][]told{runs, rows} {
		for customer, events := range some {
			if all[customer] != nil {
				t.Errorf("customer %d came both ways", customer)
			}
			all[customer] = slices.SortedFunc(slices.Values(events), told.compare)
		}
	}
	w.SetLongest(1)
	sorted, plain := ask(t, w, s)
	if len(sorted) > 0 {
		t.Fatalf("%d customers came as runs", len(sorted))
	}
	for customer, events := range plain {
		plain[customer] = slices.SortedFunc(slices.Values(events), told.compare)
	}
	if diff := gocmp.Diff(plain, all, gocmp.AllowUnexported(told{})); diff != "" {
		t.Errorf("(−rows +runs): %s", diff)
	}
}

func evenly(int) int { return 30 }

// TestShardsGroupAndSortEachCustomersEvents holds the cluster to "filters, groups and
// sorts each customer's matching events on the shard that has them".
func TestShardsGroupAndSortEachCustomersEvents(t *testing.T) {
	w := withCrowd(t, evenly, func(customer, i int) string { return []string{"ads", "", "email"}[(customer+i)%3] })
	for rest, events := range map[warehouse.Rest]int{warehouse.WholeRest: 30, warehouse.TimesOfRest: 30, warehouse.CountOfRest: 20} {
		w.SetLongest(1000)
		s := question(rest)
		runs, rows := ask(t, w, s)
		if len(rows) == 0 || len(rows) > crowd/16 {
			t.Errorf("rest %d: values are learned from %d customers of %d", rest, len(rows), crowd)
		}
		ties := 0
		for customer, of := range runs {
			if len(of) != events {
				t.Errorf("rest %d: %d events of customer %d are sent", rest, len(of), customer)
			}
			for i := range of[1:] {
				if of[i].time == of[i+1].time {
					ties++
				}
				if of[i].time > of[i+1].time || of[i].time == of[i+1].time && min(of[i].seq, of[i+1].seq) > 0 && of[i].seq > of[i+1].seq {
					t.Fatalf("rest %d: customer %d's %v comes before %v", rest, customer, of[i], of[i+1])
				}
			}
		}
		if ties < crowd {
			t.Errorf("rest %d: only %d events are at once with another", rest, ties)
		}
		asRows(t, w, s, runs, rows)
	}
}

// TestWhatRunsDoNotTellComesAsRows: of customers who have what has no code, or more
// events than a run, and of all where there are more values than codes.
func TestWhatRunsDoNotTellComesAsRows(t *testing.T) {
	for what, c := range map[string]struct {
		events  func(customer int) int
		channel func(customer, i int) string
		asRows  []int // customers
	}{
		"a value that was not seen before": {evenly, func(customer, i int) string {
			if customer >= 40 && i == 3 {
				return "new"
			}
			return "ads"
		}, []int{40, 41, 42, 43, 44, 45, 46, 47, 48, 49}}, // in the range in which it is first seen
		"a value where none is asked for": {evenly, func(customer, i int) string {
			if customer >= 40 && i == 5 { // of another name
				return "new"
			}
			return "ads"
		}, nil},
		"more events than a run": {func(customer int) int { return 30 + customer/60*30 }, func(int, int) string { return "ads" }, []int{60, 61, 62, 63}},
	} {
		w := withCrowd(t, c.events, c.channel)
		w.SetLongest(50)
		s := question(warehouse.TimesOfRest)
		runs, rows := ask(t, w, s)
		var late []int
		for customer := range rows {
			if customer > crowd/8 { // those before are learned from
				late = append(late, int(customer)-1)
			}
		}
		slices.Sort(late)
		if diff := gocmp.Diff(c.asRows, late); diff != "" {
			t.Errorf("%s (−expected +as rows): %s", what, diff)
		}
		asRows(t, w, s, runs, rows)
	}

	w := withCrowd(t, evenly, func(customer, i int) string { return fmt.Sprint(customer, " ", i) })
	s := question(warehouse.TimesOfRest)
	runs, rows := ask(t, w, s)
	if len(runs) > 0 || len(rows) != crowd {
		t.Errorf("with as many values as events %d customers come as runs, %d as rows", len(runs), len(rows))
	}
}
