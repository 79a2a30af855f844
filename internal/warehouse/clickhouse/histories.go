package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
	"golang.org/x/sync/errgroup"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Customers are read by ranges of their numbers: every shard is asked for its part of a
// range, all at once and each by itself. It filters, groups each customer's events and
// sorts them, and sends runs of them (historyruns.go). What numbers cannot tell it sends
// as rows, in the order in which it finds them (historyrows.go):
//
//   - of a range before it is known what names and values there are to be told by codes,
//     and of customers who have one that was not seen before;
//   - of a question for which codes have no room, or more values than are worth telling;
//   - of customers who have more events than a run is long.
//
// Who asked puts rows in order, and runs of one person's ids together.

// runRows is how many rows a range is to have.
const runRows = 1 << 21

// learningPart is which part of that a range is to have of which values are learned.
const learningPart = 8

// Histories implements warehouse.Warehouse.
func (w *Warehouse) Histories(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	at, err := w.standing(ctx)
	if err != nil {
		return err
	}
	s.MaxSeq = min(s.MaxSeq, at.seq)
	among := s.Range
	s.Range = warehouse.Range{} // each range that is asked for says its own
	h := &histories{
		warehouse: w, scan: newScan(s), among: among, at: at, is: "false",
		given: make(chan given, 8), used: make(chan *warehouse.Batch, 8), usedRuns: make(chan *warehouse.Batch, 16),
	}
	for range s.Keys {
		h.seen = append(h.seen, newWords())
	}
	var names []string
	if names, h.apart = s.Wanted(); len(names) > 0 {
		h.is = "name IN (" + literals(names) + ")"
	}
	h.counted = h.apart && s.Rest == warehouse.CountOfRest
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
		used := h.used
		if g.batch.Runs != nil {
			used = h.usedRuns
		}
		select {
		case used <- g.batch:
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
	usedRuns  chan *warehouse.Batch // likewise

	apart   bool   // of events whose name no pattern asks for not all is told
	is      string // the condition that one does
	counted bool   // of the others only their number is told

	learning sync.Mutex // held while what follows and the dictionaries of scan grow
	seen     []*words   // by key, the texts of values that were read
	kinds    kinds
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
	learning := h.learns()
	if learning {
		span = max(1, span/learningPart)
	}
	if h.scan.Customers != nil {
		span = last
	}
	for through := begin; ; {
		from := through
		through = min(through+span, last)
		var c *coding
		if !learning {
			c = h.coding()
		}
		rows, err := h.readRange(ctx, shards, from, through, c)
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
		case learning:
			learning, span = false, span*learningPart
		case rows < h.warehouse.run/2:
			span *= 2
		case rows > h.warehouse.run*2:
			span = max(1, span/2)
		}
	}
}

// readRange reads the events of the refs after one and up to another: as runs of numbers
// where there is a coding.
func (h *histories) readRange(ctx context.Context, shards []*shardReader, from, through uint64, c *coding) (rows uint64, err error) {
	within := fmt.Sprintf(" AND customer > %d AND customer <= %d", from, through)
	asked, asking := errgroup.WithContext(ctx)
	counts := make([]uint64, len(shards))
	for i, s := range shards {
		s.from = identity.Number(from)
		asked.Go(func() (err error) {
			if c == nil {
				counts[i], err = s.readRows(asking, within)
			} else {
				counts[i], err = s.readRuns(asking, within, c)
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

// give gives a batch on.
func (h *histories) give(ctx context.Context, g given) error {
	select {
	case h.given <- g:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// empty is a batch without rows, in the memory of one that was taken where there is any.
func (h *histories) empty() *warehouse.Batch {
	select {
	case b := <-h.used:
		emptied(b)
		if b.Rest = false; !h.groups() {
			b.Count = nil // of a batch of the rest
		}
		return b
	default:
		b := h.scan.newBatch()
		return &b
	}
}

// describe gives a batch the dictionaries as they are now.
func (h *histories) describe(b *warehouse.Batch) {
	h.learning.Lock()
	defer h.learning.Unlock()
	h.scan.describe(b)
	if b.Runs != nil {
		b.Runs.Kinds = h.kinds.all
	}
}

// shardReader reads what one shard sends.
type shardReader struct {
	*histories
	conn *ch.Client
	from identity.Number // everything up to it was given
	rows *rowColumns
	runs *runColumns
}

// shardReader makes one for a shard, and its connection.
func (h *histories) shardReader(ctx context.Context, shard int) (*shardReader, error) {
	conn, err := h.warehouse.reader(ctx, shard)
	return &shardReader{histories: h, conn: conn, rows: h.rowColumns(), runs: h.runColumns()}, err
}

// ask asks a question and has take take each block of the answer.
func (s *shardReader) ask(ctx context.Context, question string, columns proto.Results, take func(ctx context.Context, rows int) error, settings ...ch.Setting) error {
	return s.conn.Do(ctx, ch.Query{Body: question, Settings: settings, Result: columns, OnResult: func(ctx context.Context, b proto.Block) error {
		if b.Rows == 0 {
			return nil // the heads of the columns
		}
		return take(ctx, b.Rows)
	}})
}

// learns reports whether there is something to be told by codes that has to be seen
// first: values of keys, and names where patterns do not tell them.
func (h *histories) learns() bool { return len(h.scan.Keys) > 0 || !h.apart }

// see takes note of a text that a key's value has. The dictionaries are held.
func (h *histories) see(key int, text string) {
	if seen := h.seen[key]; len(seen.texts) <= mostCodes {
		seen.code(text)
	}
}
