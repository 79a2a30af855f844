package clickhouse

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Scan implements warehouse.Warehouse. Patterns that ask for a name only are
// decided here, once for each name; the engine evaluates those with a filter, next
// to the rows and only on rows of their name.
func (w *Warehouse) Scan(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	at, err := w.standing(ctx)
	if err != nil {
		return err
	}
	s.MaxSeq = min(s.MaxSeq, at.seq)
	if everything(s) {
		err = w.scanWindows(ctx, at, s, yield)
	} else {
		err = w.scanSorted(ctx, at, s, yield)
	}
	return cmp.Or(err, ctx.Err())
}

// scanSorted has each shard sort its rows by their position, and the node that was
// asked join them as they come.
func (w *Warehouse) scanSorted(ctx context.Context, at *standing, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	q := newScan(s)
	err := w.each(ctx, q.sql(at)+" ORDER BY seq", q.places(), func() error {
		if q.take(); q.out.Len < batchRows {
			return nil
		}
		return q.hand(yield)
	})
	if err != nil || q.out.Len == 0 {
		return err
	}
	return q.hand(yield)
}

// Digest implements warehouse.Warehouse. Of events, it takes what came after the
// position away from the digest of everything.
func (w *Warehouse) Digest(ctx context.Context, maxSeq uint64) (warehouse.Digest, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return warehouse.Digest{}, err
	}
	place := whole(maxSeq)
	var d warehouse.Digest
	var events, facts, ids uint64
	err = w.each(ctx, "SELECT count(), groupBitXor(id_hash) FROM all_events WHERE seq > "+place+" AND "+s.happened(), []any{&events, &ids}, func() error {
		d.Events, d.IDs = int64(s.events-events), s.ids^ids
		return nil
	})
	if err != nil {
		return d, err
	}
	err = w.each(ctx, "SELECT count(), groupBitXor(id_hash) FROM all_identities WHERE seq <= "+place+" AND "+s.said(), []any{&facts, &ids}, func() error {
		d.IdentityFacts, d.IdentityIDs = int64(facts), ids
		return nil
	})
	return d, err
}

// batchRows is how many rows are handed on at once.
const batchRows = 8192

// scan is a question on its way, and the batch that its rows fill.
type scan struct {
	warehouse.Scan
	words    int
	filtered [][]string // by word: SQL of the bits of patterns with a filter
	out      warehouse.Batch

	names, currencies *words
	byName            [][]uint64 // by the code of a name: bits of the patterns that a name alone decides
	keys              []*warehouse.Values

	row struct { // as the engine gives it
		customer, account identity.Number
		seq               uint64
		time              int64
		name, currency    string
		value, cost       float64
		bits              []uint64 // of the words that have any
		keys              []string
	}
}

func newScan(s warehouse.Scan) *scan {
	q := &scan{Scan: s, words: (len(s.Patterns) + 63) / 64, names: newWords(), currencies: newWords()}
	q.filtered = make([][]string, q.words)
	for i, p := range s.Patterns {
		if len(p.Where) > 0 {
			q.filtered[i/64] = append(q.filtered[i/64], bit(p, uint(i%64)))
		}
	}
	for _, bits := range q.filtered {
		if len(bits) > 0 {
			q.row.bits = append(q.row.bits, 0)
		}
	}
	for _, key := range s.Keys {
		q.keys = append(q.keys, warehouse.NewValues(key))
	}
	q.row.keys = make([]string, len(s.Keys))
	q.out = q.newBatch()
	return q
}

func (q *scan) newBatch() warehouse.Batch {
	return warehouse.Batch{Words: q.words, Keys: make([][]uint32, len(q.Keys)), Values: make([][]any, len(q.Keys))}
}

func bit(p event.Pattern, bit uint) string {
	condition := all(p.Where)
	if !p.AnyName {
		condition = "(name = " + literal(p.Name) + " AND " + condition + ")"
	}
	return "if(" + condition + ", toUInt64(" + strconv.FormatUint(1<<bit, 10) + "), 0)"
}

