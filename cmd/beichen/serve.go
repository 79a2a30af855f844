package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/fault"
)

// ServeCmd serves a workspace.
type ServeCmd struct {
	Data string `required:"" placeholder:"DIR" env:"BEICHEN_DATA" help:"The workspace's folder; made if it is new."`
	Stores
	Addr        string `default:"127.0.0.1:8420" env:"BEICHEN_ADDR" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one."`
	Advertise   string `env:"BEICHEN_ADVERTISE" placeholder:"URL" help:"By which address other nodes that share the stores reach this one, as http://10.0.0.5:8420: they count large questions together then."`
	Acknowledge string `default:"log" enum:"log,stored" env:"BEICHEN_ACKNOWLEDGE" help:"When a sender is told that an event was taken in: log, once it is durable in this folder, or stored, once the facts have it."`
	LogBound    Bytes  `default:"4GiB" env:"BEICHEN_LOG_BOUND" placeholder:"SIZE" help:"How much of the log may wait on this folder's disk while the facts are away; beyond it senders are asked to come back. At least 1MiB."`
	// What an automated first start brings, instead of a person with a link.
	BootstrapAdmin    string `env:"BEICHEN_BOOTSTRAP_ADMIN" hidden:""`
	BootstrapAPIKey   string `env:"BEICHEN_BOOTSTRAP_API_KEY" hidden:"" name:"bootstrap-api-key"`
	BootstrapWriteKey string `env:"BEICHEN_BOOTSTRAP_WRITE_KEY" hidden:""`
}

// Run serves until the process is asked to stop.
func (s ServeCmd) Run(ctx context.Context, c *console) error {
	if s.LogBound < 1<<20 {
		return fault.New(fault.Invalid, "app.log-bound")
	}
	boundMemory()
	o := s.of(c.options(s.Data))
	o.Stored, o.LogBound = s.Acknowledge == "stored", int64(s.LogBound)
	w, err := app.Open(ctx, o)
	if err != nil {
		return err
	}
	err = w.Serve(ctx, app.Serving{
		Addr: s.Addr, Advertise: s.Advertise, Version: version, Out: c.Out, Language: c.Language,
		Bootstrap: access.Bootstrap{Admin: s.BootstrapAdmin, APIKey: s.BootstrapAPIKey, WriteKey: s.BootstrapWriteKey},
	})
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}

// DemoCmd makes and serves the sample company.
type DemoCmd struct {
	Data string `placeholder:"DIR" help:"Its folder; by default one in the user's cache."`
	Addr string `default:"127.0.0.1:8420" placeholder:"HOST:PORT" help:"Where to listen, on this machine only."`
}

// Run makes the sample company if its folder is new, and serves it.
func (d DemoCmd) Run(ctx context.Context, c *console) error {
	if d.Data == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		d.Data = filepath.Join(cache, "beichen-demo")
	}
	boundMemory()
	w, err := app.OpenDemo(ctx, c.options(d.Data), c.Out, c.Language)
	if err != nil {
		return err
	}
	err = w.Serve(ctx, app.Serving{Addr: d.Addr, Version: version, Demo: true, Out: c.Out, Language: c.Language})
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}

// Postgres is the flag of commands that need a workspace's ledger.
type Postgres struct {
	Ledger string `env:"BEICHEN_LEDGER" placeholder:"URL" help:"Where the ledger is kept, if not in the workspace's folder: postgres://USER:PASSWORD@HOST/DATABASE."`
}

// Stores are the flags of commands that open a whole workspace.
type Stores struct {
	Postgres
	Facts string `env:"BEICHEN_FACTS" placeholder:"URL" help:"Where the facts are kept, if not in the workspace's folder: clickhouse://USER:PASSWORD@CLUSTER/DATABASE?shard=HOST:9000&shard=HOST:9000."`
	// Beyond it the store is asked, customer by customer.
	IndexMemory Bytes `env:"BEICHEN_INDEX_MEMORY" placeholder:"SIZE" help:"How much memory the index of events may take, as 4GiB; by default a third of what the machine has. Facts beyond it are asked in the store."`
}

// of says where the stores of a workspace are.
func (s Stores) of(o app.Options) app.Options {
	o.Ledger, o.Facts, o.IndexMemory = s.Ledger, s.Facts, int64(s.IndexMemory)
	return o
}

func (c *console) options(dir string) app.Options {
	return app.Options{Dir: dir, Log: slog.New(slog.NewTextHandler(c.Err, nil)), Now: time.Now}
}

// warnings logs what is wrong, and not what goes on.
func (c *console) warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// boundMemory makes the collector keep a server small between questions, unless
// whoever runs it has set GOGC or GOMEMLIMIT.
func boundMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(50)
	}
}
