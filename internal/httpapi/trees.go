package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"beichen/internal/access"
	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger"
	"beichen/internal/metric"
	"beichen/internal/tree"
)

// treeQuestion is a question about a tree: a draft, or a stored one.
type treeQuestion struct {
	Tree     json.RawMessage `json:"tree,omitempty" doc:"A draft, as in a YAML file …"`
	TreeID   string          `json:"treeId,omitempty" doc:"… or the id of a stored one"`
	Version  int             `json:"version,omitempty" minimum:"0" doc:"Of the stored one; nothing is the current one"`
	Timezone string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf     string          `json:"asOf,omitempty" nullable:"true"`
	Grain    string          `json:"grain,omitempty" enum:"hour,day,week,month,quarter,year" doc:"Of all numbers; nothing is that of the North Star"`
	Periods  int             `json:"periods,omitempty" minimum:"0" maximum:"500" doc:"How many are shown; nothing is as many as people look at"`
	Segment  json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
}

// whyQuestion asks why a metric moved.
type whyQuestion struct {
	Before     string          `json:"before,omitempty" nullable:"true" doc:"A day or an instant in the period it moved from; nothing, in both, is the last two that are settled"`
	After      string          `json:"after,omitempty" nullable:"true" doc:"… and in the one it moved to"`
	Timezone   string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf       string          `json:"asOf,omitempty" nullable:"true"`
	Grain      string          `json:"grain,omitempty" enum:"hour,day,week,month,quarter,year" doc:"Instead of the definition's"`
	Dimensions []string        `json:"dimensions,omitempty" nullable:"true" doc:"where keys; nothing is channel"`
	Segment    json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
}

// measuredTree is an answer with what it took.
type measuredTree struct {
	*tree.Answer
	ElapsedMillis float64 `json:"elapsedMillis"`
}

// treeSummary is a tree in the list.
type treeSummary struct {
	ID         string         `json:"id"`
	Name       journey.Text   `json:"name" doc:"A text, or texts by locale"`
	Model      tree.Model     `json:"model,omitempty"`
	Version    int            `json:"version"`
	Status     ledger.Status  `json:"status"`
	Author     string         `json:"author"`
	At         time.Time      `json:"at"`
	Star       string         `json:"star" doc:"The metric that is the last of its North Stars"`
	Since      string         `json:"since" doc:"The day from which on it rules; nothing if it is the first"`
	LifeCycle  tree.LifeCycle `json:"lifeCycle,omitempty"`
	Objectives int            `json:"objectives"`
}

func (s *Server) trees() {
	route(s, http.MethodGet, "/trees", "Trees", "All trees", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[treeSummary]], error) {
			return answerItems(s.treeSummaries(ctx))
		})

	route(s, http.MethodGet, "/trees/starters", "Trees", "Trees to start from, by business model, with the definitions they speak of", access.Read,
		func(context.Context, *struct{}) (*body[items[tree.Starter]], error) {
			return answerItems(tree.Starters())
		})

	route(s, http.MethodGet, "/trees/{id}/measure", "Trees", "Measure a stored tree whole", access.Read,
		func(ctx context.Context, in *struct {
			ID       string `path:"id"`
			Version  int    `query:"version" minimum:"0"`
			Timezone string `query:"timezone"`
			AsOf     string `query:"asOf"`
			Grain    string `query:"grain" enum:"hour,day,week,month,quarter,year"`
			Periods  int    `query:"periods" minimum:"0" maximum:"500"`
			Segment  string `query:"segment" doc:"A where, as JSON"`
		}) (*body[measuredTree], error) {
			return answer(s.measureTree(ctx, treeQuestion{TreeID: in.ID, Version: in.Version, Timezone: in.Timezone, AsOf: in.AsOf,
				Grain: in.Grain, Periods: in.Periods, Segment: json.RawMessage(in.Segment)}))
		})

	route(s, http.MethodPost, "/measure/tree", "Trees", "Measure a tree whole: a draft or a stored one", access.Read,
		func(ctx context.Context, in *body[treeQuestion]) (*body[measuredTree], error) {
			return answer(s.measureTree(ctx, in.Body))
		})

	route(s, http.MethodPost, "/metrics/{id}/why", "Metrics", "Why a stored metric moved: down its formula and over dimensions", access.Read,
		func(ctx context.Context, in *struct {
			ID   string `path:"id"`
			Body whyQuestion
		}) (*body[*tree.Explanation], error) {
			return answer(s.why(ctx, in.ID, in.Body))
		})
}

