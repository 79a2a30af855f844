package metric

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey/stream"
)

// never is a source that nothing may be asked of.
type never struct{ t *testing.T }

func (n never) Streams(context.Context, stream.Question) (*stream.Streams, error) {
	n.t.Error("a plan asked the source")
	return &stream.Streams{}, nil
}

// planner plans the library's metrics as of a morning in March.
func planner(t *testing.T) *Measurer {
	t.Helper()
	return &Measurer{Source: never{t}, Book: library(t), Now: func() time.Time { return time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC) }}
}

// TestAPlanSaysWhatIsReadAndHowItIsCounted spells plans out, as the API gives them.
func TestAPlanSaysWhatIsReadAndHowItIsCounted(t *testing.T) {
	m := planner(t)
	for text, want := range map[string]string{
		"count: {event: A}": `{"metric":"m","plan":{"subject":"person","reads":[{"as":"counted","event":"A"}],"keys":["channel"],` +
			`"from":"2026-02-23T00:00:00Z","until":"2026-03-04T09:00:00Z","rule":{"by":"period"}}}`,
		"subject: account, cumulative: true, customers: {event: A, atLeast: 2}": `{"metric":"m","plan":{"subject":"account","reads":[{"as":"counted","event":"A"}],"keys":["channel"],` +
			`"from":null,"until":"2026-03-04T09:00:00Z","rule":{"by":"everOften","atLeast":2,"cumulative":true}}}`,
		"segment: {source: site}, active: {event: A, window: 14d}": `{"metric":"m","plan":{"subject":"person","reads":[{"as":"counted","event":"A"}],"segment":{"source":"site"},"keys":["channel"],` +
			`"from":"2026-02-09T00:00:00Z","until":"2026-03-04T09:00:00Z","rule":{"by":"window","atLeast":1,"window":"14d"}}}`,
		"average: {event: A, of: properties.n, per: customer}": `{"metric":"m","plan":{"subject":"person","reads":[{"as":"counted","event":"A"}],"keys":["channel","properties.n"],"amount":{"of":"properties.n"},` +
			`"from":"2026-02-23T00:00:00Z","until":"2026-03-04T09:00:00Z","rule":{"by":"period","per":"customer"}}}`,
		"sum: {event: A, of: value, currency: TWD}": `{"metric":"m","plan":{"subject":"person","reads":[{"as":"counted","event":"A"}],"keys":["channel"],"amount":{"of":"value","currency":"TWD"},` +
			`"from":"2026-02-23T00:00:00Z","until":"2026-03-04T09:00:00Z","rule":{"by":"period"}}}`,
		"rate: {of: {event: B}, from: {when: [{event: A, where: {channel: ads}}, {event: C}]}, within: 1d}": `{"metric":"m","plan":{"subject":"person",` +
			`"reads":[{"as":"of","event":"B"},{"as":"from","event":"A","where":{"channel":"ads"}},{"as":"from","event":"C"}],"keys":["channel"],` +
			`"from":"2026-02-23T00:00:00Z","until":"2026-03-04T09:00:00Z","rule":{"by":"share","within":"1d"}}}`,
		"conversion: {journey: way, to: b}":      `{"metric":"m","journey":"way"}`,
		"retention: {table: again, interval: 1}": `{"metric":"m","retention":"again"}`,
	} {
		p, err := m.Plan(t.Context(), Request{Metric: parse(t, "{kind: Metric, id: m, "+text+"}"), From: "2026-02-25", Breakdown: []string{"channel"}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, string(jsonOf(p)))
	}
	// A formula's segment is that of all it is made of.
	p, err := m.Plan(t.Context(), Request{Metric: parse(t, "{kind: Metric, id: f, grain: day, segment: {channel: ads}, formula: n / m}"), From: "2026-03-04"})
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	p.Each(func(of string, plan *Plan) {
		segment, err := json.Marshal(plan.Segment)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, of+" "+string(segment)+" from "+plan.From.Format(time.DateOnly))
	})
	same(t, []string{`n {"channel":"ads"} from 2026-03-04`, `m {"channel":"ads"} from 2026-03-04`}, read)
}

// A store is asked for what it can judge of the event alone, and for nothing of who
// did it.
func TestWhatAStoreJudgesOfAPlanIsOfEventsAlone(t *testing.T) {
	m := planner(t)
	p, err := m.Plan(t.Context(), Request{
		Metric: parse(t, "{kind: Metric, id: m, segment: {channel: ads, traits.plan: pro}, rate: {of: {event: B}, from: {event: A, where: {account.city: x, properties.p: y}}}}"),
		From:   "2026-03-02", Breakdown: []string{"account.city", "properties.p"},
	})
	if err != nil {
		t.Fatal(err)
	}
	q := p.Plan.Question()
	scan := q.Stored()
	told, err := json.Marshal(map[string]any{"patterns": []any{scan.Patterns[0].Where, scan.Patterns[1].Where}, "segment": scan.Segment, "keys": scan.Keys})
	if err != nil {
		t.Fatal(err)
	}
	same(t, `{"keys":["properties.p"],"patterns":[{},{"properties.p":"y"}],"segment":{"channel":"ads"}}`, string(told))
	var later []string
	for _, key := range q.OfCustomers() {
		later = append(later, key.String())
	}
	same(t, "traits.plan account.city", strings.Join(later, " "))
}

// Plans are told in words, whatever is measured, and name no engine.
func TestPlansAreToldInWords(t *testing.T) {
	m := planner(t)
	for _, text := range []string{
		"count: {event: A}", "customers: {event: A, where: {traits.plan: pro}}", "active: {event: A, window: 3d}", "cumulative: true, sum: {event: A, of: cost, currency: TWD}",
		"average: {event: A, of: properties.n}", "quantile: {event: A, of: properties.n}", "rate: {of: {event: A}, from: {event: B}}",
		"conversion: {journey: way, to: b}", "time: {journey: way, to: b}", "retention: {table: again, interval: 1}", "formula: n / m",
	} {
		p, err := m.Plan(t.Context(), Request{Metric: parse(t, "{kind: Metric, id: x, "+text+"}")})
		if err != nil {
			t.Fatal(err)
		}
		told := string(jsonOf(p))
		for _, l := range []fault.Language{fault.English, fault.TraditionalChinese, fault.SimplifiedChinese} {
			words := p.Words(l)
			if len(words) == 0 || strings.Contains(strings.Join(words, ""), "metric.plan") || strings.Contains(strings.Join(words, ""), "{") {
				t.Errorf("%s in %s: %q", text, l, words)
			}
			told += strings.Join(words, "")
		}
		for _, engine := range []string{"duck", "clickhouse", "sql", "select "} {
			if strings.Contains(strings.ToLower(told), engine) {
				t.Errorf("%s: the plan speaks of %s: %s", text, engine, told)
			}
		}
	}
}
