package path

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"beichen/internal/nodes/carrier"
)

// transitions answers which event follows which.
func (f *Finder) transitions(ctx context.Context, q *question) (whole *Answer, err error) {
	all := q.newPairLinks(cmp.Or(f.limit, maxKept))
	a, err := f.read(ctx, q, all, func(a *asked) (err error) {
		whole, err = a.transitions(ctx)
		return err
	})
	if err != nil || whole != nil {
		return whole, err
	}
	if missed := all.missed(all.top(q.Top)); len(missed) > 0 {
		again := &pairLinks{question: q, parts: newParts(0), book: all.book}
		again.onlyOf(missed)
		if _, err := f.read(ctx, q, again, nil); err != nil {
			return nil, err
		}
		all.replace(again.parts)
	}
	return a.told(all.links, pairing{all.book.names, acrossParts}, all.customers), nil
}

// pairLinks is the reading of which event follows which. The key of a link is the number
// of the first name times acrossParts, and that of the second.
type pairLinks struct {
	*question
	*parts
	book      *nameBook
	customers int // with a pair
}

func (q *question) newPairLinks(limit int) *pairLinks {
	return &pairLinks{question: q, parts: newParts(limit), book: newNameBook()}
}

// top are the most frequent links.
func (p *pairLinks) top(n int) choice {
	return func(links map[uint64]*counted) []*counted { return pairing{p.book.names, acrossParts}.top(links, n) }
}

// likely are the links that are in the answer, and half as many more that may be.
func (p *pairLinks) likely() choice { return p.top(p.Top + p.Top/2) }

func (p *pairLinks) look(ctx context.Context, a *asked) error {
	numbers, codes := p.book.read(a.streams.Names)
	names := uint64(len(numbers))
	b := p.ofPart(codes, len(numbers), a.streams.NameBits)
	workers, err := run(ctx, a.streams.Blocks, func() *pairs { return a.newPairs(b) })
	if err != nil {
		return err
	}
	for _, w := range workers {
		p.customers += w.customers
	}
	p.add(total(workers, map[uint64]*counted{}), func(key uint64) uint64 { return numbers[key/names]*acrossParts + numbers[key%names] })
	p.narrow(p.likely())
	return nil
}

func (p *pairLinks) order() readingOrder {
	o := readingOrder{Reading: readPairs}
	if p.some {
		for key := range p.of {
			from, to := pairing{p.book.names, acrossParts}.of(key)
			o.Missed = append(o.Missed, [2]string{from, to})
		}
	}
	return o
}

// only makes links, by the names of their events, the only ones that are wanted, if there
// are any.
func (p *pairLinks) only(links [][2]string) {
	var keys []uint64
	for _, l := range links {
		keys = append(keys, p.book.number(l[0])*acrossParts+p.book.number(l[1]))
	}
	if len(keys) > 0 {
		p.onlyOf(keys)
	}
}

func (p *pairLinks) carry(c *carrier.Carrier) {
	c.Count(&p.customers)
	carrier.List(c, &p.book.names, c.Text)
	p.parts.carry(c, acrossParts, func(name int) bool { return name < len(p.book.names) })
}

func (p *pairLinks) take(c *carrier.Carrier) (add func()) {
	o := p.newPairLinks(0)
	o.carry(c)
	return func() {
		numbers, _ := p.book.read(o.book.names)
		p.customers += o.customers
		p.join(o.parts, func(key uint64) uint64 { return numbers[key/acrossParts]*acrossParts + numbers[key%acrossParts] })
		p.narrow(p.likely())
	}
}

func (a *asked) transitions(ctx context.Context) (*Answer, error) {
	by := pairing{a.streams.Names, uint64(len(a.streams.Names))}
	top := func(n int) choice {
		return func(links map[uint64]*counted) []*counted { return by.top(links, n) }
	}
	workers, links, err := count(ctx, a, a.streams.Events, a.newPairs, top(a.Top+a.Top/2), top(a.Top))
	if err != nil {
		return nil, err
	}
	customers := 0
	for _, w := range workers {
		customers += w.customers
	}
	return a.told(links, by, customers), nil
}

// told is the answer once all pairs are counted, of so many customers.
func (a *asked) told(links map[uint64]*counted, by pairing, customers int) *Answer {
	out := a.answer()
	out.Pairs, out.Customers = new(len(links)), customers
	before, after := map[string]int{}, map[string]int{} // by name: pairs that begin and that end with it
	for key, c := range links {
		from, to := by.of(key)
		out.Paths += c.paths
		before[from] += c.paths
		after[to] += c.paths
	}
	nodes := map[place]int{}
	for _, c := range by.top(links, a.Top) {
		first, second := by.of(c.key)
		from, to := place{0, EventNode, first}, place{1, EventNode, second}
		nodes[from], nodes[to] = before[first], after[second]
		out.Links = append(out.Links, edge(from, to, c))
	}
	for _, p := range slices.SortedFunc(maps.Keys(nodes), func(x, y place) int {
		return cmp.Or(x.position-y.position, nodes[y]-nodes[x], cmp.Compare(x.event, y.event))
	}) {
		out.Nodes = append(out.Nodes, p.drawn(nodes[p]))
	}
	return out
}

// top are the n most frequent pairs; of equals the first by name.
func (p pairing) top(links map[uint64]*counted, n int) []*counted {
	pairs := slices.Collect(maps.Values(links))
	if n < len(pairs) { // those that are less frequent need no order
		often := make([]uint64, len(pairs))
		for i, c := range pairs {
			often[i] = uint64(c.paths)
		}
		least := int(nth(often, len(often)-n))
		pairs = slices.DeleteFunc(pairs, func(c *counted) bool { return c.paths < least })
	}
	slices.SortFunc(pairs, func(x, y *counted) int {
		if x.paths != y.paths {
			return y.paths - x.paths
		}
		from, to := p.of(x.key)
		otherFrom, otherTo := p.of(y.key)
		return cmp.Or(cmp.Compare(from, otherFrom), cmp.Compare(to, otherTo))
	})
	return pairs[:min(n, len(pairs))]
}
