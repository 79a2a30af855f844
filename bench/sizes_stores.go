package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/bench/history"
	"beichen/bench/load"
	"beichen/bench/plan"
	"beichen/internal/capture"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhousetest"
	"beichen/internal/warehouse/duckdb"
)

// gated is a store that takes nothing until it is let.
type gated struct {
	warehouse.Warehouse
	open atomic.Bool
}

var errShut = errors.New("it is not to load yet")

// Load implements warehouse.Warehouse.
func (g *gated) Load(ctx context.Context, c warehouse.Chunk) error {
	if !g.open.Load() {
		return errShut
	}
	return g.Warehouse.Load(ctx, c)
}

// filling is what was seen of a store that was filled.
type filling struct {
	warehouse.Stats
	logBytes float64 // of a message
	own      float64 // processor time of this process while it loaded, in nanoseconds
	servers  float64 // of the store's servers, likewise
}

// fill takes in all messages, measures the log, and only then loads them. servers
// tells what the store's servers have taken of processors, in nanoseconds.
func fill(ctx context.Context, dir string, w warehouse.Warehouse, messages iter.Seq[[]capture.Incoming], servers func() (float64, error)) (f filling, err error) {
	g := &gated{Warehouse: w}
	intake, err := capture.Open(ctx, capture.Config{Dir: dir, Warehouse: g, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, intake.Close()) }()
	for in := range messages {
		for {
			_, err := intake.Accept(ctx, in)
			if err == nil {
				break
			}
			if !fault.Is(err, fault.Unavailable) {
				return f, err
			}
			time.Sleep(10 * time.Millisecond) // the disk takes what it has first
		}
	}
	f.logBytes = float64(intake.State().LogBytes) / float64(intake.State().Through)
	own, before, err := spent(servers)
	if err != nil {
		return f, err
	}
	g.open.Store(true)
	if err := intake.Flush(ctx); err != nil {
		return f, err
	}
	if f.own, f.servers, err = spent(servers); err != nil {
		return f, err
	}
	f.own, f.servers = f.own-own, f.servers-before
	if f.Stats, err = w.Stats(ctx); err != nil {
		return f, err
	}
	return f, nil
}

// spent is what this process and a store's servers have taken of processors.
func spent(servers func() (float64, error)) (own, of float64, err error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0, err
	}
	of, err = servers()
	return float64(u.Utime.Nano() + u.Stime.Nano()), of, err
}

// sizesOfStores fills both stores with each kind.
func (s *suite) sizesOfStores(ctx context.Context, m *plan.Measured) (err error) {
	cluster, err := clickhousetest.StartCluster(ctx, clickhousetest.Options{Dir: filepath.Join(s.dir, "cluster")}, 2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	for i, kind := range kinds {
		k := plan.Kind{Name: kind.name}
		if kind.name == plan.BrowserEvents {
			k.SentBytes = float64(len(load.BrowserEvents("sizes", 1, history.First)(nil, 0)))
		}
		if err := s.inDuckDB(ctx, &k, kind.messages); err != nil {
			return fmt.Errorf("%s in DuckDB: %w", kind.name, err)
		}
		if err := s.inClickHouse(ctx, &k, m, cluster, fmt.Sprint("kind", i), kind.messages); err != nil {
			return fmt.Errorf("%s in ClickHouse: %w", kind.name, err)
		}
		m.Kinds = append(m.Kinds, k)
	}
	return nil
}

func (s *suite) inDuckDB(ctx context.Context, k *plan.Kind, messages func() (iter.Seq[[]capture.Incoming], error)) error {
	s.say("%s: into DuckDB", k.Name)
	all, err := messages()
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "duckdb")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "facts.duckdb")
	w, err := duckdb.Open(ctx, path, duckdb.Options{})
	if err != nil {
		return err
	}
	f, err := fill(ctx, filepath.Join(dir, "log"), w, all, func() (float64, error) { return 0, nil })
	if err = errors.Join(err, w.Checkpoint(ctx), w.Close()); err != nil {
		return err
	}
	file, err := os.Stat(path)
	if err != nil {
		return err
	}
	k.Events, k.LogBytes = int(f.Events), f.logBytes
	k.DuckDBBytes, k.DuckDBNanos = float64(file.Size())/float64(f.Events), f.own/float64(f.Messages)
	return nil
}

