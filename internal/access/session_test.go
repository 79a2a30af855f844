package access

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// site is a small program that signs in and says who is signed in, with real
// cookies of a real client.
func site(t *testing.T, d *door) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in", func(w http.ResponseWriter, r *http.Request) {
		m, err := d.SignIn(r.Context(), r.FormValue("email"), r.FormValue("password"), "::1")
		if err == nil {
			err = d.Begin(r.Context(), m)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("POST /password", func(w http.ResponseWriter, r *http.Request) {
		caller, err := d.SignedIn(r.Context())
		if err != nil || caller == nil {
			http.Error(w, "nobody", http.StatusUnauthorized)
			return
		}
		secret := r.FormValue("new")
		m, err := d.ChangeMember(WithCaller(r.Context(), *caller), caller.ID, MemberChange{Password: &secret, OldPassword: r.FormValue("old")})
		if err == nil {
			err = d.Begin(r.Context(), m)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		}
	})
	mux.HandleFunc("POST /out", func(w http.ResponseWriter, r *http.Request) {
		if err := d.End(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		caller, err := d.SignedIn(r.Context())
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case caller == nil:
			w.Write([]byte("a stranger"))
		default:
			w.Write([]byte(caller.Name))
		}
	})
	s := httptest.NewServer(d.Sessions.LoadAndSave(mux, func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}))
	t.Cleanup(s.Close)
	return s
}

type browser struct {
	t    *testing.T
	http *http.Client
	url  string
}

func newBrowser(t *testing.T, s *httptest.Server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar}, s.URL}
}

func (b *browser) post(path string, form ...string) *http.Response {
	b.t.Helper()
	values := map[string][]string{}
	for i := 0; i < len(form); i += 2 {
		values[form[i]] = []string{form[i+1]}
	}
	resp, err := b.http.PostForm(b.url+path, values)
	if err != nil {
		b.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

func (b *browser) who() string {
	b.t.Helper()
	resp, err := b.http.Get(b.url + "/who")
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text := make([]byte, 200)
	n, _ := resp.Body.Read(text)
	return string(text[:n])
}

func TestASessionLastsUntilItsEnd(t *testing.T) {
	d, _, _ := founded(t)
	b := newBrowser(t, site(t, d))
	if got := b.who(); got != "a stranger" {
		t.Errorf("before: %s", got)
	}
	if resp := b.post("/in", "email", "ada@tea.example", "password", "wrong"); resp.StatusCode != http.StatusUnauthorized || b.who() != "a stranger" {
		t.Errorf("wrong password: %s, %s", resp.Status, b.who())
	}
	b.post("/in", "email", "ada@tea.example", "password", password)
	if got := b.who(); got != "Ada" {
		t.Errorf("signed in: %s", got)
	}
	after := site(t, &door{Access: reopen(t, d.db, d.clock), db: d.db, clock: d.clock})
	if got := (&browser{t, b.http, after.URL}).who(); got != "Ada" { // cookies are for a host, whatever the port
		t.Errorf("after a restart: %s", got)
	}
	b.post("/out")
	if got := b.who(); got != "a stranger" {
		t.Errorf("signed out: %s", got)
	}
	b.post("/in", "email", "ada@tea.example", "password", password)
	d.clock.pass(sessionLifetime + time.Minute)
	if got := b.who(); got != "a stranger" {
		t.Errorf("after its lifetime: %s", got)
	}
	if err := d.tidy(context.Background()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := d.db.Read().QueryRow(`SELECT COUNT(*) FROM sessions`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d sessions are kept, %v", left, err)
	}
}

func TestADisabledMemberIsAStrangerAtOnce(t *testing.T) {
	d, _, admin := founded(t)
	grace := d.joined(t, admin, "grace@tea.example", Viewer)
	b := newBrowser(t, site(t, d))
	b.post("/in", "email", "grace@tea.example", "password", password)
	if got := b.who(); got != "grace" {
		t.Fatal(got)
	}
	for _, disabled := range []bool{true, false} {
		if _, err := d.ChangeMember(admin, grace.ID, MemberChange{Disabled: &disabled}); err != nil {
			t.Fatal(err)
		}
		if got := b.who(); got != "a stranger" {
			t.Errorf("disabled %v: %s", disabled, got) // coming back does not revive old sessions
		}
	}
	if resp := b.post("/in", "email", "grace@tea.example", "password", password); resp.StatusCode != http.StatusOK || b.who() != "grace" {
		t.Errorf("enabled again: %s", resp.Status)
	}
}

func TestANewPasswordNeedsTheOldOneAndEndsOtherSessions(t *testing.T) {
	d, _, _ := founded(t)
	s := site(t, d)
	here, there := newBrowser(t, s), newBrowser(t, s)
	for _, b := range []*browser{here, there} {
		b.post("/in", "email", "ada@tea.example", "password", password)
	}
	if resp := here.post("/password", "old", "guess", "new", "another horse"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a wrong old password: %s", resp.Status)
	}
	if resp := here.post("/password", "old", password, "new", "short"); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a short password: %s", resp.Status)
	}
	if resp := here.post("/password", "old", password, "new", "another horse"); resp.StatusCode != http.StatusOK {
		t.Errorf("the right old password: %s", resp.Status)
	}
	if here.who() != "Ada" || there.who() != "a stranger" {
		t.Errorf("here %s, there %s", here.who(), there.who())
	}
	there.post("/in", "email", "ada@tea.example", "password", password)
	if got := there.who(); got != "a stranger" {
		t.Errorf("the old password lets in %s", got)
	}
	there.post("/in", "email", "ada@tea.example", "password", "another horse")
	if got := there.who(); got != "Ada" {
		t.Errorf("the new password lets in %s", got)
	}
}

func TestTheCookieIsKeptFromScriptsAndFromPlainHTTP(t *testing.T) {
	d, _, _ := founded(t)
	s := site(t, d)
	for _, https := range []bool{false, true} {
		req := httptest.NewRequest("POST", s.URL+"/in", strings.NewReader("email=ada@tea.example&password="+strings.ReplaceAll(password, " ", "+")))
		req.RequestURI = ""
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if https {
			req.Header.Set("X-Forwarded-Proto", "https")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		cookies := resp.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d cookies", len(cookies))
		}
		c := cookies[0]
		if c.Name != CookieName || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != https || c.MaxAge < int((29*24*time.Hour).Seconds()) {
			t.Errorf("https %v: %s", https, c)
		}
		var plain int
		if err := d.db.Read().QueryRow(`SELECT COUNT(*) FROM sessions WHERE token_hash = $1`, c.Value).Scan(&plain); err != nil || plain != 0 {
			t.Errorf("the token itself is stored, %v", err)
		}
	}
}
