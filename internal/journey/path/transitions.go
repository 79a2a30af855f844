package path

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"beichen/internal/journey/stream"
)

// pairs counts which event follows which. It is a worker. The key of a pair is
// the code of the first name times the number of names, and the code of the
// second.
type pairs struct {
	*asked
	cursor    *stream.Cursor
	trail     *trail
	tally     *tally
	names     uint64
	customers int
	list      *wantedPairs // instead of keeping times: who went the links with an open bracket
}

func (a *asked) newPairs(b brackets) *pairs {
	names := uint64(len(a.streams.Names))
	return &pairs{asked: a, cursor: a.streams.Cursor(true), trail: a.newTrail(), names: names, tally: newTally(names*names, b)}
}

func (p *pairs) links() *tally { return p.tally }

func (p *pairs) block(b *stream.Block) {
	plain := p.trail.isPlain()
	for i := range b.Len() {
		words := p.cursor.Words(b, i)
		if len(words) < 2 {
			continue
		}
		customer, went := b.First+uint32(i), true
		if plain {
			p.count(words, customer)
		} else {
			went = p.stretches(words, customer)
		}
		if went {
			p.customers++
		}
		if p.list != nil {
			p.list.end(customer)
		}
	}
}

// stretches counts the pairs of a customer's trail; false where there are none.
func (p *pairs) stretches(words []uint64, customer uint32) (went bool) {
	p.trail.read(words, nil)
	for from, to := range p.trail.stretches {
		if to-from > 1 {
			p.count(p.trail.words[from:to], customer)
			went = true
		}
	}
	return went
}

// count counts the pairs in a row of events.
func (p *pairs) count(words []uint64, customer uint32) {
	t, names, mask, shift := p.tally, p.names, p.trail.mask, p.trail.layout.NameBits&63
	row, since := (words[0]&mask)*names, words[0]>>shift
	flat, cells := t.place == nil, t.cells
	for _, word := range words[1:] {
		name, at := word&mask, word>>shift
		place := row + name
		if !flat {
			place = t.at(place)
			cells = t.cells
		}
		if cells[place].add(customer, at-since) {
			p.went(place, since, at)
		}
		row, since = name*names, at
	}
}

// went takes a pair whose time lies inside its bracket.
func (p *pairs) went(place, since, at uint64) {
	if p.list != nil {
		p.list.add(since, at)
		return
	}
	p.tally.keep(place, at-since)
}

// transitions answers which event follows which.
func (a *asked) transitions(ctx context.Context) (*Answer, error) {
	top := func(n int) choice {
		return func(links map[uint64]*counted) []*counted { return a.topPairs(links, n) }
	}
	workers, links, err := count(ctx, a, a.streams.Events, a.newPairs, top(a.Top+a.Top/2), top(a.Top))
	if err != nil {
		return nil, err
	}
	out := a.answer()
	out.Pairs = new(len(links))
	for _, w := range workers {
		out.Customers += w.customers
	}
	names := uint64(len(a.streams.Names))
	before, after := map[uint64]int{}, map[uint64]int{} // by name: pairs that begin and that end with it
	for key, c := range links {
		out.Paths += c.paths
		before[key/names] += c.paths
		after[key%names] += c.paths
	}
	nodes := map[stop]int{}
	for _, c := range a.topPairs(links, a.Top) {
		from, to := stop{0, EventNode, uint32(c.key / names), 0}, stop{1, EventNode, uint32(c.key % names), 0}
		nodes[from], nodes[to] = before[c.key/names], after[c.key%names]
		out.Links = append(out.Links, a.edge(from, to, c))
	}
	for _, s := range slices.SortedFunc(maps.Keys(nodes), func(x, y stop) int {
		return cmp.Or(x.position-y.position, nodes[y]-nodes[x], cmp.Compare(a.streams.Names[x.name], a.streams.Names[y.name]))
	}) {
		out.Nodes = append(out.Nodes, a.drawn(s, nodes[s]))
	}
	return out, nil
}

// topPairs are the n most frequent pairs; of equals the first by name.
func (a *asked) topPairs(links map[uint64]*counted, n int) []*counted {
	names := uint64(len(a.streams.Names))
	pairs := slices.SortedFunc(maps.Values(links), func(x, y *counted) int {
		if x.paths != y.paths {
			return y.paths - x.paths
		}
		return cmp.Or(cmp.Compare(a.streams.Names[x.key/names], a.streams.Names[y.key/names]),
			cmp.Compare(a.streams.Names[x.key%names], a.streams.Names[y.key%names]))
	})
	return pairs[:min(n, len(pairs))]
}
