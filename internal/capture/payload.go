package capture

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// A payload of the log holds what one call of Accept took in: a version byte,
// the messages, each field after the other, and the quarantined as JSON. Seq is
// not in it: it is the message's place in the log. Bodies are clean (event.Clean)
// from version 2 on.
const (
	payloadVersion  = 2
	uncleanPayloads = 1
)

const (
	hasValue = 1 << iota
	hasCost
	isImported
	hasForgets
)

var errPayload = errors.New("not a payload of this version")

func appendPayload(out []byte, messages []*event.Message, refused []warehouse.Quarantined) ([]byte, error) {
	size := 16
	for _, m := range messages {
		size += 256 + len(m.Properties) + len(m.Context) + len(m.Traits)
	}
	out = append(slices.Grow(out, size), payloadVersion)
	out = binary.AppendUvarint(out, uint64(len(messages)))
	for _, m := range messages {
		out = appendMessage(out, m)
	}
	if len(refused) == 0 {
		return out, nil
	}
	list, err := json.Marshal(refused)
	return append(out, list...), err
}

func appendMessage(out []byte, m *event.Message) []byte {
	var flags byte
	if m.Value != nil {
		flags |= hasValue
	}
	if m.Cost != nil {
		flags |= hasCost
	}
	if m.Imported {
		flags |= isImported
	}
	if len(m.Forgets) > 0 {
		flags |= hasForgets
	}
	out = append(out, flags)
	out = binary.AppendVarint(out, m.Micros())
	out = binary.AppendVarint(out, m.ReceivedAt.UnixMicro())
	for _, v := range []*float64{m.Value, m.Cost} {
		if v != nil {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(*v))
		}
	}
	for _, text := range [...]string{
		m.MessageID, string(m.Type), m.UserID, m.AnonymousID, m.PreviousID, m.GroupID, m.Unlinks,
		m.Name, m.Channel, m.Source, m.Currency,
	} {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	for _, body := range [...]json.RawMessage{m.Properties, m.Context, m.Traits} {
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	if len(m.Forgets) > 0 {
		out = binary.AppendUvarint(out, uint64(len(m.Forgets)))
		for _, n := range m.Forgets {
			out = binary.AppendUvarint(out, uint64(n))
		}
	}
	return out
}

func decodePayload(payload []byte) ([]*event.Message, []warehouse.Quarantined, error) {
	r := reader{rest: payload}
	version := r.byte()
	if version != payloadVersion && version != uncleanPayloads {
		return nil, nil, errPayload
	}
	n := r.uvarint()
	if n > uint64(len(payload)) {
		return nil, nil, errPayload
	}
	messages := make([]*event.Message, 0, n)
	for range n {
		messages = append(messages, r.message())
		if r.bad {
			return nil, nil, errPayload
		}
		if version == uncleanPayloads {
			if err := clean(messages[len(messages)-1]); err != nil {
				return nil, nil, err
			}
		}
	}
	if r.bad || len(r.rest) == 0 {
		if r.bad {
			return nil, nil, errPayload
		}
		return messages, nil, nil
	}
	var refused []warehouse.Quarantined
	err := json.Unmarshal(r.rest, &refused)
	return messages, refused, err
}

// reader takes fields off a payload; bad is set once it is too short.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) message() *event.Message {
	flags := r.byte()
	m := &event.Message{Time: r.time(), ReceivedAt: r.time(), Imported: flags&isImported != 0}
	if flags&hasValue != 0 {
		m.Value = r.float()
	}
	if flags&hasCost != 0 {
		m.Cost = r.float()
	}
	var kind string
	for _, into := range [...]*string{
		&m.MessageID, &kind, &m.UserID, &m.AnonymousID, &m.PreviousID, &m.GroupID, &m.Unlinks,
		&m.Name, &m.Channel, &m.Source, &m.Currency,
	} {
		*into = string(r.bytes())
	}
	m.Type = event.Type(kind)
	for _, into := range [...]*json.RawMessage{&m.Properties, &m.Context, &m.Traits} {
		if body := r.bytes(); len(body) > 0 {
			*into = body
		}
	}
	if flags&hasForgets != 0 {
		for range min(r.uvarint(), uint64(len(r.rest))) {
			m.Forgets = append(m.Forgets, uint32(r.uvarint()))
		}
	}
	return m
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) time() time.Time {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return time.Time{}
	}
	r.rest = r.rest[n:]
	return time.UnixMicro(v).UTC()
}

func (r *reader) float() *float64 {
	if b := r.take(8); b != nil {
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		return &v
	}
	return nil
}

func (r *reader) bytes() []byte { return r.take(r.uvarint()) }

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}
