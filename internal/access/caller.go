package access

import (
	"context"
	"slices"

	"beichen/internal/fault"
)

// Role is what a member is in the workspace.
type Role string

// The roles. A viewer looks at everything but other people's personal data; an
// editor also sees customers one by one, and writes and approves definitions; an
// admin also keeps members, keys and settings.
const (
	Admin  Role = "admin"
	Editor Role = "editor"
	Viewer Role = "viewer"
)

// Permission is something that can be allowed.
type Permission string

// The permissions.
const (
	Nothing      Permission = ""              // asked of strangers too
	Read         Permission = "read"          // numbers, definitions, event names
	ReadPersonal Permission = "read-personal" // customers: traits, ids, timelines, lists of people
	Edit         Permission = "edit"          // write definitions, merge people, replay quarantined events
	Approve      Permission = "approve"       // approve definitions
	Administer   Permission = "administer"    // members, keys, settings, audit
)

// The scopes of keys. `measure` is for numbers and definitions, as a viewer sees them;
// `read` includes personal data: an admin who makes a key for a program that pulls
// data out knows what it is for. Capture and import are asked by capture itself, see
// WriteKey.
const (
	ScopeMeasure = "measure"
	ScopeRead    = "read"
	ScopeWrite   = "write"
	ScopeAdmin   = "admin"
	ScopeCapture = "capture"
	ScopeImport  = "import"
)

// Caller is who asks: a member or the holder of an API key.
type Caller struct {
	ID     string
	Name   string // for revisions and the audit
	IsKey  bool
	Role   Role     // of a member
	Scopes []string // of a key
}

// May reports whether the caller has the permission.
func (c Caller) May(p Permission) bool {
	if p == Nothing {
		return true
	}
	if c.IsKey {
		return slices.ContainsFunc(c.Scopes, func(scope string) bool { return slices.Contains(ofScope(scope), p) })
	}
	return slices.Contains(ofRole(c.Role), p)
}

func ofRole(r Role) []Permission {
	switch r {
	case Admin:
		return []Permission{Read, ReadPersonal, Edit, Approve, Administer}
	case Editor:
		return []Permission{Read, ReadPersonal, Edit, Approve}
	case Viewer:
		return []Permission{Read}
	}
	return nil
}

func ofScope(scope string) []Permission {
	switch scope {
	case ScopeMeasure:
		return ofRole(Viewer)
	case ScopeRead:
		return []Permission{Read, ReadPersonal}
	case ScopeWrite:
		return []Permission{Read, ReadPersonal, Edit, Approve}
	case ScopeAdmin:
		return ofRole(Admin)
	}
	return nil
}

type callerKey struct{}

// WithCaller puts the caller into a context.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom is the caller of a context; false for a stranger.
func CallerFrom(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

// Allow is nil if the context's caller has the permission. A stranger is Denied
// with access.sign-in, a caller with access.forbidden.
func Allow(ctx context.Context, p Permission) error {
	c, known := CallerFrom(ctx)
	switch {
	case p == Nothing || known && c.May(p):
		return nil
	case !known:
		return fault.New(fault.Denied, "access.sign-in")
	}
	return fault.New(fault.Denied, "access.forbidden", "name", c.Name)
}
