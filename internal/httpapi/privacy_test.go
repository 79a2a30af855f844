package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/journey"
)

// product.md: everybody else may look at everything except other people's
// personal data.
func TestAViewerCannotFindOnePersonThroughNumbers(t *testing.T) {
	c := teaShop(t)
	viewer := c.member(access.Viewer)

	viewer.refused(http.StatusForbidden, "access.forbidden", "POST", "/api/v1/measure", map[string]any{"journey": jsonOf(shop)})
	viewer.refused(http.StatusForbidden, "access.too-few", "POST", "/api/v1/measure",
		map[string]any{"journeyId": "shop", "segment": map[string]any{"traits.name": "Guest u07"}})
	viewer.refused(http.StatusForbidden, "access.too-few", "POST", "/api/v1/measure/flow",
		map[string]any{"journeyId": "shop", "segment": map[string]any{"traits.name": "Guest u07"}})

	var byName, byPlan, all journey.Answer
	viewer.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "breakdown": []string{"traits.name"}}).into(&byName)
	if len(byName.Breakdown) != 0 {
		t.Errorf("a row for each of %d people", len(byName.Breakdown))
	}
	viewer.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "breakdown": []string{"traits.plan"}}).into(&byPlan)
	c.admin.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "breakdown": []string{"traits.name"}}).into(&all)
	if len(byPlan.Breakdown) != 2 || len(all.Breakdown) < 20 {
		t.Errorf("%d rows by plan, %d rows for an admin", len(byPlan.Breakdown), len(all.Breakdown))
	}
}

func TestAnotherWindowIsAskedWithoutADraft(t *testing.T) {
	c := teaShop(t)
	viewer := c.member(access.Viewer)
	var own, narrow, draft journey.Answer
	viewer.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop"}).into(&own)
	viewer.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "window": "6h"}).into(&narrow)
	narrowed := strings.Replace(shop, `"window":"5d"`, `"window":"6h"`, 1)
	c.admin.ok("POST", "/api/v1/measure", map[string]any{"journey": jsonOf(narrowed)}).into(&draft)
	if narrow.Rule.Window != "6h" || narrow.Definition.Hash != own.Definition.Hash || *narrow.Definition.Version != 1 {
		t.Errorf("%+v %+v", narrow.Rule, narrow.Definition)
	}
	for i := range narrow.Stages {
		if *narrow.Stages[i].Reached != *draft.Stages[i].Reached {
			t.Errorf("stage %s: %d, as a draft %d", narrow.Stages[i].ID, *narrow.Stages[i].Reached, *draft.Stages[i].Reached)
		}
	}
	if *own.Stages[2].Reached == *narrow.Stages[2].Reached {
		t.Error("the window changes nothing here: the test proves nothing")
	}
	viewer.refused(http.StatusUnprocessableEntity, "journey.invalid-question", "POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "window": "soon"})
}
