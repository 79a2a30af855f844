package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Incoming is one thing that came in: a message, or what could not become one.
type Incoming struct {
	Message event.Message
	Refused *warehouse.Quarantined // nil where Message holds

	// replayed messages may be older than what is remembered of recent ids, so
	// the store is asked about them as it is about imports.
	replayed bool
}

// Receive decodes one JSON object of the protocol, as Decode does, and makes
// what cannot be a message an entry of the quarantine that holds all that a
// later replay needs. Among imported ones an object of type "quarantine" is a
// row of a file that the importer has refused already (see Refusal).
func Receive(raw []byte, env Envelope) Incoming { return receive(wellFormed(raw), env) }

// receive is Receive of text that is well-formed already.
func receive(raw []byte, env Envelope) Incoming {
	m, err := readMessage(raw, env)
	if err == nil {
		return Incoming{Message: m}
	}
	reason, ok := errors.AsType[*fault.Error](err)
	if !ok {
		reason = fault.Wrap(err, fault.Invalid, "capture.bad-json", "field", "", "value", excerpt(raw))
	}
	if env.Imported && reason.Key == "capture.bad-type" {
		var r Refusal
		if json.Unmarshal(raw, &r) == nil && r.Type == "quarantine" && reasonKey.MatchString(r.Reason) {
			return r.Incoming(env)
		}
	}
	return Incoming{Refused: refuse(raw, env, reason)}
}

// Refusal is a row of a file that could not become a message, as an importer
// hands it in: with the id that the message would have had.
type Refusal struct {
	Type      string          `json:"type"` // "quarantine"
	MessageID string          `json:"messageId"`
	Reason    string          `json:"reason"` // a key of the message catalogue
	Args      map[string]any  `json:"args"`   // of that message, among them file, line and field
	Detail    string          `json:"detail"` // where args do not say it
	Source    string          `json:"source"` // the import's id; "" for the key's name
	Raw       json.RawMessage `json:"raw"`    // an object of the row's cells, or a text
}

var reasonKey = regexp.MustCompile(`^(import|capture)\.[a-z0-9-]+$`)

// Incoming is the refusal as Accept takes it.
func (r Refusal) Incoming(env Envelope) Incoming {
	q := &warehouse.Quarantined{
		ReceivedAt: env.ReceivedAt.UTC(), Source: r.Source, Reason: r.Reason, Detail: detail(&fault.Error{Args: r.Args}),
		Imported: true, Status: warehouse.Open, Raw: wellFormed(r.Raw),
	}
	if q.Source == "" {
		q.Source = env.Source
	}
	if q.Detail == "" {
		q.Detail = r.Detail
	}
	if len(q.Raw) == 0 {
		q.Raw = json.RawMessage(`null`)
	}
	q.ID = refusedID(r.MessageID, q.Source, q.Reason)
	if isObject(q.Raw) && r.MessageID != "" {
		// What is made of the row by hand is then known again when the mended
		// file is imported.
		id, _ := json.Marshal(r.MessageID) // a string always marshals
		q.Raw = mergeObjects(q.Raw, append(append([]byte(`{"messageId":`), id...), '}'))
	}
	return Incoming{Refused: q}
}

func refuse(raw []byte, env Envelope, reason *fault.Error) *warehouse.Quarantined {
	q := &warehouse.Quarantined{
		ReceivedAt: env.ReceivedAt.UTC(), Source: env.Source, Reason: reason.Key, Detail: detail(reason),
		Type: string(env.Type), Imported: env.Imported, Status: warehouse.Open,
	}
	var w wire
	if len(raw) > env.limit() || !w.read(raw) {
		const most = maxMessageBytes
		q.Raw, _ = json.Marshal(string(raw[:min(len(raw), most)])) // a string always marshals
		q.ID = uuid.NewString()
		return q
	}
	if q.Type == "" {
		q.Type = plain(w.typ)
	}
	q.Raw = selfContained(raw, w, env)
	q.ID = refusedID(plain(w.messageID), env.Source, reason.Key)
	return q
}

// selfContained puts into a message what the endpoint and the batch said for it.
func selfContained(raw []byte, w wire, env Envelope) json.RawMessage {
	if env.Type != "" {
		raw = mergeObjects(raw, json.RawMessage(`{"type":"`+env.Type+`"}`))
	}
	if isObject(env.Context) && (w.context == nil || isObject(w.context)) {
		context := append([]byte(`{"context":`), mergeObjects(env.Context, w.context)...)
		raw = mergeObjects(raw, append(context, '}'))
	}
	if w.sentAt == nil && !env.SentAt.IsZero() {
		sent, _ := json.Marshal(env.SentAt) // its year was read from four digits
		raw = mergeObjects(append(append([]byte(`{"sentAt":`), sent...), '}'), raw)
	}
	return raw
}

// refusedID is the same for a message that is sent again, so that a retried
// batch does not fill the quarantine twice.
func refusedID(messageID, source, reason string) string {
	if messageID == "" {
		return uuid.NewString()
	}
	digest := sha256.Sum256([]byte(strings.Join([]string{source, reason, messageID}, "\x00")))
	return hex.EncodeToString(digest[:16])
}

// detail is the fault's place and value, the same in every language.
func detail(reason *fault.Error) string {
	var parts []string
	for _, name := range []string{"file", "line", "field", "value", "size"} {
		if v, ok := reason.Args[name]; ok && v != "" {
			text, _ := json.Marshal(v)
			parts = append(parts, name+": "+string(text))
		}
	}
	return strings.Join(parts, ", ")
}
