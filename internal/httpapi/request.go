package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"beichen/internal/access"
	"beichen/internal/fault"
)

// request is what every answer needs to know of its question.
type request struct {
	id       string
	language fault.Language
	address  string // where it came from
	signedIn bool
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{language: fault.English}
}

// identified gives a request its id and language, and turns a panic into an honest
// 500 with that id.
func (s *Server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{id: rand.Text()[:12], language: fault.ParseLanguage(r.Header.Get("Accept-Language")), address: address(r)}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, req))
		w.Header().Set("X-Request-Id", req.id)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.Log.ErrorContext(r.Context(), "panic", "request", req.id, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				writeProblem(w, r, s.Log, fmt.Errorf("panic: %v", p))
			}
		}()
		if s.Demo && !isLoopback(r.Host) {
			// Another site's page must not reach the sample company by a name
			// that resolves to this machine (DNS rebinding).
			writeProblem(w, r, s.Log, fault.New(fault.Denied, "api.demo-host", "host", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.Trim(name, "[]")
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// headers are those that keep a screen to itself. Styles are made at run time by
// the component library, hence 'unsafe-inline' for styles alone.
func headers(next http.Handler) http.Handler {
	const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// management is the door of the API: requests that browsers send for another
// site's page are refused, and the caller is found by key or session. Who shows a
// key needs no protection from other sites: browsers add cookies to a forged
// request, never a key.
func (s *Server) management(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, s.Log, fault.New(fault.Denied, "api.cross-site"))
	}))
	known := s.Access.Sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		caller, err := s.caller(r)
		if err != nil {
			writeProblem(w, r, s.Log, err)
			return
		}
		ctx := r.Context()
		if caller != nil {
			requestOf(ctx).signedIn = true
			ctx = access.WithCaller(ctx, *caller)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}), func(w http.ResponseWriter, r *http.Request, err error) { writeProblem(w, r, s.Log, err) })
	protected := sameOrigin.Handler(known)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			known.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

// caller is who asks: the holder of a bearer key, the member of the session, or
// in the sample company its admin; nil for a stranger. A key that does not hold
// is an error and never falls back to the session.
func (s *Server) caller(r *http.Request) (*access.Caller, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		secret, isBearer := strings.CutPrefix(header, "Bearer ")
		if !isBearer {
			return nil, fault.New(fault.Denied, "access.key")
		}
		secret = strings.TrimSpace(secret)
		if s.isLocal(secret) {
			return local(), nil
		}
		return s.Access.APIKey(r.Context(), secret)
	}
	if s.Demo {
		return s.Access.Founder(r.Context())
	}
	return s.Access.SignedIn(r.Context())
}

func callerName(ctx context.Context) string {
	caller, _ := access.CallerFrom(ctx)
	return caller.Name
}

func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	if err := access.Allow(r.Context(), access.Read); err != nil {
		writeProblem(w, r, s.Log, err)
		return
	}
	writeProblem(w, r, s.Log, fault.New(fault.NotFound, "api.no-route", "method", r.Method, "path", r.URL.Path))
}

// operationID names an operation after its route: get-definitions-kind-id.
func operationID(method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' })
	return strings.ToLower(method + "-" + strings.Join(words, "-"))
}
