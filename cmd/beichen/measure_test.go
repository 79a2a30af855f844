package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"beichen/internal/fault"
)

const growth = `kind: Journey
id: growth
name: { zh-Hant: 成長, en: Growth }
stages:
  - { id: lead, name: { zh-Hant: 名單, en: Lead }, steps: [{ id: l, when: [{ event: Lead }] }] }
  - { id: paid, name: { zh-Hant: 付款, en: Paid }, steps: [{ id: p, when: [{ event: Paid }] }] }
`

const growthEvents = `{"type":"track","anonymousId":"visitor","event":"Lead","timestamp":"2024-03-01T00:00:00Z"}

{"type":"track","userId":"ann","event":"Paid","timestamp":"2024-03-01T02:00:00Z","properties":{"revenue":80,"currency":"TWD","plan":"pro"}}
{"type":"track","userId":"bob","event":"Lead","timestamp":"2024-03-02T00:00:00Z"}
{"type":"identify","userId":"ann","anonymousId":"visitor","timestamp":"2024-03-03T00:00:00Z"}
`

// measure runs the command on a definition and on events from standard input.
func measure(t *testing.T, definition, events string, l fault.Language, flags ...string) (code int, out, errs string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "journey.yaml")
	if err := os.WriteFile(file, []byte(definition), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := append([]string{"measure", file, "--events", "-"}, flags...)
	code = run(context.Background(), args, &console{strings.NewReader(events), &stdout, &stderr, l, func(string) string { return "" }})
	return code, stdout.String(), stderr.String()
}

func TestMeasureAnswersInJSON(t *testing.T) {
	code, out, errs := measure(t, growth, growthEvents, fault.English, "--json", "--customers", "--time-between", "lead,paid", "--breakdown", "properties.plan", "--attribution", "last")
	if code != exitDone || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	var a struct {
		AsOf      string
		Entered   int
		Facts     struct{ Events, Customers, Through int }
		Stages    []struct{ Reached int }
		Breakdown []struct{ Value any }
		Customers []struct {
			ID    string
			Level int
		}
		TimeBetween struct{ MeanSeconds float64 }
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatal(err)
	}
	if a.Entered != 2 || a.Stages[1].Reached != 1 || a.Facts.Through != 5 || a.Facts.Events != 3 || a.AsOf != "2024-03-02T00:00:00Z" ||
		a.Customers[0].ID != "ann" || a.Customers[0].Level != 2 || a.TimeBetween.MeanSeconds != 7200 || len(a.Breakdown) != 2 {
		t.Errorf("%s", out)
	}
}

