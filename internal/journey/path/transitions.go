package path

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// transitions answers which event follows which.
func (f *Finder) transitions(ctx context.Context, q *question) (whole *Answer, err error) {
	var all *parts
	book, customers := nameBook{codes: map[string]uint32{}}, 0
	top := func(n int) choice {
		return func(links map[uint64]*counted) []*counted { return pairing{book.names, acrossParts}.top(links, n) }
	}
	look := func(a *asked, to *parts) error {
		numbers, codes := book.read(a.streams.Names)
		names := uint64(len(numbers))
		b := to.ofPart(codes, len(numbers), a.streams.NameBits)
		workers, err := run(ctx, a.streams.Blocks, func() *pairs { return a.newPairs(b) })
		if err != nil {
			return err
		}
		for _, w := range workers {
			customers += w.customers
		}
		to.add(total(workers, map[uint64]*counted{}), func(key uint64) uint64 { return numbers[key/names]*acrossParts + numbers[key%names] })
		to.narrow(top(q.Top + q.Top/2))
		return nil
	}
	a, err := f.each(ctx, q, func(a *asked) (err error) {
		if !a.streams.Part {
			whole, err = a.transitions(ctx)
			return err
		}
		if all == nil {
			all = a.newParts()
		}
		return look(a, all)
	})
	if err != nil || whole != nil {
		return whole, err
	}
	told := customers
	err = all.settle(top(q.Top), func(to *parts) error {
		_, err := f.each(ctx, q, func(a *asked) error { return look(a, to) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.told(all.links, pairing{book.names, acrossParts}, told), nil
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
	walkers, customers, events := 0, 0, 0
	for _, w := range workers {
		walkers += w.customers
		customers, events = customers+w.customersThere, events+w.eventsThere
	}
	out := a.told(links, by, walkers)
	if _, _, direct := a.streams.ByName(); direct { // nobody else has counted
		out.Facts.Customers, out.Facts.Events = customers, events
	}
	return out, nil
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
	pairs := slices.SortedFunc(maps.Values(links), func(x, y *counted) int {
		if x.paths != y.paths {
			return y.paths - x.paths
		}
		from, to := p.of(x.key)
		otherFrom, otherTo := p.of(y.key)
		return cmp.Or(cmp.Compare(from, otherFrom), cmp.Compare(to, otherTo))
	})
	return pairs[:min(n, len(pairs))]
}
