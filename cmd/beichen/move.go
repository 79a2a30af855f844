package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/move"
)

// MoveCmd moves the stores of a workspace.
type MoveCmd struct {
	Data string `required:"" placeholder:"DIR" env:"BEICHEN_DATA" help:"The workspace's folder; its server may run."`
	Stores
	From []string `sep:" " placeholder:"PLACE" help:"Where the stores are, instead of --facts and --ledger. A server that runs knows."`
	To   []string `required:"" sep:" " env:"BEICHEN_TO" placeholder:"PLACE" help:"Where they are to be: clickhouse://… for the facts, postgres://… for the ledger, folder for whatever has no address. May be given twice; what is not named stays."`
	JSON bool     `name:"json" help:"Print what it came to as JSON."`
}

// Run moves the stores and says how far it is.
func (m *MoveCmd) Run(ctx context.Context, c *console) error {
	boundMemory()
	o := m.of(c.options(m.Data))
	o.Log = c.warnings()
	o, err := o.At(m.From)
	if err != nil {
		return err
	}
	report := &moveReport{console: c}
	done, err := app.Move(ctx, app.MoveOptions{Options: o, To: m.To, Language: c.Language, Told: report.tell})
	switch {
	case err != nil:
		return err
	case m.JSON:
		return json.NewEncoder(c.Out).Encode(done)
	}
	return c.printMoved(done)
}

// moveReport tells on standard error how far a move is.
type moveReport struct {
	*console
	said time.Time
}

func (r *moveReport) tell(e app.MoveEvent) {
	switch {
	case e.Switching:
		fmt.Fprintln(r.Err, fault.Text("move.now-switching", r.Language))
	case e.Progress != nil && (time.Since(r.said) > time.Second || e.Done == e.Of):
		key := map[move.Stage]string{move.Copying: "move.copying", move.Verifying: "move.verifying"}[e.Stage]
		fmt.Fprintln(r.Err, fault.Text(key, r.Language, "done", e.Done, "of", e.Of))
		r.said = time.Now()
	}
}

// printMoved says where the stores are by now, what is left of them elsewhere, and how
// the server is started from now on.
func (c *console) printMoved(m *app.Moved) error {
	lines := []string{}
	add := func(key string, args ...any) { lines = append(lines, fault.Text(key, c.Language, args...)) }
	for _, store := range []struct {
		name string
		*app.Route
	}{{"facts", m.Facts}, {"ledger", m.Ledger}} {
		r := store.Route
		if r == nil {
			continue
		}
		add("move.moved-"+store.name, "from", r.From, "to", r.To)
		if r.Left == r.From {
			add("move.left-place", "left", r.Left)
		} else {
			add("move.left-file", "left", r.Left)
		}
		if r.InFolder {
			add("move.start-folder-" + store.name)
		} else {
			add("move.start-" + store.name)
		}
	}
	if m.Halted > 0 {
		add("move.paused", "halted", fmt.Sprintf("%.1f", m.Halted.Seconds()), "shut", fmt.Sprintf("%.1f", m.Shut.Seconds()))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(c.Out, line); err != nil {
			return err
		}
	}
	return nil
}
