package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
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

// Digest implements warehouse.Warehouse.
func (w *Warehouse) Digest(ctx context.Context, maxSeq uint64) (warehouse.Digest, error) {
	var d warehouse.Digest
	err := w.db.QueryRowContext(ctx, "SELECT count(*), coalesce(bit_xor(id_hash), 0) FROM events WHERE seq <= ?", maxSeq).Scan(&d.Events, &d.IDs)
	return d, failed(ctx, err)
}

// scan is a question on its way through the engine.
type scan struct {
	sqlText
	warehouse.Scan
	words    int
	byName   map[uint32][]uint64 // bits of the patterns that a name alone decides
	anyName  []uint64
	filtered [][]string // by word: SQL of the bits of patterns with a filter
	out      warehouse.Batch
	match    []uint64
	keys     []*keyColumn
}

func (w *Warehouse) newScan(s warehouse.Scan) *scan {
	words := (len(s.Patterns) + 63) / 64
	q := &scan{
		Scan: s, words: words, byName: map[uint32][]uint64{},
		anyName: make([]uint64, words), filtered: make([][]string, words),
	}
	for i, p := range s.Patterns {
		name, known := w.names.find(p.Name)
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
	return fmt.Sprintf("CASE WHEN name = %d THEN %s ELSE 0::UBIGINT END", name, text)
}

func (q *scan) sql() string {
	columns := []string{
		"seq", "customer", "account", "time", "name", "coalesce(value, 'nan'::DOUBLE)", "coalesce(cost, 'nan'::DOUBLE)", "currency",
	}
	for _, bits := range q.filtered {
		if len(bits) > 0 {
			columns = append(columns, strings.Join(bits, " | "))
		}
	}
	for _, key := range q.Keys {
		columns = append(columns, placeOf(key).key())
	}
	text := "SELECT " + strings.Join(columns, ", ") + " FROM events WHERE seq <= " + q.arg(q.MaxSeq)
	if q.After > 0 {
		text += " AND seq > " + q.arg(q.After)
	}
	if q.Customers != nil {
		text += " AND customer IN (" + numbers(q.Customers) + ")"
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
	b.Seq, b.Customer, b.Account = column[uint64](c, 0), column[uint32](c, 1), column[uint32](c, 2)
	b.Time, b.Name = column[int64](c, 3), column[uint32](c, 4)
	b.Value, b.Cost, b.Currency = column[float64](c, 5), column[float64](c, 6), column[uint32](c, 7)
	next := 8
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
		b.Values[k] = key.values
	}
	return b
}

// keyColumn gives the values of one key codes, by the text the engine gives for
// them. Several texts may stand for one value (7 and 7.0).
type keyColumn struct {
	root   event.Root
	byText map[string]uint32
	byVal  map[any]uint32
	values []any
	column []uint32
}

func newKeyColumn(key event.Key) *keyColumn {
	return &keyColumn{root: key.Root, byText: map[string]uint32{}, byVal: map[any]uint32{nil: 0}, values: []any{nil}}
}

func (k *keyColumn) codes(c *chunk, i int) []uint32 {
	k.column = k.column[:0]
	texts := c.texts(i)
	for row := range c.rows {
		var code uint32
		if text, ok := texts.at(row); ok {
			code, ok = k.byText[text]
			if !ok {
				code = k.learn(texts.copy(row))
			}
		}
		k.column = append(k.column, code)
	}
	return k.column
}

func (k *keyColumn) learn(text string) uint32 {
	value := k.parse(text)
	known := value
	if raw, isJSON := value.(json.RawMessage); isJSON {
		known = jsonText(raw)
	}
	code, ok := k.byVal[known]
	if !ok {
		code = uint32(len(k.values))
		k.byVal[known] = code
		k.values = append(k.values, value)
	}
	k.byText[text] = code
	return code
}

// jsonText is an object or a list as the key of a map.
type jsonText string

func (k *keyColumn) parse(text string) any {
	switch k.root {
	case event.Channel, event.Source:
		return event.Scalar(text)
	}
	return event.Lookup(json.RawMessage(text), nil)
}
