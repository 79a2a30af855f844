package importer

import (
	"encoding/json"
	"io"

	"beichen/internal/fault"
)

// record is one row of a file as a reader finds it: its line, and its cells by
// the index of their column; or, where it is broken, why, and its raw text.
type record struct {
	line   int64
	cells  []cell
	broken *fault.Error
	raw    string
}

// reader takes a file apart. It names columns as it meets them; an error of
// yield or of the input ends it, while a broken record only is one.
type reader func(in io.Reader, columns *columnSet, yield func(*record) error) error

func (s *Source) reader() reader {
	switch s.Format {
	case CSV, TSV:
		return separated{separator: s.Delimiter, headless: s.Headless}.read
	case JSONLines:
		return readJSONLines
	case XES:
		return readXES
	}
	return nil
}

func broken(line int64, raw string, reason string, args ...any) *record {
	const most = 2000
	if len(raw) > most {
		raw = raw[:most]
	}
	return &record{line: line, raw: raw, broken: fault.New(fault.Invalid, reason, args...)}
}

// jsonText is JSON on its way into a JSON column.
func jsonText(s string) json.RawMessage { return json.RawMessage(s) }
