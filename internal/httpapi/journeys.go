package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"beichen/internal/access"
	"beichen/internal/customer"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger"
)

// badge says whether one of the four promises holds; it is computed, never ticked.
type badge string

const (
	holds   badge = "holds"
	fails   badge = "fails"
	unknown badge = "unknown"
)

type badges struct {
	Measurable  badge `json:"measurable"`
	Traceable   badge `json:"traceable"`
	Predictable badge `json:"predictable"`
	Inheritable badge `json:"inheritable"`
}

// journeySummary is a journey in the list.
type journeySummary struct {
	ID           string        `json:"id"`
	Name         journey.Text  `json:"name" doc:"A text, or texts by locale"`
	Subject      string        `json:"subject"`
	Version      int           `json:"version"`
	Status       ledger.Status `json:"status"`
	Author       string        `json:"author"`
	At           time.Time     `json:"at"`
	Stages       int           `json:"stages"`
	Steps        int           `json:"steps"`
	UnboundSteps int           `json:"unboundSteps"`
	Badges       badges        `json:"badges"`
	Headline     *headline     `json:"headline" doc:"Of the default question; null while nothing can be measured"`
}

type headline struct {
	Entered   int           `json:"entered"`
	Completed int           `json:"completed"`
	Rate      *journey.Rate `json:"rate"`
	AsOf      time.Time     `json:"asOf"`
}

func (s *Server) journeys() {
	route(s, http.MethodGet, "/journeys", "Journeys", "All journeys with the number on top of each", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[journeySummary]], error) {
			return answerItems(s.summaries(ctx))
		})
}

func (s *Server) summaries(ctx context.Context) ([]journeySummary, error) {
	revisions, err := s.Ledger.List(ctx, ledger.Journey)
	if err != nil {
		return nil, err
	}
	out := make([]journeySummary, len(revisions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, r := range revisions {
		group.Go(func() error {
			var err error
			out[i], err = s.summary(ctx, r)
			return err
		})
	}
	return out, group.Wait()
}

func (s *Server) summary(ctx context.Context, r ledger.Revision) (journeySummary, error) {
	j, err := journey.Parse(r.Body)
	if err != nil { // written by another version; the others are not to suffer
		s.Log.ErrorContext(ctx, "a stored journey cannot be read", "id", r.ID, "version", r.Version, "error", err)
		return journeySummary{ID: r.ID, Name: journey.Text{Plain: r.ID}, Subject: string(customer.Person), Version: r.Version, Status: r.Status,
			Author: r.Author, At: r.At, Badges: badges{Measurable: fails, Traceable: fails, Predictable: unknown, Inheritable: unknown}}, nil
	}
	sum := journeySummary{ID: r.ID, Name: j.Name, Subject: cmp.Or(j.Subject, string(customer.Person)), Version: r.Version, Status: r.Status,
		Author: r.Author, At: r.At, Stages: len(j.Stages)}
	for _, stage := range j.Stages {
		for _, step := range stage.Steps {
			sum.Steps++
			if !step.Bound() {
				sum.UnboundSteps++
			}
		}
	}
	if sum.UnboundSteps < sum.Steps {
		a, err := s.measure(ctx, Question{JourneyID: r.ID, Version: r.Version, Only: journey.OnlyCounts})
		var f *fault.Error
		if err != nil && !(errors.As(err, &f) && f.Kind == fault.Invalid) {
			return journeySummary{}, err
		}
		if err == nil {
			sum.Headline = headlineOf(a.Answer)
		}
	}
	sum.Badges = promises(j, r, sum)
	return sum, nil
}

func headlineOf(a *journey.Answer) *headline {
	if a.Entered == nil {
		return nil
	}
	h := &headline{Entered: *a.Entered, AsOf: a.AsOf}
	for _, stage := range slices.Backward(a.Stages) {
		if stage.Reached != nil {
			h.Completed, h.Rate = *stage.Reached, stage.OfStart
			break
		}
	}
	return h
}

// promises are the badges of a journey (product.md, the four promises).
// Predictable needs forecasts, and the last part of inheritable needs what was
// tried on the journey: neither is known yet, and unknown is what they say.
func promises(j *journey.Journey, r ledger.Revision, sum journeySummary) badges {
	b := badges{Measurable: fails, Traceable: fails, Predictable: unknown, Inheritable: unknown}
	if sum.UnboundSteps == 0 && sum.Headline != nil && sum.Headline.Entered > 0 {
		b.Measurable = holds
	}
	if r.Status == ledger.Approved {
		b.Traceable = holds
	}
	if !isOwned(j) || j.Description.IsZero() {
		b.Inheritable = fails
	}
	return b
}

// isOwned reports whether somebody answers for all of the journey.
func isOwned(j *journey.Journey) bool {
	return len(j.Owner) > 0 || !slices.ContainsFunc(j.Stages, func(stage journey.Stage) bool {
		return slices.ContainsFunc(stage.Steps, func(step journey.Step) bool { return len(step.Owner) == 0 })
	})
}
