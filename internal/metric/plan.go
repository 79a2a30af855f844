package metric

import (
	"context"
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
)

// Plan is what a metric that is counted from events reads, and how the events of one
// customer become numbers. It says what is wanted and nothing of how it is had: the
// resident index, a scan of a store and messages in memory are asked the same. What a
// store can judge of it by the event alone (the bounds, the segment, the filters, the
// keys of events) it judges, and where the order of events is not asked it counts
// them; who a customer is, and what hangs on their traits and accounts, is known to
// nobody but the source, and the rule is applied to what that gives.
type Plan struct {
	Subject string       `json:"subject"`           // person, account or a where key
	Reads   []Reading    `json:"reads"`             // of which one is enough
	Segment event.Filter `json:"segment,omitempty"` // only these events count
	Keys    []event.Key  `json:"keys"`              // whose values are wanted of every event: first those of the breakdown
	Amount  *Amount      `json:"amount,omitempty"`
	From    *time.Time   `json:"from"`  // of the first event that is read; null: the first there is
	Until   *time.Time   `json:"until"` // of the last one
	Rule    Rule         `json:"rule"`

	property int         // place in Keys of the property that an amount is; −1: it is none
	cuts     []time.Time // that the rule tells events apart by; nil: by each instant
}

// Reading is which events are read, and what they count as.
type Reading struct {
	As Part `json:"as"`
	journey.Pattern
}

// Amount is what is read of an event to be summed or compared.
type Amount struct {
	Of       event.Key `json:"of"`
	Currency string    `json:"currency,omitempty"` // of money: another one is left out
}

// Rule is how the events of one customer become hits, a row and a period at a time.
type Rule struct {
	By      By             `json:"by"`
	AtLeast int            `json:"atLeast,omitempty"` // events that it takes
	Window  journey.Window `json:"window,omitzero"`   // before a period ends
	Within  journey.Window `json:"within,omitzero"`   // after the first event that a rate is from
	// Cumulative adds up what was before, from the beginning of the history.
	Cumulative bool `json:"cumulative,omitempty"`
	Per        Per  `json:"per,omitempty"` // of amounts: each event has one, or each customer their sum
}

// By says what makes a hit.
type By string

// What makes a hit.
const (
	ByPeriod    By = "period"    // all events of a period
	ByOften     By = "often"     // periods with so many
	ByEverOften By = "everOften" // the period in which they had done it so often
	ByWindow    By = "window"    // periods at whose end the window has so many
	ByShare     By = "share"     // periods in which they did the one, and whether they did the other
)

const maxAlternatives = 32 // of one measure, so that all readings are bits of a word

// planned makes the plan of a question; there is none of metrics that are not counted
// from events themselves.
func (d *measured) planned() bool {
	if d.plan = planOf(d.Metric, d.keys); d.plan != nil {
		d.bound()
	}
	return d.plan != nil
}

func planOf(d *Definition, breakdown []event.Key) *Plan {
	p := &Plan{Subject: d.subject(), Segment: d.Segment, Keys: slices.Clone(breakdown), property: -1}
	read := func(as Part, e *Events) {
		for _, pattern := range e.When {
			p.Reads = append(p.Reads, Reading{as, pattern})
		}
	}
	amounts := func(a *Amounts) {
		read(Counted, &a.Events)
		p.Amount, p.Rule.Per = &Amount{a.Of, a.Currency}, a.Per
		if !a.isMoney() {
			p.property = len(p.Keys)
			p.Keys = append(p.Keys, a.Of)
		}
		p.Rule.By = ByPeriod
	}
	switch {
	case d.Count != nil:
		read(Counted, d.Count)
		p.Rule.By = ByPeriod
	case d.Customers != nil:
		read(Counted, &d.Customers.Events)
		p.Rule.By, p.Rule.AtLeast = ByOften, max(d.Customers.AtLeast, 1)
		if d.Cumulative {
			p.Rule.By = ByEverOften
		}
	case d.Active != nil:
		read(Counted, &d.Active.Events)
		p.Rule.By, p.Rule.AtLeast, p.Rule.Window = ByWindow, max(d.Active.AtLeast, 1), d.Active.Window
	case d.Sum != nil:
		amounts(d.Sum)
	case d.Average != nil:
		amounts(d.Average)
	case d.Quantile != nil:
		amounts(&d.Quantile.Amounts)
	case d.Rate != nil:
		read(RateOf, &d.Rate.Of)
		read(RateFrom, &d.Rate.From)
		p.Rule.By, p.Rule.Within = ByShare, d.Rate.Within
	default:
		return nil
	}
	p.Rule.Cumulative = d.Cumulative
	return p
}

// ripens is how long after a period it may still change, in microseconds.
func (p *Plan) ripens() int64 { return p.Rule.Within.Micros() }

// bound says when what is read happened, and of which segment it is.
func (d *measured) bound() {
	d.plan.cuts = d.cuts()
	d.plan.Segment = append(slices.Clone(d.Metric.Segment), d.Segment...)
	d.plan.Until = new(timeOf(min(d.bounds[d.periods()]-1+d.plan.ripens(), d.asOf)))
	if !d.plan.Rule.Cumulative {
		d.plan.From = new(timeOf(d.bounds[0] - d.plan.Rule.Window.Micros()))
	}
}

// mostCuts bounds what a store is asked to tell apart.
const mostCuts = 1000

