package journey

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

// faultsOf lists "path:line key" of every fault of a definition.
func faultsOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := Parse([]byte(text))
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("%v", err)
	}
	var out []string
	for _, d := range f.Faults {
		out = append(out, fmt.Sprintf("%s:%d %s", d.Path, d.Line, d.Key))
		if text := d.In(fault.English); strings.Contains(text, d.Key) || strings.Contains(text, "{") {
			t.Errorf("not written: %s", text)
		}
	}
	return out
}

const fullYAML = `kind: Journey
id: seller-growth
name: { zh-Hant: 賣家獲取與成長, en: Seller acquisition and growth }
description: how sellers grow
owner: [growth]
subject: properties.session
window: 180d
order: strict
entry: first
excluded: keep
stages:
  - id: signed
    name: 簽約
    pass: all
    steps:
      - id: won
        when:
          - event: Deal Won
            where: { properties.plan: { in: [pro, 7, true, null] }, channel: email }
          - event: null
            where: { value: { gte: 10, lt: 20.5 }, 'properties.a\.b': x }
        times: 3
        within: 30d
        owner: [sales]
        channel: phone
        belief: { feeling: -1.5, note: "they doubt" }
        cost: { perTouch: 31, currency: BRL }
        thoughts: ["why?"]
  - id: grown
    optional: true
    folded: true
    steps:
      - id: more
        when: [{ event: Grown }]
        firstEver: name
      - id: drawn
        meaning: not bound yet
      - { id: also-drawn, when: [], firstEver: true, pains: [a], opportunities: [b], evidence: [c], backstage: [d], touchpoint: shop }
exclude:
  - event: Account Closed
    where: {}
    between: [signed, grown]
`

func TestAFullDefinitionIsReadAndWrittenBack(t *testing.T) {
	j, err := Parse([]byte(fullYAML))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"Journey","id":"seller-growth","name":{"en":"Seller acquisition and growth","zh-Hant":"賣家獲取與成長"},"description":"how sellers grow","owner":["growth"],` +
		`"subject":"properties.session","window":"180d","order":"strict","entry":"first","excluded":"keep","stages":[{"id":"signed","name":"簽約","pass":"all","steps":[` +
		`{"id":"won","when":[{"event":"Deal Won","where":{"properties.plan":{"in":["pro",7,true,null]},"channel":"email"}},{"where":{"value":{"gte":10,"lt":20.5},"properties.a\\.b":"x"}}],` +
		`"times":3,"within":"30d","owner":["sales"],"channel":"phone","belief":{"feeling":-1.5,"note":"they doubt"},"cost":{"perTouch":31,"currency":"BRL"},"thoughts":["why?"]}]},` +
		`{"id":"grown","optional":true,"folded":true,"steps":[{"id":"more","when":[{"event":"Grown"}],"firstEver":"name"},{"id":"drawn","meaning":"not bound yet"},` +
		`{"id":"also-drawn","firstEver":true,"touchpoint":"shop","pains":["a"],"opportunities":["b"],"evidence":["c"],"backstage":["d"]}]}],` +
		`"exclude":[{"event":"Account Closed","between":["signed","grown"]}]}`
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Error(diff)
	}
	again, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(raw), string(back)); diff != "" {
		t.Error(diff)
	}
	if j.Name.In("zh-Hant") != "賣家獲取與成長" || j.Name.In("zh-Hans") != "賣家獲取與成長" || j.Stages[0].Name.In("en") != "簽約" {
		t.Error("names by locale")
	}
}

func TestTheHashDoesNotDependOnHowADefinitionIsWritten(t *testing.T) {
	hash := func(text string) string {
		t.Helper()
		j, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		h, err := j.Hash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	yaml := hash("id: a\nkind: Journey\nstages:\n  - id: s\n    steps: [{ id: x, times: 2, when: [{ event: A }] }]\n")
	if got := hash(`{"stages": [{"steps": [{"when": [{"event": "A"}], "id": "x", "times": 2.0}], "id": "s"}], "kind": "Journey", "id": "a"}`); got != yaml {
		t.Errorf("%s and %s", yaml, got)
	}
	if got := hash("id: a\nkind: Journey\nstages: []\n"); got == yaml || !strings.HasPrefix(got, "sha256:") || len(got) != 71 {
		t.Error(got)
	}
}

func TestEveryFaultIsCollectedWithItsPathAndLine(t *testing.T) {
	got := faultsOf(t, `kind: Funnel
id: ""
subject: session
window: 5 days
order: loose
entry: newest
excluded: drop
colour: red
stages:
  - id: a
    pass: some
    optional: maybe
    steps:
      - id: x
        when:
          - event: A
            where: { plan: pro, properties.n: { like: 1 }, value: { gt: true } }
        times: 0
        within: 3
      - id: x
        within: 3d
        firstEver: once
        belief: { feeling: 3 }
        cost: { perTouch: -1, currency: brl }
      - id: y
        when: Deal Won
        times: 2
        firstEver: true
  - id: a
    steps:
      - when: [{ event: 7 }]
exclude:
  - between: [a, b]
  - event: X
    between: [a]
  - between: [a, a]
  - event: X
