package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"beichen/internal/fault"
)

// KeyKind says what a key opens.
type KeyKind string

// The kinds of keys.
const (
	APIKeys   KeyKind = "api"   // the management API
	WriteKeys KeyKind = "write" // capture
)

// Key is what a program signs in with; the secret itself is shown once and kept
// as a hash.
type Key struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"` // of a write key: the source of its events
	Kind       KeyKind   `json:"kind"`
	Scopes     []string  `json:"scopes"`
	Prefix     string    `json:"prefix"` // first characters of the secret, for recognition
	CreatedAt  time.Time `json:"createdAt"`
	CreatedBy  string    `json:"createdBy"`
	LastUsedAt time.Time `json:"lastUsedAt,omitzero"` // to the minute
	RevokedAt  time.Time `json:"revokedAt,omitzero"`

	hash string
}

// NewKey is a key to make.
type NewKey struct {
	Name   string   `json:"name"`
	Kind   KeyKind  `json:"kind"`
	Scopes []string `json:"scopes"`
}

func scopesOf(kind KeyKind) []string {
	if kind == WriteKeys {
		return []string{ScopeCapture, ScopeImport}
	}
	return []string{ScopeMeasure, ScopeRead, ScopeWrite, ScopeAdmin}
}

// CreateKey makes a key and gives its secret, which nobody can see again.
func (a *Access) CreateKey(ctx context.Context, n NewKey) (Key, string, error) {
	if err := invalid(n.faults()); err != nil {
		return Key{}, "", err
	}
	prefix := "bca_"
	if n.Kind == WriteKeys {
		prefix = "bcw_"
	}
	secret := newSecret(prefix)
	caller, _ := CallerFrom(ctx)
	k, err := a.addKey(ctx, n, secret, caller.Name)
	return k, secret, err
}

func (n NewKey) faults() []fault.Detail {
	var faults []fault.Detail
	if strings.TrimSpace(n.Name) == "" {
		faults = append(faults, fault.At("name", 0, "access.empty"))
	}
	faults = append(faults, oneOf("kind", string(n.Kind), []string{string(APIKeys), string(WriteKeys)})...)
	if len(n.Scopes) == 0 {
		faults = append(faults, fault.At("scopes", 0, "access.empty"))
	}
	for i, scope := range n.Scopes {
		faults = append(faults, oneOf(fmt.Sprintf("scopes[%d]", i), scope, scopesOf(n.Kind))...)
	}
	return faults
}

func (a *Access) addKey(ctx context.Context, n NewKey, secret, by string) (Key, error) {
	k := Key{
		ID: newID(), Name: strings.TrimSpace(n.Name), Kind: n.Kind, Scopes: slices.Compact(slices.Sorted(slices.Values(n.Scopes))),
		Prefix: secret[:min(8, len(secret)/2)], CreatedAt: a.now(), CreatedBy: by, hash: hashSecret(secret),
	}
	a.keys.changing.Lock()
	defer a.keys.changing.Unlock()
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO keys (id, name, kind, scopes, prefix, secret_hash, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			k.ID, k.Name, string(k.Kind), strings.Join(k.Scopes, " "), k.Prefix, k.hash, k.CreatedAt.UnixMicro(), k.CreatedBy)
		if err != nil {
			return fmt.Errorf("write a key: %w", err)
		}
		return a.audit(ctx, tx, AuditEntry{Member: by, Action: "key.created", Subject: k.Name,
			Detail: map[string]any{"kind": k.Kind, "scopes": k.Scopes, "prefix": k.Prefix}})
	})
	if err != nil {
		return Key{}, err
	}
	a.keys.hold(k)
	return k, nil
}

// Keys lists all keys, revoked ones too, the newest first.
func (a *Access) Keys(ctx context.Context) ([]Key, error) {
	all, err := listKeys(ctx, a.db)
	for i := range all {
		if used := a.keys.lastUsed(all[i].hash); used.After(all[i].LastUsedAt) {
			all[i].LastUsedAt = used
		}
	}
	return all, err
}

