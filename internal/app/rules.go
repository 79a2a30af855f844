package app

import (
	"context"
	"encoding/json"

	"beichen/internal/dashboard"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger"
	"beichen/internal/metric"
	"beichen/internal/tree"
)

// Rules are what the definitions of a workspace have to obey, by kind.
func Rules() ledger.Rules {
	return ledger.Rules{
		Validators: map[ledger.Kind]ledger.Validator{
			ledger.Journey:   checked(journey.Parse),
			ledger.Retention: checked(retention.Parse),
			ledger.Metric:    checked(metric.Parse),
			ledger.Tree:      checked(tree.Parse),
			ledger.Dashboard: checked(dashboard.Parse),
		},
		Relations: map[ledger.Kind]ledger.Relation{
			ledger.Metric:    related(metric.Parse, asBook),
			ledger.Tree:      related(tree.Parse, asBook),
			ledger.Dashboard: related(dashboard.Parse, asDashboardsShelf),
		},
	}
}

// checked makes a validator of a parser.
func checked[T any](parse func([]byte) (T, error)) ledger.Validator {
	return func(body json.RawMessage) error {
		_, err := parse(body)
		return err
	}
}

// related is how the definitions that a parser reads hang on others: each lists what it
// speaks of, and is held to that on a shelf that is read as its package reads it.
func related[T interface {
	References() []R
	Check(context.Context, B) error
}, R ~struct{ Kind, ID string }, B any](parse func([]byte) (T, error), read func(ledger.Shelf) B) ledger.Relation {
	return ledger.Relation{
		References: func(body json.RawMessage) (out []ledger.Reference) {
			d, err := parse(body)
			if err != nil {
				return nil // told by the validator
			}
			for _, of := range d.References() {
				named := struct{ Kind, ID string }(of)
				out = append(out, ledger.Reference{Kind: ledger.Kind(named.Kind), ID: named.ID})
			}
			return out
		},
		Check: func(ctx context.Context, body json.RawMessage, others ledger.Shelf) error {
			d, err := parse(body)
			if err != nil {
				return err
			}
			return d.Check(ctx, read(others))
		},
	}
}

func asBook(s ledger.Shelf) metric.Book { return definitions{s} }

func asDashboardsShelf(s ledger.Shelf) dashboard.Shelf { return definitions{s} }

// records are the histories of a ledger. They are tree.Records.
type records struct{ *ledger.Ledger }

func (r records) Revisions(ctx context.Context, kind, id string) ([]tree.Revision, error) {
	all, err := r.History(ctx, ledger.Kind(kind), id)
	if err != nil {
		return nil, err
	}
	out := make([]tree.Revision, len(all))
	for i, of := range all {
		out[i] = tree.Revision{Version: of.Version, By: of.Author, Reason: of.Reason, At: of.At, ApprovedBy: of.ApprovedBy, ApprovedAt: of.ApprovedAt}
	}
	return out, nil
}

// definitions are those of a shelf, read. It is a metric.Book and a dashboard.Shelf.
type definitions struct{ ledger.Shelf }

func (d definitions) Has(ctx context.Context, kind, id string) error {
	_, _, err := d.Body(ctx, ledger.Kind(kind), id)
	return err
}

func (d definitions) Metric(ctx context.Context, id string) (*metric.Definition, int, error) {
	return read(ctx, d, ledger.Metric, id, metric.Parse)
}

func (d definitions) Journey(ctx context.Context, id string) (*journey.Journey, int, error) {
	return read(ctx, d, ledger.Journey, id, journey.Parse)
}

func (d definitions) Retention(ctx context.Context, id string) (*retention.Definition, int, error) {
	return read(ctx, d, ledger.Retention, id, retention.Parse)
}

func read[T any](ctx context.Context, from ledger.Shelf, kind ledger.Kind, id string, parse func([]byte) (T, error)) (of T, version int, err error) {
	body, version, err := from.Body(ctx, kind, id)
	if err != nil {
		return of, 0, err
	}
	of, err = parse(body)
	return of, version, err
}

// ReadDefinitions reads the definitions in files and folders, for a metric that is
// measured without a workspace.
func ReadDefinitions(paths []string) (metric.Book, error) {
	files, err := ledger.ReadFiles(paths, Kinds())
	if err != nil {
		return nil, err
	}
	return definitions{onDisk(files.Documents)}, nil
}

// onDisk are the definitions of files. They have no versions.
type onDisk []ledger.Document

func (o onDisk) Body(_ context.Context, kind ledger.Kind, id string) (json.RawMessage, int, error) {
	for _, d := range o {
		if d.Kind == kind && d.ID == id {
			return d.Body, 0, nil
		}
	}
	return nil, 0, fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}
