package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// A run is the events of a customer, in the order of time and, of an instant, of the log:
// the numbers of a coding. Beside it come the amounts that there are, in no order and each
// with the Seq of its event, and how many events there were of which no more is told.

// longestRun bounds how many events a run has: memory for it is taken by the shard and by
// who reads it.
const longestRun = 1 << 17

// batchEvents is how many events of runs are handed on at once, or somewhat more.
const batchEvents = 1 << 14

// runsOf is the question to a shard about a range.
func (h *histories) runsOf(c *coding, within string) string {
	whose, limit := h.whose(), h.warehouse.longest
	run, priced := fmt.Sprintf("groupArray(%d)(%s)", limit, c.sql()), "NOT (isNaN(value) AND isNaN(cost))"
	if h.counted {
		run, priced = fmt.Sprintf("groupArrayIf(%d)(%s, %s)", limit, c.sql(), h.is), priced+" AND "+h.is
	}
	inner, outer := []string{whose, "arraySort(" + run + ") AS run"}, []string{whose, "run"}
	if h.counted {
		inner, outer = append(inner, "countIf(NOT "+h.is+") AS rest"), append(outer, "rest")
	}
	if !c.Unpriced {
		inner = append(inner, fmt.Sprintf("groupArrayIf(%d)((seq, value, cost, toString(currency)), %s) AS amounts", limit, priced))
		outer = append(outer, "amounts.1 AS places", "amounts.2 AS values", "amounts.3 AS costs", "amounts.4 AS currencies")
	}
	return "SELECT " + strings.Join(outer, ", ") + " FROM (SELECT " + strings.Join(inner, ", ") +
		" FROM events WHERE " + c.where(h.at) + within + " GROUP BY " + whose + ")"
}

// uncompressed has a shard send what it has as it is: of numbers that are nearly all
// different compressing spares a quarter, and takes it as long as sorting them twice.
var uncompressed = ch.Setting{Key: "network_compression_method", Value: "NONE", Important: true}

// runColumns are what runs are read into.
type runColumns struct {
	all proto.Results

	customer, account proto.ColUInt32
	run               *proto.ColArr[proto.UInt128]
	numbers           proto.ColUInt128 // of all runs
	rest              proto.ColUInt64
	amounts           *proto.ColArr[uint64]
	place             proto.ColUInt64 // of all amounts
	value, cost       proto.ColFloat64
	currency          proto.ColStr
}

func (h *histories) runColumns() *runColumns {
	r := &runColumns{}
	r.run, r.amounts = proto.NewArray(&r.numbers), proto.NewArray(&r.place)
	add := func(name string, column proto.ColResult) {
		r.all = append(r.all, proto.ResultColumn{Name: name, Data: column})
	}
	add("customer", &r.customer)
	if !h.scan.Unaccounted {
		add("account", &r.account)
	}
	add("run", r.run)
	if h.counted {
		add("rest", &r.rest)
	}
	if !h.scan.Unpriced {
		add("places", r.amounts)
		add("values", proto.NewArray(&r.value))
		add("costs", proto.NewArray(&r.cost))
		add("currencies", proto.NewArray(&r.currency))
	}
	return r
}

// readRuns reads a range as runs, and those customers by rows of whom runs do not tell
// all.
func (s *shardReader) readRuns(ctx context.Context, within string, c *coding) (events uint64, err error) {
	r := &runReader{shardReader: s, runColumns: s.runs, coding: c, kindOf: make([]uint32, c.codes().all()+1), currencies: map[string]uint32{}}
	if err := s.ask(ctx, s.runsOf(c, within), s.runs.all, r.take, uncompressed); err != nil || len(r.aside) == 0 {
		return r.events, err
	}
	wanted, _ := s.rowsOf(within + " AND (" + s.whose() + ") IN (" + strings.Join(r.aside, ", ") + ")")
	rows, err := s.askRows(ctx, wanted, s.rows.all, s.batch)
	return r.events + rows, err
}

// runReader reads the runs of a range.
type runReader struct {
	*shardReader
	*runColumns
	coding     *coding
	kindOf     []uint32          // by codes: notLooked, notKnown, or their kind and known
	currencies map[string]uint32 // codes that were looked up
	events     uint64
	aside      []string // who is to be read by rows
}

const (
	notLooked = iota
	notKnown
	known
)

