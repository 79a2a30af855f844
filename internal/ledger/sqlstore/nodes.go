package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Node is one of the nodes that serve a shared ledger.
type Node struct {
	ID      string
	Address string // by which other nodes reach it; empty: they do not
	Version string // of its program
	Facts   string // the cluster that has its facts; empty: its folder has them
}

const (
	// SeenEvery is how often a node that is served is to say so.
	SeenEvery = 5 * time.Second
	// goneAfter is how long a node counts as being there that does not.
	goneAfter = 4 * SeenEvery
)

// databaseNow is the database's clock, since those of nodes may differ.
const databaseNow = `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`

// See writes down that a node was seen just now, and forgets those that were not for
// long. Only a shared database knows nodes.
func (d *DB) See(ctx context.Context, n Node) error {
	if err := d.knowsNodes(); err != nil {
		return err
	}
	_, err := d.write.ExecContext(ctx, `
		INSERT INTO nodes (id, address, version, facts, seen) VALUES ($1, $2, $3, $4, `+databaseNow+`)
		ON CONFLICT (id) DO UPDATE SET address = EXCLUDED.address, version = EXCLUDED.version, facts = EXCLUDED.facts, seen = EXCLUDED.seen`,
		n.ID, n.Address, n.Version, n.Facts)
	if err == nil {
		_, err = d.write.ExecContext(ctx, `DELETE FROM nodes WHERE seen < `+databaseNow+` - $1`, (24 * time.Hour).Microseconds())
	}
	return err
}

// Leave says that a node goes.
func (d *DB) Leave(ctx context.Context, id string) error {
	_, err := d.write.ExecContext(ctx, `DELETE FROM nodes WHERE id = $1`, id)
	return err
}

// Nodes lists the nodes that were seen within the last seconds, by their ids. A database
// that is not shared has none.
func (d *DB) Nodes(ctx context.Context) ([]Node, error) {
	if !d.Shared() {
		return nil, nil
	}
	rows, err := d.read.QueryContext(ctx, `SELECT id, address, version, facts FROM nodes WHERE seen >= `+databaseNow+` - $1 ORDER BY id`, goneAfter.Microseconds())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Node
	for rows.Next() {
		var n Node
		if err := rows.Scan(&n.ID, &n.Address, &n.Version, &n.Facts); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// NodesSecret is what nodes that share the database prove themselves to each other by:
// 256 bits, made by the first that asks.
func (d *DB) NodesSecret(ctx context.Context) (secret string, err error) {
	if err := d.knowsNodes(); err != nil {
		return "", err
	}
	const ask = `SELECT secret FROM nodes_secret`
	if err = d.read.QueryRowContext(ctx, ask).Scan(&secret); !errors.Is(err, sql.ErrNoRows) {
		return secret, err
	}
	random := make([]byte, 32)
	rand.Read(random) // never fails (crypto/rand since Go 1.24)
	_, err = d.write.ExecContext(ctx, `INSERT INTO nodes_secret (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`,
		"bcn_"+base64.RawURLEncoding.EncodeToString(random))
	if err == nil {
		err = d.read.QueryRowContext(ctx, ask).Scan(&secret)
	}
	return secret, err
}

func (d *DB) knowsNodes() error {
	if !d.Shared() {
		return fmt.Errorf("nobody shares a database that is a file: %s", d.Name())
	}
	return nil
}