func (s *Server) treeSummaries(ctx context.Context) ([]treeSummary, error) {
	revisions, err := s.Ledger.List(ctx, ledger.Tree)
	if err != nil {
		return nil, err
	}
	var out []treeSummary
	for _, r := range revisions {
		sum := treeSummary{ID: r.ID, Name: journey.Text{Plain: r.ID}, Version: r.Version, Status: r.Status, Author: r.Author, At: r.At}
		d, err := tree.Parse(r.Body)
		if err != nil { // written by another version
			s.Log.ErrorContext(ctx, "a stored tree cannot be read", "id", r.ID, "version", r.Version, "error", err)
			out = append(out, sum)
			continue
		}
		if !d.Name.IsZero() {
			sum.Name = d.Name
		}
		star := d.Stars[len(d.Stars)-1]
		sum.Model, sum.Star, sum.Since, sum.LifeCycle, sum.Objectives = d.Model, star.Metric, star.Since, star.LifeCycle, len(d.Objectives)
		out = append(out, sum)
	}
	return out, nil
}

func (s *Server) measureTree(ctx context.Context, q treeQuestion) (measuredTree, error) {
	r := tree.Request{AsOf: q.AsOf, Grain: calendar.Grain(q.Grain), Periods: q.Periods}
	text := given(q.Tree)
	isDraft := len(text) > 0
	if err := keepsPeoplePrivate(ctx, isDraft, nil); err != nil {
		return measuredTree{}, err
	}
	if !isDraft && q.TreeID != "" {
		revision, err := s.Ledger.At(ctx, ledger.Tree, q.TreeID, q.Version)
		if err != nil {
			return measuredTree{}, err
		}
		text, r.Version = revision.Body, &revision.Version
	}
	var err error
	if len(text) > 0 {
		if r.Tree, err = tree.Parse(text); err != nil {
			return measuredTree{}, err
		}
	}
	if r.Segment, err = segmentOf(q.Segment); err != nil {
		return measuredTree{}, err
	}
	if r.Timezone, err = s.timezone(ctx, q.Timezone); err != nil {
		return measuredTree{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	started := time.Now()
	a, err := s.Tree.Measure(ctx, r)
	if err != nil {
		return measuredTree{}, err
	}
	if len(r.Segment) > 0 {
		if err := keepsPeoplePrivate(ctx, false, func() (int, error) { return a.Fewest(), nil }); err != nil {
			return measuredTree{}, err
		}
	}
	for _, n := range a.Nodes {
		n.Problem = s.problemInWords(ctx, n.Failure)
	}
	return measuredTree{a, float64(time.Since(started).Microseconds()) / 1000}, nil
}

// problemInWords is a failure in one line of the caller's language; nil of none.
func (s *Server) problemInWords(ctx context.Context, failure error) *string {
	if failure == nil {
		return nil
	}
	return new(problem(ctx, s.Log, failure).text())
}

func (s *Server) why(ctx context.Context, id string, q whyQuestion) (*tree.Explanation, error) {
	revision, err := s.Ledger.At(ctx, ledger.Metric, id, 0)
	if err != nil {
		return nil, err
	}
	r := tree.WhyRequest{Version: &revision.Version, Before: q.Before, After: q.After, AsOf: q.AsOf, Grain: calendar.Grain(q.Grain), Dimensions: q.Dimensions}
	if r.Metric, err = metric.Parse(revision.Body); err != nil {
		return nil, err
	}
	if r.Segment, err = segmentOf(q.Segment); err != nil {
		return nil, err
	}
	if r.Timezone, err = s.timezone(ctx, q.Timezone); err != nil {
		return nil, err
	}
	seesPeople := access.Allow(ctx, access.ReadPersonal) == nil
	if !seesPeople {
		r.Fewest = fewest
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	e, err := s.Tree.Why(ctx, r)
	if err != nil {
		return nil, err
	}
	if !seesPeople && len(r.Segment) > 0 && e.Facts.Customers < fewest {
		return nil, fault.New(fault.Denied, "access.too-few", "fewest", fewest)
	}
	for i := range e.Dimensions {
		e.Dimensions[i].Problem = s.problemInWords(ctx, e.Dimensions[i].Failure)
	}
	return e, nil
}
