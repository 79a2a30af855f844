package httpapi

import (
	"context"
	"net/http"

	"beichen/internal/access"
)

// settings are the routes of the workspace, its members, its keys and its audit.
func (s *Server) settings() {
	route(s, http.MethodGet, "/workspace", "Settings", "The workspace's settings", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[access.Workspace], error) {
			return answer(s.Access.Workspace(ctx))
		})
	route(s, http.MethodPut, "/workspace", "Settings", "Change the workspace's settings", access.Administer,
		func(ctx context.Context, in *body[access.Workspace]) (*body[access.Workspace], error) {
			return answer(s.Access.SetWorkspace(ctx, in.Body))
		})
	s.members()
	s.keys()
	route(s, http.MethodGet, "/audit", "Settings", "Who did what, newest first", access.Administer,
		func(ctx context.Context, in *struct {
			Before string `query:"before" doc:"next of the page after it"`
			Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*body[auditPage], error) {
			entries, next, err := s.Access.AuditLog(ctx, in.Before, in.Limit)
			return answer(auditPage{entries, next}, err)
		})
}

type auditPage struct {
	Items []access.AuditEntry `json:"items"`
	Next  string              `json:"next,omitempty"`
}

// invited is a new member with the link to send them; it is shown once.
type invited struct {
	Member    access.Member `json:"member"`
	InviteURL string        `json:"inviteUrl" doc:"Path of the one-time link; shown once"`
}

func answerInvited(m access.Member, token string, err error) (*body[invited], error) {
	return answer(invited{m, "/invite/" + token}, err)
}

// MemberPath names a member in a route.
type MemberPath struct {
	ID string `path:"id"`
}

func (s *Server) members() {
	route(s, http.MethodGet, "/members", "Settings", "Everybody who may use the workspace", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[access.Member]], error) {
			return answerItems(s.Access.Members(ctx))
		})
	route(s, http.MethodPost, "/members", "Settings", "Invite somebody", access.Administer,
		func(ctx context.Context, in *body[access.NewMember]) (*body[invited], error) {
			return answerInvited(s.Access.Invite(ctx, in.Body))
		})
	route(s, http.MethodPost, "/members/{id}/invitation", "Settings", "Make a new link for a member who lost theirs", access.Administer,
		func(ctx context.Context, in *MemberPath) (*body[invited], error) {
			return answerInvited(s.Access.InviteAgain(ctx, in.ID))
		})
	route(s, http.MethodPatch, "/members/{id}", "Settings", "Change a member; oneself without being an admin", access.Read,
		func(ctx context.Context, in *struct {
			MemberPath
			Body access.MemberChange
		}) (*body[access.Member], error) {
			member, err := s.Access.ChangeMember(ctx, in.ID, in.Body)
			if err == nil && in.Body.Password != nil {
				err = s.Access.Begin(ctx, member) // the change ended this session too
			}
			return answer(member, err)
		})
}

type createdKey struct {
	Key    access.Key `json:"key"`
	Secret string     `json:"secret" doc:"Shown once"`
}

func (s *Server) keys() {
	route(s, http.MethodGet, "/keys", "Settings", "All keys, revoked ones too", access.Administer,
		func(ctx context.Context, _ *struct{}) (*body[items[access.Key]], error) {
			return answerItems(s.Access.Keys(ctx))
		})
	route(s, http.MethodPost, "/keys", "Settings", "Make a key", access.Administer,
		func(ctx context.Context, in *body[access.NewKey]) (*body[createdKey], error) {
			key, secret, err := s.Access.CreateKey(ctx, in.Body)
			return answer(createdKey{key, secret}, err)
		})
	route(s, http.MethodDelete, "/keys/{id}", "Settings", "Revoke a key, at once and for ever", access.Administer,
		func(ctx context.Context, in *struct {
			ID string `path:"id"`
		}) (*body[access.Key], error) {
			return answer(s.Access.RevokeKey(ctx, in.ID))
		})
}
