package clickhouse

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"beichen/internal/fault"
)

// migrations/NNNN.sql brings a node from version NNNN−1 to NNNN. A file that was
// published is never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables of every node to this program's, node by node: no
// statement is spread by ON CLUSTER, which waits for nodes that are away. A
// replica that cannot be reached while another one of its shard can is brought up
// to date by who opens the warehouse next; until then the cluster passes it over.
func (w *Warehouse) migrate(ctx context.Context) error {
	nodes, ctx := errgroup.WithContext(ctx)
	for i, replicas := range w.options.Shards {
		nodes.Go(func() error {
			var unreached []error
			for _, address := range replicas {
				err := w.migrateNode(ctx, address, i)
				if _, refused := errors.AsType[*clickhouse.Exception](err); refused || errors.As(err, new(*fault.Error)) {
					return err
				}
				if err != nil {
					unreached = append(unreached, err)
				}
			}
			if len(unreached) == len(replicas) {
				return errors.Join(unreached...)
			}
			return nil
		})
	}
	return nodes.Wait()
}

// migrateNode makes the database of a node, if there is none, and its tables.
// Every statement may be run again and by two programs at once: they say IF NOT
// EXISTS, and what was applied is written down after it was.
func (w *Warehouse) migrateNode(ctx context.Context, address string, shard int) error {
	if err := w.makeDatabase(ctx, address); err != nil {
		return err
	}
	node, err := w.connect([]string{address}, clickhouse.ConnOpenInOrder, w.options.Database)
	if err != nil {
		return err
	}
	defer node.Close()
	const made = `CREATE TABLE IF NOT EXISTS migrations (version UInt32, at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY version`
	if err := node.Exec(ctx, made); err != nil {
		return err
	}
	var version uint32
	if err := node.QueryRow(ctx, "SELECT max(version) FROM migrations").Scan(&version); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if int(version) > len(files) {
		return fault.New(fault.Invalid, "warehouse.newer", "found", version, "known", len(files))
	}
	for i := int(version); i < len(files); i++ {
		if err := w.apply(ctx, node, files[i]); err != nil {
			return fmt.Errorf("%s on %s: %w", files[i], address, err)
		}
		if err := node.Exec(ctx, fmt.Sprintf("INSERT INTO migrations (version) VALUES (%d)", i+1)); err != nil {
			return err
		}
	}
	return w.writeLayout(ctx, node, shard)
}

// makeDatabase asks first, because the user may lack the right to make one.
func (w *Warehouse) makeDatabase(ctx context.Context, address string) error {
	node, err := w.connect([]string{address}, clickhouse.ConnOpenInOrder, "")
	if err != nil {
		return err
	}
	defer node.Close()
	var found uint64
	err = node.QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = "+literal(w.options.Database)).Scan(&found)
	if err != nil || found > 0 {
		return err
	}
	return node.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+identifier(w.options.Database))
}

// identifier quotes a name for SQL.
func identifier(name string) string {
	return "`" + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), "`", "\\`") + "`"
}

func (w *Warehouse) apply(ctx context.Context, node driver.Conn, file string) error {
	statements, err := w.statements(file)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if err := node.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// statements are those of a migration, for this cluster.
func (w *Warehouse) statements(file string) ([]string, error) {
	text, err := migrations.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t, err := template.New(file).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	if err := t.Execute(&out, parameters{w.options}); err != nil {
		return nil, err
	}
	var statements []string
	for statement := range strings.SplitSeq(out.String(), ";\n") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements, nil
}

// parameters are what migrations are written in terms of.
type parameters struct{ Options }

// Cluster is the cluster's name as a literal.
func (p parameters) Cluster() string { return literal(p.Options.Cluster) }

// Engine is a table's engine: a member of the MergeTree family with its arguments,
// replicated where the cluster is. The path in Keeper names shard and table, since
// tables that are made node by node have nothing else in common; {shard} and
// {replica} are the macros of the servers.
func (p parameters) Engine(table, variant string, args ...string) string {
	if p.Options.Engine == ReplicatedMergeTree {
		path := "/clickhouse/tables/{shard}/" + p.Database + "/" + table
		variant, args = "Replicated"+variant, append([]string{literal(path), "'{replica}'"}, args...)
	}
	return variant + "(" + strings.Join(args, ", ") + ")"
}
