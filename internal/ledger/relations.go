package ledger

import (
	"context"
	"encoding/json"
	"slices"
)

// Reference names a definition.
type Reference struct {
	Kind Kind
	ID   string
}

// Relation is how the definitions of a kind hang on others.
type Relation struct {
	// References lists the definitions that a body speaks of.
	References func(body json.RawMessage) []Reference
	// Check holds a body to them, as a Shelf has them. All of its faults are in one
	// *fault.Error of kind Invalid.
	Check func(ctx context.Context, body json.RawMessage, others Shelf) error
}

// Shelf has the bodies of definitions as they stand, or as they would stand: one
// that is not there, or was deleted, is NotFound.
type Shelf interface {
	Body(ctx context.Context, kind Kind, id string) (body json.RawMessage, version int, err error)
}

// Standing is what stands in a book.
type Standing struct{ Book }

// Body is a definition that stands.
func (s Standing) Body(ctx context.Context, kind Kind, id string) (json.RawMessage, int, error) {
	r, err := s.Current(ctx, kind, id)
	if err == nil && r.Deleted {
		err = notFound(kind, id)
	}
	return r.Body, r.Version, err
}

// planned is what would stand if a plan were applied.
type planned struct {
	Shelf
	items map[Reference]*Item
}

func (p planned) Body(ctx context.Context, kind Kind, id string) (json.RawMessage, int, error) {
	if item := p.items[Reference{kind, id}]; item != nil {
		return item.body, item.Version, nil
	}
	return p.Shelf.Body(ctx, kind, id)
}

// byReference gives the places of a plan's items so that each comes after those it
// speaks of; otherwise they stay in their order.
func (p *Plan) byReference() []int {
	places := map[Reference]int{}
	for i, item := range p.Items {
		places[Reference{item.Kind, item.ID}] = i
	}
	done, out := make([]bool, len(p.Items)), make([]int, 0, len(p.Items))
	var visit func(i int)
	visit = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		item := &p.Items[i]
		if relation := p.relations[item.Kind]; relation.References != nil {
			for _, of := range relation.References(item.body) {
				if place, here := places[of]; here {
					visit(place)
				}
			}
		}
		out = append(out, i)
	}
	for i := range p.Items {
		visit(i)
	}
	return out
}

// References lists the definitions that a revision speaks of, each once.
func (r Rules) References(of Revision) []Reference {
	relation := r.Relations[of.Kind]
	if relation.References == nil {
		return nil
	}
	var out []Reference
	for _, reference := range relation.References(of.Body) {
		if !slices.Contains(out, reference) {
			out = append(out, reference)
		}
	}
	return out
}

// SpeakingOf lists the definitions that speak of another as they stand, sorted by
// kind and id.
func (l *Ledger) SpeakingOf(ctx context.Context, kind Kind, id string) ([]Revision, error) {
	all, err := l.List(ctx, "")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r Revision) bool { return !slices.Contains(l.References(r), Reference{kind, id}) }), nil
}
