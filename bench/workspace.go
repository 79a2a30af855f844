package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	engine "github.com/duckdb/duckdb-go/v2"

	"beichen/bench/history"
	"beichen/internal/warehouse/duckdb"
)

// writeWorkspace makes a workspace's folder of a plan's events, as capture would
// have left it: in the order of time, loaded to the last one. It goes past
// warehouse.Load because 100 million rows would take a quarter of an hour through it; a
// test holds the two to the same rows.
func writeWorkspace(ctx context.Context, dir string, plan history.Plan) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, "facts.duckdb")
	w, err := duckdb.Open(ctx, path, duckdb.Options{}) // makes the tables
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	db, err := openDuckDB(ctx, path, dir, plan)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range []string{
		`INSERT INTO words (kind, code, text) SELECT 1, i, ` + nth(history.Names[:], "i - 1") + ` FROM range(1, 41) AS t(i)`,
		`INSERT INTO words (kind, code, text) VALUES (2, 1, ` + quoted(history.Currency) + `)`,
		fmt.Sprintf(`INSERT INTO refs (number, anonymous, id) SELECT i, false, 'c' || i FROM range(1, %d) AS t(i)`, plan.Customers()+1),
		`CREATE TEMP TABLE arrived AS SELECT * FROM history() ORDER BY time, customer`,
		`INSERT INTO events (seq, type, customer, account, time, name, value, cost, currency, channel, source, properties, context,
			id_hash, message_id, anonymous_id, received, imported)
		SELECT rowid + 1, 1, customer, 0, make_timestamp(time * 1000), name + 1,
			CASE WHEN cents > 0 THEN cents / 100 END, NULL, CASE WHEN cents > 0 THEN 1 ELSE 0 END,
			` + nth(history.Channels[:], "channel") + `, 'bench', ` + propertiesSQL + `, NULL,
			id_hash, 'c' || customer || '-' || ordinal, NULL, make_timestamp(time * 1000), false
		FROM arrived`,
		`UPDATE position SET record = 1, seq = (SELECT count(*) FROM events)`,
		`UPDATE digest SET number = facts.number, ids = facts.ids FROM (SELECT count(*) AS number, bit_xor(id_hash) AS ids FROM events) AS facts`,
		`DROP TABLE arrived`,
		`CHECKPOINT`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("write a workspace: %w", err)
		}
	}
	return db.Close()
}

// propertiesSQL writes an event's properties as JSON text, as SQL of DuckDB.
var propertiesSQL = func() string {
	var groups strings.Builder
	for _, values := range history.Groups {
		fmt.Fprintf(&groups, ` || ',"group%d":"g' || customer %% %d || '"'`, values, values)
	}
	return fmt.Sprintf(`'{"plan":"' || %s || '"' || CASE WHEN name = %d THEN ''%s ELSE '' END ||
		CASE WHEN cents > 0 THEN ',"value":' || CAST(cents / 100 AS VARCHAR) || ',"currency":"%s"' ELSE '' END || '}'`,
		nth(history.Tiers[:], "tier"), history.FunnelStep(0), groups.String(), history.Currency)
}()

// nth picks one of some texts by a code from 0, as SQL of DuckDB.
func nth(texts []string, code string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = quoted(text)
	}
	return "[" + strings.Join(list, ", ") + "][1 + (" + code + ")]"
}

func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// openDuckDB opens a DuckDB of all processors in which SELECT * FROM history()
// gives a plan's events. Files that it needs for a while go to dir.
func openDuckDB(ctx context.Context, path, dir string, plan history.Plan) (*sql.DB, error) {
	connector, err := engine.NewConnector(path, nil)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1) // temporary tables are a connection's own
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SET temp_directory = "+quoted(filepath.Join(dir, "duckdb.tmp"))); err != nil {
		return nil, err
	}
	return db, engine.RegisterTableUDF(conn, "history", engine.ChunkTableFunction{
		BindArguments: func(map[string]any, ...any) (engine.ChunkTableSource, error) {
			return &historyTable{reader: plan.Read(), events: plan.Events}, nil
		},
	})
}

// historyTable is a plan's events as a table function of DuckDB.
type historyTable struct {
	reader *history.Reader
	events int
	run    *history.Events
	at     int // in run: the next one to hand out
}

// ColumnInfos implements engine.ChunkTableSource.
func (h *historyTable) ColumnInfos() []engine.ColumnInfo {
	var columns []engine.ColumnInfo
	for _, c := range []struct {
		name string
		kind engine.Type
	}{
		{"customer", engine.TYPE_UINTEGER}, {"ordinal", engine.TYPE_UINTEGER}, {"time", engine.TYPE_BIGINT},
		{"name", engine.TYPE_UTINYINT}, {"channel", engine.TYPE_UTINYINT}, {"tier", engine.TYPE_UTINYINT},
		{"cents", engine.TYPE_UINTEGER}, {"id_hash", engine.TYPE_UBIGINT},
	} {
		info, err := engine.NewTypeInfo(c.kind)
		if err != nil {
			panic(err) // plain types need nothing else
		}
		columns = append(columns, engine.ColumnInfo{Name: c.name, T: info})
	}
	return columns
}

// Cardinality implements engine.ChunkTableSource.
func (h *historyTable) Cardinality() *engine.CardinalityInfo {
	return &engine.CardinalityInfo{Cardinality: uint(h.events), Exact: true}
}

// Init implements engine.ChunkTableSource.
func (h *historyTable) Init() {}

// FillChunk implements engine.ChunkTableSource.
func (h *historyTable) FillChunk(chunk engine.DataChunk) error {
	rows := 0
	for ; rows < engine.GetDataChunkCapacity(); rows++ {
		if h.run == nil || h.at == h.run.Len() {
			h.run, h.at = h.reader.Next(), 0
			if h.run == nil {
				break
			}
		}
		if err := h.fill(chunk, rows); err != nil {
			return err
		}
		h.at++
	}
	return chunk.SetSize(rows)
}

func (h *historyTable) fill(chunk engine.DataChunk, row int) error {
	e, i := h.run, h.at
	return cmp.Or(
		engine.SetChunkValue(chunk, 0, row, e.Customer[i]),
		engine.SetChunkValue(chunk, 1, row, e.Ordinal[i]),
		engine.SetChunkValue(chunk, 2, row, e.Time[i]),
		engine.SetChunkValue(chunk, 3, row, e.Name[i]),
		engine.SetChunkValue(chunk, 4, row, e.Channel[i]),
		engine.SetChunkValue(chunk, 5, row, e.Tier[i]),
		engine.SetChunkValue(chunk, 6, row, e.Cents[i]),
		engine.SetChunkValue(chunk, 7, row, idHash(e.Customer[i], e.Ordinal[i])),
	)
}

// idHash is what the warehouse keeps of a message's id, to look it up by.
func idHash(customer, ordinal uint32) uint64 {
	h := fnv.New64a()
	var id [24]byte
	text := strconv.AppendUint(append(id[:0], 'c'), uint64(customer), 10)
	h.Write(strconv.AppendUint(append(text, '-'), uint64(ordinal), 10))
	return h.Sum64()
}
