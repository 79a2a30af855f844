package metric

import (
	"time"

	"beichen/internal/fault"
)

// leaveOutExpired makes the periods unknown that hang on facts which are gone because of
// their age: what is left of them would tell a number that is too small, as if it were
// true. It is the one place for all metrics; a formula is unknown where one of its
// metrics is.
func (d *measured) leaveOutExpired(o *outcome) {
	for _, r := range o.rows {
		for p := range r.points {
			if of := &r.points[p]; of.Expired || d.lacks(o.facts.KeptFrom, p) {
				*of = Point{From: of.From, Partial: of.Partial, Expired: true}
				if r.leftOut != nil {
					r.leftOut[p] = 0
				}
			}
		}
	}
}

// lacks reports whether a period hangs on facts from before an instant; a zero one is
// that from which on all are kept.
func (d *measured) lacks(kept time.Time, period int) bool {
	return !kept.IsZero() && d.reachOf(period) < kept.UnixMicro()
}

// reachOf is the first instant that a period hangs on. Of what is read from chains and
// cohorts it is the period's own: they look ahead from where they begin.
func (d *measured) reachOf(period int) int64 {
	if d.plan == nil {
		return d.bounds[period]
	}
	from, _ := d.reach(period)
	return from
}

// expired says that nobody can be listed of a period because facts of it are gone.
func (d *measured) expired(kept time.Time, period int) error {
	if !d.lacks(kept, period) {
		return nil
	}
	from := kept.In(d.location).Format(time.DateOnly)
	return fault.Many("journey.invalid-question", []fault.Detail{fault.At("period", 0, "journey.expired", "from", from)})
}
