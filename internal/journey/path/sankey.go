package path

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/journey/stream"
)

// sankey counts the nodes that ways pass and the links between them. It is a
// worker. The key of a link is the number of its first node times the number of
// nodes, and that of its second.
type sankey struct {
	*ways
	*columns
	tally *tally
	nodes []cell
	// Customers who did the anchor, those with a way, and their ways.
	anchored, customers, paths int

	list *wantedWays // nil: nobody is listed
}

func (c *columns) newSankey(b brackets) *sankey {
	n := uint64(c.nodes())
	return &sankey{ways: c.newWays(), columns: c, tally: newTally(n*n, 0, b), nodes: make([]cell, n)}
}

func (s *sankey) links() *tally { return s.tally }

func (s *sankey) block(b *stream.Block) {
	for i := range b.Len() {
		customer, before := b.First+uint32(i), s.paths
		if s.each(b, i, func(way []stop) { s.count(way, customer) }) {
			s.anchored++
		}
		if s.paths > before {
			s.customers++
		}
		if s.list != nil {
			s.list.end(customer)
		}
	}
}

func (s *sankey) count(way []stop, customer uint32) {
	s.paths++
	from := s.nodeOf(&way[0])
	s.nodes[from].add(customer, 0)
	for i := 1; i < len(way); i++ {
		to := s.nodeOf(&way[i])
		s.nodes[to].add(customer, 0)
		place := s.tally.at(uint64(from*len(s.nodes) + to))
		took := way[i].at - way[i-1].at
		if s.tally.cells[place].add(customer, took) {
			s.tally.keep(place, took)
		}
		from = to
	}
	if s.list != nil {
		s.list.look(way)
	}
}

// aroundAnchors answers what stands before, between or after.
func (a *asked) aroundAnchors(ctx context.Context) (*Answer, error) {
	c, err := a.layOut(ctx, nil)
	if err != nil {
		return nil, err
	}
	expected := a.streams.Customers * a.Steps
	if a.Occurrence == Every {
		expected = a.streams.Events * a.Steps
	}
	all := func(links map[uint64]*counted) []*counted { return slices.Collect(maps.Values(links)) }
	workers, links, err := count(ctx, a, expected, c.newSankey, nil, all)
	if err != nil {
		return nil, err
	}
	out := a.answer()
	out.Anchored = new(0)
	paths, customers := make([]int, c.nodes()), make([]int, c.nodes())
	for _, w := range workers {
		*out.Anchored += w.anchored
		out.Customers += w.customers
		out.Paths += w.paths
		for node := range w.nodes {
			paths[node] += w.nodes[node].paths()
			customers[node] += w.nodes[node].customers()
		}
	}
	for node, n := range paths {
		if n > 0 {
			drawn := a.drawn(c.stop(node), n)
			drawn.Customers = &customers[node]
			out.Nodes = append(out.Nodes, drawn)
		}
	}
	for key, link := range links {
		from, to := c.stop(int(key)/c.nodes()), c.stop(int(key)%c.nodes())
		out.Links = append(out.Links, a.edge(from, to, link))
	}
	slices.SortFunc(out.Links, func(x, y Edge) int {
		return cmp.Or(y.Paths-x.Paths, cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	return out, nil
}

func (a *asked) drawn(s stop, paths int) Node {
	n := Node{ID: a.id(&s), Position: s.position, Kind: s.kind, Paths: paths}
	if s.kind == EventNode {
		n.Event = new(a.streams.Names[s.name])
	}
	return n
}

func (a *asked) edge(from, to stop, c *counted) Edge {
	e := Edge{From: a.id(&from), To: a.id(&to), Paths: c.paths, Customers: c.customers}
	if median, ok := c.settled(); ok && from.isEvent() && to.isEvent() {
		e.MedianSeconds = new(median / 1e6)
	}
	return e
}

// id names a node: its position, its kind and of an event its name, with slashes
// between.
func (a *asked) id(s *stop) string {
	id := strconv.Itoa(s.position) + "/" + string(s.kind)
	if s.kind == EventNode {
		id += "/" + a.streams.Names[s.name]
	}
	return id
}

// stopNamed finds what an id names; ok is false where it can be no node of the
// question.
func (a *asked) stopNamed(id string) (s stop, ok bool) {
	position, rest, _ := strings.Cut(id, "/")
	kind, name, hasName := strings.Cut(rest, "/")
	at, err := strconv.Atoi(position)
	s = stop{position: at, kind: NodeKind(kind)}
	first, last := 0, 1
	if a.Kind != Transitions {
		first, last = a.reach()
	}
	isKind := s.kind == EventNode || a.Kind != Transitions && (s.kind == OtherNode || slices.Contains(ends[:], s.kind))
	if err != nil || at < first || at > last || !isKind || hasName != (s.kind == EventNode) {
		return stop{}, false
	}
	if hasName {
		s.name = uint32(max(slices.Index(a.streams.Names, name), 0)) // 0 is the name of no event
	}
	return s, true
}
