package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"beichen/bench/history"
)

// duckDB is the peer in SQL alone: an in-memory database of this process with a
// plan's events, sorted by customer and time.
type duckDB struct{ db *sql.DB }

func startDuckDB(ctx context.Context, dir string, plan history.Plan) (*duckDB, error) {
	db, err := openDuckDB(ctx, "", dir, plan)
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE events AS SELECT * FROM history()`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("fill DuckDB: %w", err), db.Close())
	}
	return &duckDB{db}, nil
}

func (d *duckDB) stop() error { return d.db.Close() }

// board asks for the whole board in one query. Stage by stage, each event of the
// stage looks for the last event of a customer's that passed the stage before
// (an ASOF join), takes over the entry of that one, and counts if it lies inside the window.
// The latest entry is the one with most time left, so nobody is missed.
func (d *duckDB) board(j drawing) contender {
	var parts, counted []string
	for stage := range j.stages {
		codes := make([]string, len(j.stages[stage]))
		for i, s := range j.stages[stage] {
			codes[i] = fmt.Sprint(codeOf(s.name))
		}
		names := "name IN (" + strings.Join(codes, ", ") + ")"
		if stage == 0 {
			parts = append(parts, "s0 AS MATERIALIZED (SELECT customer, time, time AS entry, name, channel FROM events WHERE "+names+")")
		} else {
			parts = append(parts, fmt.Sprintf(`s%d AS MATERIALIZED (
				SELECT e.customer, e.time, b.entry, e.name, b.channel FROM (SELECT customer, time, name FROM events WHERE %s) e
				ASOF JOIN s%d b ON e.customer = b.customer AND e.time > b.time
				WHERE e.time <= b.entry + %d)`, stage, names, stage-1, windowMillis))
		}
		counted = append(counted, fmt.Sprintf("SELECT %d AS stage, customer, any_value(channel) AS channel, bit_or(1 << (name - %s)) AS steps FROM s%d GROUP BY customer",
			stage, codes[0], stage))
	}
	query := "WITH " + strings.Join(parts, ", ") + " SELECT stage, channel, steps, count(*) FROM (" +
		strings.Join(counted, " UNION ALL ") + ") GROUP BY ALL"
	return d.asks("DuckDB", query)
}

func (d *duckDB) asks(name, query string) contender {
	return contender{name, func(ctx context.Context) (func() (counts, error), error) {
		rows, err := d.db.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		found := counts{}
		for rows.Next() {
			var stage, channel, steps int
			var n int64
			if err := rows.Scan(&stage, &channel, &steps, &n); err != nil {
				return nil, err
			}
			for _, of := range []string{"", history.Channels[channel]} {
				found.add(stageKey(stage, of), n)
				for step := range history.StepsPerStage {
					if steps>>step&1 == 1 {
						found.add(stepKey(stage, step, of), n)
					}
				}
			}
		}
		return func() (counts, error) { return found, nil }, rows.Err()
	}}
}
