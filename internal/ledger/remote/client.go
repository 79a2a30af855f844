// Package remote is the ledger of a server, read and written over its API.
package remote

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// Book is a ledger.Book on a server. To write, the client's key needs the scope write.
type Book struct{ API *client.Client }

var _ ledger.Book = Book{}

// Current gives what stands now, deleted or not.
func (b Book) Current(ctx context.Context, kind ledger.Kind, id string) (ledger.Revision, error) {
	return read[ledger.Revision](b.API.Get(ctx, path(kind, id), nil))
}

// List gives the current revisions of a kind.
func (b Book) List(ctx context.Context, kind ledger.Kind) ([]ledger.Revision, error) {
	answer, err := read[struct {
		Items []ledger.Revision `json:"items"`
	}](b.API.Get(ctx, path(kind), nil))
	return answer.Items, err
}

// Put writes a body. The author is the key's name, whatever w says.
func (b Book) Put(ctx context.Context, w ledger.Write, body json.RawMessage) (ledger.Revision, error) {
	return read[ledger.Revision](b.API.Put(ctx, path(w.Kind, w.ID), w.IfMatch, map[string]any{"body": body, "reason": w.Reason}))
}

func path(kind ledger.Kind, id ...string) string {
	p := "/definitions/" + url.PathEscape(string(kind))
	for _, part := range id {
		p += "/" + url.PathEscape(part)
	}
	return p
}

// read reads an answer, and of a refusal the revision that stands in the way.
func read[T any](text json.RawMessage, err error) (answer T, _ error) {
	if err != nil {
		return answer, withRevision(err)
	}
	return answer, json.Unmarshal(text, &answer)
}

func withRevision(err error) error {
	refusal, told := errors.AsType[*client.Refusal](err)
	f, is := errors.AsType[*fault.Error](err)
	if !told || !is {
		return err
	}
	var stale struct {
		Current *ledger.Revision `json:"current"`
		Yours   json.RawMessage  `json:"yours"`
	}
	if json.Unmarshal(refusal.Problem, &stale) == nil && stale.Current != nil {
		with := *f
		with.Err = &ledger.Stale{Current: *stale.Current, Yours: stale.Yours}
		return &with
	}
	return err
}
