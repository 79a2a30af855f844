package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// columnSet is the columns of one source over all its files, as the first
// reading of them finds out.
type columnSet struct {
	list   []*column
	byName map[string]int // exact names
	taken  map[string]bool
}

type column struct {
	name   string // unique but for case, as SQL wants it
	counts [kinds]int64
	// odd is the first text among other kinds, to show why a column is text.
	odd     string
	oddLine int64
	oddFile string
	kind    kind // what the column is stored as
}

func newColumnSet() *columnSet {
	return &columnSet{byName: map[string]int{}, taken: map[string]bool{}}
}

// index is the place of the column of a name, which is added if it is new. SQL
// does not tell names apart by case, so Plan beside plan becomes Plan_1.
func (s *columnSet) index(name string) int {
	if i, ok := s.byName[name]; ok {
		return i
	}
	unique := name
	for n := 1; unique == "" || s.taken[strings.ToLower(unique)]; n++ {
		if name == "" {
			unique = "column" + strconv.Itoa(len(s.list)+n)
		} else {
			unique = name + "_" + strconv.Itoa(n)
		}
	}
	s.taken[strings.ToLower(unique)] = true
	i := len(s.list)
	s.byName[name] = i
	s.list = append(s.list, &column{name: unique})
	return i
}

func (s *columnSet) observe(r *record, file string) {
	for i, c := range r.cells {
		column := s.list[i]
		column.counts[c.kind]++
		if c.kind == text && column.counts[text] == 1 {
			column.odd, column.oddFile, column.oddLine = c.text, file, r.line
		}
	}
}

// natural is the one kind that holds every cell of the column: text if any is.
func (c *column) natural() kind {
	if c.counts[text] > 0 {
		return text
	}
	return c.meant()
}

// meant is the kind of the column without its texts: that of most cells, where
// a few are misspelt.
func (c *column) meant() kind {
	some := func(k kind) bool { return c.counts[k] > 0 }
	numbers, moments := some(integer) || some(number), some(date) || some(timestamp) || some(instant)
	families := 0
	for _, is := range []bool{numbers, moments, some(boolean), some(nested)} {
		if is {
			families++
		}
	}
	switch {
	case families != 1:
		return text
	case some(boolean):
		return boolean
	case some(nested):
		return nested
	case some(number):
		return number
	case numbers:
		return integer
	case some(instant):
		return instant
	case some(timestamp):
		return timestamp
	}
	return date
}

// nearly reports whether the column is text only because of fewer than half of
// its cells.
func (c *column) nearly() bool {
	var filled int64
	for k := boolean; k < kinds; k++ {
		filled += c.counts[k]
	}
	return c.kind == text && c.counts[text] > 0 && c.counts[text]*2 < filled && c.meant() != text
}

// store gives the cell as a value of the column, or false where it is none.
func (c *column) store(v cell, zone *time.Location) (any, bool) {
	switch {
	case v.kind == null:
		return nil, true
	case c.kind == text || c.kind == null:
		return v.text, true
	}
	switch c.kind {
	case boolean:
		switch strings.ToLower(v.text) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	case integer:
		n, err := strconv.ParseInt(v.text, 10, 64)
		return n, err == nil
	case number:
		if v.kind == integer || v.kind == number || classifyNumber(v.text) != text {
			n, err := strconv.ParseFloat(v.text, 64)
			return n, err == nil
		}
	case nested:
		// The driver appends text to a JSON column as it stands only when it
		// cannot be taken for a string value.
		if v.kind == nested {
			return jsonText(v.text), true
		}
	case date, timestamp, instant:
		at, k := parseMoment(v.text)
		switch {
		case k == text || c.kind == date && k != date || c.kind == timestamp && k == instant:
			return nil, false
		case c.kind == instant && k != instant:
			at = inZone(at, zone)
		}
		return at, true
	}
	return nil, false
}

func (c *column) definition() string {
	return fmt.Sprintf("%s %s", quoted(c.name), sqlTypes[c.kind])
}

// quoted is a name as an SQL identifier.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
