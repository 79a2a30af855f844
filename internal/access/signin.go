package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"beichen/internal/fault"
)

// SignIn gives the member of an e-mail and its password. address is where the
// request came from. A wrong password, an unknown e-mail, an invited and a
// disabled member are all Denied with access.wrong, after the same work; too many
// tries are Limited, with `seconds` to wait. Begin then makes it a session.
func (a *Access) SignIn(ctx context.Context, email, password, address string) (Member, error) {
	email, _ = normalEmail("email", email)
	if err := a.guesses.take(email, address, a.now()); err != nil {
		return Member{}, err
	}
	m, err := a.find(ctx, a.db.Read(), "email", email)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Member{}, err
	}
	if len(password) > maxPassword {
		password = "" // nobody has it; do not hash a megabyte
	}
	right, err := a.hasher.verify(ctx, password, m.password)
	if err != nil {
		return Member{}, fmt.Errorf("check a password: %w", err)
	}
	if !right || m.Status != Active {
		entry := AuditEntry{Member: email, Action: "session.failed", Subject: email, Detail: map[string]any{"address": address}}
		if err := a.Audit(ctx, entry); err != nil {
			return Member{}, err
		}
		return Member{}, fault.New(fault.Denied, "access.wrong")
	}
	a.guesses.right(email)
	if err := a.seen(ctx, m.ID); err != nil {
		return Member{}, err
	}
	m.LastSeenAt = a.now()
	return m, a.Audit(ctx, AuditEntry{Member: m.Name, Action: "session.started", Subject: email, Detail: map[string]any{"address": address}})
}

// Stranger says what somebody who is not signed in is to do: access.set-up while
// there is nobody yet, otherwise access.sign-in.
func (a *Access) Stranger(ctx context.Context) error {
	needed, err := a.NeedsSetUp(ctx)
	switch {
	case err != nil:
		return err
	case needed:
		return fault.New(fault.Denied, "access.set-up")
	}
	return fault.New(fault.Denied, "access.sign-in")
}