func (q *scan) sql(at *standing) string {
	columns := []string{"customer", "time", "name", "value", "cost", "currency"}
	if !q.Unplaced {
		columns = append(columns, "seq")
	}
	if !q.Unaccounted {
		columns = append(columns, "account")
	}
	for _, bits := range q.filtered {
		if len(bits) > 0 {
			columns = append(columns, anyBit(bits))
		}
	}
	for _, key := range q.Keys {
		columns = append(columns, placeOf(key).key())
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM all_events WHERE " + q.where(at)
}

// where says which events are read.
func (q *scan) where(at *standing) string {
	text := at.happened() + " AND seq <= " + whole(q.MaxSeq)
	if q.After > 0 {
		text += " AND seq > " + whole(q.After)
	}
	if q.Customers != nil {
		text += " AND customer IN (" + numbers(q.Customers) + ")"
	}
	if q.Range.After > 0 {
		text += " AND customer > " + whole(uint64(q.Range.After))
	}
	if q.Range.Through > 0 {
		text += " AND customer <= " + whole(uint64(q.Range.Through))
	}
	if !q.From.IsZero() {
		text += " AND time >= " + micros(q.From)
	}
	if !q.Until.IsZero() {
		text += " AND time <= " + micros(q.Until)
	}
	if len(q.Segment) > 0 {
		text += " AND " + all(q.Segment)
	}
	return text
}

func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// anyBit joins bits in pairs of pairs: a chain of them would be nested too deeply
// for the engine to read.
func anyBit(bits []string) string {
	if len(bits) == 1 {
		return bits[0]
	}
	half := len(bits) / 2
	return "bitOr(" + anyBit(bits[:half]) + ", " + anyBit(bits[half:]) + ")"
}

// places are where a row is read into.
func (q *scan) places() []any {
	r := &q.row
	places := []any{&r.customer, &r.time, &r.name, &r.value, &r.cost, &r.currency}
	if !q.Unplaced {
		places = append(places, &r.seq)
	}
	if !q.Unaccounted {
		places = append(places, &r.account)
	}
	for i := range r.bits {
		places = append(places, &r.bits[i])
	}
	for i := range r.keys {
		places = append(places, &r.keys[i])
	}
	return places
}

// take adds the row to the batch.
func (q *scan) take() {
	r, b := &q.row, &q.out
	name := q.names.code(r.name)
	b.Len++
	b.Customer, b.Time, b.Name = append(b.Customer, r.customer), append(b.Time, r.time), append(b.Name, name)
	b.Value, b.Cost, b.Currency = append(b.Value, r.value), append(b.Cost, r.cost), append(b.Currency, q.currencies.code(r.currency))
	if !q.Unplaced {
		b.Seq = append(b.Seq, r.seq)
	}
	if !q.Unaccounted {
		b.Account = append(b.Account, r.account)
	}
	b.Match = append(b.Match, q.bitsOf(name)...)
	next := 0
	for word, bits := range q.filtered {
		if len(bits) > 0 {
			b.Match[len(b.Match)-q.words+word] |= r.bits[next]
			next++
		}
	}
	for k, key := range q.keys {
		b.Keys[k] = append(b.Keys[k], key.Code(r.keys[k]))
	}
}

// bitsOf are the bits of the patterns that a name alone decides.
func (q *scan) bitsOf(name uint32) []uint64 {
	for code := len(q.byName); code <= int(name); code++ {
		bits := make([]uint64, q.words)
		for i, p := range q.Patterns {
			if len(p.Where) == 0 && (p.AnyName || p.Name == q.names.texts[code]) {
				bits[i/64] |= 1 << (i % 64)
			}
		}
		q.byName = append(q.byName, bits)
	}
	return q.byName[name]
}

// hand gives the batch on and empties it.
func (q *scan) hand(yield func(*warehouse.Batch) error) error {
	q.describe(&q.out)
	err := yield(&q.out)
	emptied(&q.out)
	return err
}

// describe gives a batch the dictionaries.
func (q *scan) describe(b *warehouse.Batch) {
	b.Names, b.Currencies = q.names.texts, q.currencies.texts
	for k, key := range q.keys {
		b.Values[k] = key.All
	}
}

// emptied empties a batch and keeps its room.
func emptied(b *warehouse.Batch) {
	b.Len = 0
	b.Customer, b.Time, b.Name, b.Value, b.Cost = b.Customer[:0], b.Time[:0], b.Name[:0], b.Value[:0], b.Cost[:0]
	b.Currency, b.Seq, b.Account, b.Match, b.Count = b.Currency[:0], b.Seq[:0], b.Account[:0], b.Match[:0], b.Count[:0]
	for k := range b.Keys {
		b.Keys[k] = b.Keys[k][:0]
	}
}

// words gives texts codes in the order in which they come, 0 to the empty one.
type words struct {
	codes map[string]uint32
	texts []string
}

func newWords() *words { return &words{codes: map[string]uint32{"": 0}, texts: []string{""}} }

func (w *words) code(text string) uint32 {
	code, known := w.codes[text]
	if !known {
		code = uint32(len(w.texts))
		w.codes[text] = code
		w.texts = append(w.texts, text)
	}
	return code
}
