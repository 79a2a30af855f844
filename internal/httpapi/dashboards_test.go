package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
)

func putDashboard(c *client, id string, version int, body map[string]any) answer {
	c.t.Helper()
	return c.ask("PUT", "/api/v1/definitions/Dashboard/"+id, map[string]any{"body": body, "reason": "to see"}, seen(version))
}

// dashboards are those that a caller is shown, in words.
func dashboards(c *client) (out []string) {
	c.t.Helper()
	var found struct {
		Items []struct {
			ID, MadeBy, Author string
			Mine, Shared       bool
			Tiles              int
		}
	}
	c.get("/api/v1/dashboards", &found)
	for _, d := range found.Items {
		out = append(out, fmt.Sprintf("%s by %s, last %s, mine %v, shared %v, %d tiles", d.ID, d.MadeBy, d.Author, d.Mine, d.Shared, d.Tiles))
	}
	return out
}

func TestADashboardIsListedForAllOnlyWhereItIsShared(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	editor, viewer := c.member(access.Editor), c.member(access.Viewer)
	tile := map[string]any{"id": "a", "kind": "journey", "journey": "trial", "x": 0, "y": 0, "w": 12, "h": 4}
	revisionOf(putDashboard(editor, "own", 0, map[string]any{"name": "Own", "tiles": []any{tile}}))
	revisionOf(putDashboard(editor, "team", 0, map[string]any{"shared": true}))
	const own, team = "own by editor 1, last editor 1, mine %v, shared false, 1 tiles", "team by editor 1, last editor 1, mine %v, shared true, 0 tiles"
	for who, want := range map[*client][]string{
		editor:  {fmt.Sprintf(own, true), fmt.Sprintf(team, true)},
		c.admin: {fmt.Sprintf(team, false)},
		viewer:  {fmt.Sprintf(team, false)},
	} {
		if diff := cmp.Diff(want, dashboards(who)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	// Whoever has the link opens it, and it stays its maker's when others edit it.
	viewer.ok("GET", "/api/v1/definitions/Dashboard/own", nil)
	revisionOf(putDashboard(c.admin, "own", 1, map[string]any{"name": "Ours"}))
	if diff := cmp.Diff("own by editor 1, last Ada, mine true, shared false, 0 tiles", dashboards(editor)[0]); diff != "" {
		t.Error(diff)
	}
}

func TestADashboardShowsWhatThereIs(t *testing.T) {
	c := open(t)
	tile := map[string]any{"id": "a", "kind": "metric", "metric": "cups", "x": 0, "y": 0, "w": 12, "h": 4}
	p := putDashboard(c.admin, "own", 0, map[string]any{"tiles": []any{tile}}).problem(http.StatusUnprocessableEntity, "dashboard.invalid")
	if len(p.Faults) != 1 || p.Faults[0].Path != "tiles[0].metric" {
		t.Errorf("%+v", p.Faults)
	}
	if got := dashboards(c.admin); got != nil {
		t.Errorf("%v", got)
	}
}
