package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"beichen/internal/fault"
)

// invitationLifetime is how long a member's link can be used.
const invitationLifetime = 7 * 24 * time.Hour

// SetUp is the form behind a one-time link: for the first admin all of it, for
// an invited member token, name and password.
type SetUp struct {
	Token         string `json:"token"`
	Email         string `json:"email,omitempty"`
	Name          string `json:"name"`
	Password      string `json:"password"`
	WorkspaceName string `json:"workspaceName,omitempty"`
	Timezone      string `json:"timezone,omitempty"`
	Locale        string `json:"locale,omitempty"`
}

// NewMember is somebody to invite.
type NewMember struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  Role   `json:"role"`
}

// NeedsSetUp reports whether there is no member yet.
func (a *Access) NeedsSetUp(ctx context.Context) (bool, error) {
	var members int
	if err := a.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM members`).Scan(&members); err != nil {
		return false, fmt.Errorf("count members: %w", err)
	}
	return members == 0, nil
}

// SetUpToken makes the token of a link with which the first admin sets the
// workspace up. It holds until somebody did so.
func (a *Access) SetUpToken(ctx context.Context) (string, error) {
	return a.newLink(ctx, a.db.Write(), "", 0)
}

// SetUp makes the first admin and the workspace's settings. The token, and every
// other set-up token, is used up by it.
func (a *Access) SetUp(ctx context.Context, s SetUp) (Member, error) {
	if err := a.setUpLink(ctx, a.db.Read(), s.Token); err != nil {
		return Member{}, err
	}
	workspace := defaultWorkspace()
	workspace.Name = strings.TrimSpace(s.WorkspaceName)
	if s.Timezone != "" {
		workspace.Timezone = s.Timezone
	}
	if s.Locale != "" {
		workspace.Locale = s.Locale
	}
	return a.found(ctx, s, workspace, func(tx *sql.Tx) error { return a.setUpLink(ctx, tx, s.Token) })
}

// found makes the first admin, if allow says so and there is none yet.
func (a *Access) found(ctx context.Context, s SetUp, w Workspace, allow func(*sql.Tx) error) (Member, error) {
	email, faults := normalEmail("email", s.Email)
	m := Member{ID: newID(), Email: email, Name: strings.TrimSpace(s.Name), Role: Admin, CreatedAt: a.now(), Status: Active}
	if m.Name == "" {
		faults = append(faults, fault.At("name", 0, "access.empty"))
	}
	faults = append(faults, checkPassword("password", s.Password, email)...)
	for _, f := range w.faults() {
		if f.Path == "name" {
			f.Path = "workspaceName"
		}
		faults = append(faults, f)
	}
	if err := invalid(faults); err != nil {
		return Member{}, err
	}
	var err error
	if m.password, err = a.hasher.hash(ctx, s.Password); err != nil {
		return Member{}, err
	}
	err = a.db.Update(ctx, func(tx *sql.Tx) error {
		if err := allow(tx); err != nil {
			return err
		}
		var members int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM members`).Scan(&members); err != nil {
			return err
		}
		if members > 0 {
			return fault.New(fault.Conflict, "access.is-set-up")
		}
		if err := putMember(ctx, tx, m); err != nil {
			return err
		}
		if err := putWorkspace(ctx, tx, w); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE member_id = ''`); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Member: m.Name, Action: "workspace.set-up", Subject: w.Name})
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// Invite adds a member and gives the token of the link with which they choose a
// password, within seven days.
func (a *Access) Invite(ctx context.Context, n NewMember) (Member, string, error) {
	email, faults := normalEmail("email", n.Email)
	m := Member{ID: newID(), Email: email, Name: strings.TrimSpace(n.Name), Role: n.Role, CreatedAt: a.now(), Status: Invited}
	if m.Name == "" {
		m.Name, _, _ = strings.Cut(email, "@")
	}
	if err := invalid(append(faults, oneOf("role", string(n.Role), roles())...)); err != nil {
		return Member{}, "", err
	}
	var token string
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := a.find(ctx, tx, "email", email)
		if err == nil {
			return fault.New(fault.Conflict, "access.email-taken", "email", email)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := putMember(ctx, tx, m); err != nil {
			return err
		}
		if token, err = a.newLink(ctx, tx, m.ID, invitationLifetime); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Action: "member.invited", Subject: email, Detail: map[string]any{"role": m.Role}})
	})
	if err != nil {
		return Member{}, "", err
	}
	return m, token, nil
}

// InviteAgain gives a member a new link: for one whose invitation ran out, or who
// forgot the password. Earlier links stop working, the old password does not
// until a new one is chosen.
func (a *Access) InviteAgain(ctx context.Context, id string) (Member, string, error) {
	var m Member
	var token string
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		var err error
		if m, err = a.find(ctx, tx, "id", id); err != nil {
			return notFound(err, id)
		}
		if m.Status == Disabled {
			return fault.New(fault.Conflict, "access.disabled", "name", m.Name)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE member_id = $1`, id); err != nil {
			return err
		}
		if token, err = a.newLink(ctx, tx, id, invitationLifetime); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Action: "member.invited", Subject: m.Email, Detail: map[string]any{"again": true}})
	})
	if err != nil {
		return Member{}, "", err
	}
	return m, token, nil
}

