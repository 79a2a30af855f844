package journey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
)

// testCase is a question on a few events and what must come out, as
// testdata/*.yaml write it.
type testCase struct {
	Name     string         `yaml:"name"`
	Rule     any            `yaml:"rule"` // of the contract, 1 … 14
	Note     string         `yaml:"note"` // the arithmetic
	Source   string         `yaml:"source"`
	Evidence string         `yaml:"evidence"`
	Journey  map[string]any `yaml:"journey"`
	Request  map[string]any `yaml:"request"`
	Events   [][]any        `yaml:"events"` // customer, time, name, properties; see messagesOf
	Merges   [][2]string    `yaml:"merges"` // alias: from, to; after all events
	Expect   expectation    `yaml:"expect"`
}

// expectation names figures; what it leaves out is not looked at. The lists
// have one item a stage, in which null stands for null.
type expectation struct {
	Error        string           `yaml:"error"`
	Entered      *int             `yaml:"entered"`
	Excluded     *int             `yaml:"excluded"`
	Unattributed *int             `yaml:"unattributed"`
	AsOf         string           `yaml:"asOf"`
	Reached      []any            `yaml:"reached"`
	Pending      []any            `yaml:"pending"`
	Left         []any            `yaml:"left"`
	Median       []any            `yaml:"median"`
	Mean         []any            `yaml:"mean"`
	FromEntry    []any            `yaml:"fromEntry"` // medians
	Previous     []any            `yaml:"ofPrevious"`
	Levels       map[string]int   `yaml:"levels"`
	Entries      map[string]any   `yaml:"entries"`
	Steps        map[string]any   `yaml:"steps"` // stage/step: reached
	Between      map[string]any   `yaml:"between"`
	Rows         []map[string]any `yaml:"rows"`   // value, and lists as above
	Answer       any              `yaml:"answer"` // a part of the answer's JSON
}

func readCases(t testing.TB, file string) []testCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	if err := yaml.UnmarshalWithOptions(text, &cases, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return cases
}

// messagesOf makes messages of a case's events. A customer "a:x" is the
// anonymous visitor x, "u@acme" the user u with the account acme. A name in
// brackets is a message of that type: [identify], [group], [page] ….
func (c *testCase) messagesOf(t testing.TB) []*event.Message {
	t.Helper()
	var out []*event.Message
	for i, e := range c.Events {
		at, err := time.Parse(time.RFC3339Nano, e[1].(string))
		if err != nil {
			t.Fatal(err)
		}
		m := &event.Message{Type: event.Track, Name: e[2].(string), Time: at, Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i+1)}
		customer, account, _ := strings.Cut(e[0].(string), "@")
		m.GroupID = account
		if visitor, anonymous := strings.CutPrefix(customer, "a:"); anonymous {
			m.AnonymousID = visitor
		} else {
			m.UserID = customer
		}
		if len(e) > 3 {
			properties := e[3].(map[string]any)
			raw, err := json.Marshal(properties)
			if err != nil {
				t.Fatal(err)
			}
			m.Properties = raw
			if v, ok := numberOf(properties["value"]); ok {
				m.Value = &v
			}
			if v, ok := numberOf(properties["cost"]); ok {
				m.Cost = &v
			}
			m.Currency, _ = properties["currency"].(string)
			m.Channel, _ = properties["channel"].(string)
		}
		if kind, special := strings.CutPrefix(m.Name, "["); special {
			m.Type, m.Name = event.Type(strings.TrimSuffix(kind, "]")), ""
			m.Traits, m.Properties = m.Properties, nil
			if m.Type == event.Page {
				m.Name, m.Properties, m.Traits = "Page Viewed", m.Traits, nil
			}
			if m.Type == event.Identify && len(e) > 4 {
				m.AnonymousID = e[4].(string)
			}
		}
		out = append(out, m)
	}
	for i, merge := range c.Merges {
		last := out[len(c.Events)-1].Time
		out = append(out, &event.Message{
			Type: event.Alias, PreviousID: merge[0], UserID: merge[1], Time: last,
			Seq: uint64(len(c.Events) + i + 1), MessageID: fmt.Sprint("alias", i),
		})
	}
	return out
}

func numberOf(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case uint64:
		return float64(n), true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	}
	return 0, false
}

func reencode(t testing.TB, from, to any) error {
	t.Helper()
	raw, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	return json.Unmarshal(raw, to)
}

// sourceOf makes a source of messages.
type sourceOf func(t testing.TB, messages []*event.Message) stream.Source

func inMemory(_ testing.TB, messages []*event.Message) stream.Source {
	return stream.NewMemory(messages, uint64(len(messages)))
}

func inParts(_ testing.TB, messages []*event.Message) stream.Source {
	return streamtest.InParts(messages)
}

func (c *testCase) measure(t testing.TB, source sourceOf) (*Answer, error) {
	t.Helper()
	var r Request
	r.Journey = &Journey{}
	if err := reencode(t, c.Journey, r.Journey); err != nil {
		return nil, err
	}
	if err := reencode(t, c.Request, &r); err != nil {
		return nil, err
	}
	r.Customers = true
	m := Measurer{Source: source(t, c.messagesOf(t))}
	a, err := m.Measure(context.Background(), r)
	if err == nil {
		checkAgreement(t, &m, r, a)
	}
	return a, err
}

func TestFiguresOfPeers(t *testing.T) {
	cases := readCases(t, "testdata/peers.yaml")
	if len(cases) != 40 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { c.check(t, inMemory) })
		t.Run(c.Name+", in parts", func(t *testing.T) { c.check(t, inParts) })
	}
}

