package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Book is where definitions are read and written: a *Ledger here, or that of a
// server (package remote).
type Book interface {
	Current(ctx context.Context, kind Kind, id string) (Revision, error)
	List(ctx context.Context, kind Kind) ([]Revision, error)
	Put(ctx context.Context, w Write, body json.RawMessage) (Revision, error)
}

// Outcome is what applying a document does to its definition.
type Outcome string

// The outcomes. One that was deleted and is in the files is created again.
const (
	Created   Outcome = "created"
	Edited    Outcome = "changed"
	Unchanged Outcome = "unchanged"
)

// Item is one document of a plan.
type Item struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Kind    Kind     `json:"kind"`
	ID      string   `json:"id"`
	Outcome Outcome  `json:"outcome"`
	Version int      `json:"version"` // what stands; after Apply what was written; 0: none
	Changes []Change `json:"changes,omitempty"`

	body json.RawMessage
}

// Plan is what applying files would do, and what it did after Apply.
type Plan struct {
	Items   []Item    `json:"items"`
	Skipped []Skipped `json:"skipped,omitempty"`

	relations map[Kind]Relation
}

// NewPlan compares documents with what stands. The error lists the faults of all
// documents, with file, line and path; nothing is planned then.
func NewPlan(ctx context.Context, book Book, rules Rules, files Files, language fault.Language) (*Plan, error) {
	plan := &Plan{Items: []Item{}, Skipped: files.Skipped, relations: rules.Relations}
	var faults []fault.Detail
	for _, d := range files.Documents {
		body, err := checkDocument(rules.Validators, d)
		if err != nil {
			own, ok := inFile(err, d)
			if !ok {
				return nil, err
			}
			faults = append(faults, own...)
			continue
		}
		item, err := compare(ctx, book, d, body, language)
		if err != nil {
			return nil, err
		}
		plan.Items = append(plan.Items, item)
	}
	if err := fault.Many("ledger.files", faults); err != nil {
		return nil, err
	}
	if err := plan.relate(ctx, book, files.Documents); err != nil {
		return nil, err
	}
	return plan, nil
}

// relate holds each document to the definitions that it speaks of, as they would
// stand.
func (p *Plan) relate(ctx context.Context, book Book, documents []Document) error {
	others := planned{Standing{book}, map[Reference]*Item{}}
	for i := range p.Items {
		others.items[Reference{p.Items[i].Kind, p.Items[i].ID}] = &p.Items[i]
	}
	var faults []fault.Detail
	for i, d := range documents {
		relation := p.relations[d.Kind]
		if relation.Check == nil {
			continue
		}
		if err := relation.Check(ctx, p.Items[i].body, others); err != nil {
			own, ok := inFile(err, d)
			if !ok {
				return err
			}
			faults = append(faults, own...)
		}
	}
	return fault.Many("ledger.files", faults)
}

// Apply writes what the plan creates and changes, each definition after those that
// it speaks of. It stops at the first error; what was written before stays, and
// applying the same files again does the rest.
func (p *Plan) Apply(ctx context.Context, book Book, author, reason string) error {
	for _, i := range p.byReference() {
		item := &p.Items[i]
		if item.Outcome == Unchanged {
			continue
		}
		w := Write{Kind: item.Kind, ID: item.ID, IfMatch: item.Version, Author: author, Reason: reason}
		written, err := book.Put(ctx, w, item.body)
		if err != nil {
			return err
		}
		item.Version = written.Version
	}
	return nil
}

func checkDocument(validators map[Kind]Validator, d Document) (json.RawMessage, error) {
	if !isID(d.ID) {
		return nil, fault.Many("ledger.files", []fault.Detail{fault.At("id", 0, "ledger.id", "id", d.ID)})
	}
	if _, err := event.CanonicalJSON(d.Body); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "ledger.body", "kind", d.Kind)
	}
	return validate(validators, d.Kind, d.ID, d.Body)
}

// inFile gives an Invalid error's faults their place in the document's file;
// false for any other error.
func inFile(err error, d Document) ([]fault.Detail, bool) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return nil, false
	}
	details := slices.Clone(f.Faults)
	if len(details) == 0 {
		details = []fault.Detail{{Key: f.Key, Args: maps.Clone(f.Args)}}
	}
	for i := range details {
		details[i].File, details[i].Line = d.File, d.LineOf(details[i].Path)
	}
	return details, true
}

func compare(ctx context.Context, book Book, d Document, body json.RawMessage, language fault.Language) (Item, error) {
	item := Item{File: d.File, Line: d.Line, Kind: d.Kind, ID: d.ID, Outcome: Created, body: body}
	current, err := book.Current(ctx, d.Kind, d.ID)
	if fault.Is(err, fault.NotFound) {
		return item, nil
	}
	if err != nil {
		return item, err
	}
	item.Version = current.Version
	if current.Deleted {
		return item, nil
	}
	if item.Changes, err = Diff(current.Body, body, language); err != nil {
		return item, err
	}
	item.Outcome = Edited
	if len(item.Changes) == 0 {
		item.Outcome = Unchanged
	}
	return item, nil
}
