package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger"
	"beichen/internal/metric"
	"beichen/internal/tree"
)

// CatalogueEntry is a definition with what one has to know to choose it. Exported,
// as huma passes over embedded types that are not.
type CatalogueEntry struct {
	Kind    ledger.Kind   `json:"kind"`
	ID      string        `json:"id"`
	Name    journey.Text  `json:"name" doc:"A text, or texts by locale"`
	Meaning journey.Text  `json:"meaning" doc:"Its meaning or description: a text, or texts by locale"`
	Unit    *string       `json:"unit" doc:"Of a metric; empty is a share or a pure number. null: not a metric"`
	Owner   []string      `json:"owner"`
	Version int           `json:"version"`
	Hash    string        `json:"hash"`
	Status  ledger.Status `json:"status"`
	Author  string        `json:"author"`
	At      time.Time     `json:"at"`
}

// explanation is all that there is to know of a definition.
type explanation struct {
	CatalogueEntry
	Rule       string          `json:"rule" doc:"How it is counted, in the caller's language"`
	MadeOf     []related       `json:"madeOf" doc:"The definitions that it speaks of"`
	SpokenOfBy []related       `json:"spokenOfBy" doc:"The definitions that speak of it"`
	History    []historyEntry  `json:"history" doc:"All revisions, the newest first"`
	Plan       *plan           `json:"plan" doc:"Of a metric: what is read for its usual periods. null: not a metric"`
	Body       json.RawMessage `json:"body" doc:"The definition, as in a YAML file"`
}

// plan is what is read for a metric, for people to read.
type plan struct {
	Words []string `json:"words" doc:"In the caller's language"`
	Scans []scan   `json:"scans" doc:"By which SQL the embedded store would find what it can judge of the events"`
}

type scan struct {
	Metric string `json:"metric" doc:"Its own, or one that its formula names"`
	SQL    string `json:"sql"`
}

// related is a definition that another speaks of, or that speaks of another.
type related struct {
	Kind    ledger.Kind   `json:"kind"`
	ID      string        `json:"id"`
	Name    journey.Text  `json:"name" doc:"A text, or texts by locale"`
	Version *int          `json:"version" doc:"null: it is not there, or was deleted"`
	Status  ledger.Status `json:"status,omitempty"`
}

// historyEntry is a revision without its body.
type historyEntry struct {
	Version        int               `json:"version"`
	Status         ledger.Status     `json:"status"`
	Author         string            `json:"author"`
	Reason         string            `json:"reason"`
	At             time.Time         `json:"at"`
	Deleted        bool              `json:"deleted"`
	RestoredFrom   int               `json:"restoredFrom,omitempty"`
	ApprovedBy     string            `json:"approvedBy,omitempty"`
	ApprovedAt     time.Time         `json:"approvedAt,omitzero"`
	ApprovalReason string            `json:"approvalReason,omitempty"`
	Approvals      []ledger.Approval `json:"approvals,omitempty"`
}

func (s *Server) catalogue() {
	route(s, http.MethodGet, "/catalogue", "Definitions", "What there is to ask about: definitions with names, meanings and units", access.Read,
		func(ctx context.Context, in *struct {
			Kind ledger.Kind `query:"kind" doc:"Of this kind only: Journey, Retention, Metric, Tree"`
		}) (*body[items[CatalogueEntry]], error) {
			return answerItems(s.catalogueEntries(ctx, in.Kind))
		})

	route(s, http.MethodGet, "/definitions/{kind}/{id}/explanation", "Definitions", "A definition with its rule in words, its history, what it is made of and what speaks of it", access.Read,
		func(ctx context.Context, in *struct {
			DefinitionPath
			Version int `query:"version" minimum:"0"`
		}) (*body[explanation], error) {
			return answer(s.explain(ctx, in.Kind, in.ID, in.Version))
		})
}

