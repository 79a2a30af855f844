package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Line is a message of a file with the number of its line, from 1, which is
// also its Seq.
type Line struct {
	Number  int
	Message event.Message
}

// ReadMessages reads Segment messages, one JSON object a line of any length;
// blank lines and a byte-order mark are passed over. Each line gives a message
// or a *fault.Error (with the arg line) that says why it cannot be one, and
// reading goes on; any other error is of r and ends it. Line.Number is set in
// every case. The messages are Imported: their timestamp stands as it is.
// receivedAt is now and a microsecond later for each line, so that of messages
// without a time the later line is the later one.
func ReadMessages(r io.Reader, now time.Time) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		in := bufio.NewReaderSize(r, 1<<20)
		for n := 1; ; n++ {
			raw, err := in.ReadBytes('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Line{Number: n}, err)
				return
			}
			if n == 1 {
				raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
			}
			if text := bytes.TrimSpace(raw); len(text) > 0 {
				if !yield(decodeLine(text, n, now)) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

func decodeLine(text []byte, n int, now time.Time) (Line, error) {
	m, err := Decode(text, Envelope{
		ReceivedAt: now.Add(time.Duration(n) * time.Microsecond), Imported: true,
		NewID: func() string { return "line:" + strconv.Itoa(n) },
	})
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			f.Args["line"] = n
		}
		return Line{Number: n}, err
	}
	m.Seq = uint64(n)
	return Line{Number: n, Message: m}, nil
}
