package tree

import (
	"encoding/json"
	"slices"
	"testing"

	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/metric"
)

func TestEveryStarterParsesChecksAndIsMeasured(t *testing.T) {
	all, err := Starters()
	if err != nil {
		t.Fatal(err)
	}
	same(t, len(Models), len(all))
	for i, s := range all {
		same(t, Models[i], s.Model)
		if len(s.Events) < 4 {
			t.Errorf("%s: events %v", s.Model, s.Events)
		}
		book := newShelf(t)
		var d *Definition
		for _, of := range s.Definitions {
			switch of.Kind {
			case "Journey":
				j, err := journey.Parse(of.Body)
				if err != nil {
					t.Fatalf("%s %s: %v", s.Model, of.ID, err)
				}
				book.journeys[of.ID] = j
			case metric.Kind:
				m, err := metric.Parse(of.Body)
				if err == nil {
					err = m.Check(t.Context(), book) // against what comes before it alone
				}
				if err != nil {
					t.Fatalf("%s %s: %v", s.Model, of.ID, err)
				}
				book.metrics[of.ID] = m
			default:
				if d, err = Parse(of.Body); err == nil {
					err = d.Check(t.Context(), book)
				}
				if err != nil {
					t.Fatalf("%s %s: %v", s.Model, of.ID, err)
				}
			}
		}
		if d == nil || d.Model != s.Model || d.Value == nil || len(d.Outcomes) == 0 || len(d.Guardrails) == 0 {
			t.Fatalf("%s: %+v", s.Model, d)
		}
		source := stream.NewMemory(nil, 0)
		m := &Measurer{Metrics: &metric.Measurer{Source: source, Book: book, Journeys: &journey.Measurer{Source: source}}}
		a, err := m.Measure(t.Context(), Request{Tree: d, AsOf: asOf}) // of a company that has no facts yet
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range a.Nodes {
			if n.Failure != nil {
				t.Errorf("%s %s: %v", s.Model, n.Metric, n.Failure)
			}
		}
	}
}

func TestStartersSpeakThreeLanguages(t *testing.T) {
	all, err := Starters()
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	var walk func(where string, value any)
	walk = func(where string, value any) {
		switch v := value.(type) {
		case []any:
			for _, item := range v {
				walk(where, item)
			}
		case map[string]any:
			_, translated := v["en"]
			if name, ok := v["name"]; ok {
				if _, plain := name.(string); plain {
					t.Errorf("%s: %v is in one language", where, name)
				}
			}
			for _, l := range []string{"en", "zh-Hant", "zh-Hans"} {
				if translated && v[l] == "" || translated && v[l] == nil {
					t.Errorf("%s: %v has nothing in %s", where, v, l)
				}
			}
			if translated {
				texts++
				return
			}
			for key, item := range v {
				walk(where+"."+key, item)
			}
		}
	}
	for _, s := range all {
		for _, text := range []journey.Text{s.Name, s.Explanation} {
			languages := []string{}
			for l := range text.Locales {
				languages = append(languages, l)
			}
			slices.Sort(languages)
			same(t, []string{"en", "zh-Hans", "zh-Hant"}, languages)
		}
		for _, d := range s.Definitions {
			var value any
			if err := json.Unmarshal(d.Body, &value); err != nil {
				t.Fatal(err)
			}
			walk(string(s.Model)+" "+d.ID, value)
		}
	}
	if texts < 100 {
		t.Errorf("%d texts", texts)
	}
}
