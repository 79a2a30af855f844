package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/journey"
)

func TestATimelinePagesThroughEverythingOnceNewestFirst(t *testing.T) {
	c := open(t)
	const events = 2500
	var messages []map[string]any
	for i := range events {
		at := day(1).Add(time.Duration(i/10) * time.Minute) // ten at every instant
		name := "Cup Made"
		if i%50 == 0 {
			name = "Tea Bought"
		}
		messages = append(messages, track("u1", name, at, map[string]any{"n": i}))
	}
	c.send(messages...)
	for _, limit := range []int{7, 100, 999} {
		seen := map[uint64]bool{}
		var last customer.Event
		before := ""
		for {
			var page customer.Page
			c.admin.get(fmt.Sprintf("/api/v1/customers/u1/timeline?limit=%d&before=%s", limit, url.QueryEscape(before)), &page)
			for _, e := range page.Items {
				if seen[e.Seq] {
					t.Fatalf("limit %d: event %d twice", limit, e.Seq)
				}
				if len(seen) > 0 && e.Time.After(last.Time) {
					t.Fatalf("limit %d: %v after %v", limit, e.Time, last.Time)
				}
				seen[e.Seq], last = true, e
			}
			if page.Next == nil {
				break
			}
			if before = *page.Next; len(page.Items) != limit {
				t.Fatalf("a page of %d with more to come", len(page.Items))
			}
		}
		if len(seen) != events {
			t.Errorf("limit %d: %d of %d events", limit, len(seen), events)
		}
	}
	var bought customer.Page
	c.admin.get("/api/v1/customers/u1/timeline?limit=1000&event=Tea+Bought", &bought)
	if len(bought.Items) != events/50 {
		t.Errorf("%d purchases, want %d", len(bought.Items), events/50)
	}
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "GET", "/api/v1/customers/u1/timeline?before=yesterday", nil)
}

func TestATraceMarksTheEventsThatWereCounted(t *testing.T) {
	c := open(t)
	c.send(track("u1", "Signed Up", day(2), nil), track("u1", "Cup Made", day(3), nil), track("u1", "Order Paid", day(4), nil))
	var trace journey.Trace
	c.admin.ok("POST", "/api/v1/measure/trace", map[string]any{"journey": jsonOf(trial), "customer": "u1"}).into(&trace)
	var page customer.Page
	c.admin.get("/api/v1/customers/u1/timeline", &page)
	var counted, onTimeline []uint64
	for _, e := range trace.Events {
		counted = append(counted, e.Seq)
	}
	for _, e := range slices.Backward(page.Items) {
		if e.Name != "Cup Made" {
			onTimeline = append(onTimeline, e.Seq)
		}
	}
	if diff := cmp.Diff(onTimeline, counted); diff != "" || trace.Level != 2 {
		t.Errorf("level %d (-timeline +trace):\n%s", trace.Level, diff)
	}
}

// two people, one of whom was seen as a visitor first.
func (c *company) twoPeople() {
	c.t.Helper()
	visited := track("", "Page Viewed", day(1), nil)
	delete(visited, "userId")
	visited["anonymousId"] = "v1"
	known := identify("ann", map[string]any{"name": "Ann"})
	known["anonymousId"], known["messageId"] = "v1", "who-is-v1"
	c.send(visited, known, track("ann", "Signed Up", day(2), nil), track("ann2", "Order Paid", day(3), nil),
		map[string]any{"type": "group", "userId": "ann2", "groupId": "acme", "timestamp": day(3).Format(time.RFC3339)})
}

type merged struct {
	Before, After []struct {
		ID      string
		IDs     int
		Events  int64
		Account *string
	}
}

// page is what somebody's page says of them.
func (c *client) page(id string) (known customer.Customer) {
	c.t.Helper()
	c.get("/api/v1/customers/"+id, &known)
	return known
}

