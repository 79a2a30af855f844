package stream

import (
	"cmp"
	"context"
	"math"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// builder takes rows from any producer, in any order, and makes Streams of them:
// it says who each event belongs to, applies what depends on the customer, and
// sorts. Rows are held as columns, because a million of them must cost tens of
// megabytes and no work for the garbage collector.
type builder struct {
	plan *plan
	view *identity.View

	person, account []identity.Number
	time            []int64
	seq             []uint64
	name            []uint32
	match           []uint64
	value, cost     []float64
	currency        []uint32
	keys            [][]uint32 // by plan.keys

	names, currencies *dictionary[string]
	values            []*dictionary[any]

	fromNames, fromCurrencies translation // of the batches' dictionaries
	fromValues                []translation
}

func newBuilder(p *plan, view *identity.View) *builder {
	b := &builder{
		plan: p, view: view,
		names: newDictionary[string](), currencies: newDictionary[string](),
		keys: make([][]uint32, len(p.keys)), fromValues: make([]translation, len(p.ofEvent)),
	}
	for range p.keys {
		b.values = append(b.values, newDictionary[any]())
	}
	return b
}

// reserve makes room for n rows, so that columns do not grow by copying.
func (b *builder) reserve(n int) {
	b.person, b.account = make([]identity.Number, 0, n), make([]identity.Number, 0, n)
	b.time, b.seq = make([]int64, 0, n), make([]uint64, 0, n)
	b.name, b.currency = make([]uint32, 0, n), make([]uint32, 0, n)
	b.match = make([]uint64, 0, n*b.plan.words())
	b.value, b.cost = make([]float64, 0, n), make([]float64, 0, n)
	for _, k := range b.plan.ofEvent {
		b.keys[k] = make([]uint32, 0, n)
	}
}

// addMessage evaluates one message and adds it if it is an event of the question.
func (b *builder) addMessage(m warehouse.Stored) {
	p, micros := b.plan, m.Micros()
	if !m.Type.IsEvent() || !p.inside(micros) || !p.segment.Matches(m.Message) {
		return
	}
	b.person = append(b.person, b.view.Person(m.Customer))
	b.account = append(b.account, m.Account)
	b.time = append(b.time, micros)
	b.seq = append(b.seq, m.Seq)
	b.name = append(b.name, b.names.code(m.Name))
	b.value = append(b.value, orNaN(m.Value))
	b.cost = append(b.cost, orNaN(m.Cost))
	b.currency = append(b.currency, b.currencies.code(m.Currency))
	for range p.words() {
		b.match = append(b.match, 0)
	}
	p.match(m.Message, b.match[len(b.match)-p.words():])
	for _, k := range p.ofEvent {
		b.keys[k] = append(b.keys[k], b.values[k].code(event.Scalar(p.keys[k].Of(m.Message))))
	}
}

// addBatch adds rows that a warehouse has evaluated already.
func (b *builder) addBatch(batch *warehouse.Batch) {
	b.fromNames = extend(b.fromNames, batch.Names, b.names)
	b.fromCurrencies = extend(b.fromCurrencies, batch.Currencies, b.currencies)
	for _, n := range batch.Customer[:batch.Len] {
		b.person = append(b.person, b.view.Person(n))
	}
	b.account = append(b.account, batch.Account[:batch.Len]...)
	b.time = append(b.time, batch.Time[:batch.Len]...)
	b.seq = append(b.seq, batch.Seq[:batch.Len]...)
	b.name = appendTranslated(b.name, batch.Name[:batch.Len], b.fromNames)
	b.match = append(b.match, batch.Match[:batch.Len*batch.Words]...)
	b.value = append(b.value, batch.Value[:batch.Len]...)
	b.cost = append(b.cost, batch.Cost[:batch.Len]...)
	b.currency = appendTranslated(b.currency, batch.Currency[:batch.Len], b.fromCurrencies)
	for i, k := range b.plan.ofEvent {
		b.fromValues[i] = extend(b.fromValues[i], batch.Values[i], b.values[k])
		b.keys[k] = appendTranslated(b.keys[k], batch.Keys[i][:batch.Len], b.fromValues[i])
	}
}

func appendTranslated(to, codes []uint32, t translation) []uint32 {
	for _, code := range codes {
		to = append(to, t[code])
	}
	return to
}

func orNaN(amount *float64) float64 {
	if amount == nil {
		return math.NaN()
	}
	return *amount
}

// finish makes the Streams. The caller fills Through and Last.
func (b *builder) finish(ctx context.Context, known *customers) (*Streams, error) {
	b.attribute()
	dropped := b.applyCustomers(known)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	subject, unattributed := b.subjects(dropped)
	order, start, who := group(subject)
	for i := range who {
		b.sortByTime(order[start[i]:start[i+1]])
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Streams{
		Start: start, Words: b.plan.words(), Unattributed: unattributed,
		Names: b.names.values, Currencies: b.currencies.values, CustomerID: b.customerID(who),
	}
	// One column at a time: the unsorted one is free before the next is copied.
	s.Time, b.time = gather(b.time, order), nil
	s.Seq, b.seq = gather(b.seq, order), nil
	s.Name, b.name = gather(b.name, order), nil
	s.Match, b.match = gatherWords(b.match, order, s.Words), nil
	s.Value, b.value = gather(b.value, order), nil
	s.Cost, b.cost = gather(b.cost, order), nil
	s.Currency, b.currency = gather(b.currency, order), nil
	for k := range b.plan.Question.Keys {
		s.Keys = append(s.Keys, gather(b.keys[k], order))
		s.Values = append(s.Values, b.values[k].values)
		b.keys[k] = nil
	}
	return s, nil
}

// attribute gives events without an account of their own the one of their
// person's latest group message.
func (b *builder) attribute() {
	for e, account := range b.account {
		if account == 0 {
			b.account[e] = b.view.AccountOf(b.person[e])
		}
	}
}

// applyCustomers evaluates what depends on traits and accounts. It clears the
// bits of patterns that do not hold, fills the key columns and tells which rows
// the segment leaves out.
func (b *builder) applyCustomers(known *customers) (dropped func(e int) bool) {
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
		b.keys[k] = column
	}
	if len(p.segmentOf) == 0 {
		return func(int) bool { return false }
	}
	holds := known.judge(p.segmentOf)
	return func(e int) bool { return !holds(b.person[e], b.account[e]) }
}

// subjects gives every row the number of its customer, 0 for those left out.
func (b *builder) subjects(dropped func(e int) bool) (subject []uint32, unattributed int) {
	switch b.plan.Subject.Kind {
	case Person:
		subject = slices.Clone(b.person)
	case Account:
		subject = slices.Clone(b.account)
	case ByKey:
		subject = slices.Clone(b.keys[len(b.plan.keys)-1])
	}
	for e := range subject {
		switch {
		case dropped(e):
			subject[e] = 0
		case subject[e] == 0 && !b.plan.beforeFrom(b.time[e]):
			unattributed++
		}
	}
	return subject, unattributed
}

// group sorts rows by subject, by counting: order lists the rows, those of
// who[i] at start[i] … start[i+1]−1 in the order they came. Subject 0 is left out.
func group(subject []uint32) (order []uint32, start []int, who []uint32) {
	var last uint32
	for _, s := range subject {
		last = max(last, s)
	}
	count := make([]int, int(last)+1)
	for _, s := range subject {
		count[s]++
	}
	total := 0
	start = append(start, 0)
	for s := 1; s < len(count); s++ {
		if count[s] > 0 {
			who = append(who, uint32(s))
			count[s], total = total, total+count[s]
			start = append(start, total)
		}
	}
	order = make([]uint32, total)
	for e, s := range subject {
		if s != 0 {
			order[count[s]] = uint32(e)
			count[s]++
		}
	}
	return order, start, who
}

// sortByTime orders one customer's rows by time and, within an instant, by Seq.
// Events mostly arrive in the order they happened, so it looks first.
func (b *builder) sortByTime(rows []uint32) {
	compare := func(x, y uint32) int {
		return cmp.Or(cmp.Compare(b.time[x], b.time[y]), cmp.Compare(b.seq[x], b.seq[y]))
	}
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
}

func gather[T any](column []T, order []uint32) []T {
	out := make([]T, len(order))
	for i, e := range order {
		out[i] = column[e]
	}
	return out
}

func gatherWords(column []uint64, order []uint32, words int) []uint64 {
	if words == 1 {
		return gather(column, order)
	}
	out := make([]uint64, 0, len(order)*words)
	for _, e := range order {
		out = append(out, column[int(e)*words:][:words]...)
	}
	return out
}

func (b *builder) customerID(who []uint32) func(i int) string {
	view := b.view
	switch b.plan.Subject.Kind {
	case Person:
		return func(i int) string { return view.ID(who[i]) }
	case Account:
		return func(i int) string { return view.AccountID(who[i]) }
	}
	values := b.values[len(b.plan.keys)-1].values
	return func(i int) string { return text(values[who[i]]) }
}
