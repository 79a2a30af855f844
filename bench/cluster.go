package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/bench/history"
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/udf"
	"beichen/internal/warehouse"
	facts "beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/clickhousetest"
)

// cluster is a ClickHouse of two shards with a plan's events in Beichen's tables, and
// beside these in a table of the peer's, sorted alike and as narrow as its questions
// allow, which is spread over the shards alike.
type cluster struct {
	clickHouse
	servers *clickhousetest.Cluster
	options facts.Options
}

// database of the cluster that a workspace is in.
const database = "bench"

// startCluster starts the servers, with the program as a function of theirs.
func (s *suite) startCluster(ctx context.Context) (*cluster, error) {
	program, err := filepath.Abs(s.program)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(s.dir, "cluster"))
	if err != nil {
		return nil, err
	}
	scripts := filepath.Join(dir, "scripts")
	if err := os.MkdirAll(scripts, 0o700); err != nil {
		return nil, err
	}
	if err := os.Symlink(program, filepath.Join(scripts, "beichen")); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(scripts, "beichen_function.xml"), []byte(udf.Config("beichen", runtime.NumCPU())), 0o600); err != nil {
		return nil, err
	}
	c := &cluster{}
	c.servers, err = clickhousetest.StartCluster(ctx, clickhousetest.Options{Dir: dir, Config: "<user_scripts_path>" + scripts + "</user_scripts_path>" +
		"<user_defined_executable_functions_config>" + scripts + "/*_function.xml</user_defined_executable_functions_config>"}, 2)
	if err != nil {
		return nil, err
	}
	c.options = facts.Options{Cluster: c.servers.Name, Database: database, User: "default"}
	for _, address := range c.servers.Addresses() {
		c.options.Shards = append(c.options.Shards, []string{address})
	}
	return c, nil
}

// address is what `beichen serve` takes as --facts.
func (c *cluster) address() string {
	text := "clickhouse://default@" + c.options.Cluster + "/" + database + "?"
	for i, shard := range c.options.Shards {
		text += strings.Repeat("&", min(i, 1)) + "shard=" + shard[0]
	}
	return text
}

func (c *cluster) stop() error {
	var err error
	if c.conn != nil {
		err = c.conn.Close()
	}
	return errors.Join(err, c.servers.Close())
}

// load loads a plan's events as the loader does, a chunk after the other, and says how
// long that took without the making of chunks.
func (c *cluster) load(ctx context.Context, plan history.Plan) (took time.Duration, err error) {
	w, err := facts.Open(c.options)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	chunk := warehouse.Chunk{}
	for i := range plan.Customers() {
		chunk.Refs = append(chunk.Refs, event.Ref{ID: fmt.Sprint("c", i+1)})
	}
	send := func() error {
		chunk.Through = warehouse.Position{Record: chunk.After.Record + 1, Seq: chunk.After.Seq + uint64(len(chunk.Messages))}
		began := time.Now()
		err := w.Load(ctx, chunk)
		took += time.Since(began)
		chunk = warehouse.Chunk{After: chunk.Through, Messages: chunk.Messages[:0]}
		return err
	}
	const rows = 1 << 17 // as many as the loader takes at once
	reader := plan.Read()
	for run := reader.Next(); run != nil; run = reader.Next() {
		for i := range run.Len() {
			chunk.Messages = append(chunk.Messages, storedOf(run, i, chunk.After.Seq+uint64(len(chunk.Messages))+1))
			if len(chunk.Messages) == rows {
				if err := send(); err != nil {
					return 0, err
				}
			}
		}
	}
	return took, send()
}