func TestAMergeDoesWhatItsPreviewSaidAndCanBeTakenBack(t *testing.T) {
	c := open(t)
	c.twoPeople()
	editor := c.member(access.Editor)
	merge := map[string]string{"from": "ann2", "to": "ann", "reason": "the same Ann, says sales"}
	paid := func() (completed int) {
		var a journey.Answer
		editor.ok("POST", "/api/v1/measure", map[string]any{"journey": jsonOf(trial)}).into(&a)
		return *a.Stages[1].Reached
	}
	if n := paid(); n != 0 {
		t.Fatalf("%d paid before the merge", n)
	}

	var preview, done merged
	editor.ok("POST", "/api/v1/identity/preview", merge).into(&preview)
	if len(preview.Before) != 2 || len(preview.After) != 1 || preview.After[0].ID != "ann" || preview.After[0].IDs != 3 ||
		preview.After[0].Events != 3 || *preview.After[0].Account != "acme" {
		t.Errorf("%+v", preview)
	}
	if ann := editor.page("ann"); len(ann.IDs) != 2 || ann.Activity.Events != 2 {
		t.Errorf("a preview changed something: %+v", ann)
	}
	editor.ok("POST", "/api/v1/identity/merge", merge).into(&done)
	if diff := cmp.Diff(preview, done); diff != "" {
		t.Errorf("the merge did otherwise (-preview +merge):\n%s", diff)
	}
	ann := editor.page("ann2")
	if ann.ID != "ann" || len(ann.IDs) != preview.After[0].IDs || ann.Activity.Events != preview.After[0].Events || ann.Account.ID != "acme" {
		t.Errorf("after the merge: %+v", ann)
	}
	if n := paid(); n != 1 {
		t.Errorf("the merge does not act on the past: %d paid", n)
	}

	var alias string
	for _, known := range ann.IDs {
		for _, link := range known.Links {
			if link.How == "alias" {
				alias = link.MessageID
				if link.Source != "editor 1" {
					t.Errorf("%+v does not say who merged", link)
				}
			}
		}
	}
	unlink := map[string]any{"messageId": alias, "reason": "two Anns after all", "preview": true}
	var undo, undone merged
	editor.ok("POST", "/api/v1/identity/unlink", unlink).into(&undo)
	if diff := cmp.Diff(merged{preview.After, preview.Before}, undo); diff != "" {
		t.Errorf("taking back is not the reverse (-want +got):\n%s", diff)
	}
	unlink["preview"] = false
	editor.ok("POST", "/api/v1/identity/unlink", unlink).into(&undone)
	if diff := cmp.Diff(undo, undone); diff != "" {
		t.Errorf("taking back did otherwise (-preview +done):\n%s", diff)
	}
	if ann := editor.page("ann"); len(ann.IDs) != 2 || ann.Activity.Events != 2 || paid() != 0 {
		t.Errorf("the link was not taken back: %+v", ann)
	}
	if got, want := c.audited("identity."), []string{"identity.unlinked " + alias, "identity.merged ann2 → ann"}; !slices.Equal(got, want) {
		t.Errorf("the audit says %q, want %q", got, want)
	}
}

func TestAMergeNeedsTwoPeopleAndAReason(t *testing.T) {
	c := open(t)
	c.twoPeople()
	for _, refusal := range []struct {
		status         int
		key            string
		from, to, text string
	}{
		{http.StatusNotFound, "api.unknown-customer", "nobody", "ann", "r"},
		{http.StatusNotFound, "api.unknown-customer", "ann", "nobody", "r"},
		{http.StatusUnprocessableEntity, "api.same-person", "v1", "ann", "r"},
		{http.StatusUnprocessableEntity, "ledger.reason", "ann2", "ann", " "},
	} {
		c.admin.refused(refusal.status, refusal.key, "POST", "/api/v1/identity/merge",
			map[string]string{"from": refusal.from, "to": refusal.to, "reason": refusal.text})
	}
}

func TestFactsAreListedWithWhatWasSeenOfThem(t *testing.T) {
	c := open(t)
	c.twoPeople()
	var names struct{ Items []struct{ Name, Type string } }
	c.admin.get("/api/v1/events/names", &names)
	if len(names.Items) != 3 {
		t.Errorf("%+v", names)
	}
	var found struct{ Items []customer.Label }
	c.admin.get("/api/v1/customers?search=Ann", &found)
	if len(found.Items) != 2 || found.Items[0].ID != "ann2" || *found.Items[1].Name != "Ann" {
		t.Errorf("%+v", found.Items)
	}
	var accounts struct{ Items []customer.Label }
	c.admin.get("/api/v1/customers?of=account", &accounts)
	if len(accounts.Items) != 1 || accounts.Items[0].ID != "acme" {
		t.Errorf("%+v", accounts.Items)
	}
	var traits struct{ Items []struct{ Key string } }
	c.admin.get("/api/v1/traits", &traits)
	if len(traits.Items) != 1 || traits.Items[0].Key != "traits.name" {
		t.Errorf("%+v", traits.Items)
	}
}
