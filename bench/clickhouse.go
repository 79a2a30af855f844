package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/bench/history"
	"beichen/internal/warehouse/clickhousetest"
)

// clickHouse is the peer: a server of its own process on loopback, with a plan's
// events in the tables below, each merged into one part.
type clickHouse struct {
	server *clickhousetest.Server
	conn   driver.Conn
}

// The tables. Times are whole milliseconds, because windowFunnel takes nothing
// finer than seconds otherwise; names and channels are dictionary-coded.
const (
	byCustomer = "by_customer" // sorted by customer and time
	byDay      = "by_day"      // sorted by day, name and customer, as PostHog sorts
	coded      = "coded"       // as byCustomer, the names as bare numbers
)

// startClickHouse starts the peer and fills its tables.
func startClickHouse(ctx context.Context, dir string, plan history.Plan) (*clickHouse, error) {
	server, err := clickhousetest.Start(ctx, clickhousetest.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	c := &clickHouse{server: server}
	if c.conn, err = server.Open(); err == nil {
		err = c.fill(ctx, plan)
	}
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// stop ends the peer.
func (c *clickHouse) stop() error {
	var err error
	if c.conn != nil {
		err = c.conn.Close()
	}
	return errors.Join(err, c.server.Close())
}

func (c *clickHouse) fill(ctx context.Context, plan history.Plan) error {
	if err := c.fillCoded(ctx, plan); err != nil {
		return fmt.Errorf("fill ClickHouse: %w", err)
	}
	const columns = "customer UInt32, time UInt64, name LowCardinality(String), channel LowCardinality(String)"
	name, channel, tier := nth(history.Names[:], "name"), nth(history.Channels[:], "channel"), nth(history.Tiers[:], "tier")
	for _, statement := range []string{
		"OPTIMIZE TABLE " + coded + " FINAL",
		"CREATE TABLE " + byCustomer + " (" + columns + ", plan LowCardinality(String), properties JSON) ENGINE = MergeTree ORDER BY (customer, time)",
		"INSERT INTO " + byCustomer + " SELECT customer, time, " + name + ", " + channel + ", " + tier +
			` AS plan, (concat('{"plan":"', plan, '"', if(cents > 0, concat(',"value":', toString(cents / 100), ',"currency":"` +
			history.Currency + `"'), ''), '}'))::JSON FROM ` + coded,
		"OPTIMIZE TABLE " + byCustomer + " FINAL",
		"CREATE TABLE " + byDay + " (" + columns + ") ENGINE = MergeTree ORDER BY (toDate(intDiv(time, 1000)), name, customer)",
		"INSERT INTO " + byDay + " SELECT customer, time, " + name + ", " + channel + " FROM " + coded,
		"OPTIMIZE TABLE " + byDay + " FINAL",
	} {
		if err := c.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("fill ClickHouse: %w", err)
		}
	}
	return nil
}

// fillCoded sends the plan's events; the other tables are made of these.
func (c *clickHouse) fillCoded(ctx context.Context, plan history.Plan) error {
	err := c.conn.Exec(ctx, "CREATE TABLE "+coded+
		" (customer UInt32, time UInt64, name UInt8, channel UInt8, tier UInt8, cents UInt32) ENGINE = MergeTree ORDER BY (customer, time)")
	if err != nil {
		return err
	}
	batch, err := c.conn.PrepareBatch(ctx, "INSERT INTO "+coded)
	if err != nil {
		return err
	}
	defer batch.Close()
	reader := plan.Read()
	for run := reader.Next(); run != nil; run = reader.Next() {
		times := make([]uint64, run.Len())
		for i, at := range run.Time {
			times[i] = uint64(at)
		}
		for i, column := range []any{run.Customer, times, run.Name, run.Channel, run.Tier, run.Cents} {
			if err := batch.Column(i).Append(column); err != nil {
				return err
			}
		}
		const block = 1 << 20
		if batch.Rows() >= block {
			if err := batch.Flush(); err != nil {
				return err
			}
		}
	}
	return batch.Send()
}

// asks is the contender that puts one query after the other and reads their rows.
func (c *clickHouse) asks(name string, queries []string, read func(query int, rows driver.Rows) (func(counts), error)) contender {
	return contender{name, func(ctx context.Context) (func() (counts, error), error) {
		var parts []func(counts)
		for i, query := range queries {
			rows, err := c.conn.Query(ctx, query)
			if err != nil {
				return nil, err
			}
			for rows.Next() {
				part, err := read(i, rows)
				if err != nil {
					return nil, errors.Join(err, rows.Close())
				}
				parts = append(parts, part)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return nil, err
			}
		}
		return func() (counts, error) {
			found := counts{}
			for _, part := range parts {
				part(found)
			}
			return found, nil
		}, nil
	}}
}

// condition is what an event must meet to be a step, where the property "plan"
// is read by the given expression.
func (s drawnStep) condition(plan string) string {
	if len(s.tiers) == 0 {
		return "name = " + quoted(s.name)
	}
	return "(name = " + quoted(s.name) + " AND " + plan + " IN " + list(s.tiers) + ")"
}

func list(texts []string) string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = quoted(text)
	}
	return "(" + strings.Join(all, ", ") + ")"
}
