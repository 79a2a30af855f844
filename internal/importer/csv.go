package importer

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// readCSV reads RFC 4180 text whose first line names the columns. The
// separator is the one of comma, semicolon, tab and bar that the first line has
// most of. A quote inside an unquoted field is a character like any other
// (5" pipe).
func readCSV(in io.Reader, columns *columnSet, yield func(*record) error) error {
	return readSeparated(in, 0, columns, yield)
}

func readTSV(in io.Reader, columns *columnSet, yield func(*record) error) error {
	return readSeparated(in, '\t', columns, yield)
}

func readSeparated(in io.Reader, separator byte, columns *columnSet, yield func(*record) error) error {
	lines, err := newLineReader(in)
	if err != nil {
		return err
	}
	r := csvReader{lines: lines, separator: separator}
	var at []int // the column of each field
	out := record{}
	for {
		fields, line, bad, err := r.record()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if bad == nil && at == nil {
			seen := map[int]bool{}
			for _, name := range fields {
				name = strings.TrimSpace(name)
				i := columns.index(name)
				for n := 1; seen[i]; n++ { // a name that stands twice in one file
					i = columns.index(name + strings.Repeat("_1", n))
				}
				seen[i] = true
				at = append(at, i)
			}
			continue
		}
		if bad == nil {
			fields = trimEmpty(fields, len(at))
			if len(fields) != len(at) {
				bad = broken(line, r.raw, "import.field-count", "have", len(fields), "want", len(at))
			}
		}
		if bad != nil {
			if err := yield(bad); err != nil {
				return err
			}
			continue
		}
		out = record{line: line, cells: cleared(out.cells, len(columns.list))}
		for i, f := range fields {
			out.cells[at[i]] = cell{classify(f), f}
		}
		if err := yield(&out); err != nil {
			return err
		}
	}
}

// trimEmpty drops empty fields past the last column, as spreadsheets leave them.
func trimEmpty(fields []string, want int) []string {
	for len(fields) > want && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	return fields
}

func cleared(cells []cell, n int) []cell {
	if cap(cells) < n {
		return make([]cell, n)
	}
	cells = cells[:n]
	clear(cells)
	return cells
}

// csvReader gives the fields of one record after the other.
type csvReader struct {
	lines     *lineReader
	separator byte
	fields    []string
	raw       string
}

// A quoted field may go on over this many lines. One that goes on longer has
// lost its closing quote: its first line is broken, and reading goes on with
// the second.
const maxRecordLines = 500

func (r *csvReader) record() (fields []string, line int64, bad *record, err error) {
	first, err := r.lines.next()
	for err == nil && first.text == "" {
		first, err = r.lines.next()
	}
	if err != nil {
		return nil, 0, nil, err
	}
	if r.separator == 0 {
		r.separator = separatorOf(first.text)
	}
	r.raw = first.text
	if first.long {
		return nil, first.number, broken(first.number, first.text, "import.line-too-long"), nil
	}
	if !utf8.ValidString(first.text) {
		return nil, first.number, broken(first.number, strings.ToValidUTF8(first.text, "\uFFFD"), "import.not-utf8"), nil
	}
	state := r.split(first.text)
	if state == quoteOpen {
		var more []numberedLine
		state, more, err = r.goOn(first)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, nil, err
		}
		if state != complete {
			r.lines.putBack(more)
		}
	}
	switch state {
	case quoteOpen:
		return nil, first.number, broken(first.number, first.text, "import.open-quote"), nil
	case afterQuote:
		return nil, first.number, broken(first.number, first.text, "import.text-after-quote"), nil
	}
	return r.fields, first.number, nil, nil
}

// goOn adds lines to a record whose last field is still open, until it closes.
func (r *csvReader) goOn(first numberedLine) (splitState, []numberedLine, error) {
	var more []numberedLine
	var b strings.Builder
	b.WriteString(first.text)
	for len(more) < maxRecordLines && b.Len() < maxLine {
		line, err := r.lines.next()
		if err != nil {
			return quoteOpen, more, err
		}
		more = append(more, line)
		if line.long || !utf8.ValidString(line.text) {
			return quoteOpen, more, nil
		}
		b.WriteByte('\n')
		b.WriteString(line.text)
		if !strings.Contains(line.text, `"`) {
			continue
		}
		if state := r.split(b.String()); state != quoteOpen {
			r.raw = b.String()
			return state, more, nil
		}
	}
	return quoteOpen, more, nil
}

type splitState int

const (
	complete splitState = iota
	quoteOpen
	afterQuote // text between a closing quote and the separator
)

// split cuts a record into r.fields.
func (r *csvReader) split(s string) splitState {
	r.fields = r.fields[:0]
	for {
		if s == "" || s[0] != '"' {
			i := strings.IndexByte(s, r.separator)
			if i < 0 {
				r.fields = append(r.fields, s)
				return complete
			}
			r.fields = append(r.fields, s[:i])
			s = s[i+1:]
			continue
		}
		end, escaped := closingQuote(s)
		if end < 0 {
			return quoteOpen
		}
		field := s[1:end]
		if escaped {
			field = strings.ReplaceAll(field, `""`, `"`)
		}
		r.fields = append(r.fields, field)
		switch s = s[end+1:]; {
		case s == "":
			return complete
		case s[0] != r.separator:
			return afterQuote
		}
		s = s[1:]
	}
}

// closingQuote is where the quote that s begins with closes, −1 where it does
// not, and whether doubled quotes lie between.
func closingQuote(s string) (end int, escaped bool) {
	for i := 1; ; {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return -1, escaped
		}
		i += j
		if i+1 < len(s) && s[i+1] == '"' {
			escaped = true
			i += 2
			continue
		}
		return i, escaped
	}
}

func separatorOf(header string) byte {
	best, most := byte(','), 0
	for _, c := range []byte{',', ';', '\t', '|'} {
		n, quotedNow := 0, false
		for i := range len(header) {
			switch {
			case header[i] == '"':
				quotedNow = !quotedNow
			case header[i] == c && !quotedNow:
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}
