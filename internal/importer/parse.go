package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// Parse reads a mapping. Every fault of it is collected, each with its path
// and line, in one *fault.Error of kind Invalid; file is the name to call the
// mapping by.
func Parse(file string, text []byte) (*Mapping, error) {
	root, faults := readYAML(text)
	r := mappingReader{faults: faults}
	m := &Mapping{Timezone: time.UTC}
	if len(faults) == 0 {
		r.mapping(root, m)
	}
	if err := fault.Many("import.bad-mapping", r.faults, "file", file); err != nil {
		return nil, err
	}
	return m, nil
}

type mappingReader struct{ faults []fault.Detail }

func (r *mappingReader) fault(path string, line int, key string, args ...any) {
	r.faults = append(r.faults, fault.At(path, line, key, args...))
}

func (r *mappingReader) mapping(root *node, m *Mapping) {
	if !root.isMap {
		r.fault("", root.line, "import.not-map")
		return
	}
	f := r.fields(root, "", "kind", "id", "name", "timezone", "sources", "messages")
	if kind := r.text(f["kind"], "kind", root.line, true); kind != "" && kind != "Import" {
		r.fault("kind", f["kind"].line, "import.bad-kind", "kind", kind)
	}
	m.ID = r.text(f["id"], "id", root.line, true)
	if zone := r.text(f["timezone"], "timezone", root.line, false); zone != "" {
		location, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			r.fault("timezone", f["timezone"].line, "import.bad-timezone", "zone", zone)
		} else {
			m.Timezone = location
		}
	}
	for i, n := range r.list(f["sources"], "sources", root.line) {
		r.source(n, fmt.Sprintf("sources[%d]", i), m)
	}
	for i, n := range r.list(f["messages"], "messages", root.line) {
		r.message(n, fmt.Sprintf("messages[%d]", i), m)
	}
}

// A source's name is used in SQL as it stands, and so must not need quotes.
var sourceName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)

func (r *mappingReader) source(n *node, path string, m *Mapping) {
	if !n.isMap {
		r.fault(path, n.line, "import.not-map")
		return
	}
	f := r.fields(n, path, "as", "file", "format", "header", "delimiter", "types")
	s := Source{Path: path, Line: n.line, Types: map[string]kind{}}
	s.As = r.text(f["as"], path+".as", n.line, true)
	s.File = r.text(f["file"], path+".file", n.line, true)
	if s.As != "" && (!sourceName.MatchString(s.As) || strings.HasPrefix(strings.ToLower(s.As), "beichen_")) {
		r.fault(path+".as", f["as"].line, "import.bad-source-name", "name", s.As)
	}
	if slices.ContainsFunc(m.Sources, func(other Source) bool { return strings.EqualFold(other.As, s.As) }) {
		r.fault(path+".as", n.line, "import.repeated-source", "name", s.As)
	}
	format := r.text(f["format"], path+".format", n.line, false)
	if format == "" {
		s.Format = formatOf(s.File)
	} else {
		s.Format = formatOf("." + format)
	}
	if s.Format == "" && s.File != "" {
		r.fault(path+".file", n.line, "import.unknown-format", "file", s.File)
	}
	r.separation(f, &s)
	if types := f["types"]; types != nil && !types.null {
		if !types.isMap {
			r.fault(path+".types", types.line, "import.not-map")
		}
		for _, column := range types.fields {
			k, ok := kindNamed(column.value.trimmed())
			if !ok {
				r.fault(path+".types."+column.name, column.line, "import.unknown-column-type", "type", column.value.trimmed())
			}
			s.Types[strings.ToLower(column.name)] = k
		}
		if s.Format == Parquet {
			r.fault(path+".types", types.line, "import.types-of-parquet")
		}
	}
	m.Sources = append(m.Sources, s)
}

// separation reads how the fields of CSV and TSV are told apart and named.
func (r *mappingReader) separation(f map[string]*node, s *Source) {
	if s.Format == TSV {
		s.Delimiter = '\t'
	}
	for _, name := range []string{"header", "delimiter"} {
		n := f[name]
		if n == nil || n.null {
			continue
		}
		path := s.Path + "." + name
		switch {
		case !n.isText:
			r.fault(path, n.line, "import.not-text")
		case s.Format != "" && s.Format != CSV && s.Format != TSV:
			r.fault(path, n.line, "import.only-separated", "format", string(s.Format))
		case name == "header":
			s.Headless = n.trimmed() == "false"
			if !s.Headless && n.trimmed() != "true" {
				r.fault(path, n.line, "import.not-boolean", "value", n.trimmed())
			}
		case len(n.text) != 1 || n.text[0] >= utf8.RuneSelf || strings.ContainsAny(n.text, "\"\r\n"):
			r.fault(path, n.line, "import.bad-delimiter", "value", n.text)
		default:
			s.Delimiter = n.text[0]
		}
	}
}

