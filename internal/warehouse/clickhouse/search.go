package clickhouse

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// Search implements warehouse.Warehouse. Events and Last count messages of any ref
// or account found; one without messages comes last.
func (w *Warehouse) Search(ctx context.Context, root event.Root, text string, keys []string, limit int) ([]warehouse.Found, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	by, list := owner(root), "all_refs"
	if root == event.Account {
		list = "all_accounts"
	}
	part := literal(strings.ToLower(unicode(text)))
	hits := "SELECT number AS who FROM " + list + " WHERE position(lowerUTF8(id), " + part + ") > 0 AND id <> '' AND " + s.counts()
	if root != event.Account {
		hits += s.known()
	}
	among := ""
	if text != "" {
		for _, key := range keys {
			value := "if(startsWith(said, '\"'), JSONExtractString(said), said)"
			hits += " UNION DISTINCT SELECT who FROM (" + s.latest(root, []string{key}, "") + ") WHERE said <> 'null' AND position(lowerUTF8(" + value + "), " + part + ") > 0"
		}
		// GLOBAL: what was found is sent to every shard, since what is said of an
		// account is on all of them.
		among = " AND " + by + " GLOBAL IN (SELECT who FROM (" + hits + "))"
	}
	const never = "toInt64(-9223372036854775808)"
	question := "SELECT who, sum(events) AS n, max(newest) AS last FROM (" +
		"SELECT who, 0::UInt64 AS events, " + never + " AS newest, 1 AS hit FROM (" + hits + ")" +
		" UNION ALL SELECT " + by + " AS who, count() AS events, max(time) AS newest, 0 AS hit FROM all_events WHERE " + s.happened() + among + " GROUP BY who" +
		" UNION ALL SELECT " + by + " AS who, 0::UInt64 AS events, max(time) AS newest, 0 AS hit FROM all_identities WHERE " + s.said() + among + " GROUP BY who" +
		") GROUP BY who HAVING max(hit) = 1 ORDER BY last DESC, who LIMIT " + fmt.Sprint(max(limit, 0))
	found := []warehouse.Found{}
	var f warehouse.Found
	var events uint64
	var last int64
	err = w.each(ctx, question, []any{&f.Of, &events, &last}, func() error {
		f.Events, f.Last = int64(events), time.Time{}
		if last != math.MinInt64 {
			f.Last = instant(last)
		}
		found = append(found, f)
		return nil
	})
	return found, err
}
