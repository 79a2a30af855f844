package warehouse

import (
	"context"
	"time"
)

// Whole is how all that a store holds is read back, to be kept in another one: by
// Refs, Accounts and what is here. Loaded into an empty store in the order in which
// it comes, it makes one that answers everything alike.
type Whole interface {
	// Messages yields the messages after a Seq and up to another, in the order of Seq,
	// each as Load was given it; of events that is without Traits. What it yields may
	// be kept. The memory it takes does not grow with the number of messages.
	Messages(ctx context.Context, after, through uint64, yield func(Stored) error) error
	// Entries yields the whole quarantine in the order in which it was loaded.
	Entries(ctx context.Context, yield func(Quarantined) error) error
	// Days says, without gaps filled and in their order, what lies on which day: all
	// messages up to a Seq, by their Time.
	Days(ctx context.Context, through uint64) ([]Day, error)
}

// Day is what a store has of one calendar day, UTC.
type Day struct {
	Number   int64  // of days since 1970-01-01
	Messages int64  // events and identity facts
	IDs      uint64 // the exclusive or of their IDHash
}

// DayMicros is the length of a day in microseconds.
const DayMicros = int64(24 * time.Hour / time.Microsecond)

// DayOf is the number of the day, UTC, of an instant in microseconds since 1970.
func DayOf(micros int64) int64 {
	day := micros / DayMicros
	if micros%DayMicros < 0 {
		day--
	}
	return day
}

// DateOf is the date of a day, as 2026-03-01.
func DateOf(day int64) string { return time.Unix(day*24*60*60, 0).UTC().Format(time.DateOnly) }

// unfinished marks the records of a store that facts are being moved into. The bit is
// that of no log: a store that has it is opened by nobody to go on from there.
const unfinished = uint64(1) << 63

// Unfinished is the position of a store that has a part of another one's messages, up
// to a Seq, after a number of steps.
func Unfinished(step, seq uint64) Position { return Position{Record: unfinished | step, Seq: seq} }

// Step tells how many steps of a move led to a position, and whether it is one of a
// move that has not come to its end.
func (p Position) Step() (step uint64, moving bool) {
	return p.Record &^ unfinished, p.Record&unfinished != 0
}
