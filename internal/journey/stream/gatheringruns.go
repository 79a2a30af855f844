package stream

import (
	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// runTables say what events of runs become, by their kind.
type runTables struct {
	codes map[uint64][]uint32 // by which of asking hold of the customer, a bit each
	keys  [][]uint32          // by key of the event
}

// takesRuns reports whether runs can be taken as they are: all events of one have to be
// somebody's, and each has to come by itself.
func (g *gathering) takesRuns() bool {
	return g.plan.Subject.Kind != ByKey && !g.grouped && len(g.asking) <= 64
}

// addRuns takes events that a warehouse has grouped by customer and sorted.
func (g *gathering) addRuns(b *warehouse.Batch) {
	g.translate(b)
	r, amounts := b.Runs, b.Runs.Amounts
	for i, ref := range r.Customer {
		low, high := r.Start[i], r.Start[i+1]
		own := 0
		for own < len(amounts) && amounts[own].Event < high {
			own++
		}
		priced := amounts[:own]
		amounts = amounts[own:]
		if g.view.Forgotten(ref) {
			continue
		}
		person, account := g.view.Person(ref), identity.Number(0)
		if g.accounts {
			account = g.accountOf(person, r.Account[i])
		}
		times, before := r.Time[low:high], 0
		if g.plan.AllHistory && !g.plan.From.IsZero() {
			before = int(below(times, g.plan.From.UnixMicro()))
		}
		customer, ok := g.count(person, account, times[len(times)-1], len(times)-before)
		if !ok {
			continue
		}
		for _, k := range g.plan.ofCustomer {
			g.row.keys[k] = g.values[k].code(event.Scalar(g.known.value(g.plan.keys[k], person, account)))
		}
		g.addRun(customer, r, low, high, g.codesOf(b, person, account), priced)
	}
}

// addRun puts a customer's events on a pile, by the codes of their kinds, with what the
// row in hand has of the customer.
func (g *gathering) addRun(customer uint32, r *warehouse.Runs, low, high uint32, codes []uint32, amounts []warehouse.Amount) {
	p := g.held.runPile(customer)
	first := len(p.time)
	for _, a := range amounts {
		p.amounts = append(p.amounts, price{uint32(first) + a.Event - low, uint16(g.fromCurrencies[a.Currency]), a.Value, a.Cost})
	}
	kinds := r.Kind[low:high]
	p.time, p.seq = append(p.time, r.Time[low:high]...), append(p.seq, r.Seq[low:high]...)
	for _, kind := range kinds {
		p.code = append(p.code, codes[kind])
	}
	for k, column := range p.keys {
		p.keys[k] = g.appendKeys(column, k, kinds)
	}
	g.held.seenRun(p, first)
}

// appendKeys appends the values that a key has of events of some kinds.
func (g *gathering) appendKeys(to []uint32, key int, kinds []uint32) []uint32 {
	for i, k := range g.plan.ofEvent {
		if k == key {
			of := g.tables.keys[i]
			for _, kind := range kinds {
				to = append(to, of[kind])
			}
			return to
		}
	}
	for range kinds {
		to = append(to, g.row.keys[key])
	}
	return to
}

// translate learns what the codes of a batch stand for.
func (g *gathering) translate(b *warehouse.Batch) {
	g.fromNames = extend(g.fromNames, b.Names, g.names)
	g.fromCurrencies = extend(g.fromCurrencies, b.Currencies, g.currencies)
	for i, k := range g.plan.ofEvent {
		for code := len(g.fromValues[i]); code < len(b.Values[i]); code++ {
			g.fromValues[i] = append(g.fromValues[i], g.values[k].code(event.Scalar(b.Values[i][code])))
		}
	}
	if b.Runs == nil {
		return
	}
	for i := range g.tables.keys {
		for kind := len(g.tables.keys[i]); kind < len(b.Runs.Kinds); kind++ {
			g.tables.keys[i] = append(g.tables.keys[i], g.fromValues[i][b.Runs.Kinds[kind].Keys[i]])
		}
	}
}

// codesOf are the codes, by kind, of the events of somebody.
func (g *gathering) codesOf(b *warehouse.Batch, person, account identity.Number) []uint32 {
	holds := uint64(0)
	for i, a := range g.asking {
		if a.holds(person, account) {
			holds |= 1 << i
		}
	}
	codes := g.tables.codes[holds]
	if len(codes) >= len(b.Runs.Kinds) { // more, where one shard's batch overtook another's
		return codes
	}
	for _, kind := range b.Runs.Kinds[len(codes):] {
		copy(g.row.match, kind.Match)
		for i, a := range g.asking {
			if holds>>i&1 == 0 {
				g.row.match[a.pattern/64] &^= 1 << (a.pattern % 64)
			}
		}
		code := uint32(0)
		if g.rest == WholeRest || matchesAny(g.row.match) {
			code = g.codes.code(g.fromNames[kind.Name], g.names.values, g.row.match)
		}
		codes = append(codes, code)
	}
	g.tables.codes[holds] = codes
	return codes
}
