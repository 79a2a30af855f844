package tree

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/metric"
)

// history is how many periods of each grain are measured: enough for what is said
// about foresight and influence, where the company is as old.
var history = map[calendar.Grain]int{
	calendar.Hour: 168, calendar.Day: 120, calendar.Week: 104, calendar.Month: 48, calendar.Quarter: 28, calendar.Year: 12,
}

const mostPeriods = 500

// when is the instant and the zone of a question.
type when struct {
	asOf     time.Time
	location *time.Location
}

// read understands when a question is asked. The error is an Invalid fault with the
// path of everything that is wrong.
func read(ctx context.Context, m *metric.Measurer, asOf, timezone string, grain calendar.Grain, periods int) (when, error) {
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	location, _, _, at := journey.ReadDates("", "", timezone, asOf, wrong)
	if _, known := history[grain]; grain != "" && !known {
		wrong("grain", "metric.bad-grain", "value", grain)
	}
	if periods < 0 || periods > mostPeriods {
		wrong("periods", "tree.bad-periods", "value", periods, "fewest", 1, "most", mostPeriods)
	}
	if err := fault.Many("journey.invalid-question", faults); err != nil {
		return when{}, err
	}
	var err error
	if at.IsZero() {
		at, err = m.AsOf(ctx, "")
	}
	return when{at, location}, err
}

// day is the day of the instant, in the zone.
func (w when) day() string { return w.asOf.In(w.location).Format(time.DateOnly) }

// frame is the periods that all series stand on.
type frame struct {
	when
	grain  calendar.Grain
	bounds []time.Time // period i is from bounds[i] on and before bounds[i+1]
	shown  int         // of them, the last
	start  int         // the first that is looked back to
	places map[string]int
}

func (w when) frame(grain calendar.Grain, weekStart calendar.WeekStart, shown int) frame {
	c := calendar.Calendar{Grain: grain, WeekStart: weekStart, Location: w.location}
	f := frame{when: w, grain: grain, shown: cmp.Or(shown, metric.Usual(grain)), places: map[string]int{}}
	n := max(history[grain], f.shown)
	f.bounds = c.Bounds(c.Before(c.Containing(w.asOf), n-1), n)
	for i := range n {
		f.places[f.text(i)] = i
	}
	return f
}

// text is when a period begins, as answers say it.
func (f *frame) text(period int) string {
	return f.bounds[period].In(f.location).Format(time.RFC3339)
}

func (f *frame) asOfText() string { return f.asOf.Format(time.RFC3339Nano) }

// place is the period that begins then, −1 where none does: weeks may begin on
// another day.
func (f *frame) place(from string) int {
	if i, known := f.places[from]; known {
		return i
	}
	return -1
}

// endedBy is the end of the last period that was over at an instant, zero where none
// was.
func (f *frame) endedBy(at time.Time) time.Time {
	i, exact := slices.BinarySearchFunc(f.bounds, at, time.Time.Compare)
	if !exact {
		i--
	}
	if i < 1 {
		return time.Time{}
	}
	return f.bounds[i]
}

// complete is how many periods are over.
func (f *frame) complete() int {
	i, _ := slices.BinarySearchFunc(f.bounds, f.asOf.Add(time.Microsecond), time.Time.Compare)
	if i == len(f.bounds) || f.bounds[i].After(f.asOf.Add(time.Microsecond)) {
		i--
	}
	return max(i, 0)
}

// series are the values of a metric in the periods that are over and looked back
// to; nil where unknown or not settled.
func (f *frame) series(points []metric.Point) []*float64 {
	out := make([]*float64, f.complete()-f.start)
	for _, p := range points {
		if i := f.place(p.From) - f.start; i >= 0 && i < len(out) && !p.Partial {
			out[i] = p.Value
		}
	}
	return out
}

// starts are when the periods of series begin.
func (f *frame) starts() []time.Time { return f.bounds[f.start:f.complete()] }
