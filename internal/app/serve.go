package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"beichen/internal/access"
	"beichen/internal/doctor"
	"beichen/internal/fault"
	"beichen/internal/httpapi"
	"beichen/internal/webui"
)

// Serving says where and as what a workspace is served.
type Serving struct {
	Addr string // HOST:PORT; port 0 takes a free one
	// Advertise is by which address other nodes that share the stores reach this one,
	// http://HOST:PORT; empty: they do not, and it counts nothing for them.
	Advertise string
	Version   string
	Demo      bool // the sample company: on loopback only, signed in as its admin
	Bootstrap access.Bootstrap
	Out       io.Writer // is told the URL and the set-up link
	Language  fault.Language
}

// drain is how long requests under way may take when the server stops.
const drain = 20 * time.Second

// Serve serves the workspace until the context ends, then finishes what is
// under way. The address being taken is Invalid. A workspace whose stores are moved
// meanwhile is closed then, and the moved one served on and closed in the end.
func (w *Workspace) Serve(ctx context.Context, s Serving) (err error) {
	if s.Demo && !onLoopback(s.Addr) {
		return fault.New(fault.Invalid, "app.demo-address", "addr", s.Addr)
	}
	if err := checkAdvertised(s.Advertise); err != nil {
		return err
	}
	if err := w.Access.Bootstrap(ctx, s.Bootstrap); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "app.address", "addr", s.Addr)
	}
	greeting, err := w.greeting(ctx, s, listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	secret, withdraw, err := announceLocally(w.Dir, listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, withdraw()) }()
	group, ctx := errgroup.WithContext(ctx)
	here := &site{Serving: s, secret: secret, log: w.Log, ctx: ctx, failed: make(chan error, 1)}
	server := &http.Server{
		Handler:           here,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	if _, err := io.WriteString(s.Out, greeting); err != nil {
		return errors.Join(err, listener.Close())
	}
	here.moveIn(w)
	group.Go(here.fails)
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		here.endStreams()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		return server.Shutdown(stopping)
	})
	return errors.Join(group.Wait(), here.moveOut(w))
}

// surface is the HTTP surface of the workspace; local is the secret of commands on
// its own folder.
func (w *Workspace) surface(s Serving, local string) *httpapi.Server {
	return httpapi.New(httpapi.Config{
		Access: w.Access, Ledger: w.Ledger, Intake: w.Intake, Warehouse: w.Warehouse,
		Customers: w.Customers, Measurer: w.Measurer, Retention: w.Retention, Metric: w.Metric, Tree: w.Tree, Live: w.Live, Metrics: w.Metrics,
		Screen: webui.Handler(), Log: w.Log, Now: w.Now, Version: s.Version, Demo: s.Demo,
		LocalSecret: local, Nodes: w.circle,
		ExplainScan: ExplainScan,
		Forget:      w.Forget,
		Kept:        w.Kept,
		Keep:        w.Keep,
		Backup:      func(ctx context.Context) (httpapi.Snapshot, error) { return w.Snapshot(ctx, s.Version) },
		Doctor:      func(ctx context.Context) []doctor.Finding { return w.examine(ctx, s.Version) },
	})
}

// greeting tells whoever started the server where it is, and first, while
// nobody has set it up, by which link to do so.
func (w *Workspace) greeting(ctx context.Context, s Serving, addr string) (string, error) {
	url := "http://" + addr
	ready := fault.Text("app.ready", s.Language) + " " + url + "\n"
	needed, err := w.Access.NeedsSetUp(ctx)
	if err != nil || !needed {
		return ready, err
	}
	token, err := w.Access.SetUpToken(ctx)
	if err != nil {
		return "", err
	}
	return fault.Text("app.set-up", s.Language) + " " + url + "/setup?token=" + token + "\n" + ready, nil
}

func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
