package path

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes/carrier"
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

func (p *passed) join(o *passed) {
	p.anchored += o.anchored
	p.walkers += o.walkers
	p.ways += o.ways
	for node := range o.paths {
		p.paths[node] += o.paths[node]
		p.customers[node] += o.customers[node]
	}
}

// aroundAnchors answers what stands before, between or after.
func (f *Finder) aroundAnchors(ctx context.Context, q *question) (whole *Answer, err error) {
	frequent := q.newNameCounts()
	_, err = f.read(ctx, q, frequent, func(a *asked) (err error) {
		whole, err = a.aroundAnchors(ctx)
		return err
	})
	if err != nil || whole != nil {
		return whole, err
	}
	all := q.newWayLinks(q.columns(q.mostFrequent(frequent.times, nil)), cmp.Or(f.limit, maxKept))
	a, err := f.read(ctx, q, all, nil)
	if err != nil {
		return nil, err
	}
	if missed := all.missed(everyLink); len(missed) > 0 {
		again := q.newWayLinks(all.columns, 0)
		again.onlyOf(missed)
		if _, err := f.read(ctx, q, again, nil); err != nil {
			return nil, err
		}
		all.replace(again.parts)
	}
	return all.columns.about(a).told(all.links, all.passed), nil
}

// wayLinks is the reading of the ways around anchors, once it is known which nodes there
// are.
type wayLinks struct {
	*parts
	*passed
	columns *columns
}

func (q *question) newWayLinks(c *columns, limit int) *wayLinks {
	return &wayLinks{newParts(limit), newPassed(c.nodes()), c}
}

func (l *wayLinks) look(ctx context.Context, a *asked) error {
	here := l.columns.about(a)
	workers, err := run(ctx, a.streams.Blocks, func() *sankey { return here.newSankey(l.brackets) })
	if err != nil {
		return err
	}
	l.passed.add(workers)
	l.parts.add(total(workers, map[uint64]*counted{}), sameKey)
	l.narrow(nil)
	return nil
}

func sameKey(key uint64) uint64 { return key }

func (l *wayLinks) order() readingOrder {
	o := readingOrder{Reading: readWays, Named: l.columns.named}
	if l.some {
		for key := range l.of {
			from, to := l.columns.place(int(key)/l.columns.nodes()), l.columns.place(int(key)%l.columns.nodes())
			o.Missed = append(o.Missed, [2]string{from.id(), to.id()})
		}
	}
	return o
}

// only makes links, by the ids of their nodes, the only ones that are wanted, if there are
// any.
func (l *wayLinks) only(q *question, links [][2]string) {
	var keys []uint64
	for _, link := range links {
		ends, _ := q.placesNamed(link[:])
		keys = append(keys, uint64(l.columns.nodeAt(ends[0])*l.columns.nodes()+l.columns.nodeAt(ends[1])))
	}
	if len(keys) > 0 {
		l.onlyOf(keys)
	}
}

func (l *wayLinks) carry(c *carrier.Carrier) {
	c.Counts(&l.anchored, &l.walkers, &l.ways)
	for node := range l.paths {
		if c.Counts(&l.paths[node], &l.customers[node]); l.paths[node] > 0 && !l.columns.has(node) {
			c.Fail("a way leads nowhere")
		}
	}
	l.parts.carry(c, uint64(l.columns.nodes()), l.columns.has)
}

func (l *wayLinks) take(c *carrier.Carrier) (add func()) {
	o := &wayLinks{newParts(0), newPassed(l.columns.nodes()), l.columns}
	o.carry(c)
	return func() {
		l.passed.join(o.passed)
		l.parts.join(o.parts, sameKey)
		l.narrow(nil)
	}
}

// everyLink is the choice of all.
func everyLink(links map[uint64]*counted) []*counted { return slices.Collect(maps.Values(links)) }

func (a *asked) aroundAnchors(ctx context.Context) (*Answer, error) {
	times := a.newTimes()
	if err := a.frequent(ctx, times); err != nil {
		return nil, err
	}
	c := a.columns(a.mostFrequent(times, nil)).about(a)
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

// placesNamed finds what several ids name; ok is false where one can be no node of the
// question.
func (q *question) placesNamed(ids []string) (places []place, ok bool) {
	ok = true
	for _, id := range ids {
		p, known := q.placeNamed(id)
		places, ok = append(places, p), ok && known
	}
	return places, ok
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
