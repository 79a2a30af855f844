// Package capture is how facts come in: messages of the Segment protocol over
// HTTP and from files are decoded, checked, held against duplicates, made
// durable in the log and moved into the warehouse. What cannot be taken goes to
// the quarantine with its reason and never fails what came along with it.
package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Limits of one message. Those of the protocol hold for what programs send;
// an import may carry whole documents.
const (
	maxMessageBytes  = 32 << 10
	maxImportedBytes = 4_000 << 10
	maxMessageID     = 100
)

// Envelope is what is known of a message besides its own text.
type Envelope struct {
	Type       event.Type      // what the endpoint takes; "" where the message says it (a batch, a file)
	Context    json.RawMessage // the batch's context, an object or nil; the message's own keys win
	SentAt     time.Time       // the batch's, for messages without one; zero if it had none
	ReceivedAt time.Time
	Source     string // the write key's name, or the import's id
	// Imported messages tell history: they must say when it happened, no clock is
	// corrected, and channel, value, currency, cost and source may be set directly.
	Imported bool
	// NewID makes the id of a message without one; nil makes a random UUID.
	NewID func() string
}

// Decode turns one JSON object of the protocol into a message. The error is a
// *fault.Error of kind Invalid whose key is the reason of the quarantine
// (capture.bad-json, capture.no-id, …) with the args field and value.
//
// The message keeps slices of raw; its bodies are clean (event.Clean).
// `integrations` steer other vendors' routing and are not kept.
func Decode(raw []byte, env Envelope) (event.Message, error) {
	return readMessage(wellFormed(raw), env)
}

// readMessage is Decode of text that is well-formed already.
func readMessage(raw []byte, env Envelope) (event.Message, error) {
	if limit := env.limit(); len(raw) > limit {
		return event.Message{}, fault.New(fault.Invalid, "capture.too-large", "size", len(raw), "limit", limit)
	}
	var w wire
	if !w.read(raw) {
		return event.Message{}, badJSON(raw)
	}
	return w.message(&env)
}

func (env *Envelope) limit() int {
	if env.Imported {
		return maxImportedBytes
	}
	return maxMessageBytes
}

// message reads each part in turn; what is wrong with the first is the reason.
func (w *wire) message(env *Envelope) (event.Message, error) {
	m := event.Message{ReceivedAt: env.ReceivedAt.UTC().Truncate(time.Microsecond), Source: env.Source, Imported: env.Imported}
	err := w.readType(&m, env)
	if err == nil {
		err = w.readBodies(&m, env)
	}
	if err == nil {
		err = w.readIDs(&m, env)
	}
	if err == nil {
		err = w.readName(&m)
	}
	if err == nil {
		err = w.readTime(&m, env)
	}
	if err == nil {
		err = w.readMeasures(&m, env)
	}
	if err == nil && w.huge {
		err = clean(&m)
	}
	if err != nil {
		return event.Message{}, err
	}
	own(&m)
	return m, nil
}

// own gives a message's texts, which stand in the text that was sent, memory of
// their own: one piece, so that a message is one thing to the garbage collector
// and whoever keeps a text keeps no request's body with it.
func own(m *event.Message) {
	texts := [...]*string{&m.MessageID, &m.UserID, &m.AnonymousID, &m.PreviousID, &m.GroupID, &m.Name, &m.Channel, &m.Source, &m.Currency}
	var all strings.Builder
	size := 0
	for _, text := range texts {
		size += len(*text)
	}
	all.Grow(size)
	for _, text := range texts {
		at := all.Len()
		all.WriteString(*text)
		*text = all.String()[at:]
	}
}

