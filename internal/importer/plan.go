package importer

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// plan is how one message of the mapping is asked of the engine.
type plan struct {
	message *Message
	index   int // the message's place in the mapping, from 0
	from    *fromClause
	where   *slot // nil where every row is taken
	slots   []slot
}

// slot is one column of the plan's answer: what a field of the message is made
// of. Properties, traits and context are one slot each, of several expressions.
type slot struct {
	field string // the message's field
	read  reading
	exprs []Expr // the mapping's, for reports
	sql   string // what is asked, of the type that read says
	// guarded slots run inside TRY, so that a row on which they fail is refused
	// alone. Expressions with subqueries, windows or chance cannot (DuckDB): a
	// failure of theirs ends the import.
	guarded bool
}

// reading says what a slot's column holds.
type reading int

const (
	readText    reading = iota // VARCHAR
	readNumber                 // DOUBLE
	readWall                   // microseconds of a time without zone, as if in UTC
	readInstant                // microseconds since 1970 UTC
	readJSON                   // an object as VARCHAR, its nulls left out
)

// planner binds the mapping's expressions to the loaded tables.
type planner struct {
	engine *engine
	tables map[string]*table // by lower-case name
	faults []fault.Detail
	failed []string // the SQL of what did not bind
}

// named is the message with each expression that is only a column's name
// meaning that column, as it stands in the file: also names that SQL would have
// quoted (time:timestamp) or takes for words of its own (at, user).
func (p *planner) named(as *Message) *Message {
	m := *as
	for _, e := range []*Expr{
		&m.Where, &m.Event, &m.UserID, &m.AnonymousID, &m.PreviousID, &m.GroupID, &m.MessageID,
		&m.Timestamp, &m.Channel, &m.Source, &m.Value, &m.Currency, &m.Cost,
	} {
		p.name(e)
	}
	for _, list := range []*[]Named{&m.Properties, &m.Traits, &m.Context} {
		*list = slices.Clone(*list)
		for i := range *list {
			p.name(&(*list)[i].Expr)
		}
	}
	return &m
}

func (p *planner) name(e *Expr) {
	if !columnName.MatchString(e.SQL) {
		return
	}
	for _, t := range p.tables {
		for _, c := range t.columns {
			if strings.EqualFold(c.name, e.SQL) {
				e.SQL = quoted(c.name)
				return
			}
		}
	}
}

var columnName = regexp.MustCompile(`^[\p{L}_][^'"]*$`)

func (p *planner) fault(e Expr, err error) {
	p.faults = append(p.faults, fault.At(e.Path, e.Line, "import.sql", "reason", reason(err)))
	p.failed = append(p.failed, e.SQL)
}

// plan binds one message. Faults of every expression are collected; the plan is
// of use only if there are none.
func (p *planner) plan(ctx context.Context, as *Message, index int) *plan {
	m := p.named(as)
	out := &plan{message: m, index: index}
	from, err := p.engine.readFrom(ctx, m.From.SQL, p.tables)
	if err == nil {
		_, err = p.typeOf(ctx, "1", m.From)
	}
	if err != nil {
		p.fault(m.From, err)
		return out
	}
	out.from = from
	if m.Where.Given() {
		if _, err := p.bind(ctx, m.Where, m.From); err == nil {
			s := slot{field: "where", exprs: []Expr{m.Where}, sql: "CAST(" + wrapped(m.Where.SQL) + " AS BOOLEAN)"}
			s.guarded = p.guardable(ctx, s.sql, m.From)
			out.where = &s
		}
	}
	p.fields(ctx, out)
	if len(p.faults) == 0 {
		if _, err := p.engine.db.ExecContext(ctx, "EXPLAIN "+out.query()); err != nil {
			p.fault(Expr{SQL: out.query(), Path: m.Path, Line: m.Line}, err)
		}
	}
	return out
}

func (p *planner) fields(ctx context.Context, out *plan) {
	m := out.message
	for _, f := range []struct {
		field string
		expr  Expr
	}{
		{"event", m.Event}, {"userId", m.UserID}, {"anonymousId", m.AnonymousID}, {"previousId", m.PreviousID},
		{"groupId", m.GroupID}, {"messageId", m.MessageID}, {"channel", m.Channel}, {"source", m.Source}, {"currency", m.Currency},
	} {
		if f.expr.Given() {
			p.slot(ctx, out, f.field, f.expr, func(string) (string, reading) {
				return "CAST(" + wrapped(f.expr.SQL) + " AS VARCHAR)", readText
			})
		}
	}
	p.slot(ctx, out, "timestamp", m.Timestamp, func(sqlType string) (string, reading) { return p.time(m.Timestamp, sqlType) })
	for _, f := range []struct {
		field string
		expr  Expr
	}{{"value", m.Value}, {"cost", m.Cost}} {
		if f.expr.Given() {
			p.slot(ctx, out, f.field, f.expr, func(sqlType string) (string, reading) { return p.number(f.expr, sqlType) })
		}
	}
	traits, contextual := m.Traits, m.Context
	if m.Type != event.Identify && m.Type != event.Group {
		p.object(ctx, out, "context", contextual, traits)
	} else {
		p.object(ctx, out, "context", contextual, nil)
		p.object(ctx, out, "traits", traits, nil)
	}
	p.object(ctx, out, "properties", m.Properties, nil)
}

