package demo

import (
	"encoding/json"
	"strconv"
	"time"

	"beichen/internal/event"
)

// batchSize is how many messages a batch holds at most.
const batchSize = 2_000

// writer collects messages into batches. Their JSON, numbers and ids lie in a
// few blocks a batch instead of in millions of small pieces.
type writer struct {
	batch  []event.Message
	text   []byte
	floats []float64
	count  int
	yield  func([]event.Message) bool
	ended  bool
}

// message begins one that happened at an instant and arrived at another, both in
// microseconds. The pointer holds until the next one.
func (w *writer) message(t event.Type, at, arrives int64, source string) *event.Message {
	if len(w.batch) >= batchSize {
		w.flush()
	}
	if w.batch == nil {
		w.batch = make([]event.Message, 0, batchSize)
		w.text = make([]byte, 0, 320*batchSize)
		w.floats = make([]float64, 0, 2*batchSize)
	}
	w.count++
	w.batch = append(w.batch, event.Message{
		MessageID: messageID(w.count), Type: t, Source: source, Imported: true,
		Time: time.UnixMicro(at).UTC(), ReceivedAt: time.UnixMicro(arrives).UTC(),
	})
	return &w.batch[len(w.batch)-1]
}

func (w *writer) flush() {
	if len(w.batch) > 0 && !w.ended {
		w.ended = !w.yield(w.batch)
	}
	w.batch = nil
}

// messageID is the id of the n-th message.
func messageID(n int) string {
	id := []byte("qinshan-00000000")
	for i := len(id) - 1; n > 0; i, n = i-1, n/10 {
		id[i] = byte('0' + n%10)
	}
	return string(id)
}

func (w *writer) float(f float64) *float64 {
	w.floats = append(w.floats, f)
	return &w.floats[len(w.floats)-1]
}

// object writes one JSON object. Keys and texts are the package's own, without
// anything that JSON would escape; a test reads every message back.
type object struct {
	w     *writer
	begin int
}

func (w *writer) object() object {
	if cap(w.text)-len(w.text) < 4096 { // objects never move
		w.text = make([]byte, 0, 320*batchSize)
	}
	w.text = append(w.text, '{')
	return object{w, len(w.text) - 1}
}

func (o object) key(name string) object {
	if len(o.w.text) > o.begin+1 && o.w.text[len(o.w.text)-1] != '{' {
		o.w.text = append(o.w.text, ',')
	}
	o.w.text = append(o.w.text, '"')
	o.w.text = append(o.w.text, name...)
	o.w.text = append(o.w.text, '"', ':')
	return o
}

func (o object) str(name, value string) object {
	o.key(name)
	o.w.text = append(o.w.text, '"')
	o.w.text = append(o.w.text, value...)
	o.w.text = append(o.w.text, '"')
	return o
}

func (o object) id(name, prefix string, n int32) object {
	o.key(name)
	o.w.text = append(o.w.text, '"')
	o.w.text = appendID(o.w.text, prefix, n)
	o.w.text = append(o.w.text, '"')
	return o
}

func (o object) num(name string, value int) object {
	o.key(name)
	o.w.text = strconv.AppendInt(o.w.text, int64(value), 10)
	return o
}

func (o object) bool(name string, value bool) object {
	o.key(name)
	o.w.text = strconv.AppendBool(o.w.text, value)
	return o
}

// open begins an object inside, close ends it.
func (o object) open(name string) object {
	o.key(name)
	o.w.text = append(o.w.text, '{')
	return o
}

func (o object) close() object {
	o.w.text = append(o.w.text, '}')
	return o
}

func (o object) end() json.RawMessage {
	o.w.text = append(o.w.text, '}')
	return o.w.text[o.begin:len(o.w.text):len(o.w.text)]
}

// appendID writes a prefix and a number of five digits or more.
func appendID(out []byte, prefix string, n int32) []byte {
	out = append(out, prefix...)
	for limit := int32(10_000); limit > n && limit > 1; limit /= 10 {
		out = append(out, '0')
	}
	return strconv.AppendInt(out, int64(n), 10)
}

func id(prefix string, n int32) string {
	var space [24]byte
	return string(appendID(space[:0], prefix, n))
}