// clean takes out of a message's bodies what stores cannot read. Of what Clean
// knows only huge numbers are left to it: text is well-formed by now.
func clean(m *event.Message) (err error) {
	for _, body := range []*json.RawMessage{&m.Properties, &m.Context, &m.Traits} {
		if *body, err = event.Clean(*body); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) readType(m *event.Message, env *Envelope) error {
	sent := env.Type
	if sent == "" {
		sent = event.Type(strings.ToLower(plain(w.typ)))
	}
	for _, known := range [...]event.Type{event.Track, event.Page, event.Screen, event.Identify, event.Group, event.Alias} {
		if sent == known {
			m.Type = known // and not the text as it was sent
			return nil
		}
	}
	return wrong("capture.bad-type", "type", w.typ)
}

// readBodies takes properties, traits and context, each an object.
func (w *wire) readBodies(m *event.Message, env *Envelope) error {
	for _, body := range []struct {
		field string
		value []byte
		into  *json.RawMessage
	}{
		{"properties", w.properties, &m.Properties}, {"traits", w.traits, &m.Traits}, {"context", w.context, &m.Context},
	} {
		if body.value == nil {
			continue
		}
		if body.value[0] != '{' {
			return wrong("capture.not-object", body.field, body.value)
		}
		*body.into = body.value
	}
	if isObject(env.Context) {
		m.Context = mergeObjects(env.Context, m.Context)
		w.readBatchContext(m.Context)
	}
	switch m.Type {
	case event.Identify:
		if m.Traits == nil && isObject(w.inContext.traits) { // where RudderStack's clients put them
			m.Traits = w.inContext.traits
		}
	case event.Group:
	default:
		m.Traits = nil
	}
	return nil
}

func (w *wire) readIDs(m *event.Message, env *Envelope) error {
	groupID := w.inContext.groupID
	if m.Type == event.Group || groupID == nil {
		groupID = w.groupID
	}
	for _, id := range []struct {
		field string
		value []byte
		into  *string
	}{
		{"messageId", w.messageID, &m.MessageID}, {"userId", w.userID, &m.UserID}, {"anonymousId", w.anonymousID, &m.AnonymousID},
		{"previousId", w.previousID, &m.PreviousID}, {"groupId", groupID, &m.GroupID},
	} {
		text, ok := scalar(id.value)
		if !ok {
			return wrong("capture.bad-id", id.field, id.value)
		}
		if strings.TrimSpace(text) != "" {
			*id.into = text
		}
	}
	switch {
	case m.Type == event.Alias && m.UserID == "":
		return wrong("capture.no-id", "userId", nil)
	case m.Type == event.Alias && m.PreviousID == "":
		return wrong("capture.no-previous-id", "previousId", nil)
	case m.UserID == "" && m.AnonymousID == "":
		return wrong("capture.no-id", "userId", nil)
	case m.Type == event.Group && m.GroupID == "":
		return wrong("capture.no-group-id", "groupId", nil)
	}
	m.MessageID = messageID(m.MessageID, env.NewID)
	return nil
}

// ownIDs begin the ids of messages that are Beichen's own.
const ownIDs = "beichen:"

// messageID makes up a missing id. One that the protocol would not allow becomes a
// digest, so that its repetition is still recognised, and so does one that Beichen's own
// messages could have: whoever sent it first would have them taken for its repetition.
func messageID(id string, newID func() string) string {
	switch {
	case id == "" && newID != nil:
		return newID()
	case id == "":
		return uuid.NewString()
	case len(id) > maxMessageID, strings.HasPrefix(id, ownIDs):
		digest := sha256.Sum256([]byte(id))
		return "sha256:" + hex.EncodeToString(digest[:])
	}
	return id
}

// readName names the event. The name and category of a page or screen become
// properties where the sender has not put them there himself.
func (w *wire) readName(m *event.Message) error {
	switch m.Type {
	case event.Track:
		name, ok := scalar(w.event)
		if !ok {
			return wrong("capture.bad-event", "event", w.event)
		}
		if strings.TrimSpace(name) == "" {
			return wrong("capture.no-event", "event", nil)
		}
		m.Name = name
	case event.Page:
		m.Name = "Page Viewed"
	case event.Screen:
		m.Name = "Screen Viewed"
	}
	if m.Type == event.Page || m.Type == event.Screen {
		var extra []byte
		for _, field := range []struct {
			key   string
			value []byte
		}{{"name", w.name}, {"category", w.category}} {
			if text, ok := scalar(field.value); ok && text != "" {
				extra = append(extra, `,"`+field.key+`":`...)
				extra = append(extra, field.value...)
			}
		}
		if extra != nil {
			extra[0] = '{'
			m.Properties = mergeObjects(append(extra, '}'), m.Properties)
		}
	}
	return nil
}

// mergeObjects joins two JSON objects, either of them nil; where both have a
// key, that of over stands.
func mergeObjects(under, over json.RawMessage) json.RawMessage {
	if !isObject(under) {
		return over
	}
	if !isObject(over) {
		return under
	}
	has := map[string]bool{}
	object(over, func(key, _ []byte) { has[string(key)] = true })
	out := bytes.TrimRight(over, " \t\r\n")
	out = bytes.Clone(bytes.TrimRight(out[:len(out)-1], " \t\r\n"))
	object(under, func(key, value []byte) {
		if has[string(key)] {
			return
		}
		if len(has) > 0 {
			out = append(out, ',')
		}
		name, _ := json.Marshal(string(key)) // a string always marshals
		out = append(append(append(out, name...), ':'), value...)
		has[string(key)] = true
	})
	return append(out, '}')
}

func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }

// member is the value of one key of an object, nil where there is none.
func member(raw json.RawMessage, name string) (found []byte) {
	if raw == nil {
		return nil
	}
	object(raw, func(key, value []byte) {
		if string(key) == name && string(value) != "null" {
			found = value
		}
	})
	return found
}

// scalar is a string or a number as text, "" for nothing; false for the rest. The
// text stands where raw does, which nobody changes.
func scalar(raw []byte) (string, bool) {
	switch {
	case len(raw) == 0:
		return "", true
	case raw[0] == '"':
		raw = unquote(raw)
	case raw[0] != '-' && (raw[0] < '0' || raw[0] > '9'):
		return "", false
	}
	return unsafe.String(unsafe.SliceData(raw), len(raw)), true
}

// plain is scalar for fields whose other types count as absent.
func plain(raw []byte) string {
	text, _ := scalar(raw)
	return strings.TrimSpace(text)
}

func badJSON(raw []byte) error {
	return wrong("capture.bad-json", "", raw)
}

// wrong is one reason to refuse a message, with the start of the value at fault.
func wrong(key, field string, value []byte) error {
	return fault.New(fault.Invalid, key, "field", field, "value", excerpt(value))
}

func excerpt(value []byte) string {
	const most = 80
	if len(value) <= most {
		return strings.ToValidUTF8(string(value), "\uFFFD")
	}
	return strings.ToValidUTF8(string(value[:most]), "") + "…"
}
