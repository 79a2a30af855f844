package path

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
	"beichen/internal/nodes/carrier"
)

// WalkersRequest asks for the customers behind a node or a link of the answer to
// a request.
type WalkersRequest struct {
	Request
	Node string   // the id of a node …
	Link []string // … or those of the two nodes of a link
	Sort string   // newest (default), oldest, longest, shortest, most
	listing.Page
}

// Walkers are a part of the customers behind a node or a link.
type Walkers struct {
	Total int      `json:"total"` // the number of customers, where nothing is searched
	Items []Walker `json:"items"`
}

// Walker is a customer who went a way. At and Seconds are of the first of several.
type Walker struct {
	ID   string  `json:"id"`
	Name *string `json:"name"` // for the asker to fill; the machine does not know it
	// At is when they arrived there; at an end when the last thing before it was
	// done, or the first thing after.
	At time.Time `json:"at"`
	// Seconds a link took; at a node how far it is from the anchor. Null where
	// there is nothing to measure from or to.
	Seconds *float64 `json:"seconds"`
	Paths   int      `json:"paths"` // how often
}

// Paths answers a request. Errors are Invalid faults for a bad request, those of
// the source, or the context's.
func (f *Finder) Paths(ctx context.Context, r Request) (*Answer, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = true
	if q.Kind == Transitions {
		return f.transitions(ctx, q)
	}
	return f.aroundAnchors(ctx, q)
}

// Customers lists the customers behind a node or a link of Paths' answer to the
// same request, by the code that counted them.
func (f *Finder) Customers(ctx context.Context, r WalkersRequest) (*Walkers, error) {
	q, err := r.Request.understand()
	if err != nil {
		return nil, err
	}
	if q.Kind == Transitions {
		q.Top = maxPairs
	}
	wanted, err := r.understand(q)
	if err != nil {
		return nil, err
	}
	all, err := f.list(ctx, q, &r, wanted)
	if err != nil {
		return nil, err
	}
	total, items := listing.Of(all.items, r.Page, idOf, order(r.Sort))
	return &Walkers{Total: total + all.cut, Items: items}, nil
}

func idOf(w Walker) string { return w.ID }

// understand finds the places that are asked for: one for a node, two for a link.
func (r *WalkersRequest) understand(q *question) ([]place, error) {
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	if r.Sort != "" && !slices.Contains([]string{"newest", "oldest", "longest", "shortest", "most"}, r.Sort) {
		wrong("sort", "journey.bad-value", "value", r.Sort, "allowed", "newest, oldest, longest, shortest, most")
	}
	var wanted []place
	find := func(path, id string) {
		p, ok := q.placeNamed(id)
		if !ok {
			wrong(path, "path.unknown-node", "id", id)
		}
		wanted = append(wanted, p)
	}
	switch {
	case r.Node != "" && r.Link == nil:
		find("node", r.Node)
	case r.Node == "" && len(r.Link) == 2:
		find("link[0]", r.Link[0])
		find("link[1]", r.Link[1])
	default:
		wrong("node", "path.node-or-link")
	}
	return wanted, fault.Many("journey.invalid-question", faults)
}

func (f *Finder) list(ctx context.Context, q *question, r *WalkersRequest, wanted []place) (all *listed, err error) {
	if q.Kind == Transitions {
		all = q.newListed(r, wanted, nil)
		_, err = f.read(ctx, q, all, nil)
		return all, err
	}
	frequent := q.newNameCounts()
	_, err = f.read(ctx, q, frequent, func(a *asked) error {
		if err := frequent.look(ctx, a); err != nil {
			return err
		}
		all = q.newListed(r, wanted, q.mostFrequent(frequent.times, wanted))
		return all.look(ctx, a)
	})
	if err != nil || all != nil {
		return all, err
	}
	all = q.newListed(r, wanted, q.mostFrequent(frequent.times, wanted))
	_, err = f.read(ctx, q, all, nil)
	return all, err
}

// listed is the reading of who went a way.
type listed struct {
	request *WalkersRequest
	wanted  []place  // one for a node, two for a link
	columns *columns // nil: of transitions
	items   []Walker
	cut     int // who else was found, and is on no page before the end of the one asked for
}

// newListed begins a list; named are the names told apart by column.
func (q *question) newListed(r *WalkersRequest, wanted []place, named [][]string) *listed {
	l := &listed{request: r, wanted: wanted}
	if q.Kind != Transitions {
		l.columns = q.columns(named)
	}
	return l
}

func (l *listed) look(ctx context.Context, a *asked) (err error) {
	var found []Walker
	if l.columns == nil {
		found, err = a.listPairs(ctx, l.wanted)
	} else {
		found, err = l.columns.about(a).list(ctx, l.wanted)
	}
	l.items = append(l.items, found...)
	return err
}

func (l *listed) order() readingOrder {
	o := readingOrder{Reading: readList, Sort: l.request.Sort, Page: l.request.Page, Found: l.request.Named}
	for _, p := range l.wanted {
		o.Wanted = append(o.Wanted, p.id())
	}
	if l.columns != nil {
		o.Named = l.columns.named
	}
	return o
}

