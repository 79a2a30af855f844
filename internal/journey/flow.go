package journey

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"beichen/internal/stat"
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
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = true
	var all *flow
	_, err = m.each(ctx, q, func(d *measured) error {
		folds, err := run(ctx, d, nil, 0, func() *flow { return newFlow(d) })
		if all == nil {
			all = newFlow(d)
		}
		for _, o := range folds {
			all.join(o)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all.drawn(), nil
}

// flow counts ways. It is a fold.
type flow struct {
	*measured
	customers map[string]int          // by node
	links     map[[2]string][]float64 // seconds; of links to no event none
	counts    map[[2]string]int
	next      map[nextStep][]float64 // seconds until what leavers did next
}

// nextStep is what leavers of a stage did next.
type nextStep struct {
	left string // node
	name string // of the event
}

func newFlow(d *measured) *flow {
	return &flow{measured: d, customers: map[string]int{}, links: map[[2]string][]float64{}, counts: map[[2]string]int{}, next: map[nextStep][]float64{}}
}

func (f *flow) join(o *flow) {
	for node, n := range o.customers {
		f.customers[node] += n
	}
	for link, n := range o.counts {
		f.counts[link] += n
	}
	for link, took := range o.links {
		f.links[link] = append(f.links[link], took...)
	}
	for step, took := range o.next {
		f.next[step] = append(f.next[step], took...)
	}
}

func stageNode(id string) string   { return "stage:" + id }
func leftNode(id string) string    { return "left:" + id }
func pendingNode(id string) string { return "pending:" + id }
func nextNode(name string) string  { return "next:" + name }

const otherNode = "other"

// stagePassed is a stage with the instant at which a customer passed it.
type stagePassed struct {
	stage int // in plan.stages
	at    int64
}

// way is the stages a customer passed, in the order in which they did.
func (f *flow) way(w *worker, r *Result) []stagePassed {
	var way []stagePassed
	for _, fill := range r.Fills {
		stage := f.plan.steps[fill.Step].stage
		at := f.streams.Time(w.cursor.Block.Event[fill.Event])
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
	return way
}

func (f *flow) add(w *worker, r *Result) {
	if r.Excluded {
		return
	}
	from := ""
	var before int64
	for _, p := range f.way(w, r) {
		to := stageNode(f.idOf(p.stage))
		f.customers[to]++
		if from != "" {
			f.link(from, to, p.at-before)
		}
		from, before = to, p.at
	}
	if r.Complete || from == "" {
		return
	}
	last := from[len(stageNode("")):]
	if f.asOf <= r.End {
		f.customers[pendingNode(last)]++
		f.counts[[2]string{from, pendingNode(last)}]++
		return
	}
	f.customers[leftNode(last)]++
	f.counts[[2]string{from, leftNode(last)}]++
	if next := w.next(r); next >= 0 {
		word := w.cursor.Block.Event[next]
		step := nextStep{leftNode(last), f.streams.Names[f.streams.Name(word)]}
		f.next[step] = append(f.next[step], secondsOf(f.streams.Time(word)-before))
	}
}

func (f *flow) addNext(w *worker) { f.add(w, w.fromCrowd()) }

func (f *flow) addInRow(*worker, *Result) {}

// nameNext gives the events that leavers did next most a node each, the others
// one together. It returns the names, most frequent first.
func (f *flow) nameNext() []string {
	times := map[string]int{}
	for step, took := range f.next {
		times[step.name] += len(took)
	}
	named := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(times[b]-times[a], cmp.Compare(a, b))
	})
	named = named[:min(len(named), nextEvents)]
	for step, took := range f.next {
		node := otherNode
		if slices.Contains(named, step.name) {
			node = nextNode(step.name)
		}
		f.customers[node] += len(took)
		link := [2]string{step.left, node}
		f.counts[link] += len(took)
		f.links[link] = append(f.links[link], took...)
	}
	return named
}

func (f *flow) link(from, to string, took int64) {
	key := [2]string{from, to}
	f.counts[key]++
	f.links[key] = append(f.links[key], secondsOf(took))
}

// idOf is a bound stage's id in the definition.
func (f *flow) idOf(stage int) string { return f.Journey.Stages[f.plan.stages[stage].definition].ID }

// drawn lists the nodes, stages in their order first, and the links.
func (f *flow) drawn() *Flow {
	named := f.nameNext()
	out := &Flow{Nodes: []FlowNode{}, Links: []FlowLink{}}
	node := func(id string, kind NodeKind, stage *string, name string) {
		if n := f.customers[id]; n > 0 || kind == StageNode {
			out.Nodes = append(out.Nodes, FlowNode{ID: id, Stage: stage, Kind: kind, Name: name, Customers: n})
		}
	}
	for k := range f.plan.stages {
		s := &f.Journey.Stages[f.plan.stages[k].definition]
		node(stageNode(s.ID), StageNode, &s.ID, cmp.Or(s.Name.In(""), s.ID))
	}
	for k := range f.plan.stages {
		id := f.idOf(k)
		node(leftNode(id), LeftNode, &id, "")
		node(pendingNode(id), PendingNode, &id, "")
	}
	for _, name := range named {
		node(nextNode(name), NextNode, nil, name)
	}
	node(otherNode, NextNode, nil, "")
	for key, n := range f.counts {
		l := FlowLink{From: key[0], To: key[1], Customers: n}
		if seconds := f.links[key]; len(seconds) > 0 {
			slices.Sort(seconds)
			l.MedianSeconds = new(stat.Quantile(seconds, 0.5))
		}
		out.Links = append(out.Links, l)
	}
	slices.SortFunc(out.Links, func(a, b FlowLink) int {
		return cmp.Or(b.Customers-a.Customers, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}
