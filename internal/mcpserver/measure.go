package mcpserver

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger"
	"beichen/internal/metric"
)

// question is what measure and trace ask about.
type question struct {
	Kind      string          `json:"kind" jsonschema:"What is measured"`
	ID        string          `json:"id" jsonschema:"Its id, as list tells it"`
	Version   int             `json:"version,omitempty" jsonschema:"An older version of the definition; nothing is the current one"`
	From      string          `json:"from,omitempty" jsonschema:"A day (2026-11-16, in the time zone) or an instant (RFC 3339): the first that counts; of a metric in its first period, of a retention table in its first interval"`
	To        string          `json:"to,omitempty" jsonschema:"A day or an instant, included; of a metric in its last period"`
	Timezone  string          `json:"timezone,omitempty" jsonschema:"IANA; nothing is the workspace's"`
	AsOf      string          `json:"asOf,omitempty" jsonschema:"Nothing after it is known; nothing is now"`
	Segment   json.RawMessage `json:"segment,omitempty" jsonschema:"Only events for which it holds: where keys with a value, or with operators: {\"channel\": \"email\", \"value\": {\"gte\": 10}}"`
	Grain     string          `json:"grain,omitempty" jsonschema:"Of a metric: the length of its periods, instead of the definition's; whole is one period from from to to"`
	Breakdown []string        `json:"breakdown,omitempty" jsonschema:"Of a metric or a journey: where keys whose values part it, such as channel, properties.plan, traits.region, account.size"`
	Period    string          `json:"period,omitempty" jsonschema:"Of a metric: a day or an instant in the one period that is wanted, instead of from and to"`
}

// completeQuestion says what the types of a question do not.
func completeQuestion(in map[string]*jsonschema.Schema) {
	in["kind"].Enum = choices(kinds...)
	in["grain"].Enum = choices("hour", "day", "week", "month", "quarter", "year", "whole")
	in["segment"].Type = "object"
}

// check refuses what a question of its kind has not.
func (q *question) check() error {
	if err := oneOf("kind", q.Kind, kinds); err != nil {
		return err
	}
	if q.Kind == metricKind {
		if q.Period != "" && (q.From != "" || q.To != "") {
			return fault.Many("mcp.arguments", []fault.Detail{fault.At("period", 0, "mcp.period-alone")})
		}
		return nil
	}
	return only(q.Kind, map[string]bool{
		"grain": q.Grain != "", "period": q.Period != "", "breakdown": len(q.Breakdown) > 0 && q.Kind == retentionKind,
	})
}

// asked is the question as the API takes it.
func (q *question) asked() map[string]any {
	ask := map[string]any{map[string]string{metricKind: "metricId", journeyKind: "journeyId", retentionKind: "retentionId"}[q.Kind]: q.ID}
	from, to := q.From, q.To
	if q.Period != "" {
		from, to = q.Period, q.Period
	}
	for name, text := range map[string]string{"from": from, "to": to, "timezone": q.Timezone, "asOf": q.AsOf, "grain": q.Grain} {
		if text != "" {
			ask[name] = text
		}
	}
	if q.Version != 0 {
		ask["version"] = q.Version
	}
	if len(q.Breakdown) > 0 {
		ask["breakdown"] = q.Breakdown
	}
	if len(q.Segment) > 0 {
		ask["segment"] = q.Segment
	}
	return ask
}

// evidence is what no number goes without.
type evidence struct {
	Definition journey.Definition `json:"definition" jsonschema:"What was measured: kind, id, version, and the hash of its text"`
	AsOf       time.Time          `json:"asOf" jsonschema:"Nothing after it was known"`
	Timezone   string             `json:"timezone"`
	Facts      journey.Facts      `json:"facts" jsonschema:"What was looked at: events, customers, and the position of the log through which it was seen"`
	Number     number             `json:"number" jsonschema:"The number itself"`
}

// number is a number with what it says of itself.
type number struct {
	Of        string   `json:"of" jsonschema:"What it is: a value of the metric in a period, the share of those who entered a journey that reached its last stage, the share of all cohorts that came back an interval later, or how many customers are meant"`
	What      string   `json:"what,omitempty" jsonschema:"Of customers: whom"`
	From      string   `json:"from,omitempty" jsonschema:"When its period begins"`
	Value     *float64 `json:"value" jsonschema:"null is unknown, which is not 0"`
	Unit      string   `json:"unit" jsonschema:"Empty is a share or a pure number"`
	N         int      `json:"n" jsonschema:"Of how many it is made"`
	Numerator *int     `json:"numerator,omitempty" jsonschema:"Of a share: how many of them did it"`
	Low       *float64 `json:"low" jsonschema:"Of its 95 % interval, where it has one"`
	High      *float64 `json:"high"`
	Partial   bool     `json:"partial" jsonschema:"It may still change as time goes on"`
}

