package stream

import (
	"context"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// scanning reads what the store has into codes of the index.
type scanning struct {
	*advance
	// What the codes of the store stand for; its dictionaries are of one scan.
	fromNames, fromCurrencies, fromSubjects translation
	fromColumns                             []translation

	// Of the batch in hand: who each event counts for, and the codes of its name
	// and, by column, of its values.
	customer, name []uint32
	keys           [][]uint32
}

func (a *advance) scanning() scanning {
	return scanning{advance: a, fromColumns: make([]translation, len(a.columns)), keys: make([][]uint32, len(a.columns))}
}

// scan hands the store's batches to take, their codes translated.
func (s *scanning) scan(ctx context.Context, q warehouse.Scan, take func(*warehouse.Batch)) error {
	q.Keys = s.asked
	q.Unplaced, q.Unaccounted = true, !s.asksForAccounts()
	q.From = s.unexpired(q.From)
	return s.facts.warehouse.Scan(ctx, q, func(batch *warehouse.Batch) error {
		batch = living(s.view, batch)
		s.learn(batch)
		s.translate(batch)
		take(batch)
		return nil
	})
}

func (a *advance) asksForAccounts() bool {
	return a.subject.Kind == Account || slices.ContainsFunc(a.columns, (*column).ofAccount)
}

// learn gives the values that are new in a batch's dictionaries codes.
func (s *scanning) learn(batch *warehouse.Batch) {
	s.learning.Lock()
	defer s.learning.Unlock()
	s.fromNames = extend(s.fromNames, batch.Names, s.names)
	s.fromCurrencies = extend(s.fromCurrencies, batch.Currencies, s.currencies)
	next := 0
	for k, c := range s.columns {
		if c.ofAccount() {
			continue
		}
		for _, value := range batch.Values[next][len(s.fromColumns[k]):] {
			s.fromColumns[k] = append(s.fromColumns[k], c.dictionary.code(comparableValue(value)))
		}
		next++
	}
	if s.subject.Kind == ByKey {
		for _, value := range batch.Values[next][len(s.fromSubjects):] {
			s.fromSubjects = append(s.fromSubjects, s.subjects.code(scalarOf(comparableValue(value))))
		}
	}
}

func (s *scanning) translate(batch *warehouse.Batch) {
	s.customer = slices.Grow(s.customer[:0], batch.Len)[:batch.Len]
	switch s.subject.Kind {
	case Person:
		s.customer = s.view.AppendPersons(s.customer[:0], batch.Customer[:batch.Len])
	case Account:
		for i, own := range batch.Account[:batch.Len] {
			s.customer[i] = s.account(batch.Customer[i], own)
		}
	case ByKey:
		s.customer = appendTranslated(s.customer[:0], batch.Keys[len(s.asked)-1][:batch.Len], s.fromSubjects)
	}
	s.name = appendTranslated(s.name[:0], batch.Name[:batch.Len], s.fromNames)
	next := 0
	for k, c := range s.columns {
		if c.ofAccount() {
			s.keys[k] = append(s.keys[k][:0], batch.Account[:batch.Len]...)
			continue
		}
		s.keys[k] = appendTranslated(s.keys[k][:0], batch.Keys[next][:batch.Len], s.fromColumns[k])
		next++
	}
}

// account is an event's own account, or its person's.
func (a *advance) account(customer, own identity.Number) identity.Number {
	if own != 0 {
		return own
	}
	return a.view.AccountOf(a.view.Person(customer))
}

// scanRows adds what the store has to the rows, of the customers that keep wants
// (nil: of all).
func (a *advance) scanRows(ctx context.Context, q warehouse.Scan, keep func(customer uint32) bool) error {
	s := a.scanning()
	return s.scan(ctx, q, func(batch *warehouse.Batch) {
		for i, customer := range s.customer {
			if keep != nil && !keep(customer) {
				continue
			}
			a.rows.customer = append(a.rows.customer, customer)
			a.rows.time = append(a.rows.time, batch.Time[i])
			a.rows.name = append(a.rows.name, s.name[i])
			a.rows.addAmounts(batch.Value[i:i+1], batch.Cost[i:i+1], func(int) uint16 { return uint16(s.fromCurrencies[batch.Currency[i]]) })
			for k := range a.columns {
				a.rows.keys[k] = append(a.rows.keys[k], s.keys[k][i])
			}
		}
	})
}

// eachOfTail yields the events that came after a position and may not be in the
// store, of the customers that keep wants (nil: of all).
func (a *advance) eachOfTail(after uint64, keep func(customer uint32) bool, yield func(m warehouse.Stored, customer uint32)) {
	for _, m := range a.tail {
		if m.Seq <= after || !m.Type.IsEvent() || a.view.Forgotten(m.Customer) || a.view.Expired(m.Micros()) {
			continue
		}
		var customer uint32
		switch a.subject.Kind {
		case Person:
			customer = a.view.Person(m.Customer)
		case Account:
			customer = a.account(m.Customer, m.Account)
		case ByKey:
			customer = a.subjects.code(event.Scalar(a.subject.Key.Of(m.Message)))
		}
		if keep == nil || keep(customer) {
			yield(m, customer)
		}
	}
}

// addMessage adds an event of the tail to the rows.
func (a *advance) addMessage(m warehouse.Stored, customer uint32) {
	a.rows.addMessage(m, customer, a.names.code(m.Name), uint16(a.currencies.code(m.Currency)))
	for k, c := range a.columns {
		a.rows.keys[k] = append(a.rows.keys[k], c.codeOf(m))
	}
}

// codeOf is the code of a message's value.
func (c *column) codeOf(m warehouse.Stored) uint32 {
	if c.ofAccount() {
		return m.Account
	}
	return c.dictionary.code(comparableValue(c.key.Of(m.Message)))
}
