package stream

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// read makes the answer to a question of a snapshot: which class an event is of
// is found out by the cursors that read it. It is nil where the index cannot
// tell, and the store has to be asked.
func (x *snapshot) read(ctx context.Context, p *plan, known *customers) (*Streams, error) {
	s := &Streams{
		Layout: x.Layout, Blocks: x.blocks, Names: x.names, Currencies: x.currencies, Unattributed: x.unattributed,
		Through: x.through, Facts: x.number, Kept: x.kept, since: x.since, ofCustomers: len(p.customerKeys()) > 0, CustomerID: x.customerID(p.Subject),
		question: questions.Add(1),
	}
	if x.events+x.unattributed > 0 {
		s.Last = time.UnixMicro(x.last).UTC()
	}
	t := tester{snapshot: x, subject: p.Subject.Kind, known: known}
	m := newMatcher(len(p.Patterns))
	var ok bool
	if s.rules, ok = m.rules(x.names, p.Patterns, t.test); !ok {
		return nil, nil
	}
	s.Classes = m.words
	s.segment, _ = t.test(p.Segment)
	if x.view != nil {
		s.accountOf = x.view.AccountOf
	}
	for _, k := range p.Question.Keys {
		key, values := t.key(k)
		s.keys, s.Values = append(s.keys, key), append(s.Values, values)
	}
	s.bound(x, p)
	s.prepare()
	if !s.bounded && len(s.segment) == 0 && (p.From.IsZero() || p.From.UnixMicro() <= x.first) {
		s.Events, s.Customers = x.events, x.customers
		return s, nil
	}
	if err := s.count(ctx, p, &x.counts); err != nil {
		return nil, err
	}
	s.Unattributed = s.countNobody(p)
	return s, nil
}

// bound sets the bounds that leave something out.
func (s *Streams) bound(x *snapshot, p *plan) {
	first, last := x.first, x.last
	s.bounds = everything
	if !p.From.IsZero() && !p.AllHistory && p.From.UnixMicro() > first {
		s.bounded, first = true, p.From.UnixMicro()
		s.from = s.floor(first)
	}
	if !p.Until.IsZero() && p.Until.UnixMicro() < last {
		s.bounded, last = true, p.Until.UnixMicro()
	}
	if s.slots = slotsOf(first, last); last < x.last {
		s.until = s.floor(last + 1)
	}
}

// countNobody is how many events inside the bounds and the segment belong to no
// subject.
func (s *Streams) countNobody(p *plan) int {
	if len(s.Blocks) == 0 || s.Blocks[0] == nil {
		return 0
	}
	c, n := s.Cursor(true), 0
	b := s.Blocks[0]
	c.Block = b
	for e := b.Start[0]; e < b.Start[1]; e++ {
		at := s.Time(b.Event[e])
		if p.inside(at) && !p.beforeFrom(at) && c.Counts(e) {
			n++
		}
	}
	return n
}

// tester turns conditions into atoms and keys into codes.
type tester struct {
	*snapshot
	subject SubjectKind
	known   *customers
}

func (t *tester) test(f event.Filter) (test, bool) {
	atoms := make(test, 0, len(f))
	for i := range f {
		c := &f[i]
		var a atom
		if c.Key.Root.OfEvent() {
			a.column = t.column(c.Key)
			a.holds = t.columns[a.column].verdicts(c)
		} else {
			a.of, a.column = t.whose(c.Key)
			a.holds, a.beyond = t.known.verdicts(c)
		}
		atoms = append(atoms, a)
	}
	return atoms, true
}

// whose says by what the values of a key on traits or account are found.
func (t *tester) whose(k event.Key) (source, int) {
	if k.Root == event.Account && t.subject == Person {
		return ofAccount, t.column(event.Key{})
	}
	return ofCustomer, 0
}

// verdicts judges a condition on every value of a column.
func (c *column) verdicts(condition *event.Condition) []bool {
	holds := make([]bool, len(c.values))
	for code, value := range c.values {
		holds[code] = condition.Holds(valueOf(value))
	}
	return holds
}

// key gives the codes of a key whose values are what rows of a breakdown show:
// null, the empty string, objects and lists are one row.
func (t *tester) key(k event.Key) (key, []any) {
	if !k.Root.OfEvent() {
		of, column := t.whose(k)
		codes, values := t.known.codes(k)
		return key{of: of, column: column, codes: orNothing(codes)}, values
	}
	i := t.column(k)
	d := newDictionary[any]()
	codes := make([]uint32, len(t.columns[i].values))
	for code, value := range t.columns[i].values {
		codes[code] = d.code(scalarOf(value))
	}
	return key{column: i, codes: codes}, d.values
}

// orNothing is a list that is there, be it empty: no list would mean that codes
// are what was looked up.
func orNothing(codes []uint32) []uint32 {
	if codes == nil {
		return []uint32{}
	}
	return codes
}

func (x *snapshot) customerID(of Subject) func(number uint32) string {
	if x.view == nil {
		return nil
	}
	switch of.Kind {
	case Person:
		return x.view.ID
	case Account:
		return x.view.AccountID
	}
	return func(number uint32) string { return text(x.subjects[number]) }
}

func (p *plan) asksForAccounts() bool {
	return slices.ContainsFunc(p.customerKeys(), func(k event.Key) bool { return k.Root == event.Account })
}

// traits remembers what was last read of traits: a board asks for the same again
// and again.
type traits struct {
	keys    string
	through uint64
	version uint64
	known   *customers
}

// known reads the values of traits and account that a question needs.
func (l *Live) known(ctx context.Context, p *plan, view *identity.View, through uint64) (*customers, error) {
	keys := p.customerKeys()
	if len(keys) == 0 {
		return newCustomers(view, nil)
	}
	slices.SortFunc(keys, func(a, b event.Key) int {
		return slices.Compare(append([]string{string(a.Root)}, a.Path...), append([]string{string(b.Root)}, b.Path...))
	})
	text, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	last := l.traits
	l.mu.Unlock()
	if last.known != nil && last.keys == string(text) && last.through == through && last.version == view.Version && last.known.view.SameGraph(view) {
		return last.known, nil
	}
	loaded, tail := l.tail.Tail()
	tail = slices.DeleteFunc(slices.Clone(tail), func(m warehouse.Stored) bool { return view.Forgotten(m.Customer) })
	stored := func(root event.Root, path []string, yield func(warehouse.TraitValue) error) error {
		return l.warehouse.TraitValues(ctx, root, path, yield)
	}
	known, err := newCustomers(view, keys, stored, traitsOf(tail))
	if err != nil {
		return nil, err
	}
	if len(view.ForgottenAfter(loaded)) > 0 {
		return known, nil // the store still has what they said of their accounts
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.traits = traits{keys: string(text), through: through, version: view.Version, known: known}
	return known, nil
}
