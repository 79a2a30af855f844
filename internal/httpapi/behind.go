package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/journey"
)

// behindQuestion asks for the customers behind a number.
type behindQuestion struct {
	Question
	Stage          string          `json:"stage,omitempty" doc:"The id of a stage of the answer"`
	Step           string          `json:"step,omitempty"`
	State          string          `json:"state" enum:"reached,pending,left,excluded"`
	BreakdownValue json.RawMessage `json:"breakdownValue,omitempty" doc:"The value of a row, a list for several keys; null is the row null"`
	Search         string          `json:"search,omitempty" doc:"Part of an id or a name"`
	Sort           string          `json:"sort,omitempty" enum:"newest,oldest,longest,shortest,value"`
	Offset         int             `json:"offset,omitempty" minimum:"0"`
	Limit          int             `json:"limit,omitempty" minimum:"0" maximum:"1000"`
}

// behinds are the routes that open a number: to its customers, to one
// customer's counted events, and to what really happened between stages.
func (s *Server) behinds() {
	route(s, http.MethodPost, "/measure/customers", "Journeys", "The customers behind a number, by the code that counted them", access.ReadPersonal,
		func(ctx context.Context, in *body[behindQuestion]) (*body[*journey.CustomersPage], error) {
			return answer(s.behind(ctx, in.Body))
		})
}

func (s *Server) behind(ctx context.Context, q behindQuestion) (*journey.CustomersPage, error) {
	request, err := s.request(ctx, q.Question)
	if err != nil {
		return nil, err
	}
	behind := journey.CustomersRequest{Request: request, Stage: q.Stage, Step: q.Step, State: q.State,
		Search: q.Search, Sort: q.Sort, Offset: q.Offset, Limit: q.Limit}
	if len(q.BreakdownValue) > 0 {
		if err := json.Unmarshal(q.BreakdownValue, &behind.BreakdownValue); err != nil {
			return nil, err // huma has read it as JSON already
		}
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	page, err := s.Measurer.Customers(ctx, behind)
	if err != nil {
		return nil, err
	}
	return page, s.name(ctx, customerOf(request.Journey), page.Items)
}

// customerOf says whose names the customers of a journey have: none where what
// is counted is neither a person nor an account.
func customerOf(j *journey.Journey) customer.Of {
	switch j.Subject {
	case "", string(customer.Person):
		return customer.Person
	case string(customer.Account):
		return customer.Account
	}
	return ""
}

func (s *Server) name(ctx context.Context, of customer.Of, list []journey.BehindNumber) error {
	if of == "" {
		return nil
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	names, err := s.Customers.NamesByID(ctx, of, ids)
	if err != nil {
		return err
	}
	for i := range list {
		if name, known := names[list[i].ID]; known {
			list[i].Name = &name
		}
	}
	return nil
}