// carry leaves out who is on no page before the end of the one that is asked for, whoever
// is found in other shares.
func (l *listed) carry(c *carrier.Carrier) {
	if !c.Reading() {
		total, head := listing.Head(l.items, l.request.Page, idOf, order(l.request.Sort))
		l.items, l.cut = head, total-len(head)
	}
	c.Count(&l.cut)
	carrier.List(c, &l.items, func(w *Walker) {
		c.Text(&w.ID)
		c.Time(&w.At)
		c.Count(&w.Paths)
		carrier.Known(c, &w.Seconds, c.Number)
	})
}

func (l *listed) take(c *carrier.Carrier) (add func()) {
	var o listed
	o.carry(c)
	return func() {
		l.items = append(l.items, o.items...)
		l.cut += o.cut
	}
}

func (c *columns) list(ctx context.Context, wanted []place) (items []Walker, err error) {
	workers, err := run(ctx, c.streams.Blocks, func() *sankey {
		s := c.newSankey(brackets{})
		s.list = &wantedWays{found: found{streams: c.streams}, columns: c}
		for _, p := range wanted {
			s.list.nodes = append(s.list.nodes, c.nodeAt(p))
		}
		return s
	})
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		items = append(items, w.list.items...)
	}
	return items, nil
}

// listPairs lists who went a pair, or any pair of a node: those whose brackets
// are open.
func (a *asked) listPairs(ctx context.Context, wanted []place) ([]Walker, error) {
	var codes []uint64
	for _, p := range wanted {
		code := slices.Index(a.streams.Names, p.event)
		if code < 0 { // nobody did it
			return nil, nil
		}
		codes = append(codes, uint64(code))
	}
	names := uint64(len(a.streams.Names))
	b := brackets{of: map[uint64]bracket{}}
	switch {
	case len(wanted) == 2:
		b.of[codes[0]*names+codes[1]] = open
	case wanted[0].position == 0:
		for to := range names {
			b.of[codes[0]*names+to] = open
		}
	default:
		for from := range names {
			b.of[from*names+codes[0]] = open
		}
	}
	workers, err := run(ctx, a.streams.Blocks, func() *pairs {
		p := a.newPairs(b)
		p.list = &wantedPairs{found: found{streams: a.streams}, atFirst: len(wanted) == 1 && wanted[0].position == 0}
		return p
	})
	if err != nil {
		return nil, err
	}
	var items []Walker
	for _, w := range workers {
		items = append(items, w.list.items...)
	}
	return items, nil
}

// found gathers customers, one after the other.
type found struct {
	streams *stream.Streams
	items   []Walker
	now     Walker // the customer in hand, as far as is known
}

// add takes a way of the customer in hand that was asked for: its instant as
// words tell it, and how long it took in microseconds, negative for unknown.
func (f *found) add(at uint64, took int64) {
	if f.now.Paths++; f.now.Paths > 1 {
		return
	}
	f.now.At = time.UnixMicro(f.streams.Base + int64(at)).UTC()
	if took >= 0 {
		f.now.Seconds = new(float64(took) / 1e6)
	}
}

// end is told that the customer in hand has no more ways.
func (f *found) end(customer uint32) {
	if f.now.Paths > 0 {
		f.now.ID = f.streams.CustomerID(customer)
		f.items = append(f.items, f.now)
		f.now = Walker{}
	}
}

// wantedPairs finds who went pairs that were asked for.
type wantedPairs struct {
	found
	atFirst bool // the first event of a pair is what was asked for
}

func (w *wantedPairs) add(since, at uint64) {
	if w.atFirst {
		w.found.add(since, -1)
		return
	}
	w.found.add(at, int64(at-since))
}

// wantedWays finds who passed a node, or a link of two.
type wantedWays struct {
	found
	*columns
	nodes []int
}

func (w *wantedWays) look(way []stop) {
	for i := range way {
		switch {
		case w.nodeOf(&way[i]) != w.nodes[0]:
		case len(w.nodes) == 1:
			w.add(way[i].at, w.fromAnchor(way, i))
		case i+1 < len(way) && w.nodeOf(&way[i+1]) == w.nodes[1]:
			took := int64(-1)
			if way[i].kind.isEvent() && way[i+1].kind.isEvent() {
				took = int64(way[i+1].at - way[i].at)
			}
			w.add(way[i+1].at, took)
		}
	}
}

// fromAnchor is how far a stop is from the anchor of its way in microseconds, −1
// for the anchor itself and for ends.
func (w *wantedWays) fromAnchor(way []stop, i int) int64 {
	anchor := slices.IndexFunc(way, func(s stop) bool { return s.kind == AnchorNode })
	switch {
	case i == anchor || !way[i].kind.isEvent():
		return -1
	case i < anchor:
		return int64(way[anchor].at - way[i].at)
	}
	return int64(way[i].at - way[anchor].at)
}

// order is that of a list; of equal ones by id.
func order(by string) func(a, b Walker) int {
	seconds := func(w *Walker, unknown float64) float64 {
		if w.Seconds == nil {
			return unknown
		}
		return *w.Seconds
	}
	return func(a, b Walker) int {
		n := 0
		switch by {
		case "oldest":
			n = a.At.Compare(b.At)
		case "longest":
			n = cmp.Compare(seconds(&b, -1), seconds(&a, -1))
		case "shortest":
			n = cmp.Compare(seconds(&a, math.Inf(1)), seconds(&b, math.Inf(1)))
		case "most":
			n = b.Paths - a.Paths
		default:
			n = b.At.Compare(a.At)
		}
		return cmp.Or(n, cmp.Compare(a.ID, b.ID))
	}
}
