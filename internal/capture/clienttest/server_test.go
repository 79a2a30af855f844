// Package clienttest holds the capture protocol to the client libraries that
// speak it, unchanged: two for Go here, five for Node and browsers in
// e2e/clients, the latter in a real Chromium.
package clienttest

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"beichen/internal/capture"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb"
)

const writeKey = "k3y-0f-the-sh0p"

type keyring struct{}

func (keyring) WriteKey(_ context.Context, secret string) (string, []string, bool) {
	return "shop", []string{capture.ScopeCapture}, secret == writeKey
}

// server captures into DuckDB, on loopback.
type server struct {
	t       *testing.T
	url     string
	intake  *capture.Intake
	store   *duckdb.Warehouse
	refuses atomic.Int32 // so many requests are answered 503, as by a log that is full
	began   time.Time
}

// refusing is an intake that is full at first.
type refusing struct {
	*capture.Intake
	refuses *atomic.Int32
}

func (r refusing) Accept(ctx context.Context, in []capture.Incoming) (capture.Receipt, error) {
	if r.refuses.Add(-1) >= 0 {
		return capture.Receipt{}, fault.New(fault.Unavailable, "eventlog.full", "bytes", 1, "retryAfter", 1)
	}
	return r.Intake.Accept(ctx, in)
}

func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	store, err := duckdb.Open(t.Context(), filepath.Join(dir, "facts.duckdb"), duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	intake, err := capture.Open(t.Context(), capture.Config{Dir: filepath.Join(dir, "log"), Warehouse: store, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, intake: intake, store: store, began: time.Now()}
	mux := http.NewServeMux()
	capture.Routes(mux, capture.HTTPConfig{Intake: refusing{intake, &s.refuses}, Keys: keyring{}, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	outer := httptest.NewServer(mux)
	s.url = outer.URL
	t.Cleanup(func() {
		outer.Close()
		if err := intake.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fact is what a test compares of a message.
type fact struct {
	Type                                 event.Type
	Name                                 string
	User, Visitor, Previous, Group       string
	Channel, Currency                    string
	Value                                float64
	PageName, Plan, TraitPlan, TraitName any
}

// people is who is who.
func (s *server) people() *identity.Graph {
	s.t.Helper()
	graph, err := s.intake.Whole(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return graph
}

// facts are all messages, by type and name: clients send batches side by side,
// so that they arrive in any order.
func (s *server) facts() []fact {
	s.t.Helper()
	if err := s.intake.Flush(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	page, err := s.store.Quarantine(s.t.Context(), warehouse.QuarantineQuery{Limit: 10})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, q := range page.Items {
		s.t.Errorf("in the quarantine for %s (%s): %s", q.Reason, q.Detail, q.Raw)
	}
	var of []uint32
	for n := range s.people().RefsAfter(0) {
		of = append(of, uint32(n+1))
	}
	messages, err := s.store.Timeline(s.t.Context(), warehouse.Timeline{Of: of, Root: event.Traits, Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []fact
	for _, m := range messages {
		if m.Source != "shop" || m.MessageID == "" {
			s.t.Errorf("source %q, id %q", m.Source, m.MessageID)
		}
		if m.Time.Before(s.began.Add(-time.Second)) || m.Time.After(time.Now().Add(time.Second)) {
			s.t.Errorf("%s %s happened at %s", m.Type, m.Name, m.Time)
		}
		f := fact{
			Type: m.Type, Name: m.Name, User: m.UserID, Visitor: m.AnonymousID, Previous: m.PreviousID, Group: m.GroupID,
			Channel: m.Channel, Currency: m.Currency,
		}
		if _, err := uuid.Parse(f.Visitor); err == nil {
			f.Visitor = "made up"
		}
		if m.Value != nil {
			f.Value = *m.Value
		}
		properties, traits := s.object(m.Properties), s.object(m.Traits)
		f.PageName, f.Plan = properties["name"], properties["plan"]
		f.TraitPlan, f.TraitName = traits["plan"], traits["name"]
		out = append(out, f)
	}
	slices.SortFunc(out, byTypeAndName)
	return out
}

func byTypeAndName(a, b fact) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
}

func (s *server) object(raw json.RawMessage) map[string]any {
	s.t.Helper()
	var out map[string]any
	if raw != nil {
		if err := json.Unmarshal(raw, &out); err != nil {
			s.t.Errorf("%s: %v", raw, err)
		}
	}
	return out
}

// told holds what was stored to the story of e2e/clients/scenario.mjs. Clients
// differ in which ids they repeat; change adapts the story to one of them.
func (s *server) told(change func(story []fact) []fact) {
	s.t.Helper()
	story := []fact{
		{Type: event.Page, Name: "Page Viewed", Visitor: "visitor", PageName: "Pricing"},
		{Type: event.Track, Name: "Trial Started", Visitor: "visitor"},
		{Type: event.Identify, User: "member", Visitor: "visitor", TraitPlan: "pro"},
		{Type: event.Group, User: "member", Group: "acme", TraitName: "Acme Tea"},
		{Type: event.Track, Name: "Order Paid", User: "member", Group: "acme", Channel: "email", Currency: "TWD", Value: 1299.5, Plan: "pro"},
		{Type: event.Screen, Name: "Screen Viewed", User: "member", PageName: "Home"},
		{Type: event.Alias, User: "member", Previous: "old member"},
	}
	want := change(story)
	slices.SortFunc(want, byTypeAndName)
	if diff := gocmp.Diff(want, s.facts()); diff != "" {
		s.t.Error(diff)
	}
	view := s.people().View()
	visitor, knownVisitor := view.FindRef(event.Ref{Anonymous: true, ID: "visitor"})
	member, knownMember := view.FindRef(event.Ref{ID: "member"})
	if !knownVisitor || !knownMember || view.Person(visitor) != view.Person(member) {
		s.t.Error("the visitor and the member are not one person")
	}
}
