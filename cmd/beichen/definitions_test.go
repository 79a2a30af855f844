package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beichen/internal/fault"
)

// called runs a command and gives its exit code and what it printed.
func called(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr strings.Builder
	code = run(context.Background(), args, &console{strings.NewReader(""), &stdout, &stderr, fault.English, func(string) string { return "" }})
	return code, stdout.String(), stderr.String()
}

const teaYAML = `kind: Journey
id: tea
name: { zh-Hant: 買茶, en: Buying tea }
stages:
  - id: seen
    steps:
      - id: look
        when: [{ event: Tea Seen }]
  - id: bought
    steps:
      - id: pay
        when: [{ event: Tea Bought }]
`

func TestWhatIsExportedAppliesWithoutAChange(t *testing.T) {
	dir := t.TempDir()
	file, data, out := filepath.Join(dir, "tea.yaml"), filepath.Join(dir, "data"), filepath.Join(dir, "out")
	if err := os.WriteFile(file, []byte(teaYAML), 0o644); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		rule string
		args []string
		code int
		says string
	}{
		{"a dry run makes no workspace", []string{"apply", file, "--data", data, "--dry-run"}, exitWrong, "There is no workspace"},
		{"apply creates", []string{"apply", file, "--data", data, "--reason", "first"}, exitDone, "1 created, 0 changed, 0 unchanged."},
		{"export writes a file", []string{"export", "--data", data, "--out", out}, exitDone, filepath.Join(out, "Journey", "tea.yaml")},
		{"apply of it changes nothing", []string{"apply", out, "--data", data}, exitDone, "0 created, 0 changed, 1 unchanged."},
		{"neither folder nor server", []string{"apply", file}, exitWrong, "--data DIR"},
		{"a server without a key", []string{"export", "--server", "http://127.0.0.1:1", "--out", out}, exitWrong, "API key"},
		{"a server that is not there", []string{"apply", file, "--server", "http://127.0.0.1:1", "--key", "k"}, exitFailed, "cannot be reached"},
	}
	for _, s := range steps {
		code, stdout, stderr := called(t, s.args...)
		if code != s.code || !strings.Contains(stdout+stderr, s.says) {
			t.Errorf("%s: exit %d, want %d\n%s%s", s.rule, code, s.code, stdout, stderr)
		}
	}
}

func TestApplyShowsTheDifferenceAndADryRunWritesNothing(t *testing.T) {
	dir := t.TempDir()
	file, data := filepath.Join(dir, "tea.yaml"), filepath.Join(dir, "data")
	for _, text := range []string{teaYAML, strings.ReplaceAll(teaYAML, "Tea Bought", "Order Paid")} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if text == teaYAML {
			if code, _, stderr := called(t, "apply", file, "--data", data); code != exitDone {
				t.Fatal(stderr)
			}
		}
	}
	for _, rule := range []string{"the first dry run", "the second one"} {
		code, stdout, _ := called(t, "apply", file, "--data", data, "--dry-run")
		if code != exitDone || !strings.Contains(stdout, `~ bought › pay › when › 1 › event: "Tea Bought" → "Order Paid"`) {
			t.Errorf("%s: exit %d\n%s", rule, code, stdout)
		}
	}
	code, stdout, _ := called(t, "apply", file, "--data", data, "--json")
	var plan struct {
		Items []struct {
			ID, Outcome string
			Version     int
			Changes     []struct{ Path, Op string }
		}
	}
	if err := json.Unmarshal([]byte(stdout), &plan); err != nil || code != exitDone {
		t.Fatalf("exit %d, %v\n%s", code, err, stdout)
	}
	if len(plan.Items) != 1 || plan.Items[0].Outcome != "changed" || plan.Items[0].Version != 2 ||
		len(plan.Items[0].Changes) != 1 || plan.Items[0].Changes[0].Path != "stages[1].steps[0].when[0].event" {
		t.Errorf("%+v", plan)
	}
}

func TestAnInvalidDefinitionExits2WithItsFileLineAndPath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tea.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(teaYAML, "id: bought", "id: seen", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := called(t, "apply", file, "--data", t.TempDir())
	if code != exitWrong || !strings.Contains(stderr, file+":9: stages[1].id") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	code, stdout, _ := called(t, "apply", file, "--data", t.TempDir(), "--json")
	var answer struct{ Errors []fault.Detail }
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != exitWrong || len(answer.Errors) != 1 {
		t.Fatalf("exit %d, %v\n%s", code, err, stdout)
	}
	if e := answer.Errors[0]; e.File != file || e.Line != 9 || e.Path != "stages[1].id" || e.Message == "" {
		t.Errorf("%+v", e)
	}
}