`)
	want := []string{
		"kind:1 journey.bad-value", "id:2 journey.empty", "subject:3 journey.bad-subject", "window:4 journey.bad-duration",
		"order:5 journey.bad-value", "entry:6 journey.bad-value", "excluded:7 journey.bad-value", "colour:8 journey.unknown-field",
		"stages[0].pass:11 journey.bad-value", "stages[0].optional:12 journey.bad-value",
		"stages[0].steps[0].when[0].where.plan:17 event.bad-key",
		"stages[0].steps[0].when[0].where.properties.n:17 event.unknown-operator",
		"stages[0].steps[0].when[0].where.value:17 event.bad-operand",
		"stages[0].steps[0].times:18 journey.bad-times", "stages[0].steps[0].within:19 journey.bad-duration",
		"stages[0].steps[1].id:20 journey.duplicate-id", "stages[0].steps[1].within:21 journey.within-alone",
		"stages[0].steps[1].firstEver:22 journey.bad-value", "stages[0].steps[1].belief.feeling:23 journey.bad-feeling",
		"stages[0].steps[1].cost.perTouch:24 journey.bad-cost", "stages[0].steps[1].cost.currency:24 journey.bad-currency",
		"stages[0].steps[2].when:26 journey.not-a-list", "stages[0].steps[2].firstEver:28 journey.first-and-times",
		"stages[1].id:29 journey.duplicate-id", "stages[1].steps[0].when[0].event:31 journey.not-a-text", "stages[1].steps[0].id:31 journey.required",
		"exclude[0].between[1]:33 journey.unknown-stage", "exclude[1].between:35 journey.bad-between",
		"exclude[2].between:36 journey.bad-range", "exclude[3].between:37 journey.required",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnExclusionOfAnAnyOrderJourneySpansAllOfIt(t *testing.T) {
	text := "kind: Journey\nid: j\norder: any\nstages:\n- {id: a, steps: []}\n- {id: b, steps: []}\n- {id: c, steps: []}\nexclude:\n- {event: X, between: [a, %s]}\n"
	if got := faultsOf(t, fmt.Sprintf(text, "b")); len(got) != 1 || got[0] != "exclude[0].between:9 journey.partial-range" {
		t.Error(got)
	}
	if got := faultsOf(t, fmt.Sprintf(text, "c")); got != nil {
		t.Error(got)
	}
}

func TestLinesAreRightInJSONToo(t *testing.T) {
	got := faultsOf(t, "{\n \"kind\": \"Journey\",\n \"id\": \"j\",\n\t\"stages\": [\n  {\"id\": \"a\",\n   \"steps\": [{\"id\": \"x\", \"tmes\": 1}]}],\n \"stages\": [],\n \"window\": \"0d\"\n}")
	want := []string{"stages[0].steps[0].tmes:6 journey.unknown-field", "stages:7 journey.twice", "window:8 journey.bad-duration"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoDocumentIsOneFaultWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                         ":1 journey.not-a-mapping",
		"kind: Journey\nid: [\n":   "journey.syntax",
		"a: 1\n---\nb: 2\n":        ":3 journey.syntax",
		"- a":                      ":1 journey.not-a-mapping",
		"{\"kind\": \"Journey\",,": "journey.syntax",
		"kind: *nobody":            ":1 journey.syntax",
	} {
		got := faultsOf(t, text)
		if len(got) == 0 || !strings.Contains(got[0], want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAnchorsAndMergeKeysAreRead(t *testing.T) {
	j, err := Parse([]byte("kind: Journey\nid: j\nstages:\n- id: a\n  steps:\n  - &won { id: x, when: [{event: A}], times: 2 }\n- id: b\n  steps: [{ <<: *won, times: 3 }]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s := j.Stages[1].Steps[0]; s.Times != 3 || s.ID != "x" || *s.When[0].Event != "A" {
		t.Errorf("%+v", s)
	}
}

func TestASpanIsAWholeNumberWithAUnit(t *testing.T) {
	for text, want := range map[string]int64{"90s": 90 * second, "2m": 2 * minute, "36h": 36 * hour, "14d": 14 * day, "2w": 14 * day, "none": 0} {
		if w, ok := ParseWindow(text, true); !ok || w.micros != want || w.String() != text {
			t.Errorf("%s: %+v %v", text, w, ok)
		}
	}
	for _, text := range []string{"", "d", "14", "0d", "-1d", "+1d", "1.5h", "1y", "99999999999999d", " 1d"} {
		if w, ok := ParseWindow(text, true); ok {
			t.Errorf("%q: %+v", text, w)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullYAML))
	f.Add([]byte(`{"kind":"Journey","id":"j","stages":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		j, err := Parse(text)
		if err != nil {
			return
		}
		raw, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(raw); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	})
}

// A number and its string are different values, however the number is written.
func TestANumberStaysANumberInEveryNotation(t *testing.T) {
	for text, want := range map[string]any{
		"1000": 1000.0, "1e3": 1000.0, "-46508515461367810000": -46508515461367810000.0, `"1e3"`: "1e3", `"1000"`: "1000",
	} {
		j, err := Parse([]byte(`{"kind":"Journey","id":"j","stages":[{"id":"a","steps":[{"id":"s","when":[{"event":"E","where":{"properties.x":` + text + `}}]}]}]}`))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := j.Stages[0].Steps[0].When[0].Where[0].Operands[0]; got != want {
			t.Errorf("%s is read as %#v, want %#v", text, got, want)
		}
	}
}

func TestATextIsReadAsItIsWritten(t *testing.T) {
	for _, want := range []Text{{}, {Plain: "店"}, {Locales: map[string]string{"en": "Shop", "zh-Hant": "店"}}} {
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := Text{Plain: "before"}
		if err := json.Unmarshal(raw, &got); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s is read as %+v, %v", raw, got, err)
		}
	}
}
