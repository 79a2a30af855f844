package journey

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// Answer is what the facts say about a journey. What is not known is null.
type Answer struct {
	Definition   Definition      `json:"definition"`
	AsOf         time.Time       `json:"asOf"`
	Timezone     string          `json:"timezone"`
	From         *string         `json:"from"`
	To           *string         `json:"to"`
	Rule         Rule            `json:"rule"`
	Facts        Facts           `json:"facts"`
	Entered      *int            `json:"entered"`  // after exclusion; null: nothing is bound
	Excluded     *int            `json:"excluded"` // entered + excluded have a chain
	Unattributed int             `json:"unattributed"`
	Stages       []StageAnswer   `json:"stages"`
	TimeBetween  *TimeBetween    `json:"timeBetween,omitempty"`
	Breakdown    []Row           `json:"breakdown,omitzero"`
	Customers    []CustomerPlace `json:"customers,omitzero"`
}

// Definition says what was measured. Version is null for a draft.
type Definition struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Version *int   `json:"version"`
	Hash    string `json:"hash"`
}

// Rule says how it was counted, defaults filled in.
type Rule struct {
	Subject  string   `json:"subject"`
	Order    Order    `json:"order"`
	Entry    Entry    `json:"entry"`
	Window   string   `json:"window"`
	Excluded Excluded `json:"excluded"`
}

// Facts says what was looked at: events and customers inside the dates, and the
// position up to which the log was seen.
type Facts struct {
	Events    int    `json:"events"`
	Customers int    `json:"customers"`
	Through   uint64 `json:"through"`
	// KeptFrom is the instant from which on facts are kept, where the question reaches
	// back to before it: what happened before is not in the answer.
	KeptFrom time.Time `json:"keptFrom,omitzero"`
}

// FactsOf is what was looked at by a question about what happened from an instant on, in
// microseconds since 1970 UTC.
func FactsOf(s *stream.Streams, from int64) Facts {
	f := Facts{Events: s.Events, Customers: s.Customers, Through: s.Through}
	if s.Lacks(from) {
		f.KeptFrom = instantOf(s.Kept)
	}
	return f
}

// facts are those of a question.
func (d *measured) facts() Facts {
	from := d.since()
	if d.plan.historic {
		from = math.MinInt64
	}
	return FactsOf(d.streams, from)
}

// CustomerPlace is how far one customer came.
type CustomerPlace struct {
	ID      string               `json:"id"`
	Level   int                  `json:"level"`
	EntryAt time.Time            `json:"entryAt"`
	Stages  map[string]time.Time `json:"stages"`
}