// The numbers there are.
const (
	ofPeriod     = "period"
	ofCompletion = "completion"
	ofReturn     = "return"
	ofCustomers  = "customers"
)

type measureAnswer struct {
	evidence
	Answer object `json:"answer" jsonschema:"All that was measured, as the API answers it"`
}

var measureSchema = schemasOf[question, measureAnswer](completeQuestion)

// measured is an answer of the API, as it is and as it was understood.
type measured struct {
	evidence
	raw       json.RawMessage
	name      string // of the definition, in the caller's language
	metric    *metric.Answer
	journey   *journey.Answer
	retention *retention.Answer
	place     int // of the number among a metric's periods, of its stage in a journey
}

// measure asks what the facts say.
func (c Config) measure(ctx context.Context, in question) (*answer, error) {
	m, err := c.measured(ctx, &in)
	if err != nil {
		return nil, err
	}
	return &answer{c.measuredText(m), measureAnswer{m.evidence, object(m.raw)}}, nil
}

func (c Config) measured(ctx context.Context, q *question) (*measured, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	m := &measured{}
	var err error
	if m.raw, err = c.API.Post(ctx, "/measure", q.asked()); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(m.raw, &m.evidence); err != nil {
		return nil, err
	}
	switch q.Kind {
	case metricKind:
		err = m.ofMetric()
	case journeyKind:
		err = m.ofJourney()
	default:
		err = m.ofRetention()
	}
	if err != nil {
		return nil, err
	}
	m.name, err = c.nameOf(ctx, m.Definition)
	return m, err
}

// nameOf is the name of a definition that was measured.
func (c Config) nameOf(ctx context.Context, d journey.Definition) (string, error) {
	raw, err := c.API.Get(ctx, "/definitions/"+d.Kind+"/"+url.PathEscape(d.ID), versionOf(*d.Version))
	if err != nil {
		return "", err
	}
	var r ledger.Revision
	if err := json.Unmarshal(raw, &r); err != nil {
		return "", err
	}
	var of struct {
		Name localized `json:"name"`
	}
	if err := json.Unmarshal(r.Body, &of); err != nil || of.Name.IsZero() {
		return d.ID, err
	}
	return of.Name.In(string(c.API.Language)), nil
}

// ofMetric takes the last period that will not change any more, or the last one.
func (m *measured) ofMetric() error {
	m.metric = &metric.Answer{}
	if err := json.Unmarshal(m.raw, m.metric); err != nil {
		return err
	}
	m.place = len(m.metric.Periods) - 1
	for i, p := range slices.Backward(m.metric.Periods) {
		if !p.Partial {
			m.place = i
			break
		}
	}
	m.point(m.metric.Periods[m.place])
	return nil
}

// point makes the number that of a metric in a period.
func (m *measured) point(p metric.Point) {
	m.Number = number{Of: ofPeriod, From: p.From, Value: p.Value, Unit: m.metric.Unit, N: p.N, Numerator: p.Numerator, Low: p.Low, High: p.High, Partial: p.Partial}
}

// ofJourney takes how many of those who entered reached the last stage that is bound
// to events.
func (m *measured) ofJourney() error {
	m.journey = &journey.Answer{}
	if err := json.Unmarshal(m.raw, m.journey); err != nil {
		return err
	}
	m.Number, m.place = number{Of: ofCompletion}, -1
	for i, stage := range slices.Backward(m.journey.Stages) {
		if stage.Reached != nil {
			m.place, m.Number.Numerator = i, stage.Reached
			m.Number.share(stage.OfStart)
			break
		}
	}
	return nil
}

// ofRetention takes how many of all cohorts came back an interval later.
func (m *measured) ofRetention() error {
	m.retention = &retention.Answer{}
	if err := json.Unmarshal(m.raw, m.retention); err != nil {
		return err
	}
	m.Number = number{Of: ofReturn}
	if average := m.retention.Average; len(average) > 1 {
		m.Number.share(&average[1])
	}
	return nil
}

func (n *number) share(r *journey.Rate) {
	if r != nil {
		n.Value, n.Low, n.High, n.N = r.Rate, r.Low, r.High, r.N
	}
}
