package app

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/ledger"
	"beichen/internal/ledger/remote"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/warehouse/duckdb"
)

// BookOptions say where the definitions are that a command works on: in a
// workspace's ledger, which is known by its folder, its address or both, or on a
// server. One that is named is asked, whatever address the environment has.
type BookOptions struct {
	Dir      string
	Ledger   string // postgres://…
	Create   bool   // make the workspace's ledger if there is none
	Server   string
	Key      string
	Language fault.Language
	Now      func() time.Time
}

// OpenBook opens the definitions of a workspace, also while a server runs on it,
// or those of a server. The function closes them.
func OpenBook(ctx context.Context, o BookOptions) (ledger.Book, func() error, error) {
	switch {
	case o.Server != "" && o.Dir != "", o.Server == "" && o.Dir == "" && o.Ledger == "":
		return nil, nil, fault.New(fault.Invalid, "ledger.where")
	case o.Server != "" && o.Key == "":
		return nil, nil, fault.New(fault.Invalid, "ledger.no-key")
	case o.Server != "":
		api := &client.Client{HTTP: &http.Client{Timeout: time.Minute}, Server: o.Server, Key: o.Key, Language: o.Language}
		return remote.Book{API: api}, nothing, nil
	}
	db, err := openBook(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	return ledger.New(ledger.Config{Store: sqlstore.NewStore(db), Now: o.Now, Rules: Rules()}), db.Close, nil
}

// openBook opens the ledger alone, and not the facts beside it.
func openBook(ctx context.Context, o BookOptions) (*sqlstore.DB, error) {
	if o.Dir == "" {
		return openServer(ctx, o.Ledger)
	}
	if err := isWorkspace(o.Dir); err != nil && !(o.Create && errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "ledger.no-workspace", "dir", o.Dir)
	}
	return openLedger(ctx, o.Dir, o.Ledger)
}

// ExplainScan is the statement by which the embedded store finds what a question asks
// of events, for people to read.
func ExplainScan(q stream.Question) string { return duckdb.Explain(q.Stored()) }

// Kinds are the kinds of definitions, sorted.
func Kinds() []ledger.Kind { return slices.Sorted(maps.Keys(Rules().Validators)) }