// Measure answers a request. Errors are Invalid faults for a bad request, those
// of the source, or the context's.
func (m *Measurer) Measure(ctx context.Context, r Request) (*Answer, error) {
	q, err := r.forAnswer()
	if err != nil {
		return nil, err
	}
	d, all, err := m.divided(ctx, q)
	if d == nil && err == nil {
		d, all, err = m.undivided(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	return d.answer(ctx, all)
}

// forAnswer is the question that an answer is made of.
func (r *Request) forAnswer() (*question, error) {
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	q.nameless, q.rest = !r.Customers, stream.TimesOfRest // dwell hangs on them
	if q.bare = r.Only == OnlyCounts; q.bare {
		q.rest, q.unpriced = stream.CountOfRest, true
	}
	return q, nil
}

// undivided has a question counted by this node alone.
func (m *Measurer) undivided(ctx context.Context, q *question) (d *measured, all *counts, err error) {
	d, err = m.each(ctx, q, func(part *measured) error {
		c, err := m.count(ctx, part)
		switch {
		case err != nil:
			return err
		case all == nil:
			all = c
		default:
			all.join(c)
		}
		return nil
	})
	return d, all, err
}

// counts is all that an answer is made of. It is a fold.
type counts struct {
	*measured
	// levels are the customers by how far they got, levelStages stages each, where
	// that is kept apart, and otherwise all in one.
	levels []level
	// crowded: customers are counted by crowds. apart: everybody stands in one row, so
	// that the total is that of the rows.
	crowded, apart bool

	between sample
	places  []CustomerPlace
	reached progress // nil: not wanted
}

// levelStages is how many stages customers are apart who are still counted
// together: with fewer less is counted again for a draft of a late stage, but the
// tallies take more room than the near memory has, which costs every answer more. Six
// leave the last third of a board of ten stages, which is where most is tried out, apart.
const levelStages = 6

// level is some of the customers, and of them those of each row.
type level struct {
	total *tally
	rows  rows
}

// newLevel is for customers who passed so many stages at most.
func newLevel(p *plan, passed int, m *memory) level {
	return level{total: newTallyTo(p, passed, m), rows: rows{plan: p, passed: passed, memory: m}}
}

func (d *measured) newCounts(byLevel bool) *counts {
	c := &counts{measured: d, crowded: d.plan.plain && !d.byValue()}
	c.apart = len(d.keys) > 0 && !d.byValue() && (c.crowded || d.attribution != "step")
	stages, m := len(d.plan.stages), new(memory)
	if !byLevel {
		c.levels = []level{newLevel(d.plan, stages, m)}
		return c
	}
	for passed := levelStages; passed < stages+levelStages; passed += levelStages {
		c.levels = append(c.levels, newLevel(d.plan, passed, m))
	}
	return c
}

// join adds what another fold counted.
func (c *counts) join(o *counts) {
	for i := range o.levels {
		c.levels[i].total.join(o.levels[i].total)
		c.levels[i].rows.join(&o.levels[i].rows)
	}
	c.between.join(&o.between)
	c.places = append(c.places, o.places...)
}

// close ends the counting: from then on nothing changes what was counted, which
// several answers may be made of at once.
func (c *counts) close() {
	for i := range c.levels {
		c.levels[i].total.close()
		c.levels[i].rows.each(func(_ []uint32, t *tally) { t.close() })
	}
}

// together are all levels as one.
func (c *counts) together() level {
	all := newLevel(c.plan, len(c.plan.stages), nil)
	for i := range c.levels {
		all.total.join(c.levels[i].total)
		all.rows.join(&c.levels[i].rows)
	}
	if c.apart {
		all.rows.each(func(_ []uint32, t *tally) { all.total.join(t) })
	}
	all.total.settle(c.plan)
	all.rows.each(func(_ []uint32, t *tally) { t.settle(c.plan) })
	return all
}

func (c *counts) add(w *worker, r *Result) {
	if !c.crowded {
		of := &c.levels[0]
		if !c.apart {
			of.total.add(w, r)
		}
		if len(c.keys) > 0 && !c.byValue() {
			w.rowsOf(r, func(row []uint32) { of.rows.of(row).add(w, r) })
		}
		if !r.Excluded {
			c.list(w, r)
		}
		return
	}
	w.crowd.put(w, r)
	t := c.levels[0].total
	w.rowsOf(r, func(row []uint32) { t = c.tallyOf(w, row) })
	if r.Excluded {
		t.excluded++
		w.crowd.drop()
		return
	}
	if w.collects(w.cursor.Block) {
		t.addCosts(w, r)
	}
	c.list(w, r)
	c.take(w, t)
}

func (c *counts) addNext(w *worker) {
	if len(c.TimeBetween) > 0 || c.Request.Customers {
		w.crowd.show(c.plan, w.cursor, &w.result)
		c.list(w, &w.result)
	}
	c.take(w, c.tallyOf(w, w.rowOfNext()))
}

// tallyOf is the tally of a row for the next customer of a crowd.
func (c *counts) tallyOf(w *worker, row []uint32) *tally {
	of := &c.levels[0]
	if c.reached != nil {
		level := w.crowd.level[w.crowd.taken]
		of = &c.levels[(level-1)/levelStages]
		c.reached[w.block][w.place] = level
	}
	if c.apart {
		return of.rows.of(row)
	}
	return of.total
}

// take counts the next customer of a crowd in a tally.
func (c *counts) take(w *worker, t *tally) {
	t.addNext(w)
	w.crowd.take(t)
	if w.crowd.taken == crowdSize {
		w.crowd.count(c.plan)
	}
}

// list adds a customer to what is listed of each of them.
func (c *counts) list(w *worker, r *Result) {
	if len(c.TimeBetween) > 0 {
		c.addBetween(r)
	}
	if c.Request.Customers {
		c.places = append(c.places, c.place(w, r))
	}
}

func (c *counts) addInRow(w *worker, r *Result) { c.levels[0].rows.of(r.row).add(w, r) }

func (c *counts) addBetween(r *Result) {
	from, to := c.plan.placeOf(c.measured.between[0]), c.plan.placeOf(c.measured.between[1])
	if from >= 0 && to >= 0 && r.passed(from) && r.passed(to) {
		c.between.add(r.At[to] - r.At[from])
	}
}

func (c *counts) place(w *worker, r *Result) CustomerPlace {
	p := CustomerPlace{ID: c.streams.CustomerID(w.cursor.Customer()), Level: r.Level, EntryAt: instantOf(r.Entry), Stages: map[string]time.Time{}}
	for k := range r.At {
		if r.passed(k) {
			p.Stages[c.plan.answerID(c.plan.stages[k].definition)] = instantOf(r.At[k])
		}
	}
	return p
}

func (d *measured) answer(ctx context.Context, c *counts) (*Answer, error) {
	hash, err := d.Journey.Hash()
	if err != nil {
		return nil, err
	}
	all := c.together()
	jobs := []numbers{{tally: all.total}}
	var rows []Row
	all.rows.each(func(row []uint32, t *tally) {
		if t.counted > 0 { // who an exclusion took out of a row where nobody else is, counts in the total only
			jobs = append(jobs, numbers{tally: t})
			rows = append(rows, Row{Value: d.rowValue(row), Entered: t.counted, Excluded: t.excluded})
		}
	})
	if err := d.work(ctx, jobs, c.apart); err != nil {
		return nil, err
	}
	a := &Answer{
		Definition: Definition{Kind: "Journey", ID: d.Journey.ID, Version: d.Version, Hash: hash},
		AsOf:       instantOf(d.asOf), Timezone: d.location.String(), From: textOrNull(d.From), To: textOrNull(d.To),
		Rule: Rule{
			Subject: d.Journey.subject(), Order: d.plan.order, Entry: d.plan.entry,
			Window: d.plan.window.String(), Excluded: d.Journey.excluded(),
		},
		Facts:        d.facts(),
		Unattributed: d.streams.Unattributed, Stages: jobs[0].stages,
	}
	if len(d.plan.stages) > 0 {
		a.Entered, a.Excluded = new(all.total.counted), new(all.total.excluded)
	}
	if len(d.TimeBetween) > 0 {
		a.TimeBetween = d.timeBetween(&c.between)
	}
	if len(d.keys) > 0 {
		for i := range rows {
			rows[i].Stages = jobs[i+1].stages
		}
		sortRows(rows)
		a.Breakdown = append([]Row{}, rows...)
	}
	if d.Request.Customers {
		slices.SortFunc(c.places, func(a, b CustomerPlace) int { return cmp.Compare(a.ID, b.ID) })
		a.Customers = append([]CustomerPlace{}, c.places...)
	}
	return a, nil
}

func (d *measured) timeBetween(took *sample) *TimeBetween {
	z := new(summarizer)
	s := z.wholes(1)
	s[0].shaped, s[0].bins = true, d.Bins
	z.tell(s, []part{{took, s}}, 0)
	times := timesOf(s[0].summary)
	return &TimeBetween{
		From: d.TimeBetween[0], To: d.TimeBetween[1], N: times.N,
		MeanSeconds: times.MeanSeconds, MedianSeconds: times.MedianSeconds, Histogram: histogramOf(s[0].histogram),
	}
}

// answerID is a stage's id in the answer: with order any its place in the list,
// which is the level that it carries there.
func (p *plan) answerID(definition int) string {
	if p.order == AnyOrder {
		return strconv.Itoa(definition + 1)
	}
	return p.journey.Stages[definition].ID
}

func instantOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

func secondsOf(micros int64) float64 { return float64(micros) / float64(second) }

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// valueOf is a code's value of the breakdown's k-th key; code 0 is null.
func (d *measured) valueOf(k int, code uint32) any {
	if code == 0 {
		return nil
	}
	return event.Scalar(d.streams.Values[k][code])
}
