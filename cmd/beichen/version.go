package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"beichen/internal/warehouse/duckdb"
)

// VersionCmd prints what this program is made of.
type VersionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version, the commit and the engines.
func (v VersionCmd) Run(ctx context.Context, c *console) error {
	commit, modified := "unknown", ""
	dependencies := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = "+changes"
			}
		}
		for _, d := range info.Deps {
			dependencies[d.Path] = d.Version
		}
	}
	engine, err := duckdb.Version(ctx)
	if err != nil {
		return err
	}
	sqlite := "modernc.org/sqlite " + dependencies["modernc.org/sqlite"]
	if v.JSON {
		return json.NewEncoder(c.Out).Encode(map[string]any{
			"version": version, "commit": commit + modified, "go": runtime.Version(),
			"engines": map[string]string{"warehouse": engine, "ledger": sqlite},
		})
	}
	_, err = fmt.Fprintf(c.Out, "beichen %s (commit %s%s, %s)\nwarehouse: %s\nledger: %s\n",
		version, commit, modified, runtime.Version(), engine, sqlite)
	return err
}
