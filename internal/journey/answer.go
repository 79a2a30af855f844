package journey

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"beichen/internal/event"
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
	q, err := r.understand()
	if err != nil {
		return nil, err
	}
	d, err := m.streams(ctx, q, "")
	if err != nil {
		return nil, err
	}
	counts, err := d.count(ctx)
	if err != nil {
		return nil, err
	}
	return d.answer(ctx, counts)
}

// counts is all that an answer is made of. It is a fold.
type counts struct {
	*measured
	total *tally
	rows  rows
	// apart: everybody stands in one row, so that the total is that of the rows.
	apart   bool
	between sample
	places  []CustomerPlace
}

// count runs the machine over all customers and adds up what it finds.
func (d *measured) count(ctx context.Context) (*counts, error) {
	begin := func() *counts {
		return &counts{
			measured: d, total: newTally(d.plan), rows: rows{plan: d.plan},
			apart: len(d.keys) > 0 && d.attribution != "all" && d.attribution != "step",
		}
	}
	folds, err := run(ctx, d, begin)
	if err != nil {
		return nil, err
	}
	c := begin()
	for _, f := range folds {
		c.total.join(f.total)
		c.rows.join(&f.rows)
		c.between.join(&f.between)
		c.places = append(c.places, f.places...)
	}
	if c.apart {
		c.rows.each(func(_ []uint32, t *tally) { c.total.join(t) })
	}
	slices.SortFunc(c.places, func(a, b CustomerPlace) int { return cmp.Compare(a.ID, b.ID) })
	return c, nil
}

func (c *counts) add(w *worker, r *Result) {
	if !c.apart {
		c.total.add(w, r)
	}
	if len(c.keys) > 0 && !c.byValue() {
		w.rowsOf(r, func(row []uint32) { c.rows.of(row).add(w, r) })
	}
	if r.Excluded {
		return
	}
	if len(c.TimeBetween) > 0 {
		c.addBetween(r)
	}
	if c.Request.Customers {
		c.places = append(c.places, c.place(w, r))
	}
}

func (c *counts) addInRow(w *worker, r *Result) { c.rows.of(r.row).add(w, r) }

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
	jobs := []numbers{{tally: c.total}}
	var rows []Row
	c.rows.each(func(row []uint32, t *tally) {
		if t.counted > 0 { // who an exclusion took out of a row where nobody else is, counts in the total only
			jobs = append(jobs, numbers{tally: t})
			rows = append(rows, Row{Value: d.rowValue(row), Entered: t.counted, Excluded: t.excluded})
		}
	})
	if err := d.work(ctx, jobs); err != nil {
		return nil, err
	}
	a := &Answer{
		Definition: Definition{Kind: "Journey", ID: d.Journey.ID, Version: d.Version, Hash: hash},
		AsOf:       instantOf(d.asOf), Timezone: d.location.String(), From: textOrNull(d.From), To: textOrNull(d.To),
		Rule: Rule{
			Subject: d.Journey.subject(), Order: d.plan.order, Entry: d.plan.entry,
			Window: d.plan.window.String(), Excluded: d.Journey.excluded(),
		},
		Facts:        Facts{Events: d.streams.Events, Customers: d.streams.Customers, Through: d.streams.Through},
		Unattributed: d.streams.Unattributed, Stages: jobs[0].stages,
	}
	if len(d.plan.stages) > 0 {
		a.Entered, a.Excluded = new(c.total.counted), new(c.total.excluded)
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
		a.Customers = append([]CustomerPlace{}, c.places...)
	}
	return a, nil
}

func (d *measured) timeBetween(took *sample) *TimeBetween {
	s := new(summarizer).summarize(took, d.Bins, &sample{}, 0)
	times := timesOf(s)
	return &TimeBetween{
		From: d.TimeBetween[0], To: d.TimeBetween[1], N: s.n,
		MeanSeconds: times.MeanSeconds, MedianSeconds: times.MedianSeconds, Histogram: histogramOf(s.histogram),
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
