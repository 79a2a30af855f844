package formula

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"

	"beichen/internal/fault"
)

// MaxLength is how many characters a formula may have.
const MaxLength = 2000

var (
	id = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// number is how numbers are written: decimal, nothing between the digits.
	number = regexp.MustCompile(`^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	// foreign is what no formula has. Comments are among it: what they hide would
	// be missing from the number.
	foreign = regexp.MustCompile(`//|/\*|\*\*|\.\.+|[^\p{L}\p{Nd}_\s\pZ+\-*/().]+`)
	// word is letters, digits and points without anything between them.
	word = regexp.MustCompile(`[\p{L}\p{Nd}_.]+`)
)

// lookalikes are signs that mean an operator or a bracket on paper and in
// Chinese input methods.
var lookalikes = strings.NewReplacer("×", "*", "✕", "*", "⋅", "*", "·", "*", "＊", "*", "÷", "/", "∕", "/", "／", "/",
	"＋", "+", "－", "-", "−", "-", "–", "-", "—", "-", "（", "(", "）", ")")

// IsID says whether a text can be the id of a metric that formulas refer to:
// lower-case letters, digits and underscores after a letter, and none of the
// words that the language of expressions keeps for itself.
func IsID(text string) bool { return id.MatchString(text) && !reserved(text) }

// reserved says whether the parser takes a word for one of its own.
func reserved(text string) bool {
	tree, err := parser.Parse(text)
	if err != nil {
		return true
	}
	_, identifier := tree.Node.(*ast.IdentifierNode)
	return !identifier
}

// Parse reads a formula: ids of metrics, decimal numbers, + - * / and round
// brackets, with the usual precedence. What else there is, is a fault; all of
// them are told, in the order of their places, and the formula is nil. A fault's
// Line is that within the text (see Within), its Args hold the place as "at".
func Parse(text string) (*Formula, []fault.Detail) {
	p := &reader{text: []rune(text)}
	switch {
	case strings.TrimSpace(text) == "":
		return nil, []fault.Detail{fault.At("", 1, "formula.empty")}
	case len(p.text) > MaxLength:
		return nil, []fault.Detail{fault.At("", 1, "formula.too-long", "length", len(p.text), "limit", MaxLength)}
	}
	plain := p.plain()
	tokens := p.tokens(plain)
	if len(p.faults) == 0 {
		p.order(tokens)
	}
	if len(p.faults) > 0 {
		slices.SortStableFunc(p.faults, func(a, b found) int { return a.at - b.at })
		details := make([]fault.Detail, len(p.faults))
		for i, f := range p.faults {
			details[i] = f.Detail
		}
		return nil, details
	}
	tree, err := parser.Parse(plain)
	if err != nil {
		return nil, []fault.Detail{p.unreadable(err)}
	}
	root, problem := p.node(tree.Node)
	if problem != nil {
		return nil, []fault.Detail{*problem}
	}
	return &Formula{Root: root}, nil
}

// Within places the faults of a formula in the document that holds it: path is
// its field, line the one its text begins on (0: there are no lines).
func Within(faults []fault.Detail, path string, line int) []fault.Detail {
	out := slices.Clone(faults)
	for i := range out {
		out[i].Path = path
		out[i].Line += line - 1
		if line == 0 {
			out[i].Line = 0
		}
	}
	return out
}

// reader reads one formula.
type reader struct {
	text   []rune
	faults []found
}

// found is a fault with its offset in the text, in runes.
type found struct {
	fault.Detail
	at int
}

func (p *reader) add(at int, d fault.Detail) {
	p.faults = append(p.faults, found{placed(p.position(at), d), at})
}

// placed is a fault with the column that it is about.
func placed(at Position, d fault.Detail) fault.Detail {
	d.Column = at.Column
	return d
}

// position is that of an offset.
func (p *reader) position(at int) Position {
	at = min(max(at, 0), len(p.text))
	out := Position{Line: 1, Column: 1}
	for _, r := range p.text[:at] {
		out.Column++
		if r == '\n' {
			out = Position{Line: out.Line + 1, Column: 1}
		}
	}
	return out
}

// plain is the text, rune for rune, in the signs of the language; signs that are
// not are faults.
func (p *reader) plain() string {
	text := string(p.text)
	for _, span := range foreign.FindAllStringIndex(text, -1) {
		at, sign := len([]rune(text[:span[0]])), text[span[0]:span[1]]
		where := p.position(at)
		switch meant := lookalikes.Replace(sign); {
		case foreign.FindString(meant) == "":
			p.add(at, fault.At("", where.Line, "formula.lookalike", "at", where, "text", sign, "meant", meant))
		case sign == "%":
			p.add(at, fault.At("", where.Line, "formula.percent", "at", where))
		case sign == "^" || sign == "**":
			p.add(at, fault.At("", where.Line, "formula.power", "at", where, "text", sign))
		default:
			p.add(at, fault.At("", where.Line, "formula.foreign", "at", where, "text", sign))
		}
	}
	blank := func(sign string) string { return strings.Repeat(" ", len([]rune(sign))) }
	return foreign.ReplaceAllStringFunc(lookalikes.Replace(text), blank)
}

// tokens are those of the text, each of a kind that formulas have; the others
// are faults.
func (p *reader) tokens(plain string) []lexer.Token {
	tokens, err := lexer.Lex(file.NewSource(plain))
	if err != nil {
		var e *file.Error
		if errors.As(err, &e) {
			p.add(e.From, p.unreadable(err))
		}
		return nil
	}
	tokens = slices.DeleteFunc(tokens, func(t lexer.Token) bool { return t.Is(lexer.EOF) })
	for i, t := range tokens {
		where := p.position(t.From)
		called := i+1 < len(tokens) && tokens[i+1].Is(lexer.Bracket, "(")
		switch {
		case t.Is(lexer.Number):
			if !readable(t.Value) {
				p.add(t.From, fault.At("", where.Line, "formula.bad-number", "at", where, "text", t.Value))
			}
		case t.Is(lexer.Identifier) && called:
			p.add(t.From, fault.At("", where.Line, "formula.call", "at", where, "text", t.Value))
		case t.Is(lexer.Identifier) && !id.MatchString(t.Value):
			p.add(t.From, fault.At("", where.Line, "formula.bad-id", "at", where, "text", t.Value))
		case word.MatchString(t.Value) && t.Value != "." && reserved(t.Value):
			p.add(t.From, fault.At("", where.Line, "formula.reserved", "at", where, "text", t.Value))
		case t.Is(lexer.Operator, "."):
			p.add(t.From, fault.At("", where.Line, "formula.foreign", "at", where, "text", t.Value))
		}
	}
	return tokens
}

// readable says whether a number is written as formulas write it and is one that
// the parser and a float64 can hold.
func readable(text string) bool {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) || !number.MatchString(text) {
		return false
	}
	if strings.ContainsAny(text, ".eE") {
		return true
	}
	_, err = strconv.Atoi(text)
	return err == nil
}

