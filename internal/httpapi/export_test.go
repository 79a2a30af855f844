package httpapi

import "time"

// BeatEvery sets how often live news say that they are still there.
func (s *Server) BeatEvery(d time.Duration) { s.heartbeat = d }
