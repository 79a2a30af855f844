// Command plan tells what a size of Beichen takes, worked out from measured figures:
//
//	go run ./bench/plan/cmd/plan -events 2e9 -days 365 -shards 2
//	go run ./bench/plan/cmd/plan -events 100e9 -shards 24 -shard-cores 32 -nodes 6 -node-cores 32 -questions 10
//	go run ./bench/plan/cmd/plan -write docs/operator    # the tables of the pages
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"beichen/bench/plan"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	l := plan.Usual(0, 0)
	c := plan.Cluster{}
	events := flag.Float64("events", 100e9, "that are kept")
	flag.Float64Var(&l.Days, "days", 730, "that they are kept")
	flag.Float64Var(&l.Peak, "peak", l.Peak, "events of the busiest second by those of a mean one")
	flag.Float64Var(&l.EventsPerCustomer, "per-customer", l.EventsPerCustomer, "events a customer")
	flag.Float64Var(&l.IDsPerCustomer, "ids", l.IDsPerCustomer, "ids a customer, anonymous ones included")
	flag.Float64Var(&l.Links, "links", l.Links, "links of two ids, a customer")
	flag.Float64Var(&l.Properties, "properties", l.Properties, "keys that questions ask for")
	flag.StringVar(&l.Kind, "kind", l.Kind, "of facts")
	flag.IntVar(&c.Shards, "shards", 24, "of the ClickHouse cluster")
	flag.IntVar(&c.ShardCores, "shard-cores", 32, "of the replica that is asked")
	flag.IntVar(&c.Nodes, "nodes", 6, "of Beichen")
	flag.IntVar(&c.NodeCores, "node-cores", 32, "of each")
	flag.Float64Var(&c.Network, "network", 3.1e9, "bytes a second of each machine")
	questions := flag.Float64("questions", 10, "a minute")
	least := flag.Float64("matching-least", plan.UsualQuestions(1).Least, "the least share of a span's events that a question asks for")
	most := flag.Float64("matching-most", plan.UsualQuestions(1).Most, "the greatest one")
	seed := flag.Uint64("seed", 1, "of the simulation")
	pages := flag.String("write", "", "folder of the pages whose tables are to be written")
	flag.Parse()

	m, err := plan.Figures()
	if err != nil {
		return err
	}
	if *pages != "" {
		return write(m, *pages)
	}
	l.EventsPerDay = *events / l.Days
	q := plan.UsualQuestions(*questions)
	q.Least, q.Most = *least, *most
	text, err := m.Tell(l, c, q, *seed)
	fmt.Print(text)
	return err
}

func write(m plan.Measured, dir string) error {
	tables, err := m.Tables()
	if err != nil {
		return err
	}
	for _, name := range []string{"sizing.md", "hundred-billion.md"} {
		file := filepath.Join(dir, name)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		filled, err := plan.Fill(string(text), tables)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(file, []byte(filled), 0o644); err != nil {
			return err
		}
	}
	return nil
}
