package main

import (
	"context"
	"encoding/json"
	"time"
)

// retention is the contender that asks for the cohorts of retentionFrom.
func (b *beichen) retention() contender {
	on := func(name string) map[string]any { return map[string]any{"event": name} }
	question := map[string]any{
		"retention": map[string]any{
			"kind": "Retention", "id": "weekly", "start": on(retentionStart), "return": on(retentionReturn),
			"period": "week", "intervals": retentionWeeks,
		},
		"from": retentionFrom.Format(time.DateOnly), "timezone": "UTC",
	}
	return contender{"Beichen", func(ctx context.Context) (func() (counts, error), error) {
		text, err := b.post(ctx, "/api/v1/measure", question)
		return func() (counts, error) {
			var a struct{ Rows []struct{ Counts []int64 } }
			if err := json.Unmarshal(text, &a); err != nil {
				return nil, err
			}
			found := counts{}
			for week, row := range a.Rows {
				for later, n := range row.Counts {
					found.add(cohortKey(week, later), n)
				}
			}
			return found, nil
		}, err
	}}
}

// transitions is the contender that asks for the most frequent pairs of events,
// with the customers and the median time of each. What of it is compared is told by
// take.
func (b *beichen) transitions(take func(found counts, t transition)) contender {
	question := map[string]any{"kind": "transitions", "top": transitions, "timezone": "UTC"}
	return contender{"Beichen", func(ctx context.Context) (func() (counts, error), error) {
		text, err := b.post(ctx, "/api/v1/paths", question)
		return func() (counts, error) {
			var a struct {
				Nodes []struct{ ID, Event string }
				Links []transition
			}
			if err := json.Unmarshal(text, &a); err != nil {
				return nil, err
			}
			names := map[string]string{}
			for _, n := range a.Nodes {
				names[n.ID] = n.Event
			}
			found := counts{}
			for _, l := range a.Links {
				l.From, l.To = names[l.From], names[l.To]
				take(found, l)
			}
			return found, nil
		}, err
	}}
}

// transition is how often one event followed another, by how many customers, and
// how long it took in the middle.
type transition struct {
	From, To         string
	Paths, Customers int64
	MedianSeconds    float64
}

func wholeTransition(found counts, t transition) {
	found.addTransition(t.From, t.To, t.Paths, t.Customers, 1000*t.MedianSeconds)
}

func transitionCount(found counts, t transition) { found.add(transitionKey(t.From, t.To), t.Paths) }
