package metric

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"beichen/internal/event"
	"beichen/internal/journey"
)

// Reaching is a metric itself: the share of the customers whom another one counts in
// a period that do something within a time after they first did what it counts. Of
// a rate those are counted who did what it is of, of a conversion or a time those
// who passed the stage that it leads to, of a retention those who came back. It is
// nil of a formula, which counts through its metrics. Errors are those of the book and of
// Parse.
func Reaching(ctx context.Context, book Book, d *Definition, do journey.Pattern, within journey.Window) (*Definition, error) {
	counted, err := d.countedEvents(ctx, book)
	if err != nil || len(counted) == 0 || len(counted) > maxAlternatives {
		return nil, err
	}
	from := Events{When: slices.Clone(counted)}
	for i, p := range from.When {
		where := append(slices.Clone(d.Segment), p.Where...)
		// Conditions of one key are written as one.
		slices.SortStableFunc(where, func(a, b event.Condition) int { return strings.Compare(a.Key.String(), b.Key.String()) })
		from.When[i].Where = where
	}
	document, err := json.Marshal(Definition{
		Kind: Kind, ID: d.ID, Subject: d.Subject, WeekStart: d.WeekStart, Grain: d.Grain,
		Rate: &Rate{Of: Events{When: []journey.Pattern{do}}, From: from, Within: within},
	})
	if err != nil {
		return nil, err
	}
	return Parse(document)
}

// countedEvents are the events that make a customer one of those whom the metric
// counts.
func (d *Definition) countedEvents(ctx context.Context, book Book) ([]journey.Pattern, error) {
	switch {
	case d.Count != nil:
		return d.Count.When, nil
	case d.Customers != nil:
		return d.Customers.When, nil
	case d.Active != nil:
		return d.Active.When, nil
	case d.Sum != nil:
		return d.Sum.When, nil
	case d.Average != nil:
		return d.Average.When, nil
	case d.Quantile != nil:
		return d.Quantile.When, nil
	case d.Rate != nil:
		return d.Rate.Of.When, nil
	case d.Retention != nil:
		table, _, err := book.Retention(ctx, d.Retention.Table)
		if err != nil {
			return nil, err
		}
		return []journey.Pattern{table.Return}, nil
	}
	of := d.Conversion
	if d.Time != nil {
		of = &d.Time.Conversion
	}
	if of == nil {
		return nil, nil
	}
	j, _, err := book.Journey(ctx, of.Journey)
	if err != nil {
		return nil, err
	}
	at := of.place(j, of.To)
	if at < 0 {
		return nil, nil // told by Check
	}
	var out []journey.Pattern
	for _, step := range j.Stages[at].Steps {
		out = append(out, step.When...)
	}
	return out, nil
}
