package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"beichen/internal/fault"
)

// lineReader gives the lines of a text, numbered from 1, without their ends.
// Lines may be put back.
type lineReader struct {
	in     *bufio.Reader
	read   int64
	behind []numberedLine // put back, the next one last
}

type numberedLine struct {
	number int64
	text   string
	long   bool // longer than maxLine, and cut there
}

// maxLine bounds what one line, or one record of several, may hold in memory.
const maxLine = 4 << 20

func newLineReader(in io.Reader) (*lineReader, error) {
	r := &lineReader{in: bufio.NewReaderSize(in, 1<<18)}
	mark, _ := r.in.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = r.in.Discard(3)
	case bytes.HasPrefix(mark, []byte{0xFF, 0xFE}), bytes.HasPrefix(mark, []byte{0xFE, 0xFF}):
		return nil, fault.New(fault.Invalid, "import.utf16")
	}
	return r, nil
}

// next is the next line; io.EOF after the last.
func (r *lineReader) next() (numberedLine, error) {
	if n := len(r.behind); n > 0 {
		line := r.behind[n-1]
		r.behind = r.behind[:n-1]
		return line, nil
	}
	var long []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long) < maxLine {
				long = append(long, part...)
			}
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return numberedLine{}, err
		}
		if len(part) == 0 && len(long) == 0 {
			return numberedLine{}, io.EOF
		}
		r.read++
		line := numberedLine{number: r.read}
		if long != nil {
			line.long = len(long) >= maxLine
			part = append(long, part...)
		}
		line.text = string(bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r")))
		return line, nil
	}
}

// putBack makes lines the next ones again.
func (r *lineReader) putBack(lines []numberedLine) {
	for i := len(lines) - 1; i >= 0; i-- {
		r.behind = append(r.behind, lines[i])
	}
}
