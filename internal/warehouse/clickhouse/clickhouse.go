// Package clickhouse keeps facts in a ClickHouse cluster: each customer's on the
// shard that the customer's number falls to, together and sorted by time.
//
// Rows are sent to the shards themselves; questions go to any node, which asks the
// others by the cluster's Distributed tables. There is no transaction over several
// shards, so that rows count only once the load that stored them is known to be
// complete on all of them (standing.go).
package clickhouse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/singleflight"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// The engines that the tables of a shard may have.
const (
	MergeTree           = "MergeTree"           // each shard is one server
	ReplicatedMergeTree = "ReplicatedMergeTree" // each shard is several, which ClickHouse Keeper holds together
)

// Options say where a cluster is and how facts are kept in it.
type Options struct {
	// Shards are the shards in the order that the servers have them in, each with
	// the HOST:PORT of the native protocol of its replicas.
	Shards [][]string
	// Cluster is what the servers call it, in their remote_servers.
	Cluster  string
	Database string // of one workspace; made if there is none
	User     string
	Password string
	TLS      *tls.Config // nil: not encrypted
	// Engine is MergeTree or ReplicatedMergeTree; "" is MergeTree.
	Engine string
	// Quorum is how many replicas of a shard must have rows before they are taken
	// for stored; 0 is the one that was sent them. With a quorum, a question is
	// answered by replicas that have all that was stored.
	Quorum int
	// Node is the id of the log that chunks come from: each node has one of its own.
	Node string
	// Heir says that the log was loaded before logs had ids.
	Heir bool
}

// Warehouse keeps facts in a ClickHouse cluster. Any number of nodes may have it open.
type Warehouse struct {
	options Options
	shards  []driver.Conn // to a replica of each
	cluster driver.Conn   // to any node
	lines   lines         // that both are made of
	readers readers       // besides them
	window  uint64        // windowRows, but in tests
	run     uint64        // runRows, but in tests
	longest int           // longestRun, likewise

	ready     atomic.Bool // the tables are up to date, and the layout is the one that is meant
	preparing singleflight.Group
	taken     atomic.Pointer[taken] // nil: Since was not asked yet

	write sync.Mutex // held by whatever changes facts
	// removed are incomplete loads whose rows are gone, until a position says so.
	removed  map[uint32]bool
	erased   sync.Map     // Seqs of forgets whose rows are gone, until a position says so
	horizons []stood      // that were seen to stand, from the last one on that is proven
	freed    atomic.Int64 // the horizon by which bytes were let go last
}

var _ warehouse.Shared = (*Warehouse)(nil)

// Open makes a warehouse of a cluster, of which nothing needs to answer yet: what it is
// asked first connects, as Ready does.
func Open(o Options) (*Warehouse, error) {
	if o.Engine == "" {
		o.Engine = MergeTree
	}
	w := &Warehouse{options: o, window: windowRows, run: runRows, longest: longestRun, removed: map[uint32]bool{}}
	if err := w.open(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *Warehouse) open() error {
	if len(w.options.Shards) == 0 {
		return w.otherLayout("no shard is configured")
	}
	var all []string
	for _, replicas := range w.options.Shards {
		conn, err := w.connect(replicas, clickhouse.ConnOpenInOrder, w.options.Database)
		if err != nil {
			return err
		}
		w.shards = append(w.shards, conn)
		all = append(all, replicas...)
	}
	var err error
	w.cluster, err = w.connect(all, clickhouse.ConnOpenRoundRobin, w.options.Database)
	return err
}

// prepareWithin bounds one attempt to find the cluster as it should be, of which a
// migration is a part.
const prepareWithin = 5 * time.Minute

// Ready implements warehouse.Shared: it makes what is missing of the tables on each node
// of the cluster, brings them up to date and checks the layout, until that was done
// once. It fails with Unavailable where a shard cannot be reached or does not let the
// user in, and with Invalid where the shards are not those that the facts were laid out
// over, or a newer program wrote them. Who comes while somebody tries waits for that.
func (w *Warehouse) Ready(ctx context.Context) error {
	if w.ready.Load() {
		return nil
	}
	done := w.preparing.DoChan("", func() (any, error) {
		// It goes on for the others when the first who asked does not wait any more.
		trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), prepareWithin)
		defer cancel()
		err := w.migrate(trying)
		if err == nil {
			err = w.checkLayout(trying)
		}
		if err == nil {
			w.ready.Store(true)
		}
		return nil, w.failed(trying, err)
	})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case tried := <-done:
		return tried.Err
	}
}