func (p *planner) slot(ctx context.Context, out *plan, field string, e Expr, render func(sqlType string) (string, reading)) {
	sqlType, err := p.bind(ctx, e, out.message.From)
	if err != nil {
		return
	}
	s := slot{field: field, exprs: []Expr{e}}
	if s.sql, s.read = render(sqlType); s.sql == "" {
		return
	}
	s.guarded = p.guardable(ctx, s.sql, out.message.From)
	out.slots = append(out.slots, s)
}

func (p *planner) time(e Expr, sqlType string) (string, reading) {
	x := wrapped(e.SQL)
	switch {
	case sqlType == "DATE" || sqlType == "TIMESTAMP" || sqlType == "TIMESTAMP_S" || sqlType == "TIMESTAMP_MS" || sqlType == "TIMESTAMP_NS":
		x = "CAST(" + x + " AS TIMESTAMP)"
		return "CASE WHEN isfinite(" + x + ") THEN epoch_us(" + x + ") END", readWall
	case sqlType == "TIMESTAMP WITH TIME ZONE":
		return "CASE WHEN isfinite(" + x + ") THEN epoch_us(" + x + ") END", readInstant
	case sqlType == "VARCHAR" || sqlType == `"NULL"`:
		return "CAST(" + x + " AS VARCHAR)", readText
	}
	p.faults = append(p.faults, fault.At(e.Path, e.Line, "import.not-time", "type", sqlType))
	return "", 0
}

func (p *planner) number(e Expr, sqlType string) (string, reading) {
	x := wrapped(e.SQL)
	switch {
	case isNumeric(sqlType):
		return "CAST(" + x + " AS DOUBLE)", readNumber
	case sqlType == "VARCHAR" || sqlType == `"NULL"`:
		return "CAST(" + x + " AS VARCHAR)", readText
	}
	p.faults = append(p.faults, fault.At(e.Path, e.Line, "import.not-number", "type", sqlType))
	return "", 0
}

func isNumeric(sqlType string) bool {
	for _, part := range []string{"INT", "DECIMAL", "DOUBLE", "FLOAT", "BIGNUM"} {
		if strings.Contains(sqlType, part) && !strings.ContainsAny(sqlType, "[<") && !strings.HasPrefix(sqlType, "STRUCT") && !strings.HasPrefix(sqlType, "MAP") {
			return true
		}
	}
	return false
}

// object is the slot of a map of expressions, with traits inside it if there
// are any.
func (p *planner) object(ctx context.Context, out *plan, field string, members, traits []Named) {
	s := slot{field: field, read: readJSON}
	pairs := p.pairs(ctx, out, members, &s)
	if inner := p.pairs(ctx, out, traits, &s); len(inner) > 0 {
		pairs = append(pairs, "'traits'", "json_object("+strings.Join(inner, ", ")+")")
	}
	if len(pairs) == 0 {
		return
	}
	s.sql = "CAST(json_merge_patch('{}', json_object(" + strings.Join(pairs, ", ") + ")) AS VARCHAR)"
	s.guarded = p.guardable(ctx, s.sql, out.message.From)
	out.slots = append(out.slots, s)
}

func (p *planner) pairs(ctx context.Context, out *plan, members []Named, s *slot) []string {
	var pairs []string
	for _, m := range members {
		sqlType, err := p.bind(ctx, m.Expr, out.message.From)
		if err != nil {
			continue
		}
		s.exprs = append(s.exprs, m.Expr)
		pairs = append(pairs, literal(m.Name), jsonValue(wrapped(m.SQL), sqlType))
	}
	return pairs
}

// jsonValue is how a value stands in JSON: times in ISO 8601, those with a zone
// in UTC; what is no number is left out.
func jsonValue(x, sqlType string) string {
	switch sqlType {
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		return "replace(CAST(" + x + " AS VARCHAR), ' ', 'T')"
	case "TIMESTAMP WITH TIME ZONE":
		return "replace(CAST(timezone('UTC', " + x + ") AS VARCHAR), ' ', 'T') || 'Z'"
	case "DOUBLE", "FLOAT":
		return "CASE WHEN isfinite(" + x + ") THEN " + x + " END"
	}
	return x
}

// bind checks an expression alone and over its FROM clause, and gives its type.
func (p *planner) bind(ctx context.Context, e Expr, from Expr) (string, error) {
	parsed, err := p.engine.parse(ctx, "SELECT "+wrapped(e.SQL))
	if err == nil && len(parsed.Statements[0].Node.SelectList) != 1 {
		err = errors.New("not one expression")
	}
	var sqlType string
	if err == nil {
		sqlType, err = p.typeOf(ctx, wrapped(e.SQL), from)
	}
	if err != nil {
		p.fault(e, err)
	}
	return sqlType, err
}

func (p *planner) typeOf(ctx context.Context, sql string, from Expr) (string, error) {
	rows, err := p.engine.db.QueryContext(ctx, "SELECT column_type FROM (DESCRIBE SELECT "+sql+" AS x FROM "+from.SQL+"\n)")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var sqlType string
	for rows.Next() {
		if err := rows.Scan(&sqlType); err != nil {
			return "", err
		}
	}
	return sqlType, rows.Err()
}

func (p *planner) guardable(ctx context.Context, sql string, from Expr) bool {
	_, err := p.typeOf(ctx, "TRY(["+sql+"])", from)
	return err == nil
}

// wrapped keeps an expression to itself: the lines end a comment in it.
func wrapped(sql string) string { return "(\n" + sql + "\n)" }
