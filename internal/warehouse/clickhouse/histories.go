package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"golang.org/x/sync/errgroup"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Customers are read by ranges of their numbers: every shard is asked for its part of a
// range, all at once and each by itself, and sends columns of rows as it finds them.
// Putting a customer's rows together is left to who asked, who counts them into place.
//
// To have the engine group or sort costs it more than all the rest, though the rows lie
// sorted by customer and time in each part. Processor time of two shards that had a
// million events, merged to a part a month, 440,000 of them asked for by a funnel:
//
//	customer, time and name of the funnel's                  38 ms,  4.2 MB sent
//	  sorted by customer, time and seq                      165 ms,  4.0 MB
//	  sorted in the order of reading                        145 ms,  4.0 MB
//	  as arrays grouped by customer, in that order or not   132 ms,  4.9 MB
//	windowFunnel's counts, of a narrower table               70 ms
//	with amounts and seq, all events                         56 ms, 14.5 MB
//	  without seq of those that match nothing                57 ms, 12.6 MB
//	  those by a question of their own, customer and time   118 ms, 11.8 MB
//	customer of those that match nothing                     25 ms,  0.7 MB
//	  how many each customer has                             43 ms,  0.3 MB
//
// So where the times of what matches nothing are wanted, all events are sent, and where
// only their number is, whose they are is sent by a second question (warehouse.Rest).

// runRows is how many rows a range is to have.
const runRows = 1 << 20

// Histories implements warehouse.Warehouse.
func (w *Warehouse) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	at, err := w.standing(ctx)
	if err != nil {
		return err
	}
	s.MaxSeq = min(s.MaxSeq, at.seq)
	among := s.Range
	s.Range = warehouse.Range{} // each range that is asked for says its own
	h := &histories{warehouse: w, scan: newScan(s), among: among, at: at, given: make(chan given, 8), used: make(chan *warehouse.Batch, 8)}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	go func() {
		defer close(h.given)
		failed = h.read(reading)
	}()
	var own error
	for g := range h.given {
		if own == nil {
			if own = cmp.Or(yield(g.batch, g.through), ctx.Err()); own != nil {
				stop() // and what is on its way is passed over
			}
		}
		select {
		case h.used <- g.batch:
		default:
		}
	}
	if own != nil {
		return own
	}
	return w.failed(ctx, failed)
}

// histories is a question on its way.
type histories struct {
	warehouse *Warehouse
	scan      *scan
	among     warehouse.Range
	at        *standing
	given     chan given
	used      chan *warehouse.Batch // whose memory is filled again

	learning sync.Mutex // held while the dictionaries of scan grow
}

// given is a batch, and up to which number of a ref everything was given.
type given struct {
	batch   *warehouse.Batch
	through identity.Number
}

// read asks for range after range, each as wide as the one before it had few rows; for
// some refs all at once, who asks for so many as there is room for.
func (h *histories) read(ctx context.Context) (err error) {
	shards := make([]*shardReader, len(h.warehouse.shards))
	defer func() {
		for i, s := range shards {
			switch {
			case s == nil || s.conn == nil:
			case err == nil:
				h.warehouse.readers.give(i, s.conn)
			default:
				_ = s.conn.Close() // which answers there are left is not known
			}
		}
	}()
	connected, connecting := errgroup.WithContext(ctx)
	for i := range shards {
		connected.Go(func() (err error) {
			shards[i], err = h.shardReader(connecting, i)
			return err
		})
	}
	if err := connected.Wait(); err != nil {
		return err
	}
	last := uint64(h.at.refs)
	span := max(1, last*h.warehouse.run/max(h.at.events, 1))
	if h.among.Through > 0 {
		last = min(last, uint64(h.among.Through))
	}
	begin := min(uint64(h.among.After), last)
	if h.scan.Customers != nil {
		span = last
	}
	for through := begin; ; {
		from := through
		through = min(through+span, last)
		rows, err := h.readRange(ctx, shards, from, through)
		if err != nil {
			return err
		}
		empty := h.scan.newBatch()
		h.describe(&empty)
		g := given{&empty, identity.Number(through)}
		if through == last {
			g.through = warehouse.MaxNumber
		}
		if err := h.give(ctx, g); err != nil || through == last {
			return err
		}
		switch {
		case rows < h.warehouse.run/2:
			span *= 2
		case rows > h.warehouse.run*2:
			span = max(1, span/2)
		}
	}
}

// readRange reads the events of the refs after one and up to another.
func (h *histories) readRange(ctx context.Context, shards []*shardReader, from, through uint64) (rows uint64, err error) {
	wanted, rest := h.sql(fmt.Sprintf(" AND customer > %d AND customer <= %d", from, through))
	asked, asking := errgroup.WithContext(ctx)
	counts := make([]uint64, len(shards))
	for i, s := range shards {
		ask := func(text string, columns proto.Results, batch func(rows int) *warehouse.Batch) error {
			return s.conn.Do(asking, ch.Query{Body: text, Result: columns, OnResult: func(ctx context.Context, b proto.Block) error {
				if b.Rows == 0 {
					return nil // the heads of the columns
				}
				counts[i] += uint64(b.Rows)
				return h.give(ctx, given{batch(b.Rows), identity.Number(from)})
			}})
		}
		asked.Go(func() error {
			err := ask(wanted, s.columns, s.batch)
			if err == nil && rest != "" {
				err = ask(rest, s.ofRest, s.restBatch)
			}
			return err
		})
	}
	err = asked.Wait()
	for _, n := range counts {
		rows += n
	}
	return rows, err
}

