package access

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/fault"
)

// Keep is how long facts are kept: a whole number of days or of months of the calendar.
// The zero Keep is for ever.
type Keep struct{ Days, Months int }

// Forever is how the zero Keep is written.
const Forever = "forever"

// What a Keep may be. One month of the calendar may have 28 days; fifty years ago is still
// after 1970, where instants are counted from.
const (
	leastDays, mostDays     = 30, 18_250
	leastMonths, mostMonths = 2, 600
)

// ParseKeep reads what people write: 400d, 25mo, or forever; "" is that too. Anything
// else is an Invalid fault at the field keep.
func ParseKeep(text string) (Keep, error) {
	if text == "" || text == Forever {
		return Keep{}, nil
	}
	var k Keep
	number, months := strings.CutSuffix(text, "mo")
	of, least, most := &k.Months, leastMonths, mostMonths
	if !months {
		number, of, least, most = strings.TrimSuffix(text, "d"), &k.Days, leastDays, mostDays
	}
	n, err := strconv.Atoi(number)
	if *of = n; err != nil || number == text || n < least || n > most || k.String() != text {
		return Keep{}, invalid([]fault.Detail{fault.At("keep", 0, "access.keep", "value", text)})
	}
	return k, nil
}

// String writes a Keep as ParseKeep reads it.
func (k Keep) String() string {
	switch {
	case k.Days > 0:
		return strconv.Itoa(k.Days) + "d"
	case k.Months > 0:
		return strconv.Itoa(k.Months) + "mo"
	}
	return Forever
}

// Words says a Keep in a language.
func (k Keep) Words(l fault.Language) string {
	switch {
	case k.Days > 0:
		return fault.Text("access.keep-days", l, "n", k.Days)
	case k.Months > 0:
		return fault.Text("access.keep-months", l, "n", k.Months)
	}
	return fault.Text("access.keep-forever", l)
}

// From is the instant from which on facts are kept: the start of the day so long ago, in
// a zone; zero: all are. A day that a month has not is its last one.
func (k Keep) From(now time.Time, zone *time.Location) time.Time {
	if k == (Keep{}) {
		return time.Time{}
	}
	year, month, day := now.In(zone).Date()
	if k.Months > 0 {
		lastDay := time.Date(year, month-time.Month(k.Months)+1, 0, 0, 0, 0, 0, zone).Day()
		return calendar.DayStart(year, month-time.Month(k.Months), min(day, lastDay), zone).In(zone)
	}
	return calendar.DayStart(year, month, day-k.Days, zone).In(zone)
}

// SetKeep changes how long facts are kept, and says so in the audit. It deletes nothing.
func (a *Access) SetKeep(ctx context.Context, k Keep) error {
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		w, err := readWorkspace(ctx, tx)
		if err != nil {
			return err
		}
		before, err := ParseKeep(w.KeepFacts)
		if err != nil {
			return fmt.Errorf("read the workspace's settings: %w", err)
		}
		w.KeepFacts = k.String()
		if err := putWorkspace(ctx, tx, w); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Action: "facts.keep", Subject: w.Name, Detail: map[string]any{"before": before.String(), "keep": k.String()}})
	})
}
