package ledger

import (
	"bytes"
	"encoding/json"
	"io"
)

// readJSON reads the values of a JSON text, one after the other.
func readJSON(text []byte) ([]Document, error) {
	var all []Document
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var raw json.RawMessage
		err := d.Decode(&raw)
		if err == io.EOF {
			return all, nil
		}
		start := int(d.InputOffset()) - len(raw)
		if err != nil {
			return all, &syntaxError{line: lineAt(text, errorOffset(err, int(d.InputOffset()))), problem: err.Error()}
		}
		value, err := decodeOrdered(raw)
		if err != nil {
			return all, &syntaxError{line: lineAt(text, start), problem: err.Error()}
		}
		lines, err := jsonLines(raw, lineAt(text, start))
		if err != nil {
			return all, &syntaxError{line: lineAt(text, start), problem: err.Error()}
		}
		all = append(all, document(value, lines, lineAt(text, start)))
	}
}

func errorOffset(err error, otherwise int) int {
	if s, ok := err.(*json.SyntaxError); ok {
		return int(s.Offset)
	}
	return otherwise
}

func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), len(text))], []byte("\n"))
}

// jsonLines finds the line of every path of a JSON value that begins on a line.
func jsonLines(raw []byte, first int) (map[string]int, error) {
	w := jsonWalk{d: json.NewDecoder(bytes.NewReader(raw)), raw: raw, first: first, lines: map[string]int{}}
	return w.lines, w.value(place{})
}

type jsonWalk struct {
	d     *json.Decoder
	raw   []byte
	first int
	lines map[string]int
}

func (w *jsonWalk) value(at place) error {
	token, err := w.d.Token()
	if err != nil {
		return err
	}
	if _, known := w.lines[at.path]; !known && at.path != "" { // a key's own line is better
		w.mark(at.path)
	}
	switch token {
	case json.Delim('{'):
		for w.d.More() {
			key, err := w.d.Token()
			if err != nil {
				return err
			}
			inside := at.key(key.(string))
			w.mark(inside.path)
			w.mark(at.path + "." + key.(string)) // where.properties.plan, as faults may write it
			if err := w.value(inside); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
	case json.Delim('['):
		for i := 0; w.d.More(); i++ {
			if err := w.value(at.index(i)); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
	}
	return err
}

// mark notes the line on which the token just read ends.
func (w *jsonWalk) mark(path string) {
	w.lines[path] = w.first - 1 + lineAt(w.raw, int(w.d.InputOffset()))
}
