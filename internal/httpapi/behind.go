package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/journey"
	"beichen/internal/listing"
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

	route(s, http.MethodPost, "/measure/trace", "Journeys", "Which of a customer's events were counted, and where", access.ReadPersonal,
		func(ctx context.Context, in *body[traceQuestion]) (*body[*journey.Trace], error) {
			request, err := s.request(ctx, in.Body.Question)
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithTimeout(ctx, questionTimeout)
			defer cancel()
			return answer(s.Measurer.Trace(ctx, journey.TraceRequest{Request: request, Customer: in.Body.Customer}))
		})

	route(s, http.MethodPost, "/measure/flow", "Journeys", "What really happened between stages, and what leavers did next", access.Read,
		func(ctx context.Context, in *body[Question]) (*body[*journey.Flow], error) {
			request, err := s.request(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithTimeout(ctx, questionTimeout)
			defer cancel()
			return answer(s.Measurer.Flow(ctx, request))
		})
}

type traceQuestion struct {
	Question
	Customer string `json:"customer" doc:"The id that answers show"`
}

func (s *Server) behind(ctx context.Context, q behindQuestion) (*journey.CustomersPage, error) {
	request, err := s.request(ctx, q.Question)
	if err != nil {
		return nil, err
	}
	behind := journey.CustomersRequest{Request: request, Stage: q.Stage, Step: q.Step, State: q.State,
		Sort: q.Sort}
	var of customer.Of
	if request.Journey != nil {
		of = customerOf(request.Journey.Subject)
	}
	if behind.Page, err = s.page(ctx, of, q.Search, q.Offset, q.Limit); err != nil {
		return nil, err
	}
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
	return page, name(ctx, s, of, page.Items, func(i *journey.BehindNumber) (string, **string) { return i.ID, &i.Name })
}

// page is the part of a list that is asked for. Customers who have names are found
// by them too; of very common names, the most recently active.
func (s *Server) page(ctx context.Context, of customer.Of, search string, offset, limit int) (listing.Page, error) {
	p := listing.Page{Search: search, Offset: offset, Limit: limit}
	if of == "" || search == "" {
		return p, nil
	}
	labels, err := s.Customers.Search(ctx, of, search, 200)
	for _, l := range labels {
		p.Named = append(p.Named, l.ID)
	}
	return p, err
}

// customerOf says whose names customers have: none where what is counted is
// neither a person nor an account.
func customerOf(subject string) customer.Of {
	switch subject {
	case "", string(customer.Person):
		return customer.Person
	case string(customer.Account):
		return customer.Account
	}
	return ""
}

// name gives the customers of a list their names; places tells where an item has
// its id and where its name goes.
func name[T any](ctx context.Context, s *Server, of customer.Of, list []T, places func(*T) (id string, name **string)) error {
	if of == "" {
		return nil
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], _ = places(&list[i])
	}
	names, err := s.Customers.NamesByID(ctx, of, ids)
	if err != nil {
		return err
	}
	for i := range list {
		id, to := places(&list[i])
		if known, ok := names[id]; ok {
			*to = &known
		}
	}
	return nil
}
