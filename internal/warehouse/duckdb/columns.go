package duckdb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/url"
	"sync"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// reader runs queries with large answers and hands out DuckDB's own vectors
// instead of values boxed row by row, which is an order of magnitude faster. It
// shares the database instance with database/sql through the driver's cache.
type reader struct {
	exchange *sync.RWMutex // Warehouse.exchange
	db       mapping.Database
	threads  int // that a question takes
	// running lets close wait for queries and their helpers to end.
	running sync.WaitGroup
}

func (r *reader) open(path string, settings url.Values) error {
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return errors.New("no configuration")
	}
	defer mapping.DestroyConfig(&config)
	mapping.SetConfig(config, "duckdb_api", "go") // as the driver does: the cache compares
	for name := range settings {
		if mapping.SetConfig(config, name, settings.Get(name)) == mapping.StateError {
			return fmt.Errorf("setting %s", name)
		}
	}
	var message string
	if mapping.GetOrCreateFromCache(duckdb.GetInstanceCache(), path, &r.db, config, &message) == mapping.StateError {
		return errors.New(message)
	}
	return nil
}

func (r *reader) close() {
	r.running.Wait()
	mapping.Close(&r.db)
}

// query calls each with the answer's chunks, in order. Arguments are $1, $2, …:
// string, float64, bool, uint64, uint32 or time.Time. A chunk and what was
// borrowed from it is valid until each returns. When ctx has ended no further chunk is
// asked for (giveup.go).
func (r *reader) query(ctx context.Context, text string, args []any, each func(*chunk) error) error {
	return r.connected(ctx, func(conn mapping.Connection) error {
		defer r.help()()
		return query(ctx, conn, text, args, each)
	})
}

// connected runs use on a connection of its own.
func (r *reader) connected(ctx context.Context, use func(mapping.Connection) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.exchange.RLock()
	defer r.exchange.RUnlock()
	r.running.Add(1)
	defer r.running.Done()
	var conn mapping.Connection
	if mapping.Connect(r.db, &conn) == mapping.StateError {
		return errors.New("no connection")
	}
	defer mapping.Disconnect(&conn)
	return use(conn)
}

// transact runs use inside a transaction, which it commits unless use or the
// context ended in an error.
func (r *reader) transact(ctx context.Context, use func(mapping.Connection) error) error {
	return r.connected(ctx, func(conn mapping.Connection) error {
		if err := query(ctx, conn, "BEGIN TRANSACTION", nil, nothing); err != nil {
			return err
		}
		err := use(conn)
		if err == nil {
			err = ctx.Err()
		}
		whole := context.WithoutCancel(ctx) // a commit that has begun is waited for
		if err == nil {
			err = query(whole, conn, "COMMIT", nil, nothing)
		}
		if err != nil {
			// Where the commit failed there is nothing left to roll back.
			_ = query(whole, conn, "ROLLBACK", nil, nothing)
		}
		return err
	})
}

// nothing takes the answer of a statement that has none.
func nothing(*chunk) error { return nil }

func query(ctx context.Context, conn mapping.Connection, text string, args []any, each func(*chunk) error) error {
	var statement mapping.PreparedStatement
	defer mapping.DestroyPrepare(&statement)
	if mapping.Prepare(conn, text, &statement) == mapping.StateError {
		return errors.New(mapping.PrepareError(statement))
	}
	for i, arg := range args {
		if bind(statement, mapping.IdxT(i+1), arg) == mapping.StateError {
			return fmt.Errorf("argument %d (%T)", i+1, arg)
		}
	}
	var result mapping.Result
	defer mapping.DestroyResult(&result)
	// Streaming, because otherwise the whole answer stands in memory before its
	// first row. The C interface calls this deprecated and offers nothing instead.
	if bindings.ExecutePreparedStreaming(statement, &result) == mapping.StateError {
		return queryError(ctx, &result)
	}
	return fetch(ctx, result, each)
}

