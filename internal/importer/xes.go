package importer

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readXES reads an event log in XES (IEEE 1849-2023), one record an event. The
// attributes of the event are columns by their keys ("concept:name",
// "time:timestamp"), those of its trace have "trace:" before them. Attributes
// inside an attribute are columns "key:inner key"; a list is JSON. The log's
// own attributes, extensions, globals and classifiers say nothing of an event
// and are passed over.
func readXES(in io.Reader, columns *columnSet, yield func(*record) error) error {
	input := &rememberingReader{in: in}
	d := xml.NewDecoder(input)
	d.CharsetReader = charset
	r := xesReader{tokens: d, columns: columns, yield: yield}
	err := r.log()
	if err == nil || input.err != nil || r.refused != nil {
		return cmp.Or(r.refused, input.err)
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return yield(broken(int64(syntax.Line), "", "import.not-xml", "reason", syntax.Msg))
	}
	return yield(broken(int64(r.line()), "", "import.not-xml", "reason", err.Error()))
}

// rememberingReader tells an input that failed from one that holds no XML.
type rememberingReader struct {
	in  io.Reader
	err error
}

func (r *rememberingReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

var errNotXES = errors.New("not an XES log")

type xesReader struct {
	tokens  *xml.Decoder
	columns *columnSet
	yield   func(*record) error
	trace   []attribute
	event   record
	depth   int   // of elements inside elements
	refused error // what yield ended the reading with
}

// maxDepth of elements; logs have six or seven.
const maxDepth = 100

// attribute is a cell with the key of its column.
type attribute struct {
	key string
	cell
}

func (r *xesReader) log() error {
	root, err := r.open()
	if err != nil {
		return err
	}
	if root.Name.Local != "log" {
		return fmt.Errorf("%w: the root is <%s>", errNotXES, root.Name.Local)
	}
	return r.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "trace":
			return r.readTrace()
		case "event": // a log may hold events of no trace
			r.trace = r.trace[:0]
			return r.readEvent()
		}
		return r.tokens.Skip()
	})
}

// open is the document's first element.
func (r *xesReader) open() (xml.StartElement, error) {
	for {
		t, err := r.tokens.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, fmt.Errorf("%w: empty", errNotXES)
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		if e, ok := t.(xml.StartElement); ok {
			return e, nil
		}
	}
}

// children gives each element inside the current one to visit, which must read
// it to its end.
func (r *xesReader) children(visit func(xml.StartElement) error) error {
	if r.depth++; r.depth > maxDepth {
		return fmt.Errorf("%w: elements lie more than %d deep", errNotXES, maxDepth)
	}
	defer func() { r.depth-- }()
	for {
		t, err := r.tokens.Token()
		if errors.Is(err, io.EOF) {
			err = &xml.SyntaxError{Line: r.line(), Msg: "unexpected EOF"}
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (r *xesReader) line() int {
	line, _ := r.tokens.InputPos()
	return line
}

func (r *xesReader) readTrace() error {
	r.trace = r.trace[:0]
	return r.children(func(e xml.StartElement) error {
		if e.Name.Local == "event" {
			return r.readEvent()
		}
		return r.attribute(e, "trace:", func(a attribute) { r.trace = append(r.trace, a) })
	})
}

func (r *xesReader) readEvent() error {
	r.event = record{line: int64(r.line()), cells: cleared(r.event.cells, len(r.columns.list))}
	take := func(a attribute) {
		i := r.columns.index(a.key)
		if i < len(r.event.cells) && r.event.cells[i].kind != null {
			return // of a key that stands twice the first holds
		}
		r.event.set(i, a.cell)
	}
	for _, a := range r.trace {
		take(a)
	}
	if err := r.children(func(e xml.StartElement) error { return r.attribute(e, "", take) }); err != nil {
		return err
	}
	r.refused = r.yield(&r.event)
	return r.refused
}

// attribute reads one attribute and those inside it.
func (r *xesReader) attribute(e xml.StartElement, prefix string, take func(attribute)) error {
	key, value, hasKey := keyAndValue(e)
	if !hasKey {
		return r.tokens.Skip()
	}
	key = prefix + key
	switch e.Name.Local {
	case "string", "date", "int", "float", "boolean", "id":
		take(attribute{key, xesCell(e.Name.Local, value)})
	case "list":
		values := []listItem{}
		if err := r.list(&values); err != nil {
			return err
		}
		raw, err := json.Marshal(values)
		if err != nil {
			return err
		}
		take(attribute{key, cell{nested, string(raw)}})
		return nil
	case "container":
	default:
		return r.tokens.Skip()
	}
	return r.children(func(inner xml.StartElement) error { return r.attribute(inner, key+":", take) })
}

// listItem is one element of an XES list: its key and value, or its own items.
type listItem struct {
	Key   string     `json:"key"`
	Value string     `json:"value,omitempty"`
	Items []listItem `json:"items,omitempty"`
}

func (r *xesReader) list(into *[]listItem) error {
	return r.children(func(e xml.StartElement) error {
		key, value, hasKey := keyAndValue(e)
		if !hasKey { // <values>, as version 2 of the standard wraps them
			return r.list(into)
		}
		item := listItem{Key: key, Value: value}
		if err := r.list(&item.Items); err != nil {
			return err
		}
		*into = append(*into, item)
		return nil
	})
}

func keyAndValue(e xml.StartElement) (key, value string, hasKey bool) {
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "key":
			key, hasKey = a.Value, true
		case "value":
			value = a.Value
		}
	}
	return key, value, hasKey
}

// xesCell takes a value at its word where the word holds: a <date> that is
// none is text.
func xesCell(tag, value string) cell {
	if value == "" {
		return cell{}
	}
	k := text
	switch tag {
	case "date":
		_, k = parseMoment(value)
	case "int":
		if classifyNumber(value) == integer {
			k = integer
		}
	case "float":
		if classifyNumber(value) != text {
			k = number
		}
	case "boolean":
		if classify(value) == boolean {
			k = boolean
		}
	}
	return cell{k, value}
}

// charset reads the encodings besides UTF-8 that logs are found in.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "iso-8859-1", "latin1", "us-ascii", "ascii":
		return &latin1Reader{in: in}, nil
	}
	return nil, fmt.Errorf("%w: encoding %s", errNotXES, name)
}

type latin1Reader struct {
	in   io.Reader
	left []byte
	buf  [4096]byte
}

func (r *latin1Reader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		n, err := r.in.Read(r.buf[:])
		for _, b := range r.buf[:n] {
			r.left = append(r.left, string(rune(b))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}
