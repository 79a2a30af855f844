package importer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// wire is a message of the capture protocol as it is sent.
type wire struct {
	Type        event.Type      `json:"type"`
	MessageID   string          `json:"messageId"`
	UserID      string          `json:"userId,omitempty"`
	AnonymousID string          `json:"anonymousId,omitempty"`
	PreviousID  string          `json:"previousId,omitempty"`
	GroupID     string          `json:"groupId,omitempty"`
	Event       string          `json:"event,omitempty"`
	Name        string          `json:"name,omitempty"`
	Timestamp   string          `json:"timestamp"`
	Channel     string          `json:"channel,omitempty"`
	Source      string          `json:"source,omitempty"`
	Value       *float64        `json:"value,omitempty"`
	Currency    string          `json:"currency,omitempty"`
	Cost        *float64        `json:"cost,omitempty"`
	Properties  json.RawMessage `json:"properties,omitempty"`
	Traits      json.RawMessage `json:"traits,omitempty"`
	Context     json.RawMessage `json:"context,omitempty"`
}

// maxMessage is what the import endpoint takes in one message, in bytes.
const maxMessage = 3_900_000

// row is one row of a plan's answer.
type row struct {
	number    int64 // of the first table; −1 where there is none
	content   string
	failed    int // see query; −3 where nothing failed
	texts     []string
	numbers   []float64
	micros    []int64
	present   []bool
	ordinal   int // among the rows of the same number and content
	messageID string
}

const nothingFailed = -3

