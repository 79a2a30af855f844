package httpapi

import (
	"net/http"

	"beichen/internal/access"
	"beichen/internal/client"
	"beichen/internal/mcpserver"
)

// assistants serves the Model Context Protocol. Its tools ask the routes of the API
// in this process, as whoever the door has found: what a caller may not see there,
// an assistant of theirs does not.
func (s *Server) assistants(routes http.Handler) http.Handler {
	return mcpserver.Handler(func(r *http.Request) mcpserver.Config {
		caller, _ := access.CallerFrom(r.Context()) // known: the route is not open to strangers
		return mcpserver.Config{
			API:     &client.Client{HTTP: client.Within(s.askedBy(caller, routes)), Server: client.Here, Language: requestOf(r.Context()).language},
			Version: s.Version, Log: s.Log,
		}
	})
}

// askedBy serves the routes to one caller, who is known already.
func (s *Server) askedBy(caller access.Caller, routes http.Handler) http.Handler {
	return s.identified(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).signedIn = true
		routes.ServeHTTP(w, r.WithContext(access.WithCaller(r.Context(), caller)))
	}))
}
