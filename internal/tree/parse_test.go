package tree

import (
	"strings"
	"testing"
)

func TestReadsWhatIsWritten(t *testing.T) {
	d := parse(t, tea)
	if d.Model != Manufacturing || d.Stars[1].Since != "2026-03-01" || d.Stars[1].LifeCycle != Growth || d.Stars[1].Checklist.Leading.In("en") != "Orders follow." ||
		d.Guardrails[0].Tier != 1 || *d.Guardrails[1].Limit != 0.2 || d.Value.Within.String() != "30d" || *d.Value.Event != "Value Had" ||
		d.Objectives[0].Strategies[0].Measures[0].Role != KPI || d.Objectives[0].Strategies[0].Measures[1].Role != TargetRole ||
		*d.Targets[0].Parts[0].Share != 0.4 || *d.Influences[0].Lag != 2 || d.Influences[1].Lag != nil || d.Influences[1].Sign != Falls ||
		d.Waivers[0].By != "Ada" || d.Layout["brewers"] != (Place{1, 2}) {
		t.Errorf("%+v", d)
	}
	hash, err := d.Hash()
	if err != nil || !strings.HasPrefix(hash, "sha256:") {
		t.Errorf("%q %v", hash, err)
	}
	same(t, "Metric registered", d.References()[0].Kind+" "+d.References()[0].ID)
	same(t, Reference{"Journey", "buying"}, d.References()[len(d.References())-1])
	parse(t, "{kind: Tree, id: outline, stars: [{metric: a}]}") // may be drawn before the rest is known
}

func TestEveryFaultIsToldWithItsPlace(t *testing.T) {
	_, err := Parse([]byte(`kind: Trees
id: company
model: shop
colour: red
stars:
- {metric: a, since: 2026-02-30}
- {metric: b, lifeCycle: old}
- {metric: c, since: 2025-01-01, reason: x, checklist: {fun: yes}}
- {metric: d, since: 2024-01-01, reason: x}
constellation: [d, d]
guardrails:
- {metric: g, tier: 4, limit: high}
- {metric: g, tier: 1}
- {tier: 2}
counters: [k, k]
value: {where: {nonsense: 1}, within: long}
objectives:
- id: o
  targets: [{metric: t, from: 2026-02-01, to: 2026-01-01, value: 1}]
  strategies:
  - {id: s, steps: [{journey: j}], measures: [{metric: m, role: boss}, {metric: m}]}
  - {id: s}
- {id: o}
targets:
- metric: t
  from: soon
  to: 2026-12-31
  value: many
  parts:
  - {metric: a, objective: o, value: 1}
  - {objective: nobody, share: 1.5}
  - {metric: b, value: 1, share: 0.1}
  - {metric: b}
influences:
- {from: a, to: a, sign: up, lag: 9}
- {from: a, to: b, sign: "+"}
- {from: a, to: b, sign: "-"}
waivers:
- {metric: a, verdict: unknown, by: "", at: then}
layout: {a: {x: left}}
`))
	same(t, []string{
		"kind:1 journey.bad-value",
		"model:3 journey.bad-value",
		"colour:4 journey.unknown-field",
		"stars[0].since:6 tree.bad-day",
		"stars[1].lifeCycle:7 journey.bad-value", "stars[1]:7 tree.star-without-day", "stars[1]:7 tree.star-without-reason",
		"stars[2].checklist.fun:8 journey.unknown-field",
		"stars[3].since:9 tree.stars-not-in-order",
		"constellation:10 tree.inputs", "constellation[0]:10 tree.star-is-no-input", "constellation[1]:10 tree.star-is-no-input", "constellation[1]:10 tree.twice",
		"guardrails[0].tier:12 tree.bad-tier", "guardrails[0].limit:12 tree.bad-number",
		"guardrails[1].metric:13 tree.twice",
		"guardrails[2].metric:14 journey.required",
		"counters[1]:15 tree.twice",
		"value.where.nonsense:16 event.bad-key", "value.within:16 journey.bad-duration", "value.event:16 journey.required",
		"objectives[0].targets[0].to:19 tree.target-reversed",
		"objectives[0].strategies[0].steps[0].stage:21 journey.required", "objectives[0].strategies[0].measures[0].role:21 journey.bad-value",
		"objectives[0].strategies[0].measures[1].metric:21 tree.twice",
		"objectives[0].strategies[1].id:22 tree.twice",
		"objectives[1].id:23 tree.twice",
		"targets[0].from:26 tree.bad-day",
		"targets[0].value:28 tree.bad-number",
		"targets[0].parts[0]:30 tree.part-of-what",
		"targets[0].parts[1].share:31 tree.bad-share", "targets[0].parts[1].objective:31 tree.no-objective",
		"targets[0].parts[2]:32 tree.part-how-much",
		"targets[0].parts[3]:33 tree.part-how-much", "targets[0].parts[3]:33 tree.twice",
		"influences[0].sign:35 journey.bad-value", "influences[0].lag:35 tree.bad-lag", "influences[0].to:35 tree.influences-itself",
		"influences[2].to:37 tree.twice",
		"waivers[0].verdict:39 journey.bad-value", "waivers[0].by:39 journey.empty", "waivers[0].at:39 tree.bad-day", "waivers[0].reason:39 journey.required",
		"layout.a.x:40 tree.bad-number", "layout.a.y:40 journey.required",
	}, faults(t, err))
	for text, want := range map[string]string{
		"{kind: Tree, id: x}":            "stars:1 journey.required",
		"{kind: Tree, id: x, stars: []}": "stars:1 tree.no-star",
		"{kind: Tree, id: x, stars: [{metric: a}], constellation: [a, b, c, d, e, f, g]}":      "constellation:1 tree.inputs constellation[0]:1 tree.star-is-no-input",
		"{kind: Tree, id: x, stars: [{metric: a}], influences: [{from: b, to: b, sign: '+'}]}": "influences[0].to:1 tree.influences-itself",
	} {
		_, err := Parse([]byte(text))
		if got := strings.Join(faults(t, err), " "); got != want {
			t.Errorf("%.80s: %s", text, got)
		}
	}
	_, err = Parse([]byte("kind: ["))
	same(t, []string{":1 journey.syntax"}, faults(t, err))
	_, err = Parse([]byte("{kind: Tree, id: x, stars: [{metric: a}], spend: [" + strings.Repeat("s, ", maxItems) + "s]}"))
	same(t, "spend:1 tree.too-many", faults(t, err)[0])
	parse(t, "{kind: Tree, id: x, stars: [{metric: a}], influences: [{from: b, to: c, sign: '+'}, {from: c, to: b, sign: '-'}]}") // a circle is a belief like others
}

