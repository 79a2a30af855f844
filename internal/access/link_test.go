package access

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"beichen/internal/fault"

	"github.com/google/go-cmp/cmp"
)

func TestTheSetUpLinkMakesTheFirstAdminOnce(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	wantFault(t, d.Stranger(ctx), fault.Denied, "access.set-up")
	first, err := d.SetUpToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.SetUpToken(ctx) // a restart prints another link; both hold
	if err != nil {
		t.Fatal(err)
	}
	form := SetUp{Token: first, Email: " Ada@Tea.example ", Name: "Ada", Password: password, WorkspaceName: "Tea", Timezone: "Asia/Taipei", Locale: "zh-Hans"}

	bad := SetUp{Token: first, Email: "nobody", Password: "short", Timezone: "Mars/Base", Locale: "fr"}
	_, err = d.SetUp(ctx, bad)
	if diff := cmp.Diff([]string{"email", "name", "password", "workspaceName", "timezone", "locale"}, paths(wantFault(t, err, fault.Invalid, "access.form"))); diff != "" {
		t.Error(diff)
	}
	wrong := form
	wrong.Token = strings.Repeat("x", len(first))
	_, err = d.SetUp(ctx, wrong)
	wantFault(t, err, fault.NotFound, "access.link")

	d.clock.pass(1000 * 24 * time.Hour) // it holds until used
	m, err := d.SetUp(ctx, form)
	if err != nil {
		t.Fatal(err)
	}
	if m.Email != "ada@tea.example" || m.Role != Admin || m.Status != Active {
		t.Errorf("%+v", m)
	}
	for _, token := range []string{first, second} {
		form.Token = token
		_, err = d.SetUp(ctx, form)
		wantFault(t, err, fault.NotFound, "access.link")
	}
	late, err := d.SetUpToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	form.Token = late
	_, err = d.SetUp(ctx, form)
	wantFault(t, err, fault.Conflict, "access.is-set-up")
	wantFault(t, d.Stranger(ctx), fault.Denied, "access.sign-in")
	want := Workspace{Name: "Tea", Timezone: "Asia/Taipei", Locale: "zh-Hans", WeekStart: "monday", GoodColors: "default", KeepFacts: "forever"}
	if w, err := d.Workspace(ctx); err != nil || w != want {
		t.Errorf("workspace %+v, %v", w, err)
	}
}

func TestOfTwoSetUpsAtOnceOneWins(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	const people = 6
	errs := make([]error, people)
	var wait sync.WaitGroup
	for i := range people {
		token, err := d.SetUpToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			_, errs[i] = d.SetUp(ctx, SetUp{Token: token, Email: string(rune('a'+i)) + "@tea.example", Name: "A", Password: password, WorkspaceName: "Tea"})
		})
	}
	wait.Wait()
	wins := 0
	for _, err := range errs {
		if err == nil {
			wins++
		}
	}
	if members, err := d.Members(ctx); err != nil || wins != 1 || len(members) != 1 {
		t.Errorf("%d set-ups, %d members, %v", wins, len(members), err)
	}
}

func TestAnInvitationIsForOneMemberOnceAndForSevenDays(t *testing.T) {
	d, _, admin := founded(t)
	ctx := context.Background()
	m, token, err := d.Invite(admin, NewMember{Email: "Grace@tea.example", Role: Editor})
	if err != nil {
		t.Fatal(err)
	}
	if m.Status != Invited || m.Name != "grace" {
		t.Errorf("invited %+v", m)
	}
	_, _, err = d.Invite(admin, NewMember{Email: "grace@TEA.example", Role: Editor})
	wantFault(t, err, fault.Conflict, "access.email-taken")
	_, _, err = d.Invite(admin, NewMember{Email: "grace", Role: "boss"})
	wantFault(t, err, fault.Invalid, "access.form")
	_, err = d.SetUp(ctx, SetUp{Token: token, Email: "x@y.zz", Name: "X", Password: password, WorkspaceName: "W"})
	wantFault(t, err, fault.NotFound, "access.link")
	_, err = d.SignIn(ctx, "grace@tea.example", "", "::1")
	wantFault(t, err, fault.Denied, "access.wrong")

	d.clock.pass(invitationLifetime)
	for _, when := range []string{"over", "forgotten"} {
		_, err = d.Accept(ctx, SetUp{Token: token, Password: password})
		if wantFault(t, err, fault.NotFound, "access.link"); d.tidy(ctx) != nil {
			t.Fatal(when)
		}
	}
	var links int
	if err := d.db.Read().QueryRow(`SELECT COUNT(*) FROM links`).Scan(&links); err != nil || links != 0 {
		t.Errorf("%d links are kept, %v", links, err)
	}
	_, newer, err := d.InviteAgain(admin, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if greeted, err := d.Invitation(ctx, newer); err != nil || greeted.Email != "grace@tea.example" {
		t.Errorf("invitation of %+v, %v", greeted, err)
	}
	_, err = d.Accept(ctx, SetUp{Token: newer, Password: "grace@tea.example"})
	wantFault(t, err, fault.Invalid, "access.form")
	if _, err = d.Accept(ctx, SetUp{Token: newer, Name: "Grace", Password: password}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Accept(ctx, SetUp{Token: newer, Password: password})
	wantFault(t, err, fault.NotFound, "access.link")
	if got, err := d.SignIn(ctx, "GRACE@tea.example", password, "::1"); err != nil || got.Name != "Grace" {
		t.Errorf("signed in %+v, %v", got, err)
	}
}
