package clickhouse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"beichen/internal/warehouse"
)

// The quarantine is small, so that reading it by FINAL, the newest version of each
// entry alone, costs nothing that anybody would notice.
const quarantined = " FROM all_quarantine FINAL WHERE "

// Quarantine implements warehouse.Warehouse. A page without a limit has 100 items.
func (w *Warehouse) Quarantine(ctx context.Context, q warehouse.QuarantineQuery) (warehouse.QuarantinePage, error) {
	page := warehouse.QuarantinePage{Items: []warehouse.Quarantined{}, Reasons: map[string]int64{}}
	s, err := w.standing(ctx)
	if err != nil {
		return page, err
	}
	where := quarantined + s.kept() + wanted(q)
	var count uint64
	if err := w.each(ctx, "SELECT count()"+where, []any{&count}, func() error { page.Total = int64(count); return nil }); err != nil {
		return page, err
	}
	var reason string
	open := "SELECT reason, count()" + quarantined + s.kept() + " AND status = " + literal(string(warehouse.Open)) + " GROUP BY reason"
	if err := w.each(ctx, open, []any{&reason, &count}, func() error { page.Reasons[reason] = int64(count); return nil }); err != nil {
		return page, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	e := entry{}
	text := "SELECT " + entryColumns + where + fmt.Sprintf(" ORDER BY received DESC, load DESC, place DESC LIMIT %d OFFSET %d", limit, max(q.Offset, 0))
	err = w.each(ctx, text, e.places(), func() error {
		page.Items = append(page.Items, e.take())
		return nil
	})
	return page, err
}

// entry reads rows of the quarantine.
type entry struct {
	warehouse.Quarantined
	received    int64
	raw, status string
	resolved    *int64
}

const entryColumns = "id, received, source, reason, detail, raw, type, imported, status, resolved_by, resolved"

// places are where entryColumns are read into.
func (e *entry) places() []any {
	return []any{&e.ID, &e.received, &e.Source, &e.Reason, &e.Detail, &e.raw, &e.Type, &e.Imported, &e.status, &e.ResolvedBy, &e.resolved}
}

func (e *entry) take() warehouse.Quarantined {
	e.ReceivedAt, e.Raw, e.Status, e.ResolvedAt = instant(e.received), json.RawMessage(e.raw), warehouse.QuarantineStatus(e.status), nil
	if e.resolved != nil {
		e.ResolvedAt = new(instant(*e.resolved))
	}
	return e.Quarantined
}

// wanted are the conditions of a query.
func wanted(q warehouse.QuarantineQuery) string {
	var text strings.Builder
	for _, c := range [...]struct{ column, value string }{{"status", string(q.Status)}, {"reason", q.Reason}, {"source", q.Source}} {
		if c.value != "" {
			text.WriteString(" AND " + c.column + " = " + literal(c.value))
		}
	}
	if len(q.IDs) > 0 {
		text.WriteString(" AND id IN (" + literals(q.IDs) + ")")
	}
	return text.String()
}

// Resolve implements warehouse.Warehouse: it adds a newer version of each entry, made
// on the shard that has it. One that is resolved already stays as it is.
func (w *Warehouse) Resolve(ctx context.Context, ids []string, status warehouse.QuarantineStatus, by string, at time.Time) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	w.write.Lock()
	defer w.write.Unlock()
	s, err := w.standing(ctx)
	if err != nil {
		return 0, err
	}
	where := " WHERE " + s.kept() + " AND status = " + literal(string(warehouse.Open)) + " AND id IN (" + literals(ids) + ")"
	changed := 0
	for _, shard := range w.shards {
		var here uint64
		if err := shard.QueryRow(ctx, "SELECT count() FROM quarantine FINAL"+where).Scan(&here); err != nil {
			return changed, w.failed(ctx, err)
		}
		if here == 0 {
			continue
		}
		newer := "INSERT INTO quarantine SELECT * REPLACE (" + literal(string(status)) + " AS status, " + literal(by) + " AS resolved_by, " +
			micros(at) + " AS resolved, version + 1 AS version) FROM (SELECT * FROM quarantine FINAL" + where + ")"
		if err := shard.Exec(w.storing(ctx), newer); err != nil {
			return changed, w.failed(ctx, err)
		}
		changed += int(here)
	}
	return changed, nil
}
