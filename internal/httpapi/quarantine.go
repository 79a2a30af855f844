package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// quarantineEntry is what could not be taken, with its reason in words.
type quarantineEntry struct {
	warehouse.Quarantined
	Title string `json:"title" doc:"The reason in the caller's language"`
}

type quarantinePage struct {
	Items   []quarantineEntry `json:"items"`
	Total   int64             `json:"total"`
	Reasons []reasonCount     `json:"reasons" doc:"What is open, by reason"`
}

type reasonCount struct {
	Reason string `json:"reason"`
	Title  string `json:"title"`
	Count  int64  `json:"count"`
}

// chosen says which open entries are meant: by id or by reason.
type chosen struct {
	IDs     []string        `json:"ids,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	ID      string          `json:"id,omitempty" doc:"One entry, with message"`
	Message json.RawMessage `json:"message,omitempty" doc:"The entry as it was corrected"`
}

func (c chosen) query() (warehouse.QuarantineQuery, error) {
	if len(c.IDs) == 0 && c.Reason == "" {
		return warehouse.QuarantineQuery{}, fault.Many("api.bad-request", []fault.Detail{fault.At("ids", 0, "api.choose-entries")})
	}
	return warehouse.QuarantineQuery{IDs: c.IDs, Reason: c.Reason}, nil
}

func (s *Server) quarantines() {
	route(s, http.MethodGet, "/quarantine", "Quarantine", "What could not be taken, newest first", access.ReadPersonal,
		func(ctx context.Context, in *struct {
			Status warehouse.QuarantineStatus `query:"status" enum:"open,replayed,discarded" default:"open"`
			Reason string                     `query:"reason"`
			Source string                     `query:"source"`
			Offset int                        `query:"offset" minimum:"0"`
			Limit  int                        `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (*body[quarantinePage], error) {
			page, err := s.Warehouse.Quarantine(ctx, warehouse.QuarantineQuery{
				Status: in.Status, Reason: in.Reason, Source: in.Source, Offset: in.Offset, Limit: in.Limit})
			return answer(inWords(page, requestOf(ctx).language), err)
		})

	route(s, http.MethodPost, "/quarantine/replay", "Quarantine", "Try open entries again, or one as it was corrected", access.Edit,
		func(ctx context.Context, in *body[chosen]) (*body[capture.Replay], error) {
			by := callerName(ctx)
			if in.Body.ID != "" {
				receipt, err := s.Intake.ReplayEdited(ctx, in.Body.ID, in.Body.Message, by)
				return s.audited(ctx, "quarantine.corrected", in.Body.ID, capture.Replay{Receipt: receipt}, err)
			}
			q, err := in.Body.query()
			if err != nil {
				return nil, err
			}
			replay, err := s.Intake.ReplayQuarantine(ctx, q, by)
			return s.audited(ctx, "quarantine.replayed", in.Body.Reason, replay, err)
		})

	route(s, http.MethodPost, "/quarantine/discard", "Quarantine", "Discard open entries; they stay readable", access.Edit,
		func(ctx context.Context, in *body[chosen]) (*body[discarded], error) {
			q, err := in.Body.query()
			if err != nil {
				return nil, err
			}
			n, err := s.Intake.DiscardQuarantine(ctx, q, callerName(ctx))
			if err != nil {
				return nil, err
			}
			err = s.Access.Audit(ctx, access.AuditEntry{Action: "quarantine.discarded", Subject: in.Body.Reason, Detail: map[string]any{"discarded": n}})
			return answer(discarded{n}, err)
		})
}

type discarded struct {
	Discarded int `json:"discarded"`
}

func (s *Server) audited(ctx context.Context, action, subject string, r capture.Replay, err error) (*body[capture.Replay], error) {
	if err != nil {
		return nil, err
	}
	return answer(r, s.Access.Audit(ctx, access.AuditEntry{Action: action, Subject: subject,
		Detail: map[string]any{"stored": r.Stored, "duplicate": r.Duplicate}}))
}

func inWords(page warehouse.QuarantinePage, l fault.Language) quarantinePage {
	out := quarantinePage{Items: []quarantineEntry{}, Total: page.Total, Reasons: []reasonCount{}}
	for _, q := range page.Items {
		out.Items = append(out.Items, quarantineEntry{q, fault.Title(q.Reason, l)})
	}
	for reason, count := range page.Reasons {
		out.Reasons = append(out.Reasons, reasonCount{reason, fault.Title(reason, l), count})
	}
	slices.SortFunc(out.Reasons, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}
