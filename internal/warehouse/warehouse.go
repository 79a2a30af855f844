// Package warehouse is the interface that facts are kept behind: events,
// identity facts and the quarantine. duckdb is the embedded one, clickhouse the one
// of a cluster; warehousetest holds both to one contract.
package warehouse

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// Warehouse keeps facts. All methods are safe for concurrent use; what one yields to
// must not ask the store again. Errors are
// *fault.Error of kind Unavailable when the store cannot be reached.
type Warehouse interface {
	// Position is how far the log has been loaded.
	Position(ctx context.Context) (Position, error)
	// Load stores a chunk and its Through position in one transaction. A chunk
	// whose After.Record is not the stored position is refused with
	// ErrOutOfStep and stores nothing, so no record is ever loaded twice.
	Load(ctx context.Context, c Chunk) error

	// Scan reads events in arrival order and evaluates the patterns in the store.
	Scan(ctx context.Context, s Scan, yield func(*Batch) error) error
	Historian
	// Digest is what a copy of the facts up to a position is recognised by.
	Digest(ctx context.Context, maxSeq uint64) (Digest, error)
	// Seen tells which of the message ids are stored. Of ids of messages
	// received before since only imported ones need to be found.
	Seen(ctx context.Context, messageIDs []string) (map[string]bool, error)
	// RecentIDs yields the message ids received at or after since.
	RecentIDs(ctx context.Context, since time.Time, yield func(id string) error) error

	// Refs and Accounts yield ids in the order of their numbers, from 1, refs in
	// runs that are valid until yield returns, their texts too; IdentityRows yields
	// identity facts in the order of the log. Together they rebuild identity.Graph
	// when a workspace opens.
	Refs(ctx context.Context, yield func([]event.Ref) error) error
	Accounts(ctx context.Context, yield func(id string) error) error
	IdentityRows(ctx context.Context, yield func(identity.Row) error) error

	// TraitValues yields for every ref that ever had the trait its latest value
	// (by time, then position); of accounts with Account set.
	TraitValues(ctx context.Context, root event.Root, path []string, yield func(TraitValue) error) error
	// Traits is the latest value of every top-level trait over all given refs
	// (or accounts), with where it came from.
	Traits(ctx context.Context, root event.Root, of []identity.Number) ([]Trait, error)
	// TraitsAmong is the latest value of the given top-level traits of each of
	// the given refs (or accounts), in one question: for the names in a list.
	TraitsAmong(ctx context.Context, root event.Root, keys []string, of []identity.Number, yield func(key string, v TraitValue) error) error
	// Search finds refs (or accounts) whose id or whose value of one of the given
	// traits contains the text, without regard to case, those with the newest
	// message first; of an empty text, those with the newest message.
	Search(ctx context.Context, root event.Root, text string, keys []string, limit int) ([]Found, error)
	// TraitKeys lists the traits seen, most frequent first, with common values.
	TraitKeys(ctx context.Context, root event.Root) ([]PropertySummary, error)

	// Names lists the event names seen, most frequent first.
	Names(ctx context.Context) ([]NameSummary, error)
	// Properties summarises the properties and context fields of one event name
	// (all names if ""), from a sample of its newest events.
	Properties(ctx context.Context, name string) ([]PropertySummary, error)

	// Timeline reads messages of the given refs (or accounts), newest first.
	Timeline(ctx context.Context, t Timeline) ([]event.Message, error)
	// Activity summarises the messages of each of the given refs (or accounts),
	// in one question; those without any are left out.
	Activity(ctx context.Context, root event.Root, of []identity.Number) (map[identity.Number]Activity, error)

	// Quarantine lists what could not be taken, newest first.
	Quarantine(ctx context.Context, q QuarantineQuery) (QuarantinePage, error)
	// Resolve marks entries of the quarantine as replayed or discarded. Ids that
	// are unknown or already resolved are passed over; it returns how many changed.
	Resolve(ctx context.Context, ids []string, status QuarantineStatus, by string, at time.Time) (int, error)

	Whole
	Expirer
	// Forgotten tells what the event.Forget message with an id took out; it is not ok
	// before that message is loaded.
	Forgotten(ctx context.Context, messageID string) (f Forgotten, ok bool, err error)

	Stats(ctx context.Context) (Stats, error)
	// Extent is Stats without DiskBytes and Engine, which questions have no use for and
	// all servers of a cluster have to be asked for.
	Extent(ctx context.Context) (Stats, error)
	// Erase sees to it that nothing of what was forgotten is left in any file of the
	// store's. Where nothing was forgotten since it last was done, it costs nothing, unless
	// what has expired since takes so much of the files that they are worth writing anew.
	Erase(ctx context.Context) error
	// Checkpoint folds the store's own write-ahead log into its file, and lets go of what
	// needs no haste: what loads left that never came to their end, and what has expired.
	Checkpoint(ctx context.Context) error
	// CopyTo writes a consistent copy into a new folder while the store serves.
	CopyTo(ctx context.Context, dir string) error
	Close() error
}

