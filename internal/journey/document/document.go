// Package document reads definitions as people write them, YAML or JSON, strictly:
// every value knows its line, and a Reader collects everything that is wrong
// before anybody is told.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"beichen/internal/fault"
)

// Node is a value of a document with its line: what YAML and JSON have in common.
type Node struct {
	Line int
	// Value is nil, bool, float64, string, []Node or []Field.
	Value any
}

// Field is a member of a mapping, in the document's order.
type Field struct {
	Name  string
	Line  int
	Value Node
}

// Read reads YAML, or JSON where the text begins with a brace. The
// fault says why it is neither.
func Read(text []byte) (Node, *fault.Detail) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var root Node
	var err error
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		root, err = readJSON(text)
	} else {
		root, err = readYAML(text)
	}
	if err == nil {
		return root, nil
	}
	var s *syntaxError
	if !errors.As(err, &s) {
		s = &syntaxError{1, err.Error()}
	}
	problem := fault.At("", s.line, "journey.syntax", "problem", s.problem)
	return Node{}, &problem
}

// Parse reads a definition of YAML or JSON. read takes what is written, as it would be
// read by a Reader, and gives that Reader's Err; key is that of the fault where there
// is nothing to read. written is the definition as it was written, as JSON: what is
// hashed.
func Parse[T any](text []byte, key string, read func(Node) (T, error)) (of T, written json.RawMessage, err error) {
	root, problem := Read(text)
	if problem != nil {
		return of, nil, fault.Many(key, []fault.Detail{*problem}, "count", 1)
	}
	if of, err = read(root); err != nil {
		return of, nil, err
	}
	written, err = json.Marshal(root)
	return of, written, err
}

// Kind is what a definition says it is; "" where it does not say or cannot be read.
func Kind(text []byte) string {
	root, _ := Read(text)
	fields, _ := root.Value.([]Field)
	for _, f := range fields {
		if kind, ok := f.Value.Value.(string); ok && f.Name == "kind" {
			return kind
		}
	}
	return ""
}

type syntaxError struct {
	line    int
	problem string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.problem) }

// MarshalJSON writes the value with its mappings in the document's order.
func (n Node) MarshalJSON() ([]byte, error) {
	fields, ok := n.Value.([]Field)
	if !ok {
		return json.Marshal(n.Value)
	}
	var out bytes.Buffer
	out.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		value, err := f.Value.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// Plain is the value without lines: nil, bool, float64, string, []any of these,
// or false where it is or holds a mapping.
func (n Node) Plain() (any, bool) {
	switch v := n.Value.(type) {
	case []Field:
		return nil, false
	case []Node:
		list := make([]any, len(v))
		for i, item := range v {
			value, ok := item.Plain()
			if !ok {
				return nil, false
			}
			list[i] = value
		}
		return list, true
	}
	return n.Value, true
}

// ---- JSON ----

type jsonReader struct {
	*json.Decoder
	text     []byte
	seen     int64 // offset up to which lines are counted
	lineSeen int
}

func readJSON(text []byte) (Node, error) {
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), text: text, lineSeen: 1}
	root, err := r.next()
	if err != nil {
		return Node{}, err
	}
	if _, err := r.Token(); err != io.EOF {
		return Node{}, &syntaxError{r.line(), "text after the object"}
	}
	return root, nil
}

// line is that of the token just read.
func (r *jsonReader) line() int {
	at := r.InputOffset()
	r.lineSeen += bytes.Count(r.text[r.seen:at], []byte("\n"))
	r.seen = at
	return r.lineSeen
}

func (r *jsonReader) next() (Node, error) {
	token, err := r.Token()
	if err != nil {
		return Node{}, err
	}
	n := Node{Line: r.line(), Value: token}
	switch token {
	case json.Delim('['):
		items := []Node{}
		for r.More() {
			item, err := r.next()
			if err != nil {
				return Node{}, err
			}
			items = append(items, item)
		}
		n.Value = items
		_, err = r.Token()
	case json.Delim('{'):
		fields := []Field{}
		for r.More() {
			name, err := r.Token()
			if err != nil {
				return Node{}, err
			}
			f := Field{Name: name.(string), Line: r.line()} // the decoder allows nothing else here
			if f.Value, err = r.next(); err != nil {
				return Node{}, err
			}
			fields = append(fields, f)
		}
		n.Value = fields
		_, err = r.Token()
	}
	return n, err
}

