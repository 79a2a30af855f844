package journey

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// Flow is what really happened between stages, as a Sankey diagram draws it.
type Flow struct {
	Nodes []FlowNode `json:"nodes"`
	Links []FlowLink `json:"links"`
}

// FlowNode is a stage; those who left after it, or are still on the way; or an
// event that leavers did next.
type FlowNode struct {
	ID        string   `json:"id"`
	Stage     *string  `json:"stage"` // id in the definition; null for next
	Kind      NodeKind `json:"kind"`
	Name      string   `json:"name"` // of a stage or an event; "" for left, pending and other events
	Customers int      `json:"customers"`
}

// NodeKind is what a node of a flow stands for.
type NodeKind string

// The kinds of nodes.
const (
	StageNode   NodeKind = "stage"
	LeftNode    NodeKind = "left"
	PendingNode NodeKind = "pending"
	NextNode    NodeKind = "next"
)

// FlowLink is how many customers went from one node to another, and how long it
// took them; null to nodes that are no event.
type FlowLink struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	Customers     int      `json:"customers"`
	MedianSeconds *float64 `json:"medianSeconds"`
}

// nextEvents is how many events of leavers are named; the others are one node.
const nextEvents = 5

// Flow shows the ways that the customers of Measure's answer to the same request
// took from stage to stage, skipped ones left out, and what leavers did next
// within their window.
func (m *Measurer) Flow(ctx context.Context, r Request) (*Flow, error) {
	q, err := r.forFlow()
	if err != nil {
		return nil, err
	}
	all := newFlow(q)
	d, err := m.together(ctx, q, DividedFlow, q.settled, all.read)
	if d == nil && err == nil {
		_, err = m.each(ctx, q, func(d *measured) error { return all.count(ctx, d) })
	}
	if err != nil {
		return nil, err
	}
	return all.drawn(), nil
}

// forFlow is the question that a flow is made of.
func (r *Request) forFlow() (*question, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = true
	return q, nil
}

// flow counts ways. It is a fold.
type flow struct {
	*question
	stages []passedBy           // by place in plan.stages
	links  [][]int64            // microseconds, by the places of two stages as linkOf counts them
	next   map[nextStep][]int64 // microseconds until what leavers did next
	taken  []stagePassed        // of the customer in hand
}

// passedBy is how many passed a stage, and how many of them left after it or are still on
// the way.
type passedBy struct{ customers, left, pending int }

// nextStep is what leavers of a stage did next.
type nextStep struct {
	stage int    // place in plan.stages
	name  string // of the event
}

func newFlow(q *question) *flow {
	stages := len(q.plan.stages)
	return &flow{question: q, stages: make([]passedBy, stages), links: make([][]int64, stages*stages), next: map[nextStep][]int64{}}
}

// linkOf is the place of the link from a stage to another among links.
func (f *flow) linkOf(from, to int) int { return from*len(f.stages) + to }

// count adds the customers of a part.
func (f *flow) count(ctx context.Context, d *measured) error {
	folds, err := run(ctx, d, nil, 0, func() *flow { return newFlow(f.question) })
	for _, o := range folds {
		f.join(o)
	}
	return err
}

func (f *flow) join(o *flow) {
	for k, s := range o.stages {
		f.stages[k].customers += s.customers
		f.stages[k].left += s.left
		f.stages[k].pending += s.pending
	}
	for link, took := range o.links {
		f.links[link] = append(f.links[link], took...)
	}
	for step, took := range o.next {
		f.next[step] = append(f.next[step], took...)
	}
}

// stagePassed is a stage with the instant at which a customer passed it.
type stagePassed struct {
	stage int // in plan.stages
	at    int64
}

// way is the stages a customer passed, in the order in which they did. It holds until the
// next customer.
func (f *flow) way(w *worker, r *Result) []stagePassed {
	way := f.taken[:0]
	for _, fill := range r.Fills {
		stage := f.plan.steps[fill.Step].stage
		at := w.streams.Time(w.cursor.Block.Event[fill.Event])
		if i := slices.IndexFunc(way, func(p stagePassed) bool { return p.stage == stage }); i >= 0 {
			way[i].at = max(way[i].at, at)
			continue
		}
		way = append(way, stagePassed{stage, at})
	}
	slices.SortStableFunc(way, func(a, b stagePassed) int {
		if by := cmp.Compare(a.at, b.at); by != 0 || f.plan.order == AnyOrder {
			return by
		}
		return a.stage - b.stage
	})
	f.taken = way
	return way
}