// Position is a place in the log: the index of a record (one group commit) and
// the Seq of the last message up to and with it.
type Position struct {
	Record uint64 `json:"record"`
	Seq    uint64 `json:"seq"`
}

// Digest stands for a set of events, and one of identity facts: two with the same
// one are, but for a chance of one in 2⁶⁴, the same.
type Digest struct {
	Events int64  `json:"events"`
	IDs    uint64 `json:"ids"` // the exclusive or of a hash of each event's message id

	IdentityFacts int64  `json:"identityFacts"`
	IdentityIDs   uint64 `json:"identityIds"` // likewise of each identity fact's
}

// IDHash is the hash of a message id that a Digest is made of and by which stores
// look ids up: FNV-1a in 64 bits (Fowler, Noll, Vo). Stored rows hold it.
func IDHash(id string) uint64 {
	const basis, prime = 14695981039346656037, 1099511628211
	h := uint64(basis)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * prime
	}
	return h
}

// Chunk is what the loader moves at once: the log's records after After.Record
// up to and with Through.Record. The bodies of its messages are clean (event.Clean).
// What its event.Forget messages take out does not count any more once it counts
// (forget.go), nor does what is older than its event.Expire messages say (expire.go). A new ref that was forgotten before it is loaded has no id.
type Chunk struct {
	After, Through Position
	Messages       []Stored
	Refs           []event.Ref // new ones; their numbers follow the stored ones
	Accounts       []string    // new ones; likewise
	Quarantined    []Quarantined
	// Gone are events that had expired where the chunk is copied from, and are counted
	// with those that expire here.
	Gone int64
}

// Stored is a message with the numbers that identity gave it.
type Stored struct {
	*event.Message
	Customer identity.Number // of Message.Ref()
	Account  identity.Number // of Message.GroupID; 0 without one
}

// Scan asks for events (not identify, group, alias, unlink). Patterns, Segment
// and Keys hold keys of the event only (event.Root.OfEvent).
type Scan struct {
	From, Until time.Time // both included; zero is no bound
	After       uint64    // rows up to this Seq are left out
	MaxSeq      uint64    // rows with a greater Seq are left out
	// Customers restricts the rows to those of the given refs; nil does not.
	Customers []identity.Number
	Range     Range // of refs; with Customers both restrict
	Segment   event.Filter
	Patterns  []event.Pattern
	Keys      []event.Key
	// Unplaced leaves Seq out of the batches, Unaccounted Account: reading all of
	// a large store costs a tenth less without each.
	Unplaced, Unaccounted bool
	// Group allows the store to count events together; nil: every row is an event.
	Group *Group
	// Rest and Unpriced say what Histories may leave out; Scan does not look at them.
	// Unpriced leaves out Value, Cost and Currency.
	Rest     Rest
	Unpriced bool
}

// Rest says what has to be told of events whose name no pattern asks for.
type Rest uint8

// What is told of them; a store may always tell more.
const (
	WholeRest   Rest = iota // all that is told of others
	TimesOfRest             // whose they are and when, and their amounts unless Unpriced
	CountOfRest             // whose they are, and how many
)

// Range is the refs whose numbers are greater than After and not greater than Through.
// The zero Range is of all.
type Range struct {
	After   identity.Number `json:"after"`
	Through identity.Number `json:"through"` // 0: no bound
}

// Group says what of events has to be told apart. A store may give as one row all
// events of a ref and an account that lie between the same two cuts, match the same
// patterns and have the same keys and wanted amounts, at the time and Seq of their
// first; and those that match no pattern by ref and account alone. Rows come in any
// order then, and Name is told as far as patterns ask for it.
type Group struct {
	Cuts        []time.Time // ascending; what happens at a cut lies after it
	Value, Cost bool        // amounts that are wanted
}

