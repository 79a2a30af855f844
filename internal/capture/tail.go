package capture

import (
	"slices"
	"time"

	"beichen/internal/warehouse"
)

// tail is what is durable and not loaded yet. It is bounded: when the warehouse
// stays away, what comes after the limit is left in the log, and read from
// there once there is room again. The intake's mutex guards it.
type tail struct {
	limit int

	messages []warehouse.Stored // contiguous, those after stored.Seq
	records  []uint64           // the record of each message
	refused  []refusal

	stored   warehouse.Position // what the warehouse has
	seen     warehouse.Position // the last message admitted; its record may not be complete yet
	complete warehouse.Position // the last record of which all is admitted
	held     warehouse.Position // the last complete record that is in memory
	spilled  bool               // records after held are in the log only
	passed   []passed           // forgets that came since
}

type refusal struct {
	record uint64
	warehouse.Quarantined
}

func (t *tail) push(record uint64, s warehouse.Stored) {
	if t.room(record) {
		t.messages = append(t.messages, s)
		t.records = append(t.records, record)
	}
}

func (t *tail) pushRefused(record uint64, refused []warehouse.Quarantined) {
	if len(refused) == 0 || !t.room(record) {
		return
	}
	for _, q := range refused {
		t.refused = append(t.refused, refusal{record, q})
	}
}

// room tells whether a record is kept in memory; a record is never kept in part.
func (t *tail) room(record uint64) bool {
	if !t.spilled && t.full() && record > t.newest() {
		t.spilled = true
	}
	return !t.spilled
}

func (t *tail) full() bool { return len(t.messages)+len(t.refused) >= t.limit }

// refillable tells whether something is left in the log that there is room for,
// or whether the tail has caught up with the log and only needs to notice.
func (t *tail) refillable() bool {
	return t.spilled && !t.full() && (t.held.Record < t.complete.Record || t.complete == t.seen)
}

// newest is the record of the last row in memory.
func (t *tail) newest() uint64 {
	var n uint64
	if len(t.records) > 0 {
		n = t.records[len(t.records)-1]
	}
	if len(t.refused) > 0 {
		n = max(n, t.refused[len(t.refused)-1].record)
	}
	return n
}

// chunk is what to load next: whole records of at least rows messages, where
// there are so many. ok is false where nothing is to be loaded.
func (t *tail) chunk(rows int) (c warehouse.Chunk, ok bool) {
	through := t.held
	if through.Record == t.stored.Record {
		return c, false
	}
	n, _ := slices.BinarySearch(t.records, through.Record+1)
	if n > rows {
		n, _ = slices.BinarySearch(t.records, t.records[rows-1]+1)
		through = warehouse.Position{Record: t.records[n-1], Seq: t.stored.Seq + uint64(n)}
	}
	c = warehouse.Chunk{After: t.stored, Through: through, Messages: t.messages[:n:n]}
	for _, q := range t.refused {
		if q.record <= through.Record {
			c.Quarantined = append(c.Quarantined, q.Quarantined)
		}
	}
	return c, true
}

// seqOf is the Seq of the last message up to and with a record. ok is false where what is
// in memory does not tell.
func (t *tail) seqOf(record uint64) (seq uint64, ok bool) {
	n, _ := slices.BinarySearch(t.records, record+1)
	return t.stored.Seq + uint64(n), t.stored.Record <= record && record <= t.held.Record
}

// oldest is when the first of what comes after a record was received, or an instant before
// that.
func (t *tail) oldest(record uint64, before time.Time) time.Time {
	if n, _ := slices.BinarySearch(t.records, record+1); n < len(t.messages) && t.messages[n].ReceivedAt.Before(before) {
		before = t.messages[n].ReceivedAt
	}
	for _, q := range t.refused {
		if q.record > record && q.ReceivedAt.Before(before) {
			before = q.ReceivedAt
		}
	}
	return before
}

// drop lets go of what was loaded up to a position. What stays moves to new memory, so
// that the old can be freed while questions may still read it.
func (t *tail) drop(through warehouse.Position) {
	t.stored = through
	loaded, _ := slices.BinarySearch(t.records, through.Record+1)
	t.messages = slices.Clone(t.messages[loaded:])
	t.records = slices.Clone(t.records[loaded:])
	refused := 0
	for refused < len(t.refused) && t.refused[refused].record <= through.Record {
		refused++
	}
	t.refused = slices.Clone(t.refused[refused:])
}

// Tail is what is durable and seen by questions, and not in the warehouse yet, in the
// order of Seq, and the Seq up to which the warehouse has everything. The slice is
// read-only and stays as it is. While the warehouse has been away for so long that the
// tail outgrew its bound, its newest part is missing.
func (i *Intake) Tail() (loadedSeq uint64, messages []warehouse.Stored) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.mode.seen()
}

// Through is the Seq of the last durable message.
func (i *Intake) Through() uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	through, _ := i.mode.reached()
	return through
}
