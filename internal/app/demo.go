package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/demo"
	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// demoFile marks a folder as the sample company and says how far it got, so
// that one whose making was interrupted is finished at the next start.
const demoFile = "demo.json"

type demoState struct {
	MadeFor time.Time `json:"madeFor"` // "now" of the first start: the plan ends before it
	Done    bool      `json:"done"`
}

// OpenDemo opens the sample company in a folder, and makes it if the folder is
// new. A folder that holds anything else is Invalid.
func OpenDemo(ctx context.Context, o Options, out io.Writer, l fault.Language) (*Workspace, error) {
	state, err := readDemo(o)
	if err != nil {
		return nil, err
	}
	w, err := Open(ctx, o)
	if err != nil || state.Done {
		return w, err
	}
	if err := w.makeDemo(ctx, demo.Default(state.MadeFor), out, l); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	state.Done = true
	if err := writeDemo(o.Dir, state); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	debug.FreeOSMemory() // what telling two years took
	return w, nil
}

func readDemo(o Options) (demoState, error) {
	text, err := os.ReadFile(filepath.Join(o.Dir, demoFile))
	if err == nil {
		var state demoState
		return state, json.Unmarshal(text, &state)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return demoState{}, err
	}
	if entries, err := os.ReadDir(o.Dir); err == nil && len(entries) > 0 {
		return demoState{}, fault.New(fault.Invalid, "app.not-demo", "dir", o.Dir)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return demoState{}, fault.Wrap(err, fault.Invalid, "app.folder", "dir", o.Dir)
	}
	state := demoState{MadeFor: o.Now()}
	return state, writeDemo(o.Dir, state)
}

func writeDemo(dir string, state demoState) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoFile), append(text, '\n'), 0o600)
}

// makeDemo fills the workspace. Every part is the same when done twice: messages
// have their ids, members and revisions are added where they are missing.
func (w *Workspace) makeDemo(ctx context.Context, plan demo.Params, out io.Writer, l fault.Language) error {
	if _, err := fmt.Fprintln(out, fault.Text("app.demo-making", l)); err != nil {
		return err
	}
	started := time.Now()
	company, err := demo.New(plan)
	if err != nil {
		return err
	}
	messages, err := w.tell(ctx, company)
	if err != nil {
		return err
	}
	if engine, ok := w.Warehouse.(interface{ Release(context.Context) error }); ok {
		if err := engine.Release(ctx); err != nil { // what a million rows took of memory
			return err
		}
	}
	if err := w.hire(ctx); err != nil {
		return err
	}
	if err := w.draw(ctx, plan); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, fault.Text("app.demo-made", l,
		"events", messages, "seconds", int(time.Since(started).Round(time.Second).Seconds())))
	return err
}

// tell takes in everything that happened, in the order in which it arrived.
func (w *Workspace) tell(ctx context.Context, company *demo.Company) (int, error) {
	told := 0
	for batch := range company.Messages() {
		in := make([]capture.Incoming, len(batch))
		for i := range batch {
			in[i].Message = batch[i]
		}
		if _, err := w.takeIn(ctx, in); err != nil {
			return told, err
		}
		told += len(batch)
	}
	for _, b := range company.Broken() {
		in := capture.Receive(b.Raw, capture.Envelope{ReceivedAt: w.Now(), Source: b.Source})
		if _, err := w.Intake.Accept(ctx, []capture.Incoming{in}); err != nil {
			return told, err
		}
	}
	return told, w.Intake.Flush(ctx)
}

// takeIn hands messages over, again while they come faster than the disk takes
// them.
func (w *Workspace) takeIn(ctx context.Context, in []capture.Incoming) (capture.Receipt, error) {
	for {
		receipt, err := w.Intake.Accept(ctx, in)
		if !fault.Is(err, fault.Unavailable) {
			return receipt, err
		}
		select {
		case <-ctx.Done():
			return receipt, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// hire makes the members. Their passwords are random and nobody's: the sample
// company signs its admin in by itself.
func (w *Workspace) hire(ctx context.Context) error {
	for i, m := range demo.Members() {
		if i == 0 {
			needed, err := w.Access.NeedsSetUp(ctx)
			if err != nil {
				return err
			}
			if !needed {
				continue
			}
			token, err := w.Access.SetUpToken(ctx)
			if err != nil {
				return err
			}
			_, err = w.Access.SetUp(ctx, access.SetUp{Token: token, Email: m.Email, Name: m.Name, Password: rand.Text(),
				WorkspaceName: "沁山茶機 Qinshan", Timezone: demo.Zone.String(), Locale: string(fault.TraditionalChinese)})
			if err != nil {
				return err
			}
			continue
		}
		founder, err := w.Access.Founder(ctx)
		if err != nil {
			return err
		}
		ctx := access.WithCaller(ctx, *founder)
		_, token, err := w.Access.Invite(ctx, access.NewMember{Email: m.Email, Name: m.Name, Role: access.Role(m.Role)})
		if fault.Is(err, fault.Conflict) {
			continue // hired before the making was interrupted
		}
		if err == nil {
			_, err = w.Access.Accept(ctx, access.SetUp{Token: token, Name: m.Name, Password: rand.Text()})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// draw writes the definitions with their history, each revision at its own time.
func (w *Workspace) draw(ctx context.Context, plan demo.Params) error {
	names := map[string]string{}
	for _, m := range demo.Members() {
		names[m.Email] = m.Name
	}
	written := map[string]int{}
	for _, r := range demo.Revisions(plan) {
		past := ledger.New(ledger.Config{Store: w.Ledger.Store, Rules: w.Ledger.Rules, Now: func() time.Time { return r.At }})
		write := ledger.Write{Kind: ledger.Kind(r.Kind), ID: r.ID, IfMatch: written[r.ID], Author: names[r.Author], Reason: r.Reason}
		written[r.ID]++
		if _, err := past.At(ctx, write.Kind, write.ID, written[r.ID]); err == nil {
			continue
		}
		documents, problem := ledger.ReadDocuments(r.ID, r.Body)
		if problem != nil || len(documents) != 1 {
			return fmt.Errorf("%s: %d documents, %v", r.ID, len(documents), problem)
		}
		if _, err := past.Put(ctx, write, documents[0].Body); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
		if r.Approver == "" {
			continue
		}
		write.IfMatch, write.Author = written[r.ID], names[r.Approver]
		if _, err := past.Approve(ctx, write); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	return nil
}