// take takes a block of runs.
func (r *runReader) take(ctx context.Context, rows int) error {
	b := r.emptyOfRuns()
	var rest *warehouse.Batch
	begin, priced := uint64(0), uint64(0)
	for row := range rows {
		run, amounts := r.numbers[begin:r.run.Offsets[row]], priced
		begin = r.run.Offsets[row]
		if !r.scan.Unpriced {
			priced = r.amounts.Offsets[row]
		}
		customer, account := r.customer[row], identity.Number(0)
		if !r.scan.Unaccounted {
			account = r.account[row]
		}
		if r.counted && r.rest[row] > 0 {
			if rest == nil {
				rest = r.empty()
				rest.Rest = true
			}
			rest.Len++
			rest.Customer, rest.Account, rest.Count = append(rest.Customer, customer), append(rest.Account, account), append(rest.Count, int64(r.rest[row]))
			r.events += r.rest[row]
		}
		if len(run) == 0 {
			continue
		}
		if len(run) >= r.warehouse.longest || !r.read(b.Runs, run) {
			r.aside = append(r.aside, r.owner(customer, account))
			continue
		}
		r.events += uint64(len(run))
		r.price(b.Runs, amounts, priced)
		if b.Runs.Add(customer, account); len(b.Runs.Time) >= batchEvents {
			if err := r.hand(ctx, b); err != nil {
				return err
			}
			b = r.emptyOfRuns()
		}
	}
	if err := r.hand(ctx, b); err != nil || rest == nil {
		return err
	}
	return r.hand(ctx, rest)
}

// emptyOfRuns is a batch for runs, in the memory of one that was taken where there is any.
func (h *histories) emptyOfRuns() *warehouse.Batch {
	select {
	case b := <-h.usedRuns:
		b.Runs.Reset()
		return b
	default:
		b := h.scan.newBatch()
		b.Runs = &warehouse.Runs{Start: []uint32{0}}
		return &b
	}
}

// read adds the events of a run to others. It adds nothing where codes do not tell all.
func (r *runReader) read(to *warehouse.Runs, run []proto.UInt128) bool {
	first := len(to.Time)
	c, codes := r.coding, r.coding.codes().all()
	to.Time, to.Seq, to.Kind = lengthened(to.Time, len(run)), lengthened(to.Seq, len(run)), lengthened(to.Kind, len(run))
	times, seqs, kinds := to.Time[first:], to.Seq[first:], to.Kind[first:]
	for i, number := range run {
		kind := r.kindOf[number.Low&codes]
		if kind < known {
			if kind = r.look(number.Low & codes); kind == notKnown {
				to.Time, to.Seq, to.Kind = to.Time[:first], to.Seq[:first], to.Kind[:first]
				return false
			}
		}
		times[i], seqs[i], kinds[i] = c.time(number), c.seq.of(number.Low), kind-known
	}
	return true
}

// look looks up what codes say.
func (r *runReader) look(codes uint64) uint32 {
	r.learning.Lock()
	defer r.learning.Unlock()
	r.kindOf[codes] = notKnown
	if kind, ok := r.coding.kind(codes); ok {
		r.kindOf[codes] = known + r.kinds.code(kind)
	}
	return r.kindOf[codes]
}

// price gives the events of the last run the amounts that came with it. Mostly these are
// few, and each is looked for.
func (r *runReader) price(to *warehouse.Runs, from, until uint64) {
	begin, before := to.Start[to.Len()], len(to.Amounts)
	seqs := to.Seq[begin:]
	if until-from <= fewAmounts {
		for i := from; i < until; i++ {
			if e := slices.Index(seqs, r.place[i]); e >= 0 {
				r.add(to, begin+uint32(e), i)
			}
		}
		slices.SortFunc(to.Amounts[before:], func(a, b warehouse.Amount) int { return cmp.Compare(a.Event, b.Event) })
		return
	}
	amounts := make(map[uint64]uint64, until-from)
	for i := from; i < until; i++ {
		amounts[r.place[i]] = i
	}
	for e, seq := range seqs {
		if i, has := amounts[seq]; has {
			r.add(to, begin+uint32(e), i)
		}
	}
}

const fewAmounts = 16

// add gives an event the amount in a place.
func (r *runReader) add(to *warehouse.Runs, event uint32, place uint64) {
	text := r.currency.RowBytes(int(place))
	currency, looked := r.currencies[string(text)]
	if !looked {
		r.learning.Lock()
		currency = r.scan.currencies.code(string(text))
		r.learning.Unlock()
		r.currencies[string(text)] = currency
	}
	to.Amounts = append(to.Amounts, warehouse.Amount{Event: event, Currency: currency, Value: r.value[place], Cost: r.cost[place]})
}

// hand gives a batch on.
func (r *runReader) hand(ctx context.Context, b *warehouse.Batch) error {
	r.describe(b)
	if b.Runs != nil {
		b.Len = len(b.Runs.Time)
	}
	return r.give(ctx, given{b, r.from})
}

// lengthened is a slice with room for n more, which are to be written.
func lengthened[T any](s []T, n int) []T { return slices.Grow(s, n)[:len(s)+n] }

// whose is what runs are grouped by, and owner one of these.
func (h *histories) whose() string {
	if h.scan.Unaccounted {
		return "customer"
	}
	return "customer, account"
}

func (h *histories) owner(customer, account identity.Number) string {
	if h.scan.Unaccounted {
		return whole(uint64(customer))
	}
	return fmt.Sprintf("(%d, %d)", customer, account)
}
