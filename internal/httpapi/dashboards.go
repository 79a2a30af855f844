package httpapi

import (
	"context"
	"net/http"
	"time"

	"beichen/internal/access"
	"beichen/internal/dashboard"
	"beichen/internal/journey"
	"beichen/internal/ledger"
)

// dashboardSummary is a dashboard in the list.
type dashboardSummary struct {
	ID          string        `json:"id"`
	Name        journey.Text  `json:"name" doc:"A text, or texts by locale"`
	Description journey.Text  `json:"description" doc:"A text, or texts by locale"`
	Owner       []string      `json:"owner"`
	Shared      bool          `json:"shared"`
	Tiles       int           `json:"tiles"`
	Version     int           `json:"version"`
	Status      ledger.Status `json:"status"`
	Author      string        `json:"author" doc:"Of the last revision"`
	At          time.Time     `json:"at"`
	MadeBy      string        `json:"madeBy" doc:"The author of the first revision"`
	Mine        bool          `json:"mine" doc:"The caller made it"`
}

func (s *Server) dashboards() {
	route(s, http.MethodGet, "/dashboards", "Dashboards", "The dashboards that are shared, and those that the caller made", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[dashboardSummary]], error) {
			return answerItems(s.dashboardSummaries(ctx))
		})
}

// dashboardSummaries leaves out what others made for themselves alone. That keeps
// lists short and no secret: definitions are open to whoever knows their id.
func (s *Server) dashboardSummaries(ctx context.Context) ([]dashboardSummary, error) {
	revisions, err := s.Ledger.List(ctx, ledger.Dashboard)
	if err != nil {
		return nil, err
	}
	var out []dashboardSummary
	for _, r := range revisions {
		d, err := dashboard.Parse(r.Body)
		if err != nil { // written by another version
			s.Log.ErrorContext(ctx, "a stored dashboard cannot be read", "id", r.ID, "version", r.Version, "error", err)
			continue
		}
		first, err := s.Ledger.At(ctx, r.Kind, r.ID, 1)
		if err != nil {
			return nil, err
		}
		mine := first.Author == callerName(ctx)
		if !d.Shared && !mine {
			continue
		}
		sum := dashboardSummary{ID: r.ID, Name: d.Name, Description: d.Description, Owner: append([]string{}, d.Owner...), Shared: d.Shared,
			Tiles: len(d.Tiles), Version: r.Version, Status: r.Status, Author: r.Author, At: r.At, MadeBy: first.Author, Mine: mine}
		if sum.Name.IsZero() {
			sum.Name = journey.Text{Plain: r.ID}
		}
		out = append(out, sum)
	}
	return out, nil
}
