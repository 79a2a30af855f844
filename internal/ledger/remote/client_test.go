package remote_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/remote"
	"beichen/internal/ledger/sqlstore"

	"github.com/google/go-cmp/cmp"
)

// serve answers the routes of the contract from a real ledger, and returns a
// client of it.
func serve(t *testing.T) (remote.Book, *ledger.Ledger) {
	t.Helper()
	db, err := sqlstore.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	l := ledger.New(ledger.Config{
		Store: sqlstore.NewStore(db), Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
		Rules: ledger.Rules{Validators: map[ledger.Kind]ledger.Validator{ledger.Journey: func(body json.RawMessage) error {
			if strings.Contains(string(body), "wrong") {
				return fault.Many("ledger.files", []fault.Detail{fault.At("stages", 0, "ledger.needs")})
			}
			return nil
		}}},
	})
	answer := func(w http.ResponseWriter, value any, err error) {
		var f *fault.Error
		if errors.As(err, &f) {
			problem := map[string]any{"kind": f.Kind, "title": f.Message("en"), "detail": f.Hint("en"), "faults": fault.Localize(f.Faults, "en")}
			var stale *ledger.Stale
			if errors.As(err, &stale) {
				problem["current"], problem["yours"] = stale.Current, stale.Yours
			}
			value = problem
			w.WriteHeader(http.StatusTeapot)
		}
		json.NewEncoder(w).Encode(value)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/definitions/{kind}", func(w http.ResponseWriter, r *http.Request) {
		list, err := l.List(r.Context(), ledger.Kind(r.PathValue("kind")))
		answer(w, map[string]any{"items": list}, err)
	})
	mux.HandleFunc("GET /api/v1/definitions/{kind}/{id}", func(w http.ResponseWriter, r *http.Request) {
		rev, err := l.Current(r.Context(), ledger.Kind(r.PathValue("kind")), r.PathValue("id"))
		answer(w, rev, err)
	})
	mux.HandleFunc("PUT /api/v1/definitions/{kind}/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer bca_secret" {
			answer(w, nil, fault.New(fault.Denied, "access.key"))
			return
		}
		var question struct {
			Body   json.RawMessage
			Reason string
		}
		json.NewDecoder(r.Body).Decode(&question)
		seen, _ := strconv.Atoi(strings.Trim(r.Header.Get("If-Match"), `"`))
		rev, err := l.Put(r.Context(), ledger.Write{Kind: ledger.Kind(r.PathValue("kind")), ID: r.PathValue("id"),
			IfMatch: seen, Author: "key", Reason: question.Reason}, question.Body)
		answer(w, rev, err)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return remote.Book{API: &client.Client{HTTP: server.Client(), Server: server.URL + "/", Key: "bca_secret", Language: fault.English}}, l
}

func TestFilesAreAppliedToAServerAsToAFolder(t *testing.T) {
	book, l := serve(t)
	ctx := context.Background()
	documents, problem := ledger.ReadDocuments("x.yaml", []byte("kind: Journey\nid: 茶.v1\nstages: []\n"))
	if problem != nil {
		t.Fatal(problem)
	}
	for round, want := range []ledger.Outcome{ledger.Created, ledger.Unchanged} {
		plan, err := ledger.NewPlan(ctx, book, l.Rules, ledger.Files{Documents: documents}, fault.English)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Items[0].Outcome != want {
			t.Errorf("round %d: %s", round, plan.Items[0].Outcome)
		}
		if err := plan.Apply(ctx, book, "ignored", "from Git"); err != nil {
			t.Fatal(err)
		}
	}
	local, err := l.List(ctx, ledger.Journey)
	if err != nil {
		t.Fatal(err)
	}
	overHTTP, err := book.List(ctx, ledger.Journey)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(local, overHTTP); d != "" || len(local) != 1 || local[0].Author != "key" {
		t.Errorf("%+v, differs by %s", local, d)
	}
}

func TestAProblemOfTheServerIsAFaultWithItsKind(t *testing.T) {
	book, _ := serve(t)
	ctx := context.Background()
	if _, err := book.Current(ctx, ledger.Journey, "nothing"); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("not there: %v", err)
	}
	w := ledger.Write{Kind: ledger.Journey, ID: "tea", Reason: "r"}
	if _, err := book.Put(ctx, w, json.RawMessage(`{}`)); err != nil {
		t.Fatal(err)
	}
	_, err := book.Put(ctx, w, json.RawMessage(`{"n":1}`))
	var stale *ledger.Stale
	if !fault.Is(err, fault.Conflict) || !errors.As(err, &stale) || stale.Current.Version != 1 || len(stale.Yours) == 0 {
		t.Errorf("stale: %v", err)
	}
	w.IfMatch = 1
	_, err = book.Put(ctx, w, json.RawMessage(`{"n":"wrong"}`))
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Faults) != 1 || f.Faults[0].Path != "stages" {
		t.Errorf("invalid: %v", err)
	}
	book.API.Key = "stolen"
	if _, err = book.Put(ctx, w, json.RawMessage(`{"n":2}`)); !fault.Is(err, fault.Denied) {
		t.Errorf("wrong key: %v", err)
	}
}

func TestAServerThatIsNotBeichenIsUnavailable(t *testing.T) {
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		w.Write([]byte("<html>"))
	}))
	t.Cleanup(html.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, server := range []string{html.URL, gone.URL} {
		book := remote.Book{API: &client.Client{HTTP: http.DefaultClient, Server: server, Key: "k"}}
		if _, err := book.List(context.Background(), ledger.Journey); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", server, err)
		}
	}
}
