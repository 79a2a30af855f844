// Package ledger is where everything that people agree on lives: journeys and
// whatever else has a kind and an id. A definition is a chain of revisions, each
// with its author, its reason and its time; a revision is never changed and never
// removed. What stands now is the last one of the chain.
package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Kind is the sort of a definition, as the files name it: "Journey".
type Kind string

// The kinds that the ledger keeps: drawn journeys, tables of who comes back,
// metrics, the tree they hang in, and the dashboards that show them.
const (
	Journey   Kind = "Journey"
	Retention Kind = "Retention"
	Metric    Kind = "Metric"
	Tree      Kind = "Tree"
	Dashboard Kind = "Dashboard"
)

// Status says whether a revision is only proposed or was approved.
type Status string

// The two statuses. A revision is born proposed; one that is edited after its
// approval is followed by a proposed one.
const (
	Proposed Status = "proposed"
	Approved Status = "approved"
)

// Revision is one change of a definition and what it was changed to.
type Revision struct {
	Kind    Kind   `json:"kind"`
	ID      string `json:"id"`
	Version int    `json:"version"` // 1, 2, 3 … without gaps; the one before it is Version − 1
	Hash    string `json:"hash"`    // event.Hash of the body
	Status  Status `json:"status"`
	Deleted bool   `json:"deleted"` // this revision took the definition away; the body is its last one

	Author string    `json:"author"` // a member's or a key's name
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`

	// ApprovedBy, ApprovedAt and ApprovalReason are of the last of Approvals, which are
	// in the order in which they were given.
	ApprovedBy     string     `json:"approvedBy,omitempty"`
	ApprovedAt     time.Time  `json:"approvedAt,omitzero"`
	ApprovalReason string     `json:"approvalReason,omitempty"`
	Approvals      []Approval `json:"approvals,omitempty"`

	RestoredFrom int  `json:"restoredFrom,omitempty"` // the version whose body came back
	Current      bool `json:"current"`                // the last of its chain

	// Body is a JSON object that begins with its kind and id, keys in the order
	// in which they were written.
	Body json.RawMessage `json:"body"`
}

// Approval is somebody's yes to a revision. A revision that stands may be approved
// again: when what it hangs on changed, somebody says that it still holds.
type Approval struct {
	By     string    `json:"by"` // a member's or a key's name
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Approve adds an approval to those that the revision has.
func (r *Revision) Approve(a Approval) {
	r.Status, r.Approvals = Approved, append(r.Approvals, a)
	r.ApprovedBy, r.ApprovedAt, r.ApprovalReason = a.By, a.At, a.Reason
}

// Store keeps revisions and approvals; package sqlstore has it in SQL. Both are
// only ever added.
type Store interface {
	// Append adds a revision. It reports false, and adds nothing, if the chain
	// already has that version: of two writers who both follow version n,
	// exactly one adds n + 1.
	Append(ctx context.Context, r Revision) (bool, error)
	// Approve adds an approval to a version of a definition; the same one again does
	// nothing. A version that is not there is NotFound.
	Approve(ctx context.Context, kind Kind, id string, version int, a Approval) error
	// Revision gives one version of a definition, or its last for version 0;
	// false if there is none.
	Revision(ctx context.Context, kind Kind, id string, version int) (Revision, bool, error)
	// Current gives the last revision of every definition of the kind, of all
	// kinds for "", sorted by kind and id: deleted ones or the others.
	Current(ctx context.Context, kind Kind, deleted bool) ([]Revision, error)
	// Newest gives the last revisions of all definitions, the newest first, and of
	// those of one instant by kind, id and the later version first: at most limit, and
	// of some kinds only where any are named.
	Newest(ctx context.Context, limit int, kinds ...Kind) ([]Revision, error)
	// History gives all revisions of a definition, the newest first.
	History(ctx context.Context, kind Kind, id string) ([]Revision, error)
}

// Validator checks a body of one kind and reports all of its faults in one
// *fault.Error of kind Invalid.
type Validator func(body json.RawMessage) error

// Stale is the cause of a ledger.stale conflict: what stands now, and what was
// to be written over it (nil for a deletion or an approval).
type Stale struct {
	Current Revision
	Yours   json.RawMessage
}

func (s *Stale) Error() string {
	return fmt.Sprintf("%s %s is at version %d", s.Current.Kind, s.Current.ID, s.Current.Version)
}
