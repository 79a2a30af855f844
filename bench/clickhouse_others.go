package main

import (
	"fmt"
	"math"
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

// addTransition adds what is told of a transition: how often it was gone, by how many
// customers, and the median of the milliseconds it took. The median of an even number
// of them lies at a half at times, so that it is doubled.
func (c counts) addTransition(from, to string, paths, customers int64, median float64) {
	key := transitionKey(from, to)
	c.add(key, paths)
	c.add(key+", customers", customers)
	c.add(key+", median", int64(math.Round(2*median)))
}

// Time and name of all events of a customer in one word each, in order: sorted, for
// ClickHouse does not warrant another order of what it groups.
const wordsSorted = `SELECT customer, arraySort(groupArray(bitOr(bitShiftLeft(time, 6), name))) AS words FROM ` + coded + ` GROUP BY customer`

// pairOfWords is the number of a pair, from two words that follow each other.
const pairOfWords = `toUInt16(bitAnd(a, 63) * 64 + bitAnd(b, 63))`

// transitions asks for the pairs with the customers and the median time of each, in
// the ways that were found.
func (c *clickHouse) transitions() []contender {
	read := func(_ int, rows driver.Rows) (func(counts), error) {
		var pair uint16
		var n, customers uint64
		var median float64
		err := rows.Scan(&pair, &n, &customers, &median)
		return func(found counts) {
			found.addTransition(history.Names[pair/64], history.Names[pair%64], int64(n), int64(customers), median)
		}, err
	}
	const top = ` GROUP BY pair ORDER BY n DESC, pair LIMIT %d`
	const took = `bitShiftRight(b, 6) - bitShiftRight(a, 6)`
	const neighbours = `arrayMap((a, b) -> %s, arrayPopBack(words), arrayPopFront(words))`
	pairs, times := fmt.Sprintf(neighbours, pairOfWords), fmt.Sprintf(neighbours, took)
	// A customer's first time on a pair counts the customer.
	firsts := `SELECT pair, count() AS n, countIf(nth = 1), quantileExactInclusive(0.5)(took) FROM (
		SELECT ` + pairs + ` AS pairs, ` + times + ` AS times FROM (` + wordsSorted + `)
	) ARRAY JOIN pairs AS pair, times AS took, arrayEnumerateUniq(pairs) AS nth` + top
	sets := `SELECT pair, count() AS n, uniqExact(customer), quantileExactInclusive(0.5)(took) FROM (
		SELECT customer, ` + pairs + ` AS pairs, ` + times + ` AS times FROM (` + wordsSorted + `)
	) ARRAY JOIN pairs AS pair, times AS took` + top
	// The pairs are counted first; customers and times are looked at of those alone that are shown.
	twice := `WITH shown AS (SELECT pair FROM (SELECT pair, count() AS n FROM (SELECT arrayJoin(` + pairs + `) AS pair FROM (` + wordsSorted + `))` + top + `))
		SELECT pair, count() AS n, countIf(nth = 1), quantileExactInclusive(0.5)(took) FROM (
			SELECT ` + pairs + ` AS pairs, ` + times + ` AS times FROM (` + wordsSorted + `)
		) ARRAY JOIN pairs AS pair, times AS took, arrayEnumerateUniq(pairs) AS nth WHERE pair IN (shown)` + top
	window := `SELECT toUInt16(toUInt16(before) * 64 + name) AS pair, count() AS n, uniqExact(customer), quantileExactInclusive(0.5)(time - since) FROM (
		SELECT customer, name, time, lagInFrame(name, 1, 63) OVER one AS before, lagInFrame(time) OVER one AS since FROM ` + coded + `
		WINDOW one AS (PARTITION BY customer ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) WHERE before < 63` + top
	return []contender{
		c.asks("ClickHouse, sorted arrays", []string{fmt.Sprintf(firsts, transitions)}, read),
		c.asks("ClickHouse, sorted arrays, sets of customers", []string{fmt.Sprintf(sets, transitions)}, read),
		c.asks("ClickHouse, sorted arrays, twice", []string{fmt.Sprintf(twice, transitions, transitions)}, read),
		c.asks("ClickHouse, window function", []string{fmt.Sprintf(window, transitions)}, read),
	}
}

// transitionCounts asks how often the pairs were gone and for nothing else. The last
// way trusts that the one part of a table is read in the order of its sort, which
// ClickHouse does and does not warrant.
func (c *clickHouse) transitionCounts() []contender {
	read := func(_ int, rows driver.Rows) (func(counts), error) {
		var pair uint16
		var n uint64
		err := rows.Scan(&pair, &n)
		return func(found counts) { found.add(transitionKey(history.Names[pair/64], history.Names[pair%64]), int64(n)) }, err
	}
	const sorted = `SELECT arrayJoin(arrayMap((a, b) -> ` + pairOfWords + `, arrayPopBack(words), arrayPopFront(words))) AS pair FROM (` + wordsSorted + `)`
	const window = `SELECT toUInt16(toUInt16(before) * 64 + name) AS pair FROM (
		SELECT name, lagInFrame(name, 1, 63) OVER (PARTITION BY customer ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before FROM ` +
		coded + `) WHERE before < 63`
	const stored = `SELECT arrayJoin(arrayMap((a, b) -> toUInt16(a * 64 + b), arrayPopBack(names), arrayPopFront(names))) AS pair
		FROM (SELECT groupArray(name) AS names FROM ` + coded + ` GROUP BY customer)`
	asks := func(name, pairs, settings string) contender {
		return c.asks(name, []string{fmt.Sprintf("SELECT pair, count() AS n FROM (%s) GROUP BY pair ORDER BY n DESC, pair LIMIT %d %s", pairs, transitions, settings)}, read)
	}
	return []contender{
		asks("ClickHouse, sorted arrays", sorted, ""),
		asks("ClickHouse, window function", window, ""),
		asks("ClickHouse, arrays as stored", stored, "SETTINGS optimize_aggregation_in_order = 1"),
	}
}