// connect makes a pool of connections to whichever of the addresses answers.
// Nothing is dialled before it is needed.
func (w *Warehouse) connect(addresses []string, order clickhouse.ConnOpenStrategy, database string) (driver.Conn, error) {
	return clickhouse.Open(&clickhouse.Options{
		Addr:             addresses,
		Auth:             clickhouse.Auth{Database: database, Username: w.options.User, Password: w.options.Password},
		TLS:              w.options.TLS,
		Settings:         w.settings(),
		Compression:      &clickhouse.Compression{Method: clickhouse.CompressionLZ4},
		ConnOpenStrategy: order,
		DialContext:      w.dial,
		DialTimeout:      dialIn,
		ReadTimeout:      readIn,
		MaxOpenConns:     64,
		MaxIdleConns:     8,
	})
}

const (
	dialIn = 5 * time.Second
	readIn = time.Hour // a whole answer; silence is noticed sooner
)

// settings are those of every question.
func (w *Warehouse) settings() clickhouse.Settings {
	settings := clickhouse.Settings{
		"max_query_size":          1 << 30,                // lists of customers are written out
		"precise_float_parsing":   1,                      // numbers in JSON are what Go reads them as
		"skip_unavailable_shards": 0,                      // an answer without a shard is none
		"receive_timeout":         int(silence.Seconds()), // of one shard for another
		"send_timeout":            int(silence.Seconds()),
		// The facts lie as the Distributed tables would lay them (Warehouse.shardOf).
		"optimize_skip_unused_shards": 1,
	}
	if w.options.Quorum > 0 {
		settings["select_sequential_consistency"] = 1
	}
	return settings
}

// shardOf is the shard that rows of a customer, ref or account lie on: that which
// the Distributed tables look for them on, all shards having the weight 1.
func (w *Warehouse) shardOf(number uint32) int { return int(number) % len(w.shards) }

// failed says what an error of the cluster means to who asked. What the context
// ended stays as it is.
func (w *Warehouse) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	const authenticationFailed = 516
	if e, ok := errors.AsType[*clickhouse.Exception](err); ok && e.Code == authenticationFailed {
		return fault.Wrap(err, fault.Unavailable, "warehouse.sign-in", "user", w.options.User)
	}
	if away := w.away(ctx); len(away) > 0 {
		return w.unreachable(away, err)
	}
	return fault.Wrap(err, fault.Unavailable, "warehouse.failed")
}

func (w *Warehouse) unreachable(shards []int, err error) error {
	var numbers, addresses []string
	for _, i := range shards {
		numbers = append(numbers, fmt.Sprint(i+1))
		addresses = append(addresses, strings.Join(w.options.Shards[i], ", "))
	}
	return fault.Wrap(err, fault.Unavailable, "warehouse.shard-away",
		"shards", strings.Join(numbers, ", "), "of", len(w.options.Shards), "addresses", strings.Join(addresses, "; "))
}

// away finds the shards none of whose replicas answers.
func (w *Warehouse) away(ctx context.Context) []int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	silent := make([]bool, len(w.shards))
	var asking sync.WaitGroup
	for i, shard := range w.shards {
		asking.Go(func() { silent[i] = shard.Ping(ctx) != nil })
	}
	asking.Wait()
	var away []int
	for i := range silent {
		if silent[i] {
			away = append(away, i)
		}
	}
	return away
}

// each asks the cluster and calls take after each row of the answer was read into
// the given places. An error of take comes back as it is and ends the question.
func (w *Warehouse) each(ctx context.Context, text string, into []any, take func() error) error {
	asking, stop := context.WithCancel(ctx)
	defer stop()
	rows, err := w.cluster.Query(asking, text)
	if err != nil {
		return w.failed(ctx, err)
	}
	own, err := eachRow(ctx, rows, into, take)
	stop() // before it is closed, which otherwise reads the answer to its end
	closed := rows.Close()
	if own != nil {
		return own
	}
	if err == nil && asking.Err() == nil {
		err = closed
	}
	return w.failed(ctx, err)
}

func eachRow(ctx context.Context, rows driver.Rows, into []any, take func() error) (own, err error) {
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		if own := take(); own != nil {
			return own, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, rows.Err()
}

// Close lets go of the connections. Nothing may use the warehouse any more.
func (w *Warehouse) Close() error {
	errs := []error{w.readers.close()}
	for _, conn := range slices.Concat(w.shards, []driver.Conn{w.cluster}) {
		if conn != nil {
			errs = append(errs, conn.Close())
		}
	}
	return errors.Join(errs...)
}

// CopyTo implements warehouse.Warehouse by saying how a cluster is backed up.
func (w *Warehouse) CopyTo(context.Context, string) error {
	return fault.Wrap(warehouse.ErrNoCopy, fault.Invalid, "warehouse.cluster-copy", "database", w.options.Database)
}
