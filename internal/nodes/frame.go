package nodes

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"beichen/internal/warehouse"
)

// One request is one question: its body is the order, and after it a range for each share
// that is wanted, all as JSON; the answer is the moment, as JSON, and after it what was
// counted of each share, each in a frame. Both sides go on while the connection holds, so
// that who vanishes is missed at once, and nothing is left of a question that ended.

// Path is where nodes ask each other.
const Path = "/internal/v1/shares"

// versionHeader says which version of the program asks.
const versionHeader = "Beichen-Version"

// order begins a request.
type order struct {
	Kind string           `json:"kind"`
	Body json.RawMessage  `json:"body"`
	At   warehouse.Moment `json:"at"`
}

// begun begins an answer.
type begun struct {
	At warehouse.Moment `json:"at"`
}

// mostBytes is how much one frame may hold: who sends more is broken.
const mostBytes = 1 << 32

var errBroken = errors.New("a node sends what it never should")

// writeFrame writes bytes with their number before them.
func writeFrame(w io.Writer, payload []byte) error {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(payload)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// readFrame reads what writeFrame wrote. It takes memory as bytes come, whatever the
// number before them says.
func readFrame(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n > mostBytes {
		return nil, fmt.Errorf("%w: a frame of %d bytes", errBroken, n)
	}
	var payload bytes.Buffer
	if _, err := io.CopyN(&payload, r, int64(n)); err != nil {
		return nil, errors.Join(err, io.ErrUnexpectedEOF)
	}
	return payload.Bytes(), nil
}
