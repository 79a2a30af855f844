package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"beichen/internal/fault"
)

// Status says whether a member can sign in.
type Status string

// The statuses of a member.
const (
	Active   Status = "active"
	Invited  Status = "invited" // has not chosen a password yet
	Disabled Status = "disabled"
)

// Member is a person of the company who may use the workspace.
type Member struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	Role       Role      `json:"role"`
	Locale     string    `json:"locale,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt,omitzero"` // to the minute
	Status     Status    `json:"status"`

	password string // PHC string
	signOuts int64
}

// Caller is the member as the one who asks.
func (m Member) Caller() Caller { return Caller{ID: m.ID, Name: m.Name, Role: m.Role} }

// Members lists everybody, the oldest first.
func (a *Access) Members(ctx context.Context) ([]Member, error) {
	rows, err := a.db.Read().QueryContext(ctx, selectMembers+` ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	defer rows.Close()
	all := []Member{}
	for rows.Next() {
		m, err := scanMember(rows)
		if err != nil {
			return nil, fmt.Errorf("list members: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// Member gives one member.
func (a *Access) Member(ctx context.Context, id string) (Member, error) {
	m, err := a.find(ctx, a.db.Read(), "id", id)
	return m, notFound(err, id)
}

// Founder is the first active admin, as a caller: who the sample company signs
// in. Nil before there is one.
func (a *Access) Founder(ctx context.Context) (*Caller, error) {
	all, err := a.Members(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Role == Admin && m.Status == Active {
			caller := m.Caller()
			return &caller, a.seenNow(ctx, m)
		}
	}
	return nil, nil
}

// MemberChange is what may change of a member; nil stays as it is.
type MemberChange struct {
	Name        *string `json:"name,omitempty"`
	Role        *Role   `json:"role,omitempty"`
	Locale      *string `json:"locale,omitempty"`
	Disabled    *bool   `json:"disabled,omitempty"`
	Password    *string `json:"password,omitempty"` // one's own, with the old one
	OldPassword string  `json:"oldPassword,omitempty"`
}

// ChangeMember changes a member for the context's caller. Admins change
// everybody's name, role, locale and status; others their own name and locale;
// only oneself one's password, which ends all one's sessions: the request's own
// must Begin again. The last active admin stays an active admin.
func (a *Access) ChangeMember(ctx context.Context, id string, c MemberChange) (Member, error) {
	caller, _ := CallerFrom(ctx)
	own := caller.ID == id && !caller.IsKey
	others := c.Role != nil || c.Disabled != nil || !own
	if others && !caller.May(Administer) || c.Password != nil && !own {
		return Member{}, fault.New(fault.Denied, "access.forbidden", "name", caller.Name)
	}
	if err := invalid(c.faults()); err != nil {
		return Member{}, err
	}
	newPassword, err := a.newPassword(ctx, id, c)
	if err != nil {
		return Member{}, err
	}
	var m Member
	err = a.db.Update(ctx, func(tx *sql.Tx) error {
		if m, err = a.find(ctx, tx, "id", id); err != nil {
			return notFound(err, id)
		}
		detail := m.apply(c, newPassword)
		if err := putMember(ctx, tx, m); err != nil {
			return err
		}
		if err := anAdminIsLeft(ctx, tx); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Action: "member.changed", Subject: m.Email, Detail: detail})
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

func (c MemberChange) faults() []fault.Detail {
	var faults []fault.Detail
	if c.Name != nil && strings.TrimSpace(*c.Name) == "" {
		faults = append(faults, fault.At("name", 0, "access.empty"))
	}
	if c.Role != nil {
		faults = append(faults, oneOf("role", string(*c.Role), roles())...)
	}
	if c.Locale != nil && *c.Locale != "" {
		faults = append(faults, oneOf("locale", *c.Locale, locales())...)
	}
	return faults
}

func roles() []string { return []string{string(Admin), string(Editor), string(Viewer)} }

// newPassword gives the hash of a changed password, empty where none changes.
func (a *Access) newPassword(ctx context.Context, id string, c MemberChange) (string, error) {
	if c.Password == nil {
		return "", nil
	}
	m, err := a.Member(ctx, id)
	if err != nil {
		return "", err
	}
	if err := a.guesses.take(m.Email, m.ID, a.now()); err != nil {
		return "", err // a stolen session is no way to guess the password
	}
	right, err := a.hasher.verify(ctx, c.OldPassword, m.password)
	if err != nil {
		return "", fmt.Errorf("check the old password: %w", err)
	}
	if !right {
		return "", invalid([]fault.Detail{fault.At("oldPassword", 0, "access.old-password")})
	}
	a.guesses.right(m.Email)
	if err := invalid(checkPassword("password", *c.Password, m.Email)); err != nil {
		return "", err
	}
	return a.hasher.hash(ctx, *c.Password)
}

// apply changes a member and tells what changed, for the audit.
func (m *Member) apply(c MemberChange, newPassword string) map[string]any {
	detail := map[string]any{}
	if c.Name != nil {
		m.Name = strings.TrimSpace(*c.Name)
		detail["name"] = m.Name
	}
	if c.Role != nil {
		detail["role"], detail["was"] = *c.Role, m.Role
		m.Role = *c.Role
	}
	if c.Locale != nil {
		m.Locale = *c.Locale
		detail["locale"] = m.Locale
	}
	if c.Disabled != nil {
		detail["disabled"] = *c.Disabled
		if *c.Disabled {
			m.signOuts++
		}
		m.setDisabled(*c.Disabled)
	}
	if newPassword != "" {
		detail["password"] = "changed"
		m.password = newPassword
		m.signOuts++
	}
	return detail
}

func (m *Member) setDisabled(disabled bool) {
	switch {
	case disabled:
		m.Status = Disabled
	case m.password == "":
		m.Status = Invited
	default:
		m.Status = Active
	}
}

// anAdminIsLeft is asked inside the transaction that took one away.
func anAdminIsLeft(ctx context.Context, tx *sql.Tx) error {
	var admins int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM members WHERE role = 'admin' AND disabled = 0 AND password <> ''`).Scan(&admins)
	if err != nil {
		return fmt.Errorf("count admins: %w", err)
	}
	if admins == 0 {
		return fault.New(fault.Conflict, "access.last-admin")
	}
	return nil
}

