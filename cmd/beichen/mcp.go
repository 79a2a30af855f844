package main

import (
	"context"
	"errors"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"beichen/internal/app"
	"beichen/internal/mcpserver"
)

// MCPCmd serves an assistant on standard input and output.
type MCPCmd struct {
	Data string `placeholder:"DIR" help:"Ask the workspace of this folder; its server may run."`
	Stores
	Server string `placeholder:"URL" help:"Ask this server …"`
	Key    string `env:"BEICHEN_API_KEY" help:"… with this API key."`
}

// Run serves until the assistant closes the input or the process is asked to stop.
// Standard output belongs to the protocol; what there is to log goes to standard
// error.
func (c *MCPCmd) Run(ctx context.Context, console *console) (err error) {
	options := app.ClientOptions{Options: c.of(console.options(c.Data)), Server: c.Server, Key: c.Key, Program: version, Language: console.Language}
	api, closeAPI, err := app.OpenClient(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAPI()) }()
	server := mcpserver.New(mcpserver.Config{API: api, Version: version, Log: console.warnings()})
	in, closes := console.In.(io.ReadCloser)
	if !closes {
		in = io.NopCloser(console.In)
	}
	err = server.Run(ctx, &mcp.IOTransport{Reader: in, Writer: unclosed{console.Out}})
	if ctx.Err() != nil {
		return nil // asked to stop
	}
	return err
}

// unclosed is a writer that is left open.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
