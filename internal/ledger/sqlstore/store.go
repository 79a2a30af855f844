package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// Store is a ledger.Store in SQL.
type Store struct {
	db *DB
}

var _ ledger.Store = (*Store)(nil)

// NewStore keeps revisions in a database.
func NewStore(db *DB) *Store { return &Store{db: db} }

// Append relies on the primary key: of two equal versions the second is not
// inserted and RETURNING gives no row.
func (s *Store) Append(ctx context.Context, r ledger.Revision) (bool, error) {
	var version int
	err := s.db.write.QueryRowContext(ctx, `
		INSERT INTO revisions (kind, id, version, hash, deleted, author, reason, at, restored_from, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (kind, id, version) DO NOTHING
		RETURNING version`,
		string(r.Kind), r.ID, r.Version, r.Hash, number(r.Deleted), r.Author, r.Reason,
		r.At.UnixMicro(), r.RestoredFrom, string(r.Body)).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Approve adds an approval. The foreign key refuses one of a revision that is not
// there.
func (s *Store) Approve(ctx context.Context, kind ledger.Kind, id string, version int, a ledger.Approval) error {
	_, err := s.db.write.ExecContext(ctx, `
		INSERT INTO approvals (kind, id, version, by_name, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (kind, id, version, at, by_name) DO NOTHING`,
		string(kind), id, version, a.By, a.Reason, a.At.UnixMicro())
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(err, fault.NotFound, "ledger.no-version", "kind", kind, "id", id, "version", version)
	}
	return err
}

// selectRevisions gives every revision once for each of its approvals, or once
// without one, and with the last version of its chain.
const selectRevisions = `
	SELECT r.kind, r.id, r.version, r.hash, r.deleted, r.author, r.reason, r.at, r.restored_from, r.body,
	       COALESCE(a.by_name, ''), COALESCE(a.reason, ''), COALESCE(a.at, 0),
	       r.version = (SELECT MAX(c.version) FROM revisions c WHERE c.kind = r.kind AND c.id = r.id)
	FROM revisions r
	LEFT JOIN approvals a ON a.kind = r.kind AND a.id = r.id AND a.version = r.version`

// oldestApprovalFirst ends an order, so that the rows of a revision are together.
const oldestApprovalFirst = ", a.at, a.by_name"

// whereLast keeps the last revision of each chain.
const whereLast = `
	WHERE r.version = (SELECT MAX(c.version) FROM revisions c WHERE c.kind = r.kind AND c.id = r.id)`

// Revision gives one version, or the last one for version 0.
func (s *Store) Revision(ctx context.Context, kind ledger.Kind, id string, version int) (ledger.Revision, bool, error) {
	found, err := s.query(ctx, selectRevisions+`
		WHERE r.kind = $1 AND r.id = $2 AND (r.version = $3 OR $3 = 0 AND
		      r.version = (SELECT MAX(c.version) FROM revisions c WHERE c.kind = r.kind AND c.id = r.id))
		ORDER BY r.version`+oldestApprovalFirst, string(kind), id, version)
	if err != nil || len(found) == 0 {
		return ledger.Revision{}, false, err
	}
	return found[0], true, nil
}

// Current gives the last revision of every definition.
func (s *Store) Current(ctx context.Context, kind ledger.Kind, deleted bool) ([]ledger.Revision, error) {
	return s.query(ctx, selectRevisions+whereLast+`
		AND (r.kind = $1 OR $1 = '') AND r.deleted = $2
		ORDER BY r.kind, r.id`+oldestApprovalFirst, string(kind), number(deleted))
}

// Newest gives the last revisions of all definitions.
func (s *Store) Newest(ctx context.Context, limit int, kinds ...ledger.Kind) ([]ledger.Revision, error) {
	var where string
	args := make([]any, 0, len(kinds)+1)
	for _, kind := range kinds {
		args = append(args, string(kind))
		where += fmt.Sprintf(", $%d", len(args))
	}
	if where != "" {
		where = ` WHERE r.kind IN (` + where[len(", "):] + `)`
	}
	return s.query(ctx, fmt.Sprintf(`%s%s
		ORDER BY r.at DESC, r.kind, r.id, r.version DESC LIMIT $%d`, selectRevisions, where, len(args)+1), append(args, limit)...)
}

// History gives all revisions, the newest first.
func (s *Store) History(ctx context.Context, kind ledger.Kind, id string) ([]ledger.Revision, error) {
	return s.query(ctx, selectRevisions+`
		WHERE r.kind = $1 AND r.id = $2
		ORDER BY r.version DESC`+oldestApprovalFirst, string(kind), id)
}

func (s *Store) query(ctx context.Context, text string, args ...any) ([]ledger.Revision, error) {
	rows, err := s.db.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []ledger.Revision{}
	for rows.Next() {
		r, approval, err := scanRevision(rows)
		if err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].Kind != r.Kind || all[n-1].ID != r.ID || all[n-1].Version != r.Version {
			all = append(all, r)
		}
		if !approval.At.IsZero() {
			all[len(all)-1].Approve(approval)
		}
	}
	return all, rows.Err()
}

// scanRevision reads a row: a revision, and one of its approvals, of the zero time
// where it has none.
func scanRevision(rows *sql.Rows) (r ledger.Revision, a ledger.Approval, err error) {
	var at, approvedAt int64
	var body string
	err = rows.Scan(&r.Kind, &r.ID, &r.Version, &r.Hash, &r.Deleted, &r.Author, &r.Reason, &at, &r.RestoredFrom, &body,
		&a.By, &a.Reason, &approvedAt, &r.Current)
	if err != nil {
		return r, a, err
	}
	r.At, r.Body, r.Status = time.UnixMicro(at).UTC(), []byte(body), ledger.Proposed
	if approvedAt != 0 {
		a.At = time.UnixMicro(approvedAt).UTC()
	}
	return r, a, nil
}

// number stores a bool as 0 or 1, which both engines compare and index alike.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
