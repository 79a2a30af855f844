package duckdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"beichen/internal/warehouse"
)

// Quarantine implements warehouse.Warehouse. A page without a limit has 100 items.
func (w *Warehouse) Quarantine(ctx context.Context, q warehouse.QuarantineQuery) (warehouse.QuarantinePage, error) {
	defer w.enter()()
	page := warehouse.QuarantinePage{Items: []warehouse.Quarantined{}, Reasons: map[string]int64{}}
	where, args := quarantineWhere(q)
	if err := w.db.QueryRowContext(ctx, "SELECT count(*) FROM quarantine"+where, args...).Scan(&page.Total); err != nil {
		return page, failed(ctx, err)
	}
	if err := w.openReasons(ctx, page.Reasons); err != nil {
		return page, failed(ctx, err)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	rows, err := w.db.QueryContext(ctx, "SELECT "+quarantineColumns+" FROM quarantine"+where+` ORDER BY received DESC, rowid DESC LIMIT ? OFFSET ?`, append(args, limit, max(q.Offset, 0))...)
	if err != nil {
		return page, failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		item, err := quarantined(rows)
		if err != nil {
			return page, failed(ctx, err)
		}
		page.Items = append(page.Items, item)
	}
	return page, failed(ctx, rows.Err())
}

func quarantineWhere(q warehouse.QuarantineQuery) (string, []any) {
	var conditions []string
	var args []any
	add := func(column, value string) {
		if value != "" {
			conditions, args = append(conditions, column+" = ?"), append(args, value)
		}
	}
	add("status", string(q.Status))
	add("reason", q.Reason)
	add("source", q.Source)
	if len(q.IDs) > 0 {
		conditions = append(conditions, "id IN ("+strings.TrimSuffix(strings.Repeat("?,", len(q.IDs)), ",")+")")
		for _, id := range q.IDs {
			args = append(args, id)
		}
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

func (w *Warehouse) openReasons(ctx context.Context, into map[string]int64) error {
	rows, err := w.db.QueryContext(ctx, "SELECT reason, count(*) FROM quarantine WHERE status = ? GROUP BY reason", string(warehouse.Open))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var reason string
		var count int64
		if err := rows.Scan(&reason, &count); err != nil {
			return err
		}
		into[reason] = count
	}
	return rows.Err()
}

// quarantineColumns are those that quarantined reads.
const quarantineColumns = "id, received, source, reason, detail, raw, type, imported, status, resolved_by, resolved"

func quarantined(rows *sql.Rows) (warehouse.Quarantined, error) {
	var q warehouse.Quarantined
	var raw string
	var resolved sql.NullTime
	err := rows.Scan(&q.ID, &q.ReceivedAt, &q.Source, &q.Reason, &q.Detail, &raw, &q.Type, &q.Imported, &q.Status, &q.ResolvedBy, &resolved)
	q.ReceivedAt, q.Raw = q.ReceivedAt.UTC(), json.RawMessage(raw)
	if resolved.Valid {
		at := resolved.Time.UTC()
		q.ResolvedAt = &at
	}
	return q, err
}

// Resolve implements warehouse.Warehouse.
func (w *Warehouse) Resolve(ctx context.Context, ids []string, status warehouse.QuarantineStatus, by string, at time.Time) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	w.write.Lock()
	defer w.write.Unlock()
	defer w.enter()()
	args := []any{string(status), by, stamp(at), string(warehouse.Open)}
	for _, id := range ids {
		args = append(args, id)
	}
	result, err := w.db.ExecContext(ctx, "UPDATE quarantine SET status = ?, resolved_by = ?, resolved = ? WHERE status = ? AND id IN ("+
		strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")+")", args...)
	if err != nil {
		return 0, failed(ctx, err)
	}
	changed, err := result.RowsAffected()
	return int(changed), failed(ctx, err)
}
