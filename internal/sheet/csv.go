package sheet

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"time"
)

// WriteCSV writes the sheet as RFC 4180 has it, in UTF-8: a header, lines that end
// with CRLF, numbers as JSON writes them, instants as RFC 3339 in the zone of the
// answer. What is not known is empty.
func (s *Sheet) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(s.columns))
	for i, c := range s.columns {
		record[i] = c.name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, line := range s.lines {
		for i, v := range line {
			var err error
			if record[i], err = text(v); err != nil {
				return err
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	}
	raw, err := json.Marshal(v)
	return string(raw), err
}
