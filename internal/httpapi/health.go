package httpapi

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"beichen/internal/access"
)

// health adds what machines ask: is it alive, is it ready, how is it doing.
// Strangers learn nothing else; metrics need a key unless asked from loopback.
func (s *Server) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeState(w, http.StatusOK, "alive")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if s.ended.Err() != nil {
			writeState(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		status, state := s.readiness(r.Context())
		writeState(w, status, state)
	})
	metrics := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !fromLoopback(r) {
			if err := s.keyHolds(r); err != nil {
				writeProblem(w, r, s.Log, err)
				return
			}
		}
		metrics.ServeHTTP(w, r)
	})
}

// readiness is 200 while the facts answer; and while a cluster is away as long as the log
// takes in what is sent, for a balancer that passes nothing on would lose it.
func (s *Server) readiness(ctx context.Context) (status int, state string) {
	switch intake := s.Intake.State(); {
	case intake.Shared && intake.Behind == nil:
		return http.StatusOK, "ready"
	case intake.Shared && !intake.LogFull:
		return http.StatusOK, "taking in; the facts are away"
	case intake.Shared:
		return http.StatusServiceUnavailable, "not ready"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := s.Warehouse.Position(ctx); err != nil {
		return http.StatusServiceUnavailable, "not ready"
	}
	return http.StatusOK, "ready"
}

// keyHolds is nil for a request with an API key that may read.
func (s *Server) keyHolds(r *http.Request) error {
	if r.Header.Get("Authorization") == "" {
		return s.Access.Stranger(r.Context())
	}
	caller, err := s.caller(r)
	if err != nil {
		return err
	}
	return access.Allow(access.WithCaller(r.Context(), *caller), access.Read)
}

// fromLoopback reports whether the request was made on this machine and not
// passed on by a proxy here.
func fromLoopback(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == ""
}

func writeState(w http.ResponseWriter, status int, state string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": state}) // the asker has gone
}
