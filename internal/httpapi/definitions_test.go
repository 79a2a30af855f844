package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/httpapi"
	"beichen/internal/journey"
	"beichen/internal/ledger"
)

const trialPath = "/api/v1/definitions/Journey/trial"

// seen is the If-Match of a version.
func seen(version int) header { return header{"If-Match", strconv.Quote(strconv.Itoa(version))} }

// revise writes trial with another name for its first stage.
func (c *client) revise(name string, version int) answer {
	c.t.Helper()
	body := strings.Replace(trial, "註冊", name, 1)
	return c.ask("PUT", trialPath, map[string]any{"body": json.RawMessage(body), "reason": "rename to " + name}, seen(version))
}

func revisionOf(a answer) ledger.Revision {
	a.t.Helper()
	if a.StatusCode != http.StatusOK {
		a.t.Fatalf("%d %s", a.StatusCode, a.text)
	}
	var r ledger.Revision
	a.into(&r)
	if want := strconv.Quote(strconv.Itoa(r.Version)); a.Header.Get("ETag") != want {
		a.t.Errorf("ETag %q of version %d", a.Header.Get("ETag"), r.Version)
	}
	return r
}

func TestADefinitionIsProposedApprovedEditedRestoredDeletedAndBroughtBack(t *testing.T) {
	c := open(t)
	editor := c.member(access.Editor)
	editor.propose("trial", trial)

	approved := revisionOf(editor.ok("POST", trialPath+"/approve", map[string]any{"version": 1, "reason": "agreed"}))
	if approved.Status != ledger.Approved || approved.ApprovedBy != "editor 1" || approved.ApprovalReason != "agreed" {
		t.Errorf("%+v", approved)
	}
	edited := revisionOf(c.admin.revise("報名", 1))
	if edited.Version != 2 || edited.Status != ledger.Proposed || edited.Author != "Ada" || !edited.Current {
		t.Errorf("%+v", edited)
	}
	restored := revisionOf(editor.ok("POST", trialPath+"/restore", map[string]any{"version": 1, "reason": "better before"}, seen(2)))
	if restored.Version != 3 || restored.RestoredFrom != 1 || restored.Hash != approved.Hash || restored.Status != ledger.Proposed {
		t.Errorf("%+v", restored)
	}
	deleted := revisionOf(editor.ok("DELETE", trialPath, map[string]any{"reason": "not ours"}, seen(3)))
	if !deleted.Deleted || deleted.Version != 4 {
		t.Errorf("%+v", deleted)
	}
	for list, want := range map[string]int{"Journey": 0, "all": 0, "Journey?deleted=true": 1, "all?deleted=true": 1} {
		var found struct{ Items []ledger.Revision }
		if editor.get("/api/v1/definitions/"+list, &found); len(found.Items) != want {
			t.Errorf("%s: %d definitions, want %d", list, len(found.Items), want)
		}
	}
	back := revisionOf(editor.ok("POST", trialPath+"/restore", map[string]any{"version": 4, "reason": "ours after all"}, seen(4)))
	if back.Deleted || back.Version != 5 || back.Hash != approved.Hash {
		t.Errorf("%+v", back)
	}

	var history struct{ Items []ledger.Revision }
	editor.get(trialPath+"/history", &history)
	var reasons []string
	for _, r := range history.Items {
		reasons = append(reasons, r.Reason)
	}
	if diff := cmp.Diff([]string{"ours after all", "not ours", "better before", "rename to 報名", "start"}, reasons); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	var old ledger.Revision
	if editor.get(trialPath+"?version=2", &old); old.Version != 2 || old.Current || !strings.Contains(string(old.Body), "報名") {
		t.Errorf("version 2: %+v", old)
	}
}

