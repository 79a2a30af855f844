package tree

import (
	"context"
	"slices"
	"sync"
	"time"

	"beichen/internal/fault"
	"beichen/internal/metric"
)

// Records tell the history of definitions.
type Records interface {
	// Revisions gives all of a definition, the newest first; NotFound where there is
	// none.
	Revisions(ctx context.Context, kind, id string) ([]Revision, error)
}

// Revision is one change of a definition.
type Revision struct {
	Version    int
	By, Reason string
	At         time.Time
	ApprovedBy string // "" where nobody did
	ApprovedAt time.Time
}

// Trust says whether people agreed on a metric, and whether what they agreed on is
// still the same.
type Trust struct {
	State      TrustState `json:"state"`
	Version    int        `json:"version"`
	ApprovedBy string     `json:"approvedBy"`
	ApprovedAt *time.Time `json:"approvedAt"`
	// Changed is what changed since the last approval: the metric itself, or what it
	// is measured by. The oldest first.
	Changed []ChangedSince `json:"changed"`
}

// TrustState is how far a metric can be relied on.
type TrustState string

// The states.
const (
	NotAgreed TrustState = "proposed"
	Agreed    TrustState = "approved"
	Drifted   TrustState = "drifted" // approved, and something it depends on changed since
	NotKept   TrustState = "unknown" // nobody keeps its history
)

// ChangedSince is a revision that came after an approval.
type ChangedSince struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Version int       `json:"version"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
}

// records asks for each history once.
type records struct {
	of    Records
	mutex sync.Mutex
	known map[Reference][]Revision
}

func newRecords(of Records) *records { return &records{of: of, known: map[Reference][]Revision{}} }

func (r *records) revisions(ctx context.Context, of Reference) ([]Revision, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if all, known := r.known[of]; known || r.of == nil {
		return all, nil
	}
	all, err := r.of.Revisions(ctx, of.Kind, of.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	r.known[of] = all
	return all, nil
}

// trust says how far a metric can be relied on.
func (r *records) trust(ctx context.Context, book metric.Book, n *Node) (Trust, error) {
	t := Trust{State: NotKept, Changed: []ChangedSince{}}
	own, err := r.revisions(ctx, Reference{metric.Kind, n.Metric})
	if err != nil || len(own) == 0 {
		return t, err
	}
	t.State, t.Version = NotAgreed, own[0].Version
	approved := slices.IndexFunc(own, func(of Revision) bool { return of.ApprovedBy != "" })
	if approved < 0 {
		return t, nil
	}
	t.ApprovedBy, t.ApprovedAt = own[approved].ApprovedBy, new(own[approved].ApprovedAt)
	note := func(of Reference, revision Revision) {
		t.Changed = append(t.Changed, ChangedSince{of.Kind, of.ID, revision.Version, revision.By, revision.At, revision.Reason})
	}
	for _, later := range own[:approved] {
		note(Reference{metric.Kind, n.Metric}, later)
	}
	if approved == 0 {
		t.State = Agreed
	}
	for _, of := range dependencies(ctx, book, n.of) {
		all, err := r.revisions(ctx, of)
		if err != nil {
			return t, err
		}
		for _, revision := range all {
			if revision.At.After(*t.ApprovedAt) {
				note(of, revision)
				if approved == 0 {
					t.State = Drifted
				}
			}
		}
	}
	slices.SortStableFunc(t.Changed, func(a, b ChangedSince) int { return a.At.Compare(b.At) })
	return t, nil
}

// dependencies are the definitions that a metric is measured by, through formulas.
func dependencies(ctx context.Context, book metric.Book, d *metric.Definition) (out []Reference) {
	var visit func(d *metric.Definition)
	visit = func(d *metric.Definition) {
		if d == nil {
			return
		}
		for _, r := range d.References() {
			of := Reference{r.Kind, r.ID}
			if slices.Contains(out, of) {
				continue
			}
			out = append(out, of)
			if r.Kind == metric.Kind {
				next, _, err := book.Metric(ctx, r.ID)
				if err == nil { // told by its own node
					visit(next)
				}
			}
		}
	}
	visit(d)
	return out
}
