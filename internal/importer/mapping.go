// Package importer turns files into messages of the capture protocol: a mapping
// names the sources and says, in SQL, what each of their rows means. A row that
// cannot become a message is refused with its file, line and reason; the rest
// goes on. The same import twice makes the same message ids, so that whoever
// keeps them keeps each once.
package importer

import (
	"time"

	"beichen/internal/event"
)

// Mapping is a definition of kind Import (interfaces.md, "Import mappings"),
// as Parse reads it.
type Mapping struct {
	ID string
	// Timezone is the zone of every time that names none.
	Timezone *time.Location
	Sources  []Source
	Messages []Message
}

// Source is one table of the mapping, read from the files that match a pattern.
type Source struct {
	As     string
	File   string // a path or a glob, relative to the folder of the import
	Format Format
	// Delimiter stands between the fields of CSV and TSV; ' ' is any run of
	// spaces and tabs, 0 what the first line has most of.
	Delimiter byte
	Headless  bool            // CSV and TSV whose first line is a row already
	Types     map[string]kind // what the mapping says of columns, by lower-case name
	Line      int
	Path      string
}

// Message says how rows become messages of one type.
type Message struct {
	Type event.Type
	// From is any FROM clause over the sources; Where keeps some of its rows.
	From, Where Expr
	// Event names a track; of a page or screen it is the name of the page.
	Event                                    Expr
	UserID, AnonymousID, PreviousID, GroupID Expr
	MessageID, Timestamp, Channel, Source    Expr
	Value, Currency, Cost                    Expr
	Properties, Traits, Context              []Named
	Path                                     string
	Line                                     int
}

// Expr is an SQL expression of DuckDB and its place in the mapping. The zero
// Expr is an absent one.
type Expr struct {
	SQL  string
	Path string // e.g. messages[0].properties.days
	Line int    // 1-based
}

// Given reports whether the mapping has the expression.
func (e Expr) Given() bool { return e.SQL != "" }

// Named is one member of properties, traits or context.
type Named struct {
	Name string
	Expr
}