// order sees that operands and operators alternate and brackets close.
func (p *reader) order(tokens []lexer.Token) {
	complete := false // an operand has just ended
	var open []int
	before := func(i int) string { return tokens[i-1].Value }
	for i, t := range tokens {
		where := p.position(t.From)
		opens, closes := t.Is(lexer.Bracket, "("), t.Is(lexer.Bracket, ")")
		switch {
		case closes:
			if !complete && i > 0 {
				p.after(tokens[i-1])
			}
			if len(open) == 0 {
				p.add(t.From, fault.At("", where.Line, "formula.unopened", "at", where))
			} else {
				open = open[:len(open)-1]
			}
			complete = true
		case t.Is(lexer.Operator):
			if !complete && t.Value == "+" {
				p.add(t.From, fault.At("", where.Line, "formula.plus-sign", "at", where))
			} else if !complete && t.Value != "-" {
				p.add(t.From, fault.At("", where.Line, "formula.nothing-before", "at", where, "text", t.Value))
			}
			complete = false
		default:
			if complete {
				p.add(t.From, fault.At("", where.Line, "formula.no-operator", "at", where, "left", before(i), "right", t.Value))
			}
			if opens {
				open = append(open, t.From)
			}
			complete = !opens
		}
	}
	if !complete {
		p.after(tokens[len(tokens)-1])
	}
	for _, at := range open {
		where := p.position(at)
		p.add(at, fault.At("", where.Line, "formula.unclosed", "at", where))
	}
}

// after is the fault that a token has nothing after it.
func (p *reader) after(t lexer.Token) {
	where := p.position(t.From)
	p.add(t.From, fault.At("", where.Line, "formula.nothing-after", "at", where, "text", t.Value))
}

// unreadable is what the parser could not read, with the whole word it is part of.
func (p *reader) unreadable(err error) fault.Detail {
	at := 0
	if e := (*file.Error)(nil); errors.As(err, &e) {
		at = min(max(e.From, 0), len(p.text)-1)
	}
	text := string(p.text[at])
	for _, span := range word.FindAllStringIndex(string(p.text), -1) {
		from := len([]rune(string(p.text)[:span[0]]))
		found := []rune(string(p.text)[span[0]:span[1]])
		if from <= at && at < from+len(found) {
			at, text = from, string(found)
			break
		}
	}
	where := p.position(at)
	return placed(where, fault.At("", where.Line, "formula.bad-number", "at", where, "text", text))
}

// node turns what the parser made into ours.
func (p *reader) node(from ast.Node) (Node, *fault.Detail) {
	at := p.position(from.Location().From)
	switch n := from.(type) {
	case *ast.IntegerNode:
		return &Number{Value: float64(n.Value), At: at}, nil
	case *ast.FloatNode:
		return &Number{Value: n.Value, At: at}, nil
	case *ast.IdentifierNode:
		return &Metric{ID: n.Value, At: at}, nil
	case *ast.UnaryNode:
		if n.Operator == "-" {
			of, problem := p.node(n.Node)
			return &Negation{Of: of, At: at}, problem
		}
	case *ast.BinaryNode:
		if slices.Contains([]Operator{Plus, Minus, Times, Divide}, Operator(n.Operator)) {
			left, problem := p.node(n.Left)
			if problem != nil {
				return nil, problem
			}
			right, problem := p.node(n.Right)
			return &Binary{Operator: Operator(n.Operator), Left: left, Right: right, At: at}, problem
		}
	}
	problem := placed(at, fault.At("", at.Line, "formula.foreign", "at", at, "text", from.String()))
	return nil, &problem
}
