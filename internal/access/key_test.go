package access

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"beichen/internal/fault"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAKeyOpensWhatItIsForUntilItIsRevoked(t *testing.T) {
	d, _, admin := founded(t)
	ctx := context.Background()
	write, site, err := d.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	api, program, err := d.CreateKey(admin, NewKey{Name: "program", Kind: APIKeys, Scopes: []string{ScopeWrite, ScopeRead, ScopeRead}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(site, "bcw_") || !strings.HasPrefix(program, "bca_") || len(site) != 4+43 || !strings.HasPrefix(site, write.Prefix) || len(write.Prefix) > 8 {
		t.Errorf("secrets %s, %s; prefix %s", site, program, write.Prefix)
	}
	source, scopes, ok := d.WriteKey(ctx, site)
	if !ok || source != "site" || !cmp.Equal(scopes, []string{ScopeCapture}) {
		t.Errorf("write key: %s %v %v", source, scopes, ok)
	}
	caller, err := d.APIKey(ctx, program)
	if err != nil {
		t.Fatal(err)
	}
	want := Caller{ID: api.ID, Name: "program", IsKey: true, Scopes: []string{ScopeRead, ScopeWrite}}
	if diff := cmp.Diff(want, *caller); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"", site, program + "x", program[:len(program)-1], api.Prefix, api.hash} {
		_, err := d.APIKey(ctx, secret)
		wantFault(t, err, fault.Denied, "access.key")
	}
	if _, _, ok := d.WriteKey(ctx, program); ok {
		t.Error("an API key captures")
	}
	if _, _, ok := reopen(t, d.db, d.clock).WriteKey(ctx, site); !ok {
		t.Error("the key is gone after a restart")
	}

	if _, err := d.RevokeKey(admin, write.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := d.WriteKey(ctx, site); ok {
		t.Error("a revoked key captures")
	}
	if _, _, ok := reopen(t, d.db, d.clock).WriteKey(ctx, site); ok {
		t.Error("a revoked key captures after a restart")
	}
	_, err = d.RevokeKey(admin, "nothing")
	wantFault(t, err, fault.NotFound, "access.no-key")
	keys, err := d.Keys(ctx)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, k := range keys {
		if (k.ID == write.ID) == k.RevokedAt.IsZero() || k.CreatedBy != "Ada" {
			t.Errorf("%+v", k)
		}
	}
}

func TestAKeyForNothingIsRefused(t *testing.T) {
	d, _, admin := founded(t)
	for _, c := range []struct {
		key  NewKey
		want []string
	}{
		{NewKey{}, []string{"name", "kind", "scopes"}},
		{NewKey{Name: "a", Kind: WriteKeys, Scopes: []string{ScopeCapture, ScopeAdmin}}, []string{"scopes[1]"}},
		{NewKey{Name: "a", Kind: APIKeys, Scopes: []string{ScopeImport}}, []string{"scopes[0]"}},
	} {
		_, _, err := d.CreateKey(admin, c.key)
		if diff := cmp.Diff(c.want, paths(wantFault(t, err, fault.Invalid, "access.form"))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCaptureAsksForItsKeyWithoutTouchingTheDatabase(t *testing.T) {
	d, _, admin := founded(t)
	ctx := context.Background()
	k, secret, err := d.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	stored := func() int64 {
		var used int64
		if err := d.db.Read().QueryRow(`SELECT last_used_at FROM keys WHERE id = $1`, k.ID).Scan(&used); err != nil {
			t.Fatal(err)
		}
		return used
	}
	d.WriteKey(ctx, secret)
	if used := stored(); used != 0 {
		t.Errorf("written at once: %d", used)
	}
	if keys, err := d.Keys(ctx); err != nil || keys[0].LastUsedAt.IsZero() {
		t.Errorf("the list does not know yet: %+v, %v", keys, err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- d.Run(running, slog.New(slog.DiscardHandler)) }()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if used := stored(); used != d.now().UnixMicro() {
		t.Errorf("not written at the end: %d", used)
	}

	if err := d.db.Close(); err != nil {
		t.Fatal(err)
	}
	if source, _, ok := d.WriteKey(ctx, secret); !ok || source != "site" {
		t.Error("the key is not held in memory")
	}
}

func TestBootstrapMakesAnAdminAndKeysOnce(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	b := Bootstrap{Admin: "ops@tea.example:with:colons in it", APIKey: "api-key-of-ci", WriteKey: "write-key-of-ci"}
	for range 2 {
		if err := d.Bootstrap(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	members, err := d.Members(ctx)
	if err != nil || len(members) != 1 || members[0].Role != Admin {
		t.Fatalf("%+v, %v", members, err)
	}
	if _, err := d.SignIn(ctx, "ops@tea.example", "with:colons in it", "::1"); err != nil {
		t.Error(err)
	}
	caller, err := d.APIKey(ctx, b.APIKey)
	if err != nil || !caller.May(Administer) {
		t.Errorf("%+v, %v", caller, err)
	}
	if source, scopes, ok := d.WriteKey(ctx, b.WriteKey); !ok || source == "" || len(scopes) != 2 {
		t.Errorf("%s %v %v", source, scopes, ok)
	}
	keys, err := d.Keys(ctx)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, k := range keys {
		if _, err := d.RevokeKey(ctx, k.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Bootstrap(ctx, b); err != nil {
		t.Fatal(err)
	}
	if _, err := d.APIKey(ctx, b.APIKey); err == nil {
		t.Error("a restart revived a revoked key")
	}
	founder, err := d.Founder(ctx)
	if err != nil || founder == nil || founder.ID != members[0].ID {
		t.Errorf("founder %+v, %v", founder, err)
	}
}

func TestABootstrapThatCannotBeIsRefused(t *testing.T) {
	for _, c := range []struct {
		b   Bootstrap
		key string
	}{
		{Bootstrap{Admin: "ops@tea.example"}, "access.bootstrap-admin"},
		{Bootstrap{Admin: "ops:with a password"}, "access.form"},
		{Bootstrap{Admin: "ops@tea.example:short"}, "access.form"},
		{Bootstrap{APIKey: "x"}, "access.bootstrap-key"},
		{Bootstrap{WriteKey: "x"}, "access.bootstrap-key"},
	} {
		wantFault(t, open(t).Bootstrap(context.Background(), c.b), fault.Invalid, c.key)
	}
}

func TestAPasswordIsRightExactlyWhenItIsTheSame(t *testing.T) {
	h := newHasher(Argon2id{MemoryKiB: 8, Passes: 1, Lanes: 1})
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		phc, err := h.hash(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		for _, try := range []string{a, b} {
			right, err := h.verify(context.Background(), try, phc)
			if err != nil || right != (normal(try) == normal(a)) {
				t.Fatalf("%q against the hash of %q: %v, %v", try, a, right, err)
			}
		}
	})
}

// The vector is of test.c of the reference implementation (P-H-C/phc-winner-argon2).
func TestAHashOfTheReferenceImplementationIsUnderstood(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := newHasher(OWASP())
	for try, want := range map[string]bool{"password": true, "differentpassword": false} {
		if right, err := h.verify(context.Background(), try, phc); err != nil || right != want {
			t.Errorf("%s: %v, %v", try, right, err)
		}
	}
}

func TestHashesAreOfTheStatedCostInPHCForm(t *testing.T) {
	h := newHasher(OWASP())
	phc, err := h.hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error(phc)
	}
	again, err := h.hash(context.Background(), password)
	if err != nil || phc == again {
		t.Errorf("the same salt twice, %v", err)
	}
	for _, damaged := range []string{"x", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=8,t=0,p=1$AAAA$AAAA", strings.TrimSuffix(phc, phc[len(phc)-3:])} {
		if right, err := h.verify(context.Background(), password, damaged); right || err == nil {
			t.Errorf("%s: %v, %v", damaged, right, err)
		}
	}
	// One password, typed with a composed and a decomposed accent.
	phc, err = h.hash(context.Background(), "caf\u00e9 noir")
	if err != nil {
		t.Fatal(err)
	}
	if right, err := h.verify(context.Background(), "cafe\u0301 noir", phc); !right || err != nil {
		t.Errorf("decomposed: %v, %v", right, err)
	}
}

func TestHashingEndsWithItsRequest(t *testing.T) {
	h := newHasher(Argon2id{MemoryKiB: 8, Passes: 1, Lanes: 1})
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.hash(ctx, password); err == nil {
		t.Error("hashed without a turn")
	}
}

// Every captured event asks for its key: this is what that costs.
func BenchmarkWriteKey(b *testing.B) {
	d, _, admin := founded(b)
	_, secret, err := d.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, ok := d.WriteKey(context.Background(), secret); !ok {
				b.Error("no such key")
			}
		}
	})
}
