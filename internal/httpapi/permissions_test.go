package httpapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/nodes"
)

// callers are all sorts of those who ask, in the order of the columns of may.
func (c *company) callers() map[string]*client {
	return map[string]*client{
		"stranger":    c.stranger(),
		"viewer":      c.member(access.Viewer),
		"editor":      c.member(access.Editor),
		"admin":       c.admin,
		"measure key": c.withKey(access.APIKeys, access.ScopeMeasure),
		"read key":    c.withKey(access.APIKeys, access.ScopeRead),
		"write key":   c.withKey(access.APIKeys, access.ScopeWrite),
		"admin key":   c.withKey(access.APIKeys, access.ScopeAdmin),
		"capture key": c.withKey(access.WriteKeys, access.ScopeCapture, access.ScopeImport),
	}
}

// What the product says of who may do what (product.md, People; the roles and
// scopes of keys). A viewer and a key that measures see everything but people one by
// one; an editor sees those too, and writes; an admin keeps members, keys and settings. A key does
// what its scope says, and one for capture opens nothing here.
const (
	anybody = "stranger, viewer, editor, admin, measure key, read key, write key, admin key"
	look    = "viewer, editor, admin, measure key, read key, write key, admin key"
	people  = "editor, admin, read key, write key, admin key"
	write   = "editor, admin, write key, admin key"
	keep    = "admin, admin key"
)

