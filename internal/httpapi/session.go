package httpapi

import (
	"context"
	"net"
	"net/http"
	"strings"

	"beichen/internal/access"
)

// session is what the screen needs to know of who looks at it.
type session struct {
	Member    access.Member    `json:"member"`
	Workspace access.Workspace `json:"workspace"`
	Demo      bool             `json:"demo" doc:"The sample company, signed in as its admin"`
	Version   string           `json:"version"`
}

// sessions are the routes of signing in; those that strangers may ask say so.
func (s *Server) sessions() {
	route(s, http.MethodGet, "/session", "Session", "Who is signed in", access.Nothing,
		func(ctx context.Context, _ *struct{}) (*body[session], error) {
			caller, known := access.CallerFrom(ctx)
			if !known {
				return nil, s.Access.Stranger(ctx)
			}
			member := access.Member{ID: caller.ID, Name: caller.Name, Role: access.Viewer, Status: access.Active}
			if !caller.IsKey {
				var err error
				if member, err = s.Access.Member(ctx, caller.ID); err != nil {
					return nil, err
				}
			}
			return answer(s.session(ctx, member))
		})

	route(s, http.MethodPost, "/session", "Session", "Sign in", access.Nothing,
		func(ctx context.Context, in *struct {
			Body SignIn
		}) (*body[session], error) {
			member, err := s.Access.SignIn(ctx, in.Body.Email, in.Body.Password, requestOf(ctx).address)
			if err != nil {
				return nil, err
			}
			return s.begin(ctx, member)
		})

	route(s, http.MethodDelete, "/session", "Session", "Sign out", access.Nothing,
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			return nil, s.Access.End(ctx)
		})

	route(s, http.MethodPost, "/setup", "Session", "Set the workspace up, with the one-time link of the first start", access.Nothing,
		func(ctx context.Context, in *struct{ Body access.SetUp }) (*body[session], error) {
			member, err := s.Access.SetUp(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			return s.begin(ctx, member)
		})

	route(s, http.MethodGet, "/invitations/{token}", "Session", "Whom an invitation is for", access.Nothing,
		func(ctx context.Context, in *struct {
			Token string `path:"token"`
		}) (*body[invitation], error) {
			member, err := s.Access.Invitation(ctx, in.Token)
			return answer(invitation{member.Name, member.Email}, err)
		})

	route(s, http.MethodPost, "/invitations/{token}", "Session", "Accept an invitation", access.Nothing,
		func(ctx context.Context, in *struct {
			Token string `path:"token"`
			Body  Acceptance
		}) (*body[session], error) {
			member, err := s.Access.Accept(ctx, access.SetUp{Token: in.Token, Name: in.Body.Name, Password: in.Body.Password})
			if err != nil {
				return nil, err
			}
			return s.begin(ctx, member)
		})
}

// SignIn is who somebody says to be.
type SignIn struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Acceptance is what an invited member fills in.
type Acceptance struct {
	Name     string `json:"name,omitempty"`
	Password string `json:"password"`
	Token    string `json:"token,omitempty" doc:"The path's, where a form sends it too"`
}

type invitation struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

func (s *Server) begin(ctx context.Context, member access.Member) (*body[session], error) {
	if err := s.Access.Begin(ctx, member); err != nil {
		return nil, err
	}
	return answer(s.session(ctx, member))
}

func (s *Server) session(ctx context.Context, member access.Member) (session, error) {
	workspace, err := s.Access.Workspace(ctx)
	return session{member, workspace, s.Demo, s.Version}, err
}

// address is where a request came from, without its port. A proxy on this
// machine is believed about whom it speaks for, nobody else is.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		// The last entry is the one that the proxy itself wrote.
		forwarded := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(forwarded[len(forwarded)-1]); net.ParseIP(last) != nil {
			return last
		}
	}
	return host
}