func (h *histories) give(ctx context.Context, g given) error {
	select {
	case h.given <- g:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sql are the questions to a shard about a range: for what is wanted, and for the rest
// where little is told of it. Texts come by their dictionaries.
func (h *histories) sql(within string) (wanted, rest string) {
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
		columns = append(columns, fmt.Sprintf("toLowCardinality(%s) AS k%d", placeOf(key).key(), k))
	}
	from := " FROM events WHERE " + q.where(h.at) + within
	if names, apart := q.Wanted(); apart {
		is := "false"
		if len(names) > 0 {
			is = "name IN (" + literals(names) + ")"
		}
		if q.Rest == warehouse.CountOfRest {
			rest = "SELECT " + strings.Join(ofRest, ", ") + from + " AND NOT " + is
			from += " AND " + is
		} else if seq := slices.Index(columns, "seq AS place"); seq >= 0 {
			columns[seq] = "if(" + is + ", seq, 0) AS place"
		}
	}
	if h.groups() {
		return h.grouped(columns, from), rest
	}
	return "SELECT " + strings.Join(columns, ", ") + from, rest
}

// shardReader reads what one shard sends.
type shardReader struct {
	*histories
	conn            *ch.Client
	columns, ofRest proto.Results

	customer, account proto.ColUInt32
	time, times       proto.ColInt64
	seq               proto.ColUInt64
	value, cost       proto.ColFloat64
	name, currency    coded
	bits              []proto.ColUInt64 // of the words that have any
	keys              []coded
}

// shardReader makes one for a shard, and its connection.
func (h *histories) shardReader(ctx context.Context, shard int) (*shardReader, error) {
	s := &shardReader{histories: h, keys: make([]coded, len(h.scan.Keys))}
	add := func(name string, column proto.ColResult) {
		s.columns = append(s.columns, proto.ResultColumn{Name: name, Data: column})
	}
	addOfRest := func(name string, column proto.ColResult) {
		s.ofRest = append(s.ofRest, proto.ResultColumn{Name: name, Data: column})
	}
	s.name, s.currency = newCoded(), newCoded()
	add("customer", &s.customer)
	addOfRest("customer", &s.customer)
	add("time", &s.time)
	add("name", s.name.column)
	if !h.scan.Unpriced {
		add("value", &s.value)
		add("cost", &s.cost)
		add("currency", s.currency.column)
	}
	if !h.scan.Unplaced {
		add("place", &s.seq)
	}
	if !h.scan.Unaccounted {
		add("account", &s.account)
		addOfRest("account", &s.account)
	}
	s.bits = make([]proto.ColUInt64, h.scan.words)
	for word, bits := range h.scan.filtered {
		if len(bits) > 0 {
			add(fmt.Sprint("w", word), &s.bits[word])
		}
	}
	for k := range s.keys {
		s.keys[k] = newCoded()
		add(fmt.Sprint("k", k), s.keys[k].column)
	}
	if h.groups() {
		add("times", &s.times)
	}
	var err error
	s.conn, err = h.warehouse.reader(ctx, shard)
	return s, err
}

// empty is a batch without rows, in the memory of one that was taken where there is any.
func (h *histories) empty() *warehouse.Batch {
	select {
	case b := <-h.used:
		emptied(b)
		b.Rest = false
		return b
	default:
		b := h.scan.newBatch()
		return &b
	}
}

// batch is a block that a shard sent. It takes the columns that were read, and leaves
// the batch's own to be read into.
func (s *shardReader) batch(rows int) *warehouse.Batch {
	q, b := s.scan, s.empty()
	b.Len = rows
	exchange(&b.Customer, &s.customer)
	exchange(&b.Time, &s.time)
	if !q.Unpriced {
		exchange(&b.Value, &s.value)
		exchange(&b.Cost, &s.cost)
	}
	if !q.Unplaced {
		exchange(&b.Seq, &s.seq)
	}
	if !q.Unaccounted {
		exchange(&b.Account, &s.account)
	}
	if s.groups() {
		exchange(&b.Count, &s.times)
	}
	s.learning.Lock()
	names, currencies := s.name.translated(q.names.code), s.currency.translated(q.currencies.code)
	bits := make([][]uint64, len(names))
	for i, name := range names {
		bits[i] = q.bitsOf(name)
	}
	for k := range s.keys {
		b.Keys[k] = s.keys[k].codes(b.Keys[k], s.keys[k].translated(q.keys[k].Code))
	}
	q.describe(b)
	s.learning.Unlock()
	b.Name = s.name.codes(b.Name, names)
	if !q.Unpriced {
		b.Currency = s.currency.codes(b.Currency, currencies)
	}
	for row := range rows {
		b.Match = append(b.Match, bits[s.name.key(row)]...)
	}
	for word, filtered := range q.filtered {
		if len(filtered) > 0 {
			for row, more := range s.bits[word] {
				b.Match[row*q.words+word] |= more
			}
		}
	}
	return b
}

// restBatch is a block of events of which it is told whose they are.
func (s *shardReader) restBatch(rows int) *warehouse.Batch {
	b := s.empty()
	b.Len, b.Rest, b.Count = rows, true, nil
	exchange(&b.Customer, &s.customer)
	if !s.scan.Unaccounted {
		exchange(&b.Account, &s.account)
	}
	s.describe(b)
	return b
}

// exchange gives a batch a column that was read, and the memory of its own to be read
// into.
func exchange[T any, C ~[]T](own *[]T, read *C) { *own, *read = *read, C((*own)[:0]) }

// describe gives a batch the dictionaries as they are now.
func (h *histories) describe(b *warehouse.Batch) {
	h.learning.Lock()
	defer h.learning.Unlock()
	h.scan.describe(b)
}