func TestTheNewestRevisionsAreOfAllKinds(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	revisionOf(c.member(access.Editor).revise("報名", 1))
	c.admin.ok("PUT", "/api/v1/definitions/Metric/cups", map[string]any{"body": map[string]any{"name": "杯數", "count": map[string]any{"event": "Cup"}}, "reason": "count"}, seen(0))
	for query, want := range map[string][]string{
		"":                               {"Metric cups 1 杯數 Ada count", "Journey trial 2 試用 editor 1 rename to 報名", "Journey trial 1 試用 Ada start"},
		"?limit=1":                       {"Metric cups 1 杯數 Ada count"},
		"?kind=Journey&limit=1":          {"Journey trial 2 試用 editor 1 rename to 報名"},
		"?kind=Tree&kind=Metric&limit=5": {"Metric cups 1 杯數 Ada count"},
		"?kind=Tree":                     nil,
	} {
		var found struct {
			Items []struct {
				Kind, ID, Author, Reason string
				Name                     journey.Text
				Version                  int
			}
		}
		c.admin.get("/api/v1/revisions"+query, &found)
		var got []string
		for _, r := range found.Items {
			got = append(got, strings.Join([]string{r.Kind, r.ID, strconv.Itoa(r.Version), r.Name.In("zh-Hant"), r.Author, r.Reason}, " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "GET", "/api/v1/revisions?limit=201", nil)
}

func TestADifferenceNamesWhatChanged(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	revisionOf(c.admin.revise("報名", 1))
	var d ledger.Difference
	c.admin.get(trialPath+"/diff?from=1", &d)
	want := []ledger.Change{{Path: "stages[0].name", Label: []string{"報名", "name"}, Op: ledger.Changed,
		From: json.RawMessage(`"註冊"`), To: json.RawMessage(`"報名"`)}}
	if diff := cmp.Diff(want, d.Changes); diff != "" || d.From.Version != 1 || d.To.Version != 2 {
		t.Errorf("%d to %d (-want +got):\n%s", d.From.Version, d.To.Version, diff)
	}
}

func TestAStaleWriteIsAnsweredWithBothVersions(t *testing.T) {
	c := open(t)
	editor := c.member(access.Editor)
	editor.propose("trial", trial)
	revisionOf(c.admin.revise("報名", 1))
	p := editor.revise("登記", 1).problem(http.StatusConflict, "ledger.stale")
	if p.Current == nil || p.Current.Version != 2 || p.Current.Author != "Ada" || !strings.Contains(string(p.Current.Body), "報名") {
		t.Errorf("what stands now: %+v", p.Current)
	}
	if !strings.Contains(string(p.Yours), "登記") {
		t.Errorf("what was to be written: %s", p.Yours)
	}
	for _, p := range []httpapi.Problem{
		editor.refused(http.StatusConflict, "ledger.stale", "DELETE", trialPath, map[string]any{"reason": "r"}, seen(1)),
		editor.refused(http.StatusConflict, "ledger.stale", "POST", trialPath+"/restore", map[string]any{"reason": "r", "version": 1}, seen(3)),
	} {
		if p.Current == nil || p.Current.Version != 2 {
			t.Errorf("%+v", p.Current)
		}
	}
	editor.refused(http.StatusConflict, "ledger.stale", "POST", trialPath+"/approve", map[string]any{"version": 1, "reason": "yes"})
	p = editor.revise("登記", 0).problem(http.StatusConflict, "ledger.stale") // a new one of a name that is taken
	if p.Current == nil || p.Current.Version != 2 {
		t.Errorf("a second start: %+v", p.Current)
	}
}

func TestTheSameWriteTwiceIsHarmless(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	first, again := revisionOf(c.admin.revise("報名", 1)), revisionOf(c.admin.revise("報名", 1))
	if first.Version != 2 || again.Version != 2 || first.At != again.At {
		t.Errorf("%+v, then %+v", first, again)
	}
}

func TestAWriteSaysWhatItSawAndWhy(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	body := map[string]any{"body": json.RawMessage(trial), "reason": "r"}
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "PUT", trialPath, body)
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "PUT", trialPath, body, header{"If-Match", "*"})
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "DELETE", trialPath, map[string]any{"reason": "r"})
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "POST", trialPath+"/restore", map[string]any{"version": 1, "reason": "r"})
	for _, tag := range []string{"1", `"1"`, `W/"1"`, ` "1" `} {
		revisionOf(c.admin.ask("PUT", trialPath, body, header{"If-Match", tag}))
	}
	for _, reason := range []string{"", "  "} {
		c.admin.refused(http.StatusUnprocessableEntity, "ledger.reason", "PUT", trialPath,
			map[string]any{"body": json.RawMessage(trial), "reason": reason}, seen(1))
	}
	p := c.admin.refused(http.StatusUnprocessableEntity, "journey.invalid", "PUT", trialPath,
		map[string]any{"body": json.RawMessage(`{"kind":"Journey","id":"trial","stages":[{"id":"a","steps":[{}]}]}`), "reason": "r"}, seen(1))
	if len(p.Faults) != 1 || p.Faults[0].Path != "stages[0].steps[0].id" || p.Faults[0].Line != 0 {
		t.Errorf("%+v", p.Faults)
	}
	c.admin.refused(http.StatusUnprocessableEntity, "ledger.mismatch", "PUT", "/api/v1/definitions/Journey/other", body, seen(0))
	c.admin.refused(http.StatusUnprocessableEntity, "ledger.kind", "PUT", "/api/v1/definitions/Poem/trial", body, seen(0))
}

func TestAnIdOfAnyScriptIsADefinitionsName(t *testing.T) {
	c := open(t)
	c.admin.propose("%E8%A9%A6%E7%94%A8", strings.Replace(trial, `"id":"trial"`, `"id":"試用"`, 1))
	var r ledger.Revision
	if c.admin.get("/api/v1/definitions/Journey/%E8%A9%A6%E7%94%A8", &r); r.ID != "試用" {
		t.Errorf("%q", r.ID)
	}
}
