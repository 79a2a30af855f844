package mcpserver

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/google/jsonschema-go/jsonschema"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/metric"
)

// traceArguments ask for the customers behind a number, or with customer for the
// events of one of them that were counted.
type traceArguments struct {
	question
	BreakdownValue json.RawMessage `json:"breakdownValue,omitempty" jsonschema:"Of a breakdown: the value of one row, a list for several keys; null is the row null"`
	Only           string          `json:"only,omitempty" jsonschema:"Of a metric that is a share: those who did what it is of, or those who did not"`
	Stage          string          `json:"stage,omitempty" jsonschema:"Of a journey: the id of a stage; nothing is the last one"`
	Step           string          `json:"step,omitempty" jsonschema:"Of a journey: the id of a step of that stage"`
	State          string          `json:"state,omitempty" jsonschema:"Of a journey: those who reached the stage (the default), are pending there, left before it, or were excluded"`
	Interval       *int            `json:"interval,omitempty" jsonschema:"Of a retention table: who came back so many intervals after the one that from lies in; 0 is the whole cohort"`
	Customer       string          `json:"customer,omitempty" jsonschema:"Of a metric or a journey: tell which events of this customer were counted; the id that the list shows"`
	Sort           string          `json:"sort,omitempty" jsonschema:"newest (the default), oldest; of a metric and a retention table most; of a journey longest, shortest, value"`
	Offset         int             `json:"offset,omitempty" jsonschema:"How many customers to pass over"`
	Limit          int             `json:"limit,omitempty" jsonschema:"How many customers at most; 20 where nothing is said, up to 1000"`
}

// traceAnswer is a number opened: to its customers, or to the events of one.
type traceAnswer struct {
	evidence
	Customers *object `json:"customers,omitempty" jsonschema:"How many there are (total) and a part of them (items), as the API answers it"`
	Trace     *object `json:"trace,omitempty" jsonschema:"The events of the customer that were counted, as the API answers it"`
}

var traceSchema = schemasOf[traceArguments, traceAnswer](func(in map[string]*jsonschema.Schema) {
	completeQuestion(in)
	in["only"].Enum = choices("did", "didNot")
	in["state"].Enum = choices("reached", "pending", "left", "excluded")
	in["interval"].Types, in["interval"].Type = nil, "integer"
})

// check refuses what a number of its kind has not.
func (in *traceArguments) check() error {
	isMetric, isJourney, isRetention := in.Kind == metricKind, in.Kind == journeyKind, in.Kind == retentionKind
	given := map[string]bool{
		"only": in.Only != "" && !isMetric, "interval": in.Interval != nil && !isRetention,
		"stage": in.Stage != "" && !isJourney, "step": in.Step != "" && !isJourney, "state": in.State != "" && !isJourney,
		"customer": in.Customer != "" && isRetention, "breakdownValue": len(in.BreakdownValue) > 0 && isRetention,
	}
	if err := cmp.Or(oneOf("kind", in.Kind, kinds), only(in.Kind, given)); err != nil {
		return err
	}
	if isRetention && (in.From == "" || in.Interval == nil) {
		return fault.Many("mcp.arguments", []fault.Detail{fault.At("from", 0, "mcp.which-cell")})
	}
	return nil
}

// trace opens a number. What is asked about the number first is asked as of the same
// instant and of the same version afterwards, so that both are about the same.
func (c Config) trace(ctx context.Context, in traceArguments) (*answer, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	m, err := c.measured(ctx, &in.question)
	if err != nil {
		return nil, err
	}
	ask := in.asked()
	ask["asOf"], ask["version"] = m.AsOf, *m.Definition.Version
	path, single := in.complete(ask, m)
	if in.Customer != "" {
		return c.traceOne(ctx, m, single, ask, in.Customer)
	}
	raw, err := c.API.Post(ctx, path, ask)
	if err != nil {
		return nil, err
	}
	var page struct {
		Total int
		Items []behind
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		return nil, err
	}
	if m.metric == nil {
		m.Number = number{Of: ofCustomers, What: in.what(c, ask), Value: new(float64(page.Total)), Unit: "customer", N: page.Total}
	}
	return &answer{c.customersText(m, page.Total, page.Items), traceAnswer{evidence: m.evidence, Customers: new(object(raw))}}, nil
}

// complete makes a question about customers of one about a number, and tells where
// each is asked: for customers, and for the events of a single one.
func (in *traceArguments) complete(ask map[string]any, m *measured) (path, single string) {
	if in.Customer == "" {
		ask["limit"], ask["offset"] = cmp.Or(in.Limit, 20), in.Offset
		for name, text := range map[string]string{"only": in.Only, "step": in.Step, "sort": in.Sort} {
			if text != "" {
				ask[name] = text
			}
		}
		if len(in.BreakdownValue) > 0 {
			ask["breakdownValue"] = in.BreakdownValue
		}
	}
	switch in.Kind {
	case metricKind:
		ask["period"] = m.place
		m.row(in.BreakdownValue)
		return "/measure/metric-customers", "/measure/metric-trace"
	case journeyKind:
		if in.Customer == "" {
			ask["state"] = cmp.Or(in.State, "reached")
			if ask["stage"] = in.Stage; in.Stage == "" && in.State != "excluded" && m.place >= 0 {
				ask["stage"] = m.journey.Stages[m.place].ID
			}
		}
		return "/measure/customers", "/measure/trace"
	}
	ask["row"], ask["interval"] = 0, *in.Interval // from lies in the first row
	return "/measure/retention-customers", ""
}

// what says whom a number of customers is of.
func (in *traceArguments) what(c Config, ask map[string]any) string {
	if in.Kind == retentionKind {
		return c.say("came-back", "from", in.From, "interval", *in.Interval)
	}
	stage, _ := ask["stage"].(string)
	if in.Step != "" {
		stage += " › " + in.Step
	}
	return c.say(ask["state"].(string), "stage", stage)
}

// row makes the number that of a row of the breakdown, where one is meant; nobody is
// in a row that there is not.
func (m *measured) row(value json.RawMessage) {
	if len(value) == 0 {
		return
	}
	want, err := json.Marshal(readValue(value))
	if err != nil {
		return // what was read as JSON is written as it
	}
	for _, row := range m.metric.Breakdown {
		if has, err := json.Marshal(row.Value); err == nil && string(has) == string(want) {
			m.point(row.Periods[m.place])
			return
		}
	}
	m.point(metric.Point{From: m.Number.From, Partial: m.Number.Partial})
}

// readValue reads the value of a row as the API does.
func readValue(raw json.RawMessage) any {
	var v journey.BreakdownValue
	if v.UnmarshalJSON(raw) != nil || len(v.Values) == 1 {
		return append(v.Values, nil)[0]
	}
	return v.Values
}

// traceOne tells which events of one customer were counted.
func (c Config) traceOne(ctx context.Context, m *measured, path string, ask map[string]any, customer string) (*answer, error) {
	ask["customer"] = customer
	raw, err := c.API.Post(ctx, path, ask)
	if err != nil {
		return nil, err
	}
	var found struct{ Events []counted }
	if err := json.Unmarshal(raw, &found); err != nil {
		return nil, err
	}
	return &answer{c.eventsText(m, customer, found.Events), traceAnswer{evidence: m.evidence, Trace: new(object(raw))}}, nil
}
