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

// passed is what workers counted besides links: by node how many went through it and
// whose these were; who did the anchor, who has a path, and how many there are.
type passed struct {
	paths, customers        []int
	anchored, walkers, ways int
}

func newPassed(nodes int) *passed {
	return &passed{paths: make([]int, nodes), customers: make([]int, nodes)}
}

func (p *passed) add(workers []*sankey) {
	for _, w := range workers {
		p.anchored += w.anchored
		p.walkers += w.customers
		p.ways += w.paths
		for node := range w.nodes {
			p.paths[node] += w.nodes[node].paths()
			p.customers[node] += w.nodes[node].customers()
		}
	}
}

// aroundAnchors answers what stands before, between or after.
func (f *Finder) aroundAnchors(ctx context.Context, q *question) (whole *Answer, err error) {
	times := q.newTimes()
	a, err := f.each(ctx, q, func(a *asked) (err error) {
		if a.streams.Part {
			return a.frequent(ctx, times)
		}
		whole, err = a.aroundAnchors(ctx)
		return err
	})
	if err != nil || whole != nil {
		return whole, err
	}
	c, counts, all := a.layOut(times, nil), (*passed)(nil), a.newParts()
	read := func(to *parts) error {
		counts = newPassed(c.nodes())
		a, err = f.each(ctx, q, func(a *asked) error {
			here := c.about(a)
			workers, err := run(ctx, a.streams.Blocks, func() *sankey { return here.newSankey(to.brackets) })
			if err != nil {
				return err
			}
			counts.add(workers)
			to.add(total(workers, map[uint64]*counted{}), func(key uint64) uint64 { return key })
			to.narrow(nil)
			return nil
		})
		return err
	}
	if err := read(all); err != nil {
		return nil, err
	}
	of, told := c.about(a), counts
	if err := all.settle(everyLink, read); err != nil {
		return nil, err
	}
	return of.told(all.links, told), nil
}

// everyLink is the choice of all.
func everyLink(links map[uint64]*counted) []*counted { return slices.Collect(maps.Values(links)) }

func (a *asked) aroundAnchors(ctx context.Context) (*Answer, error) {
	times := a.newTimes()
	if err := a.frequent(ctx, times); err != nil {
		return nil, err
	}
	c := a.layOut(times, nil)
	expected := a.streams.Customers * a.Steps
	if a.Occurrence == Every {
		expected = a.streams.Events * a.Steps
	}
	workers, links, err := count(ctx, a, expected, c.newSankey, nil, everyLink)
	if err != nil {
		return nil, err
	}
	counts := newPassed(c.nodes())
	counts.add(workers)
	return c.told(links, counts), nil
}

// told is the answer once all is counted.
func (c *columns) told(links map[uint64]*counted, counts *passed) *Answer {
	out := c.answer()
	out.Anchored, out.Customers, out.Paths = &counts.anchored, counts.walkers, counts.ways
	for node, n := range counts.paths {
		if n > 0 {
			drawn := c.place(node).drawn(n)
			drawn.Customers = &counts.customers[node]
			out.Nodes = append(out.Nodes, drawn)
		}
	}
	for key, link := range links {
		out.Links = append(out.Links, edge(c.place(int(key)/c.nodes()), c.place(int(key)%c.nodes()), link))
	}
	slices.SortFunc(out.Links, func(x, y Edge) int {
		return cmp.Or(y.Paths-x.Paths, cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	return out
}

func (p place) drawn(paths int) Node {
	n := Node{ID: p.id(), Position: p.position, Kind: p.kind, Paths: paths}
	if p.kind == EventNode {
		n.Event = &p.event
	}
	return n
}

func edge(from, to place, c *counted) Edge {
	e := Edge{From: from.id(), To: to.id(), Paths: c.paths, Customers: c.customers}
	if median, ok := c.settled(); ok && from.kind.isEvent() && to.kind.isEvent() {
		e.MedianSeconds = new(median / 1e6)
	}
	return e
}

// id names a node: its position, its kind and of an event its name, with slashes
// between.
func (p place) id() string {
	id := strconv.Itoa(p.position) + "/" + string(p.kind)
	if p.kind == EventNode {
		id += "/" + p.event
	}
	return id
}

// placeNamed finds what an id names; ok is false where it can be no node of the
// question.
func (q *question) placeNamed(id string) (p place, ok bool) {
	position, rest, _ := strings.Cut(id, "/")
	kind, name, hasName := strings.Cut(rest, "/")
	at, err := strconv.Atoi(position)
	p = place{at, NodeKind(kind), name}
	first, last := 0, 1
	if q.Kind != Transitions {
		first, last = q.reach()
	}
	isKind := p.kind == EventNode || q.Kind != Transitions && (p.kind == OtherNode || slices.Contains(ends[:], p.kind))
	return p, err == nil && at >= first && at <= last && isKind && hasName == (p.kind == EventNode)
}
