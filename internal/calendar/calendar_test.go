package calendar_test

import (
	"slices"
	"testing"
	"time"

	"beichen/internal/calendar"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// TestPeriods holds the periods to the calendar on the wall, also where clocks change:
// Taipei has no daylight saving, New York's days have 23 and 25 hours, São Paulo's
// clocks skipped midnight, and Samoa left out 30 December 2011.
func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		zone  string
		grain calendar.Grain
		week  calendar.WeekStart
		in    string
		want  []string // the bounds of its period and of the one after
	}{
		{"Asia/Taipei", calendar.Day, "", "2026-11-26T15:59:59Z", []string{"2026-11-25T16:00:00Z", "2026-11-26T16:00:00Z", "2026-11-27T16:00:00Z"}},
		{"Asia/Taipei", calendar.Week, "", "2026-11-26T12:00:00+08:00", []string{"2026-11-23T00:00:00+08:00", "2026-11-30T00:00:00+08:00", "2026-12-07T00:00:00+08:00"}},
		{"Asia/Taipei", calendar.Week, calendar.Sunday, "2026-11-26T12:00:00+08:00", []string{"2026-11-22T00:00:00+08:00", "2026-11-29T00:00:00+08:00", "2026-12-06T00:00:00+08:00"}},
		{"UTC", calendar.Month, "", "2028-02-29T23:00:00Z", []string{"2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-04-01T00:00:00Z"}},
		{"UTC", calendar.Quarter, "", "2026-12-31T00:00:00Z", []string{"2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z"}},
		{"UTC", calendar.Quarter, "", "2026-05-31T00:00:00Z", []string{"2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"}},
		{"UTC", calendar.Year, "", "2026-05-31T00:00:00Z", []string{"2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"}},
		{"America/New_York", calendar.Day, "", "2026-03-08T12:00:00-04:00", []string{"2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00", "2026-03-10T00:00:00-04:00"}},
		{"America/New_York", calendar.Hour, "", "2026-11-01T01:30:00-04:00", []string{"2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T02:00:00-05:00"}},
		{"America/Sao_Paulo", calendar.Day, "", "2018-11-04T12:00:00-02:00", []string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", "2018-11-06T00:00:00-02:00"}},
		{"Pacific/Apia", calendar.Day, "", "2011-12-29T12:00:00-10:00", []string{"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00"}},
	} {
		of := calendar.Calendar{Grain: c.grain, WeekStart: c.week, Location: zone(t, c.zone)}
		first := of.Containing(at(t, c.in))
		var want []time.Time
		for _, text := range c.want {
			want = append(want, at(t, text))
		}
		if got := of.Bounds(first, 2); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Errorf("%s in %s, %s: %v, not %v", c.in, c.zone, c.grain, got, want)
		}
		if back := of.Before(want[2], 2); !back.Equal(want[0]) {
			t.Errorf("%s in %s, %s: two before %v is %v, not %v", c.in, c.zone, c.grain, want[2], back, want[0])
		}
	}
}

func TestFiner(t *testing.T) {
	if !calendar.Day.Finer(calendar.Week) || calendar.Year.Finer(calendar.Quarter) || calendar.Week.Finer(calendar.Week) {
		t.Error("a day is finer than a week, a year is not finer than a quarter, a week not than itself")
	}
}
