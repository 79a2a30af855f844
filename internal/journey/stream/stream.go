// Package stream gives the journey state machine what it reads: for each
// customer their events, sorted by time, as columns without pointers. A Source
// hides where they come from (the resident Index, a scan of the store, a file)
// and who is who: identity is applied as known now before the machine sees
// anything.
package stream

import (
	"context"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
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
	// Patterns are the matchers asked about; an event's class says which hold.
	Patterns []event.Pattern
	// Keys are the where keys whose values are wanted.
	Keys []event.Key
	// Nameless says that Streams.CustomerID is not called: where a workspace has just
	// been opened, who has which id may still have to be read.
	Nameless bool
	// Group says what the asker has to tell apart of the events that match: others may
	// come as one, at the instant of the first, and Cursor.Times says how many they
	// are. nil: every event comes by itself, as it does from sources that have it.
	Group *Group
	// Rest is what the asker has to be told of events that match nothing: of a source that
	// has not room for them it spares reading them. They may be missing where their count
	// is enough, which is in Events and Customers then; where their times are, they have
	// no name, no account and no value of a key. A source may always tell more.
	Rest Rest
	// Unpriced says that the amounts of events are not looked at.
	Unpriced bool
	// Customer asks for this one customer's events, by the id that answers show,
	// with their positions. Others may be in the answer too.
	Customer string
}

// Group says what of events has to be told apart.
type Group = warehouse.Group

// Rest says what has to be told of events that match nothing.
type Rest = warehouse.Rest

// What is told of them.
const (
	WholeRest   = warehouse.WholeRest
	TimesOfRest = warehouse.TimesOfRest
	CountOfRest = warehouse.CountOfRest
)

// Streams is the answer: the events of all customers in blocks, a customer's by
// time ascending and, within an instant, in the order of the log. It is
// read-only and may be read from many goroutines, through a Cursor each.
type Streams struct {
	Layout
	Blocks     []*Block
	Names      []string // by code of an event's name
	Currencies []string // by code of an amount's currency
	// Classes says by class which of Question.Patterns hold: bit p of the words.
	// Class 0 is that of events for which none does.
	Classes [][]uint64
	// Values[k][code] is a value of Question.Keys[k]: string, float64 or bool;
	// code 0 is null (also missing, and the empty string).
	Values [][]any

	// Unattributed counts the events inside From … Until that belong to no
	// subject (an event without an account, or without the key).
	Unattributed int
	// Events and Customers count what lies inside From … Until and the segment.
	Events, Customers int
	// Through is the log position up to which the facts were seen; for a file
	// the number of lines read.
	Through uint64
	// Last is the instant of the last event seen, of whatever customer; zero if
	// there is none.
	Last time.Time
	// Kept is the instant from which on events are kept, in microseconds since 1970 UTC:
	// whatever hangs on those before it is not known. 0: all are kept.
	Kept int64
	// CustomerID gives the id of the customer with a number as answers show it:
	// the user id (of merged ones the last alias target), the anonymous id if
	// there is no other, the account's id, or the key's value as text. With
	// Question.Nameless it may be nil.
	CustomerID func(number uint32) string
	// Facts names the state of the facts that the answer is made of: answers with
	// the same one hold the same events of the same customers. 0: of no other.
	Facts uint64

	// Part says that others may be in other parts (Parted), and that a name may have a
	// code for each class of its events.
	Part bool

	since       since  // of Facts
	ofCustomers bool   // it hangs on traits or accounts as well
	times       int    // 1 + the column of how many events one stands for; 0: each for itself
	question    uint64 // which one of questions it answers
	reading
}

// Source answers questions. Implementations are safe for concurrent use and
// stop early when the context ends.
type Source interface {
	Streams(ctx context.Context, q Question) (*Streams, error)
}
