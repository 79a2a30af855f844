package capture

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Keys tells what a write key may do: its name, which becomes the source of
// what comes in with it, and its scopes, of ScopeCapture and ScopeImport.
type Keys interface {
	WriteKey(ctx context.Context, secret string) (source string, scopes []string, ok bool)
}

// The scopes of a write key.
const (
	ScopeCapture = "capture" // what programs and browsers send
	ScopeImport  = "import"  // history, by POST /v1/import
)

// Taker takes in what the routes decoded: an Intake, or the peer of the
// benchmarks, which keeps nothing.
type Taker interface {
	Accept(ctx context.Context, in []Incoming) (Receipt, error)
	State() State
}

// HTTPConfig is what the capture routes work with.
type HTTPConfig struct {
	Intake Taker
	Keys   Keys
	Log    *slog.Logger
	Now    func() time.Time
	// EventsPerSecond bounds one key in the long run, Burst at once; above it
	// senders are answered 429. Defaults 50,000 and 250,000.
	EventsPerSecond float64
	Burst           int
}

// Routes adds the routes of the Segment protocol, as Segment's, RudderStack's
// and Jitsu's clients call them (capture-protocols): with a write key and
// nothing else, from pages of any origin.
func Routes(mux *http.ServeMux, c HTTPConfig) {
	if c.EventsPerSecond == 0 {
		c.EventsPerSecond, c.Burst = 50_000, 250_000
	}
	h := &handler{HTTPConfig: c, limits: newLimits(c.EventsPerSecond, c.Burst)}
	for _, kind := range []event.Type{event.Track, event.Identify, event.Page, event.Screen, event.Group, event.Alias} {
		single := h.take(func(b *body) ([]Incoming, error) { return b.single(kind) }, ScopeCapture)
		mux.Handle("/v1/"+string(kind), single)
		mux.Handle("/v1/"+string(kind)[:1], single) // as Segment's browser library calls them
		mux.Handle("/api/s/"+string(kind), single)
		mux.Handle("/api/s/s2s/"+string(kind), single)
	}
	batch := h.take(func(b *body) ([]Incoming, error) { return b.batch(false) }, ScopeCapture)
	for _, path := range []string{"/v1/batch", "/v1/b", "/beacon/v1/batch"} {
		mux.Handle(path, batch)
	}
	mux.Handle("/v1/import", h.take(func(b *body) ([]Incoming, error) { return b.batch(true) }, ScopeImport))
	h.clientSettings(mux)
}

type handler struct {
	HTTPConfig
	limits *limits
}

// take is the handler of one endpoint: who sends, what it holds, in with it.
func (h *handler) take(parse func(*body) ([]Incoming, error), scope string) http.Handler {
	return h.cors(http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
		receipt, err := h.receive(w, r, parse, scope)
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		answer(w, http.StatusOK, struct {
			Success bool `json:"success"`
			Receipt
		}{true, receipt})
	})
}

func (h *handler) receive(w http.ResponseWriter, r *http.Request, parse func(*body) ([]Incoming, error), scope string) (Receipt, error) {
	now := h.Now()
	// A key that stands outside of the body is judged before the body is read.
	secrets := keysOf(r)
	source, err := h.authorize(r.Context(), secrets, scope)
	if len(secrets) > 0 && err != nil {
		return Receipt{}, err
	}
	raw, err := readBody(w, r)
	if err != nil {
		return Receipt{}, err
	}
	b, err := openBody(raw)
	if err != nil {
		return Receipt{}, err
	}
	if len(secrets) == 0 {
		if source, err = h.authorize(r.Context(), b.keys(), scope); err != nil {
			return Receipt{}, err
		}
	}
	b.envelope.ReceivedAt, b.envelope.Source = now, source
	in, err := parse(b)
	if err != nil {
		return Receipt{}, err
	}
	if wait := h.limits.take(source, len(in), now); wait > 0 {
		return Receipt{}, fault.New(fault.Limited, "capture.too-fast", "source", source, "retryAfter", int(math.Ceil(wait.Seconds())))
	}
	return h.Intake.Accept(r.Context(), in)
}

// keysOf lists where a request may carry its write key: as the user of HTTP
// Basic, as Jitsu's header, or in the address, which is all a beacon has.
func keysOf(r *http.Request) []string {
	var keys []string
	if user, _, ok := r.BasicAuth(); ok {
		keys = append(keys, user)
	}
	if key := r.Header.Get("X-Write-Key"); key != "" {
		keys = append(keys, key)
		if _, secret, ok := strings.Cut(key, ":"); ok { // Jitsu's clients insist on id:secret
			keys = append(keys, secret)
		}
	}
	if key := r.URL.Query().Get("writeKey"); key != "" {
		keys = append(keys, key)
	}
	return keys
}

func (h *handler) authorize(ctx context.Context, secrets []string, scope string) (string, error) {
	for _, secret := range secrets {
		if source, scopes, ok := h.Keys.WriteKey(ctx, secret); ok {
			if !slices.Contains(scopes, scope) {
				return "", fault.New(fault.Denied, "capture.no-scope", "source", source, "scope", scope)
			}
			return source, nil
		}
	}
	return "", fault.New(fault.Denied, "capture.no-key")
}

// cors lets pages of any origin send. The write key, not a cookie, says who
// they are; credentials are allowed because beacons and some clients insist on
// sending them, and nothing here reads them.
func (h *handler) cors(method string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
			w.Header().Add("Vary", "Origin")
		}
		asked := r.Method
		if asked == http.MethodHead {
			asked = http.MethodGet
		}
		switch asked {
		case http.MethodOptions:
			w.Header().Set("Access-Control-Allow-Methods", method+", OPTIONS")
			if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
				w.Header().Set("Access-Control-Allow-Headers", headers)
			}
			if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
				w.Header().Set("Access-Control-Allow-Private-Network", "true")
			}
			w.Header().Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
		case method:
			next(w, r)
		default:
			w.Header().Set("Allow", method+", OPTIONS")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

// refuse answers an error as the clients of the protocol understand it: 400 only
// for what will never do, 401 and 403 for keys, 429 and 503 with Retry-After for
// what will do later.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		if r.Context().Err() != nil {
			return // nobody listens any more
		}
		f = fault.Wrap(err, fault.Internal, "fault.internal", "request", "")
	}
	status := http.StatusInternalServerError
	switch f.Kind {
	case fault.Invalid:
		status = http.StatusBadRequest
	case fault.Denied:
		status = http.StatusUnauthorized
		if f.Key == "capture.no-scope" {
			status = http.StatusForbidden
		}
	case fault.Limited:
		status = http.StatusTooManyRequests
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	}
	if status >= 500 {
		h.Log.ErrorContext(r.Context(), "capture refused a request", "path", r.URL.Path, "status", status, "error", err)
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		seconds, ok := f.Args["retryAfter"].(int)
		if !ok {
			seconds = busyRetry
		}
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	language := fault.ParseLanguage(r.Header.Get("Accept-Language"))
	answer(w, status, struct {
		Success bool   `json:"success"`
		Key     string `json:"key"`
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
	}{false, f.Key, f.Message(language), f.Hint(language)})
}

func answer(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the caller may have gone
}
