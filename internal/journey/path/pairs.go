package path

import (
	"math/bits"
	"slices"

	"beichen/internal/journey/stream"
)

// pairs counts which event follows which. It is a worker. The key of a pair is
// the code of the first name times the number of names, and the code of the
// second.
type pairs struct {
	*asked
	cursor *stream.Cursor
	trail  *trail
	tally  *tally
	names  uint64
	mask   uint64       // of the name in a word
	list   *wantedPairs // instead of keeping times: who went the links with an open bracket

	customers int // with a pair

	spans []stream.Span
	inner []uint32 // of inBrackets
}

func (a *asked) newPairs(b brackets) *pairs {
	names := uint64(len(a.streams.Names))
	return &pairs{
		asked: a, cursor: a.streams.Cursor(true), trail: a.newTrail(), names: names, mask: 1<<a.streams.NameBits - 1,
		tally: newTally(names*names, a.streams.NameBits, b),
	}
}

func (p *pairs) links() *tally { return p.tally }

func (p *pairs) block(b *stream.Block) {
	spans, whole := p.streams.Spans(b, p.spans)
	p.spans = spans
	switch {
	case !whole:
		for i := range b.Len() {
			p.customer(p.cursor.Words(b, i), b.First+uint32(i))
		}
		return
	case !p.trail.isPlain() || p.list != nil:
		for _, s := range spans {
			p.customer(b.Event[s.Low:s.High], b.First+s.Place)
		}
	default:
		for _, s := range spans {
			_, several := bits.Sub64(1, uint64(s.High-s.Low), 0)
			p.customers += int(several)
		}
		p.count(b.Event, spans, b.First)
	}
}

// customer counts the pairs of one customer's events.
func (p *pairs) customer(words []uint64, customer uint32) {
	if len(words) < 2 {
		return
	}
	one := [1]stream.Span{{High: uint32(len(words))}}
	stretches := one[:]
	if !p.trail.isPlain() {
		p.trail.read(words, nil)
		words, stretches = p.trail.words, p.trail.spans()
	}
	if slices.ContainsFunc(stretches, func(s stream.Span) bool { return s.High-s.Low > 1 }) {
		p.customers++
		p.count(words, stretches, customer)
	}
	if p.list != nil {
		p.list.end(customer)
	}
}

// count counts the pairs in rows of events, each of the customer at its place after
// the first.
func (p *pairs) count(words []uint64, rows []stream.Span, first uint32) {
	inner := p.inBrackets
	if p.tally.place != nil {
		inner = p.inBracketsByKey
	}
	t := p.tally
	for _, e := range inner(words, rows, first) {
		since, at := words[e-1], words[e]
		if p.list != nil {
			p.list.add(since>>t.partBits, at>>t.partBits)
		} else {
			t.keep(t.at(p.key(since, at)), p.took(since, at))
		}
	}
}

func (p *pairs) key(since, at uint64) uint64 { return since&p.mask*p.names + at&p.mask }

// took is the time between the words of a pair, above as many bits of no meaning as a
// name has, which are the same for all times of the pair.
func (p *pairs) took(since, at uint64) uint64 { return (at | p.mask) - since }

// inBrackets counts pairs, and gives the places of those second words whose time lies
// inside the bracket of the pair; they hold until the next call. This is where
// transitions spend their time: there is no branch in it that hangs on the events, and
// little that the processor has to remember.
func (p *pairs) inBrackets(words []uint64, rows []stream.Span, first uint32) []uint32 {
	p.inner = slices.Grow(p.inner[:0], len(words))
	inner, n := p.inner[:len(words)], uint64(0)
	cells, names, mask := p.tally.cells, p.names, p.mask
	for i := range rows {
		e, end, customer := rows[i].Low, rows[i].High, first+rows[i].Place
		since := words[e]
		for e++; e < end; e++ {
			at := words[e]
			c := &cells[since&mask*names+at&mask]
			above, below := bits.Sub64((at|mask)-since, c.low, 0)
			since = at
			another := uint64(c.last ^ customer)
			c.last = customer
			c.sums += 1 + (-another)>>63<<customersBit
			c.below += uint32(below)
			inner[n] = e
			_, inside := bits.Sub64(above, c.span, 0)
			n, _ = bits.Add64(n, 0, inside)
		}
	}
	return inner[:n]
}

// inBracketsByKey is inBrackets where the places of cells are looked up.
func (p *pairs) inBracketsByKey(words []uint64, rows []stream.Span, first uint32) []uint32 {
	p.inner = p.inner[:0]
	for _, row := range rows {
		for e := row.Low + 1; e < row.High; e++ {
			place := p.tally.at(p.key(words[e-1], words[e]))
			if p.tally.cells[place].add(first+row.Place, p.took(words[e-1], words[e])) {
				p.inner = append(p.inner, e)
			}
		}
	}
	return p.inner
}
