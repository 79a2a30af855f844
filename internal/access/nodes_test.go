package access

import (
	"context"
	"sync"
	"testing"
	"time"
)

// nodes are two doors of one workspace, as two nodes have them.
func nodes(t *testing.T) (here, there *door, admin context.Context) {
	t.Helper()
	here, _, admin = founded(t)
	return here, &door{Access: reopen(t, here.db, here.clock), db: here.db, clock: here.clock}, admin
}

func TestAKeyOfAnotherNodeOpensAndClosesHereOnceItIsToldOf(t *testing.T) {
	here, there, admin := nodes(t)
	ctx := context.Background()
	k, secret, err := here.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if source, _, ok := there.WriteKey(ctx, secret); !ok || source != "site" {
		t.Error("a key that was made at another node is not known")
	}
	if err := there.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if used := there.keys.lastUsed(k.hash); !used.Equal(there.now()) {
		t.Errorf("reading the keys again forgets when they were used: %s", used)
	}
	if _, err := here.RevokeKey(admin, k.ID); err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := there.WriteKey(ctx, secret); ok {
		t.Error("a key that was revoked at another node captures")
	}
}

func TestAKeyWasLastUsedWhenAnyNodeSawItLast(t *testing.T) {
	here, there, admin := nodes(t)
	ctx := context.Background()
	_, secret, err := here.CreateKey(admin, NewKey{Name: "site", Kind: WriteKeys, Scopes: []string{ScopeCapture}})
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	here.WriteKey(ctx, secret)
	here.clock.pass(time.Hour)
	there.WriteKey(ctx, secret)
	for _, d := range []*door{there, here} { // the one that saw it first writes last
		if err := d.tidy(ctx); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := reopen(t, here.db, here.clock).Keys(ctx)
	if err != nil || !keys[0].LastUsedAt.Equal(here.now()) {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestASessionThatEndsAtOneNodeIsOverAtAll(t *testing.T) {
	here, there, admin := nodes(t)
	grace := here.joined(t, admin, "grace@tea.example", Viewer)
	b := newBrowser(t, site(t, here))
	elsewhere := &browser{t, b.http, site(t, there).URL} // cookies are for a host, whatever the port
	b.post("/in", "email", "grace@tea.example", "password", password)
	if got := elsewhere.who(); got != "grace" {
		t.Errorf("signed in at another node: %s", got)
	}
	b.post("/out")
	if got := elsewhere.who(); got != "a stranger" {
		t.Errorf("signed out at another node: %s", got)
	}
	b.post("/in", "email", "grace@tea.example", "password", password)
	disabled := true
	if _, err := here.ChangeMember(admin, grace.ID, MemberChange{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	if got := elsewhere.who(); got != "a stranger" {
		t.Errorf("disabled at another node: %s", got)
	}
}

func TestNodesThatStartTogetherBringOneAdminAndOneKeyOfAKind(t *testing.T) {
	for range 3 {
		first := open(t)
		doors := []*Access{first.Access, reopen(t, first.db, first.clock), reopen(t, first.db, first.clock)}
		b := Bootstrap{Admin: "ops@tea.example:a long password", APIKey: "api-key-of-ci", WriteKey: "write-key-of-ci"}
		var starting sync.WaitGroup
		for _, a := range doors {
			starting.Go(func() {
				if err := a.Bootstrap(context.Background(), b); err != nil {
					t.Error(err)
				}
			})
		}
		starting.Wait()
		keys, err := first.Keys(context.Background())
		if err != nil || len(keys) != 2 {
			t.Errorf("%d keys, %v", len(keys), err)
		}
		members, err := first.Members(context.Background())
		if err != nil || len(members) != 1 {
			t.Errorf("%d members, %v", len(members), err)
		}
		for i, a := range doors {
			if _, err := a.APIKey(context.Background(), b.APIKey); err != nil {
				t.Errorf("node %d does not know the key: %v", i, err)
			}
		}
	}
}