// RevokeKey ends a key at once and for ever.
func (a *Access) RevokeKey(ctx context.Context, id string) (Key, error) {
	all, err := a.Keys(ctx)
	if err != nil {
		return Key{}, err
	}
	i := slices.IndexFunc(all, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, fault.New(fault.NotFound, "access.no-key", "id", id)
	}
	k := all[i]
	if !k.RevokedAt.IsZero() {
		return k, nil
	}
	k.RevokedAt = a.now()
	a.keys.changing.Lock()
	defer a.keys.changing.Unlock()
	err = a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE keys SET revoked_at = $1 WHERE id = $2`, k.RevokedAt.UnixMicro(), id); err != nil {
			return fmt.Errorf("revoke a key: %w", err)
		}
		return a.audit(ctx, tx, AuditEntry{Action: "key.revoked", Subject: k.Name, Detail: map[string]any{"prefix": k.Prefix}})
	})
	if err != nil {
		return Key{}, err
	}
	a.keys.drop(k.hash)
	return k, nil
}

// Refresh reads the keys again: another node may have made or revoked some.
func (a *Access) Refresh(ctx context.Context) error {
	a.keys.changing.Lock()
	defer a.keys.changing.Unlock()
	all, err := listKeys(ctx, a.db)
	if err != nil {
		return err
	}
	a.keys.replace(all)
	return nil
}

// APIKey is the caller of an API key's secret; access.key if it is none.
func (a *Access) APIKey(_ context.Context, secret string) (*Caller, error) {
	k, ok := a.keys.use(secret, APIKeys, a.now())
	if !ok {
		return nil, fault.New(fault.Denied, "access.key")
	}
	return &Caller{ID: k.ID, Name: k.Name, IsKey: true, Scopes: k.Scopes}, nil
}

// WriteKey gives the source that a write key stands for and what it may do:
// capture, import. It touches memory only.
func (a *Access) WriteKey(_ context.Context, secret string) (source string, scopes []string, ok bool) {
	k, ok := a.keys.use(secret, WriteKeys, a.now())
	return k.Name, k.Scopes, ok
}

func listKeys(ctx context.Context, db Database) ([]Key, error) {
	rows, err := db.Read().QueryContext(ctx, `
		SELECT id, name, kind, scopes, prefix, secret_hash, created_at, created_by, last_used_at, revoked_at
		FROM keys ORDER BY created_at DESC, id`)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	defer rows.Close()
	all := []Key{}
	for rows.Next() {
		var k Key
		var scopes string
		var created, used, revoked int64
		if err := rows.Scan(&k.ID, &k.Name, &k.Kind, &scopes, &k.Prefix, &k.hash, &created, &k.CreatedBy, &used, &revoked); err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		k.Scopes = strings.Fields(scopes)
		k.CreatedAt, k.LastUsedAt, k.RevokedAt = instant(created), instant(used), instant(revoked)
		all = append(all, k)
	}
	return all, rows.Err()
}

// keyring holds the keys that are good in memory, by the hash of the secret, for
// every captured event asks for one.
type keyring struct {
	// changing is held while keys change in the database and then here, so that what is
	// read again from there is never older than what is here.
	changing sync.Mutex

	mu   sync.RWMutex
	held map[string]*heldKey
}

type heldKey struct {
	Key
	used    atomic.Int64 // microseconds
	written int64        // the last `used` that the database has; flush alone touches it
}

func loadKeys(ctx context.Context, db Database) (*keyring, error) {
	all, err := listKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	r := &keyring{}
	r.replace(all)
	return r, nil
}

// replace holds the keys of a list that are good, and no others. Those that were held
// before know when they were used.
func (r *keyring) replace(all []Key) {
	good := map[string]*heldKey{}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range all {
		if !k.RevokedAt.IsZero() {
			continue
		}
		if h, known := r.held[k.hash]; known {
			good[k.hash] = h
		} else {
			good[k.hash] = newHeldKey(k)
		}
	}
	r.held = good
}

func newHeldKey(k Key) *heldKey {
	h := &heldKey{Key: k}
	if !k.LastUsedAt.IsZero() {
		h.written = k.LastUsedAt.UnixMicro()
		h.used.Store(h.written)
	}
	return h
}

func (r *keyring) hold(k Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[k.hash] = newHeldKey(k)
}

func (r *keyring) drop(hash string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.held, hash)
}

// use looks a secret up by its hash, so that the time it takes says nothing
// about the secret.
func (r *keyring) use(secret string, kind KeyKind, now time.Time) (Key, bool) {
	r.mu.RLock()
	h, known := r.held[hashSecret(secret)]
	r.mu.RUnlock()
	if !known || h.Kind != kind {
		return Key{}, false
	}
	h.used.Store(now.UnixMicro())
	return h.Key, true
}

func (r *keyring) lastUsed(hash string) time.Time {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if h, known := r.held[hash]; known {
		return instant(h.used.Load())
	}
	return time.Time{}
}

// flush writes down when keys were used since the last time, unless another node saw
// them used later.
func (r *keyring) flush(ctx context.Context, db Database) error {
	r.mu.RLock()
	var changed []*heldKey
	for _, h := range r.held {
		if h.used.Load() != h.written {
			changed = append(changed, h)
		}
	}
	r.mu.RUnlock()
	var errs []error
	for _, h := range changed {
		used := h.used.Load()
		if _, err := db.Write().ExecContext(ctx, `UPDATE keys SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1`, used, h.ID); err != nil {
			errs = append(errs, fmt.Errorf("write when a key was used: %w", err))
			continue
		}
		h.written = used
	}
	return errors.Join(errs...)
}