func TestMeasurePrintsATableInTheLanguage(t *testing.T) {
	code, out, _ := measure(t, growth, growthEvents, fault.TraditionalChinese)
	if code != exitDone || !strings.Contains(out, "成長\n進入 2，排除 0；3 個事件，2 位顧客") || !strings.Contains(out, "付款") || !strings.Contains(out, "50.0%") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestMeasureTellsCountsAlone(t *testing.T) {
	code, out, errs := measure(t, growth, growthEvents, fault.English, "--only", "counts")
	if code != exitDone || !strings.Contains(out, "50.0%") || !strings.Contains(out, "unknown") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
}

func TestMeasureNamesEveryFaultOfADefinition(t *testing.T) {
	broken := strings.Replace(strings.Replace(growth, "when: [{ event: Lead }]", "when: [{ event: Lead, were: {} }]", 1), "id: growth", "id: growth\nwindow: soon", 1)
	code, out, errs := measure(t, broken, "", fault.English)
	if code != exitWrong || out != "" || !strings.Contains(errs, "3: window: “soon” is not a span of time") || !strings.Contains(errs, "6: stages[0].steps[0].when[0].were: there is no field") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	code, out, errs = measure(t, broken, "", fault.English, "--json")
	var answer struct {
		Errors []struct {
			Path, Message string
			Line          int
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatalf("%v: %s %s", err, out, errs)
	}
	if code != exitWrong || len(answer.Errors) != 2 || answer.Errors[0].Path != "window" || answer.Errors[0].Line != 3 || answer.Errors[0].Message == "" {
		t.Errorf("%d %s", code, out)
	}
}

func TestMeasureGivesEveryFaultAPathAndALine(t *testing.T) {
	for definition, want := range map[string]string{
		"- a list": `{"errors":[{"path":"","line":1,"message":"`,
		growth:     `{"errors":[{"path":"from","line":null,"message":"`,
	} {
		code, out, _ := measure(t, definition, growthEvents, fault.English, "--json", "--from", "yesterday")
		if code != exitWrong || !strings.HasPrefix(out, want) {
			t.Errorf("%d %s", code, out)
		}
	}
}

func TestMeasureCountsEveryLineItRead(t *testing.T) {
	for events, lines := range map[string]int{"": 0, growthEvents: 5, growthEvents + "\n\n": 7, growthEvents + "no message": 6} {
		_, out, _ := measure(t, growth, events, fault.English, "--json")
		if want := fmt.Sprintf(`"through":%d}`, lines); !strings.Contains(out, want) {
			t.Errorf("want %s: %s", want, out)
		}
	}
}

func TestMeasureOfNoEventsIsAsOfNow(t *testing.T) {
	_, out, _ := measure(t, growth, "", fault.English, "--json")
	var a struct{ AsOf time.Time }
	if err := json.Unmarshal([]byte(out), &a); err != nil || time.Since(a.AsOf).Abs() > time.Minute {
		t.Errorf("%v %s", err, out)
	}
}

func TestMeasureRefusesABadQuestion(t *testing.T) {
	code, _, errs := measure(t, growth, growthEvents, fault.English, "--from", "yesterday", "--timezone", "Mars/Olympus")
	if code != exitWrong || !strings.Contains(errs, "from: ") || !strings.Contains(errs, "timezone: ") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestMeasureTellsLinesThatAreNoMessagesAndGoesOn(t *testing.T) {
	code, out, errs := measure(t, growth, "not json\n"+growthEvents, fault.English, "--json")
	if code != exitDone || !strings.Contains(errs, "-:1: ") || !strings.Contains(out, `"entered":2`) {
		t.Errorf("%d %s %s", code, out, errs)
	}
}

// TestMeasureGivesTheFiguresOfPeers asks the forty cases of the journey package
// through the command: the events as messages, the journey as a file.
func TestMeasureGivesTheFiguresOfPeers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "journey", "testdata", "peers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name    string         `yaml:"name"`
		Journey map[string]any `yaml:"journey"`
		Request struct {
			From        string   `yaml:"from"`
			To          string   `yaml:"to"`
			Timezone    string   `yaml:"timezone"`
			Breakdown   []string `yaml:"breakdown"`
			Attribution string   `yaml:"attribution"`
		} `yaml:"request"`
		Events [][]any     `yaml:"events"`
		Merges [][2]string `yaml:"merges"`
		Expect struct {
			Error   string           `yaml:"error"`
			Reached []int            `yaml:"reached"`
			Rows    []map[string]any `yaml:"rows"`
		} `yaml:"expect"`
	}
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 40 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			definition, err := json.Marshal(c.Journey)
			if err != nil {
				t.Fatal(err)
			}
			var events bytes.Buffer
			lines := json.NewEncoder(&events)
			for _, e := range c.Events {
				m := map[string]any{"type": "track", "userId": e[0], "timestamp": e[1], "event": e[2]}
				if len(e) > 3 {
					m["properties"] = e[3]
				}
				if err := lines.Encode(m); err != nil {
					t.Fatal(err)
				}
			}
			for _, merge := range c.Merges {
				if err := lines.Encode(map[string]any{"type": "alias", "previousId": merge[0], "userId": merge[1], "timestamp": c.Events[0][1]}); err != nil {
					t.Fatal(err)
				}
			}
			flags := []string{"--json"}
			for name, value := range map[string]string{
				"from": c.Request.From, "to": c.Request.To, "timezone": c.Request.Timezone,
				"breakdown": strings.Join(c.Request.Breakdown, ","), "attribution": c.Request.Attribution,
			} {
				if value != "" {
					flags = append(flags, "--"+name, value)
				}
			}
			code, out, errs := measure(t, string(definition), events.String(), fault.English, flags...)
			if c.Expect.Error != "" {
				if code != exitWrong || !strings.Contains(out, `"errors":[`) {
					t.Errorf("%d %s", code, out)
				}
				return
			}
			var a struct {
				Stages    []struct{ Reached int }
				Breakdown []json.RawMessage
			}
			if err := json.Unmarshal([]byte(out), &a); err != nil || code != exitDone {
				t.Fatalf("%d %v %s", code, err, errs)
			}
			for i, want := range c.Expect.Reached {
				if a.Stages[i].Reached != want {
					t.Errorf("stage %d: want %d, got %d", i, want, a.Stages[i].Reached)
				}
			}
			if len(a.Breakdown) != len(c.Expect.Rows) {
				t.Errorf("want %d rows, got %d", len(c.Expect.Rows), len(a.Breakdown))
			}
		})
	}
}

const weekly = `kind: Retention
id: weekly
name: { zh-Hant: 每週回購, en: Who buys again }
start: { event: Lead }
return: { event: Paid }
period: week
intervals: 3
`

