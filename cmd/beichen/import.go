package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"golang.org/x/term"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/importer"
)

// ImportCmd turns files into events, by a mapping.
type ImportCmd struct {
	Mapping string `arg:"" help:"The mapping: a YAML file of kind Import."`
	Dir     string `default:"." help:"The folder of the files that the mapping names."`
	Data    string `placeholder:"DIR" help:"Store into the workspace of this folder, while no server runs on it."`
	Stores
	Server string `placeholder:"URL" help:"Send to this server …"`
	Key    string `env:"BEICHEN_WRITE_KEY" help:"… with this write key."`
	Out    string `placeholder:"FILE" help:"Write JSON lines to this file, - for standard output."`
	DryRun bool   `help:"Store nothing; show counts and samples."`
	JSON   bool   `name:"json" help:"Print the summary as JSON."`
}

// Run carries the import out.
func (c *ImportCmd) Run(ctx context.Context, console *console) error {
	stderr, isFile := console.Err.(*os.File)
	command := importer.Command{
		Mapping: c.Mapping, Dir: c.Dir, Data: c.Data, Server: c.Server, Key: c.Key, Out: c.Out, DryRun: c.DryRun, JSON: c.JSON,
		Stdout: console.Out, Stderr: console.Err, Language: console.Language,
		Terminal: isFile && term.IsTerminal(int(stderr.Fd())), Open: app.OpenImport(c.Ledger, c.Facts),
	}
	err := command.Execute(ctx)
	var f *fault.Error
	if c.JSON && errors.As(err, &f) && len(f.Faults) > 0 {
		answer := map[string]any{"errors": fault.Localize(f.Faults, console.Language)}
		if err := json.NewEncoder(console.Out).Encode(answer); err != nil {
			return err
		}
		return &reportedError{exitWrong}
	}
	return err
}