// ---- YAML ----

// maxNodes bounds what a document's aliases may unfold to.
const maxNodes = 200_000

type yamlReader struct {
	anchors map[string]ast.Node
	depth   int
	nodes   int
}

func readYAML(text []byte) (Node, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var s *yaml.SyntaxError
		if errors.As(err, &s) {
			return Node{}, &syntaxError{s.Token.Position.Line, s.Message}
		}
		return Node{}, err
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.NullType && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return Node{Line: 1}, nil
	case 1:
		r := &yamlReader{anchors: map[string]ast.Node{}}
		return r.node(bodies[0])
	}
	return Node{}, &syntaxError{lineOf(bodies[1]), "one definition a text"}
}

func lineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0].Key
	} else if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// numberAsText is the numbers of JSON and of YAML 1.2 (§10.3.2) that the parser
// takes for texts: 1e3, for it follows YAML 1.1 there, and whole numbers beyond
// 64 bits.
var numberAsText = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)([eE][-+]?[0-9]+)?$`)

func (r *yamlReader) node(from ast.Node) (Node, error) {
	if r.nodes++; r.nodes > maxNodes || r.depth > 200 {
		return Node{}, &syntaxError{lineOf(from), "aliases unfold to too much"}
	}
	r.depth++
	defer func() { r.depth-- }()
	out := Node{Line: lineOf(from)}
	switch n := from.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.Value = n.Value
	case *ast.StringNode:
		out.Value = n.Value
		if n.Token.Type == token.StringType && numberAsText.MatchString(n.Value) {
			number, err := strconv.ParseFloat(n.Value, 64)
			if err != nil {
				return Node{}, &syntaxError{out.Line, err.Error()}
			}
			out.Value = number
		}
	case *ast.LiteralNode:
		out.Value = n.Value.Value
	case *ast.IntegerNode:
		number, err := strconv.ParseFloat(fmt.Sprint(n.Value), 64)
		if err != nil {
			return Node{}, &syntaxError{out.Line, err.Error()}
		}
		out.Value = number
	case *ast.FloatNode:
		out.Value = n.Value
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		return r.node(n.Value)
	case *ast.AliasNode:
		target, known := r.anchors[n.Value.GetToken().Value]
		if !known {
			return Node{}, &syntaxError{out.Line, "unknown alias *" + n.Value.GetToken().Value}
		}
		return r.node(target)
	case *ast.TagNode:
		if n.Start.Value == "!!str" {
			out.Value = n.Value.GetToken().Value
			return out, nil
		}
		return r.node(n.Value)
	case *ast.SequenceNode:
		items := make([]Node, len(n.Values))
		for i, item := range n.Values {
			var err error
			if items[i], err = r.node(item); err != nil {
				return Node{}, err
			}
		}
		out.Value = items
	case *ast.MappingValueNode:
		return r.mapping(out, []*ast.MappingValueNode{n})
	case *ast.MappingNode:
		return r.mapping(out, n.Values)
	default:
		return Node{}, &syntaxError{out.Line, from.GetToken().Value + " has no place in a definition"}
	}
	return out, nil
}

func (r *yamlReader) mapping(out Node, pairs []*ast.MappingValueNode) (Node, error) {
	fields := make([]Field, 0, len(pairs))
	var merged []Field
	for _, pair := range pairs {
		value, err := r.node(pair.Value)
		if err != nil {
			return Node{}, err
		}
		if pair.Key.IsMergeKey() {
			more, ok := value.Value.([]Field)
			if !ok {
				return Node{}, &syntaxError{lineOf(pair.Key), "<< takes a mapping"}
			}
			merged = append(merged, more...)
			continue
		}
		name := pair.Key.GetToken().Value
		if s, ok := pair.Key.(*ast.StringNode); ok {
			name = s.Value
		}
		fields = append(fields, Field{Name: name, Line: lineOf(pair.Key), Value: value})
	}
	for _, m := range merged { // what is written here wins
		if !has(fields, m.Name) {
			fields = append(fields, m)
		}
	}
	out.Value = fields
	return out, nil
}

func has(fields []Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}