// storedOf is an event of a history as capture would have it.
func storedOf(run *history.Events, i int, seq uint64) warehouse.Stored {
	at := time.UnixMilli(run.Time[i]).UTC()
	properties := map[string]any{"plan": history.Tiers[run.Tier[i]]}
	m := &event.Message{
		Seq: seq, Type: event.Track, MessageID: fmt.Sprintf("c%d-%d", run.Customer[i], run.Ordinal[i]), UserID: fmt.Sprint("c", run.Customer[i]),
		Name: history.Names[run.Name[i]], Time: at, ReceivedAt: at, Channel: history.Channels[run.Channel[i]], Source: "bench",
	}
	if cents := run.Cents[i]; cents > 0 {
		m.Value, m.Currency = new(float64(cents)/100), history.Currency
		properties["value"], properties["currency"] = *m.Value, history.Currency
	}
	text, err := json.Marshal(properties)
	if err != nil {
		panic(err) // plain values always encode
	}
	m.Properties = text
	return warehouse.Stored{Message: m, Customer: identity.Number(run.Customer[i])}
}

// copies makes the peer's tables of what was loaded: rows once more as they are, by a
// plain INSERT SELECT on both shards at once, whose time it gives, and the table that the
// peer is asked of.
func (c *cluster) copies(ctx context.Context) (took time.Duration, err error) {
	shards := make([]driver.Conn, len(c.servers.Shards))
	for i, server := range c.servers.Shards {
		if shards[i], err = clickhouse.Open(&clickhouse.Options{
			Addr: []string{server.Native}, Auth: clickhouse.Auth{Database: database}, ReadTimeout: 10 * time.Minute,
			Settings: clickhouse.Settings{"optimize_skip_unused_shards": 1, "optimize_distributed_group_by_sharding_key": 1},
		}); err != nil {
			return 0, err
		}
	}
	c.conn = shards[0]
	defer func() {
		for _, conn := range shards[1:] {
			err = errors.Join(err, conn.Close())
		}
	}()
	everywhere := func(statement string) error {
		failed := make(chan error, len(shards))
		for _, conn := range shards {
			go func() { failed <- conn.Exec(ctx, statement) }()
		}
		var errs []error
		for range shards {
			errs = append(errs, <-failed)
		}
		return errors.Join(errs...)
	}
	if err := everywhere("CREATE TABLE copied AS events"); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := everywhere("INSERT INTO copied SELECT * FROM events"); err != nil {
		return 0, err
	}
	took = time.Since(began)
	const columns = "(customer UInt32, time UInt64, name LowCardinality(String), channel LowCardinality(String))"
	for _, statement := range []string{
		"DROP TABLE copied",
		"CREATE TABLE here " + columns + " ENGINE = MergeTree ORDER BY (customer, time)",
		"INSERT INTO here SELECT customer, intDiv(time, 1000), name, channel FROM events",
		"OPTIMIZE TABLE here FINAL", "OPTIMIZE TABLE events FINAL",
		"CREATE TABLE " + byCustomer + " AS here ENGINE = Distributed(" + c.options.Cluster + ", " + database + ", here, customer)",
	} {
		if err := everywhere(statement); err != nil {
			return 0, err
		}
	}
	return took, nil
}

// function asks the program as a function of the servers for how far everybody came, by
// the channel of their first event of the journey.
func (c *cluster) function(name string, d drawing) contender {
	definition, err := json.Marshal(d.definition())
	if err != nil {
		panic(err) // plain values always encode
	}
	query := fmt.Sprintf(`SELECT channel, level, count() FROM (
		SELECT argMin(channel, time) AS channel, %s(%s, groupArray(toInt64(time * 1000)), groupArray(name), emptyArrayString()).level AS level
		FROM %s WHERE name IN %s GROUP BY customer
	) WHERE level > 0 GROUP BY channel, level`, udf.Name, quoted(string(definition)), byCustomer, list(d.names(len(d.stages))))
	return c.stages(name, query)
}

