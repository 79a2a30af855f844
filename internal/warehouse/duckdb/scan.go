package duckdb

import (
	"context"
	"strconv"
	"strings"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Scan implements warehouse.Warehouse. Patterns that ask for a name only are
// decided here, by the name's code; the engine evaluates those with a filter,
// and only on rows of their name.
func (w *Warehouse) Scan(ctx context.Context, s warehouse.Scan, yield func(*warehouse.Batch) error) error {
	q := w.newScan(s)
	text := q.sql()
	return w.each(ctx, text, q.args, func(c *chunk) error {
		// A name is in the dictionary before a row that has it can be read.
		q.out.Names, q.out.Currencies = w.names.all(), w.currencies.all()
		return yield(q.batch(c))
	})
}

// Digest implements warehouse.Warehouse. Of events, it takes what came after the
// position away from the digest of everything.
func (w *Warehouse) Digest(ctx context.Context, maxSeq uint64) (warehouse.Digest, error) {
	defer w.enter()()
	var d warehouse.Digest
	defer w.reader.help()()
	position := strconv.FormatUint(maxSeq, 10)
	after, others := " FROM events WHERE seq > "+position, " FROM identities WHERE seq <= "+position
	err := w.db.QueryRowContext(ctx, "SELECT number - (SELECT count(*)"+after+"), xor(ids, (SELECT coalesce(bit_xor(id_hash), 0)"+after+")), "+
		"(SELECT count(*)"+others+"), (SELECT coalesce(bit_xor(id_hash), 0)"+others+") FROM digest").
		Scan(&d.Events, &d.IDs, &d.IdentityFacts, &d.IdentityIDs)
	return d, failed(ctx, err)
}

// scan is a question on its way through the engine.
type scan struct {
	sqlText
	warehouse.Scan
	words    int
	nameOf   func(code uint32) string // how a name is written
	byName   map[uint32][]uint64      // bits of the patterns that a name alone decides
	anyName  []uint64
	filtered [][]string // by word: SQL of the bits of patterns with a filter
	out      warehouse.Batch
	match    []uint64
	keys     []*keyColumn
	// value and cost are the amounts of a batch where some are missing.
	value, cost []float64
}

func (w *Warehouse) newScan(s warehouse.Scan) *scan { return newScan(s, w.names, codeText) }

func codeText(code uint32) string { return strconv.FormatUint(uint64(code), 10) }

func newScan(s warehouse.Scan, names *dictionary, nameOf func(code uint32) string) *scan {
	words := (len(s.Patterns) + 63) / 64
	q := &scan{
		Scan: s, words: words, nameOf: nameOf, byName: map[uint32][]uint64{},
		anyName: make([]uint64, words), filtered: make([][]string, words),
	}
	for i, p := range s.Patterns {
		name, known := names.find(p.Name)
		switch {
		case !p.AnyName && !known:
		case len(p.Where) > 0:
			q.filtered[i/64] = append(q.filtered[i/64], q.bit(p, name, i%64))
		case p.AnyName:
			q.anyName[i/64] |= 1 << (i % 64)
		default:
			if q.byName[name] == nil {
				q.byName[name] = make([]uint64, words)
			}
			q.byName[name][i/64] |= 1 << (i % 64)
		}
	}
	for _, key := range s.Keys {
		q.keys = append(q.keys, newKeyColumn(key))
	}
	q.out.Words = words
	q.out.Keys = make([][]uint32, len(s.Keys))
	q.out.Values = make([][]any, len(s.Keys))
	return q
}

func (q *scan) bit(p event.Pattern, name uint32, bit int) string {
	text := "CASE WHEN " + q.all(p.Where) + " THEN " + strconv.FormatUint(1<<bit, 10) + "::UBIGINT ELSE 0::UBIGINT END"
	if p.AnyName {
		return text
	}
	return "CASE WHEN name = " + q.nameOf(name) + " THEN " + text + " ELSE 0::UBIGINT END"
}

func (q *scan) sql() string {
	if q.Group != nil {
		return q.grouped()
	}
	columns := []string{"customer", "time", "name", "value", "cost", "currency"}
	if !q.Unplaced {
		columns = append(columns, "seq")
	}
	if !q.Unaccounted {
		columns = append(columns, "account")
	}
	for _, bits := range q.filtered {
		if len(bits) > 0 {
			columns = append(columns, strings.Join(bits, " | "))
		}
	}
	for _, key := range q.Keys {
		columns = append(columns, q.placeOf(key).key())
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM events WHERE " + q.where()
}

// where says which events are read.
func (q *scan) where() string {
	// Positions are literals: with them the engine passes over what lies outside,
	// and does not look at those of the rest.
	text := "seq <= " + strconv.FormatUint(q.MaxSeq, 10)
	if q.After > 0 {
		text += " AND seq > " + strconv.FormatUint(q.After, 10)
	}
	if q.Customers != nil {
		text += " AND customer IN (" + numbers(q.Customers) + ")"
	}
	if q.Range.After > 0 {
		text += " AND customer > " + strconv.FormatUint(uint64(q.Range.After), 10)
	}
	if q.Range.Through > 0 {
		text += " AND customer <= " + strconv.FormatUint(uint64(q.Range.Through), 10)
	}
	if !q.From.IsZero() {
		text += " AND time >= " + q.arg(q.From)
	}
	if !q.Until.IsZero() {
		text += " AND time <= " + q.arg(q.Until)
	}
	if len(q.Segment) > 0 {
		text += " AND " + q.all(q.Segment)
	}
	return text
}

// batch dresses a chunk up as a Batch; most columns stay where they are.
func (q *scan) batch(c *chunk) *warehouse.Batch {
	b := &q.out
	b.Len = c.rows
	b.Customer, b.Time, b.Name = column[uint32](c, 0), column[int64](c, 1), column[uint32](c, 2)
	b.Value, b.Cost, b.Currency = c.amounts(3, &q.value), c.amounts(4, &q.cost), column[uint32](c, 5)
	next := 6
	if !q.Unplaced {
		b.Seq = column[uint64](c, next)
		next++
	}
	if !q.Unaccounted {
		b.Account = column[uint32](c, next)
		next++
	}
	q.match = append(q.match[:0], make([]uint64, c.rows*q.words)...)
	for word, bits := range q.filtered {
		if len(bits) > 0 {
			for row, match := range column[uint64](c, next) {
				q.match[row*q.words+word] = match
			}
			next++
		}
		for row, name := range b.Name {
			q.match[row*q.words+word] |= q.anyName[word]
			if byName := q.byName[name]; byName != nil {
				q.match[row*q.words+word] |= byName[word]
			}
		}
	}
	b.Match = q.match
	for k, key := range q.keys {
		b.Keys[k] = key.codes(c, next+k)
		b.Values[k] = key.All
	}
	if q.Group != nil {
		b.Count = column[int64](c, next+len(q.keys))
	}
	return b
}

// keyColumn gives the values of one key codes, a chunk at a time.
type keyColumn struct {
	*warehouse.Values
	column []uint32
	recent [64]recentText
}

// recentText is a short text that was looked up, and its code.
type recentText struct {
	text duckText
	code uint32
}

func newKeyColumn(key event.Key) *keyColumn {
	return &keyColumn{Values: warehouse.NewValues(key)}
}

func (k *keyColumn) codes(c *chunk, i int) []uint32 {
	if cap(k.column) < c.rows {
		k.column = make([]uint32, c.rows)
	}
	k.column = k.column[:c.rows]
	texts := c.texts(i)
	for row := range k.column {
		k.column[row] = 0
		if texts.valid != nil && texts.valid[row/64]>>(row%64)&1 == 0 {
			continue
		}
		text := &texts.values[row]
		if text.length > inPlace {
			k.column[row] = k.code(texts, row)
			continue
		}
		// Columns of few, short values are those that are asked for most.
		recent := &k.recent[text.slot()%uint32(len(k.recent))]
		if recent.code == 0 || recent.text != *text {
			recent.text, recent.code = *text, k.code(texts, row)
		}
		k.column[row] = recent.code
	}
	return k.column
}

// code looks a text up that is not null.
func (k *keyColumn) code(texts texts, row int) uint32 {
	text, _ := texts.at(row)
	code, known := k.Find(text)
	if !known {
		code = k.Code(texts.copy(row))
	}
	return code
}