// Invitation is the member a link is for, so that the form can greet them.
func (a *Access) Invitation(ctx context.Context, token string) (Member, error) {
	return a.invited(ctx, a.db.Read(), token)
}

// Accept sets an invited member's name and password, and ends the link and
// sessions that the member had.
func (a *Access) Accept(ctx context.Context, s SetUp) (Member, error) {
	m, err := a.Invitation(ctx, s.Token)
	if err != nil {
		return Member{}, err
	}
	if err := invalid(checkPassword("password", s.Password, m.Email)); err != nil {
		return Member{}, err
	}
	phc, err := a.hasher.hash(ctx, s.Password)
	if err != nil {
		return Member{}, err
	}
	err = a.db.Update(ctx, func(tx *sql.Tx) error {
		if m, err = a.invited(ctx, tx, s.Token); err != nil {
			return err
		}
		m.password, m.Status = phc, Active
		m.signOuts++
		if name := strings.TrimSpace(s.Name); name != "" {
			m.Name = name
		}
		if err := putMember(ctx, tx, m); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM links WHERE member_id = $1`, m.ID); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Member: m.Name, Action: "member.joined", Subject: m.Email})
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

func (a *Access) invited(ctx context.Context, db querier, token string) (Member, error) {
	id, err := a.link(ctx, db, token)
	if err != nil {
		return Member{}, err
	}
	m, err := a.find(ctx, db, "id", id) // a set-up link has no member
	if errors.Is(err, sql.ErrNoRows) || err == nil && m.Status == Disabled {
		return Member{}, wrongLink()
	}
	return m, err
}

// setUpLink is nil if the token is one for the set-up.
func (a *Access) setUpLink(ctx context.Context, db querier, token string) error {
	member, err := a.link(ctx, db, token)
	if err == nil && member != "" {
		return wrongLink()
	}
	return err
}

func (a *Access) newLink(ctx context.Context, db execer, member string, lifetime time.Duration) (string, error) {
	token := newSecret("")
	expires := int64(0)
	if lifetime > 0 {
		expires = a.now().Add(lifetime).UnixMicro()
	}
	_, err := db.ExecContext(ctx, `INSERT INTO links (token_hash, member_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
		hashSecret(token), member, a.now().UnixMicro(), expires)
	if err != nil {
		return "", fmt.Errorf("make a one-time link: %w", err)
	}
	return token, nil
}

// link gives the id of the member a token is for, empty for the set-up. The
// error is access.link if it does not hold.
func (a *Access) link(ctx context.Context, db querier, token string) (member string, err error) {
	err = db.QueryRowContext(ctx, `SELECT member_id FROM links WHERE token_hash = $1 AND (expires_at = 0 OR expires_at > $2)`,
		hashSecret(token), a.now().UnixMicro()).Scan(&member)
	if errors.Is(err, sql.ErrNoRows) {
		return "", wrongLink()
	}
	if err != nil {
		return "", fmt.Errorf("look up a one-time link: %w", err)
	}
	return member, nil
}

// forgetLinks removes links that ran out.
func (a *Access) forgetLinks(ctx context.Context) error {
	_, err := a.db.Write().ExecContext(ctx, `DELETE FROM links WHERE expires_at > 0 AND expires_at <= $1`, a.now().UnixMicro())
	return err
}

func wrongLink() error { return fault.New(fault.NotFound, "access.link") }