const selectMembers = `
	SELECT id, email, name, role, locale, password, disabled, sign_outs, created_at, last_seen_at FROM members`

type scanner interface{ Scan(into ...any) error }

func scanMember(row scanner) (Member, error) {
	var m Member
	var disabled bool
	var created, seen int64
	err := row.Scan(&m.ID, &m.Email, &m.Name, &m.Role, &m.Locale, &m.password, &disabled, &m.signOuts, &created, &seen)
	m.CreatedAt, m.LastSeenAt = instant(created), instant(seen)
	m.setDisabled(disabled)
	return m, err
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find gives the member whose column, id or email, has a value; sql.ErrNoRows
// if there is none.
func (a *Access) find(ctx context.Context, db querier, column, value string) (Member, error) {
	m, err := scanMember(db.QueryRowContext(ctx, selectMembers+` WHERE `+column+` = $1`, value))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return m, fmt.Errorf("read a member: %w", err)
	}
	return m, err
}

func notFound(err error, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "access.no-member", "id", id)
	}
	return err
}

func putMember(ctx context.Context, db execer, m Member) error {
	_, err := db.ExecContext(ctx, `
		INSERT INTO members (id, email, name, role, locale, password, disabled, sign_outs, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, locale = excluded.locale,
			password = excluded.password, disabled = excluded.disabled, sign_outs = excluded.sign_outs`,
		m.ID, m.Email, m.Name, string(m.Role), m.Locale, m.password, number(m.Status == Disabled), m.signOuts, m.CreatedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("write a member: %w", err)
	}
	return nil
}

// seenNow notes to the minute that a member is here.
func (a *Access) seenNow(ctx context.Context, m Member) error {
	if a.now().Sub(m.LastSeenAt) < time.Minute {
		return nil
	}
	return a.seen(ctx, m.ID)
}

func (a *Access) seen(ctx context.Context, id string) error {
	_, err := a.db.Write().ExecContext(ctx, `UPDATE members SET last_seen_at = $1 WHERE id = $2`, a.now().UnixMicro(), id)
	return err
}

// normalEmail is the e-mail as it is stored and compared; the fault is empty if
// it is one.
func normalEmail(path, email string) (string, []fault.Detail) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email {
		return email, []fault.Detail{fault.At(path, 0, "access.email", "value", email)}
	}
	return email, nil
}