func (r *mappingReader) message(n *node, path string, m *Mapping) {
	if !n.isMap {
		r.fault(path, n.line, "import.not-map")
		return
	}
	msg := Message{Path: path, Line: n.line}
	exprs := []struct {
		name string
		into *Expr
	}{
		{"from", &msg.From}, {"where", &msg.Where}, {"event", &msg.Event}, {"userId", &msg.UserID},
		{"anonymousId", &msg.AnonymousID}, {"previousId", &msg.PreviousID}, {"groupId", &msg.GroupID},
		{"messageId", &msg.MessageID}, {"timestamp", &msg.Timestamp}, {"channel", &msg.Channel}, {"source", &msg.Source},
		{"value", &msg.Value}, {"currency", &msg.Currency}, {"cost", &msg.Cost},
	}
	maps := []struct {
		name string
		into *[]Named
	}{{"properties", &msg.Properties}, {"traits", &msg.Traits}, {"context", &msg.Context}}
	known := []string{"type"}
	for _, e := range exprs {
		known = append(known, e.name)
	}
	for _, e := range maps {
		known = append(known, e.name)
	}
	f := r.fields(n, path, known...)
	msg.Type = event.Type(r.text(f["type"], path+".type", n.line, true))
	for _, e := range exprs {
		*e.into = r.expr(f[e.name], path+"."+e.name)
	}
	for _, e := range maps {
		*e.into = r.named(f[e.name], path+"."+e.name)
	}
	r.check(&msg, f)
	m.Messages = append(m.Messages, msg)
}

// check holds the message to what its type needs and can carry.
func (r *mappingReader) check(m *Message, f map[string]*node) {
	need := func(e Expr, name string) {
		if !e.Given() {
			r.fault(m.Path+"."+name, m.Line, "import.missing", "field", name)
		}
	}
	need(m.From, "from")
	need(m.Timestamp, "timestamp")
	switch m.Type {
	case event.Track:
		need(m.Event, "event")
	case event.Group:
		need(m.GroupID, "groupId")
	case event.Alias:
		need(m.UserID, "userId")
		need(m.PreviousID, "previousId")
	case event.Page, event.Screen, event.Identify:
	case "":
		return
	default:
		r.fault(m.Path+".type", f["type"].line, "import.bad-type", "type", string(m.Type))
		return
	}
	if m.Type != event.Alias && !m.UserID.Given() && !m.AnonymousID.Given() {
		r.fault(m.Path+".userId", m.Line, "import.missing", "field", "userId")
	}
	for _, only := range []struct {
		e     Expr
		types []event.Type
	}{
		{m.Event, []event.Type{event.Track, event.Page, event.Screen}},
		{m.Value, []event.Type{event.Track, event.Page, event.Screen}},
		{m.Currency, []event.Type{event.Track, event.Page, event.Screen}},
		{m.Cost, []event.Type{event.Track, event.Page, event.Screen}},
		{m.PreviousID, []event.Type{event.Alias}},
	} {
		if only.e.Given() && !slices.Contains(only.types, m.Type) {
			r.fault(only.e.Path, only.e.Line, "import.not-for-type", "type", string(m.Type))
		}
	}
	for _, c := range m.Context {
		taken := c.Name == "groupId" && m.GroupID.Given() ||
			c.Name == "traits" && len(m.Traits) > 0 && m.Type != event.Identify && m.Type != event.Group
		if taken {
			r.fault(c.Path, c.Line, "import.set-twice", "field", c.Name)
		}
	}
}

// fields are the members of a map by name, with a fault for each that is not known.
func (r *mappingReader) fields(n *node, path string, known ...string) map[string]*node {
	out := map[string]*node{}
	for _, f := range n.fields {
		if !slices.Contains(known, f.name) {
			r.fault(join(path, f.name), f.line, "import.unknown-key", "key", f.name, "known", strings.Join(known, ", "))
			continue
		}
		out[f.name] = f.value
	}
	return out
}

func (r *mappingReader) text(n *node, path string, line int, needed bool) string {
	switch {
	case n == nil || n.null || n.isText && n.trimmed() == "":
		if needed {
			r.fault(path, line, "import.missing", "field", path[strings.LastIndexByte(path, '.')+1:])
		}
		return ""
	case !n.isText:
		r.fault(path, n.line, "import.not-text")
		return ""
	}
	return n.trimmed()
}

func (r *mappingReader) list(n *node, path string, line int) []*node {
	switch {
	case n == nil || n.null || n.isList && len(n.items) == 0:
		r.fault(path, line, "import.missing", "field", path)
		return nil
	case !n.isList:
		r.fault(path, n.line, "import.not-list")
		return nil
	}
	return n.items
}

func (r *mappingReader) expr(n *node, path string) Expr {
	if n == nil {
		return Expr{}
	}
	return Expr{SQL: r.text(n, path, n.line, false), Path: path, Line: n.line}
}

func (r *mappingReader) named(n *node, path string) []Named {
	if n == nil || n.null {
		return nil
	}
	if !n.isMap {
		r.fault(path, n.line, "import.not-map")
		return nil
	}
	var out []Named
	for _, f := range n.fields {
		if e := r.expr(f.value, join(path, f.name)); e.Given() {
			out = append(out, Named{Name: f.name, Expr: e})
		}
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
