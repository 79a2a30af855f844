package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/journey/path"
)

// PathsQuestion is a question about what happens around an event, as the API
// takes it.
type PathsQuestion struct {
	Kind       path.Kind       `json:"kind"`
	Journey    json.RawMessage `json:"journey,omitempty" doc:"The draft whose stages are anchors …"`
	JourneyID  string          `json:"journeyId,omitempty" doc:"… or the id of a stored one"`
	Version    int             `json:"version,omitempty" minimum:"0" doc:"Of the stored one; nothing is the current one"`
	Subject    string          `json:"subject,omitempty" doc:"person, account or a where key; nothing is the journey's, or person"`
	From       string          `json:"from,omitempty" nullable:"true" doc:"A day in the time zone, or an instant"`
	To         string          `json:"to,omitempty" nullable:"true" doc:"Included"`
	Timezone   string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf       string          `json:"asOf,omitempty" nullable:"true"`
	Segment    json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
	Anchor     *anchor         `json:"anchor,omitempty" doc:"What paths are held by"`
	Until      *anchor         `json:"until,omitempty" doc:"Where those between lead"`
	Within     string          `json:"within,omitempty" doc:"From the anchor to until: 14d, none; nothing is the journey's window, or 14d"`
	Steps      int             `json:"steps,omitempty" minimum:"0" maximum:"10" doc:"How many events around the anchor; 4 if nothing"`
	Occurrence path.Occurrence `json:"occurrence,omitempty" doc:"Which of a customer's anchors count; the first if nothing"`
	Fold       bool            `json:"fold,omitempty" doc:"Repeats of one name in a row are one"`
	Gap        string          `json:"gap,omitempty" doc:"A longer pause ends a path: 30m, 1d; none if nothing"`
	Only       []string        `json:"only,omitempty" nullable:"true" doc:"The only events that are looked at, by name"`
	Except     []string        `json:"except,omitempty" nullable:"true" doc:"Events that are not looked at, by name"`
	Top        int             `json:"top,omitempty" minimum:"0" maximum:"200" doc:"Names told apart in a column (8 if nothing, at most 20), or pairs of transitions (20, 200)"`
}

// anchor is what paths are held by.
type anchor struct {
	When  json.RawMessage `json:"when,omitempty" doc:"Patterns of events, one of which is enough …"`
	Stage string          `json:"stage,omitempty" doc:"… or a stage of the journey: all that its bound steps ask for"`
}

// pathsBehindQuestion asks for the customers behind a node or a link.
type pathsBehindQuestion struct {
	PathsQuestion
	Node   string   `json:"node,omitempty" doc:"The id of a node of the answer …"`
	Link   []string `json:"link,omitempty" nullable:"true" doc:"… or those of the two nodes of a link"`
	Search string   `json:"search,omitempty" doc:"Part of an id or a name"`
	Sort   string   `json:"sort,omitempty" enum:"newest,oldest,longest,shortest,most"`
	Offset int      `json:"offset,omitempty" minimum:"0"`
	Limit  int      `json:"limit,omitempty" minimum:"0" maximum:"1000"`
}

// foundPaths are an answer with what it took.
type foundPaths struct {
	*path.Answer
	ElapsedMillis float64 `json:"elapsedMillis"`
}

func (s *Server) pathsRoutes() {
	route(s, http.MethodPost, "/paths", "Journeys", "What comes before, between and after events, and which follows which", access.Read,
		func(ctx context.Context, in *body[PathsQuestion]) (*body[foundPaths], error) {
			return answer(s.paths(ctx, in.Body))
		})

	route(s, http.MethodPost, "/paths/customers", "Journeys", "The customers behind a node or a link of paths, by the code that counted them", access.ReadPersonal,
		func(ctx context.Context, in *body[pathsBehindQuestion]) (*body[*path.Walkers], error) {
			return answer(s.pathsBehind(ctx, in.Body))
		})
}

// finder asks the same source as the measurer, as of the same now, with the same nodes.
func (s *Server) finder() *path.Finder {
	return &path.Finder{Source: s.Measurer.Source, Now: s.Measurer.Now, Nodes: s.Measurer.Nodes}
}

func (s *Server) paths(ctx context.Context, q PathsQuestion) (foundPaths, error) {
	request, err := s.pathsRequest(ctx, q)
	if err != nil {
		return foundPaths{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	started := time.Now()
	a, err := s.finder().Paths(ctx, request)
	if err == nil {
		err = withoutSmallPaths(ctx, a, len(request.Segment) > 0)
	}
	return foundPaths{a, float64(time.Since(started).Microseconds()) / 1000}, err
}

// pathsRequest turns a question into what the finder takes: the journey looked
// up, the time zone filled in.
func (s *Server) pathsRequest(ctx context.Context, q PathsQuestion) (path.Request, error) {
	var r path.Request
	of, err := s.request(ctx, Question{Journey: q.Journey, JourneyID: q.JourneyID, Version: q.Version,
		From: q.From, To: q.To, Timezone: q.Timezone, AsOf: q.AsOf, Segment: q.Segment})
	if err != nil {
		return r, err
	}
	r = path.Request{Kind: q.Kind, Journey: of.Journey, Subject: q.Subject, From: of.From, To: of.To, Timezone: of.Timezone, AsOf: of.AsOf,
		Segment: of.Segment, Within: q.Within, Steps: q.Steps, Occurrence: q.Occurrence, Fold: q.Fold, Gap: q.Gap,
		Only: q.Only, Except: q.Except, Top: q.Top}
	for _, a := range []struct {
		from *anchor
		to   *json.RawMessage
	}{{q.Anchor, &r.Anchor}, {q.Until, &r.Until}} {
		if a.from == nil {
			continue
		}
		if err := a.from.keepsPeoplePrivate(ctx); err != nil {
			return r, err
		}
		if *a.to, err = json.Marshal(a.from); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (s *Server) pathsBehind(ctx context.Context, q pathsBehindQuestion) (*path.Walkers, error) {
	request, err := s.pathsRequest(ctx, q.PathsQuestion)
	if err != nil {
		return nil, err
	}
	behind := path.WalkersRequest{Request: request, Node: q.Node, Link: q.Link, Sort: q.Sort}
	subject := request.Subject
	if request.Journey != nil {
		subject = cmp.Or(subject, request.Journey.Subject)
	}
	of := customerOf(subject)
	if behind.Page, err = s.page(ctx, of, q.Search, q.Offset, q.Limit); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	page, err := s.finder().Customers(ctx, behind)
	if err != nil {
		return nil, err
	}
	return page, s.nameWalkers(ctx, of, page.Items)
}

func (s *Server) nameWalkers(ctx context.Context, of customer.Of, list []path.Walker) error {
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
