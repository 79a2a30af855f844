// Package access decides who may do what: members with roles, their passwords
// and sessions, keys for programs, one-time links, the workspace's settings, and
// the audit of all that.
package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"beichen/internal/fault"
)

// Database is where access keeps its tables: a *sqlstore.DB.
type Database interface {
	Read() *sql.DB
	Write() *sql.DB
	// Update runs a transaction that alone may write until it ends.
	Update(ctx context.Context, change func(tx *sql.Tx) error) error
}

// Config is what access needs.
type Config struct {
	Database Database
	Now      func() time.Time
	// Hashing is the cost of a password; zero is OWASP.
	Hashing Argon2id
}

// Access is the door of one workspace.
type Access struct {
	// Sessions keeps browsers signed in; see SignedIn, Begin and End.
	Sessions *Sessions

	db      Database
	now     func() time.Time
	hasher  *hasher
	keys    *keyring
	guesses *guesses
	audits  atomic.Uint32 // counts entries, see auditID
}

// Open reads the keys of a workspace. Run must run as long as it is used.
func Open(ctx context.Context, c Config) (*Access, error) {
	if c.Hashing == (Argon2id{}) {
		c.Hashing = OWASP()
	}
	a := &Access{
		db: c.Database, now: func() time.Time { return c.Now().UTC().Truncate(time.Microsecond) },
		hasher: newHasher(c.Hashing), guesses: newGuesses(),
	}
	a.Sessions = newSessions(c.Database, a.now)
	var err error
	if a.keys, err = loadKeys(ctx, c.Database); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return a, nil
}

// Run writes down every minute when keys were used and forgets sessions and links
// that are over, until the context ends; then once more.
func (a *Access) Run(ctx context.Context, log *slog.Logger) error {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return a.tidy(last)
		case <-every.C:
			if err := a.tidy(ctx); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "tidy up access", "error", err)
			}
		}
	}
}

func (a *Access) tidy(ctx context.Context) error {
	a.guesses.forget(a.now())
	return errors.Join(a.keys.flush(ctx, a.db), a.Sessions.store.forget(ctx), a.forgetLinks(ctx))
}

// secretBytes is the size of keys and one-time tokens: 256 bits, which nobody
// guesses, so that a fast hash is enough to store them.
const secretBytes = 32

func newSecret(prefix string) string {
	raw := make([]byte, secretBytes)
	rand.Read(raw) // never fails (crypto/rand since Go 1.24)
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}

func newID() string { return rand.Text()[:16] } // 80 random bits

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// invalid makes one fault of a form's fields, or nil.
func invalid(details []fault.Detail) error { return fault.Many("access.form", details) }
