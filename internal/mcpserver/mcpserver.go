// Package mcpserver is the surface for assistants: a server of the Model Context
// Protocol with four tools that list, explain, measure and trace what people agreed
// on. The tools ask the management API as the caller may, so that an assistant is
// told what everybody is told; and no number leaves without the definition it was
// measured by, its instant, its zone, its unit, its n and its interval.
package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"beichen/internal/client"
	"beichen/internal/fault"
)

// Config is what a server needs.
type Config struct {
	API     *client.Client // of the caller; its language is the tools'
	Version string         // of the program
	Log     *slog.Logger
}

// New makes the server of one caller.
func New(c Config) *mcp.Server {
	language := c.API.Language
	s := mcp.NewServer(&mcp.Implementation{Name: "beichen", Title: "Beichen 北辰", Version: c.Version}, &mcp.ServerOptions{
		Instructions: fault.Text("mcp.instructions", language),
		Logger:       c.Log,
		Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}},
	})
	add(s, c, "list", listSchema, c.list)
	add(s, c, "explain", explainSchema, c.explain)
	add(s, c, "measure", measureSchema, c.measure)
	add(s, c, "trace", traceSchema, c.trace)
	return s
}

// Handler serves assistants over HTTP (the protocol's streamable HTTP), each request
// by itself: who asks is found anew every time, by the door in front of it.
func Handler(of func(*http.Request) Config) http.Handler {
	return mcp.NewStreamableHTTPHandler(func(r *http.Request) *mcp.Server { return New(of(r)) }, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, PropagateRequestCancellation: true,
		// Behind a proxy on this machine requests come from loopback and for
		// another Host; the door has asked for a key or a session of this origin.
		DisableLocalhostProtection: true,
	})
}

// answer is what a tool found: a text whose first sentence says it, and the same
// with all that belongs to it.
type answer struct {
	text       string
	structured any
}

// add adds a tool. What it needs is read by readArguments and not by the SDK, whose
// complaints are in English only; what it found is written without reading it
// again, so that it stays as the API gave it.
func add[In any](s *mcp.Server, c Config, name string, schema func() schemas, run func(context.Context, In) (*answer, error)) {
	language, of := c.API.Language, schema()
	s.AddTool(&mcp.Tool{
		Name: name, Title: fault.Text("mcp.title."+name, language), Description: fault.Text("mcp.tool."+name, language),
		InputSchema: of.in, OutputSchema: of.out,
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: new(false)},
	}, func(ctx context.Context, r *mcp.CallToolRequest) (result *mcp.CallToolResult, err error) {
		defer func() {
			if p := recover(); p != nil { // nobody else would: it is a goroutine of the SDK
				c.Log.ErrorContext(ctx, "panic", "tool", name, "panic", p, "stack", string(debug.Stack()))
				result, err = refused(ctx, c, fmt.Errorf("panic: %v", p)), nil
			}
		}()
		var in In
		if err := readArguments(r.Params.Arguments, &in); err != nil {
			return refused(ctx, c, err), nil
		}
		found, err := run(ctx, in)
		if err != nil {
			return refused(ctx, c, err), nil
		}
		structured, err := marshal(found.structured)
		if err != nil {
			return refused(ctx, c, err), nil
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: found.text}}, StructuredContent: structured}, nil
	})
}

// refused is an error as a tool tells it: what is wrong, every fault, and what to do
// about it, in the caller's language.
func refused(ctx context.Context, c Config, err error) *mcp.CallToolResult {
	var f *fault.Error
	if !errors.As(err, &f) {
		if ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "a tool failed", "error", err)
		}
		f = fault.Wrap(err, fault.Internal, "mcp.failed")
	}
	language := c.API.Language
	text := f.Message(language)
	for _, d := range f.Faults {
		text += "\n" + d.In(language)
	}
	if hint := f.Hint(language); hint != "" {
		text += "\n" + hint
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, IsError: true}
}
