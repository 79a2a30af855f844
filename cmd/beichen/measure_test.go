package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
