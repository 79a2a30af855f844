package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger"
)

// DefinitionPath names a definition in a route. Exported, as huma passes over
// embedded types that are not.
type DefinitionPath struct {
	Kind ledger.Kind `path:"kind" doc:"The kind as in the files: Journey"`
	ID   string      `path:"id"`
}

// revisionAnswer is a revision with its version as the ETag to match.
type revisionAnswer struct {
	ETag string `header:"ETag"`
	Body ledger.Revision
}

func answerRevision(r ledger.Revision, err error) (*revisionAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &revisionAnswer{ETag: strconv.Quote(strconv.Itoa(r.Version)), Body: r}, nil
}

func (s *Server) definitions() {
	route(s, http.MethodGet, "/revisions", "Definitions", "The newest revisions of all definitions", access.Read,
		func(ctx context.Context, in *struct {
			Kinds []ledger.Kind `query:"kind,explode" doc:"Again for each; nothing is all kinds"`
			Limit int           `query:"limit" minimum:"0" maximum:"200" doc:"0 or nothing is 20"`
		}) (*body[items[revisionSummary]], error) {
			return answerItems(s.newestRevisions(ctx, cmp.Or(in.Limit, 20), in.Kinds))
		})

	route(s, http.MethodGet, "/definitions/{kind}", "Definitions", "Every current definition of a kind", access.Read,
		func(ctx context.Context, in *struct {
			Kind    ledger.Kind `path:"kind" doc:"The kind as in the files: Journey; or all"`
			Deleted bool        `query:"deleted" doc:"Those that were deleted instead"`
		}) (*body[items[ledger.Revision]], error) {
			kind := in.Kind
			if kind == "all" {
				kind = ""
			}
			list := s.Ledger.List
			if in.Deleted {
				list = s.Ledger.Deleted
			}
			return answerItems(list(ctx, kind))
		})

	route(s, http.MethodGet, "/definitions/{kind}/{id}", "Definitions", "A definition: the current revision, or a version", access.Read,
		func(ctx context.Context, in *struct {
			DefinitionPath
			Version int `query:"version" minimum:"0"`
		}) (*revisionAnswer, error) {
			return answerRevision(s.Ledger.At(ctx, in.Kind, in.ID, in.Version))
		})

	route(s, http.MethodPut, "/definitions/{kind}/{id}", "Definitions", "Write a new revision", access.Edit,
		func(ctx context.Context, in *struct {
			DefinitionPath
			IfMatch string `header:"If-Match" required:"true" doc:"The version that was edited, \"0\" for a new definition"`
			Body    Write
		}) (*revisionAnswer, error) {
			w, err := write(ctx, in.DefinitionPath, in.IfMatch, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answerRevision(s.Ledger.Put(ctx, w, in.Body.Body))
		})

	route(s, http.MethodGet, "/definitions/{kind}/{id}/history", "Definitions", "All revisions, the newest first", access.Read,
		func(ctx context.Context, in *DefinitionPath) (*body[items[ledger.Revision]], error) {
			return answerItems(s.Ledger.History(ctx, in.Kind, in.ID))
		})

	route(s, http.MethodGet, "/definitions/{kind}/{id}/diff", "Definitions", "What changed between two versions", access.Read,
		func(ctx context.Context, in *struct {
			DefinitionPath
			From int `query:"from" required:"true" minimum:"1"`
			To   int `query:"to" minimum:"0" doc:"0 or nothing is the current one"`
		}) (*body[ledger.Difference], error) {
			return answer(s.Ledger.Diff(ctx, in.Kind, in.ID, in.From, in.To, requestOf(ctx).language))
		})

	route(s, http.MethodPost, "/definitions/{kind}/{id}/restore", "Definitions", "Write the body of an older version again", access.Edit,
		func(ctx context.Context, in *versioned) (*revisionAnswer, error) {
			w, err := write(ctx, in.DefinitionPath, in.IfMatch, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answerRevision(s.Ledger.Restore(ctx, w, in.Body.Version))
		})

	route(s, http.MethodPost, "/definitions/{kind}/{id}/approve", "Definitions", "Approve the current revision, or say again that it holds", access.Approve,
		func(ctx context.Context, in *versioned) (*revisionAnswer, error) {
			seen := in.IfMatch
			if seen == "" {
				seen = strconv.Itoa(in.Body.Version)
			}
			w, err := write(ctx, in.DefinitionPath, seen, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answerRevision(s.Ledger.Approve(ctx, w))
		})

	route(s, http.MethodDelete, "/definitions/{kind}/{id}", "Definitions", "Delete a definition; its history stays and restores it", access.Edit,
		func(ctx context.Context, in *struct {
			DefinitionPath
			IfMatch string `header:"If-Match" required:"true"`
			Body    Deletion
		}) (*revisionAnswer, error) {
			w, err := write(ctx, in.DefinitionPath, in.IfMatch, in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return answerRevision(s.Ledger.Delete(ctx, w))
		})
}

// revisionSummary is a revision without its body.
type revisionSummary struct {
	Kind         ledger.Kind   `json:"kind"`
	ID           string        `json:"id"`
	Name         journey.Text  `json:"name" doc:"A text, or texts by locale; as it was then"`
	Version      int           `json:"version"`
	Status       ledger.Status `json:"status"`
	Deleted      bool          `json:"deleted"`
	Current      bool          `json:"current"`
	RestoredFrom int           `json:"restoredFrom,omitempty" doc:"The version whose body came back"`
	Author       string        `json:"author"`
	Reason       string        `json:"reason"`
	At           time.Time     `json:"at"`
}

func (s *Server) newestRevisions(ctx context.Context, limit int, kinds []ledger.Kind) ([]revisionSummary, error) {
	revisions, err := s.Ledger.Newest(ctx, limit, kinds...)
	if err != nil {
		return nil, err
	}
	out := make([]revisionSummary, len(revisions))
	for i, r := range revisions {
		var named struct{ Name journey.Text }
		if err := json.Unmarshal(r.Body, &named); err != nil || named.Name.IsZero() {
			named.Name = journey.Text{Plain: r.ID}
		}
		out[i] = revisionSummary{r.Kind, r.ID, named.Name, r.Version, r.Status, r.Deleted, r.Current, r.RestoredFrom, r.Author, r.Reason, r.At}
	}
	return out, nil
}

// Write is a new revision and why.
type Write struct {
	Body   json.RawMessage `json:"body"`
	Reason string          `json:"reason"`
}

// Deletion says why a definition goes.
type Deletion struct {
	Reason string `json:"reason"`
}

// VersionChosen is a version to restore or to approve, and why.
type VersionChosen struct {
	Version int    `json:"version" minimum:"1"`
	Reason  string `json:"reason"`
}

type versioned struct {
	DefinitionPath
	IfMatch string `header:"If-Match" doc:"The current version; needed to restore"`
	Body    VersionChosen
}

func write(ctx context.Context, d DefinitionPath, ifMatch, reason string) (ledger.Write, error) {
	tag := strings.Trim(strings.TrimPrefix(strings.TrimSpace(ifMatch), "W/"), `"`)
	seen, err := strconv.Atoi(tag)
	if err != nil {
		return ledger.Write{}, fault.Many("api.bad-request", []fault.Detail{fault.At("If-Match", 0, "api.if-match", "value", ifMatch)})
	}
	return ledger.Write{Kind: d.Kind, ID: d.ID, IfMatch: seen, Author: callerName(ctx), Reason: reason}, nil
}
