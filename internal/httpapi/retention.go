package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger"
)

// RetentionQuestion is a question about who comes back as the API takes it: a
// draft, or a stored definition by its id and version.
type RetentionQuestion struct {
	Retention   json.RawMessage `json:"retention,omitempty" doc:"A draft, as in a YAML file …"`
	RetentionID string          `json:"retentionId,omitempty" doc:"… or the id of a stored one"`
	Version     int             `json:"version,omitempty" minimum:"0" doc:"Of the stored one; nothing is the current one"`
	From        string          `json:"from,omitempty" nullable:"true" doc:"A day or an instant in the first interval; nothing lets the last be that of as-of"`
	To          string          `json:"to,omitempty" nullable:"true" doc:"Nothing after it counts"`
	Timezone    string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf        string          `json:"asOf,omitempty" nullable:"true"`
	Segment     json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
}

// cellQuestion asks for the customers behind a count of a retention table.
type cellQuestion struct {
	RetentionQuestion
	Row      int    `json:"row" minimum:"0" doc:"Of the answer's rows, from 0"`
	Interval int    `json:"interval" minimum:"0" doc:"Of the row's counts, from 0"`
	Search   string `json:"search,omitempty" doc:"Part of an id or a name"`
	Sort     string `json:"sort,omitempty" enum:"newest,oldest,most"`
	Offset   int    `json:"offset,omitempty" minimum:"0"`
	Limit    int    `json:"limit,omitempty" minimum:"0" maximum:"1000"`
}

// measuredRetention is an answer with what it took.
type measuredRetention struct {
	*retention.Answer
	ElapsedMillis float64 `json:"elapsedMillis"`
}

// retentionSummary is a retention table in the list.
type retentionSummary struct {
	ID        string             `json:"id"`
	Name      journey.Text       `json:"name" doc:"A text, or texts by locale"`
	Subject   string             `json:"subject"`
	Version   int                `json:"version"`
	Status    ledger.Status      `json:"status"`
	Author    string             `json:"author"`
	At        time.Time          `json:"at"`
	Period    retention.Period   `json:"period"`
	Intervals int                `json:"intervals"`
	Headline  *retentionHeadline `json:"headline" doc:"Of the default question; null where nothing can be said"`
}

// retentionHeadline is how many of all cohorts came back an interval later.
type retentionHeadline struct {
	Rate journey.Rate `json:"rate"`
	AsOf time.Time    `json:"asOf"`
}

func (s *Server) retentions() {
	route(s, http.MethodGet, "/retentions", "Retention", "All retention tables with the number on top of each", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[retentionSummary]], error) {
			return answerItems(s.retentionSummaries(ctx))
		})

	route(s, http.MethodGet, "/retentions/{id}/measure", "Retention", "Measure a stored retention table", access.Read,
		func(ctx context.Context, in *struct {
			ID       string `path:"id"`
			Version  int    `query:"version" minimum:"0"`
			From     string `query:"from"`
			To       string `query:"to"`
			Timezone string `query:"timezone"`
			AsOf     string `query:"asOf"`
			Segment  string `query:"segment" doc:"A where, as JSON"`
		}) (*body[measuredRetention], error) {
			return answer(s.measureRetention(ctx, RetentionQuestion{RetentionID: in.ID, Version: in.Version, From: in.From, To: in.To,
				Timezone: in.Timezone, AsOf: in.AsOf, Segment: json.RawMessage(in.Segment)}))
		})

	route(s, http.MethodPost, "/measure/retention-customers", "Retention", "The customers behind a count, by the walk that counted them", access.ReadPersonal,
		func(ctx context.Context, in *body[cellQuestion]) (*body[*retention.CustomersPage], error) {
			return answer(s.behindCell(ctx, in.Body))
		})
}