func may() map[string]string {
	return map[string]string{
		"POST /session":                 anybody,
		"DELETE /session":               anybody,
		"POST /setup":                   anybody,
		"GET /invitations/{token}":      anybody,
		"POST /invitations/{token}":     anybody,
		"GET /session":                  look,
		"GET /workspace":                look,
		"GET /members":                  look,
		"PATCH /members/{id}":           keep, // of somebody else
		"PUT /workspace":                keep,
		"POST /members":                 keep,
		"POST /members/{id}/invitation": keep,
		"GET /keys":                     keep,
		"POST /keys":                    keep,
		"DELETE /keys/{id}":             keep,
		"GET /audit":                    keep,
		"POST /backup":                  keep,
		"GET /doctor":                   keep,

		"GET /journeys":              look,
		"GET /journeys/{id}/measure": look,
		"POST /measure":              look,
		"POST /measure/flow":         look,
		"POST /measure/customers":    people,
		"POST /measure/trace":        people,
		"POST /paths":                look,
		"POST /paths/customers":      people,

		"GET /retentions":                   look,
		"GET /retentions/{id}/measure":      look,
		"POST /measure/retention-customers": people,
		"GET /metrics":                      look,
		"GET /metrics/{id}/measure":         look,
		"POST /measure/metric-customers":    people,

		"POST /measure/metric-trace": people,

		"GET /catalogue": look,
		"GET /definitions/{kind}/{id}/explanation": look,

		"POST /metrics/{id}/why": look,

		"GET /trees":              look,
		"GET /trees/starters":     look,
		"GET /trees/{id}/measure": look,
		"POST /measure/tree":      look,

		"GET /dashboards":                       look,
		"GET /revisions":                        look,
		"GET /definitions/{kind}":               look,
		"GET /definitions/{kind}/{id}":          look,
		"GET /definitions/{kind}/{id}/history":  look,
		"GET /definitions/{kind}/{id}/diff":     look,
		"PUT /definitions/{kind}/{id}":          write,
		"DELETE /definitions/{kind}/{id}":       write,
		"POST /definitions/{kind}/{id}/restore": write,
		"POST /definitions/{kind}/{id}/approve": write,

		"GET /events/names":            look,
		"GET /events/properties":       look,
		"GET /traits":                  look,
		"GET /customers":               people,
		"GET /customers/{id}":          people,
		"GET /customers/{id}/timeline": people,
		"POST /identity/preview":       people,
		"POST /identity/merge":         write,
		"POST /identity/unlink":        write,
		"POST /customers/{id}/forget":  keep,
		"GET /forgotten":               keep,
		"GET /facts/kept":              look,
		"PUT /facts/kept":              keep,

		"GET /quarantine":          people,
		"POST /quarantine/replay":  write,
		"POST /quarantine/discard": write,

		// These write by themselves and are not in the description.
		"GET /live":           look,
		"GET ../docs":         look,
		"GET ../openapi.json": look,
		"GET /no-such-route":  look,
	}
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// pathOf fills the places of a route with what there is not.
func pathOf(route string) string {
	route = strings.ReplaceAll(route, "{kind}", "Journey")
	return "/api/v1" + placeholder.ReplaceAllString(route, "nobody")
}

// status asks for a route with a request that is not fit for it, so that whoever
// may is refused for that and nothing changes.
func (c *client) status(operation string) int {
	method, route, _ := strings.Cut(operation, " ")
	var body any
	if method != http.MethodGet {
		body = `{"nonsense":1}`
	}
	if route == "/members/{id}" {
		body = `{"name":"Somebody"}`
	}
	path := strings.ReplaceAll(pathOf(route), "/v1/..", "")
	if route == "/live" {
		return c.peek(path)
	}
	return c.ask(method, path, body).StatusCode
}

func TestEveryOperationIsOpenToWhomTheProductSaysAndToNobodyElse(t *testing.T) {
	c := open(t)
	callers := c.callers()
	table := may()
	for _, operation := range slices.Sorted(maps.Keys(table)) {
		allowed := strings.Split(table[operation], ", ")
		for who, caller := range callers {
			if operation == "DELETE /session" {
				continue // signs out; TestSigningOut…
			}
			got := caller.status(operation)
			isOpen := got != http.StatusUnauthorized && got != http.StatusForbidden
			if operation == "POST /session" || strings.Contains(operation, "/setup") || strings.Contains(operation, "/invitations") {
				isOpen = got == http.StatusUnprocessableEntity || got == http.StatusNotFound
			}
			if want := who != "capture key" && slices.Contains(allowed, who); isOpen != want {
				t.Errorf("%s by %s: %d", operation, who, got)
			}
			if wantStatus := http.StatusUnauthorized; (who == "stranger" || who == "capture key") && !isOpen && got != wantStatus {
				t.Errorf("%s by %s: %d, want %d", operation, who, got, wantStatus)
			}
		}
	}
}

func TestTheTableOfPermissionsNamesEveryOperationThatTheDescriptionDoes(t *testing.T) {
	table := may()
	for operation := range open(t).described().operations() {
		if _, known := table[operation]; !known {
			t.Errorf("who may %s?", operation)
		}
	}
}

func TestNothingButCaptureHealthAndTheSignInAnswersAStranger(t *testing.T) {
	c := open(t)
	stranger := c.stranger()
	for operation := range c.described().operations() {
		if strings.HasSuffix(operation, "/session") || strings.HasSuffix(operation, "/setup") || strings.Contains(operation, "/invitations/") {
			continue
		}
		method, route, _ := strings.Cut(operation, " ")
		var body any
		if method != http.MethodGet {
			body = map[string]string{}
		}
		stranger.refused(http.StatusUnauthorized, "access.sign-in", method, pathOf(route), body)
	}
	for _, path := range []string{"/api/", "/api/v1", "/api/v1/", "/api/v2/journeys", "/api/docs", "/api/openapi.json", "/api/v1/live", "/api/v1/journeys/"} {
		if got := stranger.ask("GET", path, nil).StatusCode; got != http.StatusUnauthorized {
			t.Errorf("GET %s: %d", path, got)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/health": 200, "/version": 200, "/cluster-info": 200} {
		if got := stranger.ask("GET", path, nil).StatusCode; got != want {
			t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
	if got := stranger.ask("POST", "/v1/track", `{"event":"x","userId":"u"}`).StatusCode; got != http.StatusUnauthorized {
		t.Errorf("capture without a key: %d", got)
	}
}

func TestNobodyCountsForNodesWhoIsNone(t *testing.T) {
	c := open(t)
	for who, caller := range c.callers() {
		for _, path := range []string{nodes.Path, nodes.Path + "/", "/internal/"} {
			if a := caller.ask("POST", path, `{"kind":"journey"}`); a.StatusCode < 400 {
				t.Errorf("POST %s by %s: %d", path, who, a.StatusCode)
			}
		}
		if a := caller.ask("POST", nodes.Path, `{"kind":"journey"}`); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("shares asked for by %s: %d", who, a.StatusCode)
		}
	}
	asNode := func(secret, version string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.server.URL+nodes.Path, strings.NewReader(`{"kind":"journey"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		req.Header.Set("Beichen-Version", version)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	for what, got := range map[string][2]int{
		"without a secret":        {asNode("", "1.2.3"), http.StatusUnauthorized},
		"with another secret":     {asNode(nodesSecret+"x", "1.2.3"), http.StatusUnauthorized},
		"of another version":      {asNode(nodesSecret, "1.2.4"), http.StatusConflict},
		"with a strange question": {asNode(nodesSecret, "1.2.3"), http.StatusBadRequest},
	} {
		if got[0] != got[1] {
			t.Errorf("a node %s: %d, want %d", what, got[0], got[1])
		}
	}
}

func TestASetUpLinkOpensTheDoorOnce(t *testing.T) {
	c := open(t) // its admin came in by the link
	token, err := c.Access.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"guess", token} {
		a := c.stranger().ask("POST", "/api/v1/setup", access.SetUp{Token: link, Email: "eve@tea.example", Name: "Eve",
			Password: password, WorkspaceName: "Eve's", Locale: "en"})
		if a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusConflict {
			t.Errorf("a set-up after the set-up: %d %s", a.StatusCode, a.text)
		}
	}
}

func TestAViewerSeesNumbersAndNobodyBehindThem(t *testing.T) {
	c := open(t)
	c.send(track("u1", "Signed Up", day(2), nil), identify("u1", map[string]any{"name": "Bo"}))
	c.admin.propose("trial", trial)
	viewer := c.member(access.Viewer)
	question := map[string]any{"journeyId": "trial"}
	viewer.ok("POST", "/api/v1/measure", question)
	viewer.ok("POST", "/api/v1/measure/flow", question)
	for path, body := range map[string]any{
		"/api/v1/measure":           map[string]any{"journeyId": "trial", "customers": true},
		"/api/v1/measure/customers": map[string]any{"journeyId": "trial", "stage": "signed", "state": "reached"},
		"/api/v1/measure/trace":     map[string]any{"journeyId": "trial", "customer": "u1"},
		"/api/v1/identity/preview":  map[string]any{"from": "u1", "to": "u2"},
	} {
		viewer.refused(http.StatusForbidden, "access.forbidden", "POST", path, body)
	}
	for _, path := range []string{"/api/v1/journeys/trial/measure?customers=true", "/api/v1/customers", "/api/v1/customers/u1",
		"/api/v1/customers/u1/timeline", "/api/v1/quarantine"} {
		viewer.refused(http.StatusForbidden, "access.forbidden", "GET", path, nil)
	}
}

func TestAMemberChangesTheirOwnNameAndNobodyElses(t *testing.T) {
	c := open(t)
	viewer := c.member(access.Viewer)
	var own, boss struct{ Member access.Member }
	viewer.get("/api/v1/session", &own)
	c.admin.get("/api/v1/session", &boss)
	viewer.ok("PATCH", "/api/v1/members/"+own.Member.ID, map[string]any{"name": "Vi"})
	viewer.refused(http.StatusForbidden, "access.forbidden", "PATCH", "/api/v1/members/"+own.Member.ID, map[string]any{"role": "admin"})
	viewer.refused(http.StatusForbidden, "access.forbidden", "PATCH", "/api/v1/members/"+boss.Member.ID, map[string]any{"name": "Boss"})
	viewer.refused(http.StatusForbidden, "access.forbidden", "PATCH", "/api/v1/members/"+boss.Member.ID, map[string]any{"password": "x"})
}
