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
// with the customers and the median time of each.
func (b *beichen) transitions() contender {
	question := map[string]any{"kind": "transitions", "top": transitions, "timezone": "UTC"}
	return contender{"Beichen", func(ctx context.Context) (func() (counts, error), error) {
		text, err := b.post(ctx, "/api/v1/paths", question)
		return func() (counts, error) {
			var a struct {
				Nodes []struct{ ID, Event string }
				Links []struct {
					From, To string
					Paths    int64
				}
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
				found.add(transitionKey(names[l.From], names[l.To]), l.Paths)
			}
			return found, nil
		}, err
	}}
}
