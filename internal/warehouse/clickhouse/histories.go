package clickhouse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
// To have the engine do it costs it more than all the rest: of two million events, on
// two shards that shared two cores, 220 ms as they came, 710 ms sorted by customer and
// time, though they lie so in each part, and 560 ms as arrays grouped by customer.

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
	h := &histories{warehouse: w, scan: newScan(s), among: among, at: at, given: make(chan given, 8)}
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

	learning sync.Mutex // held while the dictionaries of scan grow
}

// given is a batch, and up to which number of a ref everything was given.
type given struct {
	batch   *warehouse.Batch
	through identity.Number
}

// read asks for range after range, each as wide as the one before it had few rows; for
// some refs all at once, who asks for so many as there is room for.
func (h *histories) read(ctx context.Context) error {
	var shards []*shardReader
	defer func() {
		for _, s := range shards {
			s.conn.Close()
		}
	}()
	for i := range h.warehouse.shards {
		s, err := h.dial(ctx, i)
		if err != nil {
			return err
		}
		shards = append(shards, s)
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
	text := fmt.Sprintf("%s AND customer > %d AND customer <= %d", h.sql(), from, through)
	asked, asking := errgroup.WithContext(ctx)
	counts := make([]uint64, len(shards))
	for i, s := range shards {
		asked.Go(func() error {
			return s.conn.Do(asking, ch.Query{Body: text, Result: s.columns, OnResult: func(ctx context.Context, b proto.Block) error {
				if b.Rows == 0 {
					return nil // the heads of the columns
				}
				counts[i] += uint64(b.Rows)
				return h.give(ctx, given{s.batch(b.Rows), identity.Number(from)})
			}})
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

// sql is the question to a shard but for the range. Texts come by their dictionaries.
func (h *histories) sql() string {
	q := h.scan
	columns := []string{"customer", "time", "name", "value", "cost", "currency"}
	if !q.Unplaced {
		columns = append(columns, "seq")
	}
	if !q.Unaccounted {
		columns = append(columns, "account")
	}
	for word, bits := range q.filtered {
		if len(bits) > 0 {
			columns = append(columns, fmt.Sprintf("%s AS w%d", anyBit(bits), word))
		}
	}
	for k, key := range q.Keys {
		columns = append(columns, fmt.Sprintf("toLowCardinality(%s) AS k%d", placeOf(key).key(), k))
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM events WHERE " + q.where(h.at)
}

// shardReader reads what one shard sends.
type shardReader struct {
	*histories
	conn    *ch.Client
	columns proto.Results

	customer, account proto.ColUInt32
	time              proto.ColInt64
	seq               proto.ColUInt64
	value, cost       proto.ColFloat64
	name, currency    coded
	bits              []proto.ColUInt64 // of the words that have any
	keys              []coded
}

// dial connects to the first replica of a shard that answers.
func (h *histories) dial(ctx context.Context, shard int) (*shardReader, error) {
	s := &shardReader{histories: h, keys: make([]coded, len(h.scan.Keys))}
	add := func(name string, column proto.ColResult) {
		s.columns = append(s.columns, proto.ResultColumn{Name: name, Data: column})
	}
	s.name, s.currency = newCoded(), newCoded()
	add("customer", &s.customer)
	add("time", &s.time)
	add("name", s.name.column)
	add("value", &s.value)
	add("cost", &s.cost)
	add("currency", s.currency.column)
	if !h.scan.Unplaced {
		add("seq", &s.seq)
	}
	if !h.scan.Unaccounted {
		add("account", &s.account)
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
	var failed []error
	for _, address := range h.warehouse.options.Shards[shard] {
		conn, err := h.warehouse.dial(ctx, address)
		if err == nil {
			if s.conn, err = ch.Connect(ctx, conn, h.warehouse.readerOptions(address)); err == nil {
				return s, nil
			}
			err = errors.Join(err, conn.Close())
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// readerOptions are those of a connection that reads columns as they are sent.
func (w *Warehouse) readerOptions(address string) ch.Options {
	o := ch.Options{
		Address: address, Database: w.options.Database, User: w.options.User, Password: w.options.Password,
		Compression: ch.CompressionLZ4, DialTimeout: dialIn, ReadTimeout: readIn,
	}
	for name, value := range w.settings() {
		o.Settings = append(o.Settings, ch.Setting{Key: name, Value: fmt.Sprint(value), Important: true})
	}
	return o
}

// batch is a block that a shard sent, in memory of its own: the columns are read into
// again.
func (s *shardReader) batch(rows int) *warehouse.Batch {
	q := s.scan
	b := q.newBatch()
	b.Len = rows
	b.Customer, b.Time = append([]identity.Number(nil), s.customer...), append([]int64(nil), s.time...)
	b.Value, b.Cost = append([]float64(nil), s.value...), append([]float64(nil), s.cost...)
	if !q.Unplaced {
		b.Seq = append([]uint64(nil), s.seq...)
	}
	if !q.Unaccounted {
		b.Account = append([]identity.Number(nil), s.account...)
	}
	s.learning.Lock()
	names, currencies := s.name.translated(q.names.code), s.currency.translated(q.currencies.code)
	bits := make([][]uint64, len(names))
	for i, name := range names {
		bits[i] = q.bitsOf(name)
	}
	for k := range s.keys {
		b.Keys[k] = s.keys[k].codes(s.keys[k].translated(q.keys[k].Code))
	}
	s.learning.Unlock()
	s.describe(&b)
	b.Name, b.Currency = s.name.codes(names), s.currency.codes(currencies)
	b.Match = make([]uint64, 0, rows*q.words)
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
	return &b
}

// describe gives a batch the dictionaries as they are now.
func (h *histories) describe(b *warehouse.Batch) {
	h.learning.Lock()
	defer h.learning.Unlock()
	h.scan.describe(b)
}

// coded is a column of texts as they are sent: a dictionary of the block, and for each
// row a place in it.
type coded struct {
	column *proto.ColLowCardinalityRaw
	texts  *proto.ColStr
}

func newCoded() coded {
	texts := new(proto.ColStr)
	return coded{&proto.ColLowCardinalityRaw{Index: texts}, texts}
}

// translated gives the texts of the block the codes of a dictionary.
func (c *coded) translated(code func(string) uint32) []uint32 {
	out := make([]uint32, c.texts.Rows())
	for i := range out {
		out[i] = code(c.texts.Row(i))
	}
	return out
}

// key is a row's place in the dictionary of the block.
func (c *coded) key(row int) int {
	switch c.column.Key {
	case proto.KeyUInt8:
		return int(c.column.Keys8[row])
	case proto.KeyUInt16:
		return int(c.column.Keys16[row])
	case proto.KeyUInt32:
		return int(c.column.Keys32[row])
	}
	return int(c.column.Keys64[row])
}

// codes are the rows' codes, by what the places of the dictionary stand for.
func (c *coded) codes(of []uint32) []uint32 {
	switch c.column.Key {
	case proto.KeyUInt8:
		return looked(c.column.Keys8, of)
	case proto.KeyUInt16:
		return looked(c.column.Keys16, of)
	case proto.KeyUInt32:
		return looked(c.column.Keys32, of)
	}
	return looked(c.column.Keys64, of)
}

func looked[T uint8 | uint16 | uint32 | uint64](places []T, of []uint32) []uint32 {
	out := make([]uint32, len(places))
	for row, place := range places {
		out[row] = of[place]
	}
	return out
}
