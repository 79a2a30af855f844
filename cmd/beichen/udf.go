package main

import (
	"context"
	"fmt"
	"runtime"

	"beichen/internal/journey/udf"
)

// UDFCmd is the state machine as a function of ClickHouse.
type UDFCmd struct {
	Config bool   `help:"Print the XML by which a server is told of the function."`
	As     string `default:"beichen" placeholder:"FILE" help:"With --config, what the program is called in the server's user_scripts_path."`
	Pool   int    `placeholder:"N" help:"With --config, how many may run at once; by default as many as this machine has processors."`
}

// Run answers a server's questions on standard input until there are no more.
func (u UDFCmd) Run(ctx context.Context, c *console) error {
	if u.Config {
		if u.Pool == 0 {
			u.Pool = runtime.NumCPU()
		}
		_, err := fmt.Fprint(c.Out, udf.Config(u.As, u.Pool))
		return err
	}
	runtime.GOMAXPROCS(1) // the server runs as many of it as it has use for
	return udf.Serve(ctx, c.In, c.Out)
}
