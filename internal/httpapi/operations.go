package httpapi

import (
	"context"
	"crypto/subtle"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"beichen/internal/access"
	"beichen/internal/doctor"
)

// Snapshot is a copy of the workspace that is ready to be written out.
type Snapshot interface {
	io.WriterTo
	io.Closer
}

// operations are what an operator asks of a running server.
func (s *Server) operations() {
	route(s, http.MethodPost, "/backup", "Operations", "A consistent copy of the workspace: a gzipped tar for beichen restore", access.Administer,
		func(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
			copied, err := s.Backup(ctx)
			if err != nil {
				return nil, err
			}
			if err := s.Access.Audit(ctx, access.AuditEntry{Action: "workspace.backed-up"}); err != nil {
				copied.Close()
				return nil, err
			}
			return &huma.StreamResponse{Body: func(c huma.Context) { s.stream(c, copied) }}, nil
		})
	s.api.OpenAPI().Paths["/api/v1/backup"].Post.Responses["200"].Content = map[string]*huma.MediaType{
		"application/gzip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}

	route(s, http.MethodGet, "/doctor", "Operations", "What is well and what is not with stores, disk, clock and loading", access.Administer,
		func(ctx context.Context, _ *struct{}) (*body[doctor.Report], error) {
			return answer(doctor.NewReport(s.Doctor(ctx), requestOf(ctx).language), nil)
		})
}

// stream writes a copy out. What fails half way breaks the connection, so that
// nobody takes a part for the whole.
func (s *Server) stream(c huma.Context, copied Snapshot) {
	r, w := humago.Unwrap(c)
	w.Header().Set("Content-Type", "application/gzip")
	w.Header().Set("Content-Disposition", `attachment; filename="beichen-backup.tar.gz"`)
	// The server's timeout is for answers of a usual size.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
		s.Log.DebugContext(r.Context(), "no write deadline to lift", "error", err)
	}
	_, err := copied.WriteTo(w)
	if closed := copied.Close(); closed != nil {
		s.Log.WarnContext(r.Context(), "the copy for a backup cannot be removed", "error", closed)
	}
	if err != nil {
		s.Log.ErrorContext(r.Context(), "a backup was not written to its end", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// isLocal reports whether a secret is that of commands on this folder.
func (s *Server) isLocal(secret string) bool {
	return s.LocalSecret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(s.LocalSecret)) == 1
}

// local is the caller with that secret: whoever may read the workspace's folder
// may do everything anyway.
func local() *access.Caller {
	return &access.Caller{ID: "local", Name: "local", IsKey: true, Scopes: []string{access.ScopeAdmin}}
}
