package importer

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"beichen/internal/fault"
)

// node is a YAML value with its line: text, a list or a map.
type node struct {
	line   int
	null   bool
	text   string
	isText bool
	items  []*node
	isList bool
	fields []field
	isMap  bool
}

type field struct {
	name  string
	line  int
	value *node
}

// readYAML turns one YAML document (JSON is YAML too) into nodes, or gives the
// fault that keeps it from being one.
func readYAML(text []byte) (*node, []fault.Detail) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, reason := 0, err.Error()
		var positioned yaml.Error
		if errors.As(err, &positioned) {
			reason = positioned.GetMessage()
			if t := positioned.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		return nil, []fault.Detail{fault.At("", line, "import.not-yaml", "reason", reason)}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, []fault.Detail{fault.At("", 1, "import.not-yaml", "reason", "empty")}
	}
	c := converter{anchors: map[string]*node{}}
	root := c.convert(file.Docs[0].Body)
	return root, c.faults
}

type converter struct {
	anchors map[string]*node
	faults  []fault.Detail
}

func (c *converter) convert(n ast.Node) *node {
	out := &node{line: lineOf(n)}
	switch n := n.(type) {
	case nil:
		out.null = true
	case *ast.NullNode:
		out.null = true
	case *ast.AnchorNode:
		out = c.convert(n.Value)
		c.anchors[n.Name.GetToken().Value] = out
	case *ast.AliasNode:
		if known := c.anchors[n.Value.GetToken().Value]; known != nil {
			return known
		}
		c.faults = append(c.faults, fault.At("", out.line, "import.not-yaml", "reason", "unknown alias "+n.String()))
	case *ast.TagNode:
		return c.convert(n.Value)
	case *ast.StringNode:
		out.text, out.isText = n.Value, true
	case *ast.LiteralNode:
		out.text, out.isText = n.Value.Value, true
	case ast.ScalarNode: // numbers and booleans, as they are written
		out.text, out.isText = n.GetToken().Value, true
	case *ast.SequenceNode:
		out.isList = true
		for _, v := range n.Values {
			out.items = append(out.items, c.convert(v))
		}
	case ast.MapNode:
		out.isMap = true
		seen := map[string]bool{}
		for it := n.MapRange(); it.Next(); {
			f := field{name: it.Key().GetToken().Value, line: lineOf(it.Key()), value: c.convert(it.Value())}
			if seen[f.name] {
				c.faults = append(c.faults, fault.At(f.name, f.line, "import.repeated-key", "key", f.name))
			}
			seen[f.name] = true
			out.fields = append(out.fields, f)
		}
	}
	return out
}

func lineOf(n ast.Node) int {
	if n == nil {
		return 0
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func (n *node) trimmed() string { return strings.TrimSpace(n.text) }