func TestMeasureTellsWhoComesBackWhereTheKindIsRetention(t *testing.T) {
	code, out, errs := measure(t, weekly, growthEvents, fault.English, "--json", "--from", "2024-02-29", "--timezone", "Asia/Taipei")
	if code != exitDone || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	var a struct {
		Definition struct{ Kind, ID, Hash string }
		AsOf       string
		Facts      struct{ Events, Customers, Through int }
		Rows       []struct {
			From    string
			Counts  []int
			Partial bool
		}
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatal(err)
	}
	if a.Definition.Kind != "Retention" || a.Definition.ID != "weekly" || a.AsOf != "2024-03-02T00:00:00Z" || a.Facts.Events != 3 || a.Facts.Customers != 2 || a.Facts.Through != 5 ||
		len(a.Rows) != 3 || a.Rows[0].From != "2024-02-26T00:00:00+08:00" || fmt.Sprint(a.Rows[0].Counts) != "[2 0 0]" || len(a.Rows[2].Counts) != 1 || !a.Rows[0].Partial {
		t.Errorf("%s", out)
	}
	code, out, _ = measure(t, weekly, growthEvents, fault.TraditionalChinese, "--from", "2024-02-29")
	if code != exitDone || !strings.Contains(out, "每週回購\n3 個事件，2 位顧客") || !strings.Contains(out, "2024-02-26") || !strings.Contains(out, "100.0%") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestMeasureRefusesWhatARetentionTableDoesNotHave(t *testing.T) {
	code, _, errs := measure(t, weekly, growthEvents, fault.English, "--from", "2024-02-29", "--bins", "3")
	if code != exitWrong || !strings.Contains(errs, "--bins is for journeys") {
		t.Errorf("%d %s", code, errs)
	}
	code, out, _ := measure(t, weekly+"window: 3d\nmode: rolling24h\n", "", fault.English, "--json")
	if code != exitWrong || !strings.Contains(out, `{"path":"window","line":8`) || !strings.Contains(out, `{"path":"mode","line":9`) {
		t.Errorf("%d %s", code, out)
	}
}

const leadMetrics = `kind: Metric
id: per_lead
name: { zh-Hant: 每條線索的成交, en: Paid per lead }
formula: paid / leads
`

func TestMeasureTellsAMetricWithWhatLiesBesideIt(t *testing.T) {
	dir := t.TempDir()
	parts := filepath.Join(dir, "parts.yaml")
	if err := os.WriteFile(parts, []byte("kind: Metric\nid: paid\ncount: { event: Paid }\n---\nkind: Metric\nid: leads\ncount: { event: Lead }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := measure(t, leadMetrics, growthEvents, fault.English, "--json", "--from", "2024-02-01", "--grain", "month", "--with", parts)
	if code != exitDone || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	var a struct {
		Unit    string
		Periods []struct {
			From  string
			Value *float64
		}
		Inputs []struct {
			Definition struct {
				ID      string
				Version *int
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatal(err)
	}
	if a.Unit != "" || len(a.Periods) != 2 || a.Periods[0].From != "2024-02-01T00:00:00Z" || a.Periods[0].Value != nil || *a.Periods[1].Value != 0.5 || a.Inputs[0].Definition.ID != "paid" || a.Inputs[0].Definition.Version != nil {
		t.Errorf("%s", out)
	}
	code, out, _ = measure(t, leadMetrics, growthEvents, fault.TraditionalChinese, "--from", "2024-02-01", "--grain", "month", "--with", dir)
	if code != exitDone || !strings.Contains(out, "每條線索的成交\n") || !strings.Contains(out, "2024-03-01") || !strings.Contains(out, "* 還可能變動") {
		t.Errorf("%d\n%s", code, out)
	}
	code, out, _ = measure(t, leadMetrics, growthEvents, fault.English, "--json")
	if code != exitWrong || strings.Count(out, `"path":"formula","line":4`) != 2 {
		t.Errorf("%d %s", code, out)
	}
}

func TestMeasureRefusesWhatAMetricDoesNotHaveAndOthersHaveNot(t *testing.T) {
	code, _, errs := measure(t, "{kind: Metric, id: x, count: {}}", growthEvents, fault.English, "--customers")
	if code != exitWrong || !strings.Contains(errs, "--customers is for journeys") {
		t.Errorf("%d %s", code, errs)
	}
	code, _, errs = measure(t, weekly, growthEvents, fault.English, "--grain", "day")
	if code != exitWrong || !strings.Contains(errs, "--grain is for metrics") {
		t.Errorf("%d %s", code, errs)
	}
}
