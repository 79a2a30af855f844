// Package httpapi is the HTTP surface: capture, the management API under
// /api/v1, live news, health and the screen. One file a feature; nothing here
// decides anything that the command line would decide differently.
package httpapi

import (
	"compress/gzip"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/customer"
	"beichen/internal/doctor"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/ledger"
	"beichen/internal/live"
	"beichen/internal/metric"
	"beichen/internal/nodes"
	"beichen/internal/tree"
	"beichen/internal/warehouse"
)

// Config is what the surface serves. All fields are required but Demo and LocalSecret.
type Config struct {
	Access    *access.Access
	Ledger    *ledger.Ledger
	Intake    *capture.Intake
	Warehouse warehouse.Warehouse
	Customers customer.Book
	Measurer  *journey.Measurer
	Retention *retention.Measurer
	Metric    *metric.Measurer
	Tree      *tree.Measurer
	Live      *live.Hub
	Metrics   *prometheus.Registry
	Screen    http.Handler
	Log       *slog.Logger
	Now       func() time.Time
	Version   string
	// Demo signs every caller in as the sample company's admin; the server
	// listens on loopback then and answers only to loopback Hosts.
	Demo bool
	// ExplainScan is the statement by which the store finds what a question asks.
	ExplainScan func(stream.Question) string
	// LocalSecret is a bearer secret of full rights, for commands on the
	// workspace's own folder; empty for none.
	LocalSecret string
	// Nodes counts for other nodes, who prove themselves to it.
	Nodes http.Handler
	// Forget forgets the person with an id, for a reason.
	Forget func(ctx context.Context, id string, anonymous bool, reason string) (warehouse.Forgotten, error)
	// Kept says how long facts are kept and, unless keep is empty, what keeping them for
	// so long would delete; Keep keeps them for so long.
	Kept   func(ctx context.Context, keep string) (KeptFacts, error)
	Keep   func(ctx context.Context, keep string, confirmed bool) (KeptFacts, error)
	Backup func(ctx context.Context) (Snapshot, error)
	Doctor func(ctx context.Context) []doctor.Finding
}

// Server answers requests. Close ends the streams that would otherwise keep a
// stopping HTTP server waiting.
type Server struct {
	Config
	handler   http.Handler
	api       huma.API
	heartbeat time.Duration // of live news
	ended     context.Context
	Close     context.CancelFunc
}

// New wires the routes.
func New(c Config) *Server {
	s := &Server{Config: c, heartbeat: heartbeat}
	s.ended, s.Close = context.WithCancel(context.Background())

	mux := http.NewServeMux()
	s.describe(mux)
	s.sessions()
	s.settings()
	s.definitions()
	s.dashboards()
	s.catalogue()
	s.journeys()
	s.measures()
	s.behinds()
	s.retentions()
	s.metrics()
	s.trees()
	s.pathsRoutes()
	s.facts()
	s.identities()
	s.forgettings()
	s.kept()
	s.quarantines()
	s.operations()
	precise(s.api.OpenAPI())
	mux.Handle("GET /api/v1/live", s.plain(access.Read, s.liveNews))
	mux.Handle("GET /api/docs", s.plain(access.Read, docs(s.api)))
	mux.HandleFunc("/api/", s.noRoute)
	mux.Handle("/mcp", s.plain(access.Read, s.assistants(mux).ServeHTTP))
	s.health(mux)

	// Capture answers strangers' pages, with a write key: it stands outside of
	// sessions, of the cross-origin check and of the screen's headers.
	outer := http.NewServeMux()
	capture.Routes(outer, capture.HTTPConfig{Intake: c.Intake, Keys: c.Access, Log: c.Log, Now: c.Now})
	outer.Handle(nodes.Path, s.untilTheEnd(c.Nodes))
	door := s.management(mux)
	inner := http.NewServeMux()
	inner.Handle("/api/", door)
	inner.Handle("/mcp", door)
	inner.Handle("/healthz", mux)
	inner.Handle("/readyz", mux)
	inner.Handle("/metrics", mux)
	inner.Handle("/", c.Screen)
	outer.Handle("/", headers(compressed(inner)))
	outer.Handle("GET /api/v1/live", headers(door)) // compressed news would wait for more of them
	s.handler = s.identified(outer)
	return s
}

// untilTheEnd breaks answers off that take long when the server stops.
func (s *Server) untilTheEnd(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.ended, cancel)()
		inner.ServeHTTP(w, r.WithContext(ctx))
	})
}

// compressed compresses answers, as fast as that goes: numbers are waited for.
// Who asks from this very machine, and for nobody else, waits for the
// compression alone, and is spared it.
func compressed(inner http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		panic(err) // a level that exists
	}
	outer := wrap(inner)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		forwarded := r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != ""
		if ip := net.ParseIP(host); err == nil && ip.IsLoopback() && !forwarded {
			inner.ServeHTTP(w, r)
			return
		}
		outer.ServeHTTP(w, r)
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// describe sets huma up: the description of the API at /api/openapi.json, and
// problems in the caller's language also for what huma itself refuses.
func (s *Server) describe(mux *http.ServeMux) {
	speakOurProblems()
	config := huma.DefaultConfig("Beichen", apiVersion)
	config.OpenAPIPath = "" // served below, behind the same door as everything
	config.DocsPath = ""
	config.SchemasPath = ""
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.CreateHooks = nil // no $schema members in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: access.CookieName},
	}
	s.api = huma.NewGroup(humago.New(mux, config), "/api/v1")
	mux.Handle("GET /api/openapi.json", s.plain(access.Read, func(w http.ResponseWriter, r *http.Request) {
		text, err := s.api.OpenAPI().MarshalJSON()
		if err != nil {
			writeProblem(w, r, s.Log, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // the caller has gone
	}))
}

// apiVersion is that of the routes, not of the program, which the session tells.
const apiVersion = "v1"

// speakOurProblems makes huma answer and describe errors as problems of ours. It
// knows one way to do so, for all servers of a process; once, so that a server
// that starts does not race with one that answers.
var speakOurProblems = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(c huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return requestProblem(c.Context(), status, errs)
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return requestProblem(context.Background(), status, errs)
	}
})

// items is a list as answers carry it.
type items[T any] struct {
	Items []T `json:"items"`
}

// body is an answer with nothing but a body.
type body[T any] struct{ Body T }

func answer[T any](value T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{value}, nil
}

func answerItems[T any](list []T, err error) (*body[items[T]], error) {
	if list == nil {
		list = []T{}
	}
	return answer(items[T]{list}, err)
}

// route adds one operation of the management API that needs a permission.
func route[I, O any](s *Server, method, path, tag, summary string, need access.Permission,
	handle func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, huma.Operation{
		OperationID:  operationID(method, path),
		Method:       method,
		Path:         path,
		Summary:      summary,
		Tags:         []string{tag},
		MaxBodyBytes: 4 << 20,
		Security:     []map[string][]string{{"key": {}}, {"session": {}}},
		Middlewares:  huma.Middlewares{s.allow(need)},
	}, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problem(ctx, s.Log, err)
		}
		return out, nil
	})
}

// allow lets those through who have the permission, before anything else is said
// about their request.
func (s *Server) allow(need access.Permission) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		if err := access.Allow(c.Context(), need); err != nil {
			r, w := humago.Unwrap(c)
			writeProblem(w, r, s.Log, err)
			return
		}
		next(c)
	}
}

// plain is route for a handler that writes by itself.
func (s *Server) plain(need access.Permission, handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := access.Allow(r.Context(), need); err != nil {
			writeProblem(w, r, s.Log, err)
			return
		}
		handle(w, r)
	})
}
