package app_test

import (
	"testing"

	"beichen/internal/access"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// TestANodeGoesOnWhenANewerProgramHasAddedToTheLedger is what an upgrade of one node
// after the other needs (docs/operator/upgrading.md): whoever runs goes on, hears and is
// heard, while the tables have what it knows nothing of.
func TestANodeGoesOnWhenANewerProgramHasAddedToTheLedger(t *testing.T) {
	address := postgrestest.Database(t)
	one, here := node(t, address)
	two, _ := node(t, address)
	draw(t, one.Workspace, 0, "Ada")
	here.until(of("definition"))

	newer, err := sqlstore.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer newer.Close()
	for _, statement := range []string{
		`CREATE TABLE newer (id TEXT PRIMARY KEY)`,
		`ALTER TABLE revisions ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE approvals ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE workspace ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE members ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE links ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE sessions ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE keys ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
		`ALTER TABLE audit ADD COLUMN newer TEXT NOT NULL DEFAULT 'unknown'`,
	} {
		if _, err := newer.Write().ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}

	draw(t, two.Workspace, 1, "Grace")
	if n := here.until(of("definition")); n.Version != 2 || n.Author != "Grace" {
		t.Errorf("%+v", n)
	}
	caller := access.WithCaller(t.Context(), access.Caller{Name: "Ada", Role: access.Admin})
	k, secret, err := two.Access.CreateKey(caller, access.NewKey{Name: "site", Kind: access.WriteKeys, Scopes: []string{access.ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	here.until(of("access"))
	if _, _, known := one.Access.WriteKey(t.Context(), secret); !known {
		t.Error("a key that the other node has made is not known here")
	}
	if _, err := one.Access.RevokeKey(caller, k.ID); err != nil {
		t.Error(err)
	}
	_, token, err := one.Access.Invite(caller, access.NewMember{Email: "lin@tea.example", Name: "Lin", Role: access.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	m, err := two.Access.Accept(t.Context(), access.SetUp{Token: token, Name: "Lin", Password: "a password of some length"})
	if err != nil || m.Email != "lin@tea.example" {
		t.Errorf("%+v, %v", m, err)
	}
}
