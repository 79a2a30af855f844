package access

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"

	"github.com/google/go-cmp/cmp"
)

// TestMain runs all tests over SQLite, and again over Postgres.
func TestMain(m *testing.M) {
	os.Exit(postgrestest.Run(func() int {
		code := 0
		for name, address := range map[string]func(testing.TB) string{
			"SQLite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "ledger.sqlite") },
			"Postgres": func(t testing.TB) string { return postgrestest.Database(t) },
		} {
			fmt.Println("over", name)
			emptyLedger = address
			code = max(code, m.Run())
		}
		return code
	}))
}

// emptyLedger gives the address of a database for a test.
var emptyLedger func(testing.TB) string

// door is access on a real database, with a clock that a test moves and hashes that
// cost next to nothing.
type door struct {
	*Access
	db    *sqlstore.DB
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func open(t testing.TB) *door {
	t.Helper()
	db := openDatabase(t, emptyLedger(t))
	// The session library asks the wall clock, so the tests' clock starts there.
	c := &clock{now: time.Now()}
	return &door{Access: reopen(t, db, c), db: db, clock: c}
}

func openDatabase(t testing.TB, address string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func reopen(t testing.TB, db *sqlstore.DB, c *clock) *Access {
	t.Helper()
	a, err := Open(context.Background(), Config{Database: db, Now: c.Now, Hashing: Argon2id{MemoryKiB: 8, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const password = "correct horse"

// founded is a door with its first admin, and the context of that admin.
func founded(t testing.TB) (*door, Member, context.Context) {
	t.Helper()
	d := open(t)
	token, err := d.SetUpToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.SetUp(context.Background(), SetUp{Token: token, Email: "Ada@Tea.example", Name: "Ada", Password: password, WorkspaceName: "Tea", Timezone: "Asia/Taipei"})
	if err != nil {
		t.Fatal(err)
	}
	return d, m, WithCaller(context.Background(), m.Caller())
}

// joined invites a member who accepts.
func (d *door) joined(t testing.TB, ctx context.Context, email string, role Role) Member {
	t.Helper()
	_, token, err := d.Invite(ctx, NewMember{Email: email, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.Accept(context.Background(), SetUp{Token: token, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantFault(t testing.TB, err error, kind fault.Kind, key string) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want a fault %s %s", err, kind, key)
	}
	return f
}

func paths(f *fault.Error) []string {
	var all []string
	for _, d := range f.Faults {
		all = append(all, d.Path)
	}
	return all
}

func TestSignInWorksAsHardForWhoIsUnknown(t *testing.T) {
	d, _, admin := founded(t)
	ctx := context.Background()
	invited, _, err := d.Invite(admin, NewMember{Email: "invited@tea.example", Role: Viewer})
	if err != nil || invited.Status != Invited {
		t.Fatal(err)
	}
	derive, calls := d.hasher.derive, 0
	d.hasher.derive = func(p, s []byte, time, memory uint32, threads uint8, size uint32) []byte {
		calls++
		if memory != d.hasher.cost.MemoryKiB || time != d.hasher.cost.Passes || len(s) != saltBytes {
			t.Errorf("derived with another cost: %d KiB, %d passes", memory, time)
		}
		return derive(p, s, time, memory, threads, size)
	}
	for _, email := range []string{"ada@tea.example", "nobody@tea.example", "invited@tea.example", "no e-mail"} {
		calls = 0
		_, err := d.SignIn(ctx, email, "wrong password", "::1")
		wantFault(t, err, fault.Denied, "access.wrong")
		if calls != 1 {
			t.Errorf("%s: %d derivations", email, calls)
		}
	}
}

func TestTriesToSignInAreBoundedByEmailAndByAddress(t *testing.T) {
	d, _, _ := founded(t)
	ctx := context.Background()
	for range emailBurst {
		_, err := d.SignIn(ctx, "ada@tea.example", "wrong", "192.0.2.1")
		wantFault(t, err, fault.Denied, "access.wrong")
	}
	_, err := d.SignIn(ctx, "ada@tea.example", password, "192.0.2.2") // also from elsewhere, also the right one
	f := wantFault(t, err, fault.Limited, "access.too-many")
	seconds, ok := f.Args["seconds"].(int)
	if !ok || seconds < 1 || seconds > int(emailEvery/time.Second) {
		t.Fatalf("wait %v seconds", f.Args["seconds"])
	}
	for i := range addressBurst {
		_, err := d.SignIn(ctx, string(rune('a'+i))+"@other.example", "wrong", "192.0.2.9")
		wantFault(t, err, fault.Denied, "access.wrong")
	}
	_, err = d.SignIn(ctx, "fresh@other.example", "wrong", "192.0.2.9")
	wantFault(t, err, fault.Limited, "access.too-many")

	d.clock.pass(time.Duration(seconds) * time.Second)
	if _, err = d.SignIn(ctx, "ada@tea.example", password, "192.0.2.2"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	for range emailBurst { // being right made all tries free again
		_, err := d.SignIn(ctx, "ada@tea.example", "wrong", "192.0.2.3")
		wantFault(t, err, fault.Denied, "access.wrong")
	}
	d.clock.pass(time.Hour)
	if err := d.tidy(ctx); err != nil || len(d.guesses.emails)+len(d.guesses.addresses) != 0 {
		t.Errorf("%d e-mails and %d addresses are remembered, %v", len(d.guesses.emails), len(d.guesses.addresses), err)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	d, ada, admin := founded(t)
	viewer, yes := Viewer, true
	for name, change := range map[string]MemberChange{"demoted": {Role: &viewer}, "disabled": {Disabled: &yes}} {
		_, err := d.ChangeMember(admin, ada.ID, change)
		if f := wantFault(t, err, fault.Conflict, "access.last-admin"); f == nil {
			t.Error(name)
		}
	}
	if _, _, err := d.Invite(admin, NewMember{Email: "not.yet@tea.example", Role: Admin}); err != nil {
		t.Fatal(err)
	}
	_, err := d.ChangeMember(admin, ada.ID, MemberChange{Role: &viewer}) // somebody who has not come yet does not count
	wantFault(t, err, fault.Conflict, "access.last-admin")
	if m, err := d.Member(admin, ada.ID); err != nil || m.Role != Admin || m.Status != Active {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestTwoAdminsWhoDemoteEachOtherLeaveOne(t *testing.T) {
	for range 10 {
		d, ada, admin := founded(t)
		grace := d.joined(t, admin, "grace@tea.example", Admin)
		viewer := Viewer
		errs := make([]error, 2)
		var wait sync.WaitGroup
		wait.Go(func() { _, errs[0] = d.ChangeMember(admin, grace.ID, MemberChange{Role: &viewer}) })
		wait.Go(func() {
			_, errs[1] = d.ChangeMember(WithCaller(context.Background(), grace.Caller()), ada.ID, MemberChange{Role: &viewer})
		})
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both ended alike: %v, %v", errs[0], errs[1])
		}
	}
}

func TestMembersChangeThemselvesAndAdminsTheOthers(t *testing.T) {
	d, ada, admin := founded(t)
	grace := d.joined(t, admin, "grace@tea.example", Editor)
	asGrace := WithCaller(context.Background(), grace.Caller())
	asKey := WithCaller(context.Background(), Caller{ID: grace.ID, Name: "k", IsKey: true, Scopes: []string{ScopeWrite}})
	name, locale, role, no, secret := "Grace Hopper", "en", Admin, false, "another horse"
	for _, c := range []struct {
		rule    string
		ctx     context.Context
		id      string
		change  MemberChange
		allowed bool
	}{
		{"own name and language", asGrace, grace.ID, MemberChange{Name: &name, Locale: &locale}, true},
		{"own role", asGrace, grace.ID, MemberChange{Role: &role}, false},
		{"own status", asGrace, grace.ID, MemberChange{Disabled: &no}, false},
		{"another's name", asGrace, ada.ID, MemberChange{Name: &name}, false},
		{"another's name, by an admin", admin, grace.ID, MemberChange{Name: &name}, true},
		{"another's password, by an admin", admin, grace.ID, MemberChange{Password: &secret, OldPassword: password}, false},
		{"a key is nobody", asKey, grace.ID, MemberChange{Name: &name}, false},
		{"a stranger", context.Background(), grace.ID, MemberChange{Name: &name}, false},
	} {
		_, err := d.ChangeMember(c.ctx, c.id, c.change)
		if (err == nil) != c.allowed || err != nil && !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", c.rule, err)
		}
	}
	bad, empty := Role("boss"), " "
	_, err := d.ChangeMember(admin, grace.ID, MemberChange{Role: &bad, Name: &empty})
	if diff := cmp.Diff([]string{"name", "role"}, paths(wantFault(t, err, fault.Invalid, "access.form"))); diff != "" {
		t.Error(diff)
	}
	_, err = d.ChangeMember(admin, "nobody", MemberChange{Name: &name})
	wantFault(t, err, fault.NotFound, "access.no-member")
}

func TestRolesAndScopesMayWhatTheyShould(t *testing.T) {
	all := []Permission{Read, ReadPersonal, Edit, Approve, Administer}
	for _, c := range []struct {
		caller Caller
		want   []Permission
	}{
		{Caller{Role: Viewer}, []Permission{Read}},
		{Caller{Role: Editor}, []Permission{Read, ReadPersonal, Edit, Approve}},
		{Caller{Role: Admin}, all},
		{Caller{IsKey: true, Role: Admin}, nil},
		{Caller{IsKey: true, Scopes: []string{ScopeMeasure}}, []Permission{Read}},
		{Caller{IsKey: true, Scopes: []string{ScopeRead}}, []Permission{Read, ReadPersonal}},
		{Caller{IsKey: true, Scopes: []string{ScopeMeasure, ScopeRead}}, []Permission{Read, ReadPersonal}},
		{Caller{IsKey: true, Scopes: []string{ScopeWrite}}, []Permission{Read, ReadPersonal, Edit, Approve}},
		{Caller{IsKey: true, Scopes: []string{ScopeAdmin}}, all},
		{Caller{IsKey: true, Scopes: []string{ScopeCapture, ScopeImport}}, nil},
	} {
		var got []Permission
		for _, p := range all {
			err := Allow(WithCaller(context.Background(), c.caller), p)
			if err == nil {
				got = append(got, p)
			} else {
				wantFault(t, err, fault.Denied, "access.forbidden")
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v: %s", c.caller, diff)
		}
	}
	wantFault(t, Allow(context.Background(), Read), fault.Denied, "access.sign-in")
	if err := Allow(context.Background(), Nothing); err != nil {
		t.Error(err)
	}
}

func TestEverythingThatConcernsAccessIsAudited(t *testing.T) {
	d, _, admin := founded(t)
	ctx := context.Background()
	grace := d.joined(t, admin, "grace@tea.example", Viewer)
	d.SignIn(ctx, "ada@tea.example", "wrong", "192.0.2.1")
	d.SignIn(ctx, "ada@tea.example", password, "192.0.2.1")
	editor := Editor
	d.ChangeMember(admin, grace.ID, MemberChange{Role: &editor})
	k, _, err := d.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	d.RevokeKey(admin, k.ID)
	w, _ := d.Workspace(ctx)
	d.SetWorkspace(admin, w)
	if err := d.Audit(admin, AuditEntry{Action: "identity.merged", Subject: "u1", Detail: map[string]any{"into": "u2"}}); err != nil {
		t.Fatal(err)
	}

	var got []string
	for before := ""; ; {
		page, next, err := d.AuditLog(ctx, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			got = append(got, e.Member+" "+e.Action+" "+e.Subject)
		}
		if before = next; next == "" {
			break
		}
	}
	want := []string{
		"Ada identity.merged u1",
		"Ada workspace.changed Tea",
		"Ada key.revoked site",
		"Ada key.created site",
		"Ada member.changed grace@tea.example",
		"Ada session.started ada@tea.example",
		"ada@tea.example session.failed ada@tea.example",
		"grace member.joined grace@tea.example",
		"Ada member.invited grace@tea.example",
		"Ada workspace.set-up Tea",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	page, _, err := d.AuditLog(ctx, "", 1)
	if err != nil || page[0].Detail["into"] != "u2" || page[0].At.IsZero() {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestSettingsThatCannotBeAreRefused(t *testing.T) {
	d, _, admin := founded(t)
	_, err := d.SetWorkspace(admin, Workspace{Name: " ", Timezone: "Local", Locale: "zh", WeekStart: "someday", GoodColors: "pink"})
	want := []string{"name", "timezone", "locale", "weekStart", "goodColors"}
	if diff := cmp.Diff(want, paths(wantFault(t, err, fault.Invalid, "access.form"))); diff != "" {
		t.Error(diff)
	}
}