func TestATreeIsHeldToWhatItSpeaksOf(t *testing.T) {
	book := newShelf(t, metrics...)
	if err := parse(t, tea).Check(t.Context(), book); err != nil {
		t.Error(err)
	}
	d := parse(t, `kind: Tree
id: x
stars: [{metric: brewers}]
constellation: [orders, nothing, visitors]
objectives:
- id: o
  strategies:
  - id: s
    steps:
    - {journey: buying, stage: pay, step: cash}
    - {journey: buying, stage: love}
    - {journey: selling, stage: a}
    measures: [{metric: none}]
targets: [{metric: no_target, from: 2026-01-01, to: 2026-12-31, value: 1, parts: [{metric: no_part, value: 1}]}, {metric: paid_rate, reads: total, from: 2026-01-01, to: 2026-12-31, value: 1}]
influences: [{from: brewers, to: no_influence, sign: "+"}]
waivers: [{metric: no_waiver, verdict: vain, by: a, at: 2026-01-01, reason: b}]
`)
	same(t, []string{
		"constellation[1]:4 metric.unknown",
		"objectives[0].strategies[0].measures[0].metric:13 metric.unknown",
		"targets[0].metric:14 metric.unknown", "targets[0].parts[0].metric:14 metric.unknown",
		"influences[0].to:15 metric.unknown", "waivers[0].metric:16 metric.unknown", "targets[1].reads:14 tree.no-total",
		"objectives[0].strategies[0].steps[0].step:10 tree.no-step", "objectives[0].strategies[0].steps[1].stage:11 metric.no-stage",
		"objectives[0].strategies[0].steps[2].journey:12 metric.no-journey",
	}, faults(t, d.Check(t.Context(), book)))
}
