package app

import (
	"context"

	"beichen/internal/ledger"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/live"
)

// tellOwn tells of what this process writes to the ledger. Of one that is shared with
// other nodes follow tells, of theirs and of ours: nobody is told twice.
func (w *Workspace) tellOwn() func(ledger.News) {
	if w.store.Shared() {
		return nil
	}
	return func(n ledger.News) { w.tellDefinition(string(n.Kind), n.ID, n.Version, n.Author) }
}

func (w *Workspace) tellDefinition(kind, id string, version int, author string) {
	w.Live.Publish(live.News{Type: "definition", At: w.Now(), Kind: kind, ID: id, Version: version, Author: author})
}

// follow passes on what is committed to a shared ledger, on any node, until the
// context ends: to the keys that are held in memory and to whoever listens. What is
// computed from definitions is kept by their content, so it needs no telling.
func (w *Workspace) follow(ctx context.Context) error {
	return w.store.Watch(ctx, sqlstore.Watcher{
		Hear: w.hear,
		Lost: func(err error) {
			w.following.Store(false)
			w.Log.WarnContext(ctx, "news of the ledger are not heard until it is back", "error", err)
		},
		Log: w.Log,
	})
}

func (w *Workspace) hear(ctx context.Context, c sqlstore.Change) error {
	if c.What == sqlstore.Definition {
		w.tellDefinition(c.Kind, c.ID, c.Version, c.Author)
		return nil
	}
	if w.Intake.Look(); c.What == sqlstore.Facts {
		return nil
	}
	if err := w.Access.Refresh(ctx); err != nil {
		return err
	}
	if !w.following.Swap(true) {
		w.Log.InfoContext(ctx, "news of the ledger are heard", "ledger", w.store.Name())
	}
	w.Live.Publish(live.News{Type: string(c.What), At: w.Now()})
	return nil
}
