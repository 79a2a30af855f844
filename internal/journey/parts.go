package journey

import (
	"errors"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey/document"
	"beichen/internal/journey/stream"
)

// The parts that definitions of other kinds share with journeys, each read in
// one place.

// ReadText reads a text, or one for each locale.
func ReadText(r *document.Reader, to *Text) func(document.Node, string) {
	return func(n document.Node, path string) {
		fields, ok := n.Value.([]document.Field)
		if !ok {
			r.Text(&to.Plain)(n, path)
			return
		}
		to.Locales = map[string]string{}
		for _, f := range fields {
			var text string
			r.Text(&text)(document.Node{Line: f.Line, Value: f.Value.Value}, document.Join(path, f.Name))
			to.Locales[f.Name] = text
		}
	}
}

// ReadSubject reads who or what is counted: person, account or a where key.
func ReadSubject(r *document.Reader, to *string) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.Text(to)(n, path)
		if *to == "person" || *to == "account" {
			return
		}
		if _, err := event.ParseKey(*to); err != nil {
			r.Fault(path, n.Line, "journey.bad-subject", "value", document.Show(n))
		}
	}
}

// SubjectOf is a subject that was read, as a source is asked about it; nothing
// is a person.
func SubjectOf(text string) stream.Subject {
	switch text {
	case "", "person":
		return stream.Subject{Kind: stream.Person}
	case "account":
		return stream.Subject{Kind: stream.Account}
	}
	key, err := event.ParseKey(text)
	if err != nil {
		panic(err) // a checked definition
	}
	return stream.Subject{Kind: stream.ByKey, Key: key}
}

// ReadPattern reads a pattern of events.
func ReadPattern(r *document.Reader, to *Pattern) func(document.Node, string) {
	return func(n document.Node, path string) { r.Object(n, path, PatternFields(r, to)) }
}

// PatternFields are the readers of the fields of a pattern, for mappings that have
// others besides.
func PatternFields(r *document.Reader, to *Pattern) document.Fields {
	return document.Fields{
		"event": func(n document.Node, path string) {
			var name string
			r.Name(&name)(n, path)
			to.Event = &name
		},
		"where": func(n document.Node, path string) { to.Where = ReadWhere(r, n, path) },
	}
}

// ReadWhere reads the conditions that an event must meet, all of them.
func ReadWhere(r *document.Reader, n document.Node, path string) event.Filter {
	members, ok := n.Value.([]document.Field)
	if !ok {
		r.Fault(path, n.Line, "journey.not-a-mapping")
		return nil
	}
	var filter event.Filter
	seen := map[string]bool{}
	// What is wrong with a where key or condition is said by its own package, here with its place.
	note := func(path string, line int, err error) {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			r.Faults = append(r.Faults, fault.Detail{Path: path, Line: line, Key: f.Key, Args: f.Args})
		}
	}
	for _, m := range members {
		inside := document.Join(path, m.Name)
		if seen[m.Name] {
			r.Fault(inside, m.Line, "journey.twice", "field", m.Name)
			continue
		}
		seen[m.Name] = true
		key, err := event.ParseKey(m.Name)
		if err != nil {
			note(inside, m.Line, err)
			continue
		}
		operators, several := m.Value.Value.([]document.Field)
		if !several {
			operators = []document.Field{{Name: string(event.Eq), Line: m.Line, Value: m.Value}}
		}
		for _, operator := range operators {
			operand, ok := operator.Value.Plain()
			if !ok {
				operand = map[string]any{} // of no operator
			}
			condition, err := event.NewCondition(key, event.Op(operator.Name), operand)
			if err != nil {
				note(inside, operator.Line, err)
				continue
			}
			filter = append(filter, condition)
		}
	}
	return filter
}
