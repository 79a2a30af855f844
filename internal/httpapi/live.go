package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/live"
)

// heartbeat keeps proxies from closing a silent stream.
const heartbeat = 20 * time.Second

// newsEvery is the least time between two deliveries to one listener.
const newsEvery = 300 * time.Millisecond

// liveNews answers GET /api/v1/live: server-sent events of what changed, one
// JSON object each. The stream ends with the caller or the server.
func (s *Server) liveNews(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	stream := http.NewResponseController(w)
	// The server's write timeout is for answers that end.
	if err := stream.SetWriteDeadline(time.Time{}); err != nil {
		s.Log.DebugContext(r.Context(), "no write deadline to lift", "error", err)
	}
	listener := s.Live.Listen()
	defer listener.Close()
	if _, err := fmt.Fprint(w, ": beichen\n\n"); err != nil || stream.Flush() != nil {
		return
	}
	for s.ended.Err() == nil && r.Context().Err() == nil {
		wait, cancel := context.WithTimeout(r.Context(), s.heartbeat)
		stop := context.AfterFunc(s.ended, cancel)
		news, err := listener.Next(wait)
		stop()
		cancel()
		if err != nil {
			if !s.stillKnown(r) {
				return
			}
			_, err = fmt.Fprint(w, ": still here\n\n")
		}
		if slices.ContainsFunc(news, aboutAccess) && !s.stillKnown(r) {
			return
		}
		for _, n := range news {
			text, marshalErr := json.Marshal(n)
			if marshalErr != nil {
				continue // News holds nothing that cannot be marshalled
			}
			_, err = fmt.Fprintf(w, "data: %s\n\n", text)
		}
		if err != nil || stream.Flush() != nil {
			return
		}
		s.rest(r.Context())
	}
}

// rest lets news gather: under load a hundred commits a second are one piece of
// news to a screen.
func (s *Server) rest(ctx context.Context) {
	pause := time.NewTimer(newsEvery)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	case <-s.ended.Done():
	}
}

// aboutAccess reports whether news may mean that a listener is not let in any more.
func aboutAccess(n live.News) bool { return n.Type == "access" || n.Type == "anything" }

// stillKnown reports whether whoever listens would be let in again: keys are
// revoked and members disabled while they listen. While the ledger is away nobody
// can say: they stay, for browsers do not come back to a stream that is refused them,
// and are asked for again when it is back.
func (s *Server) stillKnown(r *http.Request) bool {
	caller, err := s.caller(r)
	if fault.Is(err, fault.Unavailable) {
		return true
	}
	return err == nil && caller != nil && caller.May(access.Read)
}
