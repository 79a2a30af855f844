// Package event is the centre of Beichen: what a customer did, or what was
// done for them, at an instant; who it happened to; and the filters with which
// definitions ask for events.
package event

import (
	"encoding/json"
	"time"
)

// Type is the kind of a message of the capture protocol.
type Type string

// The six types that clients send, and those that Beichen itself records.
const (
	Track    Type = "track"
	Page     Type = "page"
	Screen   Type = "screen"
	Identify Type = "identify"
	Group    Type = "group"
	Alias    Type = "alias"

	// Unlink takes back one identity link: Message.Unlinks names the message
	// that made it. It is a fact like any other, so the log alone says who is who.
	Unlink Type = "unlink"
	// Forget removes a customer: of the numbers in Message.Forgets everything that
	// has a smaller Seq, and the ids that they stand for. No message that names the
	// customer any more says so, hence numbers and no ids.
	Forget Type = "forget"
	// Expire says from which instant on events are kept, its Time: those that happened
	// before are gone, and are not taken in any more whenever they come. What says who
	// is who stays.
	Expire Type = "expire"
)

// IsEvent reports whether messages of the type are events that a journey can
// count (journey.md, rule 14): track, page and screen.
func (t Type) IsEvent() bool { return t == Track || t == Page || t == Screen }

// Message is one message of the capture protocol after decoding, checks and
// clock correction. It is what the log keeps and what the warehouse stores; an
// event is a Message whose Type.IsEvent.
type Message struct {
	// Seq is the position of the message in the log: 1 for the first message a
	// workspace ever accepted, without gaps. 0 before it is accepted.
	Seq       uint64 `json:"seq,omitempty"`
	MessageID string `json:"messageId"`
	Type      Type   `json:"type"`

	UserID      string `json:"userId,omitempty"`
	AnonymousID string `json:"anonymousId,omitempty"`
	PreviousID  string `json:"previousId,omitempty"` // alias: the id that was used before UserID
	// GroupID is the account: of a group message its groupId, of any other its
	// context.groupId.
	GroupID string `json:"groupId,omitempty"`
	// Unlinks is the MessageID of the link that an Unlink message takes back.
	Unlinks string `json:"unlinks,omitempty"`
	// Forgets are the numbers (identity.Number) of the ids of a Forget message.
	Forgets []uint32 `json:"forgets,omitempty"`

	// Name of the event: a track's event, "Page Viewed" or "Screen Viewed".
	Name string `json:"event,omitempty"`
	// Time is when it happened, after clock correction, in UTC, cut to microseconds.
	Time       time.Time `json:"timestamp"`
	ReceivedAt time.Time `json:"receivedAt"`

	Channel  string   `json:"channel,omitempty"`
	Source   string   `json:"source,omitempty"` // the write key's name, or the import's id
	Value    *float64 `json:"value,omitempty"`
	Currency string   `json:"currency,omitempty"`
	Cost     *float64 `json:"cost,omitempty"`

	// Properties, Context and Traits are JSON objects, or nil.
	Properties json.RawMessage `json:"properties,omitempty"`
	Context    json.RawMessage `json:"context,omitempty"`
	Traits     json.RawMessage `json:"traits,omitempty"` // identify and group only

	// Imported messages are held against duplicates for ever, others for at
	// least 24 hours.
	Imported bool `json:"imported,omitempty"`
}

// Micros is the event's instant in microseconds since 1970 UTC, the precision
// of every stored time.
func (m *Message) Micros() int64 { return m.Time.UnixMicro() }

// Ref names who a message speaks of, as the sender knew them: a user id, or an
// anonymous id. The two never collide: user "7" is not visitor "7".
type Ref struct {
	Anonymous bool   `json:"anonymous,omitempty"`
	ID        string `json:"id"`
}

// Ref is the sender's name for the customer: the user id where there is one,
// otherwise the anonymous id.
func (m *Message) Ref() Ref {
	if m.UserID != "" {
		return Ref{ID: m.UserID}
	}
	return Ref{Anonymous: true, ID: m.AnonymousID}
}

// Money is an amount in one currency. Amounts of different currencies are
// listed side by side and never added.
type Money struct {
	Currency string  `json:"currency"` // ISO 4217, or "" where the sender gave none
	Amount   float64 `json:"amount"`
}
