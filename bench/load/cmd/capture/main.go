// Command capture holds the product's capture against the peer that stores
// nothing, in one run: both are processes of their own on loopback, the
// generator shares their processors.
//
//	go run ./bench/load/cmd/capture
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"beichen/bench/load"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options are what a run takes from its caller.
type options struct {
	dir         string
	connections int
	short, long time.Duration
	profile     string
}

func run(ctx context.Context) error {
	var o options
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder on the disk that is to be measured")
	flag.IntVar(&o.connections, "connections", 64, "that send at the same time")
	flag.DurationVar(&o.short, "short", 10*time.Second, "length of a short measurement")
	flag.DurationVar(&o.long, "long", time.Minute, "length of the sustained one; 0 for none")
	flag.StringVar(&o.profile, "profile", "", "file for a CPU profile of the product")
	child := flag.String("child", "", "") // how the command starts itself
	flag.Parse()
	switch *child {
	case "peer":
		return servePeer(ctx)
	case "product":
		return serveProduct(ctx, o)
	}
	return compare(ctx, o)
}

// compare runs both sides in turn, the peer before and after, so that what else
// the machine does falls on both.
func compare(ctx context.Context, o options) error {
	before, err := measurePeer(ctx, o)
	if err != nil {
		return err
	}
	product, err := measureProduct(ctx, o)
	if err != nil {
		return err
	}
	after, err := measurePeer(ctx, o)
	if err != nil {
		return err
	}
	batches := (before.batches.EventsPerSecond + after.batches.EventsPerSecond) / 2
	singles := (before.singles.EventsPerSecond + after.singles.EventsPerSecond) / 2
	fmt.Printf("batches, %v: %.0f %% of the peer, p99 %v\n", o.short, 100*product.batches.EventsPerSecond/batches, product.batches.P99.Round(time.Millisecond/10))
	if o.long > 0 {
		fmt.Printf("batches, %v: %.0f %% of the peer, p99 %v\n", o.long, 100*product.sustained.EventsPerSecond/batches, product.sustained.P99.Round(time.Millisecond/10))
	}
	fmt.Printf("single events: %.0f %% of the peer, p99 %v\n", 100*product.singles.EventsPerSecond/singles, product.singles.P99.Round(time.Millisecond/10))
	return nil
}

// figures are what was seen of one side.
type figures struct {
	batches, sustained, singles measured
}

func measurePeer(ctx context.Context, o options) (f figures, err error) {
	s, err := start(ctx, "-child", "peer")
	if err != nil {
		return f, err
	}
	defer s.stop()
	if f.batches, err = s.measure(ctx, "peer, batches", o.config(100, o.short)); err != nil {
		return f, err
	}
	f.singles, err = s.measure(ctx, "peer, single events", o.config(1, o.short))
	return f, err
}

func measureProduct(ctx context.Context, o options) (f figures, err error) {
	dir, err := os.MkdirTemp(o.dir, "beichen-capture-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(dir)
	s, err := start(ctx, "-child", "product", "-dir", dir, "-profile", o.profile)
	if err != nil {
		return f, err
	}
	defer s.stop()
	if err := s.makeKeys(ctx, 8); err != nil {
		return f, err
	}
	if f.batches, err = s.measure(ctx, "product, batches", o.config(100, o.short)); err != nil {
		return f, err
	}
	if o.long > 0 {
		if f.sustained, err = s.measure(ctx, "product, batches", o.config(100, o.long)); err != nil {
			return f, err
		}
	}
	f.singles, err = s.measure(ctx, "product, single events", o.config(1, o.short))
	return f, err
}

func (o options) config(batch int, duration time.Duration) load.Config {
	return load.Config{Connections: o.connections, Batch: batch, Duration: duration}
}
