package httpapi

import (
	"context"
	"net/http"
	"strings"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/live"
)

// mergePreview is what a merge or its undoing changes: people before and after.
type mergePreview struct {
	Before []mergedPerson `json:"before"`
	After  []mergedPerson `json:"after"`
}

type mergedPerson struct {
	ID      string  `json:"id"`
	IDs     int     `json:"ids"`
	Events  int64   `json:"events"`
	Account *string `json:"account"`
}

// identities are the routes that merge two people and take a link back. Both
// are messages like any other: they go through the log, act on the past at once
// and stay in the history of who said what.
func (s *Server) identities() {
	type merge struct {
		From   string `json:"from" doc:"The id that is given up"`
		To     string `json:"to" doc:"The id that stays"`
		Reason string `json:"reason,omitempty" doc:"Required unless it is a preview"`
	}
	type unlink struct {
		MessageID string `json:"messageId" doc:"The message that made the link"`
		Reason    string `json:"reason,omitempty" doc:"Required unless it is a preview"`
		Preview   bool   `json:"preview,omitempty"`
	}
	route(s, http.MethodPost, "/identity/preview", "Customers", "What merging two people would change", access.ReadPersonal,
		func(ctx context.Context, in *body[merge]) (*body[mergePreview], error) {
			m, err := s.mergeMessage(ctx, in.Body.From, in.Body.To)
			if err != nil {
				return nil, err
			}
			return answer(s.preview(ctx, m))
		})
	route(s, http.MethodPost, "/identity/merge", "Customers", "Merge two people; it can be taken back", access.Edit,
		func(ctx context.Context, in *body[merge]) (*body[mergePreview], error) {
			m, err := s.mergeMessage(ctx, in.Body.From, in.Body.To)
			if err != nil {
				return nil, err
			}
			return answer(s.change(ctx, m, "identity.merged", in.Body.From+" → "+in.Body.To, in.Body.Reason))
		})
	route(s, http.MethodPost, "/identity/unlink", "Customers", "Take one link between ids back", access.Edit,
		func(ctx context.Context, in *body[unlink]) (*body[mergePreview], error) {
			people, err := s.Intake.Whole(ctx)
			if err != nil {
				return nil, err
			}
			if !people.View().HasLink(in.Body.MessageID) {
				return nil, fault.New(fault.NotFound, "api.no-link", "id", in.Body.MessageID)
			}
			m := event.Message{Type: event.Unlink, Unlinks: in.Body.MessageID}
			if in.Body.Preview {
				return answer(s.preview(ctx, m))
			}
			return answer(s.change(ctx, m, "identity.unlinked", in.Body.MessageID, in.Body.Reason))
		})
}

// mergeMessage is the alias message that makes one person of two.
func (s *Server) mergeMessage(ctx context.Context, from, to string) (event.Message, error) {
	people, err := s.Intake.Whole(ctx)
	if err != nil {
		return event.Message{}, err
	}
	view := people.View()
	a, okFrom := view.Find(from)
	b, okTo := view.Find(to)
	switch {
	case !okFrom:
		return event.Message{}, fault.New(fault.NotFound, "api.unknown-customer", "id", from)
	case !okTo:
		return event.Message{}, fault.New(fault.NotFound, "api.unknown-customer", "id", to)
	case a == b:
		return event.Message{}, fault.New(fault.Invalid, "api.same-person", "from", from, "to", to)
	case view.Anonymous(b) && view.Anonymous(a):
		return event.Message{}, fault.New(fault.Invalid, "api.two-visitors", "from", from, "to", to)
	case view.Anonymous(b): // a visitor cannot take a user in; the user takes the visitor
		from, to = to, from
	}
	return event.Message{Type: event.Alias, PreviousID: from, UserID: to}, nil
}

func (s *Server) preview(ctx context.Context, m event.Message) (mergePreview, error) {
	people, err := s.Intake.Whole(ctx)
	if err != nil {
		return mergePreview{}, err
	}
	m = s.stamped(ctx, m)
	return s.counted(ctx, people.Preview(identityRow(&m)))
}

func (s *Server) change(ctx context.Context, m event.Message, action, subject, reason string) (mergePreview, error) {
	if strings.TrimSpace(reason) == "" {
		return mergePreview{}, fault.New(fault.Invalid, "ledger.reason")
	}
	people, err := s.Intake.Whole(ctx)
	if err != nil {
		return mergePreview{}, err
	}
	m = s.stamped(ctx, m)
	changes, err := s.counted(ctx, people.Preview(identityRow(&m)))
	if err != nil {
		return mergePreview{}, err
	}
	if _, err := s.Intake.Accept(ctx, []capture.Incoming{{Message: m}}); err != nil {
		return mergePreview{}, err
	}
	if err := s.Intake.Shown(ctx); err != nil { // whoever changed it looks at it next
		return mergePreview{}, err
	}
	s.Live.Publish(live.News{Type: "identity", At: s.Now()})
	return changes, s.Access.Audit(ctx, access.AuditEntry{Action: action, Subject: subject, Detail: map[string]any{"reason": reason}})
}

// stamped completes a message that a person of the company made on the screen.
func (s *Server) stamped(ctx context.Context, m event.Message) event.Message {
	m.MessageID = "beichen:" + requestOf(ctx).id
	m.Time, m.ReceivedAt = s.Now().UTC(), s.Now().UTC()
	m.Source = callerName(ctx)
	return m
}

func identityRow(m *event.Message) identity.Row {
	return identity.Row{Seq: m.Seq, MessageID: m.MessageID, Type: m.Type, UserID: m.UserID, AnonymousID: m.AnonymousID,
		PreviousID: m.PreviousID, GroupID: m.GroupID, Unlinks: m.Unlinks, Source: m.Source, Time: m.Time}
}

func (s *Server) counted(ctx context.Context, c identity.Change) (mergePreview, error) {
	var p mergePreview
	var err error
	if p.Before, err = s.people(ctx, c.Before); err == nil {
		p.After, err = s.people(ctx, c.After)
	}
	return p, err
}

func (s *Server) people(ctx context.Context, list []identity.Who) ([]mergedPerson, error) {
	out := make([]mergedPerson, len(list))
	for i, who := range list {
		events, err := s.Customers.EventsOf(ctx, who.Refs)
		if err != nil {
			return nil, err
		}
		out[i] = mergedPerson{ID: who.ID, IDs: len(who.Refs), Events: events}
		if who.Account != "" {
			out[i].Account = &who.Account
		}
	}
	return out, nil
}