func (s *Server) catalogueEntries(ctx context.Context, kind ledger.Kind) ([]CatalogueEntry, error) {
	if _, known := s.Ledger.Validators[kind]; !known && kind != "" {
		return nil, fault.New(fault.Invalid, "ledger.kind", "kind", kind)
	}
	revisions, err := s.Ledger.List(ctx, kind)
	if err != nil {
		return nil, err
	}
	out := make([]CatalogueEntry, len(revisions))
	for i, r := range revisions {
		if out[i], _, err = s.told(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// told is what a revision says of itself, and its rule in the caller's language.
func (s *Server) told(ctx context.Context, r ledger.Revision) (e CatalogueEntry, rule string, err error) {
	e = CatalogueEntry{Kind: r.Kind, ID: r.ID, Name: nameOf(r), Owner: []string{}, Version: r.Version, Hash: r.Hash, Status: r.Status, Author: r.Author, At: r.At}
	unreadable := func(err error) { // written by another version; the others are not to suffer
		s.Log.ErrorContext(ctx, "a stored definition cannot be read", "kind", r.Kind, "id", r.ID, "version", r.Version, "error", err)
	}
	language := requestOf(ctx).language
	switch r.Kind {
	case ledger.Journey:
		j, err := journey.Parse(r.Body)
		if err != nil {
			unreadable(err)
			break
		}
		e.Meaning, e.Owner, rule = j.Description, append(e.Owner, j.Owner...), j.Words(language)
	case ledger.Retention:
		d, err := retention.Parse(r.Body)
		if err != nil {
			unreadable(err)
			break
		}
		e.Meaning, e.Owner, rule = d.Description, append(e.Owner, d.Owner...), d.Words(language)
	case ledger.Tree:
		d, err := tree.Parse(r.Body)
		if err != nil {
			unreadable(err)
			break
		}
		e.Meaning = d.Description
	case ledger.Metric:
		d, err := metric.Parse(r.Body)
		if err != nil {
			unreadable(err)
			break
		}
		unit, err := s.Metric.Unit(ctx, d)
		if err != nil {
			return e, "", err
		}
		e.Meaning, e.Owner, e.Unit, rule = d.Meaning, append(e.Owner, d.Owner...), &unit, d.Words(language)
	}
	return e, rule, nil
}

// nameOf is the name that a body gives itself, or its id.
func nameOf(r ledger.Revision) journey.Text {
	var of struct {
		Name journey.Text `json:"name"`
	}
	if err := json.Unmarshal(r.Body, &of); err != nil || of.Name.IsZero() {
		return journey.Text{Plain: r.ID}
	}
	return of.Name
}

func (s *Server) explain(ctx context.Context, kind ledger.Kind, id string, version int) (x explanation, err error) {
	r, err := s.Ledger.At(ctx, kind, id, version)
	if err != nil {
		return x, err
	}
	if x.CatalogueEntry, x.Rule, err = s.told(ctx, r); err != nil {
		return x, err
	}
	x.Body = r.Body
	if x.MadeOf, err = s.madeOf(ctx, r); err != nil {
		return x, err
	}
	speaking, err := s.Ledger.SpeakingOf(ctx, kind, id)
	if err != nil {
		return x, err
	}
	if x.Plan, err = s.planOf(ctx, r); err != nil {
		return x, err
	}
	x.SpokenOfBy = []related{}
	for _, by := range speaking {
		x.SpokenOfBy = append(x.SpokenOfBy, related{by.Kind, by.ID, nameOf(by), &by.Version, by.Status})
	}
	history, err := s.Ledger.History(ctx, kind, id)
	for _, h := range history {
		x.History = append(x.History, historyEntry{Version: h.Version, Status: h.Status, Author: h.Author, Reason: h.Reason, At: h.At, Deleted: h.Deleted,
			RestoredFrom: h.RestoredFrom, ApprovedBy: h.ApprovedBy, ApprovedAt: h.ApprovedAt, ApprovalReason: h.ApprovalReason, Approvals: h.Approvals})
	}
	return x, err
}

// planOf is what is read for a metric; nil of other definitions, and of one that does
// not fit what it speaks of any more, which its measurement tells.
func (s *Server) planOf(ctx context.Context, r ledger.Revision) (*plan, error) {
	if r.Kind != ledger.Metric {
		return nil, nil
	}
	request, err := s.metricRequest(ctx, MetricQuestion{MetricID: r.ID, Version: r.Version})
	if err != nil {
		return nil, err
	}
	planned, err := s.Metric.Plan(ctx, request)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &plan{Words: planned.Words(requestOf(ctx).language), Scans: []scan{}}
	planned.Each(func(of string, one *metric.Plan) { p.Scans = append(p.Scans, scan{of, s.ExplainScan(one.Counting())}) })
	return p, nil
}

func (s *Server) madeOf(ctx context.Context, r ledger.Revision) ([]related, error) {
	out := []related{}
	for _, of := range s.Ledger.References(r) {
		part, err := s.Ledger.Current(ctx, of.Kind, of.ID)
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && part.Deleted:
			out = append(out, related{Kind: of.Kind, ID: of.ID, Name: journey.Text{Plain: of.ID}})
		case err != nil:
			return nil, err
		default:
			out = append(out, related{part.Kind, part.ID, nameOf(part), &part.Version, part.Status})
		}
	}
	return out, nil
}
