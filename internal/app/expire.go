package app

import (
	"context"
	"time"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/httpapi"
)

// expireEvery is how often it is looked whether facts have become too old. Once a day
// some do, at the start of a day in the workspace's zone.
const expireEvery = time.Hour

// expireAll lets facts go that are older than they are to be kept, as long as the
// workspace is served.
func (w *Workspace) expireAll(ctx context.Context) {
	for {
		if err := w.expire(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "facts could not expire; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(expireEvery):
		}
	}
}

// expire moves the horizon to where the setting says, if it is not there and any event is
// older: while none is, every number is whole, and none is to be called unknown. Several
// nodes may do it at once, since one instant has one message (capture.Intake.Expire).
func (w *Workspace) expire(ctx context.Context) error {
	keep, zone, err := w.keeping(ctx)
	from := keep.From(w.Now(), zone)
	if err != nil || from.IsZero() {
		return err
	}
	// What a move compares, day by day, is not to change meanwhile.
	if m, err := readMoving(w.Dir); err != nil || m != nil {
		if err == nil {
			w.Log.WarnContext(ctx, "facts do not expire while a move is under way, or was begun and is neither gone on with nor given up", "keep", keep.String())
		}
		return err
	}
	view, err := w.everybody(ctx)
	if err != nil || view.Horizon() >= from.UnixMicro() {
		return err
	}
	older, err := w.Warehouse.Older(ctx, from)
	if err != nil || older == 0 {
		return err
	}
	if err := w.Intake.Expire(ctx, from, "keepFacts "+keep.String()); err != nil {
		return err
	}
	w.Log.InfoContext(ctx, "facts have expired", "keep", keep.String(), "from", from, "events", older)
	return nil
}

// keeping is how long facts are kept, and the zone whose days count.
func (w *Workspace) keeping(ctx context.Context) (access.Keep, *time.Location, error) {
	settings, err := w.Access.Workspace(ctx)
	if err != nil {
		return access.Keep{}, time.UTC, err
	}
	keep, err := access.ParseKeep(settings.KeepFacts)
	if err != nil {
		return access.Keep{}, time.UTC, err
	}
	zone, err := time.LoadLocation(settings.Timezone)
	return keep, zone, err
}

// Kept tells how long facts are kept and what has gone by that; and, unless next is
// empty, what keeping them for so long would delete; instants are in the workspace's
// zone. A next that is none is Invalid; Unavailable says that the store does not take in what
// would be counted.
func (w *Workspace) Kept(ctx context.Context, next string) (httpapi.KeptFacts, error) {
	var out httpapi.KeptFacts
	keep, zone, err := w.keeping(ctx)
	if err != nil {
		return out, err
	}
	horizon, err := w.Warehouse.Horizon(ctx)
	if err != nil {
		return out, err
	}
	out.Keep, out.Gone = keep.String(), horizon.Gone
	if !horizon.From.IsZero() {
		out.From = new(horizon.From.In(zone))
	}
	if next == "" {
		return out, nil
	}
	asked, err := access.ParseKeep(next)
	if err == nil {
		err = w.Intake.AwaitStored(ctx)
	}
	if err != nil {
		return out, err
	}
	out.Next = &httpapi.Expiry{Keep: asked.String()}
	if from := asked.From(w.Now(), zone); !from.IsZero() {
		out.Next.From = &from
		out.Next.Events, err = w.Warehouse.Older(ctx, from)
	}
	return out, err
}

// Keep keeps facts for so long from now on, and lets go of the older ones at once. Where
// there are any, it wants to be confirmed: Conflict otherwise, and nothing has changed.
func (w *Workspace) Keep(ctx context.Context, text string, confirmed bool) (httpapi.KeptFacts, error) {
	keep, err := access.ParseKeep(text)
	if err != nil {
		return httpapi.KeptFacts{}, err
	}
	if m, err := readMoving(w.Dir); err != nil || m != nil {
		if err == nil {
			err = fault.New(fault.Conflict, "move.running")
		}
		return httpapi.KeptFacts{}, err
	}
	would, err := w.Kept(ctx, keep.String())
	if err != nil {
		return httpapi.KeptFacts{}, err
	}
	if would.Next.Events > 0 && !confirmed {
		from := would.Next.From.Format(time.DateOnly)
		return httpapi.KeptFacts{}, fault.New(fault.Conflict, "app.keep-unconfirmed", "events", would.Next.Events, "from", from)
	}
	if err := w.Access.SetKeep(ctx, keep); err != nil {
		return httpapi.KeptFacts{}, err
	}
	if err := w.expire(ctx); err != nil {
		return httpapi.KeptFacts{}, err
	}
	return w.Kept(ctx, "")
}
