package access

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// CookieName is the name of the session's cookie.
const CookieName = "beichen_session"

// sessionLifetime is how long a browser stays signed in.
const sessionLifetime = 30 * 24 * time.Hour

// What a session remembers.
const (
	sessionMember   = "member"
	sessionSignOuts = "signOuts" // the member's sign_outs when it began
)

// Sessions loads and saves the session of a request. The cookie is HttpOnly,
// SameSite=Lax, and Secure where the request came by https, here or at the proxy
// before us.
type Sessions struct {
	*scs.SessionManager
	secure *scs.SessionManager
	store  *sessionStore
}

func newSessions(db Database, now func() time.Time) *Sessions {
	store := &sessionStore{db: db, now: now}
	m := scs.New()
	m.Store = store
	m.HashTokenInStore = true // the store sees SHA-256 of the token only
	m.Lifetime = sessionLifetime
	m.Cookie.Name = CookieName
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	m.Cookie.Persist = true
	secure := *m // shares the store and the place in the context
	secure.Cookie.Secure = true
	return &Sessions{SessionManager: m, secure: &secure, store: store}
}

// LoadAndSave is the middleware that SignedIn, Begin and End need. failed answers where
// a session cannot be read or written.
func (s *Sessions) LoadAndSave(next http.Handler, failed func(http.ResponseWriter, *http.Request, error)) http.Handler {
	one, other := *s.SessionManager, *s.secure // they share the store and the place in the context
	one.ErrorFunc, other.ErrorFunc = failed, failed
	plain, secure := one.LoadAndSave(next), other.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			secure.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}

// Begin signs a member in on the request's session, under a new token.
func (a *Access) Begin(ctx context.Context, m Member) error {
	if err := a.Sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	a.Sessions.Put(ctx, sessionMember, m.ID)
	a.Sessions.Put(ctx, sessionSignOuts, m.signOuts)
	return nil
}

// End signs the request's session out.
func (a *Access) End(ctx context.Context) error {
	if err := a.Sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if c, known := CallerFrom(ctx); known && !c.IsKey {
		return a.Audit(ctx, AuditEntry{Action: "session.ended", Subject: c.Name})
	}
	return nil
}

// SignedIn is the member of the request's session, nil for a stranger. Members
// that were disabled, and sessions from before their member's password changed,
// are strangers at once.
func (a *Access) SignedIn(ctx context.Context) (*Caller, error) {
	id := a.Sessions.GetString(ctx, sessionMember)
	if id == "" {
		return nil, nil
	}
	m, err := a.find(ctx, a.db.Read(), "id", id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Status != Active || a.Sessions.Get(ctx, sessionSignOuts) != m.signOuts {
		return nil, nil
	}
	caller := m.Caller()
	return &caller, a.seenNow(ctx, m)
}

// sessionStore is an scs.CtxStore in SQL.
type sessionStore struct {
	db  Database
	now func() time.Time
}

var _ scs.CtxStore = (*sessionStore)(nil)

// FindCtx gives a session that is not over.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var text string
	err := s.db.Read().QueryRowContext(ctx, `SELECT data FROM sessions WHERE token_hash = $1 AND expires_at > $2`,
		token, s.now().UnixMicro()).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	return data, err == nil, err
}

// CommitCtx adds or replaces a session.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, err := s.db.Write().ExecContext(ctx, `
		INSERT INTO sessions (token_hash, data, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
		token, base64.StdEncoding.EncodeToString(data), expiry.UnixMicro())
	return err
}

// DeleteCtx ends a session; one that is not there is ended already.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.Write().ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, token)
	return err
}

// Find, Commit and Delete are for callers without a context.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *sessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// forget removes sessions that are over.
func (s *sessionStore) forget(ctx context.Context) error {
	_, err := s.db.Write().ExecContext(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, s.now().UnixMicro())
	return err
}
