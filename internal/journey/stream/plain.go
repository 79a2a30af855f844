package stream

import (
	"context"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// plain answers one question from rows that somebody evaluated for it: the
// store, or the plan itself on messages. It is what the Index is held against,
// and what answers where the Index does not: a file, a trace, a filter on text
// that nearly always differs.
type plain struct {
	plan *plan
	view *identity.View
	rows rows

	person, account []identity.Number
	match           []uint64
	times           []uint32 // events that a row stands for; nil: one each

	names, currencies *dictionary[string]
	values            []*dictionary[any]

	fromNames, fromCurrencies translation // of the batches' dictionaries
	fromValues                []translation

	part *portioning // nil: classes stand beside the words
}

func newPlain(p *plan, view *identity.View) *plain {
	b := &plain{
		plan: p, view: view,
		names: newDictionary[string](), currencies: newDictionary[string](), fromValues: make([]translation, len(p.ofEvent)),
	}
	b.rows.keys = make([][]uint32, len(p.keys))
	for range p.keys {
		b.values = append(b.values, newDictionary[any]())
	}
	return b
}

// addMessage evaluates one message and adds it if it is an event of the question.
func (b *plain) addMessage(m warehouse.Stored) {
	p, micros := b.plan, m.Micros()
	if !m.Type.IsEvent() || b.view.Forgotten(m.Customer) || b.view.Expired(micros) || !p.inside(micros) || !p.segment.Matches(m.Message) {
		return
	}
	person := b.view.Person(m.Customer)
	b.rows.addMessage(m, person, b.names.code(m.Name), uint16(b.currencies.code(m.Currency)))
	b.rows.seq = append(b.rows.seq, m.Seq)
	b.person, b.account = append(b.person, person), append(b.account, m.Account)
	if b.times != nil {
		b.times = append(b.times, 1)
	}
	for range p.words() {
		b.match = append(b.match, 0)
	}
	p.match(m.Message, b.match[len(b.match)-p.words():])
	for _, k := range p.ofEvent {
		b.rows.keys[k] = append(b.rows.keys[k], b.values[k].code(event.Scalar(p.keys[k].Of(m.Message))))
	}
}

// addBatch adds rows that a warehouse has evaluated already.
func (b *plain) addBatch(batch *warehouse.Batch) {
	batch = living(b.view, batch)
	b.fromNames = extend(b.fromNames, batch.Names, b.names)
	b.fromCurrencies = extend(b.fromCurrencies, batch.Currencies, b.currencies)
	for _, n := range batch.Customer[:batch.Len] {
		b.person = append(b.person, b.view.Person(n))
	}
	b.rows.customer = append(b.rows.customer, b.person[len(b.rows.customer):]...)
	b.account = append(b.account, batch.Account[:batch.Len]...)
	b.rows.time = append(b.rows.time, batch.Time[:batch.Len]...)
	b.addTimes(batch)
	b.rows.seq = append(b.rows.seq, batch.Seq[:batch.Len]...)
	b.rows.name = appendTranslated(b.rows.name, batch.Name[:batch.Len], b.fromNames)
	b.match = append(b.match, batch.Match[:batch.Len*batch.Words]...)
	b.rows.addAmounts(batch.Value[:batch.Len], batch.Cost[:batch.Len], func(i int) uint16 {
		return uint16(b.fromCurrencies[batch.Currency[i]])
	})
	for i, k := range b.plan.ofEvent {
		for code := len(b.fromValues[i]); code < len(batch.Values[i]); code++ {
			b.fromValues[i] = append(b.fromValues[i], b.values[k].code(event.Scalar(batch.Values[i][code])))
		}
		b.rows.keys[k] = appendTranslated(b.rows.keys[k], batch.Keys[i][:batch.Len], b.fromValues[i])
	}
}

// addTimes adds how many events the rows of a batch stand for, before these count as
// added.
func (b *plain) addTimes(batch *warehouse.Batch) {
	if batch.Count == nil && b.times == nil {
		return
	}
	if b.times == nil {
		b.times = slices.Repeat([]uint32{1}, len(b.rows.seq))
	}
	for row := range batch.Len {
		n := uint32(1)
		if batch.Count != nil {
			n = uint32(batch.Count[row])
		}
		b.times = append(b.times, n)
	}
}

// finish makes the Streams. The caller fills Through and Last.
func (b *plain) finish(ctx context.Context, known *customers) (*Streams, error) {
	b.attribute()
	dropped := b.applyCustomers(known)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Streams{Names: b.names.values, Currencies: b.currencies.values, CustomerID: b.customerID()}
	s.Unattributed = b.subjects(dropped)
	if b.times != nil {
		b.rows.keys = append(b.rows.keys, b.times)
		s.times = len(b.rows.keys)
	}
	if b.part == nil {
		s.Classes = b.classes()
	} else {
		b.part.name(b, s)
	}
	var first, last int64
	if b.rows.len() > 0 {
		first, last = slices.Min(b.rows.time), slices.Max(b.rows.time)
	}
	s.Layout, _ = layoutFor(first, last, len(s.Names)) // a span of centuries with thousands of names would not fit
	m := merging{layout: s.Layout, rows: &b.rows}
	var err error
	if s.Blocks, err = m.into(ctx, nil); err != nil {
		return nil, err
	}
	for k := range b.plan.Question.Keys {
		s.keys = append(s.keys, key{column: k})
		s.Values = append(s.Values, b.values[k].values)
	}
	s.prepare()
	if err := s.count(ctx, b.plan, nil); err != nil {
		return nil, err
	}
	if b.times != nil {
		s.Events = 0
		for e, n := range b.times {
			if b.rows.customer[e] != 0 {
				s.Events += int(n)
			}
		}
	}
	return s, nil
}

// classes turns the patterns that hold of each row into its class.
func (b *plain) classes() [][]uint64 {
	m, words := newMatcher(len(b.plan.patterns)), b.plan.words()
	b.rows.class = make([]uint32, b.rows.len())
	for row := range b.rows.class {
		b.rows.class[row] = m.number(b.match[row*words:][:words])
	}
	b.match = nil
	return m.words
}

// attribute gives events without an account of their own the one of their
// person's latest group message.
func (b *plain) attribute() {
	for e, account := range b.account {
		if account == 0 {
			b.account[e] = b.view.AccountOf(b.person[e])
		}
	}
}

// applyCustomers evaluates what depends on traits and accounts. It clears the
// bits of patterns that do not hold, fills the key columns and tells which rows
// the segment leaves out.
func (b *plain) applyCustomers(known *customers) (dropped func(row int) bool) {
	p, words := b.plan, b.plan.words()
	for i, filter := range p.patternsOf {
		holds := known.judge(filter)
		for e := range b.person {
			if word := &b.match[e*words+i/64]; *word>>(i%64)&1 == 1 && !holds(b.person[e], b.account[e]) {
				*word &^= 1 << (i % 64)
			}
		}
	}
	for _, k := range p.ofCustomer {
		column := make([]uint32, len(b.person))
		for e := range column {
			column[e] = b.values[k].code(event.Scalar(known.value(p.keys[k], b.person[e], b.account[e])))
		}
		b.rows.keys[k] = column
	}
	if len(p.segmentOf) == 0 {
		return func(int) bool { return false }
	}
	holds := known.judge(p.segmentOf)
	return func(e int) bool { return !holds(b.person[e], b.account[e]) }
}

// subjects gives every row the number of its customer, 0 for those left out.
func (b *plain) subjects(dropped func(row int) bool) (unattributed int) {
	switch b.plan.Subject.Kind {
	case Account:
		copy(b.rows.customer, b.account)
	case ByKey:
		copy(b.rows.customer, b.rows.keys[len(b.plan.keys)-1])
	}
	for e := range b.rows.customer {
		switch {
		case dropped(e):
			b.rows.customer[e] = 0
		case b.rows.customer[e] == 0 && !b.plan.beforeFrom(b.rows.time[e]):
			unattributed += b.timesOf(e)
		}
	}
	return unattributed
}

// timesOf is how many events a row stands for.
func (b *plain) timesOf(row int) int {
	if b.times == nil {
		return 1
	}
	return int(b.times[row])
}

func (b *plain) customerID() func(number uint32) string {
	view := b.view
	switch b.plan.Subject.Kind {
	case Person:
		return view.ID
	case Account:
		return view.AccountID
	}
	values := b.values[len(b.plan.keys)-1]
	return func(number uint32) string { return text(values.values[number]) }
}
