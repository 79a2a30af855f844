package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// readJSONLines reads one JSON object a line; its members are the columns.
// Text that is a date or time becomes one; numbers are numbers only where they
// are written as such.
func readJSONLines(in io.Reader, columns *columnSet, yield func(*record) error) error {
	lines, err := newLineReader(in)
	if err != nil {
		return err
	}
	out := record{}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(line.text) == "" {
			continue
		}
		result := &out
		out = record{line: line.number, cells: cleared(out.cells, len(columns.list))}
		if line.long {
			result = broken(line.number, line.text, "import.line-too-long")
		} else if err := readObject(line.text, columns, &out); err != nil {
			result = broken(line.number, strings.ToValidUTF8(line.text, "\uFFFD"), "import.not-json", "reason", err.Error())
		}
		if err := yield(result); err != nil {
			return err
		}
	}
}

var errNotObject = errors.New("not one JSON object")

// readObject fills the record with the members of a JSON object. The text is
// checked as a whole first, so that a broken line names no columns.
func readObject(line string, columns *columnSet, out *record) error {
	if !json.Valid([]byte(line)) {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return err
		}
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNotObject
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		c, err := jsonCell(raw)
		if err != nil {
			return err
		}
		out.set(columns.index(key.(string)), c)
	}
	return nil
}

// set puts a cell at a column that may be new.
func (r *record) set(i int, c cell) {
	for len(r.cells) <= i {
		r.cells = append(r.cells, cell{})
	}
	r.cells[i] = c
}

func jsonCell(raw json.RawMessage) (cell, error) {
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case 'n':
		return cell{}, nil
	case 't', 'f':
		return cell{boolean, string(raw)}, nil
	case '{', '[':
		return cell{nested, string(raw)}, nil
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return cell{}, err
		}
		if s == "" {
			return cell{}, nil
		}
		_, k := parseMoment(s)
		return cell{k, s}, nil
	}
	if k := classifyNumber(string(raw)); k == integer {
		return cell{integer, string(raw)}, nil
	}
	return cell{number, string(raw)}, nil
}
