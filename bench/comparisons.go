package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

const (
	boardWork = "board of 10 stages and 30 steps by first channel"

	// What of a piece of work ours was asked for.
	isWhole, isCounts = ", every count and time", ", counts alone"
)

// addBoth adds how long ours took to tell everything, and to tell no more than a peer does,
// which are the counts.
func (s *suite) addBoth(work, against string, medians map[string]time.Duration, ours, counts, peer contender, whole, alone float64) {
	s.add(faster(work+isWhole, against, medians[ours.name], medians[peer.name], whole))
	s.add(faster(work+isCounts, against, medians[counts.name], medians[peer.name], alone))
}

// peers holds the server to what other engines need for the same answers.
func (s *suite) peers(ctx context.Context) error {
	return s.served(ctx, s.events, func(b *beichen) (err error) {
		s.say("filling ClickHouse")
		c, err := startClickHouse(ctx, filepath.Join(s.dir, "clickhouse"), s.plan(s.events))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.stop()) }()
		if err := s.boards(ctx, b, c); err != nil {
			return err
		}
		if err := s.funnels(ctx, b, c); err != nil {
			return err
		}
		return s.others(ctx, b, c)
	})
}

// boards is the whole board against ClickHouse and against DuckDB.
func (s *suite) boards(ctx context.Context, b *beichen, c *clickHouse) (err error) {
	s.say("filling DuckDB")
	d, err := startDuckDB(ctx, s.dir, s.plan(s.events))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	s.say("asking for the board")
	ours, counts := b.asks(board(), "channel"), b.asksForCounts(board(), "channel")
	queries, query, joins := c.boardByQueries(board()), c.boardByOneQuery(board()), d.board(board())
	medians, err := contest(ctx, s.rounds, ours, counts, queries, query, joins)
	if err != nil {
		return err
	}
	s.addBoth(boardWork, "ClickHouse, sorted by customer and time: 30 queries, counts alone", medians, ours, counts, queries, 100, 0)
	s.addBoth(boardWork, "the same: one query, counts alone", medians, ours, counts, query, 100, 0)
	s.addBoth(boardWork, "DuckDB: a chain of ASOF joins, which gives the counts alone", medians, ours, counts, joins, 0, 0)

	ours, joins = b.asksWithTimes(board(), "channel"), d.boardWithTimes(board())
	if medians, err = contest(ctx, s.rounds, ours, joins); err != nil {
		return err
	}
	s.add(faster(boardWork+isWhole, "DuckDB: the same and one down again, for the times", medians[ours.name], medians[joins.name], 60))

	ours = b.asks(board(), "channel")
	underWay := b.asksAsOfTheEnd(board(), "channel")
	if medians, err = contest(ctx, s.rounds, ours, underWay); err != nil {
		return err
	}
	s.add(faster("the same as of the history's last instant, when customers are on their way", "as of now, long after, as above", medians[underWay.name], medians[ours.name], 0))
	return nil
}

// funnels is one funnel against ClickHouse, on two sorts, and with a filter, on
// two kinds of columns.
func (s *suite) funnels(ctx context.Context, b *beichen, c *clickHouse) error {
	s.say("asking for the funnel")
	const work = "funnel of 6 steps by first channel"
	ours, counts := b.asks(funnel(), "channel"), b.asksForCounts(funnel(), "channel")
	sorted := c.funnel("ClickHouse, sorted by customer and time", byCustomer, "", funnel())
	posthog := c.funnel("ClickHouse, sorted by day, name and customer, as PostHog sorts", byDay, "", funnel())
	medians, err := contest(ctx, s.rounds, ours, counts, sorted, posthog)
	if err != nil {
		return err
	}
	s.addBoth(work, sorted.name, medians, ours, counts, sorted, 9, 9)
	s.addBoth(work, posthog.name, medians, ours, counts, posthog, 15, 15)

	const withFilter = "the same funnel, two steps with a filter on a property"
	ours, counts = b.asks(filtered(), "channel"), b.asksForCounts(filtered(), "channel")
	typed := c.funnel("ClickHouse, sorted by customer and time: a typed column", byCustomer, "plan", filtered())
	json := c.funnel("the same: a JSON column", byCustomer, "properties.plan.:String", filtered())
	if medians, err = contest(ctx, s.rounds, ours, counts, typed, json); err != nil {
		return err
	}
	s.addBoth(withFilter, typed.name, medians, ours, counts, typed, 8, 8)
	s.addBoth(withFilter, json.name, medians, ours, counts, json, 0, 0)
	return nil
}

// others are the work that is no journey, against the fastest way that was found to
// have ClickHouse give the same answer. How fast it counts transitions without saying
// more of them is told beside it.
func (s *suite) others(ctx context.Context, b *beichen, c *clickHouse) error {
	for _, part := range []struct {
		work  string
		ours  contender
		ways  []contender
		reach float64
	}{
		{"weekly retention × 12", b.retention(), c.retention(), 15},
		{fmt.Sprintf("the %d most frequent transitions, customers and median time of each", transitions), b.transitions(wholeTransition), c.transitions(), 30},
		{"the same, the peer's counts alone: no customers, no medians", b.transitions(transitionCount), c.transitionCounts(), 0},
	} {
		s.say("asking for %s", part.work)
		medians, err := contest(ctx, s.rounds, append([]contender{part.ours}, part.ways...)...)
		if err != nil {
			return err
		}
		for _, way := range part.ways {
			s.say("%s, %s: %s", part.work, way.name, millis(medians[way.name]))
		}
		way, took := fastest(medians, part.ways...)
		s.add(faster(part.work, way, medians[part.ours.name], took, part.reach))
	}
	return nil
}
