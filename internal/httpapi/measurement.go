package httpapi

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// measureQuestion is a question about a journey, about who comes back, or about a
// metric.
type measureQuestion struct {
	Question
	Retention   json.RawMessage `json:"retention,omitempty" doc:"Instead of a journey: a draft of a retention table …"`
	RetentionID string          `json:"retentionId,omitempty" doc:"… or the id of a stored one"`
	Metric      json.RawMessage `json:"metric,omitempty" doc:"Instead of a journey: a draft of a metric …"`
	MetricID    string          `json:"metricId,omitempty" doc:"… or the id of a stored one"`
	Grain       string          `json:"grain,omitempty" enum:"hour,day,week,month,quarter,year,whole" doc:"Of a metric, instead of the definition's"`
}

// journeyMembers refuses the members that only a question about a journey has, but
// for some.
func (q *measureQuestion) journeyMembers(allowed ...string) error {
	var faults []fault.Detail
	for _, m := range []struct {
		name  string
		given bool
	}{
		{"journey", len(given(q.Journey)) > 0}, {"journeyId", q.JourneyID != ""}, {"window", q.Window != ""}, {"breakdown", len(q.Breakdown) > 0},
		{"attribution", q.Attribution != ""}, {"timeBetween", len(q.TimeBetween) > 0}, {"bins", q.Bins != 0}, {"customers", q.Customers},
		{"only", q.Only != ""},
	} {
		if m.given && !slices.Contains(allowed, m.name) {
			faults = append(faults, fault.At(m.name, 0, "retention.journeys-only", "flag", m.name))
		}
	}
	return fault.Many("journey.invalid-question", faults)
}

// measurement is the answer about the one that was asked about.
type measurement struct {
	Journey   *measured
	Retention *measuredRetention
	Metric    *measuredMetric
}

// AppendJSON appends the one there is.
func (m measurement) AppendJSON(text []byte) ([]byte, error) {
	var of any = m.Metric
	switch {
	case m.Journey != nil:
		return m.Journey.AppendJSON(text)
	case m.Retention != nil:
		of = m.Retention
	}
	raw, err := json.Marshal(of)
	return append(text, raw...), err
}

// MarshalJSON writes the one there is.
func (m measurement) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil) }

// Schema describes all of them.
func (measurement) Schema(r huma.Registry) *huma.Schema {
	const name = "Measurement"
	var of []*huma.Schema
	for _, t := range []reflect.Type{reflect.TypeFor[measured](), reflect.TypeFor[measuredRetention](), reflect.TypeFor[measuredMetric]()} {
		of = append(of, r.Schema(t, true, ""))
	}
	r.Map()[name] = &huma.Schema{OneOf: of}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// asked is the definition that a question is about: nil where it names none.
type asked[T any] struct {
	definition *T
	version    *int // of a stored one
	isDraft    bool
}

// written reads what a question is about: the draft in it, or else the stored
// definition of an id; of version 0 the current one.
func written[T any](ctx context.Context, from *ledger.Ledger, kind ledger.Kind, draft json.RawMessage, id string, version int, parse func([]byte) (*T, error)) (of asked[T], err error) {
	text := given(draft)
	switch {
	case len(text) > 0:
		of.isDraft = true
	case id == "":
		return of, nil
	default:
		revision, err := from.At(ctx, kind, id, version)
		if err != nil {
			return of, err
		}
		text, of.version = revision.Body, &revision.Version
	}
	of.definition, err = parse(text)
	return of, err
}
