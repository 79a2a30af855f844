package stream

import (
	"context"
	"time"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// What has expired is gone for a question once its View says so. The store follows when
// it has loaded the word, and may be ahead of the View where other nodes load it too.
// Until then it is asked for what is kept alone, and what it is ahead is told.

// unexpired is the bound from which on the store is asked, which it has not loaded yet;
// otherwise from, since a store reads everything faster than what lies inside a bound.
func (m *present) unexpired(from time.Time) time.Time {
	at := m.view.HorizonAfter(m.loaded)
	if at == 0 || !from.IsZero() && from.UnixMicro() >= at {
		return from
	}
	return time.UnixMicro(at).UTC()
}

// Lacks reports whether some of what happened from an instant on, in microseconds since
// 1970 UTC, is gone because of its age.
func (s *Streams) Lacks(from int64) bool { return s.Kept != 0 && from < s.Kept }

// kept is from when on what was read until now is whole: the store may have let go of
// more than the View says. It is Unavailable where the store's facts were replaced
// meanwhile: rows may be numbered otherwise than the View knows.
func (f *facts) kept(ctx context.Context, m *present) (int64, error) {
	people, err := f.people.Whole(ctx)
	if err != nil {
		return 0, err
	}
	if !m.view.Of(people) {
		return 0, fault.Wrap(warehouse.ErrReplaced, fault.Unavailable, "warehouse.replaced", "retryAfter", 1)
	}
	h, err := f.warehouse.Horizon(ctx)
	if err != nil || h.From.IsZero() {
		return m.view.Horizon(), err
	}
	return max(m.view.Horizon(), h.From.UnixMicro()), nil
}

// expired are instants on the days of the earlier snapshot that lie before the horizon,
// as far as they are in it: these days are not what they were.
func (a *advance) expired() []int64 {
	cut := a.view.Horizon()
	if cut <= a.from.cut || a.from.first >= cut {
		return nil
	}
	var times []int64
	for at := a.from.first; at < min(cut, a.from.last+1); at += dayMicros {
		times = append(times, at)
	}
	return append(times, min(cut-1, a.from.last))
}

// cutOff makes a merging leave out what has expired since the earlier snapshot.
func (a *advance) cutOff(m *merging) {
	if cut := a.view.Horizon(); cut > a.from.cut {
		m.from = m.layout.floor(cut)
		a.saved.Store(0) // the file is of other facts now, and worth to be written again
	}
}

// isWhole reports whether the store has let go of what the snapshot has, and of no more.
func (x *Index) isWhole(ctx context.Context, s *snapshot) (bool, error) {
	h, err := x.facts.warehouse.Horizon(ctx)
	return err == nil && s.cut == horizonOf(h) && s.kept == s.cut, err
}

func horizonOf(h warehouse.Horizon) int64 {
	if h.From.IsZero() {
		return 0
	}
	return h.From.UnixMicro()
}