func TestRules(t *testing.T) {
	rules := map[string]bool{}
	for _, c := range readCases(t, "testdata/rules.yaml") {
		rules[fmt.Sprint(c.Rule)] = true
		t.Run(fmt.Sprintf("rule %v: %s", c.Rule, c.Name), func(t *testing.T) { c.check(t, inMemory) })
		t.Run(fmt.Sprintf("rule %v: %s, in parts", c.Rule, c.Name), func(t *testing.T) { c.check(t, inParts) })
	}
	for rule := 1; rule <= 14; rule++ {
		if !rules[fmt.Sprint(rule)] {
			t.Errorf("no case for rule %d", rule)
		}
	}
}

func (c *testCase) check(t *testing.T, source sourceOf) {
	a, err := c.measure(t, source)
	if c.Expect.Error != "" {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || !slices.ContainsFunc(f.Faults, func(d fault.Detail) bool { return d.Key == c.Expect.Error }) {
			t.Fatalf("want the fault %s, got %v", c.Expect.Error, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	x := c.Expect
	same(t, "entered", x.Entered, a.Entered, x.Entered != nil)
	same(t, "excluded", x.Excluded, a.Excluded, x.Excluded != nil)
	same(t, "unattributed", x.Unattributed, &a.Unattributed, x.Unattributed != nil)
	same(t, "as of", x.AsOf, a.AsOf.Format(time.RFC3339Nano), x.AsOf != "")
	checkLists(t, "", map[string]any{
		"reached": x.Reached, "pending": x.Pending, "left": x.Left, "median": x.Median, "mean": x.Mean,
		"fromEntry": x.FromEntry, "ofPrevious": x.Previous,
	}, a.Stages)
	levels, entries := map[string]int{}, map[string]any{}
	for _, p := range a.Customers {
		levels[p.ID], entries[p.ID] = p.Level, p.EntryAt.Format(time.RFC3339Nano)
	}
	same(t, "levels", x.Levels, levels, x.Levels != nil)
	same(t, "entries", x.Entries, entries, x.Entries != nil)
	for name, want := range x.Steps {
		stage, step, _ := strings.Cut(name, "/")
		for _, s := range a.Stages {
			for _, n := range s.Steps {
				if s.ID == stage && n.ID == step {
					same(t, name, plain(want), plain(n.Reached), true)
				}
			}
		}
	}
	if x.Between != nil {
		subset(t, "timeBetween", plain(x.Between), plain(a.TimeBetween))
	}
	if x.Answer != nil {
		subset(t, "answer", plain(x.Answer), plain(a))
	}
	if x.Rows != nil {
		checkRows(t, x.Rows, a.Breakdown)
	}
}

func checkRows(t *testing.T, want []map[string]any, got []Row) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("want %d rows, got %s", len(want), jsonOf(got))
	}
	for _, w := range want {
		text := func(v any) string { return strings.Trim(string(jsonOf(v)), `"`) }
		i := slices.IndexFunc(got, func(r Row) bool { return text(r.Value) == text(w["value"]) })
		if i < 0 {
			t.Errorf("no row %v in %s", w["value"], jsonOf(got))
			continue
		}
		if excluded, asked := w["excluded"]; asked {
			same(t, "excluded", plain(excluded), plain(got[i].Excluded), true)
		}
		checkLists(t, fmt.Sprintf("row %v ", w["value"]), w, got[i].Stages)
	}
}

func checkLists(t *testing.T, where string, want map[string]any, stages []StageAnswer) {
	t.Helper()
	for name, read := range map[string]func(StageAnswer) any{
		"reached":    func(s StageAnswer) any { return s.Reached },
		"pending":    func(s StageAnswer) any { return s.Pending },
		"left":       func(s StageAnswer) any { return s.Left.N },
		"median":     func(s StageAnswer) any { return s.Time.MedianSeconds },
		"mean":       func(s StageAnswer) any { return s.Time.MeanSeconds },
		"fromEntry":  func(s StageAnswer) any { return s.TimeFromEntry.MedianSeconds },
		"ofPrevious": func(s StageAnswer) any { return s.OfPrevious.Rate },
	} {
		list, _ := want[name].([]any)
		if list == nil {
			continue
		}
		var got []any
		for i, s := range stages {
			var value any
			if s.Reached != nil {
				value = read(s)
			}
			if (name == "median" || name == "mean") && i < len(list) && list[i] == nil {
				value = nil // the source does not assert it
			}
			got = append(got, value)
		}
		if diff := cmp.Diff(plain(list), plain(got), approximately()); diff != "" {
			t.Errorf("%s%s: %s", where, name, diff)
		}
	}
}

// plain is a value as its JSON reads.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

func approximately() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) })
}

func same(t *testing.T, what string, want, got any, asked bool) {
	t.Helper()
	if !asked {
		return
	}
	if diff := cmp.Diff(want, got, approximately()); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// subset reports where got lacks something of want: objects may have more
// fields, lists must be as long.
func subset(t *testing.T, path string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s: want an object, got %v", path, got)
			return
		}
		for name, value := range w {
			if _, exists := g[name]; !exists {
				t.Errorf("%s.%s: missing", path, name)
				continue
			}
			subset(t, path+"."+name, value, g[name])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s: want %v, got %v", path, want, got)
			return
		}
		for i := range w {
			subset(t, fmt.Sprintf("%s[%d]", path, i), w[i], g[i])
		}
	default:
		same(t, path, want, got, true)
	}
}
