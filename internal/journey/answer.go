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
	d, err := m.measure(ctx, q)
	if err != nil {
		return nil, err
	}
	return d.answer()
}

func (d *measured) answer() (*Answer, error) {
	hash, err := d.Journey.Hash()
	if err != nil {
		return nil, err
	}
	all := population(d.results)
	a := &Answer{
		Definition: Definition{Kind: "Journey", ID: d.Journey.ID, Version: d.Version, Hash: hash},
		AsOf:       instantOf(d.asOf), Timezone: d.location.String(), From: textOrNull(d.From), To: textOrNull(d.To),
		Rule: Rule{
			Subject: d.Journey.subject(), Order: d.plan.order, Entry: d.plan.entry,
			Window: d.plan.window.String(), Excluded: d.Journey.excluded(),
		},
		Facts: d.facts(), Unattributed: d.streams.Unattributed,
		Stages: d.stages(all),
	}
	if len(d.plan.stages) > 0 {
		a.Entered, a.Excluded = new(len(all.counted)), new(all.excluded)
	}
	if len(d.TimeBetween) > 0 {
		a.TimeBetween = d.timeBetween(all)
	}
	if len(d.keys) > 0 {
		a.Breakdown = d.breakdown()
	}
	if d.Request.Customers {
		a.Customers = d.places(all)
	}
	return a, nil
}

func (d *measured) facts() Facts {
	f := Facts{Through: d.streams.Through}
	since := d.since()
	for i := range d.streams.Len() {
		times := d.streams.Time[d.streams.Start[i]:d.streams.Start[i+1]]
		earlier, _ := slices.BinarySearch(times, since)
		if n := len(times) - earlier; n > 0 {
			f.Events += n
			f.Customers++
		}
	}
	return f
}

// answerID is a stage's id in the answer: with order any its place in the list,
// which is the level that it carries there.
func (p *plan) answerID(definition int) string {
	if p.order == AnyOrder {
		return strconv.Itoa(definition + 1)
	}
	return p.journey.Stages[definition].ID
}

func (d *measured) places(all group) []CustomerPlace {
	places := make([]CustomerPlace, len(all.counted))
	for i, r := range all.counted {
		p := CustomerPlace{
			ID: d.streams.CustomerID(r.Customer), Level: r.Level, EntryAt: instantOf(r.Entry), Stages: map[string]time.Time{},
		}
		for k := range r.At {
			if r.passed(k) {
				p.Stages[d.plan.answerID(d.plan.stages[k].definition)] = instantOf(r.At[k])
			}
		}
		places[i] = p
	}
	slices.SortFunc(places, func(a, b CustomerPlace) int { return cmp.Compare(a.ID, b.ID) })
	return places
}

// group is some customers who have a chain.
type group struct {
	counted  []*Result
	excluded int
}

func population(results []Result) group {
	var g group
	for i := range results {
		g.add(&results[i])
	}
	return g
}

func (g *group) add(r *Result) {
	if r.Excluded {
		g.excluded++
		return
	}
	g.counted = append(g.counted, r)
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
