package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of ours a package may import: the architecture,
// as ARCHITECTURE.md draws it. A new kind of edge is a decision: change the page
// and this table together.
func allowed() map[string][]string {
	centre := []string{"event", "fault"}
	facts := append([]string{"identity"}, centre...)
	store := append([]string{"warehouse"}, facts...)
	return map[string][]string{
		"fault": nil,
		"event": {"fault"},
		"stat":  nil,
		"live":  nil,

		"calendar":  nil,
		"listing":   nil,
		"formula":   {"fault"},
		"decompose": {"formula", "fault"},

		"identity":                         centre,
		"eventlog":                         centre,
		"ledger":                           centre,
		"ledger/sqlstore":                  {"event", "fault", "ledger"},
		"ledger/ledgertest":                {"event", "fault", "ledger"},
		"ledger/postgrestest":              nil,
		"ledger/remote":                    {"client", "fault", "ledger"},
		"warehouse":                        facts,
		"warehouse/duckdb":                 store,
		"warehouse/duckdb/duckdbtest":      {"warehouse/duckdb"},
		"warehouse/clickhouse":             store,
		"warehouse/clickhouse/clustertest": {"warehouse/clickhouse", "warehouse/clickhousetest"},
		"warehouse/warehousetest":          store,
		"warehouse/clickhousetest":         nil,

		"access":                    append([]string{"calendar"}, centre...),
		"backup":                    {"fault", "warehouse"},
		"capture":                   append([]string{"eventlog"}, store...),
		"customer":                  store,
		"capture/clienttest":        nil, // tests only
		"demo":                      centre,
		"move":                      store,
		"nodes":                     {"identity", "warehouse"},
		"nodes/carrier":             {"stat"},
		"nodes/nodestest":           {"identity", "nodes", "warehouse"},
		"doctor":                    append([]string{"eventlog"}, store...),
		"importer":                  centre,
		"journey/stream":            append([]string{"nodes", "nodes/carrier"}, store...),
		"journey/stream/streamtest": append([]string{"journey/stream"}, store...),
		"journey":                   append([]string{"calendar", "listing", "stat", "journey/document", "journey/stream", "nodes", "nodes/carrier", "identity", "warehouse"}, centre...),
		"journey/document":          {"fault"},
		"journey/udf":               {"event", "fault", "journey", "journey/stream"},
		"journey/path":              append([]string{"listing", "journey", "journey/document", "journey/stream", "nodes", "nodes/carrier", "warehouse"}, centre...),
		"journey/retention":         append([]string{"calendar", "listing", "stat", "journey", "journey/document", "journey/stream", "nodes", "nodes/carrier", "identity", "warehouse"}, centre...),
		"metric": append([]string{"calendar", "formula", "listing", "stat", "journey", "journey/document", "journey/retention",
			"journey/stream", "nodes", "nodes/carrier", "warehouse"}, centre...),
		"vanity": {"stat", "fault"},
		"tree":   append([]string{"calendar", "decompose", "formula", "stat", "vanity", "journey", "journey/document", "metric"}, centre...),

		"dashboard": append([]string{"calendar", "journey", "journey/document"}, centre...),

		"sheet": {"metric"},

		"webui":     nil,
		"client":    {"fault"},
		"mcpserver": {"client", "fault", "journey", "journey/retention", "ledger", "metric", "tree", "vanity"},
		"httpapi": {"access", "calendar", "capture", "client", "customer", "dashboard", "decompose", "doctor", "event", "fault", "identity", "journey", "journey/path",
			"journey/retention", "journey/stream", "ledger", "listing", "live", "mcpserver", "metric", "nodes", "sheet", "tree", "vanity", "warehouse"},
		"app":          {"*"},
		"app/survival": nil, // tests only
		"wiretest":     nil,
	}
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "beichen/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rules := allowed()
	seen := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name, internal := strings.CutPrefix(p.ImportPath, "beichen/internal/")
		if !internal {
			continue // commands may know everything that app does
		}
		seen++
		may, known := rules[name]
		if !known {
			t.Errorf("package %s has no place in the architecture yet", name)
			continue
		}
		for _, path := range p.Imports {
			imported, ours := strings.CutPrefix(path, "beichen/internal/")
			if ours && !slices.Contains(may, imported) && !slices.Contains(may, "*") {
				t.Errorf("%s imports %s, which the architecture does not foresee", name, imported)
			}
		}
	}
	if seen < 10 {
		t.Errorf("saw %d packages only", seen)
	}
}

// What a metric asks of a source is the same for every store: no engine is known to
// the packages that it is made of.
func TestTheQuestionsOfMetricsKnowNoEngine(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "beichen/internal/metric", "beichen/internal/tree").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, "beichen/internal/warehouse") {
		t.Error("the interface that facts are kept behind is not among what metrics stand on")
	}
	for _, path := range packages {
		for _, engine := range []string{"duckdb", "clickhouse", "sqlite", "database/sql"} {
			if strings.Contains(path, engine) {
				t.Errorf("metrics stand on %s", path)
			}
		}
	}
}
