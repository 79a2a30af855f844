package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"html"
	"iter"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the served OpenAPI document to web/src/api/openapi.json")

const committed = "../../web/src/api/openapi.json"

// description is what these tests read of the OpenAPI document.
type description struct {
	Paths map[string]map[string]operation
}

type operation struct {
	Summary   string
	Tags      []string
	Security  []map[string][]string
	Responses map[string]struct {
		Content map[string]struct{ Schema map[string]any }
	}
}

// operations yields every operation under its method and its route below /api/v1.
func (d description) operations() iter.Seq2[string, operation] {
	return func(yield func(string, operation) bool) {
		for path, methods := range d.Paths {
			for method, op := range methods {
				if !yield(strings.ToUpper(method)+" "+strings.TrimPrefix(path, "/api/v1"), op) {
					return
				}
			}
		}
	}
}

func (c *company) described() description {
	c.t.Helper()
	var d description
	c.admin.get("/api/openapi.json", &d)
	if len(d.Paths) < 30 {
		c.t.Fatalf("%d paths are described", len(d.Paths))
	}
	return d
}

func TestTheCommittedDescriptionIsTheServedOne(t *testing.T) {
	var document bytes.Buffer
	if err := json.Indent(&document, open(t).admin.ok("GET", "/api/openapi.json", nil).text, "", "  "); err != nil {
		t.Fatal(err)
	}
	document.WriteByte('\n')
	if *update {
		if err := os.WriteFile(committed, document.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), document.String()); diff != "" {
		t.Errorf("run `make schema` and commit what changes (-committed +served):\n%s", diff)
	}
}

func TestEveryOperationIsDescribedWhole(t *testing.T) {
	for name, op := range open(t).described().operations() {
		if op.Summary == "" || len(op.Tags) != 1 || len(op.Security) == 0 {
			t.Errorf("%s: summary %q, tags %q, security %v", name, op.Summary, op.Tags, op.Security)
		}
		success := op.Responses["200"].Content
		if _, empty := op.Responses["204"]; !empty && len(success) == 0 {
			t.Errorf("%s: its answer is not described", name)
		}
		for media, content := range success {
			if media == "application/json" && content.Schema["$ref"] == nil {
				t.Errorf("%s: its answer has no named schema", name)
			}
		}
		if problem := op.Responses["default"].Content["application/problem+json"].Schema["$ref"]; problem != "#/components/schemas/Problem" {
			t.Errorf("%s: its problems are described as %v", name, problem)
		}
	}
}

func TestEveryReferenceInTheDescriptionLeadsSomewhere(t *testing.T) {
	text := open(t).admin.ok("GET", "/api/openapi.json", nil).text
	var d struct {
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for part := range strings.SplitSeq(string(text), `"#/components/schemas/`) {
		name, _, _ := strings.Cut(part, `"`)
		used[name] = true
	}
	for name := range d.Components.Schemas {
		if !used[name] {
			t.Errorf("schema %s is used nowhere", name)
		}
		delete(used, name)
	}
	if len(used) != 1 { // what stands before the first reference
		t.Errorf("references to nothing: %v", used)
	}
}

func TestTheDocumentationIsAPageWithoutScriptThatNamesEveryOperation(t *testing.T) {
	c := open(t)
	page := c.admin.ok("GET", "/api/docs", nil)
	text := html.UnescapeString(string(page.text))
	if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || strings.Contains(strings.ToLower(text), "<script") {
		t.Error("the page is no HTML or has a script")
	}
	for name, op := range c.described().operations() {
		method, route, _ := strings.Cut(name, " ")
		if !strings.Contains(text, method+" /api/v1"+route) || !strings.Contains(text, op.Summary) {
			t.Errorf("%s is not on the page", name)
		}
	}
}
