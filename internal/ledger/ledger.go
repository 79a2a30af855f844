package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Ledger keeps the definitions of a workspace.
type Ledger struct {
	Config
}

// Config is what a ledger needs. All but OnChange is required.
type Config struct {
	Store Store
	Now   func() time.Time
	Rules
	// OnChange is told of every new revision and approval once it is stored. It
	// runs on the writer's goroutine and must not block.
	OnChange func(News)
}

// Rules are what definitions have to obey.
type Rules struct {
	Validators map[Kind]Validator // of the kinds there are
	Relations  map[Kind]Relation  // of those that hang on others
}

// News says that a definition changed.
type News struct {
	Kind    Kind
	ID      string
	Version int
	Author  string
}

// New makes a ledger.
func New(c Config) *Ledger { return &Ledger{c} }

// Write says who wants to change which definition, why, and what they saw.
type Write struct {
	Kind    Kind
	ID      string
	IfMatch int // the version the writer saw; 0: there was none
	Author  string
	Reason  string // required
}

// Current is what stands now, deleted or not.
func (l *Ledger) Current(ctx context.Context, kind Kind, id string) (Revision, error) {
	return l.At(ctx, kind, id, 0)
}

// At is one version of a definition, the last one for 0.
func (l *Ledger) At(ctx context.Context, kind Kind, id string, version int) (Revision, error) {
	r, found, err := l.Store.Revision(ctx, kind, id, version)
	if err != nil {
		return Revision{}, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	if !found && version == 0 {
		return Revision{}, notFound(kind, id)
	}
	if !found {
		return Revision{}, fault.New(fault.NotFound, "ledger.no-version", "kind", kind, "id", id, "version", version)
	}
	return r, nil
}

// List gives the current revisions of a kind, of all kinds for "", sorted by
// kind and id, without the deleted ones.
func (l *Ledger) List(ctx context.Context, kind Kind) ([]Revision, error) {
	return l.Store.Current(ctx, kind, false)
}

// Deleted is List of the deleted ones.
func (l *Ledger) Deleted(ctx context.Context, kind Kind) ([]Revision, error) {
	return l.Store.Current(ctx, kind, true)
}

// Newest gives the last revisions of all definitions, the newest first: at most
// limit, and of some kinds only where any are named.
func (l *Ledger) Newest(ctx context.Context, limit int, kinds ...Kind) ([]Revision, error) {
	return l.Store.Newest(ctx, limit, kinds...)
}

// History gives all revisions of a definition, the newest first.
func (l *Ledger) History(ctx context.Context, kind Kind, id string) ([]Revision, error) {
	all, err := l.Store.History(ctx, kind, id)
	if err == nil && len(all) == 0 {
		err = notFound(kind, id)
	}
	return all, err
}

func notFound(kind Kind, id string) error {
	return fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}

// Put writes a body: as a new definition (IfMatch 0), or over the version that
// the writer saw. The new revision is proposed. A body equal to the one that
// stands makes no revision and answers with the one that stands, so a repeated
// write is harmless (RFC 9110 §13.1.1). Somebody else's revision in between is a
// Conflict ledger.stale with a *Stale as its cause.
func (l *Ledger) Put(ctx context.Context, w Write, body json.RawMessage) (Revision, error) {
	if err := l.check(w); err != nil {
		return Revision{}, err
	}
	body, err := l.Validate(w.Kind, w.ID, body)
	if err == nil {
		err = l.relate(ctx, w.Kind, body)
	}
	if err != nil {
		return Revision{}, err
	}
	return l.follow(ctx, w, func(_ *Revision, next *Revision) error {
		next.Body = body
		return nil
	})
}

// Restore writes the body of an older version again, as a new revision. It also
// brings back a definition that was deleted.
func (l *Ledger) Restore(ctx context.Context, w Write, version int) (Revision, error) {
	if err := l.check(w); err != nil {
		return Revision{}, err
	}
	old, err := l.At(ctx, w.Kind, w.ID, version)
	if err != nil {
		return Revision{}, err
	}
	body, err := l.Validate(w.Kind, w.ID, old.Body)
	if err == nil {
		err = l.relate(ctx, w.Kind, body)
	}
	if err != nil {
		return Revision{}, err
	}
	return l.follow(ctx, w, func(_ *Revision, next *Revision) error {
		next.Body, next.RestoredFrom = body, old.Version
		return nil
	})
}

// Undelete brings back a deleted definition as it was.
func (l *Ledger) Undelete(ctx context.Context, w Write) (Revision, error) {
	return l.Restore(ctx, w, 0)
}

// Delete takes a definition away with a revision that says so; its history
// stays and Restore brings it back. A deleted one stays as it is.
func (l *Ledger) Delete(ctx context.Context, w Write) (Revision, error) {
	if err := l.check(w); err != nil {
		return Revision{}, err
	}
	return l.follow(ctx, w, func(current *Revision, next *Revision) error {
		if current == nil {
			return fault.New(fault.NotFound, "ledger.not-found", "kind", w.Kind, "id", w.ID)
		}
		next.Body, next.Deleted = current.Body, true
		return nil
	})
}

// Approve says yes to the revision that stands, w.IfMatch. It may be said again: what
// the definition hangs on may have changed, and it still holds.
func (l *Ledger) Approve(ctx context.Context, w Write) (Revision, error) {
	if err := l.check(w); err != nil {
		return Revision{}, err
	}
	current, err := l.Current(ctx, w.Kind, w.ID)
	switch {
	case err != nil:
		return Revision{}, err
	case current.Version != w.IfMatch:
		return Revision{}, stale(current, w, nil)
	case current.Deleted:
		return Revision{}, fault.New(fault.Invalid, "ledger.deleted", "kind", w.Kind, "id", w.ID)
	}
	if err := l.Store.Approve(ctx, w.Kind, w.ID, w.IfMatch, Approval{By: w.Author, Reason: w.Reason, At: l.now()}); err != nil {
		return Revision{}, fmt.Errorf("approve %s %s: %w", w.Kind, w.ID, err)
	}
	l.tell(w, w.IfMatch)
	return l.At(ctx, w.Kind, w.ID, w.IfMatch)
}

// follow adds the revision after the current one. The store takes a version
// once only, so it decides between two writers who read the same current one.
func (l *Ledger) follow(ctx context.Context, w Write, fill func(current, next *Revision) error) (Revision, error) {
	current, err := l.standing(ctx, w)
	if err != nil {
		return Revision{}, err
	}
	next := Revision{
		Kind: w.Kind, ID: w.ID, Version: w.IfMatch + 1, Status: Proposed,
		Author: w.Author, Reason: w.Reason, At: l.now(), Current: true,
	}
	if err := fill(current, &next); err != nil {
		return Revision{}, err
	}
	if next.Hash, err = event.Hash(next.Body); err != nil {
		return Revision{}, fault.Wrap(err, fault.Invalid, "ledger.body", "kind", w.Kind)
	}
	if current != nil && current.Hash == next.Hash && current.Deleted == next.Deleted {
		return *current, nil
	}
	if version(current) != w.IfMatch {
		return Revision{}, conflict(current, w, next.Body)
	}
	added, err := l.Store.Append(ctx, next)
	if err != nil {
		return Revision{}, fmt.Errorf("write %s %s: %w", w.Kind, w.ID, err)
	}
	if !added {
		winner, err := l.Current(ctx, w.Kind, w.ID)
		if err != nil {
			return Revision{}, err
		}
		return Revision{}, stale(winner, w, next.Body)
	}
	l.tell(w, next.Version)
	return next, nil
}

// standing is the current revision, or nil where there is none.
func (l *Ledger) standing(ctx context.Context, w Write) (*Revision, error) {
	r, err := l.Current(ctx, w.Kind, w.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

func version(r *Revision) int {
	if r == nil {
		return 0
	}
	return r.Version
}

func conflict(current *Revision, w Write, yours json.RawMessage) error {
	if current == nil {
		return fault.New(fault.NotFound, "ledger.not-found", "kind", w.Kind, "id", w.ID)
	}
	return stale(*current, w, yours)
}

func stale(current Revision, w Write, yours json.RawMessage) error {
	return fault.Wrap(&Stale{Current: current, Yours: yours}, fault.Conflict, "ledger.stale",
		"kind", w.Kind, "id", w.ID, "version", w.IfMatch, "current", current.Version, "author", current.Author)
}

// idPattern keeps ids usable as file names, in URLs and in sentences. Their length
// is counted apart: with it in the pattern every start of the program would spend
// ten milliseconds on compiling it.
var idPattern = regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$`)

const longestID = 128 // characters

func isID(text string) bool {
	return utf8.RuneCountInString(text) <= longestID && idPattern.MatchString(text)
}

func (l *Ledger) check(w Write) error {
	switch {
	case !isID(w.ID):
		return fault.New(fault.Invalid, "ledger.id", "id", w.ID)
	case strings.TrimSpace(w.Reason) == "":
		return fault.New(fault.Invalid, "ledger.reason")
	case w.Author == "":
		return errors.New("a revision needs an author")
	}
	return nil
}

// Validate checks a body as Put does, without writing it, and gives it back
// compact, with its kind and id in front if they were missing.
func (l *Ledger) Validate(kind Kind, id string, body json.RawMessage) (json.RawMessage, error) {
	return validate(l.Validators, kind, id, body)
}

// relate holds a body to the definitions that it speaks of.
func (l *Ledger) relate(ctx context.Context, kind Kind, body json.RawMessage) error {
	relation := l.Relations[kind]
	if relation.Check == nil {
		return nil
	}
	return withoutLines(relation.Check(ctx, body, Standing{l}))
}

func validate(validators map[Kind]Validator, kind Kind, id string, body json.RawMessage) (json.RawMessage, error) {
	check, known := validators[kind]
	if !known {
		return nil, fault.New(fault.Invalid, "ledger.kind", "kind", kind)
	}
	body, err := normalize(kind, id, body)
	if err != nil {
		return nil, err
	}
	if err := check(body); err != nil {
		return nil, withoutLines(err)
	}
	return body, nil
}

// normalize makes a body compact and sees to it that it names itself.
func normalize(kind Kind, id string, body json.RawMessage) (json.RawMessage, error) {
	value, err := decodeOrdered(body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "ledger.body", "kind", kind)
	}
	o, ok := value.(*object)
	if !ok {
		return nil, fault.New(fault.Invalid, "ledger.body", "kind", kind)
	}
	for _, own := range []struct{ key, want string }{{"id", id}, {"kind", string(kind)}} {
		if given, exists := o.values[own.key]; !exists {
			o.keys = append([]string{own.key}, o.keys...)
			o.values[own.key] = own.want
		} else if given != own.want {
			return nil, fault.Many("ledger.mismatch",
				[]fault.Detail{fault.At(own.key, 0, "ledger.names-itself", "given", given, "want", own.want)},
				"kind", kind, "id", id)
		}
	}
	return o.MarshalJSON()
}

// withoutLines drops line numbers from a validator's faults: they are those of
// the compact JSON, which nobody wrote. Files get theirs back in a Plan.
func withoutLines(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	clean := *f
	clean.Faults = append([]fault.Detail(nil), f.Faults...)
	for i := range clean.Faults {
		clean.Faults[i].Line = 0
	}
	return &clean
}

func (l *Ledger) now() time.Time { return l.Now().UTC().Truncate(time.Microsecond) }

func (l *Ledger) tell(w Write, version int) {
	if l.OnChange != nil {
		l.OnChange(News{Kind: w.Kind, ID: w.ID, Version: version, Author: w.Author})
	}
}