func (s *suite) inClickHouse(ctx context.Context, k *plan.Kind, m *plan.Measured, cluster *clickhousetest.Cluster, database string, messages func() (iter.Seq[[]capture.Incoming], error)) (err error) {
	s.say("%s: into ClickHouse", k.Name)
	all, err := messages()
	if err != nil {
		return err
	}
	o := clickhouse.Options{Cluster: cluster.Name, Database: database, User: "default"}
	var shards []driver.Conn
	for i, address := range cluster.Addresses() {
		o.Shards = append(o.Shards, []string{address})
		conn, err := cluster.Shards[i].Open()
		if err != nil {
			return err
		}
		defer conn.Close()
		shards = append(shards, conn)
	}
	w, err := clickhouse.Open(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	servers := func() (float64, error) { return sumOver(ctx, shards, processorQuery) }
	log := filepath.Join(s.dir, "log-"+database)
	defer os.RemoveAll(log)
	f, err := fill(ctx, log, w, all, servers)
	if err != nil {
		return err
	}
	merging, err := servers()
	if err != nil {
		return err
	}
	for _, shard := range shards {
		for _, statement := range []string{
			// Parts of a size that tells what a column takes, as those of large tables are.
			"ALTER TABLE %s.events MODIFY SETTING min_bytes_for_wide_part = 0", "OPTIMIZE TABLE %s.events FINAL", "OPTIMIZE TABLE %s.refs FINAL",
		} {
			if err := shard.Exec(ctx, fmt.Sprintf(statement, database)); err != nil {
				return err
			}
		}
	}
	merged, err := servers()
	if err != nil {
		return err
	}
	k.NodeNanos, k.StoreNanos = f.own/float64(f.Messages), f.servers/float64(f.Messages)
	k.MergeNanos = (merged - merging) / float64(f.Messages)
	if err := bytesOf(ctx, k, shards, database); err != nil {
		return err
	}
	reading, serving, err := spent(servers)
	if err != nil {
		return err
	}
	err = w.Scan(ctx, warehouse.Scan{MaxSeq: uint64(f.Messages), Unplaced: true, Unaccounted: true}, func(*warehouse.Batch) error { return nil })
	if err != nil {
		return err
	}
	read, served, err := spent(servers)
	if err != nil {
		return err
	}
	k.ReadNanos, k.ServeNanos = (read-reading)/float64(f.Events), (served-serving)/float64(f.Events)
	if k.Name == plan.History {
		m.PassNanos, m.GatherNanos, err = s.gathering(ctx, shards[0], database)
	}
	return err
}

// processorQuery is what a server has taken of processors, in nanoseconds: of questions, inserts and merges.
const processorQuery = "SELECT 1000 * toFloat64(sum(value)) FROM system.events WHERE event = 'OSCPUVirtualTimeMicroseconds'"

func sumOver(ctx context.Context, shards []driver.Conn, query string, args ...any) (float64, error) {
	var all float64
	for _, shard := range shards {
		var one float64
		if err := shard.QueryRow(ctx, query, args...).Scan(&one); err != nil {
			return 0, fmt.Errorf("%s: %w", query, err)
		}
		all += one
	}
	return all, nil
}

// bytesOf reads what the tables take of a disk, merged.
func bytesOf(ctx context.Context, k *plan.Kind, shards []driver.Conn, database string) error {
	events := float64(k.Events)
	const ofParts = "SELECT toFloat64(sum(bytes_on_disk)) FROM system.parts WHERE active AND database = $1 AND table = $2"
	whole, err := sumOver(ctx, shards, ofParts, database, "events")
	if err != nil {
		return err
	}
	k.ClickHouseBytes = whole / events
	columns := map[string]float64{}
	for _, shard := range shards {
		rows, err := shard.Query(ctx, "SELECT column, toFloat64(sum(column_data_compressed_bytes + column_marks_bytes)) FROM system.parts_columns WHERE active AND database = $1 AND table = 'events' GROUP BY column "+
			"UNION ALL SELECT 'projection by_id', toFloat64(sum(bytes_on_disk)) FROM system.projection_parts WHERE active AND database = $1 AND table = 'events'", database)
		if err != nil {
			return err
		}
		for rows.Next() {
			var name string
			var bytes float64
			if err := rows.Scan(&name, &bytes); err != nil {
				return errors.Join(err, rows.Close())
			}
			columns[name] += bytes / events
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	for name, bytes := range columns {
		k.Columns = append(k.Columns, plan.Column{Name: name, Bytes: bytes})
	}
	slices.SortFunc(k.Columns, func(a, b plan.Column) int { return cmp.Or(-cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.Name, b.Name)) })
	ids, err := sumOver(ctx, shards, "SELECT toFloat64(count()) FROM "+database+".refs")
	if err != nil {
		return err
	}
	idBytes, err := sumOver(ctx, shards, ofParts, database, "refs")
	k.Ids, k.StoredIDBytes = int(ids), idBytes/ids
	return err
}

// gathering is what a shard needs of a core to gather the matching events of each
// customer, in their order: so much for each stored event, and for each that matches.
// It is the line through two questions, of which one matches some events, the other
// all, each in the cheaper of two ways, over ten times the events of the shard: the
// columns that such a question reads, as table events has them.
func (s *suite) gathering(ctx context.Context, shard driver.Conn, database string) (pass, gather float64, err error) {
	ways := []string{
		"SELECT customer, arraySort(groupArray((time, name))) AS chain FROM %[1]s.many WHERE name IN %[2]s AND load < 4294967295 GROUP BY customer",
		"SELECT customer, groupArray(time) AS chain, groupArray(name) AS names FROM (SELECT customer, time, name FROM %[1]s.many " +
			"WHERE name IN %[2]s AND load < 4294967295 ORDER BY customer, time) GROUP BY customer",
	}
	for _, statement := range []string{
		"CREATE TABLE %[1]s.many (load UInt32, customer UInt32, time Int64 CODEC(Delta, LZ4), name LowCardinality(String)) ENGINE = MergeTree " +
			"PARTITION BY intDiv(time, 2592000000000) ORDER BY (customer, time)",
		"INSERT INTO %[1]s.many SELECT load, toUInt32(customer + number * 1000000), time, name FROM %[1]s.events CROSS JOIN numbers(10) AS n",
		"OPTIMIZE TABLE %[1]s.many FINAL",
	} {
		if err := shard.Exec(ctx, fmt.Sprintf(statement, database)); err != nil {
			return 0, 0, err
		}
	}
	ask := func(names string) (least, stored, matching float64, err error) {
		const cost = "SELECT toFloat64(count()), toFloat64(countIf(name IN %[2]s)) FROM %[1]s.many"
		if err := shard.QueryRow(ctx, fmt.Sprintf(cost, database, names)).Scan(&stored, &matching); err != nil {
			return 0, 0, 0, err
		}
		least = math.Inf(1)
		for _, way := range ways {
			text := "SELECT sum(length(chain)) FROM (" + fmt.Sprintf(way, database, names) + ") SETTINGS max_threads = 1, optimize_aggregation_in_order = 1"
			before, err := sumOver(ctx, []driver.Conn{shard}, processorQuery)
			if err != nil {
				return 0, 0, 0, err
			}
			for range s.rounds {
				var events uint64
				if err := shard.QueryRow(ctx, text).Scan(&events); err != nil {
					return 0, 0, 0, err
				}
				if events != uint64(matching) {
					return 0, 0, 0, fmt.Errorf("%s gathered %d events of %.0f", text, events, matching)
				}
			}
			after, err := sumOver(ctx, []driver.Conn{shard}, processorQuery)
			if err != nil {
				return 0, 0, 0, err
			}
			s.say("gathering %.0f of %.0f events: %.0f ns an event", matching, stored, (after-before)/float64(s.rounds)/stored)
			least = min(least, (after-before)/float64(s.rounds))
		}
		return least, stored, matching, nil
	}
	someTook, stored, some, err := ask(list(history.Names[30:36]))
	if err != nil {
		return 0, 0, err
	}
	allTook, _, all, err := ask(list(history.Names[:]))
	if err != nil {
		return 0, 0, err
	}
	gather = (allTook - someTook) / (all - some)
	return (someTook - gather*some) / stored, gather, nil
}