func (f *flow) add(w *worker, r *Result) {
	if r.Excluded {
		return
	}
	way := f.way(w, r)
	for i, p := range way {
		f.stages[p.stage].customers++
		if i > 0 {
			link := &f.links[f.linkOf(way[i-1].stage, p.stage)]
			*link = append(*link, p.at-way[i-1].at)
		}
	}
	if r.Complete || len(way) == 0 {
		return
	}
	last := way[len(way)-1]
	if w.asOf <= r.End {
		f.stages[last.stage].pending++
		return
	}
	f.stages[last.stage].left++
	if next := w.next(r); next >= 0 {
		word := w.cursor.Block.Event[next]
		step := nextStep{last.stage, w.streams.Names[w.streams.Name(word)]}
		f.next[step] = append(f.next[step], w.streams.Time(word)-last.at)
	}
}

func (f *flow) addNext(w *worker) { f.add(w, w.fromCrowd()) }

func (f *flow) addInRow(*worker, *Result) {}

func stageNode(id string) string   { return "stage:" + id }
func leftNode(id string) string    { return "left:" + id }
func pendingNode(id string) string { return "pending:" + id }
func nextNode(name string) string  { return "next:" + name }

const otherNode = "other"

// nextMost are the events that leavers did next most, most frequent first.
func (f *flow) nextMost() []string {
	times := map[string]int{}
	for step, took := range f.next {
		times[step.name] += len(took)
	}
	named := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(times[b]-times[a], cmp.Compare(a, b))
	})
	return named[:min(len(named), nextEvents)]
}

// drawn lists the nodes, stages in their order first, and the links.
func (f *flow) drawn() *Flow {
	out := &Flow{Nodes: []FlowNode{}, Links: []FlowLink{}}
	node := func(id string, kind NodeKind, stage *string, name string, customers int) {
		if customers > 0 || kind == StageNode {
			out.Nodes = append(out.Nodes, FlowNode{ID: id, Stage: stage, Kind: kind, Name: name, Customers: customers})
		}
	}
	link := func(from, to string, customers int, took []int64) {
		if customers > 0 {
			out.Links = append(out.Links, FlowLink{From: from, To: to, Customers: customers, MedianSeconds: medianSeconds(took)})
		}
	}
	var ids []string
	for k := range f.plan.stages {
		s := &f.Journey.Stages[f.plan.stages[k].definition]
		ids = append(ids, s.ID)
		node(stageNode(s.ID), StageNode, &s.ID, cmp.Or(s.Name.In(""), s.ID), f.stages[k].customers)
	}
	for k, id := range ids {
		node(leftNode(id), LeftNode, &id, "", f.stages[k].left)
		node(pendingNode(id), PendingNode, &id, "", f.stages[k].pending)
		link(stageNode(id), leftNode(id), f.stages[k].left, nil)
		link(stageNode(id), pendingNode(id), f.stages[k].pending, nil)
	}
	for from := range ids {
		for to := range ids {
			took := f.links[f.linkOf(from, to)]
			link(stageNode(ids[from]), stageNode(ids[to]), len(took), took)
		}
	}
	// The events that are not named are one node together.
	named, customers, next := f.nextMost(), map[string]int{}, map[[2]string][]int64{}
	for step, took := range f.next {
		to := otherNode
		if slices.Contains(named, step.name) {
			to = nextNode(step.name)
		}
		customers[to] += len(took)
		key := [2]string{leftNode(ids[step.stage]), to}
		next[key] = append(next[key], took...)
	}
	for _, name := range named {
		node(nextNode(name), NextNode, nil, name, customers[nextNode(name)])
	}
	node(otherNode, NextNode, nil, "", customers[otherNode])
	for key, took := range next {
		link(key[0], key[1], len(took), took)
	}
	slices.SortFunc(out.Links, func(a, b FlowLink) int {
		return cmp.Or(b.Customers-a.Customers, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}

// medianSeconds is the median of microseconds, whose order it changes; nil of none.
func medianSeconds(took []int64) *float64 {
	n := len(took)
	if n == 0 {
		return nil
	}
	low, high := secondsOf(nth(took, (n-1)/2)), secondsOf(nth(took, n/2))
	return new(between(low, high, 0.5, n))
}