// build makes a message of a row, with the name of its event or page, or says
// why there is none.
func (p *plan) build(r *row, source string, zone *time.Location) (message json.RawMessage, name string, refused *fault.Error) {
	if r.failed != nothingFailed {
		return nil, "", p.failure(r.failed)
	}
	w := wire{Type: p.message.Type, MessageID: r.messageID, Source: source}
	groupID := ""
	for i := range p.slots {
		if !r.present[i] {
			continue
		}
		s := &p.slots[i]
		if err := w.take(s, r, i, zone, &groupID); err != nil {
			return nil, "", err
		}
	}
	if err := w.check(groupID); err != nil {
		return nil, "", err
	}
	if groupID != "" {
		if w.Type == event.Group {
			w.GroupID = groupID
		} else {
			w.Context = withGroup(w.Context, groupID)
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(w); err != nil { // a value such as NaN, which JSON does not have
		return nil, "", fault.New(fault.Invalid, "import.not-storable", "field", p.message.Path)
	}
	if b.Len() > maxMessage {
		return nil, "", fault.New(fault.Invalid, "import.too-large", "size", b.Len(), "limit", maxMessage)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), w.Event + w.Name, nil
}

func (p *plan) failure(slot int) *fault.Error {
	path, sql := p.message.Path, ""
	switch {
	case slot == -1:
		path, sql = p.message.Where.Path, p.message.Where.SQL
	case slot >= 0 && len(p.slots[slot].exprs) == 1:
		path, sql = p.slots[slot].exprs[0].Path, p.slots[slot].exprs[0].SQL
	case slot >= 0:
		path += "." + p.slots[slot].field
	}
	return fault.New(fault.Invalid, "import.failed-expression", "field", path, "sql", shortened(sql))
}

func (w *wire) take(s *slot, r *row, i int, zone *time.Location, groupID *string) *fault.Error {
	value := r.texts[i]
	switch s.field {
	case "userId":
		w.UserID = notBlank(value)
	case "anonymousId":
		w.AnonymousID = notBlank(value)
	case "previousId":
		w.PreviousID = notBlank(value)
	case "groupId":
		*groupID = notBlank(value)
	case "messageId":
		if id := notBlank(value); id != "" {
			w.MessageID = id
		}
	case "event":
		if w.Type == event.Track {
			w.Event = notBlank(value)
		} else {
			w.Name = notBlank(value)
		}
	case "channel":
		w.Channel = notBlank(value)
	case "source":
		if given := notBlank(value); given != "" {
			w.Source = given
		}
	case "currency":
		w.Currency = notBlank(value)
	case "timestamp":
		at, ok := momentOf(s.read, value, r.micros[i], zone)
		if !ok {
			return fault.New(fault.Invalid, "import.bad-time", "field", s.field, "value", shortened(value))
		}
		w.Timestamp = at
	case "value", "cost":
		v, given, ok := numberOf(s.read, value, r.numbers[i])
		switch {
		case !ok:
			return fault.New(fault.Invalid, "import.bad-number", "field", s.field, "value", shortened(value))
		case given && s.field == "value":
			w.Value = &v
		case given:
			w.Cost = &v
		}
	case "properties":
		w.Properties = object(value)
	case "traits":
		w.Traits = object(value)
	case "context":
		w.Context = object(value)
	}
	return nil
}

// check holds the row to what its type needs.
func (w *wire) check(groupID string) *fault.Error {
	refuse := func(key, field string) *fault.Error { return fault.New(fault.Invalid, key, "field", field) }
	switch {
	case w.UserID == "" && (w.AnonymousID == "" || w.Type == event.Alias):
		return refuse("import.no-id", "userId")
	case w.Type == event.Alias && w.PreviousID == "":
		return refuse("import.no-previous-id", "previousId")
	case w.Type == event.Group && groupID == "":
		return refuse("import.no-group-id", "groupId")
	case w.Type == event.Track && w.Event == "":
		return refuse("import.no-event", "event")
	case w.Timestamp == "":
		return refuse("import.no-time", "timestamp")
	}
	return nil
}

func notBlank(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

func object(s string) json.RawMessage {
	if s == "{}" {
		return nil
	}
	return json.RawMessage(s)
}

// momentOf gives the instant in ISO 8601, in UTC; "" for blank text, which is
// no time rather than a bad one.
func momentOf(read reading, s string, micros int64, zone *time.Location) (string, bool) {
	var at time.Time
	switch read {
	case readInstant:
		at = time.UnixMicro(micros)
	case readWall:
		at = inZone(time.UnixMicro(micros).UTC(), zone)
	default:
		if s = strings.TrimSpace(s); s == "" {
			return "", true
		}
		moment, k := parseMoment(s)
		if k == text {
			return "", false
		}
		if at = moment; k != instant {
			at = inZone(moment, zone)
		}
	}
	at = at.UTC()
	if at.Year() < 1900 || at.Year() > 2299 { // what every store can keep
		return "", false
	}
	return at.Format("2006-01-02T15:04:05.999999Z"), true
}

func numberOf(read reading, s string, v float64) (number float64, given, ok bool) {
	if read == readText {
		if s = strings.TrimSpace(s); s == "" {
			return 0, false, true
		}
		if strings.Trim(s, "0123456789+-.eE") != "" {
			return 0, false, false
		}
		var err error
		if v, err = strconv.ParseFloat(s, 64); err != nil {
			return 0, false, false
		}
	}
	return v, true, !math.IsNaN(v) && !math.IsInf(v, 0)
}

// withGroup puts the account where messages other than group carry it.
func withGroup(context json.RawMessage, groupID string) json.RawMessage {
	id, _ := json.Marshal(groupID) // text always marshals
	out := append([]byte(`{"groupId":`), id...)
	if len(context) > 2 {
		out = append(out, ',')
		return append(out, context[1:]...)
	}
	return append(out, '}')
}

// messageIDFor is the id of what a row becomes: always the same for the same
// mapping id, place in the mapping, file, row of it, and ordinal among the
// messages that this row has here (a join may give several). Where no row of a
// source stands first, the content takes the place of file and row.
func messageIDFor(mappingID string, index int, at place, r *row) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %d %q %d", mappingID, index, at.file, at.row, r.content, r.ordinal)
	return "import-" + hex.EncodeToString(h.Sum(nil)[:16])
}
