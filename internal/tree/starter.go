package tree

import (
	"embed"
	"encoding/json"
	"slices"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
)

// Starter is a tree to start from, for a business model: it and all the definitions
// that it speaks of. The names of events in them are to be replaced by a company's
// own.
type Starter struct {
	Model       Model        `json:"model"`
	Name        journey.Text `json:"name"`
	Explanation journey.Text `json:"explanation"`
	// Events are the names that the definitions use, sorted.
	Events []string `json:"events"`
	// Definitions are in the order in which they can be written: each after those that
	// it speaks of, the tree last.
	Definitions []StarterDefinition `json:"definitions"`
}

// StarterDefinition is a definition of a starter.
type StarterDefinition struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	Body json.RawMessage `json:"body"`
}

//go:embed starters/*.yaml
var starters embed.FS

// Starters gives the starter of every model, in the order of Models. An error is a
// defect of the program.
func Starters() ([]Starter, error) {
	var out []Starter
	for _, model := range Models {
		text, err := starters.ReadFile("starters/" + string(model) + ".yaml")
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "tree.bad-starter", "model", model)
		}
		s, err := readStarter(text)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "tree.bad-starter", "model", model)
		}
		out = append(out, *s)
	}
	return out, nil
}

func readStarter(text []byte) (*Starter, error) {
	root, problem := document.Read(text)
	if problem != nil {
		return nil, fault.Many("tree.invalid", []fault.Detail{*problem}, "count", 1)
	}
	s := &Starter{Events: []string{}}
	r := &document.Reader{}
	r.Object(root, "", document.Fields{
		"model":       document.OneOf(r, &s.Model, Models...),
		"name":        journey.ReadText(r, &s.Name),
		"explanation": journey.ReadText(r, &s.Explanation),
		"definitions": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) {
				var d StarterDefinition
				body, err := json.Marshal(n)
				if err == nil {
					err = json.Unmarshal(body, &d)
				}
				if err != nil {
					r.Fault(path, n.Line, "journey.not-a-mapping")
				}
				d.Body = body
				s.Definitions = append(s.Definitions, d)
				s.names(n)
			})
		},
	}, "model", "name", "explanation", "definitions")
	slices.Sort(s.Events)
	return s, r.Err("tree.invalid")
}

// names collects the names of events in a definition.
func (s *Starter) names(n document.Node) {
	switch value := n.Value.(type) {
	case []document.Node:
		for _, item := range value {
			s.names(item)
		}
	case []document.Field:
		for _, f := range value {
			if name, ok := f.Value.Value.(string); ok && f.Name == "event" && !slices.Contains(s.Events, name) {
				s.Events = append(s.Events, name)
			}
			s.names(f.Value)
		}
	}
}