// ladder asks windowFunnel for the same.
func (c *cluster) ladder(name string, d drawing) contender {
	var conditions []string
	for _, steps := range d.stages {
		var names []string
		for _, step := range steps {
			names = append(names, step.name)
		}
		conditions = append(conditions, "name IN "+list(names))
	}
	query := fmt.Sprintf(`SELECT channel, level, count() FROM (
		SELECT argMin(channel, time) AS channel, windowFunnel(%d)(time, %s) AS level FROM %s WHERE name IN %s GROUP BY customer
	) WHERE level > 0 GROUP BY channel, level`, windowMillis, strings.Join(conditions, ", "), byCustomer, list(d.names(len(d.stages))))
	return c.stages(name, query)
}

// stages asks for rows of a channel, a level and how many customers came to it.
func (c *cluster) stages(name, query string) contender {
	return c.asks(name, []string{query}, func(_ int, rows driver.Rows) (func(counts), error) {
		var channel string
		var level uint8
		var n uint64
		err := rows.Scan(&channel, &level, &n)
		return func(found counts) {
			for stage := range int(level) {
				for _, of := range []string{"", channel} {
					found.add(stageKey(stage, of), int64(n))
				}
			}
		}, err
	})
}

// stagesAlone is a contender of whose counts those of stages are compared.
func stagesAlone(c contender) contender {
	return contender{c.name, func(ctx context.Context) (func() (counts, error), error) {
		found, err := c.do(ctx)
		return func() (counts, error) {
			all, err := found()
			for what := range all {
				if !strings.HasPrefix(what, "stage ") {
					delete(all, what)
				}
			}
			return all, err
		}, err
	}}
}

// besideTheData holds what Beichen does with facts in a cluster to what the cluster does
// by itself, on the same rows.
func (s *suite) besideTheData(ctx context.Context) (err error) {
	s.say("loading %s events into a cluster", millions(s.events))
	c, err := s.startCluster(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	loaded, err := c.load(ctx, s.plan(s.events))
	if err != nil {
		return err
	}
	copied, err := c.copies(ctx)
	if err != nil {
		return err
	}
	s.add(rate("cluster of two shards: loading, each row durable", "a plain INSERT SELECT of the same rows", s.events, loaded, copied))

	folder := filepath.Join(s.dir, "beside")
	b, err := serve(ctx, s.program, folder, "--facts", c.address(), "--index-memory", "1MiB")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	const against = "windowFunnel over Distributed, sorted by customer and time"
	for _, part := range []struct {
		work string
		of   drawing
	}{{"funnel of 6 steps", funnel()}, {"board of 10 stages and 30 steps", board()}} {
		s.say("asking the cluster for the %s", part.work)
		ours, function, peer := stagesAlone(b.asks(part.of, "channel")), c.function("the function", part.of), c.ladder("windowFunnel", part.of)
		medians, err := contest(ctx, s.rounds, peer, ours, function)
		if err != nil {
			return err
		}
		s.add(faster("cluster: "+part.work+", beside the data, times and money too", against+": stages alone", medians[ours.name], medians[peer.name], 0))
		s.add(faster("cluster: "+part.work+", stages alone, by beichen udf", "the same", medians[function.name], medians[peer.name], 0))
	}
	ours, query := b.asks(board(), "channel"), c.boardByOneQuery(board())
	medians, err := contest(ctx, min(s.rounds, 3), query, ours)
	if err != nil {
		return err
	}
	s.add(faster("cluster: board of 10 stages and 30 steps, beside the data", against+": every step, one query", medians[ours.name], medians[query.name], 0))
	return nil
}

// rate is the line of work on so many events, which the peer does as well.
func rate(work, against string, events int, ours, peer time.Duration) line {
	each := func(d time.Duration) float64 { return float64(events) / d.Seconds() }
	return line{
		work: work, against: against, ours: fmt.Sprintf("%.0f events/s", each(ours)), peer: fmt.Sprintf("%.0f events/s", each(peer)),
		ratio: fmt.Sprintf("%.0f %%", 100*each(ours)/each(peer)),
	}
}
