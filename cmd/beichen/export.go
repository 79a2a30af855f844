package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// ExportCmd writes every current definition as YAML.
type ExportCmd struct {
	Data string `placeholder:"DIR" help:"Export from the workspace of this folder; its server may run."`
	Postgres
	Server string `placeholder:"URL" help:"Export from this server …"`
	Key    string `env:"BEICHEN_API_KEY" help:"… with this API key."`
	Out    string `required:"" placeholder:"DIR" help:"The folder to write <Kind>/<id>.yaml into; other files in it stay."`
	JSON   bool   `name:"json" help:"Print the files' names as JSON."`
}

// Run exports and prints the name of every file.
func (c *ExportCmd) Run(ctx context.Context, console *console) error {
	written, err := c.export(ctx, console.Language)
	if c.JSON {
		return printJSON(console, map[string]any{"files": written}, err)
	}
	for _, file := range written {
		if _, err := fmt.Fprintln(console.Out, file); err != nil {
			return err
		}
	}
	return err
}

func (c *ExportCmd) export(ctx context.Context, language fault.Language) (_ []string, err error) {
	book, closeBook, err := app.OpenBook(ctx, app.BookOptions{
		Dir: c.Data, Ledger: c.Ledger, Server: c.Server, Key: c.Key, Language: language, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeBook()) }()
	return ledger.Export(ctx, book, app.Kinds(), c.Out)
}
