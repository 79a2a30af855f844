package httpapi_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
	"beichen/internal/httpapi"
)

func TestAProblemSaysWhatIsWrongWhereAndWhatToDoInTheCallersLanguage(t *testing.T) {
	c := open(t)
	draft := map[string]any{"journey": map[string]any{"kind": "Journey", "id": "x", "stages": []any{
		map[string]any{"id": "a", "steps": []any{map[string]any{"id": "s", "when": []any{map[string]any{"event": 7}}}}},
		map[string]any{"id": "a", "steps": []any{map[string]any{"id": "s", "times": "many"}}},
	}}}
	titles := map[string]bool{}
	for _, language := range []string{"en", "zh-TW", "zh-CN"} {
		p := c.admin.refused(http.StatusUnprocessableEntity, "journey.invalid", "POST", "/api/v1/measure", draft, header{"Accept-Language", language})
		titles[p.Title] = true
		if p.Kind != fault.Invalid || p.Detail == "" || p.Request == "" {
			t.Errorf("%s: %+v", language, p)
		}
		var paths []string
		for _, f := range p.Faults {
			paths = append(paths, f.Path)
			if f.Message == "" || strings.Contains(f.Message, "{") || strings.HasPrefix(f.Message, "journey.") {
				t.Errorf("%s: %+v", language, f)
			}
			titles[f.Path+f.Message] = true
		}
		slices.Sort(paths)
		want := []string{"stages[0].steps[0].when[0].event", "stages[1].id", "stages[1].steps[0].times"}
		if diff := cmp.Diff(want, paths); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", language, diff)
		}
	}
	if len(titles) != 3*4 {
		t.Errorf("%d different sentences in three languages, want 12: %v", len(titles), titles)
	}
}

func TestAFormThatDoesNotFitIsRefusedFieldByField(t *testing.T) {
	c := open(t)
	cases := []struct {
		method, path string
		body         any
		want         []fault.Detail
	}{
		{"POST", "/api/v1/session", `{"email":7,"passwort":"x"}`, []fault.Detail{
			{Path: "email", Message: "It is a text."},
			{Path: "password", Message: "This is required."},
			{Path: "passwort", Message: "This route does not know it."},
		}},
		{"POST", "/api/v1/measure/customers", `{"state":"gone","limit":5000,"offset":1.5}`, []fault.Detail{
			{Path: "limit", Message: "It is 1000 or less."},
			{Path: "offset", Message: "It is a whole number."},
			{Path: "state", Message: "It is one of: reached, pending, left, excluded."},
		}},
		{"GET", "/api/v1/audit?limit=many", nil, []fault.Detail{{Path: "limit", Message: "It is a whole number."}}},
		{"GET", "/api/v1/definitions/Journey/x/diff", nil, []fault.Detail{{Path: "from", Message: "This is required."}}},
		{"PUT", "/api/v1/definitions/Journey/x", `{"body":{},"reason":"r"}`, []fault.Detail{{Path: "If-Match", Message: "This is required."}}},
		{"POST", "/api/v1/measure", `{"segment":[]}`, []fault.Detail{{Path: "segment", Message: "It is an object."}}},
	}
	for _, test := range cases {
		p := c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", test.method, test.path, test.body)
		if diff := cmp.Diff(test.want, p.Faults); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.method, test.path, diff)
		}
	}
	for language, want := range map[string]string{"en": "This is required.", "zh-Hant": "必須提供這一項。", "zh-Hans": "该项为必填项。"} {
		p := c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "POST", "/api/v1/session", `{"email":"a@b.example"}`, header{"Accept-Language", language})
		if p.Faults[0].Message != want {
			t.Errorf("%s: %+v", language, p.Faults)
		}
	}
}

func TestWhatIsNoJSONTooLargeOrNowhereIsSaidSo(t *testing.T) {
	c := open(t)
	p := c.admin.refused(http.StatusBadRequest, "api.bad-request", "POST", "/api/v1/measure", `{"journeyId":`)
	if len(p.Faults) != 1 || p.Faults[0].Message != "This is not JSON." {
		t.Errorf("%+v", p.Faults)
	}
	c.admin.refused(http.StatusRequestEntityTooLarge, "api.too-large", "POST", "/api/v1/measure", `{"journeyId":"`+strings.Repeat("x", 5<<20)+`"}`)
	c.admin.refused(http.StatusUnsupportedMediaType, "api.not-json", "POST", "/api/v1/measure", "a=b", header{"Content-Type", "application/x-www-form-urlencoded"})
	c.admin.refused(http.StatusNotFound, "api.no-route", "GET", "/api/v1/none", nil)
	c.admin.refused(http.StatusNotFound, "api.no-route", "PATCH", "/api/v1/journeys", nil)
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "GET", "/api/v1/definitions/Journey/none", nil)
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "POST", "/api/v1/measure", map[string]any{"journeyId": "none"})
	c.admin.refused(http.StatusNotFound, "api.unknown-customer", "GET", "/api/v1/customers/none", nil)
}

func TestADefectTellsItsNumberAndNothingElse(t *testing.T) {
	config := open(t).config(false)
	config.Screen = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the secret is 7") })
	var log bytes.Buffer
	config.Log = slog.New(slog.NewTextHandler(&log, nil))
	w := httptest.NewRecorder()
	httpapi.New(config).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	id := w.Header().Get("X-Request-Id")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), id) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "the secret is 7") || !strings.Contains(log.String(), id) {
		t.Errorf("the log does not tell what happened to %s: %s", id, log.String())
	}
}
