package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"beichen/bench/history"
)

// suite runs the subjects one after the other and collects their lines.
type suite struct {
	program string        // the beichen executable
	dir     string        // for everything that is written; removed at the end
	events  int           // that engines are compared on
	larger  []int         // event counts that Beichen alone is asked about besides
	rounds  int           // each figure is the median of so many
	short   time.Duration // of sending events as fast as they are taken
	long    time.Duration // of the same, sustained
	out     io.Writer
	chosen  map[string]bool // subjects

	lines  []line
	growth []series
}

// subject is a part of the table; its figures stand together in one run.
type subject struct {
	name string
	run  func(*suite, context.Context) error
}

// subjects in the order of the table. Those after incoming find more events in
// the workspace than it was made with.
var subjects = []subject{
	{"peers", (*suite).peers},
	{"edit", (*suite).oneStepChanged},
	{"index", (*suite).indexSize},
	{"open", (*suite).opening},
	{"growth", (*suite).asWorkGrows},
	{"incoming", (*suite).whileEventsComeIn},
	{"capture", (*suite).capture},
	{"cluster", (*suite).besideTheData},
}

func subjectNames() []string {
	var names []string
	for _, one := range subjects {
		names = append(names, one.name)
	}
	return names
}

// choose names the subjects to run, with commas between them; "" is all.
func (s *suite) choose(only string) error {
	names := subjectNames()
	if only != "" {
		names = strings.Split(only, ",")
	}
	s.chosen = map[string]bool{}
	for _, name := range names {
		if !slices.Contains(subjectNames(), name) {
			return fmt.Errorf("there is no subject %q", name)
		}
		s.chosen[name] = true
	}
	return nil
}

// served runs part of a subject with a server on the workspace of so many events.
func (s *suite) served(ctx context.Context, events int, part func(*beichen) error) (err error) {
	b, err := serve(ctx, s.program, s.folder(events))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	return part(b)
}

// seed of all histories: figures of two runs are of the same rows.
const seed = 1

func (s *suite) plan(events int) history.Plan { return history.Plan{Events: events, Seed: seed} }

// folder is where the workspace of so many events lies.
func (s *suite) folder(events int) string {
	return filepath.Join(s.dir, fmt.Sprintf("workspace-%d", events))
}

// say tells whoever waits what is being done.
func (s *suite) say(format string, args ...any) {
	fmt.Fprintf(s.out, time.Now().Format("15:04:05")+" "+format+"\n", args...)
}

func (s *suite) add(l line) {
	s.lines = append(s.lines, l)
	said := slices.DeleteFunc([]string{l.ours, l.against, l.peer, l.ratio}, func(part string) bool { return part == "" })
	s.say("%s: %s", l.work, strings.Join(said, ", "))
}

// run runs the whole.
func (s *suite) run(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp(s.dir, "run-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	s.say("writing a workspace of %s events", millions(s.events))
	if err := writeWorkspace(ctx, s.folder(s.events), s.plan(s.events)); err != nil {
		return err
	}
	for _, one := range subjects {
		if s.chosen[one.name] {
			if err := one.run(s, ctx); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
	}
	return nil
}

// millions writes a count of events shortly.
func millions(n int) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%g thousand", float64(n)/1e3)
	}
	return fmt.Sprintf("%g million", float64(n)/1e6)
}
