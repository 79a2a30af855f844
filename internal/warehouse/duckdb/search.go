package duckdb

import (
	"context"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Search implements warehouse.Warehouse. Events and Last count messages of any
// ref or account found; one without messages comes last.
func (w *Warehouse) Search(ctx context.Context, root event.Root, text string, keys []string, limit int) ([]warehouse.Found, error) {
	by, list := owner(root), "refs"
	if root == event.Account {
		list = "accounts"
	}
	var s sqlText
	part := s.arg(strings.ToLower(valid(text)))
	hits := "SELECT number AS who FROM " + list + " WHERE id <> '' AND contains(lower(id), " + part + ")"
	switch {
	case text == "" && limit > 0:
		newest, err := w.newest(ctx, by, list, limit)
		if err != nil {
			return nil, err
		}
		if len(newest) == limit {
			hits += " AND number IN (" + strings.Join(newest, ",") + ")"
		}
	case text != "":
		for _, key := range keys {
			hits += " UNION SELECT who FROM (" + latest(root, []string{key}, "") + ") WHERE contains(lower(json_extract_string(value, '$')), " + part + ")"
		}
	}
	query := "WITH hits AS MATERIALIZED (" + hits + "), " +
		"said AS (SELECT " + by + " AS who, count(*) AS events, max(time) AS last FROM events WHERE " + by + " IN (SELECT who FROM hits) GROUP BY 1), " +
		"linked AS (SELECT " + by + " AS who, max(time) AS last FROM identities WHERE " + by + " IN (SELECT who FROM hits) GROUP BY 1) " +
		"SELECT who, coalesce(events, 0)::UBIGINT, coalesce(epoch_us(greatest(said.last, linked.last)), 0)::BIGINT AS newest " +
		"FROM hits LEFT JOIN said USING (who) LEFT JOIN linked USING (who) ORDER BY newest DESC, who LIMIT " + s.arg(uint64(max(limit, 0)))
	found := []warehouse.Found{}
	err := w.each(ctx, query, s.args, func(c *chunk) error {
		who, events, last := column[uint32](c, 0), column[uint64](c, 1), column[int64](c, 2)
		for i := range c.rows {
			f := warehouse.Found{Of: who[i], Events: int64(events[i])}
			if last[i] != 0 {
				f.Last = time.UnixMicro(last[i]).UTC()
			}
			found = append(found, f)
		}
		return nil
	})
	return found, err
}

// newest are the numbers of who had the newest messages, as many as limit; fewer where so
// many had none in the last month before the newest of all. They are looked for in its last
// hour and its last day first: whoever is found there comes before all others, of whom
// nothing has to be added up.
func (w *Warehouse) newest(ctx context.Context, by, list string, limit int) (numbers []string, err error) {
	last := int64(0)
	err = w.each(ctx, "SELECT coalesce(epoch_us(greatest(max(time), (SELECT max(time) FROM identities))), 0)::BIGINT FROM events", nil, func(c *chunk) error {
		last = column[int64](c, 0)[0]
		return nil
	})
	for _, span := range []time.Duration{time.Hour, 24 * time.Hour, 30 * 24 * time.Hour} {
		if err != nil || len(numbers) == limit {
			break
		}
		since := " WHERE time >= make_timestamp(" + strconv.FormatInt(last-span.Microseconds(), 10) + ")"
		query := "SELECT who FROM (SELECT " + by + " AS who, time FROM events" + since + " UNION ALL SELECT " + by + ", time FROM identities" + since + ") " +
			"WHERE who IN (SELECT number FROM " + list + " WHERE id <> '') GROUP BY who ORDER BY max(time) DESC, who LIMIT " + strconv.Itoa(limit)
		numbers = numbers[:0]
		err = w.each(ctx, query, nil, func(c *chunk) error {
			for _, who := range column[uint32](c, 0)[:c.rows] {
				numbers = append(numbers, strconv.FormatUint(uint64(who), 10))
			}
			return nil
		})
	}
	return numbers, err
}
