package capture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Limits of one request, before and after unpacking (RudderStack's; Segment's
// own are lower).
const (
	maxBody     = 4_000 << 10
	maxBatch    = 10_000
	maxImported = 100_000 // messages of one body of an import
)

// readBody reads and unpacks a request's body, of any content type: browsers
// send JSON as text/plain to be spared a preflight. It never reads more than
// the limit, however far a small body unpacks.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var in io.Reader = http.MaxBytesReader(w, r.Body, maxBody)
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, bodyError(err)
		}
		defer unpacked.Close()
		in = io.LimitReader(unpacked, maxBody+1)
	default:
		return nil, fault.New(fault.Invalid, "capture.bad-encoding", "encoding", excerpt([]byte(encoding)))
	}
	var out bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= maxBody {
		out.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := out.ReadFrom(in); err != nil {
		return nil, bodyError(err)
	}
	if out.Len() > maxBody {
		return nil, tooLarge(out.Len())
	}
	return out.Bytes(), nil
}

func bodyError(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(int(large.Limit) + 1)
	}
	return fault.Wrap(err, fault.Invalid, "capture.unreadable")
}

func tooLarge(size int) error {
	return fault.New(fault.Invalid, "capture.too-large", "size", size, "limit", maxBody)
}

// body is the outer object of a request: a message, or a batch of them.
type body struct {
	raw      []byte // well-formed
	envelope Envelope

	// Raw values, nil where absent or null.
	context, sentAt []byte
	writeKeys       [2][]byte // writeKey and write_key

	isBatch  bool     // its batch is a list
	messages [][]byte // of that, at most maxImported
	count    int      // of all
}

// openBody checks that the whole body is JSON before anything in it counts.
func openBody(raw []byte) (*body, error) {
	b := &body{raw: wellFormed(raw)}
	s := scanner{data: b.raw}
	ok := s.whole(func(key []byte) bool {
		if string(key) == "batch" && s.peek() == '[' {
			return b.readBatch(&s)
		}
		value, ok := s.taken()
		if string(value) == "null" {
			return ok
		}
		switch string(key) {
		case "batch":
			b.isBatch = false
		case "context":
			b.context = value
		case "sentAt":
			b.sentAt = value
		case "writeKey":
			b.writeKeys[0] = value
		case "write_key":
			b.writeKeys[1] = value
		}
		return ok
	})
	if !ok {
		return nil, badJSON(raw)
	}
	return b, nil
}

// readBatch notes where the messages of a batch stand.
func (b *body) readBatch(s *scanner) bool {
	b.isBatch, b.count, b.messages = true, 0, make([][]byte, 0, 128)
	s.at++
	return s.elements(func(value []byte) {
		if b.count++; b.count <= maxImported {
			b.messages = append(b.messages, value)
		}
	})
}

func (b *body) keys() []string {
	var keys []string
	for _, value := range b.writeKeys {
		if key := plain(value); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// single reads the body as one message of a type.
func (b *body) single(kind event.Type) ([]Incoming, error) {
	b.envelope.Type = kind
	if len(b.keys()) > 0 { // a secret does not belong into the quarantine
		b.raw = mergeObjects(b.raw, json.RawMessage(`{"writeKey":null,"write_key":null}`))
	}
	return []Incoming{receive(b.raw, b.envelope)}, nil
}

// batch reads the messages of a batch, each by itself: what is wrong with one is
// no reason to refuse another.
func (b *body) batch(imported bool) ([]Incoming, error) {
	b.envelope.Imported = imported
	limit := maxBatch
	if imported {
		limit = maxImported
	}
	if isObject(b.context) {
		b.envelope.Context = json.RawMessage(b.context)
	}
	b.envelope.SentAt, _ = parseTime(b.sentAt)
	if !b.isBatch {
		return nil, fault.New(fault.Invalid, "capture.no-batch")
	}
	if b.count > limit {
		return nil, fault.New(fault.Invalid, "capture.too-many", "count", b.count, "limit", limit)
	}
	in := make([]Incoming, len(b.messages))
	for i, message := range b.messages {
		in[i] = receive(message, b.envelope)
	}
	return in, nil
}
