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

// ladder is the chain of common table expressions s0 … of a board. Stage by stage,
// each event of the stage looks for the last event of a customer's that passed the
// stage before (an ASOF join), takes over the entry of that one, and counts if it
// lies inside the window. The latest entry is the one with most time left, so
// nobody is missed.
func ladder(j drawing) []string {
	var parts []string
	for stage := range j.stages {
		names := codesOf(j, stage)
		if stage == 0 {
			parts = append(parts, "s0 AS MATERIALIZED (SELECT customer, time, time AS entry, name, channel FROM events WHERE name IN ("+names+"))")
			continue
		}
		parts = append(parts, fmt.Sprintf(`s%d AS MATERIALIZED (
			SELECT e.customer, e.time, b.entry, e.name, b.channel FROM (SELECT customer, time, name FROM events WHERE name IN (%s)) e
			ASOF JOIN s%d b ON e.customer = b.customer AND e.time > b.time
			WHERE e.time <= b.entry + %d)`, stage, names, stage-1, windowMillis))
	}
	return parts
}

// codesOf lists the codes of a stage's names.
func codesOf(j drawing, stage int) string {
	codes := make([]string, len(j.stages[stage]))
	for i, s := range j.stages[stage] {
		codes[i] = fmt.Sprint(codeOf(s.name))
	}
	return strings.Join(codes, ", ")
}

// board asks how many reached every stage and step, in one query.
func (d *duckDB) board(j drawing) contender {
	var counted []string
	for stage := range j.stages {
		counted = append(counted, fmt.Sprintf("SELECT %d AS stage, customer, any_value(channel) AS channel, bit_or(1 << (name - %d)) AS steps FROM s%d GROUP BY customer",
			stage, codeOf(j.stages[stage][0].name), stage))
	}
	query := "WITH " + strings.Join(ladder(j), ", ") + " SELECT stage, channel, steps, count(*) FROM (" +
		strings.Join(counted, " UNION ALL ") + ") GROUP BY ALL"
	return d.asks("DuckDB", query, func(rows *sql.Rows, found counts) error {
		var stage, channel, steps int
		var n int64
		if err := rows.Scan(&stage, &channel, &steps, &n); err != nil {
			return err
		}
		for _, of := range []string{"", history.Channels[channel]} {
			found.add(stageKey(stage, of), n)
			for step := range history.StepsPerStage {
				if steps>>step&1 == 1 {
					found.add(stepKey(stage, step, of), n)
				}
			}
		}
		return nil
	})
}

// boardWithTimes asks in one query how long it took besides: mean, median and 90th
// percentile from the stage before and from the entry. Of each customer the entry of
// the chain that counts is known from the ladder; from there a second chain of ASOF
// joins goes down again, to the earliest event of each stage. A customer passes a
// stage by one of its steps only (package history), so a step's times are those of
// its stage.
func (d *duckDB) boardWithTimes(j drawing) contender {
	parts := ladder(j)
	var best, told []string
	for stage := range j.stages {
		best = append(best, fmt.Sprintf("SELECT %d AS stage, customer, arg_min(entry, time) AS entry, any_value(channel) AS channel FROM s%[1]d GROUP BY customer", stage))
	}
	parts = append(parts, "best AS MATERIALIZED (SELECT customer, max(stage) AS level, arg_max(entry, stage) AS entry, any_value(channel) AS channel FROM ("+
		strings.Join(best, " UNION ALL ")+") GROUP BY customer)",
		"f0 AS MATERIALIZED (SELECT b.customer, b.level, b.entry, b.channel, b.entry AS time, NULL::BIGINT AS took, e.name FROM best b JOIN s0 e ON e.customer = b.customer AND e.time = b.entry)")
	for stage := range j.stages {
		told = append(told, fmt.Sprintf("SELECT %d AS stage, name, channel, took, time - entry AS since FROM f%[1]d", stage))
		if stage == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf(`f%d AS MATERIALIZED (
			SELECT f.customer, f.level, f.entry, f.channel, e.time, e.time - f.time AS took, e.name FROM (SELECT * FROM f%d WHERE level >= %[1]d) f
			ASOF JOIN (SELECT customer, time, name FROM events WHERE name IN (%[3]s)) e ON f.customer = e.customer AND f.time < e.time)`,
			stage, stage-1, codesOf(j, stage)))
	}
	query := "WITH " + strings.Join(parts, ", ") + ` SELECT stage, coalesce(name, -1), coalesce(channel, -1), count(*),
		avg(took), quantile_cont(took, [0.5, 0.9]), avg(since), coalesce(quantile_cont(since, 0.5), 0), quantile_cont(since, 0.9)
		FROM (` + strings.Join(told, " UNION ALL ") + ") GROUP BY GROUPING SETS ((stage), (stage, channel), (stage, name), (stage, name, channel))"
	return d.asks("DuckDB, times", query, func(rows *sql.Rows, found counts) error {
		var stage, name, channel int
		var n int64
		var median float64
		var unused any
		if err := rows.Scan(&stage, &name, &channel, &n, &unused, &unused, &unused, &median, &unused); err != nil {
			return err
		}
		of := ""
		if channel >= 0 {
			of = history.Channels[channel]
		}
		key := stageKey(stage, of)
		if name >= 0 {
			key = stepKey(stage, name-codeOf(j.stages[stage][0].name), of)
		}
		found.add(key, n)
		found.add(medianOf(key), int64(median))
		return nil
	})
}

// asks is the contender that puts a query and reads its rows.
func (d *duckDB) asks(name, query string, read func(rows *sql.Rows, found counts) error) contender {
	return contender{name, func(ctx context.Context) (func() (counts, error), error) {
		rows, err := d.db.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		found := counts{}
		for rows.Next() {
			if err := read(rows, found); err != nil {
				return nil, err
			}
		}
		return func() (counts, error) { return found, nil }, rows.Err()
	}}
}
