package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// RegisterEntry is an entry of the register of customers who were forgotten.
type RegisterEntry struct {
	ID          string    `json:"id"` // of the message that says so
	At          time.Time `json:"at"`
	Member      string    `json:"member"`
	Reason      string    `json:"reason"`
	IDs         []string  `json:"ids" doc:"A keyed hash of each id that the customer had"`
	Messages    int64     `json:"messages"`
	Quarantined int64     `json:"quarantined"`
}

// Register says who was forgotten, the oldest first. An older backup still has them:
// Hash tells which of its ids are theirs.
type Register struct {
	Key   string          `json:"key" doc:"Of the hashes, hexadecimal"`
	Items []RegisterEntry `json:"items"`
}

// Hash is what the register has of an id: HMAC-SHA256 (RFC 2104) in hexadecimal.
// Anonymous ids and user ids never collide.
func (r Register) Hash(anonymous bool, id string) (string, error) {
	key, err := hex.DecodeString(r.Key)
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("the register's key: %w", errors.Join(err, errors.New("not hexadecimal")))
	}
	mark := "user\x00"
	if anonymous {
		mark = "anonymous\x00"
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(mark + id)) // never fails
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Register gives the register of the workspace, which gets its key with the first
// question.
func (a *Access) Register(ctx context.Context) (Register, error) {
	r := Register{Items: []RegisterEntry{}}
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails (crypto/rand since Go 1.24)
	_, err := a.db.Write().ExecContext(ctx, `INSERT INTO forgotten_key (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, hex.EncodeToString(fresh))
	if err == nil {
		err = a.db.Read().QueryRowContext(ctx, `SELECT secret FROM forgotten_key WHERE id = 1`).Scan(&r.Key)
	}
	if err != nil {
		return r, fmt.Errorf("read the key of the register of the forgotten: %w", err)
	}
	rows, err := a.db.Read().QueryContext(ctx, `SELECT id, at, by_name, reason, hashes, messages, quarantined FROM forgotten ORDER BY at, id`)
	if err != nil {
		return r, fmt.Errorf("read the register of the forgotten: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f RegisterEntry
		var at int64
		var hashes string
		err := rows.Scan(&f.ID, &at, &f.Member, &f.Reason, &hashes, &f.Messages, &f.Quarantined)
		if err == nil {
			err = json.Unmarshal([]byte(hashes), &f.IDs)
		}
		if err != nil {
			return r, fmt.Errorf("read the register of the forgotten: %w", err)
		}
		f.At = instant(at)
		r.Items = append(r.Items, f)
	}
	return r, rows.Err()
}

// BeginForgetting enters a customer into the register, before anything is done: what
// is not there would come back with a backup.
func (a *Access) BeginForgetting(ctx context.Context, f RegisterEntry) error {
	hashes, err := json.Marshal(f.IDs)
	if err == nil {
		_, err = a.db.Write().ExecContext(ctx, `
			INSERT INTO forgotten (id, at, by_name, reason, hashes, messages, quarantined) VALUES ($1, $2, $3, $4, $5, 0, 0)`,
			f.ID, f.At.UnixMicro(), f.Member, f.Reason, string(hashes))
	}
	if err != nil {
		return fmt.Errorf("enter into the register of the forgotten: %w", err)
	}
	return nil
}

// EndForgetting writes down how much went, with an entry of the audit that names the
// register's.
func (a *Access) EndForgetting(ctx context.Context, f RegisterEntry) error {
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE forgotten SET messages = $1, quarantined = $2 WHERE id = $3`, f.Messages, f.Quarantined, f.ID); err != nil {
			return fmt.Errorf("write into the register of the forgotten: %w", err)
		}
		return a.audit(ctx, tx, AuditEntry{Action: "customer.forgotten", Subject: f.ID, Member: f.Member, Detail: map[string]any{
			"reason": f.Reason, "messages": f.Messages, "ids": len(f.IDs), "quarantined": f.Quarantined,
		}})
	})
}
