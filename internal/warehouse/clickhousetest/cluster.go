package clickhousetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Cluster is several servers that know each other as the shards of one cluster,
// each of one replica.
type Cluster struct {
	Name   string
	Shards []*Server // nil while one is stopped

	options []Options
}

// clusterName is what the servers call the cluster.
const clusterName = "beichen"

// StartCluster starts as many servers as shards are asked for, in folders of their
// own inside o.Dir; of o, the ports are not looked at. It returns when all answer.
func StartCluster(ctx context.Context, o Options, shards int) (*Cluster, error) {
	return StartClusterOver(ctx, o, shards, nil)
}

// StartClusterOver is StartCluster of servers that reach each other where between says
// that an address is reached: over a network that a test has its hand on.
func StartClusterOver(ctx context.Context, o Options, shards int, between func(address string) string) (*Cluster, error) {
	ports, err := freePorts(2 * shards)
	if err != nil {
		return nil, err
	}
	var known strings.Builder
	for i := range shards {
		way := address(ports[2*i])
		if between != nil {
			way = between(way)
		}
		host, port, err := net.SplitHostPort(way)
		if err != nil {
			return nil, fmt.Errorf("clickhouse: %w", err)
		}
		fmt.Fprintf(&known, "<shard><replica><host>%s</host><port>%s</port></replica></shard>", host, port)
	}
	o.Config += "<remote_servers><" + clusterName + ">" + known.String() + "</" + clusterName + "></remote_servers>"
	c := &Cluster{Name: clusterName, Shards: make([]*Server, shards)}
	for i := range shards {
		shard := o
		shard.Dir = filepath.Join(o.Dir, fmt.Sprint("shard", i+1))
		shard.NativePort, shard.HTTPPort = ports[2*i], ports[2*i+1]
		c.options = append(c.options, shard)
		if err := c.Start(ctx, i); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Addresses are where the shards listen, also those that are stopped.
func (c *Cluster) Addresses() []string {
	var all []string
	for _, o := range c.options {
		all = append(all, address(o.NativePort))
	}
	return all
}

// Start starts a shard that is stopped, with what it had.
func (c *Cluster) Start(ctx context.Context, shard int) error {
	s, err := Start(ctx, c.options[shard])
	if err != nil {
		return fmt.Errorf("shard %d: %w", shard+1, err)
	}
	c.Shards[shard] = s
	return nil
}

// Stop ends a shard's server and waits for it.
func (c *Cluster) Stop(shard int) error {
	s := c.Shards[shard]
	if s == nil {
		return nil
	}
	c.Shards[shard] = nil
	return s.Close()
}

// Kill ends a shard's server on the spot.
func (c *Cluster) Kill(shard int) error {
	s := c.Shards[shard]
	if s == nil {
		return nil
	}
	c.Shards[shard] = nil
	return s.Kill()
}

// Close ends all servers.
func (c *Cluster) Close() error {
	var errs []error
	for i := range c.Shards {
		errs = append(errs, c.Stop(i))
	}
	return errors.Join(errs...)
}

// TempDir makes a folder for the data of small tests, to be removed after them: in
// memory where there is room, because a store syncs every insert to its disk.
func TempDir() (string, error) {
	const room = 4 << 30
	return os.MkdirTemp(inMemory(room), "beichen-clickhouse")
}
