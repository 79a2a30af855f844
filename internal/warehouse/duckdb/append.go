package duckdb

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// appender adds rows to one table by writing DuckDB's own vectors, which costs a
// fifth of handing over boxed values row by row. A row's values are put in the
// order of the table's columns, each with the width of its column; then next is
// called. It belongs to one goroutine.
type appender struct {
	table   string
	handle  mapping.Appender
	types   []mapping.LogicalType
	chunk   mapping.DataChunk
	vectors []vector
	texts   texter
	row     int // of the chunk
	column  int // of the row
	waiting int // rows that the engine has copied and not yet put into the table
	err     error
}

// vector is the memory of one column of a chunk: values and one bit of validity
// a row.
type vector struct {
	data  unsafe.Pointer
	valid []uint64
}

// flushRows is how many rows are copied before the engine puts them into the
// table: few, because until then they take the engine's memory twice.
const flushRows = 16 << 10

func newAppender(conn mapping.Connection, table string) (*appender, error) {
	a := &appender{table: table}
	if mapping.AppenderCreate(conn, "", table, &a.handle) == mapping.StateError {
		err := fmt.Errorf("%s: %s", table, mapping.AppenderError(a.handle))
		mapping.AppenderDestroy(&a.handle)
		return nil, err
	}
	for i := range mapping.AppenderColumnCount(a.handle) {
		a.types = append(a.types, mapping.AppenderColumnType(a.handle, i))
	}
	a.chunk = mapping.CreateDataChunk(a.types)
	a.vectors = make([]vector, len(a.types))
	a.begin()
	return a, nil
}

// begin makes the chunk ready for its first row.
func (a *appender) begin() {
	size := mapping.VectorSize()
	for i := range a.vectors {
		v := mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i))
		mapping.VectorEnsureValidityWritable(v)
		mask := unsafe.Slice((*uint64)(mapping.VectorGetValidity(v)), (size+63)/64)
		for word := range mask {
			mask[word] = ^uint64(0)
		}
		a.vectors[i] = vector{data: mapping.VectorGetData(v), valid: mask}
	}
	a.row, a.column = 0, 0
	a.texts.reuse()
}

// put sets the next column of the row.
func put[T bool | uint8 | uint32 | uint64 | int64 | float64](a *appender, value T) {
	*(*T)(unsafe.Add(a.vectors[a.column].data, a.row*int(unsafe.Sizeof(value)))) = value
	a.column++
}

// null leaves the next column of the row without a value.
func (a *appender) null() {
	a.vectors[a.column].valid[a.row/64] &^= 1 << (a.row % 64)
	a.column++
}

func (a *appender) amount(value *float64) {
	if value == nil {
		a.null()
		return
	}
	put(a, *value)
}

// time puts an instant as the engine keeps it: UTC, cut to microseconds.
func (a *appender) time(t time.Time) { put(a, t.UnixMicro()) }

// text puts a text; what is no Unicode in it becomes U+FFFD.
func (a *appender) text(text string) {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	a.unicode(text)
}

// unicode puts a text that is known to be valid.
func (a *appender) unicode(text string) {
	at := (*duckText)(unsafe.Add(a.vectors[a.column].data, a.row*int(unsafe.Sizeof(duckText{}))))
	*at = a.texts.keep(text)
	a.column++
}

// textOrNull puts a text, null for the empty one.
func (a *appender) textOrNull(text string) {
	if text == "" {
		a.null()
		return
	}
	a.text(text)
}

// next ends a row.
func (a *appender) next() {
	if a.column != len(a.vectors) && a.err == nil {
		a.err = fmt.Errorf("%s: a row of %d values for %d columns", a.table, a.column, len(a.vectors))
	}
	a.row, a.column = a.row+1, 0
	if a.row == int(mapping.VectorSize()) {
		a.hand()
	}
}

// hand gives the chunk to the engine, which copies it.
func (a *appender) hand() {
	if a.err != nil || a.row == 0 {
		a.row = 0
		return
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.row))
	state := mapping.AppendDataChunk(a.handle, a.chunk)
	if a.waiting += a.row; state != mapping.StateError && a.waiting >= flushRows {
		a.waiting = 0
		state = mapping.AppenderFlush(a.handle)
	}
	if state == mapping.StateError {
		a.fail()
		return
	}
	mapping.DataChunkReset(a.chunk)
	a.begin()
}

func (a *appender) fail() {
	a.err = fmt.Errorf("%s: %w", a.table, errors.New(mapping.AppenderError(a.handle)))
	a.row = 0
}

// close puts into the table what was appended, unless something failed before,
// of which the error tells.
func (a *appender) close(failed bool) error {
	defer a.texts.release()
	if failed || a.err != nil {
		mapping.AppenderClear(a.handle) // it must not reach the table
	} else if a.hand(); a.err == nil && mapping.AppenderFlush(a.handle) == mapping.StateError {
		a.fail()
		mapping.AppenderClear(a.handle)
	}
	mapping.DestroyDataChunk(&a.chunk)
	for i := range a.types {
		mapping.DestroyLogicalType(&a.types[i])
	}
	if mapping.AppenderDestroy(&a.handle) == mapping.StateError && a.err == nil {
		a.err = fmt.Errorf("%s: not closed", a.table)
	}
	return a.err
}

// texter keeps the texts of a chunk where the engine can read them: in blocks of
// Go's memory that are pinned as long as the engine may.
type texter struct {
	pinner runtime.Pinner
	blocks [][]byte
	block  int // that is written to
	used   int // bytes of it
}

const textBlock = 1 << 20

// keep copies a text and gives the engine's form of it.
func (t *texter) keep(text string) (out duckText) {
	out.length = uint32(len(text))
	if len(text) <= len(out.prefix)+len(out.rest) {
		n := copy(out.prefix[:], text)
		copy(out.rest[:], text[n:])
		return out
	}
	place := t.room(len(text))
	copy(place, text)
	copy(out.prefix[:], text)
	*(*unsafe.Pointer)(unsafe.Pointer(&out.rest)) = unsafe.Pointer(unsafe.SliceData(place))
	return out
}

func (t *texter) room(n int) []byte {
	for t.block < len(t.blocks) && t.used+n > len(t.blocks[t.block]) {
		t.block, t.used = t.block+1, 0
	}
	if t.block == len(t.blocks) {
		block := make([]byte, max(textBlock, 1<<bits.Len(uint(n))))
		t.pinner.Pin(unsafe.SliceData(block))
		t.blocks = append(t.blocks, block)
	}
	place := t.blocks[t.block][t.used:][:n]
	t.used += n
	return place
}

func (t *texter) reuse() { t.block, t.used = 0, 0 }

func (t *texter) release() {
	t.pinner.Unpin()
	t.blocks = nil
}