// Batch is a run of rows as columns, valid until yield returns; those that the
// scan leaves out are nil. Codes of Name, Currency and Keys index the
// dictionaries, which only grow during a scan; code 0 is the empty string, or null
// for keys (also missing).
type Batch struct {
	Len      int
	Seq      []uint64
	Customer []identity.Number
	Account  []identity.Number
	Time     []int64 // microseconds since 1970 UTC
	Name     []uint32
	Words    int
	Match    []uint64 // Words words a row, as in stream.Streams
	Value    []float64
	Cost     []float64
	Currency []uint32 // of the amounts, where there are any
	Keys     [][]uint32
	Count    []int64 // of a grouped scan, events that a row stands for; nil: one each
	// Rest: these are of CountOfRest. Customer is there, Account unless Unaccounted, and
	// Count as above.
	Rest bool
	// Runs, of Histories: the events are there, and all columns are empty.
	Runs *Runs

	Names      []string
	Currencies []string
	Values     [][]any // string, float64, bool; json.RawMessage for objects and lists
}

// TraitValue is the latest value of one trait of one ref or account.
type TraitValue struct {
	Of    identity.Number
	Value any // string, float64, bool; nil where it was set to null; json.RawMessage for objects and lists
	Time  int64
	Seq   uint64
}

// Found is a ref or an account that a search found.
type Found struct {
	Of     identity.Number
	Events int64
	Last   time.Time
}

// Trait is one trait of a customer, with where it came from.
type Trait struct {
	Key       string          `json:"key"`
	Value     json.RawMessage `json:"value"`
	At        time.Time       `json:"at"`
	MessageID string          `json:"messageId"`
	Source    string          `json:"source"`
}

// NameSummary is what is known of one event name.
type NameSummary struct {
	Name   string     `json:"name"`
	Type   event.Type `json:"type"`
	Count  int64      `json:"count"`
	First  time.Time  `json:"first"`
	Last   time.Time  `json:"last"`
	Weekly []int64    `json:"weekly"` // events a week over the last 26 weeks up to the newest event, oldest first
}

// PropertySummary is what is known of one where key.
type PropertySummary struct {
	Key    string       `json:"key"`  // as written in a where: properties.plan, context.page.url
	Type   string       `json:"type"` // string, number, boolean, object, list, mixed
	Count  int64        `json:"count"`
	Values []ValueCount `json:"values"` // the most frequent, at most 20; empty where nearly all differ
}

// ValueCount is a JSON scalar and how often it was seen.
type ValueCount struct {
	Value any   `json:"value"`
	Count int64 `json:"count"`
}

// Timeline asks for a page of messages.
type Timeline struct {
	Of     []identity.Number
	Root   event.Root // event.Traits: refs; event.Account: accounts
	Names  []string   // empty: all
	Before *Cursor    // nil: from the newest
	Limit  int
}

// Cursor is the place after the last row of a page: rows order by (Time, Seq).
type Cursor struct {
	Time int64  `json:"time"`
	Seq  uint64 `json:"seq"`
}

// Activity summarises the messages of a ref or an account; Events counts track,
// page and screen, First and Last are the instants of the first and last of them.
type Activity struct {
	Events int64     `json:"events"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
}

// QuarantineStatus is open, replayed or discarded.
type QuarantineStatus string

// The statuses.
const (
	Open      QuarantineStatus = "open"
	Replayed  QuarantineStatus = "replayed"
	Discarded QuarantineStatus = "discarded"
)

// Quarantined is something that was received and could not become a message.
type Quarantined struct {
	ID         string           `json:"id"`
	ReceivedAt time.Time        `json:"receivedAt"`
	Source     string           `json:"source"`
	Reason     string           `json:"reason"` // a fault key, e.g. capture.no-id
	Detail     string           `json:"detail"` // field, file and line, the value at fault
	Raw        json.RawMessage  `json:"raw"`    // as it came, or as a JSON string where it was no JSON
	Type       string           `json:"type"`   // what the endpoint or the message said it is
	Imported   bool             `json:"imported"`
	Status     QuarantineStatus `json:"status"`
	ResolvedBy string           `json:"resolvedBy,omitempty"`
	ResolvedAt *time.Time       `json:"resolvedAt,omitempty"`
}

// QuarantineQuery asks for a page; empty fields do not restrict.
type QuarantineQuery struct {
	IDs    []string
	Status QuarantineStatus
	Reason string
	Source string
	Offset int
	Limit  int
}

// QuarantinePage is a page with the counts of what is open, by reason.
type QuarantinePage struct {
	Items   []Quarantined    `json:"items"`
	Total   int64            `json:"total"` // that fit the query
	Reasons map[string]int64 `json:"reasons"`
}

// Stats are sizes, for health and for the foot of a screen.
type Stats struct {
	Messages  int64     `json:"messages"`
	Events    int64     `json:"events"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Received  time.Time `json:"received"` // when the newest message came in
	DiskBytes int64     `json:"diskBytes"`
	Engine    string    `json:"engine"` // "DuckDB 1.5.6"
}
