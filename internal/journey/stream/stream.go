// Package stream gives the journey state machine what it reads: for each
// customer their events, sorted by time, as columns without pointers. A Source
// hides where they come from (a scan of the warehouse and the events not yet
// loaded, a file, later a resident index) and who is who: identity is applied
// as known now before the machine sees anything.
package stream

import (
	"context"
	"time"

	"beichen/internal/event"
)

// Subject is who or what is counted.
type Subject struct {
	Kind SubjectKind
	Key  event.Key // with ByKey only
}

// SubjectKind is person, account, or the values of a where key.
type SubjectKind uint8

// The kinds of subject.
const (
	Person SubjectKind = iota
	Account
	ByKey
)

// Question says which events are wanted and what must be known of each.
type Question struct {
	Subject Subject
	// From and Until bound the events by time, both included; a zero time is no
	// bound.
	From, Until time.Time
	// AllHistory asks for the events before From as well (a firstEver step needs
	// them); the asker then applies From itself.
	AllHistory bool
	// Segment keeps only the events for which it holds.
	Segment event.Filter
	// Patterns are the matchers asked about; bit p of an event's Match is set
	// where Patterns[p] holds.
	Patterns []event.Pattern
	// Keys are the where keys whose values are wanted for every event.
	Keys []event.Key
}

// Streams is the answer: the events of all customers, those of customer i at
// the indexes Start[i] … Start[i+1]−1, by time ascending and by Seq within an
// instant. Every customer has at least one event. It is read-only and may be
// read from many goroutines.
type Streams struct {
	Start []int    // customers + 1 offsets
	Time  []int64  // microseconds since 1970 UTC
	Seq   []uint64 // log position; in a file, the line
	Name  []uint32 // code of the event's name, into Names
	// Match holds Words words an event: bit p of the event at index e is
	// Match[e*Words + p/64] >> (p%64) & 1.
	Words int
	Match []uint64
	// Value and Cost are NaN where the event has none; Currency is a code into
	// Currencies, code 0 the empty one.
	Value    []float64
	Cost     []float64
	Currency []uint32
	// Keys[k][e] is the code of the value of Question.Keys[k]; 0 is null (also
	// missing and the empty string). Values[k][code] is the value: string,
	// float64 or bool.
	Keys [][]uint32

	Names      []string
	Currencies []string
	Values     [][]any

	// Unattributed counts the events inside From … Until that belong to no
	// subject (an event without an account, or without the key).
	Unattributed int
	// Through is the log position up to which the facts were seen; for a file
	// the number of lines read.
	Through uint64
	// Last is the instant of the last event seen, of whatever customer; zero if
	// there is none.
	Last time.Time
	// CustomerID gives the id of customer i as answers show it: the user id (of
	// merged ones the last alias target), the anonymous id if there is no other,
	// the account's id, or the key's value as text.
	CustomerID func(i int) string
}

// Len is the number of customers.
func (s *Streams) Len() int { return max(len(s.Start)-1, 0) }

// Source answers questions. Implementations are safe for concurrent use and
// stop early when the context ends.
type Source interface {
	Streams(ctx context.Context, q Question) (*Streams, error)
}
