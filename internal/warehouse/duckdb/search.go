package duckdb

import (
	"context"
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
	if text != "" {
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
