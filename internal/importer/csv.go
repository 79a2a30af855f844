package importer

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// separated is how a text of fields with a separator between them is written.
type separated struct {
	// separator stands between fields. 0 is the one of comma, semicolon, tab and
	// bar that the first line has most of; with blanks, any run of spaces and
	// tabs is one separator, and those at either end of a line are none.
	separator byte
	headless  bool // the first line is a row: columns are called column1, column2, …
}

const blanks = ' '

// read reads RFC 4180 text, with the columns named by its first line unless it
// is headless. A quote inside an unquoted field is a character like any other
// (5" pipe).
func (s separated) read(in io.Reader, columns *columnSet, yield func(*record) error) error {
	lines, err := newLineReader(in)
	if err != nil {
		return err
	}
	r := csvReader{lines: lines, separator: s.separator}
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
		switch {
		case bad != nil || at != nil:
		case s.headless:
			at = numberedColumns(len(fields), columns)
		default:
			at = namedColumns(fields, columns)
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

// namedColumns are the places of the columns that a first line names.
func namedColumns(names []string, columns *columnSet) []int {
	var at []int
	seen := map[int]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		i := columns.index(name)
		for n := 1; seen[i]; n++ { // a name that stands twice in one file
			i = columns.index(name + strings.Repeat("_1", n))
		}
		seen[i] = true
		at = append(at, i)
	}
	return at
}

func numberedColumns(n int, columns *columnSet) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = columns.index("column" + strconv.Itoa(i+1))
	}
	return at
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
	for err == nil && (first.text == "" || r.separator == blanks && r.trim(first.text) == "") {
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
	s = r.trim(s)
	for {
		if s == "" || s[0] != '"' {
			i := r.end(s)
			if i < 0 {
				r.fields = append(r.fields, s)
				return complete
			}
			r.fields = append(r.fields, s[:i])
			s = r.skip(s[i:])
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
		case r.end(s) != 0:
			return afterQuote
		}
		s = r.skip(s)
	}
}

const spacesAndTabs = " \t"

// trim takes off the blanks around a record where they separate fields.
func (r *csvReader) trim(s string) string {
	if r.separator == blanks {
		return strings.Trim(s, spacesAndTabs)
	}
	return s
}

// end is where the separator after an unquoted field begins, −1 where none does.
func (r *csvReader) end(s string) int {
	if r.separator == blanks {
		return strings.IndexAny(s, spacesAndTabs)
	}
	return strings.IndexByte(s, r.separator)
}

// skip goes past the separator that s begins with.
func (r *csvReader) skip(s string) string {
	if r.separator == blanks {
		return strings.TrimLeft(s, spacesAndTabs)
	}
	return s[1:]
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
