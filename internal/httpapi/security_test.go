package httpapi_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"beichen/internal/access"
)

func TestAPageOfAnotherSiteCannotUseASession(t *testing.T) {
	c := open(t)
	editor := c.member(access.Editor)
	merge := map[string]string{"from": "a", "to": "b"}
	own := "http://" + strings.TrimPrefix(c.server.URL, "http://")
	for _, forged := range [][]header{
		{{"Sec-Fetch-Site", "cross-site"}},
		{{"Sec-Fetch-Site", "same-site"}},
		{{"Origin", "https://evil.example"}},
		{{"Origin", "null"}},
	} {
		editor.refused(http.StatusForbidden, "api.cross-site", "POST", "/api/v1/identity/preview", merge, forged...)
		editor.refused(http.StatusForbidden, "api.cross-site", "DELETE", "/api/v1/session", nil, forged...)
		c.stranger().refused(http.StatusForbidden, "api.cross-site", "POST", "/api/v1/session",
			map[string]string{"email": "ada@tea.example", "password": password}, forged...)
	}
	for _, honest := range [][]header{nil, {{"Sec-Fetch-Site", "same-origin"}}, {{"Origin", own}}} {
		editor.refused(http.StatusNotFound, "api.unknown-customer", "POST", "/api/v1/identity/preview", merge, honest...)
	}
}

func TestAProgramWithAKeyMayAskFromAnywhere(t *testing.T) {
	c := open(t)
	program := c.withKey(access.APIKeys, access.ScopeWrite)
	program.refused(http.StatusNotFound, "api.unknown-customer", "POST", "/api/v1/identity/preview",
		map[string]string{"from": "a", "to": "b"}, header{"Sec-Fetch-Site", "cross-site"}, header{"Origin", "https://tools.example"})
}

func TestAKeyThatDoesNotHoldNeverFallsBackToTheSession(t *testing.T) {
	c := open(t)
	for _, credentials := range []string{"Bearer nonsense", "Bearer ", "Basic YWRhOmFkYQ==", "nonsense"} {
		p := c.admin.ask("GET", "/api/v1/journeys", nil, header{"Authorization", credentials}).problem(http.StatusUnauthorized, "access.key")
		if p.Detail == "" {
			t.Errorf("%q: no hint", credentials)
		}
	}
}

func TestARevokedKeyOpensNothing(t *testing.T) {
	c := open(t)
	program := c.withKey(access.APIKeys, access.ScopeRead)
	program.ok("GET", "/api/v1/journeys", nil)
	var keys struct{ Items []access.Key }
	c.admin.get("/api/v1/keys", &keys)
	c.admin.ok("DELETE", "/api/v1/keys/"+keys.Items[0].ID, nil)
	program.refused(http.StatusUnauthorized, "access.key", "GET", "/api/v1/journeys", nil)
}

func TestScreenAndAPIKeepToThemselves(t *testing.T) {
	c := open(t)
	for _, path := range []string{"/", "/journeys/x", "/assets/none.js", "/api/v1/journeys", "/api/docs", "/api/v1/none", "/healthz"} {
		h := c.admin.ask("GET", path, nil).Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Access-Control-Allow-Origin": "",
		} {
			if h.Get(name) != want {
				t.Errorf("GET %s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
		policy := h.Get("Content-Security-Policy")
		for _, rule := range []string{"default-src 'self'", "script-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, rule) {
				t.Errorf("GET %s: the policy %q lacks %s", path, policy, rule)
			}
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("GET %s: HSTS over plain http", path)
		}
		if strings.HasPrefix(path, "/api/") && h.Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s may be stored: %q", path, h.Get("Cache-Control"))
		}
	}
	if c.admin.ask("GET", "/", nil, header{"X-Forwarded-Proto", "https"}).Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS behind https")
	}
}

func TestCaptureAnswersPagesOfAnyOriginAndTheAPINone(t *testing.T) {
	c := open(t)
	key := c.withKey(access.WriteKeys, access.ScopeCapture)
	writeKey := key.key
	key.key = ""
	shop := header{"Origin", "https://shop.example"}
	a := key.ok("POST", "/v1/track?writeKey="+writeKey, track("u1", "Signed Up", day(2), nil), shop, header{"Sec-Fetch-Site", "cross-site"})
	if a.Header.Get("Access-Control-Allow-Origin") != "https://shop.example" {
		t.Errorf("capture lets the page not read: %v", a.Header)
	}
	preflight := key.ask("OPTIONS", "/v1/batch", nil, shop, header{"Access-Control-Request-Method", "POST"}, header{"Access-Control-Request-Headers", "authorization,content-type"})
	if preflight.StatusCode != http.StatusNoContent || preflight.Header.Get("Access-Control-Allow-Headers") != "authorization,content-type" {
		t.Errorf("preflight: %d %v", preflight.StatusCode, preflight.Header)
	}
	for _, method := range []string{"OPTIONS", "GET", "POST"} {
		a := c.admin.ask(method, "/api/v1/journeys", nil, shop, header{"Access-Control-Request-Method", "POST"})
		for name := range a.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s of the API: %s", method, name)
			}
		}
	}
}

