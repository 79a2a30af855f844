package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/ch-go/proto"

	"beichen/internal/warehouse"
)

// rowsOf are the questions to a shard about a range: for what is wanted, and for the rest
// where little is told of it. Texts come by their dictionaries.
func (h *histories) rowsOf(within string) (wanted, rest string) {
	q := h.scan
	columns, ofRest := []string{"customer", "time", "name"}, []string{"customer"}
	if !q.Unpriced {
		columns = append(columns, "value", "cost", "currency")
	}
	if !q.Unplaced {
		columns = append(columns, "seq AS place") // by its own name it is what rows are chosen by
	}
	if !q.Unaccounted {
		columns, ofRest = append(columns, "account"), append(ofRest, "account")
	}
	for word, bits := range q.filtered {
		if len(bits) > 0 {
			columns = append(columns, fmt.Sprintf("%s AS w%d", anyBit(bits), word))
		}
	}
	for k, key := range q.Keys {
		value := placeOf(key).key()
		if h.apart { // it is looked for in those alone
			value = "if(" + h.is + ", " + value + ", '')"
		}
		columns = append(columns, fmt.Sprintf("toLowCardinality(%s) AS k%d", value, k))
	}
	from := " FROM events WHERE " + q.where(h.at) + within
	switch {
	case h.counted:
		rest = "SELECT " + strings.Join(ofRest, ", ") + from + " AND NOT " + h.is
		from += " AND " + h.is
	case h.apart && !q.Unplaced:
		columns[slices.Index(columns, "seq AS place")] = "if(" + h.is + ", seq, 0) AS place"
	}
	if h.groups() {
		return h.grouped(columns, from), rest
	}
	return "SELECT " + strings.Join(columns, ", ") + from, rest
}

// rowColumns are what rows are read into.
type rowColumns struct {
	all, ofRest proto.Results

	customer, account proto.ColUInt32
	time, times       proto.ColInt64
	seq               proto.ColUInt64
	value, cost       proto.ColFloat64
	name, currency    coded
	bits              []proto.ColUInt64 // of the words that have any
	keys              []coded
}

func (h *histories) rowColumns() *rowColumns {
	r := &rowColumns{name: newCoded(), currency: newCoded(), keys: make([]coded, len(h.scan.Keys))}
	add := func(name string, column proto.ColResult) {
		r.all = append(r.all, proto.ResultColumn{Name: name, Data: column})
	}
	addOfRest := func(name string, column proto.ColResult) {
		r.ofRest = append(r.ofRest, proto.ResultColumn{Name: name, Data: column})
	}
	add("customer", &r.customer)
	addOfRest("customer", &r.customer)
	add("time", &r.time)
	add("name", r.name.column)
	if !h.scan.Unpriced {
		add("value", &r.value)
		add("cost", &r.cost)
		add("currency", r.currency.column)
	}
	if !h.scan.Unplaced {
		add("place", &r.seq)
	}
	if !h.scan.Unaccounted {
		add("account", &r.account)
		addOfRest("account", &r.account)
	}
	r.bits = make([]proto.ColUInt64, h.scan.words)
	for word, bits := range h.scan.filtered {
		if len(bits) > 0 {
			add(fmt.Sprint("w", word), &r.bits[word])
		}
	}
	for k := range r.keys {
		r.keys[k] = newCoded()
		add(fmt.Sprint("k", k), r.keys[k].column)
	}
	if h.groups() {
		add("times", &r.times)
	}
	return r
}

// readRows reads a range as rows.
func (s *shardReader) readRows(ctx context.Context, within string) (rows uint64, err error) {
	wanted, rest := s.rowsOf(within)
	rows, err = s.askRows(ctx, wanted, s.rows.all, s.batch)
	if err != nil || rest == "" {
		return rows, err
	}
	more, err := s.askRows(ctx, rest, s.rows.ofRest, s.restBatch)
	return rows + more, err
}

// askRows asks for rows.
func (s *shardReader) askRows(ctx context.Context, question string, columns proto.Results, batch func(rows int) *warehouse.Batch) (rows uint64, err error) {
	err = s.ask(ctx, question, columns, func(ctx context.Context, n int) error {
		rows += uint64(n)
		return s.give(ctx, given{batch(n), s.from})
	})
	return rows, err
}

// batch is a block that a shard sent. It takes the columns that were read, and leaves
// the batch's own to be read into.
func (s *shardReader) batch(rows int) *warehouse.Batch {
	q, r, b := s.scan, s.rows, s.empty()
	b.Len = rows
	exchange(&b.Customer, &r.customer)
	exchange(&b.Time, &r.time)
	if !q.Unpriced {
		exchange(&b.Value, &r.value)
		exchange(&b.Cost, &r.cost)
	}
	if !q.Unplaced {
		exchange(&b.Seq, &r.seq)
	}
	if !q.Unaccounted {
		exchange(&b.Account, &r.account)
	}
	if s.groups() {
		exchange(&b.Count, &r.times)
	}
	s.learning.Lock()
	names, currencies := r.name.translated(q.names.code), r.currency.translated(q.currencies.code)
	bits := make([][]uint64, len(names))
	for i, name := range names {
		bits[i] = q.bitsOf(name)
	}
	for k := range r.keys {
		b.Keys[k] = r.keys[k].codes(b.Keys[k], r.keys[k].translated(func(text string) uint32 {
			s.see(k, text)
			return q.keys[k].Code(text)
		}))
	}
	q.describe(b)
	s.learning.Unlock()
	b.Name = r.name.codes(b.Name, names)
	if !q.Unpriced {
		b.Currency = r.currency.codes(b.Currency, currencies)
	}
	for row := range rows {
		b.Match = append(b.Match, bits[r.name.key(row)]...)
	}
	for word, filtered := range q.filtered {
		if len(filtered) > 0 {
			for row, more := range r.bits[word] {
				b.Match[row*q.words+word] |= more
			}
		}
	}
	return b
}

// restBatch is a block of events of which it is told whose they are.
func (s *shardReader) restBatch(rows int) *warehouse.Batch {
	b := s.empty()
	b.Len, b.Rest = rows, true
	exchange(&b.Customer, &s.rows.customer)
	if !s.scan.Unaccounted {
		exchange(&b.Account, &s.rows.account)
	}
	s.describe(b)
	return b
}

// exchange gives a batch a column that was read, and the memory of its own to be read
// into.
func exchange[T any, C ~[]T](own *[]T, read *C) { *own, *read = *read, C((*own)[:0]) }
