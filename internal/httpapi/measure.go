package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"beichen/internal/access"
	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/ledger"
)

// Question is a question about a journey as the API takes it: a draft, or a
// stored definition by its id and version.
type Question struct {
	Journey     json.RawMessage `json:"journey,omitempty" doc:"A draft, as in a YAML file …"`
	JourneyID   string          `json:"journeyId,omitempty" doc:"… or the id of a stored one"`
	Version     int             `json:"version,omitempty" minimum:"0" doc:"Of the stored one; nothing is the current one"`
	Window      string          `json:"window,omitempty" doc:"Instead of the definition's: 30d, none"`
	From        string          `json:"from,omitempty" nullable:"true" doc:"A day in the time zone, or an instant"`
	To          string          `json:"to,omitempty" nullable:"true" doc:"Included"`
	Timezone    string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf        string          `json:"asOf,omitempty" nullable:"true"`
	Breakdown   []string        `json:"breakdown,omitempty" nullable:"true" doc:"where keys"`
	Attribution string          `json:"attribution,omitempty" nullable:"true" doc:"first, last, step:<stage id> or all"`
	TimeBetween []string        `json:"timeBetween,omitempty" nullable:"true" doc:"Two stages"`
	Bins        int             `json:"bins,omitempty"`
	Customers   bool            `json:"customers,omitempty" doc:"List every customer"`
	Segment     json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
	Only        string          `json:"only,omitempty" nullable:"true" doc:"counts: who reached what, waits or left, and their rates and lifts; times, money and events are null, which takes half of the time"`
}

// measured is an answer with what it took.
type measured struct {
	*journey.Answer
	ElapsedMillis float64 `json:"elapsedMillis"`
}

// AppendJSON appends the answer and, after its fields, what it took.
func (m measured) AppendJSON(text []byte) ([]byte, error) {
	text, err := m.Answer.AppendJSON(text)
	if err != nil {
		return nil, err
	}
	text = append(text[:len(text)-1], `,"elapsedMillis":`...)
	return append(strconv.AppendFloat(text, m.ElapsedMillis, 'f', -1, 64), '}'), nil
}

// MarshalJSON writes it where it is part of something else.
func (m measured) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

func (s *Server) measures() {
	route(s, http.MethodPost, "/measure", "Journeys", "Measure a journey, who comes back or a metric: a draft or what is stored", access.Read,
		func(ctx context.Context, in *body[measureQuestion]) (*body[measurement], error) {
			q := in.Body
			switch {
			case len(given(q.Metric)) > 0 || q.MetricID != "":
				a, err := s.measureMetricAlone(ctx, q)
				return answer(measurement{Metric: &a}, err)
			case len(given(q.Retention)) > 0 || q.RetentionID != "":
				a, err := s.measureRetentionAlone(ctx, q)
				return answer(measurement{Retention: &a}, err)
			}
			a, err := s.measure(ctx, q.Question)
			return answer(measurement{Journey: &a}, err)
		})

	route(s, http.MethodGet, "/journeys/{id}/measure", "Journeys", "Measure a stored journey", access.Read,
		func(ctx context.Context, in *struct {
			ID          string   `path:"id"`
			Version     int      `query:"version" minimum:"0"`
			Window      string   `query:"window"`
			From        string   `query:"from"`
			To          string   `query:"to"`
			Timezone    string   `query:"timezone"`
			AsOf        string   `query:"asOf"`
			Breakdown   []string `query:"breakdown,explode" doc:"where keys; again for each, or with commas between them"`
			Attribution string   `query:"attribution"`
			TimeBetween []string `query:"timeBetween,explode" doc:"Two stages; again for each, or with a comma between them"`
			Bins        int      `query:"bins"`
			Customers   bool     `query:"customers"`
			Segment     string   `query:"segment" doc:"A where, as JSON"`
			Only        string   `query:"only" doc:"counts"`
		}) (*body[measured], error) {
			return answer(s.measure(ctx, Question{JourneyID: in.ID, Version: in.Version, Window: in.Window, From: in.From, To: in.To,
				Timezone: in.Timezone, AsOf: in.AsOf, Breakdown: listed(in.Breakdown), Attribution: in.Attribution,
				TimeBetween: listed(in.TimeBetween), Bins: in.Bins, Customers: in.Customers, Segment: json.RawMessage(in.Segment), Only: in.Only}))
		})
}

// listed takes the values of a parameter apart at their commas.
func listed(values []string) []string {
	var list []string
	for _, value := range values {
		list = append(list, strings.Split(value, ",")...)
	}
	return list
}

func (s *Server) measure(ctx context.Context, q Question) (measured, error) {
	if q.Customers {
		if err := access.Allow(ctx, access.ReadPersonal); err != nil {
			return measured{}, err
		}
	}
	request, err := s.request(ctx, q)
	if err != nil {
		return measured{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	started := time.Now()
	a, err := s.Measurer.Measure(ctx, request)
	if err == nil {
		withoutSmallRows(ctx, a)
	}
	return measured{a, float64(time.Since(started).Microseconds()) / 1000}, err
}

// questionTimeout bounds a question, so that a careless one cannot hold the
// machine.
const questionTimeout = 2 * time.Minute

// request turns a question into what the measurer takes: the definition looked
// up, the time zone filled in.
func (s *Server) request(ctx context.Context, q Question) (journey.Request, error) {
	r := journey.Request{Window: q.Window, From: q.From, To: q.To, Timezone: q.Timezone, AsOf: q.AsOf, Breakdown: q.Breakdown,
		Attribution: q.Attribution, TimeBetween: q.TimeBetween, Bins: q.Bins, Customers: q.Customers, Only: q.Only}
	of, err := written(ctx, s.Ledger, ledger.Journey, q.Journey, q.JourneyID, q.Version, journey.Parse)
	if err != nil {
		return r, err
	}
	r.Journey, r.Version = of.definition, of.version
	if r.Segment, err = segmentOf(q.Segment); err != nil {
		return r, err
	}
	if r.Timezone, err = s.timezone(ctx, q.Timezone); err != nil {
		return r, err
	}
	var customers func() (int, error)
	if len(r.Segment) > 0 && r.Journey != nil {
		customers = func() (int, error) { return s.customersOf(ctx, r) }
	}
	return r, keepsPeoplePrivate(ctx, of.isDraft, customers)
}

// given is the JSON of a member, nothing where it is null.
func given(member json.RawMessage) json.RawMessage {
	text := bytes.TrimSpace(member)
	if string(text) == "null" {
		return nil
	}
	return text
}

func segmentOf(where json.RawMessage) (event.Filter, error) {
	text := given(where)
	if len(text) == 0 {
		return nil, nil
	}
	return event.ParseFilter(text)
}

// timezone is the zone asked for, or the workspace's.
func (s *Server) timezone(ctx context.Context, asked string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	workspace, err := s.Access.Workspace(ctx)
	return workspace.Timezone, err
}

// customersOf is how many customers a question about a journey looks at.
func (s *Server) customersOf(ctx context.Context, r journey.Request) (int, error) {
	r.Breakdown, r.Attribution, r.TimeBetween, r.Customers, r.Only = nil, "", nil, false, journey.OnlyCounts
	a, err := s.Measurer.Measure(ctx, r)
	if err != nil {
		return 0, err
	}
	return a.Facts.Customers, nil
}
