package journey

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

// node is a value of a document with its line: what YAML and JSON have in common.
type node struct {
	line int
	// value is nil, bool, float64, string, []node or []field.
	value any
}

// field is a member of a mapping, in the document's order.
type field struct {
	name  string
	line  int
	value node
}

// readDocument reads YAML, or JSON where the text begins with a brace. The
// fault says why it is neither.
func readDocument(text []byte) (node, *fault.Detail) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var root node
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
	return node{}, &problem
}

type syntaxError struct {
	line    int
	problem string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.problem) }

// MarshalJSON writes the value with its mappings in the document's order.
func (n node) MarshalJSON() ([]byte, error) {
	fields, ok := n.value.([]field)
	if !ok {
		return json.Marshal(n.value)
	}
	var out bytes.Buffer
	out.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := f.value.MarshalJSON()
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

// plain is the value without lines: nil, bool, float64, string, []any of these,
// or false where it is or holds a mapping.
func (n node) plain() (any, bool) {
	switch v := n.value.(type) {
	case []field:
		return nil, false
	case []node:
		list := make([]any, len(v))
		for i, item := range v {
			value, ok := item.plain()
			if !ok {
				return nil, false
			}
			list[i] = value
		}
		return list, true
	}
	return n.value, true
}

// ---- JSON ----

type jsonReader struct {
	*json.Decoder
	text     []byte
	seen     int64 // offset up to which lines are counted
	lineSeen int
}

func readJSON(text []byte) (node, error) {
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), text: text, lineSeen: 1}
	root, err := r.next()
	if err != nil {
		return node{}, err
	}
	if _, err := r.Token(); err != io.EOF {
		return node{}, &syntaxError{r.line(), "text after the object"}
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

func (r *jsonReader) next() (node, error) {
	token, err := r.Token()
	if err != nil {
		return node{}, err
	}
	n := node{line: r.line(), value: token}
	switch token {
	case json.Delim('['):
		items := []node{}
		for r.More() {
			item, err := r.next()
			if err != nil {
				return node{}, err
			}
			items = append(items, item)
		}
		n.value = items
		_, err = r.Token()
	case json.Delim('{'):
		fields := []field{}
		for r.More() {
			name, err := r.Token()
			if err != nil {
				return node{}, err
			}
			f := field{name: name.(string), line: r.line()} // the decoder allows nothing else here
			if f.value, err = r.next(); err != nil {
				return node{}, err
			}
			fields = append(fields, f)
		}
		n.value = fields
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

func readYAML(text []byte) (node, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var s *yaml.SyntaxError
		if errors.As(err, &s) {
			return node{}, &syntaxError{s.Token.Position.Line, s.Message}
		}
		return node{}, err
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.NullType && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return node{line: 1}, nil
	case 1:
		r := &yamlReader{anchors: map[string]ast.Node{}}
		return r.node(bodies[0])
	}
	return node{}, &syntaxError{lineOf(bodies[1]), "one definition a text"}
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

func (r *yamlReader) node(from ast.Node) (node, error) {
	if r.nodes++; r.nodes > maxNodes || r.depth > 200 {
		return node{}, &syntaxError{lineOf(from), "aliases unfold to too much"}
	}
	r.depth++
	defer func() { r.depth-- }()
	out := node{line: lineOf(from)}
	switch n := from.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.value = n.Value
	case *ast.StringNode:
		out.value = n.Value
		if n.Token.Type == token.StringType && numberAsText.MatchString(n.Value) {
			number, err := strconv.ParseFloat(n.Value, 64)
			if err != nil {
				return node{}, &syntaxError{out.line, err.Error()}
			}
			out.value = number
		}
	case *ast.LiteralNode:
		out.value = n.Value.Value
	case *ast.IntegerNode:
		number, err := strconv.ParseFloat(fmt.Sprint(n.Value), 64)
		if err != nil {
			return node{}, &syntaxError{out.line, err.Error()}
		}
		out.value = number
	case *ast.FloatNode:
		out.value = n.Value
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		return r.node(n.Value)
	case *ast.AliasNode:
		target, known := r.anchors[n.Value.GetToken().Value]
		if !known {
			return node{}, &syntaxError{out.line, "unknown alias *" + n.Value.GetToken().Value}
		}
		return r.node(target)
	case *ast.TagNode:
		if n.Start.Value == "!!str" {
			out.value = n.Value.GetToken().Value
			return out, nil
		}
		return r.node(n.Value)
	case *ast.SequenceNode:
		items := make([]node, len(n.Values))
		for i, item := range n.Values {
			var err error
			if items[i], err = r.node(item); err != nil {
				return node{}, err
			}
		}
		out.value = items
	case *ast.MappingValueNode:
		return r.mapping(out, []*ast.MappingValueNode{n})
	case *ast.MappingNode:
		return r.mapping(out, n.Values)
	default:
		return node{}, &syntaxError{out.line, from.GetToken().Value + " has no place in a definition"}
	}
	return out, nil
}

func (r *yamlReader) mapping(out node, pairs []*ast.MappingValueNode) (node, error) {
	fields := make([]field, 0, len(pairs))
	var merged []field
	for _, pair := range pairs {
		value, err := r.node(pair.Value)
		if err != nil {
			return node{}, err
		}
		if pair.Key.IsMergeKey() {
			more, ok := value.value.([]field)
			if !ok {
				return node{}, &syntaxError{lineOf(pair.Key), "<< takes a mapping"}
			}
			merged = append(merged, more...)
			continue
		}
		name := pair.Key.GetToken().Value
		if s, ok := pair.Key.(*ast.StringNode); ok {
			name = s.Value
		}
		fields = append(fields, field{name: name, line: lineOf(pair.Key), value: value})
	}
	for _, m := range merged { // what is written here wins
		if !has(fields, m.name) {
			fields = append(fields, m)
		}
	}
	out.value = fields
	return out, nil
}

func has(fields []field, name string) bool {
	for _, f := range fields {
		if f.name == name {
			return true
		}
	}
	return false
}