func fetch(ctx context.Context, result mapping.Result, each func(*chunk) error) error {
	c := chunk{vectors: make([]mapping.Vector, mapping.ColumnCount(&result))}
	for {
		data := mapping.FetchChunk(result)
		if data.Ptr == nil {
			return queryError(ctx, &result)
		}
		err := c.take(data, each)
		mapping.DestroyDataChunk(&data)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func queryError(ctx context.Context, result *mapping.Result) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if message := mapping.ResultError(result); message != "" {
		return errors.New(message)
	}
	return nil
}

func bind(s mapping.PreparedStatement, i mapping.IdxT, arg any) mapping.State {
	switch v := arg.(type) {
	case string:
		return mapping.BindVarcharLength(s, i, v, mapping.IdxT(len(v)))
	case float64:
		return mapping.BindDouble(s, i, v)
	case bool:
		return mapping.BindBoolean(s, i, v)
	case uint64:
		return mapping.BindUInt64(s, i, v)
	case uint32:
		return mapping.BindUInt32(s, i, v)
	case time.Time:
		return mapping.BindTimestamp(s, i, mapping.NewTimestamp(v.UnixMicro()))
	}
	return mapping.StateError
}

// chunk is a run of rows, at most 2,048, as columns in DuckDB's memory.
type chunk struct {
	rows    int
	vectors []mapping.Vector
}

func (c *chunk) take(data mapping.DataChunk, each func(*chunk) error) error {
	c.rows = int(mapping.DataChunkGetSize(data))
	for i := range c.vectors {
		c.vectors[i] = mapping.DataChunkGetVector(data, mapping.IdxT(i))
	}
	return each(c)
}

// column borrows a column of fixed width; T must be of the SQL type's size.
func column[T uint8 | uint32 | uint64 | int64 | float64](c *chunk, i int) []T {
	return unsafe.Slice((*T)(mapping.VectorGetData(c.vectors[i])), c.rows)
}

// amounts borrows a column of amounts, or fills room with it where some are
// missing: those are NaN.
func (c *chunk) amounts(i int, room *[]float64) []float64 {
	values := column[float64](c, i)
	mask := mapping.VectorGetValidity(c.vectors[i])
	if mask == nil {
		return values
	}
	valid := unsafe.Slice((*uint64)(mask), (c.rows+63)/64)
	*room = append((*room)[:0], values...)
	for row := range *room {
		if valid[row/64]>>(row%64)&1 == 0 {
			(*room)[row] = math.NaN()
		}
	}
	return *room
}

// texts borrows a column of text.
func (c *chunk) texts(i int) texts {
	t := texts{values: unsafe.Slice((*duckText)(mapping.VectorGetData(c.vectors[i])), c.rows)}
	if mask := mapping.VectorGetValidity(c.vectors[i]); mask != nil {
		t.valid = unsafe.Slice((*uint64)(mask), (c.rows+63)/64)
	}
	return t
}

type texts struct {
	values []duckText
	valid  []uint64 // one bit a row; nil: all
}

// duckText is duckdb_string_t: up to twelve bytes stand in place, longer text
// behind a pointer after its first four bytes.
type duckText struct {
	length uint32
	prefix [4]byte
	rest   [8]byte
}

// inPlace is the longest text that stands in place; what is left over is zero.
const inPlace = 12

// slot spreads texts that stand in place.
func (t *duckText) slot() uint32 {
	return (binary.LittleEndian.Uint32(t.prefix[:])*0x9e3779b1 ^ binary.LittleEndian.Uint32(t.rest[:4])*0x85ebca6b + t.length) >> 20
}

// at is the text of a row, borrowed, or ok = false where it is null.
func (t texts) at(row int) (text string, ok bool) {
	if t.valid != nil && t.valid[row/64]>>(row%64)&1 == 0 {
		return "", false
	}
	v := &t.values[row]
	if v.length <= inPlace {
		return unsafe.String(&v.prefix[0], int(v.length)), true
	}
	return unsafe.String(*(**byte)(unsafe.Pointer(&v.rest)), int(v.length)), true
}

// copy is the text of a row, "" for null, to be kept.
func (t texts) copy(row int) string {
	text, _ := t.at(row)
	return string([]byte(text))
}
