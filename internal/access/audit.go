package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// AuditEntry is one thing that somebody did. Entries are only ever added.
type AuditEntry struct {
	At      time.Time      `json:"at"`
	Member  string         `json:"member"` // a member's or a key's name
	Action  string         `json:"action"` // member.invited, session.failed, definition.approved …
	Subject string         `json:"subject"`
	Detail  map[string]any `json:"detail,omitempty"`
}

// execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Audit adds an entry. Where the entry does not say, At is now and Member is the
// context's caller.
func (a *Access) Audit(ctx context.Context, e AuditEntry) error {
	return a.audit(ctx, a.db.Write(), e)
}

func (a *Access) audit(ctx context.Context, db execer, e AuditEntry) error {
	if e.At.IsZero() {
		e.At = a.now()
	}
	if e.Member == "" {
		caller, _ := CallerFrom(ctx)
		e.Member = caller.Name
	}
	var detail []byte
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s: %w", e.Action, err)
		}
	}
	_, err := db.ExecContext(ctx, `
		INSERT INTO audit (id, at, member, action, subject, detail)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		a.auditID(e.At), e.At.UnixMicro(), e.Member, e.Action, e.Subject, string(detail))
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// auditID sorts by time, then by the order of this process; its random end keeps
// entries of two processes apart.
func (a *Access) auditID(at time.Time) string {
	return fmt.Sprintf("%016x%08x%s", at.UnixMicro(), a.audits.Add(1), newID()[:4])
}

// AuditLog lists entries, the newest first. before is the `next` of the page
// before, or empty; next is empty on the last page. limit is 1 … 500.
func (a *Access) AuditLog(ctx context.Context, before string, limit int) (entries []AuditEntry, next string, err error) {
	limit = min(max(limit, 1), 500)
	rows, err := a.db.Read().QueryContext(ctx, `
		SELECT id, at, member, action, subject, detail FROM audit
		WHERE $1 = '' OR id < $1
		ORDER BY id DESC LIMIT $2`, before, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("read the audit: %w", err)
	}
	defer rows.Close()
	entries = []AuditEntry{}
	last := ""
	for rows.Next() {
		if len(entries) == limit {
			return entries, last, nil
		}
		var e AuditEntry
		var at int64
		var detail string
		if err := rows.Scan(&last, &at, &e.Member, &e.Action, &e.Subject, &detail); err != nil {
			return nil, "", fmt.Errorf("read the audit: %w", err)
		}
		e.At = instant(at)
		if detail != "" {
			if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
				return nil, "", fmt.Errorf("read the audit: %w", err)
			}
		}
		entries = append(entries, e)
	}
	return entries, "", rows.Err()
}
