package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// Problem is the body of every error answer: RFC 9457, in the caller's language.
type Problem struct {
	Type    string         `json:"type" doc:"urn:beichen:problem:<key>"`
	Title   string         `json:"title" doc:"What went wrong, in the caller's language"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail,omitempty" doc:"What to do about it"`
	Kind    fault.Kind     `json:"kind"`
	Key     string         `json:"key"`
	Faults  []fault.Detail `json:"faults,omitempty"`
	Request string         `json:"request,omitempty" doc:"The request's id in the server's log"`
	// Current and Yours are the two versions of a stale write (409).
	Current *ledger.Revision `json:"current,omitempty"`
	Yours   json.RawMessage  `json:"yours,omitempty"`

	retryAfter int
}

// Error makes a Problem an error that huma writes as it is.
func (p *Problem) Error() string { return p.Key + ": " + p.Title }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders carries Retry-After where a later try may go through.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

func status(e *fault.Error, signedIn bool) int {
	switch e.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		if isAboutTheWay := e.Key == "api.cross-site" || e.Key == "api.demo-host"; signedIn || isAboutTheWay {
			return http.StatusForbidden
		}
		return http.StatusUnauthorized
	case fault.Limited:
		if e.Key == "api.too-large" {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem turns an error into what the caller sees, and logs what they do not:
// the cause of a defect stays on the server, under the request's id.
func problem(ctx context.Context, log *slog.Logger, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	req := requestOf(ctx)
	var e *fault.Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled):
		// The asker has gone or asks something newer; nobody reads the answer.
		e = fault.Wrap(err, fault.Unavailable, "api.cancelled")
	case errors.Is(err, context.DeadlineExceeded):
		e = fault.Wrap(err, fault.Unavailable, "api.too-slow")
	default:
		e = fault.Wrap(err, fault.Internal, "fault.internal", "request", req.id)
	}
	if e.Kind == fault.Internal {
		log.ErrorContext(ctx, "request failed", "request", req.id, "error", err)
	}
	p = &Problem{
		Type:    "urn:beichen:problem:" + e.Key,
		Title:   e.Message(req.language),
		Status:  status(e, req.signedIn),
		Detail:  e.Hint(req.language),
		Kind:    e.Kind,
		Key:     e.Key,
		Faults:  fault.Localize(e.Faults, req.language),
		Request: req.id,
	}
	if seconds, ok := e.Args["seconds"].(int); ok {
		p.retryAfter = seconds
	} else if e.Kind == fault.Unavailable {
		p.retryAfter = 1
	}
	var stale *ledger.Stale
	if errors.As(err, &stale) {
		p.Current, p.Yours = &stale.Current, stale.Yours
	}
	return p
}

// writeProblem answers a plain handler's error.
func writeProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	p := problem(r.Context(), log, err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		log.DebugContext(r.Context(), "the caller left before the answer", "error", err)
	}
}

// text is the problem in one line: what is wrong, and every fault.
func (p *Problem) text() string {
	text := p.Title
	for _, f := range p.Faults {
		text += " " + f.Message
	}
	return text
}