// measureRetentionAlone refuses what only a journey has.
func (s *Server) measureRetentionAlone(ctx context.Context, q measureQuestion) (measuredRetention, error) {
	if err := q.journeyMembers(); err != nil {
		return measuredRetention{}, err
	}
	return s.measureRetention(ctx, RetentionQuestion{Retention: q.Retention, RetentionID: q.RetentionID, Version: q.Version,
		From: q.From, To: q.To, Timezone: q.Timezone, AsOf: q.AsOf, Segment: q.Segment})
}

func (s *Server) measureRetention(ctx context.Context, q RetentionQuestion) (measuredRetention, error) {
	request, err := s.retentionRequest(ctx, q)
	if err != nil {
		return measuredRetention{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	started := time.Now()
	a, err := s.Retention.Measure(ctx, request)
	return measuredRetention{a, float64(time.Since(started).Microseconds()) / 1000}, err
}

// retentionRequest turns a question into what the measurer takes: the definition
// looked up, the time zone filled in.
func (s *Server) retentionRequest(ctx context.Context, q RetentionQuestion) (retention.Request, error) {
	r := retention.Request{From: q.From, To: q.To, AsOf: q.AsOf}
	of, err := written(ctx, s.Ledger, ledger.Retention, q.Retention, q.RetentionID, q.Version, retention.Parse)
	if err != nil {
		return r, err
	}
	r.Retention, r.Version = of.definition, of.version
	if r.Segment, err = segmentOf(q.Segment); err != nil {
		return r, err
	}
	if r.Timezone, err = s.timezone(ctx, q.Timezone); err != nil {
		return r, err
	}
	var customers func() (int, error)
	if len(r.Segment) > 0 && r.Retention != nil {
		customers = func() (int, error) {
			a, err := s.Retention.Measure(ctx, r)
			if err != nil {
				return 0, err
			}
			return a.Facts.Customers, nil
		}
	}
	return r, keepsPeoplePrivate(ctx, of.isDraft, customers)
}

func (s *Server) behindCell(ctx context.Context, q cellQuestion) (*retention.CustomersPage, error) {
	request, err := s.retentionRequest(ctx, q.RetentionQuestion)
	if err != nil {
		return nil, err
	}
	behind := retention.CustomersRequest{Request: request, Row: q.Row, Interval: q.Interval, Sort: q.Sort}
	var of customer.Of
	if request.Retention != nil {
		of = customerOf(request.Retention.Subject)
	}
	if behind.Page, err = s.page(ctx, of, q.Search, q.Offset, q.Limit); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	page, err := s.Retention.Customers(ctx, behind)
	if err != nil {
		return nil, err
	}
	return page, name(ctx, s, of, page.Items, func(i *retention.BehindCell) (string, **string) { return i.ID, &i.Name })
}

func (s *Server) retentionSummaries(ctx context.Context) ([]retentionSummary, error) {
	revisions, err := s.Ledger.List(ctx, ledger.Retention)
	if err != nil {
		return nil, err
	}
	out := make([]retentionSummary, len(revisions))
	for i, r := range revisions {
		if out[i], err = s.retentionSummary(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) retentionSummary(ctx context.Context, r ledger.Revision) (retentionSummary, error) {
	sum := retentionSummary{ID: r.ID, Name: journey.Text{Plain: r.ID}, Subject: string(customer.Person), Version: r.Version, Status: r.Status, Author: r.Author, At: r.At}
	d, err := retention.Parse(r.Body)
	if err != nil { // written by another version; the others are not to suffer
		s.Log.ErrorContext(ctx, "a stored retention table cannot be read", "id", r.ID, "version", r.Version, "error", err)
		return sum, nil
	}
	sum.Name, sum.Subject, sum.Period, sum.Intervals = d.Name, cmp.Or(d.Subject, sum.Subject), d.Period, d.Intervals
	a, err := s.measureRetention(ctx, RetentionQuestion{RetentionID: r.ID, Version: r.Version})
	if err != nil {
		return sum, err
	}
	if len(a.Average) > 1 && a.Average[1].N > 0 {
		sum.Headline = &retentionHeadline{Rate: a.Average[1], AsOf: a.AsOf}
	}
	return sum, nil
}
