package access

import (
	"context"
	"database/sql"
	"strings"

	"beichen/internal/fault"
)

// Bootstrap is what an automated first start brings instead of a person with a
// set-up link. Empty fields bring nothing.
type Bootstrap struct {
	Admin    string // email:password
	APIKey   string // a secret with all scopes of its kind, as the next one
	WriteKey string
	// Workspace is the settings that come with the admin; zero for the defaults.
	Workspace Workspace
}

// bootstrapName is what keys and authors of a bootstrap are called, and so the
// source of events that its write key brings.
const bootstrapName = "bootstrap"

// Bootstrap makes the first admin, if there is no member yet, and the keys that
// were never there. Doing it at every start is harmless: a member or key that
// was changed or revoked since stays so, and what another node that starts too has
// made is there.
func (a *Access) Bootstrap(ctx context.Context, b Bootstrap) error {
	if b.Admin != "" {
		if err := a.bootstrapAdmin(ctx, b); err != nil {
			return err
		}
	}
	for _, key := range []struct {
		secret string
		kind   KeyKind
	}{{b.APIKey, APIKeys}, {b.WriteKey, WriteKeys}} {
		if err := a.bootstrapKey(ctx, strings.TrimSpace(key.secret), key.kind); err != nil {
			return err
		}
	}
	return nil
}

func (a *Access) bootstrapAdmin(ctx context.Context, b Bootstrap) error {
	needed, err := a.NeedsSetUp(ctx)
	if err != nil || !needed {
		return err
	}
	email, password, found := strings.Cut(b.Admin, ":")
	if !found {
		return fault.New(fault.Invalid, "access.bootstrap-admin")
	}
	name, _, _ := strings.Cut(email, "@")
	w := b.Workspace
	if w == (Workspace{}) {
		w = defaultWorkspace()
		w.Name = "Beichen"
	}
	_, err = a.found(ctx, SetUp{Email: email, Name: name, Password: password}, w, func(*sql.Tx) error { return nil })
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// minBootstrapKey keeps somebody from opening the door with "x".
const minBootstrapKey = 8

func (a *Access) bootstrapKey(ctx context.Context, secret string, kind KeyKind) error {
	if secret == "" {
		return nil
	}
	if len(secret) < minBootstrapKey {
		return fault.New(fault.Invalid, "access.bootstrap-key", "kind", kind, "least", minBootstrapKey)
	}
	all, err := a.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.hash == hashSecret(secret) {
			return a.Refresh(ctx)
		}
	}
	_, err = a.addKey(ctx, NewKey{Name: bootstrapName, Kind: kind, Scopes: scopesOf(kind)}, secret, bootstrapName)
	if fault.Is(err, fault.Conflict) {
		return a.Refresh(ctx)
	}
	return err
}
