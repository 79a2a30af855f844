// Package calendar divides time into periods as people do: hours, days, weeks,
// months, quarters and years of a time zone, whatever its clocks do.
package calendar

import (
	"slices"
	"time"
)

// Grain is the length of a period.
type Grain string

// The grains, from the finest on.
const (
	Hour    Grain = "hour"
	Day     Grain = "day"
	Week    Grain = "week"
	Month   Grain = "month"
	Quarter Grain = "quarter"
	Year    Grain = "year"
)

// Grains lists them, from the finest on.
var Grains = []Grain{Hour, Day, Week, Month, Quarter, Year}

// Finer reports whether g divides time into shorter periods than o.
func (g Grain) Finer(o Grain) bool { return slices.Index(Grains, g) < slices.Index(Grains, o) }

// WeekStart is the first day of a week.
type WeekStart string

// The days that a week may start on.
const (
	Monday WeekStart = "monday"
	Sunday WeekStart = "sunday"
)

// Weekday is the day as the library names it; what is not said is Monday.
func (w WeekStart) Weekday() time.Weekday {
	if w == Sunday {
		return time.Sunday
	}
	return time.Monday
}

// Calendar knows where the periods of a grain begin in a zone.
type Calendar struct {
	Grain     Grain
	WeekStart WeekStart // Monday where nothing is said
	Location  *time.Location
}

// Containing is the first instant of the period that an instant lies in.
func (c Calendar) Containing(at time.Time) time.Time {
	if c.Grain == Hour {
		return c.hour(at)
	}
	return c.start(c.date(at))
}

// Next is the first instant of the period after the one that begins at start. A
// day that the zone's calendar leaves out is no period.
func (c Calendar) Next(start time.Time) time.Time {
	if c.Grain == Hour {
		return c.hour(start.Add(time.Hour))
	}
	for n := 1; ; n++ {
		if next := c.start(c.plus(c.date(start), n)); next.After(start) {
			return next
		}
	}
}

// Before is the first instant of the period n before the one that begins at start.
func (c Calendar) Before(start time.Time, n int) time.Time {
	for range n {
		start = c.Containing(start.Add(-time.Microsecond))
	}
	return start
}

// Bounds gives the n + 1 bounds of n periods, the first of which begins at first:
// period i is from bounds[i] on and before bounds[i+1].
func (c Calendar) Bounds(first time.Time, n int) []time.Time {
	bounds := make([]time.Time, n+1)
	for i := range bounds {
		bounds[i] = first
		first = c.Next(first)
	}
	return bounds
}

// date is the first day of the period that an instant lies in: a calendar date in
// the zone, at noon UTC, so that reckoning with it meets no change of clocks.
func (c Calendar) date(at time.Time) time.Time {
	y, m, d := at.In(c.Location).Date()
	date := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	switch c.Grain {
	case Week:
		return date.AddDate(0, 0, -(int(date.Weekday()-c.WeekStart.Weekday()+7) % 7))
	case Month:
		return date.AddDate(0, 0, 1-d)
	case Quarter:
		return time.Date(y, m-(m-1)%3, 1, 12, 0, 0, 0, time.UTC)
	case Year:
		return time.Date(y, time.January, 1, 12, 0, 0, 0, time.UTC)
	}
	return date
}

func (c Calendar) plus(date time.Time, n int) time.Time {
	switch c.Grain {
	case Week:
		return date.AddDate(0, 0, 7*n)
	case Month:
		return date.AddDate(0, n, 0)
	case Quarter:
		return date.AddDate(0, 3*n, 0)
	case Year:
		return date.AddDate(n, 0, 0)
	}
	return date.AddDate(0, 0, n)
}

func (c Calendar) start(date time.Time) time.Time {
	y, m, d := date.Date()
	return DayStart(y, m, d, c.Location)
}

// hour is the last instant up to at at which the zone's clock showed a full hour,
// or at which it was changed within that hour: where clocks go back, an hour that
// comes twice is two periods.
func (c Calendar) hour(at time.Time) time.Time {
	local := at.In(c.Location)
	y, m, d := local.Date()
	_, offset := local.Zone()
	full := time.Date(y, m, d, local.Hour(), 0, 0, 0, time.UTC).Add(-time.Duration(offset) * time.Second)
	if changed, _ := local.ZoneBounds(); changed.After(full) {
		return changed.UTC()
	}
	return full
}

// DayStart is the first instant of a calendar day, which is not midnight where
// the clocks skip it.
func DayStart(year int, month time.Month, d int, location *time.Location) time.Time {
	noon := time.Date(year, month, d, 12, 0, 0, 0, location)
	y, m, dd := noon.Date()
	isDay := func(at time.Time) bool {
		ay, am, ad := at.In(location).Date()
		return ay == y && am == m && ad == dd
	}
	early, late := noon.Add(-26*time.Hour), noon // not the day; the day
	for late.Sub(early) > time.Second {
		if middle := early.Add(late.Sub(early) / 2).Truncate(time.Second); isDay(middle) {
			late = middle
		} else {
			early = middle
		}
	}
	return late.UTC()
}
