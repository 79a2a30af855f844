package document

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"beichen/internal/fault"
)

// Reader turns a document into a definition and collects what is wrong with it,
// so that whoever wrote it is told everything at once. Its methods make the
// readers of fields: they take a value with its path (stages[2].steps[0].when)
// and put what they read where they were told.
type Reader struct {
	Faults []fault.Detail
}

// Fault adds one.
func (r *Reader) Fault(path string, line int, key string, args ...any) {
	r.Faults = append(r.Faults, fault.At(path, line, key, args...))
}

// Err is an Invalid fault of a key with all that was collected, by line; nil
// where nothing was.
func (r *Reader) Err(key string) error {
	slices.SortStableFunc(r.Faults, func(a, b fault.Detail) int { return a.Line - b.Line })
	return fault.Many(key, r.Faults, "count", len(r.Faults))
}

// Fields are the readers of a mapping's fields.
type Fields map[string]func(n Node, path string)

// Object reads a mapping by the readers of its fields; a field without one is a
// fault, and so is one that is required and missing. null stands for a field
// that is not there.
func (r *Reader) Object(n Node, path string, fields Fields, required ...string) {
	members, ok := n.Value.([]Field)
	if !ok {
		r.Fault(path, n.Line, "journey.not-a-mapping")
		return
	}
	seen := map[string]bool{}
	for _, m := range members {
		inside := Join(path, m.Name)
		read, known := fields[m.Name]
		switch {
		case !known:
			r.Fault(inside, m.Line, "journey.unknown-field", "field", m.Name)
		case seen[m.Name]:
			r.Fault(inside, m.Line, "journey.twice", "field", m.Name)
		case m.Value.Value != nil:
			seen[m.Name] = true
			read(Node{Line: m.Line, Value: m.Value.Value}, inside)
		}
	}
	for _, name := range required {
		if !seen[name] {
			r.Fault(Join(path, name), n.Line, "journey.required", "field", name)
		}
	}
}

// Join is the path of a field.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// List reads a list item by item.
func (r *Reader) List(n Node, path string, each func(n Node, path string)) {
	items, ok := n.Value.([]Node)
	if !ok {
		r.Fault(path, n.Line, "journey.not-a-list")
		return
	}
	for i, item := range items {
		each(item, fmt.Sprintf("%s[%d]", path, i))
	}
}

// Text reads a text.
func (r *Reader) Text(to *string) func(Node, string) {
	return func(n Node, path string) {
		text, ok := n.Value.(string)
		if !ok {
			r.Fault(path, n.Line, "journey.not-a-text")
		}
		*to = text
	}
}

// Name reads a text that must not be empty.
func (r *Reader) Name(to *string) func(Node, string) {
	return func(n Node, path string) {
		before := len(r.Faults)
		r.Text(to)(n, path)
		if len(r.Faults) == before && strings.TrimSpace(*to) == "" {
			r.Fault(path, n.Line, "journey.empty")
		}
	}
}

// Texts reads a list of texts.
func (r *Reader) Texts(to *[]string) func(Node, string) {
	return func(n Node, path string) {
		r.List(n, path, func(n Node, path string) {
			var text string
			r.Text(&text)(n, path)
			*to = append(*to, text)
		})
	}
}

// Boolean reads true or false.
func (r *Reader) Boolean(to *bool) func(Node, string) {
	return func(n Node, path string) {
		value, ok := n.Value.(bool)
		if !ok {
			r.Fault(path, n.Line, "journey.bad-value", "value", Show(n), "allowed", "true, false")
		}
		*to = value
	}
}

// Number reads a number between two, both included; key is the fault of others.
func (r *Reader) Number(to *float64, low, high float64, key string) func(Node, string) {
	return func(n Node, path string) {
		value, ok := n.Value.(float64)
		if !ok || math.IsNaN(value) || value < low || value > high {
			r.Fault(path, n.Line, key, "value", Show(n))
			return
		}
		*to = value
	}
}

// Count reads a whole number from 1 to a limit; key is the fault of others.
func (r *Reader) Count(to *int, limit int, key string) func(Node, string) {
	return func(n Node, path string) {
		value, ok := n.Value.(float64)
		if !ok || value != math.Trunc(value) || value < 1 || value > float64(limit) {
			r.Fault(path, n.Line, key, "value", Show(n), "limit", limit)
			return
		}
		*to = int(value)
	}
}

// OneOf reads one of a few words.
func OneOf[T ~string](r *Reader, to *T, allowed ...T) func(Node, string) {
	return func(n Node, path string) {
		text, ok := n.Value.(string)
		if !ok || !slices.Contains(allowed, T(text)) {
			words := make([]string, len(allowed))
			for i, a := range allowed {
				words[i] = string(a)
			}
			r.Fault(path, n.Line, "journey.bad-value", "value", Show(n), "allowed", strings.Join(words, ", "))
			return
		}
		*to = T(text)
	}
}

// Show is a value as a fault's message quotes it.
func Show(n Node) string {
	if text, ok := n.Value.(string); ok {
		return text
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return "?"
	}
	return string(raw)
}
