package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the served OpenAPI document to web/src/api/openapi.json")

const committed = "../../web/src/api/openapi.json"

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
