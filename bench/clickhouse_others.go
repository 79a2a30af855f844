package main

import (
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/bench/history"
)

// Retention is asked for twelve calendar weeks (UTC) from a Monday in the
// middle of the history: who viewed a product, and who of them completed an order
// in the same week or a later one.
const retentionWeeks = 12

var (
	retentionFrom   = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)
	retentionStart  = history.Names[history.FunnelStep(0)]
	retentionReturn = history.Names[history.FunnelStep(history.FunnelSteps-1)]
)

// cohortKey is who started in a week and returned so many weeks later.
func cohortKey(week, later int) string { return fmt.Sprintf("week %d + %d", week, later) }

// retention asks in the ways that were found, each on both sorts.
func (c *clickHouse) retention() []contender {
	const week = 7 * 24 * 60 * 60 * 1000
	from := retentionFrom.UnixMilli()
	inside := fmt.Sprintf("time >= %d AND time < %d AND name IN %s", from, from+retentionWeeks*week, list([]string{retentionStart, retentionReturn}))
	number := fmt.Sprintf("toUInt16(intDiv(time - %d, %d))", from, week)
	// A bit for each week: who started in it, who returned in it.
	masks := func(table string) string {
		mask := func(name string) string {
			return fmt.Sprintf("groupBitOr(if(name = %s, bitShiftLeft(toUInt16(1), %s), 0))", quoted(name), number)
		}
		return fmt.Sprintf(`SELECT toUInt64(i), toUInt64(j), toUInt64(sum(n)) FROM (
			SELECT started, returned, count() AS n FROM (
				SELECT %s AS started, %s AS returned FROM %s WHERE %s GROUP BY customer HAVING started > 0
			) GROUP BY started, returned
		) ARRAY JOIN range(%d) AS i ARRAY JOIN range(i, %[5]d) AS j
		WHERE bitTest(started, i) AND (i = j OR bitTest(returned, j)) GROUP BY i, j`,
			mask(retentionStart), mask(retentionReturn), table, inside, retentionWeeks)
	}
	// A compressed set of customers for each week.
	sets := func(table string) string {
		set := func(name string) string {
			return fmt.Sprintf("SELECT %s AS week, groupBitmapState(customer) AS who FROM %s WHERE %s AND name = %s GROUP BY week",
				number, table, inside, quoted(name))
		}
		return fmt.Sprintf(`SELECT toUInt64(s.week), toUInt64(r.week),
				toUInt64(if(s.week = r.week, bitmapCardinality(s.who), bitmapAndCardinality(s.who, r.who)))
			FROM (%s) AS s CROSS JOIN (%s) AS r WHERE r.week >= s.week`, set(retentionStart), set(retentionReturn))
	}
	read := func(_ int, rows driver.Rows) (func(counts), error) {
		var i, j, n uint64
		err := rows.Scan(&i, &j, &n)
		return func(found counts) { found.add(cohortKey(int(i), int(j-i)), int64(n)) }, err
	}
	return []contender{
		c.asks("ClickHouse, masks of weeks", []string{masks(byCustomer)}, read),
		c.asks("ClickHouse, masks of weeks, PostHog's sort", []string{masks(byDay)}, read),
		c.asks("ClickHouse, sets of customers", []string{sets(byCustomer)}, read),
		c.asks("ClickHouse, sets of customers, PostHog's sort", []string{sets(byDay)}, read),
	}
}

// Transitions are the most frequent pairs of events that follow each other
// directly in a customer's history.
const transitions = 100

func transitionKey(from, to string) string { return from + " → " + to }

// transitions asks in the ways that were found whose order of events ClickHouse
// warrants.
func (c *clickHouse) transitions() []contender {
	read := func(_ int, rows driver.Rows) (func(counts), error) {
		var from, to uint8
		var n uint64
		err := rows.Scan(&from, &to, &n)
		return func(found counts) { found.add(transitionKey(history.Names[from], history.Names[to]), int64(n)) }, err
	}
	const pairs = `SELECT toUInt8(intDiv(pair, 64)), toUInt8(pair %% 64), count() AS n FROM (%s) GROUP BY pair ORDER BY n DESC, pair LIMIT %d`
	// Time and name in one word, sorted for each customer.
	const packed = `SELECT arrayJoin(arrayMap((a, b) -> toUInt16(bitAnd(a, 63) * 64 + bitAnd(b, 63)), arrayPopBack(all), arrayPopFront(all))) AS pair
		FROM (SELECT arraySort(groupArray(bitOr(bitShiftLeft(time, 6), name))) AS all FROM ` + coded + ` GROUP BY customer)`
	const window = `SELECT toUInt16(before) * 64 + name AS pair FROM (
		SELECT name, lagInFrame(name, 1, 63) OVER (PARTITION BY customer ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before FROM ` +
		coded + `) WHERE before < 63`
	return []contender{
		c.asks("ClickHouse, sorted arrays", []string{fmt.Sprintf(pairs, packed, transitions)}, read),
		c.asks("ClickHouse, window function", []string{fmt.Sprintf(pairs, window, transitions)}, read),
	}
}

// transitionsAsStored trusts that the one part of a table is read in the order
// of its sort, which ClickHouse does and does not warrant.
func (c *clickHouse) transitionsAsStored() contender {
	const query = `SELECT toUInt8(intDiv(pair, 64)), toUInt8(pair %% 64), count() AS n FROM (
		SELECT arrayJoin(arrayMap((a, b) -> toUInt16(a * 64 + b), arrayPopBack(all), arrayPopFront(all))) AS pair
		FROM (SELECT groupArray(name) AS all FROM ` + coded + ` GROUP BY customer)
	) GROUP BY pair ORDER BY n DESC, pair LIMIT %d SETTINGS optimize_aggregation_in_order = 1`
	return c.asks("ClickHouse, arrays as stored", []string{fmt.Sprintf(query, transitions)}, func(_ int, rows driver.Rows) (func(counts), error) {
		var from, to uint8
		var n uint64
		err := rows.Scan(&from, &to, &n)
		return func(found counts) { found.add(transitionKey(history.Names[from], history.Names[to]), int64(n)) }, err
	})
}
