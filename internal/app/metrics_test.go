package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"beichen/internal/app"
	"beichen/internal/ledger/postgrestest"
)

var metricName = regexp.MustCompile(`\b(beichen|process|go)_[a-z_]+\b`)

// TestChartsAndAlarmsAskForWhatIsServed holds the dashboard, the alarms and what is
// told of them to the names at /metrics, those of a ledger in Postgres and of facts in a
// cluster, be it away, among them.
func TestChartsAndAlarmsAskForWhatIsServed(t *testing.T) {
	o := onPostgres(t.TempDir(), postgrestest.Database(t))
	o.Facts = "clickhouse://default:@nowhere/tea?shard=127.0.0.1:1"
	w, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	families, err := w.Metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, f := range families {
		served[f.GetName()] = true
	}
	read := func(path ...string) []byte {
		text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}

	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Labels      struct{ Severity string }
			}
		}
	}
	if err := yaml.Unmarshal(read("deploy", "prometheus", "alerts.yaml"), &rules); err != nil {
		t.Fatal(err)
	}
	var charts struct {
		Panels []struct {
			Title, Description string
			Targets            []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(read("deploy", "grafana", "beichen.json"), &charts); err != nil {
		t.Fatal(err)
	}
	told := string(read("docs", "operator", "watching.md"))
	var alarms []string
	asked := func(by, expr string) {
		names := metricName.FindAllString(expr, -1)
		if len(names) == 0 && expr != `up{job="beichen"} == 0` {
			t.Errorf("%s asks for nothing that Beichen serves: %s", by, expr)
		}
		for _, name := range names {
			if !served[name] {
				t.Errorf("%s asks for %s, which is not served", by, name)
			}
		}
	}
	for _, r := range rules.Groups[0].Rules {
		alarms = append(alarms, r.Alert+" "+r.Labels.Severity)
		asked(r.Alert, r.Expr)
	}
	var explained []string
	for _, m := range regexp.MustCompile(`(?m)^### (Beichen\w+)\n\*(\w+), `).FindAllStringSubmatch(told, -1) {
		explained = append(explained, m[1]+" "+m[2])
	}
	if diff := cmp.Diff(alarms, explained); diff != "" {
		t.Errorf("alarms and what is told of them (alerts.yaml −, watching.md +):\n%s", diff)
	}
	for _, p := range charts.Panels {
		for _, target := range p.Targets {
			asked(p.Title, target.Expr)
		}
		for _, alarm := range regexp.MustCompile(`\bBeichen[A-Z]\w+`).FindAllString(p.Description, -1) {
			if !strings.Contains(told, "### "+alarm+"\n") {
				t.Errorf("%s speaks of the alarm %s, which there is not", p.Title, alarm)
			}
		}
	}
	if len(alarms) == 0 || len(charts.Panels) == 0 {
		t.Errorf("%d alarms, %d charts", len(alarms), len(charts.Panels))
	}
}
