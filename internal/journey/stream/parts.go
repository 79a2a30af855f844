package stream

import (
	"context"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Parted is a source that can answer in parts: where its memory has not room for all
// customers at once.
type Parted interface {
	Source
	// Parts answers as Streams does. Each part holds all events of its customers, who are
	// in no other part, and holds until yield returns. What codes of names, currencies,
	// classes and values stand for in one part they stand for in all later ones; Layout
	// and the numbers of customers are each part's own. What is returned in the end has
	// what was counted of all parts, and all codes; it has blocks only if there was but
	// one part.
	Parts(ctx context.Context, q Question, yield func(*Streams) error) (*Streams, error)
}

// EachPart asks a source in parts, if it can be.
func EachPart(ctx context.Context, source Source, q Question, yield func(*Streams) error) (*Streams, error) {
	if parted, ok := source.(Parted); ok {
		return parted.Parts(ctx, q, yield)
	}
	s, err := source.Streams(ctx, q)
	if err != nil {
		return nil, err
	}
	return s, yield(s)
}

// Parts implements Parted: of an index there is one part, and without one the store is
// asked ref after ref.
func (l *Live) Parts(ctx context.Context, q Question, yield func(*Streams) error) (*Streams, error) {
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	p := newPlan(q)
	s, err := l.resident(ctx, p)
	if err != nil {
		return nil, err
	}
	if s == nil && p.Customer == "" {
		return l.inParts(ctx, p, yield)
	}
	if s == nil {
		if s, err = l.scanned(ctx, p); err != nil {
			return nil, err
		}
	}
	return s, yield(s)
}

// inParts reads the store ref after ref. A person is complete once the last of their
// ids has been read: most have one, and those of the others mostly came soon after each
// other. Accounts and the values of a key are spread over all refs: of these as many as
// there is room for are gathered by each of several readings.
func (l *Live) inParts(ctx context.Context, p *plan, yield func(*Streams) error) (*Streams, error) {
	now, err := l.asked(ctx, p)
	if err != nil {
		return nil, err
	}
	g := newGathering(p, now.present, now.known, yield)
	g.whole.Through, g.whole.Last, g.enough = now.through, now.stats.Last, l.PartRows
	readings := uint32(1)
	if p.Subject.Kind != Person && l.Room > 0 {
		readings += uint32(now.stats.Events * bytesARow / l.Room)
	}
	scan := p.scan(now.loaded)
	scan.From = now.unexpired(scan.From)
	for reading := range readings {
		g.begin(now.tail, reading, readings)
		if err := l.warehouse.Histories(ctx, scan, func(b *warehouse.Batch, through identity.Number) error {
			return g.take(ctx, b, through)
		}); err != nil {
			return nil, err
		}
	}
	g.whole.Kept, err = l.kept(ctx, &now.present)
	return g.whole, err
}

// bytesARow is what a row takes while it is gathered.
const bytesARow = 96

// gathering puts the rows of customers together until they are complete.
type gathering struct {
	plan  *plan
	view  *identity.View
	known *customers
	yield func(*Streams) error
	whole *Streams // without blocks, of all parts so far

	held    *plain
	through identity.Number   // refs of which everything is there
	last    []identity.Number // by person: the greatest of their refs
	enough  int               // rows that a part is to have
	waiting int               // rows that were not of the last part
	spare   *plain            // the memory of the last part
	// Of customers that are no persons those whose number leaves a remainder are gathered.
	remainder, of uint32
}

func newGathering(p *plan, now present, known *customers, yield func(*Streams) error) *gathering {
	g := &gathering{plan: p, view: now.view, known: known, yield: yield, whole: &Streams{}}
	g.held = newPlain(p, now.view)
	g.held.part, g.held.rows.shuffled = newPortioning(len(p.patterns)), true
	if p.Subject.Kind == Person {
		owners := now.view.Owners()
		g.last = make([]identity.Number, len(owners))
		for ref, person := range owners {
			g.last[person] = identity.Number(ref)
		}
	}
	return g
}

// begin begins a reading with what has not been stored yet.
func (g *gathering) begin(tail []warehouse.Stored, reading, readings uint32) {
	g.through, g.remainder, g.of = 0, reading, readings
	for _, m := range tail {
		g.held.addMessage(m)
	}
}

// take takes a batch of the store's, and gives a part where enough customers are
// complete.
func (g *gathering) take(ctx context.Context, b *warehouse.Batch, through identity.Number) error {
	g.held.addBatch(b)
	if through == g.through {
		return nil
	}
	g.through = through
	if through < warehouse.MaxNumber {
		if g.held.rows.len()-g.waiting < max(g.enough, g.waiting) {
			return nil
		}
		if g.last == nil { // nobody is complete before the end
			g.held = g.only(g.isWanted)
			g.waiting = g.held.rows.len()
			return nil
		}
	}
	part := g.complete()
	g.waiting = g.held.rows.len()
	s, err := part.finish(ctx, g.known)
	if err != nil {
		return err
	}
	s.Through, s.Last = g.whole.Through, g.whole.Last
	w := g.whole
	w.Events, w.Customers, w.Unattributed = w.Events+s.Events, w.Customers+s.Customers, w.Unattributed+s.Unattributed
	w.Names, w.Currencies, w.Classes, w.Values = s.Names, s.Currencies, s.Classes, s.Values
	if err := g.yield(s); err != nil {
		return err
	}
	g.spare = part.cleared()
	return nil
}

// complete takes the rows of customers who are complete from those that are held.
func (g *gathering) complete() *plain {
	part := g.only(func(row int) bool { return g.isComplete(row) && g.isWanted(row) })
	g.held = g.only(func(row int) bool { return !g.isComplete(row) })
	return part
}

// only are some of the rows that are held.
func (g *gathering) only(are func(row int) bool) *plain {
	var which []uint32
	for row := range g.held.rows.len() {
		if are(row) {
			which = append(which, uint32(row))
		}
	}
	if n := g.held.rows.len(); n > 0 && len(which) == n {
		return g.held
	}
	out := g.spare
	if g.spare = nil; out == nil {
		out = g.held.empty()
	}
	out.move(g.held, which)
	return out
}

// isComplete reports whether all rows of a row's customer are there.
func (g *gathering) isComplete(row int) bool {
	person := g.held.person[row]
	if int(person) >= len(g.last) {
		return g.through == warehouse.MaxNumber
	}
	return g.last[person] <= g.through
}

// isWanted reports whether the row of a customer that is no person is of this reading.
func (g *gathering) isWanted(row int) bool {
	if g.of == 1 {
		return true
	}
	number := uint32(0)
	switch g.plan.Subject.Kind {
	case Account:
		number = g.accountOf(row)
	case ByKey:
		if k := len(g.plan.keys) - 1; g.plan.keys[k].Root.OfEvent() {
			number = g.held.rows.keys[k][row]
		} else {
			account := g.accountOf(row)
			number = g.held.values[k].code(event.Scalar(g.known.value(g.plan.keys[k], g.held.person[row], account)))
		}
	}
	return number%g.of == g.remainder
}

func (g *gathering) accountOf(row int) identity.Number {
	if own := g.held.account[row]; own != 0 {
		return own
	}
	return g.view.AccountOf(g.held.person[row])
}

// empty is a plain without rows that has the dictionaries of another.
func (b *plain) empty() *plain {
	out := *b
	out.rows = rows{shuffled: b.rows.shuffled, keys: make([][]uint32, len(b.plan.keys))}
	out.person, out.account, out.match, out.times = nil, nil, nil, nil
	return &out
}

// cleared is a plain without its rows, in the memory that these had.
func (b *plain) cleared() *plain {
	r := &b.rows
	r.customer, r.time, r.name, r.seq = r.customer[:0], r.time[:0], r.name[:0], r.seq[:0]
	r.value, r.cost, r.currency, r.keys, r.class = r.value[:0], r.cost[:0], r.currency[:0], r.keys[:len(b.plan.keys)], nil
	for k := range r.keys {
		r.keys[k] = r.keys[k][:0]
	}
	for _, k := range b.plan.ofCustomer {
		r.keys[k] = nil // they are filled at the end
	}
	b.person, b.account, b.match, b.times = b.person[:0], b.account[:0], b.match[:0], nil
	return b
}

// move takes some rows of another plain that has the same dictionaries into one that has
// none.
func (b *plain) move(from *plain, which []uint32) {
	r, f, words := &b.rows, &from.rows, b.plan.words()
	r.customer, r.time, r.name, r.seq = moved(r.customer, f.customer, which), moved(r.time, f.time, which), moved(r.name, f.name, which), moved(r.seq, f.seq, which)
	r.value, r.cost, r.currency = moved(r.value, f.value, which), moved(r.cost, f.cost, which), moved(r.currency, f.currency, which)
	for k := range r.keys {
		r.keys[k] = moved(r.keys[k], f.keys[k], which)
	}
	b.person, b.account, b.times = moved(b.person, from.person, which), moved(b.account, from.account, which), moved(b.times, from.times, which)
	for _, row := range which {
		b.match = append(b.match, from.match[int(row)*words:][:words]...)
	}
}

// moved is some of a column, in the memory of another; a column that is not there is not
// there afterwards.
func moved[T any](to, from []T, which []uint32) []T {
	if from == nil {
		return nil
	}
	to = slices.Grow(to, len(which))
	for _, row := range which {
		to = append(to, from[row])
	}
	return to
}
