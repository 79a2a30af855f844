package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"beichen/internal/access"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/live"
	"beichen/internal/warehouse"
)

// Forget forgets the person with an id, of a visitor alone where anonymous is set, for
// a reason that must be given. It returns when no answer has anything of them; files
// are erased after that (capture.Intake.Erased). The context says who does it. Asked
// again about an id that nobody has any more, it tells what went with it; an id that
// nobody ever had is NotFound.
func (w *Workspace) Forget(ctx context.Context, id string, anonymous bool, reason string) (warehouse.Forgotten, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return warehouse.Forgotten{}, fault.New(fault.Invalid, "ledger.reason")
	}
	view, err := w.everybody(ctx)
	if err != nil {
		return warehouse.Forgotten{}, err
	}
	person, found := view.FindRef(event.Ref{Anonymous: true, ID: id})
	if !anonymous {
		person, found = view.Find(id)
	}
	if !found {
		return w.forgottenBefore(ctx, id, anonymous)
	}
	caller, _ := access.CallerFrom(ctx)
	return w.forget(ctx, view, view.Numbers(person), access.RegisterEntry{Member: caller.Name, Reason: reason})
}

// forgottenBefore tells what went with an id when it was forgotten last, as the answer to
// that did, which may have been lost; if on its way here, the register is completed. The
// register knows ids by their hashes alone.
func (w *Workspace) forgottenBefore(ctx context.Context, id string, anonymous bool) (warehouse.Forgotten, error) {
	register, err := w.Access.Register(ctx)
	if err != nil {
		return warehouse.Forgotten{}, err
	}
	visitor, err := register.Hash(true, id)
	if err != nil {
		return warehouse.Forgotten{}, err
	}
	user, err := register.Hash(false, id)
	if err != nil {
		return warehouse.Forgotten{}, err
	}
	for _, f := range slices.Backward(register.Items) {
		if !slices.Contains(f.IDs, visitor) && (anonymous || !slices.Contains(f.IDs, user)) {
			continue
		}
		gone, known, err := w.Warehouse.Forgotten(ctx, f.ID)
		switch {
		case err != nil:
			return gone, err
		case !known: // by a store that was another one then
			return warehouse.Forgotten{Messages: f.Messages, IDs: len(f.IDs), Quarantined: f.Quarantined}, nil
		case f.Messages != gone.Messages || f.Quarantined != gone.Quarantined:
			f.Messages, f.Quarantined = gone.Messages, gone.Quarantined
			return gone, w.Access.EndForgetting(ctx, f)
		}
		return gone, nil
	}
	return warehouse.Forgotten{}, fault.New(fault.NotFound, "api.unknown-customer", "id", id)
}

// everybody is who is who, once the store has all that was accepted.
func (w *Workspace) everybody(ctx context.Context) (*identity.View, error) {
	if err := w.Intake.Flush(ctx); err != nil {
		return nil, err
	}
	people, err := w.Intake.Whole(ctx)
	if err != nil {
		return nil, err
	}
	return people.View(), nil
}

// forget enters the ids with some numbers into the register and takes them out.
func (w *Workspace) forget(ctx context.Context, view *identity.View, numbers []identity.Number, f access.RegisterEntry) (warehouse.Forgotten, error) {
	// What a move has copied already would stay in the new place.
	if m, err := readMoving(w.Dir); err != nil || m != nil {
		return warehouse.Forgotten{}, cmp.Or(err, error(fault.New(fault.Conflict, "move.running")))
	}
	register, err := w.Access.Register(ctx)
	if err != nil {
		return warehouse.Forgotten{}, err
	}
	f.ID, f.At = "beichen:forget:"+uuid.NewString(), w.Now().UTC()
	for _, n := range numbers {
		ref := view.Ref(n)
		hash, err := register.Hash(ref.Anonymous, ref.ID)
		if err != nil {
			return warehouse.Forgotten{}, err
		}
		f.IDs = append(f.IDs, hash)
	}
	if err := w.Access.BeginForgetting(ctx, f); err != nil {
		return warehouse.Forgotten{}, err
	}
	gone, err := w.Intake.Forget(ctx, numbers, f.Member, f.ID)
	if err != nil {
		return gone, err
	}
	w.streams.Unsave()
	w.Live.Publish(live.News{Type: "identity", At: w.Now()})
	f.Messages, f.Quarantined = gone.Messages, gone.Quarantined
	return gone, w.Access.EndForgetting(ctx, f)
}

// forgetAgain forgets whoever a register says was forgotten and is here, as after an
// older backup was restored, and tells how many it were.
func (w *Workspace) forgetAgain(ctx context.Context, register access.Register) (customers int, err error) {
	view, err := w.everybody(ctx)
	if err != nil {
		return 0, err
	}
	found := map[string]identity.Number{}
	for n := range identity.Number(len(view.Owners())) {
		if ref := view.Ref(n); ref.ID != "" {
			hash, err := register.Hash(ref.Anonymous, ref.ID)
			if err != nil {
				return 0, err
			}
			found[hash] = n
		}
	}
	for _, f := range register.Items {
		var numbers []identity.Number
		for _, hash := range f.IDs {
			if n := found[hash]; n != 0 {
				numbers = append(numbers, n)
				delete(found, hash)
			}
		}
		if len(numbers) == 0 {
			continue
		}
		slices.Sort(numbers)
		if _, err := w.forget(ctx, view, numbers, access.RegisterEntry{Member: f.Member, Reason: f.Reason}); err != nil {
			return customers, err
		}
		customers++
	}
	return customers, w.Intake.Erased(ctx)
}

// forgetIn opens the workspace in a folder that is being restored, and forgets again.
func forgetIn(ctx context.Context, dir string, register access.Register) (customers int, err error) {
	w, err := Open(ctx, Options{Dir: dir, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return w.forgetAgain(ctx, register)
}
