package tree

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/formula"
	"beichen/internal/journey"
	"beichen/internal/metric"
	"beichen/internal/vanity"
)

// Measurer answers questions about trees. It is safe for concurrent use.
type Measurer struct {
	Metrics *metric.Measurer
	// Records tell who agreed to what; nil where nobody keeps them.
	Records Records
	// Verdicts remembers those on vanity; nil: every one is computed anew.
	Verdicts *vanity.Known
}

// Request is a question about a tree.
type Request struct {
	Tree     *Definition
	Version  *int   // of the stored definition; nil for a draft
	AsOf     string // a day or an instant, as people write them; now if empty
	Timezone string // IANA; UTC if empty
	// Grain is that of all numbers of the tree; the ruling star's if empty.
	Grain calendar.Grain
	// Periods is how many are shown; 0: as many as people look at. More are measured,
	// for what is said about them.
	Periods int
	Segment event.Filter // only events for which it holds
}

// Answer is what the facts say about a tree: all that a screen draws.
type Answer struct {
	Definition  journey.Definition `json:"definition"`
	Name        journey.Text       `json:"name"`
	Description journey.Text       `json:"description"`
	Model       Model              `json:"model,omitempty"`
	AsOf        time.Time          `json:"asOf"`
	Timezone    string             `json:"timezone"`
	Grain       string             `json:"grain"`
	// Facts are those of all nodes: of events and customers the most that one looked
	// at, and the position through which all have.
	Facts      journey.Facts    `json:"facts"`
	Stars      []Reign          `json:"stars"`
	Nodes      []*Node          `json:"nodes"`
	Edges      []Edge           `json:"edges"`
	Objectives []ObjectiveTold  `json:"objectives"`
	Targets    []Standing       `json:"targets"` // of the tree itself
	Matrix     []Matrix         `json:"matrix"`
	Layout     map[string]Place `json:"layout"`
}

// Reign is a star with the days it ruled.
type Reign struct {
	Star
	Until *string  `json:"until"` // the last day; null while no other follows
	Rules bool     `json:"rules"` // as of the answer
	Open  []string `json:"open"`  // questions of the checklist without a sentence
}

// measuring is a request under way.
type measuring struct {
	*Measurer
	Request
	metrics *metric.Measurer // measures nothing twice
	frame   frame
	ruling  int // place of the star that rules
	nodes   []*Node
	byID    map[string]*Node
	made    composition
	records *records
}

// atOnce is how many metrics are measured at the same time: each takes all
// processors already.
const atOnce = 2

// Measure answers a request. A metric that cannot be measured is a node with its
// failure; the others do not suffer. Errors are Invalid faults for a bad request,
// those of the source or of the records, or the context's.
func (m *Measurer) Measure(ctx context.Context, r Request) (*Answer, error) {
	q := &measuring{Measurer: m, Request: r, metrics: m.Metrics.Once(), byID: map[string]*Node{}, made: composition{}, records: newRecords(m.Records)}
	if err := q.begin(ctx); err != nil {
		return nil, err
	}
	if err := q.reach(ctx); err != nil {
		return nil, err
	}
	if err := q.each(ctx, q.measure); err != nil {
		return nil, err
	}
	q.trim()
	if err := q.each(ctx, q.judge); err != nil {
		return nil, err
	}
	return q.tell(ctx)
}

// begin understands the request: its instant, its zone and its periods.
func (q *measuring) begin(ctx context.Context) error {
	if q.Tree == nil {
		return fault.New(fault.Invalid, "tree.no-tree")
	}
	when, err := read(ctx, q.metrics, q.AsOf, q.Timezone, q.Grain, q.Periods)
	if err != nil {
		return err
	}
	q.ruling = q.Tree.rulingOn(when.day())
	star, _, err := q.metrics.Book.Metric(ctx, q.Tree.Stars[q.ruling].Metric)
	if err != nil && !isAboutIt(err) {
		return err
	}
	if star == nil { // told by its node
		star = &metric.Definition{}
	}
	q.frame = when.frame(cmp.Or(q.Grain, star.Grain, calendar.Week), star.WeekStart, q.Periods)
	return nil
}

// rulingOn is the place of the star that rules on a day; before all it is the first.
func (d *Definition) rulingOn(day string) int {
	ruling := 0
	for i, s := range d.Stars {
		if s.Since <= day {
			ruling = i
		}
	}
	return ruling
}

// isAboutIt reports whether an error says that one metric cannot be measured, and
// nothing of the others.
func isAboutIt(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) }

// reach collects the metrics that the tree names, and those that their formulas do.
func (q *measuring) reach(ctx context.Context) error {
	for _, m := range q.Tree.mentions() {
		role := m.role
		if role == OtherStar && m.metric == q.Tree.Stars[q.ruling].Metric {
			role = RulingStar
		}
		if err := q.add(ctx, m.metric, role); err != nil {
			return err
		}
	}
	return nil
}

