package path

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

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
	seen, seenEvents := 0, 0
	for _, w := range workers {
		out.Customers += w.customers
		seen, seenEvents = seen+w.seen, seenEvents+w.seenEvents
	}
	if _, _, direct := a.streams.ByName(); direct {
		out.Facts.Customers, out.Facts.Events = seen, seenEvents
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
