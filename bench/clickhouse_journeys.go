package main

import (
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/bench/history"
)

// funnel asks for a journey of one-step stages in one query: how far everybody
// came, by the channel of their first event of the journey. plan is the
// expression that reads the property "plan".
func (c *clickHouse) funnel(name, table, plan string, d drawing) contender {
	conditions := make([]string, len(d.stages))
	for i, steps := range d.stages {
		conditions[i] = steps[0].condition(plan)
	}
	query := fmt.Sprintf(`SELECT channel, level, count() FROM (
		SELECT argMin(channel, time) AS channel, windowFunnel(%d)(time, %s) AS level FROM %s WHERE name IN %s GROUP BY customer
	) WHERE level > 0 GROUP BY channel, level`,
		windowMillis, strings.Join(conditions, ", "), table, list(d.names(len(d.stages))))
	return c.asks(name, []string{query}, func(_ int, rows driver.Rows) (func(counts), error) {
		var channel string
		var level uint8
		var n uint64
		err := rows.Scan(&channel, &level, &n)
		return func(found counts) {
			for stage := range int(level) {
				for _, of := range []string{"", channel} {
					found.add(stageKey(stage, of), int64(n))
					found.add(stepKey(stage, 0, of), int64(n))
				}
			}
		}, err
	})
}

// Of a board a step counts who came through the stages before it and then did
// that step. The levels below are the counts of those stages, so the last
// stage's first step gives all stages but the last; that one is the sum of its
// steps, because each customer passes it by one of them only (package history).

// boardLadder is the arguments of windowFunnel for a step.
func boardLadder(d drawing, stage, step int) string {
	var conditions []string
	for _, before := range d.stages[:stage] {
		names := make([]string, len(before))
		for i, s := range before {
			names[i] = s.name
		}
		conditions = append(conditions, "name IN "+list(names))
	}
	return strings.Join(append(conditions, d.stages[stage][step].condition("")), ", ")
}

// boardByQueries asks a query for each step, which reads the events of the
// stages up to it only.
func (c *clickHouse) boardByQueries(d drawing) contender {
	var queries []string
	type asked struct{ stage, step int }
	var about []asked
	for stage, steps := range d.stages {
		for step := range steps {
			names := append(d.names(stage), steps[step].name)
			about = append(about, asked{stage, step})
			queries = append(queries, fmt.Sprintf(`SELECT channel, level, count() FROM (
				SELECT argMin(channel, time) AS channel, windowFunnel(%d)(time, %s) AS level FROM %s WHERE name IN %s GROUP BY customer
			) WHERE level > 0 GROUP BY channel, level`, windowMillis, boardLadder(d, stage, step), byCustomer, list(names)))
		}
	}
	last := len(d.stages) - 1
	return c.asks("ClickHouse, 30 queries", queries, func(query int, rows driver.Rows) (func(counts), error) {
		var channel string
		var level uint8
		var n uint64
		err := rows.Scan(&channel, &level, &n)
		of := about[query]
		return func(found counts) {
			for _, channel := range []string{"", channel} {
				if int(level) == of.stage+1 {
					found.add(stepKey(of.stage, of.step, channel), int64(n))
					if of.stage == last {
						found.add(stageKey(last, channel), int64(n))
					}
				}
				if of.stage == last && of.step == 0 {
					for stage := range min(int(level), last) {
						found.add(stageKey(stage, channel), int64(n))
					}
				}
			}
		}, err
	})
}

// boardByOneQuery asks for all steps at once: a windowFunnel for each over one
// reading of the events.
func (c *clickHouse) boardByOneQuery(d drawing) contender {
	var inner, outer []string
	type asked struct{ stage, step int } // step −1: the stage itself
	var about []asked
	last := len(d.stages) - 1
	for stage, steps := range d.stages {
		for step := range steps {
			level := fmt.Sprintf("level_%d_%d", stage, step)
			inner = append(inner, fmt.Sprintf("windowFunnel(%d)(time, %s) AS %s", windowMillis, boardLadder(d, stage, step), level))
			outer = append(outer, fmt.Sprintf("countIf(%s > %d)", level, stage))
			about = append(about, asked{stage, step})
		}
	}
	for stage := range last {
		outer = append(outer, fmt.Sprintf("countIf(level_%d_0 > %d)", last, stage))
		about = append(about, asked{stage, -1})
	}
	query := fmt.Sprintf(`SELECT channel, [%s] FROM (
		SELECT argMin(channel, time) AS channel, %s FROM %s WHERE name IN %s GROUP BY customer
	) GROUP BY channel`, strings.Join(outer, ", "), strings.Join(inner, ", "), byCustomer, list(d.names(len(d.stages))))
	return c.asks("ClickHouse, one query", []string{query}, func(_ int, rows driver.Rows) (func(counts), error) {
		var channel string
		var all []uint64
		err := rows.Scan(&channel, &all)
		return func(found counts) {
			for i, n := range all {
				for _, channel := range []string{"", channel} {
					if about[i].step < 0 {
						found.add(stageKey(about[i].stage, channel), int64(n))
						continue
					}
					found.add(stepKey(about[i].stage, about[i].step, channel), int64(n))
					if about[i].stage == last {
						found.add(stageKey(last, channel), int64(n))
					}
				}
			}
		}, err
	})
}

// codeOf is the number of an event name in the table coded.
func codeOf(name string) int {
	for code, known := range history.Names {
		if known == name {
			return code
		}
	}
	return -1
}
