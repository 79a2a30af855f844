package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"beichen/internal/app"
	"beichen/internal/capture"
	"beichen/internal/demo"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/move"
	"beichen/internal/warehouse/clickhousetest"
)

// moving makes a workspace of the sample company, as many times over as it takes to
// have so many events, and moves it to a cluster of two shards on this machine and
// back, by the server that serves it. Every journey, retention table and metric of the
// company is asked before, between and after, and must answer the same. The figures go
// to out as a table in Markdown.
func moving(ctx context.Context, program, dir string, events int, say func(string, ...any), out io.Writer) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if dir, err = os.MkdirTemp(dir, "move-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m := &mover{say: say, dir: filepath.Join(dir, "workspace"), until: time.Now()}
	say("making a workspace of %s events", millions(events))
	if err := m.make(ctx, events); err != nil {
		return err
	}
	cluster, err := clickhousetest.StartCluster(ctx, clickhousetest.Options{Dir: filepath.Join(dir, "cluster")}, 2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	if m.server, err = serve(ctx, program, m.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.server.stop()) }()
	want, err := m.ask(ctx, "in the folder")
	if err != nil {
		return err
	}
	address := "clickhouse://default:@" + cluster.Name + "/moved?shard=" + strings.Join(cluster.Addresses(), "&shard=")
	for _, way := range []struct{ name, to string }{{"to the cluster", address}, {"back to the folder", app.Folder}} {
		if err := m.move(ctx, way.name, way.to); err != nil {
			return err
		}
		got, err := m.ask(ctx, "after the move "+way.name)
		if err != nil {
			return err
		}
		for path := range want {
			if diff := cmp.Diff(want[path], got[path], cmpopts.EquateApprox(sameDigits, 0)); diff != "" {
				return fmt.Errorf("%s answers otherwise after the move %s: %s", path, way.name, diff)
			}
		}
		m.note("answers after the move %s that are what they were before", "%d of %d", way.name, len(got), len(want))
	}
	at := thisMachine(program)
	m.figures = append([]string{
		fmt.Sprintf("%s, %d cores, %.0f GiB of memory, %s, %s; %s events", at.Processor, at.Cores, at.MemoryGiB, at.System, at.Day, millions(events)),
		"", "| what | how much |", "|---|---|",
	}, m.figures...)
	for _, line := range m.figures {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// sameDigits is how far numbers may be off, of 1: the last digits of a sum of amounts
// hang on the order in which a store gives them. Counts may not be off at all.
const sameDigits = 1e-12

// mover is a workspace that moves, and what was measured.
type mover struct {
	say     func(string, ...any)
	dir     string
	until   time.Time // the company's events are before it
	server  *beichen
	figures []string
}

// note adds a figure: what, with a place for the way, and how much.
func (m *mover) note(what, figure, way string, args ...any) {
	line := fmt.Sprintf("| "+what+" | "+figure+" |", append([]any{way}, args...)...)
	m.figures = append(m.figures, line)
	m.say("%s", strings.Trim(line, "| "))
}

// make tells the company's two years until there are so many events, each time by
// people of their own, and draws its definitions.
func (m *mover) make(ctx context.Context, events int) (err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := app.Open(ctx, app.Options{Dir: m.dir, Log: log, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	plan := demo.Default(m.until)
	if err := draw(ctx, w.Ledger, plan); err != nil {
		return err
	}
	started, told := time.Now(), 0
	for again := 0; told < events; again++ {
		plan.Seed += uint64(again)
		company, err := demo.New(plan)
		if err != nil {
			return err
		}
		for batch := range company.Messages() {
			batch = batch[:min(len(batch), events-told)]
			if err := takeIn(ctx, w.Intake, ofOthers(batch, again)); err != nil {
				return err
			}
			if told += len(batch); told == events {
				break
			}
		}
	}
	if err := w.Intake.Flush(ctx); err != nil {
		return err
	}
	m.note("messages taken in%s", "%s, %.0f thousand a second", "", millions(told), float64(told)/time.Since(started).Seconds()/1000)
	return nil
}

// ofOthers are the messages as if others had sent them.
func ofOthers(batch []event.Message, again int) []capture.Incoming {
	in := make([]capture.Incoming, len(batch))
	for i, m := range batch {
		for _, id := range []*string{&m.MessageID, &m.UserID, &m.AnonymousID, &m.PreviousID, &m.GroupID, &m.Unlinks} {
			if *id != "" && again > 0 {
				*id = fmt.Sprint(again, " ", *id)
			}
		}
		in[i].Message = m
	}
	return in
}

// takeIn hands messages over, again while they come faster than the disk takes them.
func takeIn(ctx context.Context, intake *capture.Intake, in []capture.Incoming) error {
	for {
		_, err := intake.Accept(ctx, in)
		if !fault.Is(err, fault.Unavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// draw writes the definitions of the sample company with all their revisions.
func draw(ctx context.Context, l *ledger.Ledger, plan demo.Params) error {
	written := map[string]int{}
	for _, r := range demo.Revisions(plan) {
		documents, problem := ledger.ReadDocuments(r.ID, r.Body)
		if problem != nil || len(documents) != 1 {
			return fmt.Errorf("%s: %d documents, %v", r.ID, len(documents), problem)
		}
		write := ledger.Write{Kind: ledger.Kind(r.Kind), ID: r.ID, IfMatch: written[r.Kind+r.ID], Author: "bench", Reason: r.Reason}
		if _, err := l.Put(ctx, write, documents[0].Body); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
		written[r.Kind+r.ID]++
	}
	return nil
}

// ask asks the server for every journey, retention table and metric, as of the end of
// the company's two years.
func (m *mover) ask(ctx context.Context, when string) (map[string]any, error) {
	answers, started := map[string]any{}, time.Now()
	for _, kind := range []struct{ name, path string }{{"Journey", "journeys"}, {"Retention", "retentions"}, {"Metric", "metrics"}} {
		var list struct{ Items []struct{ ID string } }
		if err := m.get(ctx, "/api/v1/definitions/"+kind.name, &list); err != nil {
			return nil, err
		}
		for _, d := range list.Items {
			path := "/api/v1/" + kind.path + "/" + url.PathEscape(d.ID) + "/measure?asOf=" + m.until.Format(time.DateOnly)
			var answer map[string]any
			if err := m.get(ctx, path, &answer); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			delete(answer, "elapsedMillis")
			answers[path] = answer
		}
	}
	m.say("%d answers %s in %s", len(answers), when, time.Since(started).Round(time.Millisecond))
	return answers, nil
}

func (m *mover) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.server.url+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	text, err := answerOf(http.DefaultClient.Do(r))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// move asks the server to move the facts, and notes how long each part took.
func (m *mover) move(ctx context.Context, way, to string) error {
	started := time.Now()
	last, copied, spent := started, uint64(0), map[move.Stage]time.Duration{}
	done, err := app.Move(ctx, app.MoveOptions{
		Options: app.Options{Dir: m.dir, Log: slog.New(slog.DiscardHandler), Now: time.Now}, To: []string{to}, Language: fault.English,
		Told: func(e app.MoveEvent) {
			if e.Progress == nil {
				return
			}
			now := time.Now()
			spent[e.Stage] += now.Sub(last)
			last, copied = now, max(copied, e.Done)
		},
	})
	if err != nil {
		return err
	}
	rate := func(s move.Stage) float64 { return float64(copied) / spent[s].Seconds() / 1000 }
	m.note("the move %s, whole", "%s", way, time.Since(started).Round(100*time.Millisecond))
	m.note("copying %s", "%.0f thousand messages a second", way, rate(move.Copying))
	m.note("reading both again and comparing each day, %s", "%.0f thousand messages a second", way, rate(move.Verifying))
	m.note("nothing was taken in while switching %s", "%.1f s", way, done.Halted.Seconds())
	m.note("of these, nothing was answered, %s", "%.1f s", way, done.Shut.Seconds())
	return nil
}
