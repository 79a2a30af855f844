package importer

import (
	"bufio"
	"context"
	"io"
)

// Dry is a sink that keeps nothing: what it is given is only counted.
type Dry struct{}

// Accept counts nothing as stored.
func (Dry) Accept(context.Context, Batch) (Counts, error) { return Counts{}, nil }

// Lines is a sink that writes messages as JSON lines, as `beichen measure`
// reads them. Refused rows are left to the summary.
type Lines struct{ out *bufio.Writer }

// NewLines writes to out; call Flush at the end.
func NewLines(out io.Writer) *Lines { return &Lines{out: bufio.NewWriterSize(out, 1<<20)} }

// Accept writes a line for each message.
func (l *Lines) Accept(_ context.Context, b Batch) (Counts, error) {
	for _, m := range b.Messages {
		if _, err := l.out.Write(m); err != nil {
			return Counts{}, err
		}
		if err := l.out.WriteByte('\n'); err != nil {
			return Counts{}, err
		}
	}
	return Counts{Stored: len(b.Messages)}, nil
}

// Flush writes what is still held back.
func (l *Lines) Flush() error { return l.out.Flush() }