func (q *measuring) add(ctx context.Context, id string, role Role) error {
	if known := q.byID[id]; known != nil {
		known.is(role)
		return nil
	}
	n := &Node{Metric: id, Roles: []Role{}, Owner: []string{}, Good: metric.Up, Terms: map[string]float64{}, Periods: []metric.Point{}}
	n.is(role)
	q.byID[id] = n
	q.nodes = append(q.nodes, n)
	d, version, err := q.metrics.Book.Metric(ctx, id)
	switch {
	case err != nil && isAboutIt(err):
		n.Failure = err
		return nil
	case err != nil:
		return err
	}
	n.define(d, version)
	q.made[id] = d
	for _, of := range d.References() {
		if of.Kind != metric.Kind {
			continue
		}
		if err := q.add(ctx, of.ID, Component); err != nil {
			return err
		}
	}
	return nil
}

// each does something with every metric, a few at a time.
func (q *measuring) each(ctx context.Context, do func(context.Context, *Node) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, n := range q.nodes {
		if n.Failure != nil {
			continue
		}
		group.Go(func() error {
			err := do(ctx, n)
			if err != nil && isAboutIt(err) {
				n.Failure, err = err, nil
			}
			return err
		})
	}
	return group.Wait()
}

// request is a question about a metric in the tree's periods.
func (q *measuring) request(d *metric.Definition, version *int) metric.Request {
	return metric.Request{Metric: d, Version: version, From: q.frame.text(0), Timezone: q.Timezone, AsOf: q.frame.asOfText(),
		Grain: q.frame.grain, Segment: q.Segment}
}

func (q *measuring) measure(ctx context.Context, n *Node) error {
	a, err := q.metrics.Measure(ctx, q.request(n.of, n.version))
	if err != nil {
		return err
	}
	n.measured(a, &q.frame)
	return nil
}

// trim lets what is said of series begin where there is anything to be said of: not
// in the time before the company, nor in the period that it began in.
func (q *measuring) trim() {
	start := len(q.frame.bounds)
	for _, n := range q.nodes {
		for _, p := range n.all {
			if at := q.frame.place(p.From); at >= 0 && p.N > 0 {
				start = min(start, at)
				break
			}
		}
	}
	if start > 0 {
		start++
	}
	q.frame.start = min(start, q.frame.complete())
}

// tell puts the answer together.
func (q *measuring) tell(ctx context.Context) (*Answer, error) {
	hash, err := q.Tree.Hash()
	if err != nil {
		return nil, err
	}
	a := &Answer{
		Definition: journey.Definition{Kind: Kind, ID: q.Tree.ID, Version: q.Version, Hash: hash},
		Name:       q.Tree.Name, Description: q.Tree.Description, Model: q.Tree.Model,
		AsOf: q.frame.asOf, Timezone: q.frame.location.String(), Grain: string(q.frame.grain),
		Nodes: q.nodes, Edges: q.edges(), Layout: q.Tree.Layout,
	}
	if a.Layout == nil {
		a.Layout = map[string]Place{}
	}
	for i, s := range q.Tree.Stars {
		reign := Reign{Star: s, Rules: i == q.ruling, Open: s.Checklist.open()}
		if i+1 < len(q.Tree.Stars) {
			reign.Until = dayBefore(q.Tree.Stars[i+1].Since)
		}
		a.Stars = append(a.Stars, reign)
	}
	if a.Targets, err = q.standings(ctx, q.Tree.Targets, ""); err != nil {
		return nil, err
	}
	if a.Objectives, err = q.objectives(ctx); err != nil {
		return nil, err
	}
	q.chooseTargets(a)
	if a.Matrix, err = q.matrix(ctx); err != nil {
		return nil, err
	}
	for _, n := range q.nodes {
		if n.Trust, err = q.records.trust(ctx, q.metrics.Book, n); err != nil {
			return nil, err
		}
		if n.answer == nil {
			continue
		}
		f := n.answer.Facts
		a.Facts.Events, a.Facts.Customers = max(a.Facts.Events, f.Events), max(a.Facts.Customers, f.Customers)
		if a.Facts.Through == 0 || f.Through < a.Facts.Through {
			a.Facts.Through = f.Through
		}
		if f.KeptFrom.After(a.Facts.KeptFrom) {
			a.Facts.KeptFrom = f.KeptFrom
		}
	}
	return a, nil
}

// Fewest is how many customers the metric with the fewest looked at: what a segment
// singles out.
func (a *Answer) Fewest() int {
	out := a.Facts.Customers
	for _, n := range a.Nodes {
		if n.answer != nil {
			out = min(out, n.answer.Facts.Customers)
		}
	}
	return out
}

// parsed is a metric's formula, nil where it is none.
func parsed(d *metric.Definition) *formula.Formula {
	if d == nil || d.Formula == "" {
		return nil
	}
	f, faults := formula.Parse(d.Formula)
	if len(faults) > 0 {
		return nil // refused by Parse
	}
	return f
}

func dayBefore(day string) *string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil // refused by Parse
	}
	return new(at.AddDate(0, 0, -1).Format(time.DateOnly))
}

// is adds a role.
func (n *Node) is(role Role) {
	if role != "" && !slices.Contains(n.Roles, role) {
		n.Roles = append(n.Roles, role)
	}
}
