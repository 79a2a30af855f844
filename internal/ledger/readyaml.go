package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxNodes bounds what one file's aliases may unfold to.
const maxNodes = 1_000_000

// readYAML reads the documents of a YAML text. What JSON cannot say is an error:
// infinite numbers, keys that are no scalars, aliases of what contains them.
func readYAML(text []byte) ([]Document, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	var all []Document
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue // nothing between two ---
		}
		w := yamlWalk{lines: map[string]int{}, anchors: map[string]ast.Node{}}
		value, err := w.value(place{}, doc.Body)
		if err != nil {
			return all, err
		}
		all = append(all, document(value, w.lines, lineOf(doc.Body)))
	}
	return all, nil
}

func yamlError(err error) error {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil {
		return &syntaxError{line: syntax.Token.Position.Line, problem: syntax.Message}
	}
	return err
}

type yamlWalk struct {
	lines   map[string]int
	anchors map[string]ast.Node
	open    []ast.Node // the aliased nodes being read
	nodes   int
}

func (w *yamlWalk) value(at place, node ast.Node) (any, error) {
	if w.nodes++; w.nodes > maxNodes {
		return nil, &syntaxError{lineOf(node), "aliases unfold to too much"}
	}
	if _, known := w.lines[at.path]; !known && at.path != "" {
		w.lines[at.path] = lineOf(node)
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		return w.mapping(at, n.Values)
	case *ast.MappingValueNode:
		return w.mapping(at, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, item := range n.Values {
			value, err := w.value(at.index(i), item)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case *ast.AnchorNode:
		w.anchors[n.Name.GetToken().Value] = n.Value
		return w.value(at, n.Value)
	case *ast.AliasNode:
		return w.alias(at, n)
	case *ast.TagNode:
		return w.tagged(at, n)
	}
	return scalar(node)
}

func (w *yamlWalk) alias(at place, n *ast.AliasNode) (any, error) {
	target, known := w.anchors[n.Value.GetToken().Value]
	if !known {
		return nil, &syntaxError{lineOf(n), "unknown alias *" + n.Value.GetToken().Value}
	}
	for _, open := range w.open {
		if open == target {
			return nil, &syntaxError{lineOf(n), "an alias of what contains it"}
		}
	}
	w.open = append(w.open, target)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	return w.value(at, target)
}

// tagged reads the tags that JSON has values for.
func (w *yamlWalk) tagged(at place, n *ast.TagNode) (any, error) {
	switch n.Start.Value {
	case "!!str":
		return n.Value.GetToken().Value, nil
	case "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
		return w.value(at, n.Value)
	}
	return nil, &syntaxError{lineOf(n), "the tag " + n.Start.Value + " means nothing here"}
}

func (w *yamlWalk) mapping(at place, pairs []*ast.MappingValueNode) (any, error) {
	o := &object{values: map[string]any{}}
	set := func(key string, value any, over bool) {
		if _, exists := o.values[key]; !exists {
			o.keys = append(o.keys, key)
		} else if !over {
			return
		}
		o.values[key] = value
	}
	merged := map[string]bool{}
	for _, pair := range pairs {
		if pair.Key.IsMergeKey() {
			others, err := w.merged(at, pair.Value)
			if err != nil {
				return nil, err
			}
			for _, other := range others {
				for _, key := range other.keys {
					if _, exists := o.values[key]; !exists {
						merged[key] = true
					}
					set(key, other.values[key], false)
				}
			}
			continue
		}
		key, err := keyOf(pair.Key)
		if err != nil {
			return nil, err
		}
		if _, exists := o.values[key]; exists && !merged[key] {
			return nil, &syntaxError{lineOf(pair.Key), fmt.Sprintf("the key %q comes twice", key)}
		}
		delete(merged, key)
		inside := at.key(key)
		w.lines[inside.path] = lineOf(pair.Key)
		w.lines[at.path+"."+key] = lineOf(pair.Key) // where.properties.plan, as faults may write it
		value, err := w.value(inside, pair.Value)
		if err != nil {
			return nil, err
		}
		set(key, value, true)
	}
	return o, nil
}

// merged gives the mappings that a merge key <<: names, one or a list of them.
func (w *yamlWalk) merged(at place, node ast.Node) ([]*object, error) {
	value, err := w.value(at, node)
	if err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var all []*object
	for _, item := range list {
		o, ok := item.(*object)
		if !ok {
			return nil, &syntaxError{lineOf(node), "<< takes mappings only"}
		}
		all = append(all, o)
	}
	return all, nil
}

func keyOf(node ast.MapKeyNode) (string, error) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return n.GetToken().Value, nil
	}
	return "", &syntaxError{lineOf(node), "a key must be a text"}
}

// numberAsText is the numbers of YAML 1.2 (§10.3.2) that the parser takes for
// texts: 1e3, for it follows YAML 1.1 there, and whole numbers beyond 64 bits.
var numberAsText = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)([eE][-+]?[0-9]+)?$`)

func scalar(node ast.Node) (any, error) {
	switch n := node.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.StringNode:
		if n.Token.Type == token.StringType && numberAsText.MatchString(n.Value) {
			return json.Number(strings.TrimPrefix(n.Value, "+")), nil
		}
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode:
		return json.Number(fmt.Sprint(n.Value)), nil
	case *ast.FloatNode:
		return json.Number(strconv.FormatFloat(n.Value, 'g', -1, 64)), nil
	}
	return nil, &syntaxError{lineOf(node), fmt.Sprintf("%s has no place in a definition", node.GetToken().Value)}
}

func lineOf(node ast.Node) int {
	first := node.GetToken()
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		first = m.Values[0].Key.GetToken()
	}
	if m, ok := node.(*ast.MappingValueNode); ok {
		first = m.Key.GetToken()
	}
	return position(first)
}

func position(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 1
	}
	return t.Position.Line
}