func TestTheSessionsCookieIsHiddenFromScriptsAndSecureBehindHTTPS(t *testing.T) {
	c := open(t)
	signIn := map[string]string{"email": "ada@tea.example", "password": password}
	for _, https := range []bool{false, true} {
		var headers []header
		if https {
			headers = []header{{"X-Forwarded-Proto", "https"}}
		}
		cookies := c.stranger().ok("POST", "/api/v1/session", signIn, headers...).Cookies()
		if len(cookies) != 1 {
			t.Fatalf("cookies %v", cookies)
		}
		k := cookies[0]
		if k.Name != access.CookieName || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Secure != https || len(k.Value) < 32 {
			t.Errorf("https %v: %v", https, k)
		}
	}
}

func TestSigningOutEndsTheSessionOnTheServer(t *testing.T) {
	c := open(t)
	stolen := c.stranger()
	signIn := map[string]string{"email": "ada@tea.example", "password": password}
	cookie := stolen.ok("POST", "/api/v1/session", signIn).Cookies()[0]
	use := header{"Cookie", cookie.Name + "=" + cookie.Value}
	c.stranger().ok("GET", "/api/v1/journeys", nil, use)
	if got := stolen.ask("DELETE", "/api/v1/session", nil).StatusCode; got != http.StatusNoContent {
		t.Errorf("signing out: %d", got)
	}
	c.stranger().refused(http.StatusUnauthorized, "access.sign-in", "GET", "/api/v1/journeys", nil, use)
}

func TestSigningInRenewsTheSessionsToken(t *testing.T) {
	c := open(t)
	planted := header{"Cookie", access.CookieName + "=planted-by-somebody-else"}
	signIn := map[string]string{"email": "ada@tea.example", "password": password}
	cookie := c.stranger().ok("POST", "/api/v1/session", signIn, planted).Cookies()[0]
	if cookie.Value == "planted-by-somebody-else" {
		t.Error("the session goes on under a token that somebody else chose")
	}
}

func TestGuessingAPasswordIsSlowedDown(t *testing.T) {
	c := open(t)
	guess := map[string]string{"email": "ada@tea.example", "password": "wrong horse"}
	for try := range 20 {
		a := c.stranger().ask("POST", "/api/v1/session", guess)
		if a.StatusCode == http.StatusUnauthorized {
			a.problem(http.StatusUnauthorized, "access.wrong")
			continue
		}
		a.problem(http.StatusTooManyRequests, "access.too-many")
		if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 60 {
			t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
		}
		if try < 5 {
			t.Errorf("refused after %d wrong passwords: people mistype", try)
		}
		return
	}
	t.Error("20 guesses in a row")
}

func TestTheSampleCompanyAnswersOnlyUnderThisMachinesOwnNames(t *testing.T) {
	c := openAs(t, true, time.Now)
	for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "192.168.1.7:8420", "localhost.evil.example:80", ""} {
		r := httptest.NewRequest("GET", "/api/v1/journeys", nil)
		r.Host = host
		w := httptest.NewRecorder()
		c.api.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden {
			t.Errorf("Host %q is answered: %d", host, w.Code)
		}
	}
	for _, host := range []string{"127.0.0.1:8420", "localhost", "[::1]:8420"} {
		c.stranger().ok("GET", "/api/v1/journeys", nil, header{"Host", host}) // signed in as its admin
	}
	c.stranger().refused(http.StatusForbidden, "api.cross-site", "POST", "/api/v1/identity/preview",
		map[string]string{"from": "a", "to": "b"}, header{"Origin", "https://evil.example"})
}

func TestMetricsNeedAKeyUnlessAskedFromThisMachine(t *testing.T) {
	c := open(t)
	local := c.stranger().ok("GET", "/metrics", nil)
	if !strings.Contains(string(local.text), "beichen_facts_durable_position") {
		t.Errorf("%s", local.text)
	}
	proxied := header{"X-Forwarded-For", "203.0.113.7"}
	c.stranger().refused(http.StatusUnauthorized, "access.sign-in", "GET", "/metrics", nil, proxied)
	c.stranger().refused(http.StatusUnauthorized, "access.key", "GET", "/metrics", nil, proxied, header{"Authorization", "Bearer x"})
	c.withKey(access.APIKeys, access.ScopeRead).ok("GET", "/metrics", nil, proxied)

	r := httptest.NewRequest("GET", "/metrics", nil) // from 192.0.2.1
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("from another machine: %d", w.Code)
	}
}

func TestAnswersAreCompressedForThoseWhoTakeThem(t *testing.T) {
	c := open(t)
	far := header{"X-Forwarded-For", "203.0.113.7"}
	a := c.admin.ok("GET", "/api/openapi.json", nil, header{"Accept-Encoding", "gzip"}, far)
	if a.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v", a.Header)
	}
	text, err := gzip.NewReader(strings.NewReader(string(a.text)))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(text)
	if err != nil || len(whole) < 5*len(a.text) {
		t.Errorf("%d bytes became %d, %v", len(whole), len(a.text), err)
	}
	if plain := c.admin.ok("GET", "/api/openapi.json", nil, header{"Accept-Encoding", "identity"}, far); plain.Header.Get("Content-Encoding") != "" {
		t.Error("compressed for somebody who does not take it")
	}
	if near := c.admin.ok("GET", "/api/openapi.json", nil, header{"Accept-Encoding", "gzip"}); near.Header.Get("Content-Encoding") != "" {
		t.Error("compressed for somebody on this machine")
	}
}
