package stream

import (
	"context"
	"math"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// gathering puts the rows of customers together until they are complete. What a row
// counts for and which patterns hold of it is found out as it comes, so that it is
// written once, on the pile of the block that it will be in, and once more into that.
type gathering struct {
	plan  *plan
	view  *identity.View
	known *customers
	yield func(*Streams) error
	whole *Streams // without blocks, of all parts so far
	rest  Rest     // what the question leaves of events that match nothing

	accounts bool // an event's account is looked at
	grouped  bool // a row may stand for several events
	segment  func(person, account identity.Number) bool
	asking   []asking // patterns

	codes                     *portioning
	names, currencies         *dictionary[string]
	values                    []*dictionary[any]
	fromNames, fromCurrencies translation // of the batches' dictionaries
	fromValues                []translation
	tables                    runTables // likewise

	held    *gathered
	through identity.Number   // refs of which everything is there
	last    []identity.Number // by person: the greatest of their refs
	enough  int               // rows that a part is to have
	waiting int               // rows that were not of the last part
	counted []uint64          // a bit for each customer in whole.Customers
	share   warehouse.Range   // persons whose last ref it has are counted
	// Of customers that are no persons those whose number leaves a remainder are gathered.
	remainder, of uint32

	persons []identity.Number // of the batch in hand
	row     taken
}

// asking is a pattern, by its number, and what it asks of customers.
type asking struct {
	pattern int
	holds   func(person, account identity.Number) bool
}

// taken is a row as it comes.
type taken struct {
	person, account identity.Number // 0: no account of its own
	at              int64
	seq             uint64
	name            uint32
	times           int
	match           []uint64
	value, cost     float64 // NaN: none
	currency        uint32
	keys            []uint32 // by key of the plan, those of the event
}

func newGathering(p *plan, now present, known *customers, yield func(*Streams) error) *gathering {
	g := &gathering{
		plan: p, view: now.view, known: known, last: p.lastRefs(now.view), yield: yield, whole: &Streams{}, grouped: p.scan(0).Group != nil,
		codes: newPortioning(len(p.patterns)),
		names: newDictionary[string](), currencies: newDictionary[string](),
		row: taken{match: make([]uint64, p.words()), keys: make([]uint32, len(p.keys))},
	}
	for range p.keys {
		g.values = append(g.values, newDictionary[any]())
	}
	for i, filter := range p.patternsOf {
		g.asking = append(g.asking, asking{i, known.judge(filter)})
	}
	if len(p.segmentOf) > 0 {
		g.segment = known.judge(p.segmentOf)
	}
	g.accounts = p.Subject.Kind == Account || p.asksForAccounts()
	if p.Subject.Kind != ByKey { // whose an event is, it has to tell itself
		g.rest = p.Rest
	}
	if p.AllHistory && g.rest == CountOfRest { // those before From do not count
		g.rest = TimesOfRest
	}
	g.held = g.newGathered()
	return g
}

// lastRefs are by person the greatest of their refs; nil where no persons are counted.
func (p *plan) lastRefs(view *identity.View) []identity.Number {
	if p.Subject.Kind != Person {
		return nil
	}
	owners := view.Owners()
	last := make([]identity.Number, len(owners))
	for ref, person := range owners {
		last[person] = identity.Number(ref)
	}
	return last
}

// scan is what the store is asked for.
func (g *gathering) scan(now *present) warehouse.Scan {
	s := g.plan.scan(now.loaded)
	s.From = now.unexpired(s.From)
	s.Rest, s.Unpriced, s.Unaccounted = g.rest, g.plan.Unpriced, !g.accounts
	return s
}

// begin begins a reading with what has not been stored yet.
func (g *gathering) begin(tail []warehouse.Stored, reading, readings uint32) {
	g.through, g.remainder, g.of = 0, reading, readings
	g.beginScan()
	for _, m := range tail {
		g.addMessage(m)
	}
}

// beginScan forgets what the codes of a store stood for: each scan has dictionaries of its
// own.
func (g *gathering) beginScan() {
	g.fromNames, g.fromCurrencies, g.fromValues = nil, nil, make([]translation, len(g.plan.ofEvent))
	g.tables = runTables{codes: map[uint64][]uint32{}, keys: make([][]uint32, len(g.plan.ofEvent))}
}

// take takes a batch of the store's, and gives a part where enough customers are
// complete.
func (g *gathering) take(ctx context.Context, b *warehouse.Batch, through identity.Number) error {
	g.add(b)
	if through == g.through {
		return nil
	}
	g.through = through
	if through < warehouse.MaxNumber && (g.last == nil || g.held.rows-g.waiting < max(g.enough, g.waiting)) {
		return nil // of those who are no persons nobody is complete before the end
	}
	s, err := g.part(ctx)
	if err != nil {
		return err
	}
	g.whole.Names, g.whole.Currencies, g.whole.Classes, g.whole.Values = s.Names, s.Currencies, s.Classes, s.Values
	return g.yield(s)
}

// addMessage takes a message that the store has not got, if it is an event of the
// question.
func (g *gathering) addMessage(m warehouse.Stored) {
	p, r := g.plan, &g.row
	r.at = m.Micros()
	if !m.Type.IsEvent() || g.view.Forgotten(m.Customer) || g.view.Expired(r.at) || !p.inside(r.at) || !p.segment.Matches(m.Message) {
		return
	}
	clear(r.match)
	p.match(m.Message, r.match)
	for _, k := range p.ofEvent {
		r.keys[k] = g.values[k].code(event.Scalar(p.keys[k].Of(m.Message)))
	}
	r.person, r.account, r.seq, r.times = g.view.Person(m.Customer), m.Account, m.Seq, 1
	r.name, r.currency = g.names.code(m.Name), g.currencies.code(m.Currency)
	r.value, r.cost = orNaN(m.Value), orNaN(m.Cost)
	g.addRow()
}

// add takes rows that a warehouse has evaluated.
func (g *gathering) add(b *warehouse.Batch) {
	if b.Runs != nil && g.takesRuns() {
		g.addRuns(b)
		return
	}
	b = living(g.view, b.Rows())
	g.persons = g.view.AppendPersons(g.persons[:0], b.Customer[:b.Len])
	if b.Rest {
		g.addRest(b)
		return
	}
	p, r := g.plan, &g.row
	g.translate(b)
	r.account, r.times, r.value, r.cost, r.currency = 0, 1, math.NaN(), math.NaN(), 0
	for row, person := range g.persons {
		r.person, r.at, r.seq, r.name = person, b.Time[row], b.Seq[row], g.fromNames[b.Name[row]]
		copy(r.match, b.Match[row*b.Words:])
		if g.accounts {
			r.account = b.Account[row]
		}
		if b.Count != nil {
			r.times = int(b.Count[row])
		}
		if b.Value != nil && !p.Unpriced {
			r.value, r.cost, r.currency = b.Value[row], b.Cost[row], g.fromCurrencies[b.Currency[row]]
		}
		for i, k := range p.ofEvent {
			r.keys[k] = g.fromValues[i][b.Keys[i][row]]
		}
		g.addRow()
	}
}

// addRow takes the row in hand.
func (g *gathering) addRow() {
	p, r := g.plan, &g.row
	account := g.accountOf(r.person, r.account)
	for _, k := range p.ofCustomer {
		r.keys[k] = g.values[k].code(event.Scalar(g.known.value(p.keys[k], r.person, account)))
	}
	customer, ok := g.count(r.person, account, r.at, r.times)
	if !ok {
		return
	}
	for _, a := range g.asking {
		if word := &r.match[a.pattern/64]; *word>>(a.pattern%64)&1 == 1 && !a.holds(r.person, account) {
			*word &^= 1 << (a.pattern % 64)
		}
	}
	priced := r.value == r.value || r.cost == r.cost
	if g.rest != WholeRest && !matchesAny(r.match) {
		if g.rest == CountOfRest {
			return
		}
		if !priced {
			g.held.addTime(customer, r.at)
			return
		}
	}
	g.held.add(customer, r, g.codes.code(r.name, g.names.values, r.match), priced)
}

func matchesAny(match []uint64) bool {
	for _, word := range match {
		if word != 0 {
			return true
		}
	}
	return false
}

// addRest takes rows of which it is told whose they are, and no more than that.
func (g *gathering) addRest(b *warehouse.Batch) {
	for row, person := range g.persons {
		account, times := identity.Number(0), 1
		if g.accounts {
			account = g.accountOf(person, b.Account[row])
		}
		if b.Count != nil {
			times = int(b.Count[row])
		}
		g.count(person, account, math.MaxInt64, times) // inside the bounds they all are
	}
}

// accountOf is an event's own account, or that of its person's latest group message.
func (g *gathering) accountOf(person, own identity.Number) identity.Number {
	if own != 0 || !g.accounts {
		return own
	}
	return g.view.AccountOf(person)
}

// count finds out who an event counts for, and counts it. It is not ok where nobody of
// this reading is who has it. Keys of the row in hand are looked at where they tell.
func (g *gathering) count(person, account identity.Number, at int64, times int) (customer uint32, ok bool) {
	if g.segment != nil && !g.segment(person, account) {
		return 0, false
	}
	switch customer = person; g.plan.Subject.Kind {
	case Account:
		customer = account
	case ByKey:
		customer = g.row.keys[len(g.plan.keys)-1]
	}
	if customer%g.of != g.remainder || !g.isShared(customer) {
		return 0, false
	}
	if g.plan.beforeFrom(at) {
		return customer, customer != 0
	}
	if customer == 0 {
		g.whole.Unattributed += times
		return 0, false
	}
	g.whole.Events += times
	if word := int(customer / 64); word >= len(g.counted) {
		g.counted = append(g.counted, make([]uint64, word+1-len(g.counted))...)
	}
	if word, bit := &g.counted[customer/64], uint64(1)<<(customer%64); *word&bit == 0 {
		*word |= bit
		g.whole.Customers++
	}
	return customer, true
}

// isShared reports whether a customer is counted with this share.
func (g *gathering) isShared(customer uint32) bool {
	if g.share == (warehouse.Range{}) {
		return true
	}
	last := customer
	if int(customer) < len(g.last) {
		last = g.last[customer]
	}
	return last > g.share.After && last <= g.share.Through
}
