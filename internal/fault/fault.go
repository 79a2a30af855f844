// Package fault holds the one error type of Beichen: a kind that surfaces map
// to a status or an exit code, a message key with arguments that is written in
// three languages, and a hint that says what to do.
package fault

import (
	"errors"
	"fmt"
)

// Kind sorts errors by what the caller can do about them.
type Kind string

// The kinds. Anything that is not a *fault.Error is Internal.
const (
	Invalid     Kind = "invalid"     // the input is wrong; exit 2, HTTP 422 (400 for bad JSON)
	NotFound    Kind = "not-found"   // 404
	Conflict    Kind = "conflict"    // somebody else was first; 409
	Denied      Kind = "denied"      // 401 without, 403 with a known caller
	Limited     Kind = "limited"     // too much, too fast or too large; 413, 429
	Unavailable Kind = "unavailable" // try again later; 503 with Retry-After
	Internal    Kind = "internal"    // a defect; 500
)

// Error says what was attempted, on what, and what to do about it.
type Error struct {
	Kind Kind
	// Key names the message in the catalogue (see Catalogue), e.g. "ledger.stale".
	Key string
	// Args fill the {name} places of the message and of its hint.
	Args map[string]any
	// Faults lists every single fault of an input, where there are several.
	Faults []Detail
	// Err is the cause, for the log; a user never sees it.
	Err error
}

// Detail is one fault of an input: where it is and what is wrong with it.
type Detail struct {
	File string `json:"file,omitempty"` // where the input came from several files
	Path string `json:"path,omitempty"` // e.g. stages[2].steps[0].when
	Line int    `json:"line,omitempty"` // 1-based; 0 where there is no file
	// Column is a place within the text of the value, such as a formula: 1-based, in
	// characters, of the Line; 0 where the whole value is meant.
	Column  int            `json:"column,omitempty"`
	Key     string         `json:"-"`
	Args    map[string]any `json:"-"`
	Message string         `json:"message"` // filled by Localize
}

// New makes an error of a kind. Args are name, value pairs for the message.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args)}
}

// Wrap is New with a cause.
func Wrap(err error, kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs(args), Err: err}
}

// At makes one fault of an input.
func At(path string, line int, key string, args ...any) Detail {
	return Detail{Path: path, Line: line, Key: key, Args: pairs(args)}
}

// Many makes an Invalid error of all faults of an input, or nil if there are none.
func Many(key string, details []Detail, args ...any) error {
	if len(details) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: key, Args: pairs(args), Faults: details}
}

// Error is the English message, with the cause behind it: for logs and tests.
func (e *Error) Error() string {
	text := e.Message(English)
	for _, d := range e.Faults {
		text += "; " + d.In(English)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of an error: of the outermost *Error in its chain,
// Internal where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}
