package webui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestEveryPathOfTheScreenIsItsIndexPage(t *testing.T) {
	h := handler(fstest.MapFS{
		"index.html":       {Data: []byte("<html>the screen")},
		"assets/a-123.js":  {Data: []byte("script")},
		"favicon.svg":      {Data: []byte("<svg/>")},
		"assets/b-456.css": {Data: []byte("style")},
	})
	for _, path := range []string{"/", "/journeys/seller-growth", "/customers/u1.2", "/index.html"} {
		w := get(h, path)
		if w.Code != 200 || !strings.Contains(w.Body.String(), "the screen") || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %q %v", path, w.Code, w.Body, w.Header())
		}
	}
	if w := get(h, "/assets/a-123.js"); w.Body.String() != "script" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("an asset: %q %v", w.Body, w.Header())
	}
	if w := get(h, "/assets/gone-1.js"); w.Code != http.StatusNotFound {
		t.Errorf("an asset of another build: %d, want 404", w.Code)
	}
}

func TestAProgramWithoutItsScreenSaysHowToBuildIt(t *testing.T) {
	w := get(handler(fstest.MapFS{}), "/")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}
