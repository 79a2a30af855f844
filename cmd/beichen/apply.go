package main

import (
	"context"
	"encoding/json"
	"errors"
	"os/user"
	"strings"
	"time"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// ApplyCmd makes revisions of the definitions in files.
type ApplyCmd struct {
	Paths []string `arg:"" help:"YAML or JSON files, or folders of them."`
	Data  string   `placeholder:"DIR" help:"Apply to the workspace of this folder; its server may run."`
	Postgres
	Server string `placeholder:"URL" help:"Apply to this server …"`
	Key    string `env:"BEICHEN_API_KEY" help:"… with this API key."`
	Reason string `help:"Why; it stays in the ledger with every revision."`
	DryRun bool   `help:"Write nothing; show what would change."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run applies the files and prints the difference.
func (c *ApplyCmd) Run(ctx context.Context, console *console) error {
	plan, err := c.apply(ctx, console.Language)
	if c.JSON {
		return printJSON(console, plan, err)
	}
	if err != nil {
		return err
	}
	return plan.Print(console.Out, console.Language, c.DryRun)
}

func (c *ApplyCmd) apply(ctx context.Context, language fault.Language) (_ *ledger.Plan, err error) {
	files, err := ledger.ReadFiles(c.Paths, app.Kinds())
	if err != nil {
		return nil, err
	}
	book, closeBook, err := app.OpenBook(ctx, app.BookOptions{
		Dir: c.Data, Ledger: c.Ledger, Create: !c.DryRun, Server: c.Server, Key: c.Key, Language: language, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeBook()) }()
	plan, err := ledger.NewPlan(ctx, book, app.Rules(), files, language)
	if err != nil || c.DryRun {
		return plan, err
	}
	reason := c.Reason
	if strings.TrimSpace(reason) == "" {
		reason = "beichen apply " + strings.Join(c.Paths, " ")
	}
	return plan, plan.Apply(ctx, book, operator(), reason)
}

// operator is the name that revisions carry which are written without a server.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "beichen apply"
}

// printJSON prints an answer, or the faults that there are instead of one.
func printJSON(console *console, answer any, err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return json.NewEncoder(console.Out).Encode(answer)
	case !errors.As(err, &f) || f.Kind != fault.Invalid:
		return err
	}
	details := f.Faults
	if len(details) == 0 {
		details = []fault.Detail{{Key: f.Key, Args: f.Args}}
	}
	faults := make([]printedFault, len(details))
	for i, d := range fault.Localize(details, console.Language) {
		faults[i] = printedFault{File: d.File, Path: d.Path, Message: d.Message}
		if d.Line > 0 {
			faults[i].Line = &d.Line
		}
	}
	if err := json.NewEncoder(console.Out).Encode(map[string]any{"errors": faults}); err != nil {
		return err
	}
	return &reportedError{exitWrong}
}

// printedFault is a fault as scripts read it: path and line are always there,
// empty and null for a fault of the whole, so that reading them never fails.
type printedFault struct {
	File    string `json:"file,omitempty"` // where there are several
	Path    string `json:"path"`
	Line    *int   `json:"line"`
	Message string `json:"message"`
}