// cuts are the instants between which the rule looks at how many events there are and
// not at which came first: the ends of periods, and the beginnings of windows. nil
// where it has to know the order.
func (d *measured) cuts() (out []time.Time) {
	r := &d.plan.Rule
	if r.By == ByShare && (r.Within.Micros() > 0 || len(d.keys) > 0) {
		return nil
	}
	for _, at := range d.bounds {
		out = append(out, timeOf(at))
	}
	if r.By == ByWindow {
		for p := range d.periods() {
			out = append(out, timeOf(d.endOf(p)), timeOf(d.endOf(p)-r.Window.Micros()))
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	if out = slices.CompactFunc(out, time.Time.Equal); len(out) > mostCuts {
		return nil
	}
	return out
}

// Counting is the plan as a source is asked that may count events together.
func (p *Plan) Counting() stream.Question {
	q := p.Question()
	if p.cuts != nil {
		q.Group = &stream.Group{Cuts: p.cuts}
		if p.Amount != nil {
			q.Group.Value, q.Group.Cost = p.Amount.Of.Root == event.Value, p.Amount.Of.Root == costKey
		}
	}
	return q
}

// Question is the plan as a source is asked for every event.
func (p *Plan) Question() stream.Question {
	q := stream.Question{Subject: journey.SubjectOf(p.Subject), Keys: p.Keys, Segment: p.Segment, Rest: stream.CountOfRest, Unpriced: p.Amount == nil || !isMoney(p.Amount.Of)}
	for _, r := range p.Reads {
		q.Patterns = append(q.Patterns, r.Matcher())
	}
	if p.From != nil {
		q.From = *p.From
	}
	if p.Until != nil {
		q.Until = *p.Until
	}
	return q
}

// as is the set of readings, a bit each, whose events count as something.
func (p *Plan) as(part Part) (bits uint64) {
	for i, r := range p.Reads {
		if r.As == part {
			bits |= 1 << i
		}
	}
	return bits
}

// Planned is what measuring a metric reads: its own plan, those of the metrics that a
// formula names, or the journey or the table of returns whose chains or cohorts it is
// read from.
type Planned struct {
	Metric    string    `json:"metric"`
	Plan      *Plan     `json:"plan,omitempty"`
	Journey   string    `json:"journey,omitempty"`
	Retention string    `json:"retention,omitempty"`
	Inputs    []Planned `json:"inputs,omitempty"`
}

// Plan tells what Measure of the same request reads. Errors are those of Measure,
// but for the source's: it is asked for nothing, unless for as-of where a file knows
// no now.
func (m *Measurer) Plan(ctx context.Context, r Request) (Planned, error) {
	d, err := m.measured(ctx, r)
	if err != nil {
		return Planned{}, err
	}
	out := Planned{Metric: d.Metric.ID}
	if d.planned() {
		out.Plan = d.plan
		return out, nil
	}
	for _, of := range d.Metric.References() {
		switch of.Kind {
		case Kind:
			part := r
			if part.Metric, _, err = m.Book.Metric(ctx, of.ID); err != nil {
				return out, err
			}
			part.Segment, part.AsOf = append(slices.Clone(d.Metric.Segment), r.Segment...), instantText(d.asOf)
			part.Grain = d.grain
			in, err := m.Plan(ctx, part)
			if err != nil {
				return out, err
			}
			out.Inputs = append(out.Inputs, in)
		case retention.Kind:
			out.Retention = of.ID
		default:
			out.Journey = of.ID
		}
	}
	return out, nil
}

// Each yields the plans of events, in the order in which they are read.
func (p Planned) Each(yield func(metric string, plan *Plan)) {
	if p.Plan != nil {
		yield(p.Metric, p.Plan)
	}
	for _, in := range p.Inputs {
		in.Each(yield)
	}
}

// Words says the plan in a language, a line for each thing that is read.
func (p Planned) Words(l fault.Language) []string {
	say := func(key string, args ...any) string {
		return p.Metric + ": " + fault.Text("metric.plan."+key, l, args...)
	}
	switch {
	case p.Journey != "":
		return []string{say("journey", "journey", p.Journey)}
	case p.Retention != "":
		return []string{say("retention", "table", p.Retention)}
	case p.Plan == nil:
		lines := []string{say("formula")}
		for _, in := range p.Inputs {
			lines = append(lines, in.Words(l)...)
		}
		return lines
	}
	of := p.Plan
	patterns := make([]journey.Pattern, len(of.Reads))
	for i, r := range of.Reads {
		patterns[i] = r.Pattern
	}
	lines := []string{say("reads", "events", journey.EventWords(l, patterns...), "subject", journey.SubjectWords(l, of.Subject))}
	until := of.Until.Format(time.RFC3339)
	if of.From == nil {
		lines = append(lines, say("until", "until", until))
	} else {
		lines = append(lines, say("between", "from", of.From.Format(time.RFC3339), "until", until))
	}
	if len(of.Segment) > 0 {
		lines = append(lines, say("segment", "filter", journey.FilterWords(l, of.Segment)))
	}
	if columns := of.columns(); len(columns) > 0 {
		lines = append(lines, say("columns", "columns", strings.Join(columns, ", ")))
	}
	if later := of.Question().OfCustomers(); len(later) > 0 {
		names := make([]string, len(later))
		for i, key := range later {
			names[i] = key.String()
		}
		lines = append(lines, say("later", "keys", strings.Join(names, ", ")))
	}
	return lines
}

// columns are what is wanted of every event besides who, when and what it is.
func (p *Plan) columns() (out []string) {
	for _, key := range p.Keys {
		out = append(out, key.String())
	}
	if p.Amount != nil && isMoney(p.Amount.Of) {
		out = append(out, p.Amount.Of.String())
	}
	return out
}
