package httpapi

import (
	"context"
	"net/http"
	"time"

	"beichen/internal/access"
)

// KeptFacts is how long facts are kept, and what has gone by that.
type KeptFacts struct {
	Keep string     `json:"keep" doc:"400d, 25mo, or forever"`
	From *time.Time `json:"from" doc:"Facts are kept since; null: none has gone because of its age"`
	Gone int64      `json:"gone" doc:"Events that went, or were too old when they came"`
	Next *Expiry    `json:"next,omitempty" doc:"What was asked about"`
}

// Expiry is what keeping facts for some time would delete.
type Expiry struct {
	Keep   string     `json:"keep"`
	From   *time.Time `json:"from" doc:"Facts would be kept since; null: all"`
	Events int64      `json:"events" doc:"Events that are older, and would go for good"`
}

// kept are the routes of how long facts are kept.
func (s *Server) kept() {
	route(s, http.MethodGet, "/facts/kept", "Settings", "How long facts are kept, and what another time would delete", access.Read,
		func(ctx context.Context, in *struct {
			Keep string `query:"keep" doc:"Say what keeping them for so long would delete: 400d, 25mo, or forever"`
		}) (*body[KeptFacts], error) {
			return answer(s.Kept(ctx, in.Keep))
		})
	type keep struct {
		Keep    string `json:"keep" doc:"400d (30 at least), 25mo (2 at least), or forever"`
		Confirm bool   `json:"confirm,omitempty" doc:"Needed where events would go: that cannot be taken back"`
	}
	route(s, http.MethodPut, "/facts/kept", "Settings",
		"Change how long facts are kept. Older events are deleted for good; a longer time brings none back", access.Administer,
		func(ctx context.Context, in *body[keep]) (*body[KeptFacts], error) {
			return answer(s.Keep(ctx, in.Body.Keep, in.Body.Confirm))
		})
}
