package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"beichen/internal/access"
)

func jsonOf(text string) json.RawMessage { return json.RawMessage(text) }

// audited lists actions of an area with their subjects, the newest first.
func (c *company) audited(area string) []string {
	c.t.Helper()
	var log struct{ Items []access.AuditEntry }
	c.admin.get("/api/v1/audit?limit=500", &log)
	var found []string
	for _, e := range log.Items {
		if strings.HasPrefix(e.Action, area) {
			found = append(found, strings.TrimSpace(e.Action+" "+e.Subject))
		}
	}
	return found
}

type entry struct {
	ID, Reason, Title, Status, ResolvedBy string
	Raw                                   map[string]any
}

type quarantine struct {
	Items   []entry
	Total   int
	Reasons []struct {
		Reason, Title string
		Count         int
	}
}

func (c *client) quarantine(query string, headers ...header) (q quarantine) {
	c.t.Helper()
	c.ok("GET", "/api/v1/quarantine"+query, nil, headers...).into(&q)
	return q
}

// broken sends three messages that cannot be taken, for two reasons.
func (c *company) broken() {
	c.t.Helper()
	nobody := track("", "Signed Up", day(2), nil)
	delete(nobody, "userId")
	nameless := track("u1", "", day(2), nil)
	delete(nameless, "event")
	alsoNobody := track("", "Order Paid", day(3), nil)
	delete(alsoNobody, "userId")
	c.send(nobody, nameless, alsoNobody)
}

func TestWhatCannotBeTakenIsListedWithItsReasonInTheReadersLanguage(t *testing.T) {
	c := open(t)
	c.broken()
	titles := map[string]bool{}
	for _, language := range []string{"en", "zh-Hant", "zh-Hans"} {
		q := c.admin.quarantine("", header{"Accept-Language", language})
		if q.Total != 3 || len(q.Items) != 3 || len(q.Reasons) != 2 || q.Reasons[0].Count != 2 {
			t.Fatalf("%+v", q)
		}
		titles[q.Reasons[0].Title] = true
	}
	if len(titles) != 3 {
		t.Errorf("the reason in three languages: %v", titles)
	}
	reason := c.admin.quarantine("").Reasons[0].Reason
	if q := c.admin.quarantine("?reason=" + reason + "&limit=1"); q.Total != 2 || len(q.Items) != 1 || q.Items[0].Reason != reason {
		t.Errorf("%+v", q)
	}
}

func TestAnEntryIsCorrectedAndStoredOnce(t *testing.T) {
	c := open(t)
	c.broken()
	editor := c.member(access.Editor)
	q := editor.quarantine("")
	entry := q.Items[slices.IndexFunc(q.Items, func(e entry) bool { return e.Raw["event"] == "Order Paid" })]

	p := editor.refused(http.StatusUnprocessableEntity, entry.Reason, "POST", "/api/v1/quarantine/replay", map[string]any{"id": entry.ID, "message": entry.Raw})
	if p.Title == "" {
		t.Errorf("%+v", p)
	}
	entry.Raw["userId"] = "u9"
	var receipt struct{ Stored, Duplicate int }
	editor.ok("POST", "/api/v1/quarantine/replay", map[string]any{"id": entry.ID, "message": entry.Raw}).into(&receipt)
	if receipt.Stored != 1 {
		t.Errorf("%+v", receipt)
	}
	c.flush()
	if known := editor.page("u9"); known.Activity.Events != 1 {
		t.Errorf("%+v", known.Activity)
	}
	editor.refused(http.StatusNotFound, "capture.not-quarantined", "POST", "/api/v1/quarantine/replay", map[string]any{"id": entry.ID, "message": entry.Raw})
	if done := editor.quarantine("?status=replayed"); done.Total != 1 || done.Items[0].ResolvedBy != "editor 1" {
		t.Errorf("%+v", done)
	}
	if got, want := c.audited("quarantine."), []string{"quarantine.corrected " + entry.ID}; !slices.Equal(got, want) {
		t.Errorf("the audit says %q, want %q", got, want)
	}
}

func TestEntriesAreTriedAgainAndDiscardedByReasonOrOneByOne(t *testing.T) {
	c := open(t)
	c.broken()
	reason := c.admin.quarantine("").Reasons[0].Reason
	var replay struct {
		Stored  int
		Refused map[string]int
	}
	c.admin.ok("POST", "/api/v1/quarantine/replay", map[string]any{"reason": reason}).into(&replay)
	if replay.Stored != 0 || replay.Refused[reason] != 2 {
		t.Errorf("%+v", replay)
	}
	for _, empty := range []map[string]any{{}, {"ids": []string{}}} {
		c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "POST", "/api/v1/quarantine/discard", empty)
		c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "POST", "/api/v1/quarantine/replay", empty)
	}
	var discarded struct{ Discarded int }
	c.admin.ok("POST", "/api/v1/quarantine/discard", map[string]any{"reason": reason}).into(&discarded)
	if left := c.admin.quarantine(""); discarded.Discarded != 2 || left.Total != 1 {
		t.Errorf("%d discarded, %d left", discarded.Discarded, left.Total)
	}
	c.admin.ok("POST", "/api/v1/quarantine/discard", map[string]any{"ids": []string{c.admin.quarantine("").Items[0].ID}}).into(&discarded)
	if discarded.Discarded != 1 || c.admin.quarantine("").Total != 0 || c.admin.quarantine("?status=discarded").Total != 3 {
		t.Errorf("%+v", discarded)
	}
	if got := c.audited("quarantine."); len(got) != 3 {
		t.Errorf("the audit says %q", got)
	}
}
