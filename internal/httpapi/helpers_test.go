package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/doctor"
	"beichen/internal/event"
	"beichen/internal/httpapi"
	"beichen/internal/nodes"
	"beichen/internal/webui"
)

// company is a workspace that was set up and is served on loopback.
type company struct {
	*app.Workspace
	t      *testing.T
	api    *httpapi.Server
	server *httptest.Server
	admin  *client
	joined int
}

const password = "correct horse battery staple"

// open sets a workspace up, with its first admin signed in.
func open(t *testing.T) *company {
	t.Helper()
	return openAs(t, false, time.Now)
}

func openAs(t *testing.T, demo bool, now func() time.Time) *company {
	t.Helper()
	return openWith(t, demo, app.Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: now})
}

func openWith(t *testing.T, demo bool, o app.Options) *company {
	t.Helper()
	w, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c := &company{Workspace: w, t: t}
	c.api = httpapi.New(c.config(demo))
	c.server = httptest.NewServer(c.api)
	t.Cleanup(func() {
		c.api.Close()
		c.server.Close()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	token, err := w.Access.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.admin = c.stranger()
	c.admin.ok("POST", "/api/v1/setup", access.SetUp{Token: token, Email: "ada@tea.example", Name: "Ada", Password: password,
		WorkspaceName: "Tea", Timezone: "Asia/Taipei", Locale: "en"})
	return c
}

// config is what the surface serves the workspace with.
func (c *company) config(demo bool) httpapi.Config {
	return httpapi.Config{
		Access: c.Access, Ledger: c.Ledger, Intake: c.Intake, Warehouse: c.Warehouse,
		Customers: c.Customers, Measurer: c.Measurer, Retention: c.Retention, Metric: c.Metric, Tree: c.Tree, Live: c.Live, Metrics: c.Metrics,
		Screen: webui.Handler(), Log: c.Log, Now: c.Now, Version: "1.2.3", Demo: demo,
		Backup:      func(ctx context.Context) (httpapi.Snapshot, error) { return c.Snapshot(ctx, "1.2.3") },
		ExplainScan: app.ExplainScan, Nodes: circle(c.Log),
		Doctor: func(context.Context) []doctor.Finding { return nil }, // what it finds is package app's to test
	}
}

const nodesSecret = "what the ledger gave the nodes"

// circle is who would count for nodes that know the secret.
func circle(log *slog.Logger) *nodes.Circle {
	c := &nodes.Circle{Log: log}
	c.Know(nodes.State{Version: "1.2.3", Secret: nodesSecret})
	return c
}

// client is somebody who asks: a browser with its cookies, or a program with a key.
type client struct {
	t    *testing.T
	base string
	http *http.Client
	key  string
}

func (c *company) stranger() *client {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &client{t: c.t, base: c.server.URL, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// member invites somebody of a role, who accepts and is signed in by that.
func (c *company) member(role access.Role) *client {
	c.t.Helper()
	c.joined++
	var invited struct{ InviteURL string }
	c.admin.ok("POST", "/api/v1/members", access.NewMember{
		Email: fmt.Sprintf("%s%d@tea.example", role, c.joined), Name: fmt.Sprintf("%s %d", role, c.joined), Role: role}).into(&invited)
	m := c.stranger()
	m.ok("POST", "/api/v1/invitations/"+invited.InviteURL[len("/invite/"):], map[string]string{"password": password})
	return m
}

// withKey is a program with a key of the scopes.
func (c *company) withKey(kind access.KeyKind, scopes ...string) *client {
	c.t.Helper()
	var made struct{ Secret string }
	c.admin.ok("POST", "/api/v1/keys", access.NewKey{Name: fmt.Sprint(kind, scopes), Kind: kind, Scopes: scopes}).into(&made)
	k := c.stranger()
	k.key = made.Secret
	return k
}

// answer is what came back.
type answer struct {
	*http.Response
	t    *testing.T
	text []byte
}

// header is a header of a request; the last value given of one counts, "" removes it.
type header struct{ name, value string }

// ask sends a request; a body that is not text is sent as JSON.
func (c *client) ask(method, path string, body any, headers ...header) answer {
	c.t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(body))
	default:
		text, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	for _, h := range headers {
		if h.name == "Host" {
			r.Host = h.value
			continue
		}
		r.Header.Set(h.name, h.value)
	}
	response, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{response, c.t, text}
}

// ok is ask where only a success will do.
func (c *client) ok(method, path string, body any, headers ...header) answer {
	c.t.Helper()
	a := c.ask(method, path, body, headers...)
	if a.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %d %s", method, path, a.StatusCode, a.text)
	}
	return a
}

// get reads a success into a value.
func (c *client) get(path string, into any) {
	c.t.Helper()
	c.ok("GET", path, nil).into(into)
}

// refused is ask where only a problem of this status and key will do.
func (c *client) refused(status int, key, method, path string, body any, headers ...header) httpapi.Problem {
	c.t.Helper()
	return c.ask(method, path, body, headers...).problem(status, key)
}

func (a answer) into(value any) {
	a.t.Helper()
	if err := json.Unmarshal(a.text, value); err != nil {
		a.t.Fatalf("%s: %v", a.text, err)
	}
}

func (a answer) problem(status int, key string) httpapi.Problem {
	a.t.Helper()
	if a.StatusCode != status || a.Header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("answered %d %s, want %d: %s", a.StatusCode, a.Header.Get("Content-Type"), status, a.text)
	}
	var p httpapi.Problem
	a.into(&p)
	if p.Key != key || p.Status != status || p.Type != "urn:beichen:problem:"+key || p.Title == "" {
		a.t.Fatalf("problem %+v, want %s", p, key)
	}
	return p
}

// send captures messages with a write key made for it, and waits until the
// warehouse has them.
func (c *company) send(messages ...map[string]any) {
	c.t.Helper()
	key := c.withKey(access.WriteKeys, access.ScopeCapture, access.ScopeImport)
	var receipt struct{ Stored, Duplicate, Quarantined int }
	key.ok("POST", "/v1/import?writeKey="+key.key, map[string]any{"batch": messages}).into(&receipt)
	if receipt.Stored+receipt.Quarantined != len(messages) {
		c.t.Fatalf("of %d messages: %+v", len(messages), receipt)
	}
	c.flush()
}

func (c *company) flush() {
	c.t.Helper()
	if err := c.Intake.Flush(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// day is noon of a day in November 2026, UTC.
func day(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }

func track(user, name string, at time.Time, properties map[string]any) map[string]any {
	return map[string]any{"type": string(event.Track), "userId": user, "event": name,
		"timestamp": at.Format(time.RFC3339Nano), "properties": properties}
}

func identify(user string, traits map[string]any) map[string]any {
	return map[string]any{"type": string(event.Identify), "userId": user, "timestamp": day(1).Format(time.RFC3339), "traits": traits}
}

// trial is a journey of two stages: those who sign up, and those who pay.
const trial = `{"kind":"Journey","id":"trial","name":{"en":"Trial","zh-Hant":"試用"},"window":"7d","stages":[
	{"id":"signed","name":"註冊","steps":[{"id":"up","when":[{"event":"Signed Up"}]}]},
	{"id":"paid","steps":[{"id":"order","when":[{"event":"Order Paid"}]},{"id":"thanks"}]}]}`

// propose writes a first revision.
func (c *client) propose(id, body string) {
	c.t.Helper()
	c.ok("PUT", "/api/v1/definitions/Journey/"+id, map[string]any{"body": json.RawMessage(body), "reason": "start"}, header{"If-Match", `"0"`})
}

// faultPaths is the status of a problem and the path of each of its faults.
func faultPaths(a answer) string {
	a.t.Helper()
	var p struct{ Faults []struct{ Path string } }
	a.into(&p)
	text := fmt.Sprint(a.StatusCode)
	for _, f := range p.Faults {
		text += " " + f.Path
	}
	return text
}
